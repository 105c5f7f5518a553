"""The working calendar as every command sees it, and its years as everybody may read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.calendars.model import CalendarYear
from market.calendars.rules import DUE_FROM, YearState, from_json
from market.kernel.holidays import SEED
from market.kernel.workdays import Holiday, WorkCalendar, YearSchedule


class CalendarBook:
    """The calendar of one process, read anew only when another schedule came into force.

    The years that this version knows by itself stand until a row says otherwise. Rows in force
    never change, so their ids say whether the calendar is still the same.
    """

    def __init__(self) -> None:
        self._known: frozenset[UUID] = frozenset()
        self._calendar = WorkCalendar(SEED)

    def __call__(self, session: Session) -> WorkCalendar:
        """The calendar in force in this transaction."""
        ids = frozenset(
            session.scalars(select(CalendarYear.id).where(CalendarYear.state == YearState.IN_FORCE))
        )
        if ids == self._known:
            return self._calendar
        rows = session.scalars(select(CalendarYear).where(CalendarYear.id.in_(ids)))
        entered = {
            row.year: YearSchedule(row.year, row.paper, from_json(row.holidays)) for row in rows
        }
        self._known, self._calendar = ids, WorkCalendar({**SEED, **entered})
        return self._calendar


@dataclass(frozen=True, slots=True)
class YearLine:
    """One schedule; `key` is None for a year that this version knows by itself."""

    key: UUID | None
    year: int
    document: str
    paper: str
    state: YearState
    holidays: tuple[Holiday, ...]
    proposed_by: UUID | None
    decided_at: datetime | None


def years_in_force(session: Session) -> list[YearLine]:
    """The years whose dates can be computed, newest first."""
    rows = _lines(session, YearState.IN_FORCE)
    entered = {row.year for row in rows}
    known = [
        YearLine(None, one.year, "", one.paper, YearState.IN_FORCE, one.holidays, None, None)
        for one in SEED.values()
        if one.year not in entered
    ]
    return sorted([*rows, *known], key=lambda line: -line.year)


def years_waiting(session: Session) -> list[YearLine]:
    """Schedules that wait for a second person, oldest year first."""
    return _lines(session, YearState.PROPOSED)


def year_missing(session: Session, today: date) -> int | None:
    """The year whose schedule should be here by now and is not even put forward; else None.

    `today` is the legal day. This year always, the next one from the day of `DUE_FROM` on.
    """
    wanted = [today.year, *([today.year + 1] if (today.month, today.day) >= DUE_FROM else [])]
    there = {line.year for line in (*years_in_force(session), *years_waiting(session))}
    return next((year for year in wanted if year not in there), None)


def _lines(session: Session, state: YearState) -> list[YearLine]:
    rows: Sequence[CalendarYear] = session.scalars(
        select(CalendarYear).where(CalendarYear.state == state).order_by(CalendarYear.year)
    ).all()
    return [
        YearLine(
            row.id,
            row.year,
            row.document,
            row.paper,
            row.state,
            from_json(row.holidays),
            row.proposed_by,
            row.decided_at,
        )
        for row in rows
    ]
