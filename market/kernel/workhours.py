"""Working time in Asia/Shanghai: the windows of a working day, and counting along them exactly.

Only time inside a window of a working day counts, for anybody; nights, the hour of lunch and rest
days count for nobody. Working time is a `timedelta`, exact to the microsecond. A year whose
holidays are not published is refused (`CalendarNotPublished`), as in market.kernel.workdays.

A period in working days is counted here in working hours: `WORKING_DAY` is eight of them, also
where a city has made its days longer or shorter, so that a limit once agreed stays what it was.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Dated, in_force, platform_rule
from market.kernel.workdays import (
    SHANGHAI,
    CalendarNotPublished,
    WorkCalendar,
    at_time,
    legal_day,
    wall_time,
)

NOTHING: Final = timedelta(0)
HOUR: Final = timedelta(hours=1)
WORKING_DAY: Final = timedelta(hours=8)
"""What a working day is worth in a limit that is stored in working hours."""


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of a working day, wall time in Shanghai: `opens` belongs to it, `closes` not."""

    opens: time
    closes: time

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return _since_midnight(self.closes) - _since_midnight(self.opens)


Windows = tuple[Window, ...]

USUAL: Final[Windows] = (Window(time(8, 30), time(12)), Window(time(13, 30), time(18)))
"""Half past eight to noon, half past one to six: eight hours."""

SINCE: Final = date(2003, 1, 1)
"""The first day for which a rule of this platform is asked."""

USUAL_WINDOWS: Final[tuple[Dated[Windows], ...]] = (
    Dated(
        USUAL,
        platform_rule("工作时段08:30-12:00、13:30-18:00", "hours of work 08:30-12:00, 13:30-18:00"),
        SINCE,
    ),
)


@dataclass(frozen=True, slots=True)
class _Year:
    """One published year: `before[n]` is the working time before day n, `windows[n]` that day's."""

    first: date
    before: tuple[timedelta, ...]
    windows: tuple[Windows, ...]

    @property
    def whole(self) -> timedelta:
        return self.before[-1]


@dataclass(frozen=True, slots=True)
class WorkHours:
    """The working time of the published years; immutable.

    `versions` are the windows with the first day each holds. Moments are aware; a naive one is a
    `ValueError`. Every method refuses with `CalendarNotPublished` as soon as it needs a year that
    the calendar does not hold.
    """

    calendar: WorkCalendar
    versions: tuple[Dated[Windows], ...] = USUAL_WINDOWS
    _years: Mapping[int, _Year] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for version in self.versions:
            _refuse_malformed(version.value)
        years = {year: self._counted(year) for year in self.calendar.years}
        object.__setattr__(self, "_years", MappingProxyType(years))

    def windows(self, day: date) -> Windows:
        """The windows of a legal day; none on a rest day."""
        year = self._year(day.year)
        return year.windows[(day - year.first).days]

    def is_working(self, moment: datetime) -> bool:
        """Whether working time passes right after this moment."""
        day, wall = legal_day(moment), wall_time(moment)
        return any(window.opens <= wall < window.closes for window in self.windows(day))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; nothing where `end` is not later."""
        if end <= start:
            return NOTHING
        first, last = legal_day(start).year, legal_day(end).year
        passed = self._passed(end) - self._passed(start)
        return sum((self._year(year).whole for year in range(first, last)), passed)

    def after(self, moment: datetime, working: timedelta) -> datetime:
        """The first moment by which so much working time has passed since `moment`.

        The reverse of `between`: `between(moment, after(moment, w)) == w` always. What ends with a
        window ends at its close, not at the next opening; no time at all gives `moment` back.
        `ValueError` for a negative time.
        """
        if working < NOTHING:
            raise ValueError(f"{working} of working time")
        if not working:
            return moment
        number = legal_day(moment).year
        target = self._passed(moment) + working
        while target > (year := self._year(number)).whole:
            target -= year.whole
            number += 1
        # The last day before which less than the target has passed.
        place = bisect_left(year.before, target) - 1
        day = year.first + timedelta(days=place)
        return _inside(day, year.windows[place], target - year.before[place])

    def is_within(self, start: datetime, working: timedelta, moment: datetime) -> bool:
        """Whether `moment` is not later than `after(start, working)`, which itself is in time.

        Needs no year that `moment` has not reached.
        """
        passed = self.between(start, moment)
        return passed < working or (passed == working and moment <= self.after(start, working))

    def _passed(self, moment: datetime) -> timedelta:
        """The working time of its year that lies before a moment."""
        local = moment.astimezone(SHANGHAI)
        year = self._year(local.year)
        place = (local.date() - year.first).days
        passed, now = year.before[place], _since_midnight(local.time())
        for window in year.windows[place]:
            opens = _since_midnight(window.opens)
            if now <= opens:
                break
            passed += min(now, _since_midnight(window.closes)) - opens
        return passed

    def _year(self, number: int) -> _Year:
        try:
            return self._years[number]
        except KeyError:
            raise CalendarNotPublished(number) from None

    def _counted(self, number: int) -> _Year:
        first = date(number, 1, 1)
        length = (date(number, 12, 31) - first).days + 1
        before, windows = [NOTHING], []
        for place in range(length):
            day = first + timedelta(days=place)
            works = in_force(self.versions, day).value if self.calendar.is_working(day) else ()
            windows.append(works)
            before.append(before[-1] + _length(works))
        return _Year(first, tuple(before), tuple(windows))


def change_windows(
    versions: tuple[Dated[Windows], ...], change: Dated[Windows], decided: datetime
) -> tuple[Dated[Windows], ...]:
    """The windows with a change, which may hold from the day after its decision and no earlier.

    `Refusal` "windows-from-next-day" for an earlier day, "windows-already-changed" where another
    change holds from the same day; `BadInput` "windows-malformed".
    """
    _refuse_malformed(change.value)
    if change.since <= legal_day(decided):
        raise Refusal(
            "windows-from-next-day",
            zh=f"工作时段的调整自次日起生效，不能自{change.since}起",
            en="A change of the hours of work holds from the next day on, so not from"
            f" {change.since}",
            article=change.article,
        )
    if any(version.since == change.since for version in versions):
        raise Refusal(
            "windows-already-changed",
            zh=f"自{change.since}起已有一次调整",
            en=f"There is already a change from {change.since}",
        )
    return tuple(sorted((*versions, change), key=lambda version: version.since))


def hours_of(working: timedelta) -> str:
    """Working time in hours for a sentence: 12.5, 157.5; at most two decimals, half up."""
    hundredths = (2 * 100 * working + HOUR) // (2 * HOUR)
    whole, rest = divmod(abs(hundredths), 100)
    sign = "-" if hundredths < 0 else ""
    return sign + (f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole))


def _since_midnight(wall: time) -> timedelta:
    return timedelta(
        hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond
    )


def _length(windows: Iterable[Window]) -> timedelta:
    return sum((window.length for window in windows), NOTHING)


def _inside(day: date, windows: Windows, working: timedelta) -> datetime:
    """The moment of a day by which so much of its working time has passed; more than none."""
    for window in windows:
        if working <= window.length:
            midnight = datetime.combine(day, time())
            return at_time(day, (midnight + _since_midnight(window.opens) + working).time())
        working -= window.length
    raise AssertionError(f"{day} has no {working} more")


def _refuse_malformed(windows: Windows) -> None:
    edges = [wall for window in windows for wall in (window.opens, window.closes)]
    if not windows or any(early >= late for early, late in pairwise(edges)):
        raise BadInput(
            "windows-malformed",
            zh="工作时段应按先后列出，互不重叠，且至少有一段",
            en="The hours of work are listed in their order, do not overlap, and are not empty",
        )
