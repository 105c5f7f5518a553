"""An order at its own address: everything for its parties, the outline for everybody else."""

from typing import Final
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from intermediaries.demands.guards import refuse_department
from intermediaries.orders import facts as orders
from intermediaries.orders.commands.objecting import ObjectToResult, object_to_result
from intermediaries.orders.commands.rows import TEXT_LIMIT
from intermediaries.orders.facts import OrderFacts, Outline
from intermediaries.orders.rules.states import BEFORE_CONTRACT
from intermediaries.orders.web import acts, shown
from intermediaries.orders.words import WORDS
from market.accounts.queries.people import name
from market.accounts.vault import vault_of
from market.command import Actor
from market.files.queries import DocumentFacts, document
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.web.access import current_actor, needs, public
from market.web.fields import LinesField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.site import moment, site

pages = Pages("orders", "intermediaries.orders.feature", url_prefix="/orders", words=WORDS)
_FORM: Final = "orders/act.html"


class ObjectionForm(Form):
    """What was wrong with the selection."""

    text = LinesField(
        lazy_gettext("What was wrong with the procedure"),
        longest=TEXT_LIMIT,
        hint=lazy_gettext("Facts, and where they can be seen. What the owner needs is no ground."),
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
            may_object=outline.objections_end is not None
            and now <= outline.objections_end
            and outline.state in BEFORE_CONTRACT
            and actor.may(Permission.ORDERS_ORDER_SERVE),
        )
    return _whole(found, actor)


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
    outline = site().office.read(lambda session: orders.outline(session, no))
    form = ObjectionForm()

    def again() -> str:
        return render_template(
            _FORM, form=form, order=outline, title=str(_OBJECT), lead="", sign=None
        )

    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        object_to_result,
        lambda: ObjectToResult(no, form.text),
        again=again,
        to=lambda _: url_for("orders.order", no=no),
    )


_OBJECT: Final = lazy_gettext("Object to the result")
