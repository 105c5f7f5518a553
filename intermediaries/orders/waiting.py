"""What waits for somebody in orders: by party, as operator, as management office, as expert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from intermediaries.orders.commands.rows import side_of
from intermediaries.orders.listing import NOT_OVER
from intermediaries.orders.model.complaints import ResultComplaint
from intermediaries.orders.model.orders import (
    AskedPause,
    OrderEvent,
    OrderExpert,
    OrderRating,
    OrderSignature,
    OrderSupplement,
    Rectification,
    ResultObjection,
    ServiceOrder,
)
from intermediaries.orders.rules.states import (
    BEFORE_CONTRACT,
    PENDING,
    RUNNING,
    AskedPauseState,
    OrderState,
    RectificationState,
    ResultComplaintState,
    ResultObjectionState,
    Side,
)
from intermediaries.orders.rules.supplement import SupplementState
from intermediaries.rulebook.clock.events import Objected, Ruled
from intermediaries.rulebook.clock.figures import rules_on
from market.command import Actor
from market.kernel.permissions import Permission
from market.kernel.workdays import NotYetPublished, WorkCalendar, if_published, legal_day
from market.kernel.workhours import WorkHours

LISTED: Final = 200
"""Lines of each kind; a desk with more is read by its most urgent."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody, for the desk."""

    no: str
    what: str
    due: datetime | None


def waiting(session: Session, actor: Actor, calendar: WorkCalendar) -> list[Waiting]:
    """What waits for an actor in orders: by party, as operator, as management office, as expert."""
    found = [*_turns(session, actor)]
    if actor.may(Permission.ORDERS_RESULT_ANSWER):
        rows = session.execute(
            select(ResultObjection.order_no, ResultObjection.due)
            .where(ResultObjection.state == ResultObjectionState.OPEN)
            .order_by(ResultObjection.due)
            .limit(LISTED)
        )
        found += [Waiting(no, "result-objection", due) for no, due in rows]
    if actor.may(Permission.ORDERS_RESULT_RULE):
        complaints = session.execute(
            select(ResultComplaint.order_no, ResultComplaint.due)
            .where(ResultComplaint.state.in_(PENDING))
            .order_by(ResultComplaint.due.asc().nulls_last(), ResultComplaint.order_no)
            .limit(LISTED)
        )
        found += [Waiting(no, "result-complaint", due) for no, due in complaints]
    if actor.may(Permission.ORDERS_CLOCK_RULE):
        asked = session.scalars(
            select(AskedPause.order_no)
            .where(AskedPause.state == AskedPauseState.ASKED)
            .order_by(AskedPause.asked_at)
            .limit(LISTED)
        )
        found += [Waiting(no, "pause", None) for no in asked]
        found += _disputed(session, WorkHours(calendar))
    if actor.person is not None:
        called_in = session.scalars(
            select(ServiceOrder.no)
            .join(OrderExpert, OrderExpert.order == ServiceOrder.id)
            .where(
                OrderExpert.person == actor.person,
                OrderExpert.signed_at.is_(None),
                ServiceOrder.state == OrderState.SUBMITTED,
            )
            .limit(LISTED)
        )
        found += [Waiting(no, "expert", None) for no in called_in]
    return found


def _disputed(session: Session, hours: WorkHours) -> list[Waiting]:
    """Orders with an objection about hours that nobody has ruled on; due by the oldest of each."""
    ruled = aliased(OrderEvent)
    answered = (
        select(ruled.id)
        .where(
            ruled.order == OrderEvent.order,
            ruled.kind == Ruled.__name__,
            ruled.said["objection"].astext == cast(OrderEvent.number, String),
        )
        .exists()
    )
    oldest = func.min(OrderEvent.at)
    rows = session.execute(
        select(ServiceOrder.no, ServiceOrder.began_at, oldest)
        .join(OrderEvent, OrderEvent.order == ServiceOrder.id)
        .where(OrderEvent.kind == Objected.__name__, ~answered)
        .group_by(ServiceOrder.no, ServiceOrder.began_at)
        .order_by(oldest, ServiceOrder.no)
        .limit(LISTED)
    )
    return [Waiting(no, "ruling", _ruled_by(began, at, hours)) for no, began, at in rows]


def _ruled_by(began: datetime | None, objected: datetime, hours: WorkHours) -> datetime | None:
    """The last moment of a ruling in time; None where a year's holidays are not published."""
    if began is None:
        raise AssertionError("an objection to hours of a clock that never began")
    found = if_published(hours.after, objected, rules_on(legal_day(began)).ruling)
    return None if isinstance(found, NotYetPublished) else found


def _turns(session: Session, actor: Actor) -> Sequence[Waiting]:
    organisation = actor.organisation
    if organisation is None:
        return []
    rows = session.scalars(
        select(ServiceOrder)
        .where(
            or_(
                ServiceOrder.owner == organisation,
                ServiceOrder.agency == organisation,
                (ServiceOrder.department == organisation) & ServiceOrder.approval_case.is_not(None),
            ),
            ServiceOrder.state.in_(NOT_OVER),
        )
        .order_by(ServiceOrder.turn_due.asc().nulls_last(), ServiceOrder.no)
        .limit(LISTED)
    ).all()
    given = select(OrderRating.order, OrderRating.side).where(
        OrderRating.order.in_([row.id for row in rows])
    )
    rated = {(order, side) for order, side in session.execute(given)}
    held = set(
        session.scalars(
            select(ResultComplaint.order).where(
                ResultComplaint.order.in_([row.id for row in rows]),
                ResultComplaint.state == ResultComplaintState.HELD,
            )
        )
    )
    found = []
    for row in rows:
        if row.state in BEFORE_CONTRACT and row.id in held:
            continue
        side = side_of(row, actor)
        what = _waits_for(row, side, is_rated=(row.id, side) in rated)
        if what is not None:
            found.append(Waiting(row.no, what, row.turn_due))
    open_ones = session.scalars(
        select(Rectification.order_no)
        .join(ServiceOrder, ServiceOrder.id == Rectification.order)
        .where(ServiceOrder.agency == organisation, Rectification.state == RectificationState.OPEN)
        .limit(LISTED)
    )
    found += [Waiting(no, "supplement", None) for no in _supplements(session, actor)]
    return [*found, *(Waiting(no, "rectify", None) for no in open_ones)]


def _supplements(session: Session, actor: Actor) -> list[str]:
    """Orders with a supplement that waits for the signature of one's own side."""
    mine = actor.organisation
    rows = session.execute(
        select(ServiceOrder, OrderSupplement)
        .join(OrderSupplement, OrderSupplement.order == ServiceOrder.id)
        .where(
            or_(ServiceOrder.owner == mine, ServiceOrder.agency == mine),
            ServiceOrder.state.in_(RUNNING),
            OrderSupplement.state == SupplementState.OFFERED,
        )
        .order_by(ServiceOrder.no)
        .limit(LISTED)
    ).all()
    signed = select(OrderSignature.order, OrderSignature.supplement, OrderSignature.side).where(
        OrderSignature.order.in_([order.id for order, _ in rows]), OrderSignature.supplement > 0
    )
    known = {(order, number, side) for order, number, side in session.execute(signed)}
    found = []
    for order, one in rows:
        is_offered = (order.id, one.number, one.side) in known
        side = Side.OWNER if order.owner == mine else Side.AGENCY
        # First whoever offers it signs, then the other, and with that nothing waits.
        if (side is one.side) is not is_offered:
            found.append(order.no)
    return found


def _waits_for(row: ServiceOrder, side: Side | None, *, is_rated: bool) -> str | None:
    match row.state, side:
        case OrderState.AWARDED, Side.AGENCY:
            return "confirm"
        case OrderState.CONTRACTING, Side.OWNER | Side.AGENCY:
            return "contract"
        case ((OrderState.SERVING | OrderState.SUBMITTED), _) if (
            side is not None and row.holder is not None and row.holder.value == side.value
        ):
            return "turn"
        case OrderState.COMPLETED, Side.OWNER | Side.DEPARTMENT if not is_rated:
            return "rate"
        case OrderState.RATED, Side.AGENCY:
            return "file"
        case _:
            return None
