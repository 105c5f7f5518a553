"""Pages about corrected prices: the panel's review, and the bidder's confirmation."""

from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from bidding.evaluation import price_lines
from bidding.evaluation.commands.price_corrections import (
    ConfirmPrice,
    ProposePriceCorrection,
    VotePriceCorrection,
    confirm_price,
    propose_price_correction,
    vote_price_correction,
)
from bidding.evaluation.price_lines import CorrectedPrice, PriceReview
from bidding.evaluation.rules.states import (
    PRICE_CORRECTION_WORDS,
    EvaluationState,
    PriceCorrectionState,
)
from bidding.opening.store import RestrictedStore
from market.accounts.queries import organisations
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs, signed_in
from market.web.fields import HiddenField, LinesField, Option, TickField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.site import site
from market.web.typed_fields import ChoiceField, PickField
from market.web.words import words_of

TABLE_LIMIT = 50_000
"""Characters of a copied price table."""


class Word(StrEnum):
    """The bidder's word on its corrected price."""

    CONFIRM = "confirm"
    DECLINE = "decline"


price_pages = Pages(
    "evaluation_prices",
    __name__,
    words=(
        words_of(PriceCorrectionState, PRICE_CORRECTION_WORDS),
        words_of(
            Word,
            {
                Word.CONFIRM: ("确认修正后的报价", "I confirm the corrected price"),
                Word.DECLINE: (
                    "不确认（投标无效）",
                    "I do not confirm it (the bid is invalid)",
                ),
            },
        ),
    ),
)


class TableForm(Form):
    """A bid's price table, copied from its documents."""

    number = PickField(lazy_gettext("Bid"))
    table = LinesField(
        lazy_gettext("Price table"),
        hint=lazy_gettext(
            "One row a line: name | quantity | unit price in yuan | places by which the decimal "
            "must move, where it is clearly misplaced."
        ),
        longest=TABLE_LIMIT,
    )


class FindingForm(Form):
    """A member's vote on one correction."""

    correction = HiddenField(lazy_gettext("Correction"))
    agrees = TickField(lazy_gettext("The price is to be corrected so"))


class WordForm(Form):
    """The bidder's word; it is final."""

    word = ChoiceField(lazy_gettext("Your word"), Word)


@price_pages.route("/desk/evaluations/<no>/price-corrections", methods=["GET", "POST"])
@signed_in
def review(no: str) -> ResponseReturnValue:
    """Price documents, corrections, a vote that waits, a new correction: for the panel."""
    person = current_actor().person
    view = site().office.read(lambda session: price_lines.price_review(session, no, person))
    waiting = view.votes_on
    to = _to("evaluation_prices.review", no)
    vote = FindingForm(initial={"correction": str(waiting.id)} if waiting else None)
    if vote.is_sent:  # also a vote that came before and is sent again: it is answered alike
        return submit(
            vote,
            site().office,
            vote_price_correction,
            lambda: VotePriceCorrection(no, _key(vote.correction), vote.agrees),
            again=lambda: _review(view, vote),
            to=to,
        )
    form = TableForm(options={"number": [Option(one, one) for one in view.prices]})
    if not form.is_sent:
        offers = view.state is EvaluationState.LOW_PRICES and bool(view.correctable)
        return _review(view, vote if waiting else form if offers else None)
    return submit(
        form,
        site().office,
        propose_price_correction,
        lambda: ProposePriceCorrection(no, form.number, form.table),
        again=lambda: _review(view, form),
        to=to,
    )


@price_pages.get("/desk/evaluations/<no>/bids/<number>/price/<uuid:file>")
@signed_in
def document(no: str, number: str, file: UUID) -> Response:
    """A document of a price envelope, for the panel once all sheets are locked."""
    store = RestrictedStore(site().settings.sealed_files, site().settings.keys)
    person = current_actor().person
    pieces = site().office.read(
        lambda session: price_lines.price_document(session, store, no, person, number, file)
    )
    return Response(
        pieces,
        mimetype="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{number}-{file}"'},
    )


@price_pages.route("/desk/tenders/<no>/price-confirmation", methods=["GET", "POST"])
@needs(Permission.BIDS_OWN_READ)
def confirmation(no: str) -> ResponseReturnValue:
    """Confirm one's own corrected price, or refuse to."""
    mine = current_actor().organisation
    if mine is None:
        raise NotFound
    found = site().office.read(
        lambda session: price_lines.own_correction(
            session, no, organisations.organisation(session, mine).uscc
        )
    )
    form = WordForm()
    if not form.is_sent:
        is_asked = found.state is PriceCorrectionState.ASKED
        return _confirmation(no, found, form if is_asked else None)
    return submit(
        form,
        site().office,
        confirm_price,
        lambda: ConfirmPrice(no, form.word is Word.CONFIRM),
        again=lambda: _confirmation(no, found, form),
        to=_to("evaluation_prices.confirmation", no),
    )


def _review(view: PriceReview, form: Form | None) -> str:
    return render_template(
        "evaluation/price_review.html", view=view, form=form, is_vote=isinstance(form, FindingForm)
    )


def _confirmation(no: str, found: CorrectedPrice, form: Form | None) -> str:
    return render_template("evaluation/price_confirmation.html", no=no, found=found, form=form)


def _to(endpoint: str, no: str) -> Callable[[object], str]:
    return lambda _: url_for(endpoint, no=no)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise NotFound from wrong
