"""What a statutory period is, and how its last day or its latest moment is counted.

The two tracks count differently (DAY means calendar days in the Bidding Law, while procurement law
says so where it means working days), and "at least N days before X" is counted in hours, which is
never looser than counting days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from bidding.rulebook.numbers import LegalNumber, Measure, at_least, at_most, exactly
from market.kernel.law import Article
from market.kernel.workdays import WorkCalendar, days_after, end_of, legal_day, start_of

_HOURS_A_DAY: Final = 24
_FEBRUARY_28: Final = 28


class Unit(StrEnum):
    """What a period is counted in. `MOMENT` is no length: the same moment, or not before it."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    YEAR = "year"
    MOMENT = "moment"


class Bound(StrEnum):
    """Which way a period binds.

    `AT_LEAST`: the end lies on day N after the start or later. `AT_MOST`: it lies there or
    earlier. `LASTS`: a window that closes there, somebody's right. `BEFORE_AT_LEAST`: the act
    comes N before the end or earlier. `BEFORE_AT_MOST`: not earlier than N before the end.
    """

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    LASTS = "lasts"
    BEFORE_AT_LEAST = "before_at_least"
    BEFORE_AT_MOST = "before_at_most"


class Breach(StrEnum):
    """What the house does when a period is not kept."""

    BLOCK = "block"
    EXTEND = "extend"
    SUSPEND = "suspend"
    CARD = "card"
    RED_CARD = "red_card"
    DEFAULT = "default"
    NOT_ACCEPTED = "not_accepted"
    WARN = "warn"
    REMIND = "remind"
    RESUME = "resume"
    INTEREST = "interest"


@dataclass(frozen=True, slots=True)
class Period:
    """One period of the catalogue: from what to what, how long, and what binds.

    `moves`: a last day that is a rest day moves on (Civil Code art. 203). False where nothing has
    to be done on that day, such as the end of a time during which files can be fetched.
    """

    id: str
    zh: str
    en: str
    starts: tuple[str, str]
    ends: tuple[str, str]
    bound: Bound
    unit: Unit
    number: LegalNumber[int]
    breach: tuple[Breach, ...] = ()
    moves: bool = True


@dataclass(frozen=True, slots=True)
class Counted:
    """A last day: `by_count` by plain counting, `day` after moving off a rest day."""

    day: date
    by_count: date


_MEASURES: Final = {
    Unit.WORKING_DAY: Measure.WORKING_DAYS,
    Unit.CALENDAR_DAY: Measure.CALENDAR_DAYS,
    Unit.YEAR: Measure.YEARS,
    Unit.MOMENT: Measure.CALENDAR_DAYS,
}
_VERSIONS: Final = {
    Bound.AT_LEAST: at_least,
    Bound.AT_MOST: at_most,
    Bound.LASTS: exactly,
    Bound.BEFORE_AT_LEAST: at_least,
    Bound.BEFORE_AT_MOST: at_most,
}


def period(
    period_id: str,
    names: tuple[str, str],
    starts: tuple[str, str],
    ends: tuple[str, str],
    *,
    bound: Bound,
    length: tuple[int, Unit],
    law: tuple[Article, date],
    key: str | None = None,
    breach: tuple[Breach, ...] = (),
    moves: bool = True,
    fixed: bool = False,
) -> Period:
    """A period whose legal edge is its length, on the side its bound binds.

    `fixed` where the city may change it in neither direction, because it is somebody's right.
    `key` names the parameter; without one it is the id.
    """
    days, unit = length
    versions = (exactly if fixed else _VERSIONS[bound])(days, *law)
    number = LegalNumber(key or period_id, *names, _MEASURES[unit], versions)
    return Period(period_id, *names, starts, ends, bound, unit, number, breach, moves)


def index(periods: tuple[Period, ...]) -> Mapping[str, Period]:
    """The periods by id; `ValueError` for an id that stands twice."""
    found = {each.id: each for each in periods}
    if len(found) != len(periods):
        raise ValueError("a period stands twice")
    return MappingProxyType(found)


def last_day(of: Period, start: date, length: int, calendar: WorkCalendar) -> Counted:
    """Day N after `start`, which does not count: the earliest or last day a period speaks of.

    `CalendarNotPublished` where a year on the way has no holidays yet. A period counted back
    from its end has no such day: `ValueError`.
    """
    if of.bound in (Bound.BEFORE_AT_LEAST, Bound.BEFORE_AT_MOST):
        raise ValueError(f"{of.id} is counted back from its end")
    match of.unit:
        case Unit.WORKING_DAY:
            day = by_count = calendar.add_working_days(start, length)
        case Unit.CALENDAR_DAY:
            by_count = days_after(start, length)
            day = calendar.first_working_day_on_or_after(by_count) if of.moves else by_count
        case Unit.YEAR:
            day = by_count = _years_after(start, length)
        case Unit.MOMENT:
            day = by_count = start
        case _:
            assert_never(of.unit)
    return Counted(day, by_count)


def moment_before(of: Period, end: datetime, length: int, calendar: WorkCalendar) -> datetime:
    """The latest moment "at least N before" `end`, or the earliest "not more than N before" it.

    Calendar days are N times 24 hours. Working days are whole legal days: the latest is 24:00 of
    the Nth working day before the end's day, the earliest is its 0:00.
    """
    match of.bound, of.unit:
        case Bound.BEFORE_AT_LEAST, Unit.CALENDAR_DAY:
            return end - timedelta(hours=length * _HOURS_A_DAY)
        case Bound.BEFORE_AT_LEAST, Unit.WORKING_DAY:
            return end_of(calendar.subtract_working_days(legal_day(end), length))
        case Bound.BEFORE_AT_MOST, Unit.WORKING_DAY:
            return start_of(calendar.subtract_working_days(legal_day(end), length))
    raise ValueError(f"{of.id} is not counted back from its end")


def _years_after(start: date, years: int) -> date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        # 29 February in a common year: the last day of the month stands (Civil Code art. 202).
        return start.replace(year=start.year + years, day=_FEBRUARY_28)
