"""What time does to orders, made visible; nobody's rights depend on when it is noticed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.orders.commands import finishing, rows
from intermediaries.orders.commands.complaining import remind_office
from intermediaries.orders.commands.reviewing import end_reviews
from intermediaries.orders.model.complaints import ResultComplaint
from intermediaries.orders.model.orders import ServiceOrder
from market.command import Work
from market.feature import Tick
from market.reviews import queries as reviews
from market.reviews.rules import Kind

AT_ONCE: Final = 1_000
"""Reviews that one beat looks at, the oldest first."""


def looked_at(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Orders of which something may have followed by itself by now, the oldest first."""
    return session.scalars(
        select(ServiceOrder.id)
        .where(ServiceOrder.look_at < now)
        .order_by(ServiceOrder.look_at, ServiceOrder.id)
        .limit(limit)
    ).all()


def settle(work: Work, key: UUID) -> None:
    """Write down what time has done to an order, and when to look again."""
    row = work.session.get_one(ServiceOrder, key, with_for_update=True)
    finishing.settle(work, row)
    rows.touch(work, row)
    if row.look_at is not None and row.look_at < work.now:
        row.look_at = work.now + rows.LOOK_AGAIN


def reviews_over(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Expert reviews whose order is over: their draws are no secret any more."""
    del now  # as soon as the order is over
    open_ones = reviews.unended(session, Kind.ORDER, AT_ONCE)
    over = set(
        session.scalars(
            select(ServiceOrder.no).where(
                ServiceOrder.no.in_([no for _, no in open_ones]),
                ServiceOrder.ended_at.is_not(None),
            )
        )
    )
    return [key for key, no in open_ones if no in over][:limit]


def complaints_late(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Complaints about results whose decision is late, or whose time had no calendar yet."""
    return session.scalars(
        select(ResultComplaint.id)
        .where(ResultComplaint.look_at < now)
        .order_by(ResultComplaint.look_at, ResultComplaint.id)
        .limit(limit)
    ).all()


TICKS: Final = (
    Tick("orders.settle", looked_at, settle),
    Tick("orders.reviews", reviews_over, end_reviews),
    Tick("orders.complaints", complaints_late, remind_office),
)
