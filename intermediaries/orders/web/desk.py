"""The desk of orders: what runs, buttons, forms, files, an expert's opinion."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.orders import facts as orders
from intermediaries.orders import listing
from intermediaries.orders.commands import awarding, department, management, serving
from intermediaries.orders.commands.reviewing import SignOpinion, sign_opinion
from intermediaries.orders.commands.rows import TEXT_LIMIT, NameOrder
from intermediaries.orders.facts import OrderFacts
from intermediaries.orders.queries import contract_terms, supplement_changes
from intermediaries.orders.rules.states import Side
from intermediaries.orders.web import acts
from intermediaries.orders.web.filling import FORMS
from intermediaries.orders.web.places import Place
from intermediaries.orders.web.public import hold_off
from intermediaries.orders.web.signing import Signing, signing_of
from market.approvals.queries import history
from market.command import Work
from market.files.attachment import download
from market.files.queries import document
from market.files.store import FileStore
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs
from market.web.cursor import page_of, read_cursor
from market.web.fields import LinesField
from market.web.forms import Form, submit
from market.web.language import gettext, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import moment, site

pages = Pages("orders_desk", "intermediaries.orders.feature", url_prefix="/desk/orders")
SHOWN: Final = 50
"""Orders that are over on one page."""
_PRESSED: Final[Mapping[str, Callable[[Work, NameOrder], Mapping[str, Any] | None]]] = {
    "confirm": awarding.confirm_award,
    "confirm-inputs": serving.confirm_inputs,
    "accept-draft": serving.accept_draft,
    "specify-change": serving.specify_change,
    "agree-time": serving.agree_time,
    "decline-time": serving.decline_time,
    "submit": department.submit,
    "accept-case": department.accept,
    "finalise": department.finalise,
    "resume": management.resume,
}


class OpinionForm(Form):
    """An expert's own opinion."""

    opinion = LinesField(lazy_gettext("Opinion"), longest=TEXT_LIMIT)


@pages.get("")
@needs(Permission.ORDERS_ORDER_READ)
def board() -> str:
    """The orders of the organisation, or all of them for who watches, most urgent first.

    Those that are over stand on pages of their own, the newest first.
    """
    actor, is_over = current_actor(), request.args.get("over") == "yes"
    if not is_over:
        lines = site().office.read(lambda session: listing.running(session, actor))
        return render_template(
            "orders/board.html",
            lines=lines,
            over=False,
            now=moment(),
            most=listing.URGENT if len(lines) == listing.URGENT else None,
            further=None,
        )
    after = read_cursor(request.args.get("cursor"), (str,))
    place = None if after is None else str(after[0])
    found = site().office.read(lambda session: listing.over(session, actor, SHOWN + 1, place))
    page = page_of(found, SHOWN, lambda one: (one.outline.no,))
    further = page.next and url_for("orders_desk.board", over="yes", cursor=page.next)
    return render_template(
        "orders/board.html",
        lines=page.items,
        over=True,
        now=moment(),
        most=None,
        further=further,
    )


@pages.post(
    "/<no>/<any(confirm, 'confirm-inputs', 'accept-draft', 'specify-change', 'agree-time',"
    " 'decline-time', submit, 'accept-case', finalise, resume):act>"
)
@needs(Permission.ORDERS_ORDER_READ)
def pressed(no: str, act: str) -> ResponseReturnValue:
    """A button of an order."""
    return press(_PRESSED[act], NameOrder(no), lambda: url_for("orders.order", no=no))


@pages.route("/<no>/forms/<name>", methods=["GET", "POST"])
@needs(Permission.ORDERS_ORDER_READ)
def act(no: str, name: str) -> ResponseReturnValue:
    """A form of an order, shown to whom it is open now, and sent."""
    place = _place(no)
    open_now = {one.name for one in acts.choices(place.order, current_actor(), moment())}
    if name not in FORMS or (name not in open_now and request.method == "GET"):
        raise NotFound
    one = FORMS[name](place)
    sign = _signing(place.order, name)

    def again() -> str:
        return render_template(
            "orders/act.html",
            form=one.form,
            order=place.order.outline,
            title=str(acts.WORDS[name]),
            lead=one.lead,
            sign=sign,
        )

    if not one.form.is_sent:
        return again()
    return submit(
        one.form,
        site().office,
        one.handler,
        one.command,
        again=again,
        to=lambda _: url_for("orders.order", no=no),
    )


@pages.get("/<no>/papers/<digest>")
@needs(Permission.ORDERS_ORDER_READ)
def paper(no: str, digest: str) -> ResponseReturnValue:
    """A file of an order, for its parties and those who watch."""
    found = _known(no)
    wanted = next((one for one in found.papers if one.document.hex() == digest), None)
    if wanted is None:
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")
    facts = site().office.read(
        lambda session: document(session, wanted.document, wanted.organisation)
    )
    return download(FileStore(site().settings.files), facts)


@pages.route("/<no>/expert-opinion", methods=["GET", "POST"])
@needs(Permission.EXPERTS_INVITATION_ANSWER)
def expert_opinion(no: str) -> ResponseReturnValue:
    """The opinion of an expert who was called."""
    person = current_actor().person
    outline, _ = site().office.read(lambda session: orders.called(session, no, person))
    form = OpinionForm()

    def again() -> str:
        title = gettext("Sign your opinion")
        return render_template(
            "orders/act.html", form=form, order=outline, title=title, lead="", sign=None
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        sign_opinion,
        lambda: SignOpinion(no, form.opinion),
        again=again,
        to=lambda _: url_for("front.desk"),
    )


def _known(no: str) -> OrderFacts:
    actor, now, office = current_actor(), moment(), site().office
    hold_off(no, actor)
    return office.read(
        lambda session: orders.order(session, no, actor, office.calendar(session), now)
    )


def _place(no: str) -> Place:
    found = _known(no)
    case, organisation = found.row.approval_case, current_actor().organisation

    def ask(session: Session) -> Place:
        item = None if case is None else history.item_of_case(session, case)
        return Place(found, item, organisation or found.row.owner)

    return site().office.read(ask)


def _signing(order: OrderFacts, name: str) -> Signing | None:
    """What is signed on the page of an act; None on the others."""
    side, waits = order.side or Side.OWNER, order.supplement
    if name == "signature":
        terms = site().office.read(lambda session: contract_terms(session, order.no))
        return signing_of(terms.statement(side))
    if name == "supplement-signature" and waits is not None:
        changes = site().office.read(
            lambda session: supplement_changes(session, order.no, waits.number)
        )
        return signing_of(changes.statement(side))
    return None
