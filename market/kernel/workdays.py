"""Legal days and working days in Asia/Shanghai: which days are worked, and counting along them.

A working day is what the calendar says, not Monday to Friday: published holidays fall out, weekend
days worked instead come in (调休). A year whose holidays are not published is never guessed:
whoever needs a date there is refused (`CalendarNotPublished`), whoever only shows it asks through
`if_published` and gets the value `NotYetPublished`.

Counting follows the Civil Code, arts 200-204: the first day does not count (art. 201), a last day
that is a rest day moves to the next working day (art. 203), and a last day ends at 24:00. The
instant 24:00 is also 0:00 of the next day: what ends there may still be done at it, while what
happens at it happens on the next day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from market.kernel.errors import BadInput, Refusal

V = TypeVar("V")
P = ParamSpec("P")

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_DECEMBER: Final = 12
_SATURDAY: Final = 5  # date.weekday(): Saturday 5, Sunday 6


class CalendarNotPublished(Refusal):
    """A date falls in a year whose holidays are not in the calendar yet; `year` says which."""

    def __init__(self, year: int) -> None:
        super().__init__(
            "calendar-not-published",
            zh=f"{year}年的节假日安排尚未载入工作日历，日期无法计算；待安排公布并由交易中心载入后再办理",
            en=f"The holidays of {year} are not in the working calendar yet, so the date cannot be"
            " computed; try again when the trading centre has entered the published schedule",
        )
        self.year = year


@dataclass(frozen=True, slots=True)
class NotYetPublished:
    """Stands where a date would stand that needs the unpublished holidays of `year`."""

    year: int

    def words(self, language: str) -> str:
        """What to show in place of the date, in "zh" or "en"."""
        if language == "zh":
            return f"待{self.year}年节假日安排公布后确定"
        return f"not known until the holidays of {self.year} are published"


def if_published(compute: Callable[P, V], *args: P.args, **kwargs: P.kwargs) -> V | NotYetPublished:
    """What `compute` answers, or `NotYetPublished` where it meets a year without holidays."""
    try:
        return compute(*args, **kwargs)
    except CalendarNotPublished as refusal:
        return NotYetPublished(refusal.year)


@dataclass(frozen=True, slots=True)
class Holiday:
    """One published holiday: off from `first` to `last`, both included; `make_up` is worked."""

    zh: str
    en: str
    first: date
    last: date
    make_up: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class YearSchedule:
    """The holidays of one year as its official paper states them; `paper` is the address.

    A paper may name days of the December before (a New Year that begins in it): then it, being
    the later one, decides about them. `BadInput` "schedule-malformed" for a holiday that ends
    before it begins, a day of another year, a day named twice, a make-up day that is no weekend
    day.
    """

    year: int
    paper: str
    holidays: tuple[Holiday, ...]

    def __post_init__(self) -> None:
        self.stated()

    def stated(self) -> dict[date, bool]:
        """Every day the paper speaks of: True is worked, False is off."""
        days: dict[date, bool] = {}
        for holiday in self.holidays:
            length = (holiday.last - holiday.first).days
            if length < 0:
                raise _malformed(f"{holiday.zh} {holiday.first}-{holiday.last}")
            for off in range(length + 1):
                self._state(days, holiday.first + timedelta(days=off), worked=False)
            for day in holiday.make_up:
                if day.weekday() < _SATURDAY:
                    raise _malformed(f"{day} {day:%A}")
                self._state(days, day, worked=True)
        return days

    def _state(self, days: dict[date, bool], day: date, *, worked: bool) -> None:
        of_this_paper = day.year == self.year or (
            day.year == self.year - 1 and day.month == _DECEMBER
        )
        if not of_this_paper or day in days:
            raise _malformed(str(day))
        days[day] = worked


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Working days of the published years; immutable.

    Every method takes and gives legal days (`datetime.date` in Asia/Shanghai) and refuses with
    `CalendarNotPublished` as soon as it would need a year that is not in `years`.
    """

    years: Mapping[int, YearSchedule]
    _stated: Mapping[date, bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        stated: dict[date, bool] = {}
        for year, schedule in sorted(self.years.items()):
            if schedule.year != year:
                raise ValueError(f"the schedule of {schedule.year} stands under {year}")
            # In order of years: what a later paper says of the December before it stands.
            stated.update(schedule.stated())
        object.__setattr__(self, "years", MappingProxyType(dict(self.years)))
        object.__setattr__(self, "_stated", MappingProxyType(stated))

    def is_working(self, day: date) -> bool:
        """Whether people work on this legal day."""
        if isinstance(day, datetime):
            raise TypeError("a legal day is a date: take legal_day(moment)")
        if day.year not in self.years:
            raise CalendarNotPublished(day.year)
        return self._stated.get(day, day.weekday() < _SATURDAY)

    def add_working_days(self, day: date, days: int) -> date:
        """The last of `days` working days after `day`, which does not count; 0 gives `day`."""
        return self._walk(day, days, forward=True)

    def subtract_working_days(self, day: date, days: int) -> date:
        """The first of `days` working days before `day`, which does not count; 0 gives `day`."""
        return self._walk(day, days, forward=False)

    def add_calendar_days(self, day: date, days: int) -> date:
        """The last of `days` calendar days after `day`, moved on if it is a rest day (art. 203)."""
        if days < 0:
            raise ValueError(f"a period of {days} days")
        return self.first_working_day_on_or_after(days_after(day, days))

    def first_working_day_on_or_after(self, day: date) -> date:
        """The day itself if it is worked, else the next that is."""
        while not self.is_working(day):
            day = days_after(day, 1)
        return day

    def working_days_between(self, after: date, through: date) -> int:
        """How many working days lie after `after`, up to and with `through`; 0 if it is not later.

        The reverse of `add_working_days`: what is left of a period, or what it took.
        """
        count = 0
        while after < through:
            after = days_after(after, 1)
            count += self.is_working(after)
        return count

    def _walk(self, day: date, days: int, *, forward: bool) -> date:
        if days < 0:
            raise ValueError(f"a period of {days} working days")
        while days:
            day = days_after(day, 1 if forward else -1)
            days -= self.is_working(day)
        return day


def legal_day(moment: datetime) -> date:
    """The day it is in Shanghai at a moment; `ValueError` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    try:
        return moment.astimezone(SHANGHAI).date()
    except OverflowError:
        raise _out_of_range() from None


def start_of(day: date) -> datetime:
    """0:00 in Shanghai, as an aware UTC moment."""
    return at_time(day, time())


def end_of(day: date) -> datetime:
    """24:00 in Shanghai, as an aware UTC moment: the last at which the day is not over."""
    return start_of(days_after(day, 1))


def at_time(day: date, hour: time) -> datetime:
    """A wall time in Shanghai on a legal day, as an aware UTC moment."""
    try:
        return datetime.combine(day, hour, SHANGHAI).astimezone(UTC)
    except OverflowError:
        raise _out_of_range() from None


def wall_time(moment: datetime) -> time:
    """What clocks in Shanghai show at a moment, without a zone."""
    return moment.astimezone(SHANGHAI).time()


def days_after(day: date, days: int) -> date:
    """Plain counting, without looking at holidays; `BadInput` beyond the years 1 to 9999."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise _out_of_range() from None


def _out_of_range() -> BadInput:
    return BadInput(
        "date-out-of-range",
        zh="日期超出可用范围，应改为实际日期",
        en="The date is outside the years this calendar can hold; give a real date",
    )


def _malformed(what: str) -> BadInput:
    return BadInput(
        "schedule-malformed",
        zh=f"节假日安排有误：{what}；应按公布的原文核对",
        en=f"The holiday schedule is wrong at {what}; check it against the published paper",
    )
