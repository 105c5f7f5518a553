"""Pages after the ranking: the purchaser's desk, the public result, what each bidder is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bidding.contracts import queries
from bidding.contracts.commands import (
    PublishResult,
    RecordContract,
    RecordFiling,
    publish_result,
    record_contract,
    record_filing,
)
from bidding.contracts.results import chart
from bidding.contracts.rules import UPHELD, AwardState
from bidding.evaluation import forms
from bidding.evaluation import queries as evaluations
from bidding.evaluation.commands.checking import CheckQualification, check_qualification
from bidding.evaluation.commands.determining import DetermineWinner, determine_winner
from bidding.evaluation.commands.ending import CancelTender, cancel_tender
from bidding.evaluation.commands.low_prices import AnswerLowPrice, answer_low_price
from bidding.evaluation.rules.reasons import Finder
from bidding.evaluation.rules.states import EvaluationState
from bidding.opening import queries as openings
from bidding.tenders import queries as tenders
from bidding.tenders.rules import TenderState
from market.accounts.queries import organisations
from market.accounts.vault import vault_of
from market.files.commands import KeepDocument
from market.files.store import FileStore
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.notices.proofs import proof_of
from market.web.access import current_actor, needs, public
from market.web.fields import FileField, TextField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.site import moment, site
from market.web.typed_fields import DateField, MoneyField
from market.web.words import words_of

pages = Pages(
    "awards",
    __name__,
    words=(
        words_of(
            AwardState,
            {
                AwardState.PUBLISHED: ("结果已公告", "result published"),
                AwardState.NOTIFIED: ("已发中标通知书", "award notice issued"),
                AwardState.CONTRACTED: ("已签合同", "contract signed"),
                AwardState.FILED: ("合同已备案", "contract filed"),
                AwardState.LAPSED: ("中标资格丧失", "award lapsed"),
            },
        ),
    ),
)


class ResultForm(Form):
    """A confirmation: the notice is written from what is recorded."""


class ContractForm(Form):
    """The signed contract."""

    amount = MoneyField(lazy_gettext("Amount"))
    signed_on = DateField(lazy_gettext("Signed on"))
    document = FileField(lazy_gettext("Contract"), endings=(".pdf",))


class FilingForm(Form):
    """The filing with the finance department."""

    receipt = TextField(lazy_gettext("Number of the filing"))


@dataclass(frozen=True, slots=True)
class _Act:
    """A form of the purchaser's desk with the command it asks for."""

    form: Form
    handler: Callable[..., Mapping[str, Any] | None]
    command: Callable[[], object]
    words: str


@pages.route("/desk/tenders/<no>/evaluation", methods=["GET", "POST"])
@needs(Permission.EVALUATION_QUALIFICATION_CHECK)
def purchaser(no: str) -> ResponseReturnValue:
    """What the purchaser does at the stage at hand: check, determine, publish, contract."""
    mine = current_actor().organisation
    view = site().office.read(lambda session: _view_or_none(session, no, mine))
    if view is None:
        return render_template("contracts/waits.html", no=no)
    award = _award_or_none(no)
    acts = [*_acts(view, award), *_ending(view)]
    for act in acts:
        if act.form.is_sent:
            return submit(
                act.form,
                site().office,
                act.handler,
                act.command,
                again=lambda: _desk(view, award, acts),
                to=lambda _: url_for("awards.purchaser", no=no),
            )
    return _desk(view, award, acts)


@pages.get("/tenders/<no>/result")
@public
def result(no: str) -> str:
    """The result of a tender, for everybody."""
    office = site().office
    actor, now = current_actor(), moment()

    def read(session: Session) -> dict[str, object]:
        award = queries.award(session, no, office.calendar(session))
        facts = tenders.facts(session, no)
        return {
            "award": award,
            "winner": organisations.organisation_by_uscc(session, award.winner),
            "tender": facts,
            "held": bool(queries.holds(session, facts.id)),
            "upheld": bool(queries.upheld(session, facts.id)),
            "lines": chart(session, no, award),
            "lapses": queries.lapses(session, no),
            "window": _is_open(award, now),
            "proof": proof_of(session, no, award.result_notice),
            **_own_links(session, award),
        }

    return render_template(
        "contracts/result.html",
        **office.read(read),
        may_challenge=actor.may(Permission.CHALLENGES_CHALLENGE_FILE),
    )


@pages.get("/tenders/<no>/award-notice.pdf")
@needs(Permission.BIDS_OWN_READ)
def winner_notice(no: str) -> Response:
    """The award notice, for the winner."""
    return _notice(no, None, _own_uscc())


@pages.get("/desk/tenders/<no>/award-notice.pdf")
@needs(Permission.EVALUATION_QUALIFICATION_CHECK)
def notice(no: str) -> Response:
    """The award notice, for owner and agent."""
    return _notice(no, current_actor().organisation, "")


@pages.get("/desk/tenders/<no>/own-result")
@needs(Permission.BIDS_OWN_READ)
def own_result(no: str) -> str:
    """One's own scores and rank, and one's bond."""
    uscc, now, office = _own_uscc(), moment(), site().office

    def read(session: Session) -> dict[str, object]:
        award = queries.award(session, no, office.calendar(session))
        return {
            "own": queries.own_result(session, no, uscc),
            "tender": tenders.facts(session, no),
            "award": award,
            "window": _is_open(award, now),
            **_own_links(session, award),
        }

    return render_template("contracts/own.html", **office.read(read))


@pages.route("/desk/tenders/<no>/price-answer", methods=["GET", "POST"])
@needs(Permission.BIDS_OWN_READ)
def price_answer(no: str) -> ResponseReturnValue:
    """Answer the panel's question about one's own price."""
    uscc = _own_uscc()
    asked = site().office.read(lambda session: evaluations.own_question(session, no, uscc))
    form = forms.AnswerForm(initial={"answer": asked.answer} if asked.answer else None)

    def again() -> str:
        return render_template("contracts/answer.html", form=form, asked=asked, no=no)

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        answer_low_price,
        lambda: AnswerLowPrice(no, form.answer),
        again=again,
        to=lambda _: url_for("awards.price_answer", no=no),
    )


def _view_or_none(session: Session, no: str, mine: UUID | None) -> evaluations.PurchaserView | None:
    """The evaluation for owner and agent; None while it waits for a panel or for its numbers."""
    try:
        return evaluations.purchaser_view(session, no, mine)
    except NotFound:
        facts = tenders.facts(session, no)
        if mine not in facts.insiders() or facts.state is not TenderState.OPENED:
            raise
        return None


def _acts(view: evaluations.PurchaserView, award: queries.AwardFacts | None) -> list[_Act]:
    no = view.no
    if view.state is EvaluationState.QUALIFICATION:
        rows = [(one.number, f"{one.number} {one.uscc}") for one in view.bidders]
        check = forms.check_form(rows, Finder.PURCHASER)
        numbers = [number for number, _ in rows]
        return [
            _Act(
                check,
                check_qualification,
                lambda: CheckQualification(no, forms.faults_of(check, numbers)),
                "check",
            )
        ]
    if not current_actor().may(Permission.EVALUATION_WINNER_DETERMINE) or view.result is None:
        return []
    if view.state is EvaluationState.REPORTED:
        first = view.result.ranking[0].number
        choice = forms.DetermineForm(initial={"number": first})
        return [
            _Act(choice, determine_winner, lambda: DetermineWinner(no, choice.number), "determine")
        ]
    return _after(no, award)


def _after(no: str, award: queries.AwardFacts | None) -> list[_Act]:
    if award is None:
        publish = ResultForm()
        vault = vault_of(site().settings)
        return [_Act(publish, publish_result, lambda: PublishResult(no, vault), "publish")]
    if award.state is AwardState.NOTIFIED:
        form = ContractForm()
        return [_Act(form, record_contract, lambda: _contract(no, form), "contract")]
    if award.state is AwardState.CONTRACTED:
        filing = FilingForm()
        return [_Act(filing, record_filing, lambda: RecordFiling(no, filing.receipt), "file")]
    return []


def _ending(view: evaluations.PurchaserView) -> list[_Act]:
    over = view.state in (EvaluationState.DETERMINED, EvaluationState.CANCELLED)
    if over or not current_actor().may(Permission.EVALUATION_WINNER_DETERMINE):
        return []
    form = forms.CancelForm()
    return [
        _Act(
            form,
            cancel_tender,
            lambda: CancelTender(view.no, form.reason, form.clause or ""),
            "cancel",
        )
    ]


def _contract(no: str, form: ContractForm) -> RecordContract:
    mine = current_actor().organisation
    if mine is None:
        raise NotFound
    stored = FileStore(site().settings.files).put(form.document.source)
    kept = KeepDocument(stored, form.document.name, mine)
    return RecordContract(no, form.amount, form.signed_on, kept)


def _desk(
    view: evaluations.PurchaserView, award: queries.AwardFacts | None, acts: list[_Act]
) -> str:
    def read(session: Session) -> dict[str, list[str]]:
        tender = tenders.facts(session, view.no).id
        return {
            "upheld": queries.upheld(session, tender),
            "held": queries.holds(session, tender),
            "unbonded": queries.without_bond(session, view.no),
        }

    return render_template(
        "contracts/purchaser.html",
        view=view,
        award=award,
        acts=acts,
        law=UPHELD,
        **site().office.read(read),
    )


def _award_or_none(no: str) -> queries.AwardFacts | None:
    office = site().office
    try:
        return office.read(lambda session: queries.award(session, no, office.calendar(session)))
    except NotFound:
        return None


def _notice(no: str, organisation: UUID | None, uscc: str) -> Response:
    pdf = site().office.read(lambda session: queries.award_notice(session, no, organisation, uscc))
    return send_file(BytesIO(pdf), "application/pdf", download_name=f"{no}-award.pdf")


def _is_open(award: queries.AwardFacts, now: datetime) -> bool:
    """Whether the result may still be challenged."""
    return isinstance(award.challenge_until, datetime) and now <= award.challenge_until


def _own_links(session: Session, award: queries.AwardFacts) -> dict[str, object]:
    """Where a bidder finds its scores, and the winner its notice."""
    mine = current_actor().organisation
    if mine is None or not current_actor().may(Permission.BIDS_OWN_READ):
        return {"own_url": None, "notice_url": None}
    uscc = organisations.organisation(session, mine).uscc
    own = openings.took_part(session, award.no, uscc)
    won = award.winner == uscc and award.notice_hash is not None
    return {
        "own_url": url_for("awards.own_result", no=award.no) if own else None,
        "notice_url": url_for("awards.winner_notice", no=award.no) if won else None,
    }


def _own_uscc() -> str:
    mine = current_actor().organisation
    if mine is None:
        raise NotFound
    return site().office.read(lambda s: organisations.organisation(s, mine).uscc)
