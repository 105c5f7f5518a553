"""An order at its own address: everything for its parties, the outline for everybody else."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.demands.guards import refuse_department
from intermediaries.orders import facts as orders
from intermediaries.orders.commands.complaining import (
    ComplainAboutResult,
    complain_about_result,
    withdraw_result_complaint,
)
from intermediaries.orders.commands.objecting import ObjectToResult, object_to_result
from intermediaries.orders.commands.rows import TEXT_LIMIT, NameOrder
from intermediaries.orders.complaints import OwnObjection, own_objection, public_complaints
from intermediaries.orders.facts import OrderFacts, Outline
from intermediaries.orders.rules.states import BEFORE_CONTRACT
from intermediaries.orders.web import acts, shown
from intermediaries.orders.web.side_by_side import approval_shown
from intermediaries.orders.words import WORDS
from intermediaries.rulebook import scores
from market.accounts.queries.people import name
from market.accounts.vault import vault_of
from market.command import Actor, Work
from market.files.queries import DocumentFacts, document
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs, public
from market.web.fields import LinesField
from market.web.forms import Form, submit
from market.web.language import Lazy, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import moment, site

pages = Pages("orders", "intermediaries.orders.feature", url_prefix="/orders", words=WORDS)
pages.add_app_template_filter(scores.shown, "stars")
_FORM: Final = "orders/act.html"


class ObjectionForm(Form):
    """What was wrong with the selection."""

    text = LinesField(
        lazy_gettext("What was wrong with the procedure"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("Facts, and where they can be seen. What the owner needs is no ground."),
    )


class ComplaintForm(Form):
    """What is wrong with the answer, or that there is none."""

    text = LinesField(
        lazy_gettext("What you complain about"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext(
            "About the procedure and how your objection was answered. It is published with the"
            " decision, without your name: name nobody in it, and no trade secret."
        ),
    )


@pages.get("/<no>")
@public
def order(no: str) -> str:
    """One order: hours, reasons and what to do for a party; the outline for others."""
    actor, now = current_actor(), moment()
    hold_off(no, actor)
    office = site().office

    def ask(session: Session) -> tuple[Outline, OrderFacts | None]:
        try:
            found = orders.order(session, no, actor, office.calendar(session), now)
        except NotFound:
            return orders.outline(session, no), None
        return found.outline, found

    outline, found = office.read(ask)
    if found is None:
        return render_template(
            "orders/outline.html",
            order=outline,
            supplements=office.read(lambda session: orders.supplements_in_force(session, no)),
            steps=shown.steps(outline, None),
            tone=shown.tone_of(outline.state),
            complaints=office.read(lambda session: public_complaints(session, outline.id)),
            own=_own(outline, actor),
            may_object=_may_object(outline, actor),
        )
    return _whole(found, actor)


def _may_object(outline: Outline, actor: Actor) -> bool:
    """Whether the form to object is shown: within its time, to agencies."""
    return (
        outline.objections_end is not None
        and moment() <= outline.objections_end
        and outline.state in BEFORE_CONTRACT
        and actor.may(Permission.ORDERS_ORDER_SERVE)
    )


def _own(outline: Outline, actor: Actor) -> OwnObjection | None:
    """What the reader's own agency objected to this result."""
    if not actor.may(Permission.ORDERS_ORDER_SERVE):
        return None
    office, now = site().office, moment()
    return office.read(
        lambda session: own_objection(
            session, outline.id, actor.organisation, office.calendar(session), now
        )
    )


def _whole(found: OrderFacts, actor: Actor) -> str:
    choices = acts.choices(found, actor, moment())
    return render_template(
        "orders/order.html",
        order=found.outline,
        all=found,
        steps=shown.steps(found.outline, found.reading.stage),
        tone=shown.tone_of(found.state),
        bar=shown.bar(found),
        segments=shown.segment_lines(found),
        limits=shown.limit_lines(found),
        turn=shown.turn_words(found),
        is_urgent=shown.is_urgent(found),
        named=shown.named,
        given=shown.given,
        choices=choices,
        own=_own(found.outline, actor),
        approval=approval_shown(found.no, actor),
        documents=documents(found),
        people=people(found),
    )


def documents(found: OrderFacts) -> dict[bytes, DocumentFacts]:
    """The files of an order by their hash."""

    def ask(session: Session) -> dict[bytes, DocumentFacts]:
        return {
            one.document: document(session, one.document, one.organisation) for one in found.papers
        }

    return site().office.read(ask)


def people(found: OrderFacts) -> dict[UUID, str]:
    """The names of experts that are no secret any more."""
    seats = [one.person for each in found.reviews for one in each.experts]
    wanted = {one for one in seats if one is not None}
    if not wanted:
        return {}
    vault = vault_of(site().settings)
    return site().office.read(lambda session: {one: name(session, vault, one) for one in wanted})


def hold_off(no: str, actor: Actor) -> None:
    """Let a department know of an order from its submission on; a look before is kept."""
    if site().office.read(lambda session: orders.is_hidden(session, no, actor)):
        refuse_department(site().office, actor, no)


@pages.route("/<no>/result-objection", methods=["GET", "POST"])
@needs(Permission.ORDERS_ORDER_SERVE)
def result_objection(no: str) -> ResponseReturnValue:
    """Object to the result of a selection."""
    form = ObjectionForm()
    return _said(no, form, object_to_result, lambda: ObjectToResult(no, form.text), _OBJECT)


@pages.route("/<no>/result-complaint", methods=["GET", "POST"])
@needs(Permission.ORDERS_ORDER_SERVE)
def result_complaint(no: str) -> ResponseReturnValue:
    """Complain to the management office about the answer to one's own objection."""
    form = ComplaintForm()
    outline = site().office.read(lambda session: orders.outline(session, no))
    own = _own(outline, current_actor())
    if own is None or not (own.may_complain or form.is_sent):
        raise NotFound
    return _said(
        no, form, complain_about_result, lambda: ComplainAboutResult(no, form.text), _COMPLAIN
    )


@pages.post("/<no>/result-complaint/withdrawal")
@needs(Permission.ORDERS_ORDER_SERVE)
def withdrawal(no: str) -> ResponseReturnValue:
    """Take the own complaint back."""
    return press(withdraw_result_complaint, NameOrder(no), lambda: url_for("orders.order", no=no))


def _said(
    no: str,
    form: Form,
    handler: Callable[[Work, Any], Mapping[str, Any]],
    command: Callable[[], object],
    title: Lazy,
) -> ResponseReturnValue:
    """A form of words about the result of an order."""
    outline = site().office.read(lambda session: orders.outline(session, no))

    def again() -> str:
        return render_template(
            _FORM, form=form, order=outline, title=str(title), lead="", sign=None
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        handler,
        command,
        again=again,
        to=lambda _: url_for("orders.order", no=no),
    )


_OBJECT: Final = lazy_gettext("Object to the result")
_COMPLAIN: Final = lazy_gettext("Complain to the management office")
