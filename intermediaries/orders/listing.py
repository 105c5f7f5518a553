"""Orders in a list: those that run by urgency, those that are over by number, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from intermediaries.orders.facts import WATCHING, Outline, outline_of, parties_of
from intermediaries.orders.model.orders import ServiceOrder
from intermediaries.orders.rules.states import OVER, OrderState
from intermediaries.rulebook.clock.parties import Party
from market.accounts.queries.organisations import names
from market.command import Actor

URGENT: Final = 200
"""Orders that run on one page; a desk with more is read by its most urgent."""
NOT_OVER: Final = tuple(state for state in OrderState if state not in OVER)


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in a list: where it stands, who holds it, until when."""

    outline: Outline
    holder: Party | None
    due: datetime | None


def running(session: Session, actor: Actor) -> list[OrderLine]:
    """The most urgent orders of the actor's organisation, or of all for who watches."""
    question = select(ServiceOrder).where(ServiceOrder.state.in_(NOT_OVER))
    if not _watches(actor):
        question = question.where(or_(*(_is(column, actor) for column in _PARTS)))
    rows = session.scalars(
        question.order_by(ServiceOrder.turn_due.asc().nulls_last(), ServiceOrder.no).limit(URGENT)
    ).all()
    return _lines(session, rows)


def titles(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """What the orders among these numbers are called, in both languages, in one question."""
    found = select(ServiceOrder.no, ServiceOrder.title_zh, ServiceOrder.title_en)
    rows = session.execute(found.where(ServiceOrder.no.in_(numbers)))
    return {no: (zh, en) for no, zh, en in rows}


def over(session: Session, actor: Actor, limit: int, after: str | None) -> list[OrderLine]:
    """Orders that are over, after the number `after`, downwards."""
    if _watches(actor):
        question = _over(after)
    else:
        # Each part by its own index: an archive grows, and a page of it must not.
        own = [
            _over(after)
            .where(_is(column, actor))
            .with_only_columns(ServiceOrder.id)
            .order_by(ServiceOrder.no.desc())
            .limit(limit)
            .subquery()
            for column in _PARTS
        ]
        question = select(ServiceOrder).where(
            ServiceOrder.id.in_(union(*(select(one.c.id) for one in own)))
        )
    rows = session.scalars(question.order_by(ServiceOrder.no.desc()).limit(limit)).all()
    return _lines(session, rows)


_PARTS: Final[tuple[InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None], ...]] = (
    ServiceOrder.owner,
    ServiceOrder.agency,
    ServiceOrder.department,
)


def _over(after: str | None) -> Select[ServiceOrder]:
    question = select(ServiceOrder).where(ServiceOrder.state.in_(OVER))
    return question if after is None else question.where(ServiceOrder.no < after)


def _is(
    column: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None], actor: Actor
) -> ColumnElement[bool]:
    """Whether a part is the actor's; a department's only once the deliverable was submitted."""
    own = column == actor.organisation
    if column is ServiceOrder.department:
        return own & ServiceOrder.approval_case.is_not(None)
    return own


def _watches(actor: Actor) -> bool:
    return any(actor.may(one) for one in WATCHING)


def _lines(session: Session, rows: Sequence[ServiceOrder]) -> list[OrderLine]:
    known = names(session, {key for row in rows for key in parties_of(row)})
    return [OrderLine(outline_of(row, known), row.holder, row.turn_due) for row in rows]
