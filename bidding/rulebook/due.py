"""One period counted from a known day: by when something is due, or when a window closes."""

from dataclasses import dataclass
from datetime import date, datetime

from bidding.rulebook.events import Edge, Event
from bidding.rulebook.numbers import NO_LOCAL_RULES, LocalRules
from bidding.rulebook.periods import Bound, Counted, Period, last_day
from bidding.rulebook.why import Start, Why, explain
from market.kernel.workdays import NotYetPublished, WorkCalendar, end_of, if_published, start_of


@dataclass(frozen=True, slots=True)
class Due:
    """The day a period leads to, and why; the day is `NotYetPublished` in an unpublished year."""

    day: date | NotYetPublished
    why: Why

    def is_met(self, at: datetime) -> bool | None:
        """Whether something done at a moment is in time, 24:00 of the day itself included.

        None while the day is not known.
        """
        return None if isinstance(self.day, NotYetPublished) else is_in_time(at, end_of(self.day))


def is_in_time(at: datetime, deadline: datetime) -> bool:
    """Whether a moment keeps a deadline: at it is in time, one microsecond later is late."""
    return at <= deadline


def due(
    period: Period,
    event: Event,
    since: date,
    calendar: WorkCalendar,
    *,
    on: date,
    local: LocalRules = NO_LOCAL_RULES,
) -> Due:
    """Where `period` leads from the legal day `since` of `event`, which does not count.

    `on` is the publication day of the procedure, whose law holds. `ValueError` for a period that
    is counted back from its end.
    """
    effective = period.number.effective(on, local)
    counted = if_published(last_day, period, since, effective.value, calendar)
    moved = None
    if isinstance(counted, Counted) and counted.day != counted.by_count:
        moved = (counted.by_count, counted.day)
    edge = Edge.NOT_AFTER if period.bound is Bound.AT_MOST else Edge.CLOSES
    start = Start(event, start_of(since), since)
    why = explain(period, effective, effective.value, start, edge, moved)
    return Due(counted.day if isinstance(counted, Counted) else counted, why)
