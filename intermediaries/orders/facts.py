"""An order as its pages show it: to its parties and the office everything, to others the outline.

Who may know what is decided here: the department finds nothing before the deliverable was
submitted, and nobody but parties, office and supervision is given papers, hours or people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from intermediaries.orders.commands.rows import no_order, side_of
from intermediaries.orders.model import (
    AskedPause,
    OrderAward,
    OrderExpert,
    OrderPaper,
    OrderRating,
    OrderSignature,
    Rectification,
    ResultObjection,
    ServiceOrder,
)
from intermediaries.orders.reading import Turn, facts_of, reading_of, turn_of
from intermediaries.orders.rules.dates import agency_signs_until, filed_until, rated_until
from intermediaries.orders.rules.states import (
    DONE,
    OrderState,
    Side,
)
from intermediaries.rulebook.clock.events import Event
from intermediaries.rulebook.clock.reading import Reading
from market.accounts.queries import organisations
from market.accounts.queries.organisations import OrganisationName
from market.command import Actor
from market.kernel.permissions import Permission
from market.kernel.workdays import WorkCalendar
from market.kernel.workhours import WorkHours

K = TypeVar(
    "K",
    OrderAward,
    OrderSignature,
    ResultObjection,
    AskedPause,
    OrderPaper,
    OrderExpert,
    OrderRating,
    Rectification,
)
WATCHING: Final = frozenset(
    {
        Permission.ORDERS_CLOCK_RULE,
        Permission.ORDERS_RESULT_ANSWER,
        Permission.SUPERVISION_RECORD_READ,
    }
)
"""Whoever holds one of these sees every order."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What everybody may know of an order."""

    id: UUID
    no: str
    state: OrderState
    title_zh: str
    title_en: str
    item_code: str
    owner: OrganisationName
    agency: OrganisationName
    agency_no: str
    department: OrganisationName | None
    awarded_at: datetime
    objections_end: datetime | None
    began_at: datetime | None
    ended_at: datetime | None
    contract_hash: bytes | None

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Everything of an order; `side` is what the asker is in it, None: somebody who watches."""

    outline: Outline
    side: Side | None
    row: ServiceOrder
    facts: tuple[Event, ...]
    reading: Reading
    turn: Turn | None
    awards: tuple[OrderAward, ...]
    signatures: Mapping[Side, OrderSignature]
    objections: tuple[ResultObjection, ...]
    pauses: tuple[AskedPause, ...]
    papers: tuple[OrderPaper, ...]
    experts: tuple[OrderExpert, ...]
    ratings: Mapping[Side, OrderRating]
    rectifications: tuple[Rectification, ...]
    agency_signs_until: datetime | None
    rated_until: datetime | None
    filed_until: datetime | None

    @property
    def state(self) -> OrderState:
        """How far it has come."""
        return self.row.state

    @property
    def no(self) -> str:
        """Its number."""
        return self.row.no


def outline(session: Session, no: str) -> Outline:
    """The outline of an order; `NotFound`. Departments are for the asker to hold off."""
    return _outline(session, _row(session, no))


def is_hidden(session: Session, no: str, actor: Actor) -> bool:
    """Whether this actor, of a department, may not know of the order yet."""
    if not actor.may(Permission.APPROVALS_CASE_READ):
        return False
    row = _row(session, no)
    return row.department != actor.organisation or row.approval_case is None


def order(
    session: Session, no: str, actor: Actor, calendar: WorkCalendar, now: datetime
) -> OrderFacts:
    """Everything, for a party of the order or somebody who watches; `NotFound` for others."""
    row = _row(session, no)
    side = side_of(row, actor.organisation)
    if side is None and not any(actor.may(one) for one in WATCHING):
        raise no_order()
    return _everything(session, row, side, calendar, now)


def called(session: Session, no: str, person: UUID | None) -> tuple[Outline, OrderExpert]:
    """An order in which this person is called as an expert and has not signed; `NotFound`."""
    row = _row(session, no)
    found = session.scalars(
        select(OrderExpert).where(
            OrderExpert.order == row.id,
            OrderExpert.person == person,
            OrderExpert.signed_at.is_(None),
        )
    ).first()
    if found is None or person is None:
        raise no_order()
    return _outline(session, row), found


def _row(session: Session, no: str) -> ServiceOrder:
    row = session.scalar(select(ServiceOrder).where(ServiceOrder.no == no))
    if row is None:
        raise no_order()
    return row


def _outline(session: Session, row: ServiceOrder) -> Outline:
    return outline_of(row, organisations.names(session, parties_of(row)))


def parties_of(row: ServiceOrder) -> tuple[UUID, ...]:
    """The organisations of an order: owner, agency, and the department where there is one."""
    return tuple(key for key in (row.owner, row.agency, row.department) if key is not None)


def outline_of(row: ServiceOrder, names: Mapping[UUID, OrganisationName]) -> Outline:
    """The outline of an order, with the names of its parties at hand."""
    return Outline(
        row.id,
        row.no,
        row.state,
        row.title_zh,
        row.title_en,
        row.item_code,
        names[row.owner],
        names[row.agency],
        row.agency_no,
        None if row.department is None else names[row.department],
        row.awarded_at,
        row.objections_end,
        row.began_at,
        row.ended_at,
        row.contract_hash if row.began_at is not None else None,
    )


def _everything(
    session: Session, row: ServiceOrder, side: Side | None, calendar: WorkCalendar, now: datetime
) -> OrderFacts:
    facts, hours = facts_of(session, row.id), WorkHours(calendar)
    reading = reading_of(row, facts, hours, now)
    ended = row.ended_at if row.state in DONE else None
    ready = row.ready_at
    signatures = _of(session, OrderSignature, row, OrderSignature.signed_at)
    return OrderFacts(
        outline=_outline(session, row),
        side=side,
        row=row,
        facts=tuple(facts),
        reading=reading,
        turn=None if row.ended_at is not None else turn_of(facts, hours, now, reading),
        awards=_of(session, OrderAward, row, OrderAward.place),
        signatures={one.side: one for one in signatures if one.place == row.place},
        objections=_of(session, ResultObjection, row, ResultObjection.filed_at),
        pauses=_of(session, AskedPause, row, AskedPause.asked_at),
        papers=_of(session, OrderPaper, row, OrderPaper.brought_at),
        experts=_of(session, OrderExpert, row, OrderExpert.name),
        ratings={one.side: one for one in _of(session, OrderRating, row, OrderRating.given_at)},
        rectifications=_of(session, Rectification, row, Rectification.opened_at),
        agency_signs_until=None
        if ready is None
        else agency_signs_until(row.sign_until, ready, calendar),
        rated_until=None if ended is None else rated_until(ended, calendar),
        filed_until=None if ended is None else filed_until(ended, calendar),
    )


def _of(
    session: Session, kind: type[K], row: ServiceOrder, by: InstrumentedAttribute[Any]
) -> tuple[K, ...]:
    """The rows of one kind that belong to an order."""
    found = session.scalars(select(kind).where(kind.order == row.id).order_by(by, kind.id))
    return tuple(found)
