"""What time does to orders, made visible; nobody's rights depend on when it is noticed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.orders.commands import finishing, rows
from intermediaries.orders.model import ServiceOrder
from market.command import Work
from market.feature import Tick


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


TICKS: Final = (Tick("orders.settle", looked_at, settle),)
