"""What an agency has done, for everybody: its last orders, and the mean of its double ratings.

Each line says what the public outline of the order and the published month say too: never who
rated how, nor a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intermediaries.agencies.queries import agency_name
from intermediaries.orders.model.orders import OrderEvent, OrderRating, ServiceOrder
from intermediaries.orders.reading import fact_of, reading_of
from intermediaries.orders.rules.given import Kept, owner_and_department
from intermediaries.orders.rules.states import DONE, Side
from intermediaries.rulebook.clock.events import Event
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.ratings import WEIGHTS, Rating, mean, rating
from market.kernel.law import in_force
from market.kernel.workdays import WorkCalendar, legal_day
from market.kernel.workhours import NOTHING, WorkHours

SHOWN: Final = 20
"""Orders of the record that are listed, the newest first."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """An order that was completed; no stars while it is rated, or where no approval used it.

    `on_time`: whether the agency kept within its limit.
    """

    no: str
    item_code: str
    title_zh: str
    title_en: str
    ended_at: datetime
    stars: Fraction | None
    on_time: bool | None

    @property
    def month(self) -> str:
        """The month of its completion."""
        return f"{legal_day(self.ended_at):%Y-%m}"

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class AgencyRecord:
    """Completed orders, how many of them were rated, and the mean in stars from `enough` on."""

    completed: int
    given: int
    enough: int
    stars: Fraction | None
    lines: tuple[RecordLine, ...]


def agency_record(session: Session, no: str, calendar: WorkCalendar, now: datetime) -> AgencyRecord:
    """The record of the agency with this number; `NotFound` for one that is not public."""
    agency = agency_name(session, no).organisation
    own = (ServiceOrder.agency == agency, ServiceOrder.state.in_(DONE))
    completed = session.scalar(select(func.count()).select_from(ServiceOrder).where(*own)) or 0
    rated = _ratings(session, agency, calendar, now)
    found = mean(rated.values(), legal_day(now))
    enough = in_force(WEIGHTS, legal_day(now)).value.enough
    last = session.scalars(
        select(ServiceOrder)
        .where(*own)
        .order_by(ServiceOrder.ended_at.desc(), ServiceOrder.no)
        .limit(SHOWN)
    ).all()
    return AgencyRecord(
        completed,
        found.given,
        enough,
        found.stars if found.given >= enough else None,
        _lines(session, last, rated, WorkHours(calendar)),
    )


def _ratings(
    session: Session, agency: UUID, calendar: WorkCalendar, now: datetime
) -> dict[UUID, Rating]:
    """The double ratings of an agency that are complete, or whose time is over, by order."""
    rows = session.execute(
        select(ServiceOrder.id, ServiceOrder.ended_at, OrderRating)
        .outerjoin(OrderRating, OrderRating.order == ServiceOrder.id)
        .where(
            ServiceOrder.agency == agency,
            ServiceOrder.state.in_(DONE),
            ServiceOrder.approval_case.is_not(None),
        )
        .order_by(ServiceOrder.ended_at, ServiceOrder.id)
    ).all()
    ended: dict[UUID, datetime] = {}
    given: dict[UUID, dict[Side, Kept]] = {}
    for order, at, one in rows:
        if at is None:
            raise AssertionError(f"{order} is done and has no end")
        ended[order] = at
        sides = given.setdefault(order, {})
        if one is not None:
            sides[one.side] = (one.stars, one.reason)
    found: dict[UUID, Rating] = {}
    for order, at in ended.items():
        owner, department = owner_and_department(given[order])
        both = rating(owner, department, decided=at, at=now, calendar=calendar)
        if both is not None:
            found[order] = both
    return found


def _lines(
    session: Session,
    rows: Sequence[ServiceOrder],
    rated: dict[UUID, Rating],
    hours: WorkHours,
) -> tuple[RecordLine, ...]:
    facts: dict[UUID, list[Event]] = {row.id: [] for row in rows}
    for one in session.scalars(
        select(OrderEvent)
        .where(OrderEvent.order.in_(facts))
        .order_by(OrderEvent.order, OrderEvent.number)
    ):
        facts[one.order].append(fact_of(one))
    return tuple(
        RecordLine(
            row.no,
            row.item_code,
            row.title_zh,
            row.title_en,
            row.ended_at,
            rated[row.id].value if row.id in rated else None,
            _was_on_time(row, facts[row.id], hours, row.ended_at),
        )
        for row in rows
        if row.ended_at is not None
    )


def _was_on_time(
    row: ServiceOrder, facts: Sequence[Event], hours: WorkHours, ended: datetime
) -> bool | None:
    left = reading_of(row, facts, hours, ended).left(Party.AGENCY)
    return None if left is None else left >= NOTHING
