"""Orders for the rooms above: what is finished, how many run."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from intermediaries.orders.model.orders import (
    OrderEvent,
    OrderRating,
    OrderSupplement,
    ServiceOrder,
)
from intermediaries.orders.reading import changes_of, fact_of, terms_of
from intermediaries.orders.rules.contract import Terms
from intermediaries.orders.rules.given import owner_and_department
from intermediaries.orders.rules.states import DONE, RUNNING, OrderState, Side, Unscored
from intermediaries.orders.rules.supplement import Changes
from intermediaries.rulebook.clock.events import (
    Committed,
    Decided,
    DecisionReturned,
    Event,
    Outcome,
    Terminated,
)
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.ratings import rating
from market.approvals.queries import history
from market.kernel.workdays import WorkCalendar

BATCH: Final = 500
"""Orders read at once."""


@dataclass(frozen=True, slots=True)
class FinishedBundle:
    """A bundle that was decided: its facts, and the stars; None while somebody may still rate.

    `limits` is the fact with which it began, in which they stand.
    """

    order_no: str
    agency: UUID
    department: UUID
    item_code: str
    opened_at: datetime
    ended_at: datetime
    events: tuple[Event, ...]
    stars: Fraction | None
    limits: Committed
    decision: Outcome


@dataclass(frozen=True, slots=True)
class UnscoredBundle:
    """A bundle that ended without a decision, and why it has no score."""

    order_no: str
    item_code: str
    agency: UUID
    department: UUID
    ended_at: datetime
    why: Unscored


def unscored(session: Session, since: datetime, until: datetime) -> list[UnscoredBundle]:
    """The bundles that ended without a decision from `since` (included) to `until` (not)."""
    rows = session.execute(
        select(ServiceOrder, OrderEvent.person)
        .join(OrderEvent, OrderEvent.order == ServiceOrder.id)
        .where(
            OrderEvent.kind == Terminated.__name__,
            ServiceOrder.department.is_not(None),
            ServiceOrder.ended_at >= since,
            ServiceOrder.ended_at < until,
        )
        .order_by(ServiceOrder.ended_at, ServiceOrder.no)
    ).all()
    cases = [row.approval_case for row, _ in rows if row.approval_case is not None]
    taken_back = history.withdrawn(session, cases)
    return [
        UnscoredBundle(
            row.no,
            row.item_code,
            row.agency,
            row.department,
            row.ended_at,
            why_unscored(row, by, taken_back),
        )
        for row, by in rows
        if row.department is not None and row.ended_at is not None
    ]


@dataclass(frozen=True, slots=True)
class ReturnedDecision:
    """A decision that a higher level sent back: the fact by its number, for whose reason, when."""

    order_no: str
    number: int
    party: Party
    at: datetime


def returned(session: Session, until: datetime) -> list[ReturnedDecision]:
    """Every decision sent back before `until`, by its moment, then order and fact."""
    rows = session.execute(
        select(ServiceOrder.no, OrderEvent)
        .join(OrderEvent, OrderEvent.order == ServiceOrder.id)
        .where(OrderEvent.kind == DecisionReturned.__name__, OrderEvent.at < until)
        .order_by(OrderEvent.at, ServiceOrder.no, OrderEvent.number)
    )
    facts = [(no, one.number, fact_of(one)) for no, one in rows]
    return [
        ReturnedDecision(no, number, fact.party, fact.at)
        for no, number, fact in facts
        if isinstance(fact, DecisionReturned)
    ]


def why_unscored(
    row: ServiceOrder, ended_by: UUID | None, taken_back: Collection[UUID]
) -> Unscored:
    """Why an ended order has no score; what nobody did followed from silence.

    `taken_back`: the approval cases that were withdrawn, which those of an order are only with it.
    """
    if row.approval_case is None:
        return Unscored.ENDED
    if row.approval_case in taken_back:
        return Unscored.WITHDRAWN
    return Unscored.SILENCE if ended_by is None else Unscored.NOT_ACCEPTED


def running(session: Session, agency: UUID) -> int:
    """How many orders of an agency run."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ServiceOrder)
            .where(ServiceOrder.agency == agency, ServiceOrder.state.in_(RUNNING))
        )
        or 0
    )


def contract_terms(session: Session, no: str) -> Terms:
    """What the parties of an order sign; who may know it is for the asker to decide."""
    row = session.scalars(select(ServiceOrder).where(ServiceOrder.no == no)).one()
    return terms_of(session, row)


def supplement_changes(session: Session, no: str, number: int) -> Changes:
    """What both parties sign in a supplement; who may know it is for the asker to decide."""
    row = session.scalars(select(ServiceOrder).where(ServiceOrder.no == no)).one()
    one = session.scalars(
        select(OrderSupplement).where(
            OrderSupplement.order == row.id, OrderSupplement.number == number
        )
    ).one()
    return changes_of(session, row, one)


def awarded(session: Session, agency: UUID) -> list[tuple[str, datetime]]:
    """The orders that wait for this agency's confirmation, with the moment of their award."""
    rows = session.execute(
        select(ServiceOrder.no, ServiceOrder.awarded_at)
        .where(ServiceOrder.agency == agency, ServiceOrder.state == OrderState.AWARDED)
        .order_by(ServiceOrder.awarded_at, ServiceOrder.no)
    )
    return [(no, at) for no, at in rows]


def finished(
    session: Session,
    since: datetime,
    until: datetime,
    *,
    calendar: WorkCalendar,
    at: datetime | None = None,
) -> Iterator[FinishedBundle]:
    """The bundles decided from `since` (included) to `until` (not), by the end and the number.

    `at`: the moment at which ratings are read, `until` unless said. Read in batches, so that it
    stays linear. What ended without a decision is not a bundle to be scored and is left out.
    """
    after: tuple[datetime, str] = (since, "")
    while True:
        rows = session.scalars(
            select(ServiceOrder)
            .where(
                ServiceOrder.state.in_(DONE),
                ServiceOrder.approval_case.is_not(None),
                ServiceOrder.ended_at < until,
                tuple_(ServiceOrder.ended_at, ServiceOrder.no) > after,
            )
            .order_by(ServiceOrder.ended_at, ServiceOrder.no)
            .limit(BATCH)
        ).all()
        yield from _bundles(session, rows, calendar, until if at is None else at)
        if len(rows) < BATCH:
            return
        last = rows[-1]
        if last.ended_at is None:
            raise AssertionError(f"{last.no} is done and has no end")
        after = (last.ended_at, last.no)


def _bundles(
    session: Session, rows: Sequence[ServiceOrder], calendar: WorkCalendar, at: datetime
) -> Iterator[FinishedBundle]:
    keys = [row.id for row in rows]
    facts: dict[UUID, list[Event]] = {key: [] for key in keys}
    for one in session.scalars(
        select(OrderEvent)
        .where(OrderEvent.order.in_(keys))
        .order_by(OrderEvent.order, OrderEvent.number)
    ):
        facts[one.order].append(fact_of(one))
    given: dict[UUID, dict[Side, OrderRating]] = {key: {} for key in keys}
    for each in session.scalars(
        select(OrderRating).where(OrderRating.order.in_(keys), OrderRating.given_at <= at)
    ):
        given[each.order][each.side] = each
    for row in rows:
        made = _bundle(row, facts[row.id], given[row.id], calendar, at)
        if made is not None:
            yield made


def _bundle(
    row: ServiceOrder,
    facts: Sequence[Event],
    given: dict[Side, OrderRating],
    calendar: WorkCalendar,
    at: datetime,
) -> FinishedBundle | None:
    began = next((one for one in facts if isinstance(one, Committed)), None)
    decided = next((one for one in facts if isinstance(one, Decided)), None)
    if began is None or decided is None or row.department is None:
        return None
    of_owner, of_department = owner_and_department(
        {side: (one.stars, one.reason) for side, one in given.items()}
    )
    both = rating(of_owner, of_department, decided=decided.at, at=at, calendar=calendar)
    return FinishedBundle(
        row.no,
        row.agency,
        row.department,
        row.item_code,
        began.at,
        decided.at,
        tuple(facts),
        None if both is None else both.value,
        began,
        decided.outcome,
    )
