"""What follows from dates before anything is written: which dates move, and what is offered.

Two timetables are laid side by side, the one that stands and the one that would. A date that may
not stand comes with the nearest one that may.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bidding.rulebook.events import Edge, Event
from bidding.rulebook.plan import FIELDS
from bidding.rulebook.problems import Problem
from bidding.rulebook.timetable import Entry, Timetable
from bidding.tenders.view import row_of
from market.kernel.workdays import (
    NotYetPublished,
    WorkCalendar,
    at_time,
    if_published,
    legal_day,
    wall_time,
)
from market.web.patterns import TimetableRow

_INSTANT: Final = timedelta(microseconds=1)
_MINUTE: Final = timedelta(minutes=1)
_CLOSING: Final = (Edge.OPEN_UNTIL, Edge.NOT_AFTER, Edge.CLOSES)
_DAYS: Final = (Event.NOTICE_END, Event.DOCUMENTS_END)
"""Events whose field takes a day and not a moment."""


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A date as it would be; `before` is what stands now where it differs."""

    event: Event
    row: TimetableRow
    before: TimetableRow | None
    is_chosen: bool

    @property
    def moves(self) -> bool:
        """Whether it differs from what stands."""
        return self.before is not None


def side_by_side(
    standing: Timetable, wanted: Timetable, now: datetime, chosen: Iterable[str] = ()
) -> list[MovedRow]:
    """The wanted dates in their order, each with the standing one where they differ.

    `chosen` are the fields of the plan that somebody filled in.
    """
    named = {event for event, name in FIELDS.items() if name in chosen}
    return [
        MovedRow(
            entry.event, row_of(entry, now), _before(standing, entry, now), entry.event in named
        )
        for entry in wanted.in_order()
    ]


def _before(standing: Timetable, entry: Entry, now: datetime) -> TimetableRow | None:
    old = standing.entries.get(entry.event)
    return None if old is None or old.at == entry.at else row_of(old, now)


def nearest(
    wanted: Timetable, planned: Mapping[str, object], calendar: WorkCalendar
) -> dict[str, date | datetime]:
    """For each field whose date may not stand, the nearest date that may."""
    found: dict[str, date | datetime] = {}
    for problem in wanted.problems:
        name = FIELDS.get(problem.event)
        if name is None or name in found:
            continue
        at = _allowed(problem, wanted.problems, wanted, planned.get(name), calendar)
        if at is not None:
            found[name] = at
    return found


def _allowed(
    problem: Problem,
    problems: Sequence[Problem],
    wanted: Timetable,
    typed: object,
    calendar: WorkCalendar,
) -> date | datetime | None:
    entry = wanted[problem.event]
    limit = entry.limit
    if not isinstance(limit, datetime):
        return None
    if problem.event is Event.BID_DEADLINE and isinstance(typed, datetime):
        early = any(one.event is problem.event and one.code == "date-too-early" for one in problems)
        return _working(legal_day(limit) if early else legal_day(typed), wall_time(typed), calendar)
    if problem.event is Event.QUESTIONS_END and problem.code == "date-too-early":
        documents = wanted[Event.DOCUMENTS_END].at
        limit = max(limit, documents) if isinstance(documents, datetime) else limit
    if problem.event in _DAYS:
        return legal_day(limit - _INSTANT) if entry.edge in _CLOSING else legal_day(limit)
    short = timedelta(seconds=limit.second, microseconds=limit.microsecond)
    if not short or problem.code == "date-too-late":
        return limit - short
    return limit - short + _MINUTE


def _working(day: date, hour: time, calendar: WorkCalendar) -> datetime | None:
    found = if_published(calendar.first_working_day_on_or_after, day)
    return None if isinstance(found, NotYetPublished) else at_time(found, hour)
