"""From the rows of an order to its clock, as commands and queries both need it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.demands import queries as demands
from intermediaries.demands.notice import notice_bytes
from intermediaries.demands.rules.contents import TEMPLATES
from intermediaries.orders.model.orders import OrderEvent, OrderSupplement, ServiceOrder
from intermediaries.orders.rules import recorded
from intermediaries.orders.rules.contract import Promised, Terms
from intermediaries.orders.rules.supplement import Changes, SupplementState
from intermediaries.rulebook.clock.events import Event
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.reading import Reading, read
from intermediaries.rulebook.clock.states import Stage
from market.accounts.queries import organisations
from market.accounts.queries.organisations import OrganisationFacts
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.kernel.workdays import NotYetPublished, if_published
from market.kernel.workhours import NOTHING, WorkHours
from market.protocol.encoding import digest

INSTANT: Final = timedelta(microseconds=1)
_SILENCE: Final = frozenset({Stage.INPUT_GIVEN, Stage.OWNER_REVIEW})
"""Stages that end by themselves."""


def facts_of(session: Session, order: UUID) -> list[Event]:
    """Everything recorded of an order, in the order in which it was."""
    rows = session.scalars(
        select(OrderEvent).where(OrderEvent.order == order).order_by(OrderEvent.number)
    )
    return [fact_of(row) for row in rows]


def fact_of(row: OrderEvent) -> Event:
    """One row as the fact it keeps; its id is its number."""
    return recorded.read(row.kind, str(row.number), row.at, row.said)


def reading_of(
    row: ServiceOrder, facts: Sequence[Event], hours: WorkHours, until: datetime
) -> Reading:
    """The clock at a moment; where no approval follows, it stops when the owner accepted."""
    if row.ended_at is not None and row.approval_case is None and row.ended_at < until:
        until = row.ended_at
    return read(facts, hours, until=until)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is: the working time left of whose limit, and the moment at which it is over.

    `left` is negative when a limit is over and None without one; `until` None too where the
    calendar of that year is not published. `by_silence`: at `until` silence counts as consent.
    """

    holder: Party
    left: timedelta | None
    until: datetime | None
    by_silence: bool = False


def turn_of(
    facts: Sequence[Event], hours: WorkHours, now: datetime, reading: Reading
) -> Turn | None:
    """Whose turn it is now; None when the clock does not run."""
    if reading.began_at is None or reading.ended_at is not None:
        return None
    ahead = read(facts, hours, until=now + INSTANT)
    holder = ahead.segments[-1].holder
    change = ahead.next_change
    if reading.is_paused or ahead.stage in _SILENCE:
        until = None if isinstance(change, NotYetPublished) else change
        if ahead.stage is Stage.INPUT_GIVEN and not reading.is_paused:
            holder = Party.AGENCY
        left = None if until is None else hours.between(now, until)
        return Turn(holder, left, until, by_silence=True)
    left = reading.left(holder)
    return Turn(holder, left, _until(hours, now, left, reading, holder))


def _until(
    hours: WorkHours, now: datetime, left: timedelta | None, reading: Reading, holder: Party
) -> datetime | None:
    if left is None:
        return None
    if left < NOTHING:
        return reading.agency_due if holder is Party.AGENCY else now
    found = if_published(hours.after, now, left)
    return None if isinstance(found, NotYetPublished) else found


def terms_of(session: Session, row: ServiceOrder) -> Terms:
    """The terms of a prepared contract."""
    owner = organisations.organisation(session, row.owner)
    agency = organisations.organisation(session, row.agency)
    return Terms(
        order=row.no,
        place=row.place,
        owner=owner.uscc,
        owner_name=owner.name_zh,
        agency=agency.uscc,
        agency_name=agency.name_zh,
        item=row.item_code,
        title=row.title_zh,
        scope=tuple(row.scope),
        price=row.price,
        working_days=row.working_days,
        inputs=tuple(row.inputs or ()),
        clauses=row.clauses or "",
        promised=promised_of(session, row.no, owner),
    )


def promised_of(session: Session, no: str, owner: OrganisationFacts) -> Promised | None:
    """What the notice said that the order follows from; an order bears its demand's number."""
    try:
        demand = demands.facts(session, no)
    except NotFound:
        return None
    return Promised(
        notice=digest(notice_bytes(demand, owner)),
        template=TEMPLATES[demand.contract][0],
        own_terms=demand.contract_terms or "",
        payment=demand.payment,
        payment_days=demand.payment_days,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What the contract says now, with every supplement in force, and the hash of its last part."""

    price: Money
    deliverables: tuple[str, ...]
    hash: bytes


def in_force(session: Session, order: UUID) -> list[OrderSupplement]:
    """The supplements that both sides have signed, by their numbers."""
    return list(
        session.scalars(
            select(OrderSupplement)
            .where(
                OrderSupplement.order == order, OrderSupplement.state == SupplementState.IN_FORCE
            )
            .order_by(OrderSupplement.number)
        )
    )


def stands(row: ServiceOrder, supplements: Sequence[OrderSupplement]) -> Standing:
    """What a contract and its supplements in force come to."""
    if not supplements:
        return Standing(row.price, tuple(row.scope), row.contract_hash or b"")
    last = supplements[-1]
    return Standing(last.price_before + last.price_change, tuple(last.deliverables), last.hash)


def changes_of(session: Session, row: ServiceOrder, one: OrderSupplement) -> Changes:
    """The changes of a supplement, as both sides sign them."""
    owner = organisations.organisation(session, row.owner)
    agency = organisations.organisation(session, row.agency)
    return Changes(
        order=row.no,
        number=one.number,
        contract=row.contract_hash or b"",
        previous=one.previous,
        owner=owner.uscc,
        owner_name=owner.name_zh,
        agency=agency.uscc,
        agency_name=agency.name_zh,
        price_before=one.price_before,
        price_change=one.price_change,
        deliverables=tuple(one.deliverables),
        more_days=one.more_days,
        reason=one.reason,
    )
