"""Counting in years and months by the calendar, as the Civil Code does (arts 200-203).

Where the month reached has no such day, its last day stands (art. 202).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from market.kernel.errors import BadInput

_MONTHS = 12


def months_after(day: date, months: int) -> date:
    """The same day so many months later (earlier if negative), or that month's last day."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_after(day: date, years: int) -> date:
    """The same day so many years later: 29 February becomes 28 February in a common year."""
    return months_after(day, years * _MONTHS)


def look_back(day: date, years: int) -> date:
    """The first day of the `years` before `day`, itself inside.

    The day of the activity is not counted (art. 201), so "within the 3 years before 15 June 2026"
    begins with 15 June 2023: something that ended exactly 3 years before is inside, something
    that ended one day earlier is outside.
    """
    return years_after(day, -years)


def full_years(since: date, day: date) -> int:
    """Whole years from `since` to `day`; a year is full on its anniversary. Negative before."""
    years = day.year - since.year
    return years if years_after(since, years) <= day else years - 1


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` to `until`, both days included; `until` is None while it lasts.

    `BadInput` (`span-backwards`) where it ends before it begins.
    """

    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise BadInput(
                "span-backwards",
                zh="结束日期早于开始日期，应改正其中之一",
                en="The end lies before the beginning; correct one of the two days",
            )

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.touches(day, day)

    def touches(self, first: date, last: date) -> bool:
        """Whether it shares a day with [first, last], both included."""
        return self.since <= last and (self.until is None or self.until >= first)
