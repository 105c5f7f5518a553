"""The timetable of an open tender: every date, how it binds, and why it is this date.

A date that has happened stands as it happened, else as planned, else at its legal edge: the
earliest day for what may not come before, the last for what may not come after. So a later date
that hangs on an open one says how late it can be at most. Every edge includes its own moment, to
the microsecond.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bidding.rulebook import procurement
from bidding.rulebook.events import Edge, Event
from bidding.rulebook.numbers import NO_LOCAL_RULES, LocalRules
from bidding.rulebook.periods import Bound, Period, Unit, last_day, moment_before
from bidding.rulebook.plan import Plan
from bidding.rulebook.problems import (
    Problem,
    TimetableRefused,
    deadline_on_rest_day,
    intention_too_short,
    length_too_short,
    planned_too_early,
    planned_too_late,
    questions_too_early,
)
from bidding.rulebook.steps import OPEN_TENDER, Step
from bidding.rulebook.why import Start, Why, explain
from market.kernel.errors import BadInput
from market.kernel.ids import Track
from market.kernel.workdays import (
    CalendarNotPublished,
    NotYetPublished,
    WorkCalendar,
    at_time,
    end_of,
    if_published,
    legal_day,
    start_of,
)

OPENING_HOUR: Final = time(9, 30)
"""When bids close, in Shanghai, where the owner names no hour: a rule of this platform."""

_CLOSING: Final = (Edge.OPEN_UNTIL, Edge.NOT_AFTER, Edge.CLOSES)
_INSTANT: Final = timedelta(microseconds=1)
_NOTHING: Final[Mapping[Event, datetime]] = MappingProxyType({})


class Basis(StrEnum):
    """Where a date comes from: the facts, the plan, the law, or nothing better than its base."""

    HAPPENED = "happened"
    PLANNED = "planned"
    COMPUTED = "computed"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One date. `limit` is the legal edge, `at` what is reckoned with; `day` its legal day.

    A moment that closes a day (24:00) belongs to the day it closes. `limit` and `why` are None
    for what no rule dates: the publication, and the end of evaluation.
    """

    event: Event
    edge: Edge
    basis: Basis
    at: datetime | NotYetPublished
    day: date | NotYetPublished
    limit: datetime | NotYetPublished | None
    why: Why | None
    fixed: bool

    def is_kept(self) -> bool | None:
        """Whether the date lies on the right side of its edge; None while the edge is unknown."""
        if not isinstance(self.limit, datetime) or not isinstance(self.at, datetime):
            return None
        match self.edge:
            case Edge.NOT_BEFORE | Edge.OPEN_UNTIL:
                return self.at >= self.limit
            case Edge.NOT_AFTER | Edge.CLOSES:
                return self.at <= self.limit
            case _:
                return self.at == self.limit


@dataclass(frozen=True, slots=True)
class Timetable:
    """All dates of one tender, in the order of its steps, with what is wrong with the plan.

    `problems` refuse a publication, `warnings` want a reason, `unpublished` are years without
    holidays that dates fixed by the publication need.
    """

    track: Track
    entries: Mapping[Event, Entry]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    unpublished: tuple[int, ...]

    def __getitem__(self, event: Event) -> Entry:
        """The entry of an event; `KeyError` if this track has none."""
        return self.entries[event]

    def in_order(self) -> tuple[Entry, ...]:
        """The entries by time; dates not known yet come last, in the order of the steps."""
        known = [entry for entry in self.entries.values() if isinstance(entry.at, datetime)]
        later = [entry for entry in self.entries.values() if not isinstance(entry.at, datetime)]
        return (*sorted(known, key=_moment_of), *later)


def timetable(
    track: Track,
    plan: Plan,
    calendar: WorkCalendar,
    *,
    local: LocalRules = NO_LOCAL_RULES,
) -> Timetable:
    """The timetable with which a tender is published; refuses what may not be published.

    `TimetableRefused` for dates too early or too late, each with rule and article;
    `CalendarNotPublished` where a date that the publication fixes needs a year without holidays;
    `BadInput` "no-timetable" for a track without open tenders here. Later dates that need such a
    year stand as `NotYetPublished`.
    """
    draft = draft_timetable(track, plan, calendar, local=local)
    if draft.unpublished:
        raise CalendarNotPublished(draft.unpublished[0])
    if draft.problems:
        raise TimetableRefused(draft.problems)
    return draft


def draft_timetable(
    track: Track,
    plan: Plan,
    calendar: WorkCalendar,
    *,
    local: LocalRules = NO_LOCAL_RULES,
    happened: Mapping[Event, datetime] = _NOTHING,
) -> Timetable:
    """The same without refusing: for a wizard that shows what is wrong, and for a running tender.

    `happened` are the facts so far; with them every later date is counted from what was. The law
    is that of the publication day. `ValueError` for a fact about a window, which closes by rule.
    """
    steps = OPEN_TENDER.get(track)
    if steps is None:
        raise BadInput(
            "no-timetable",
            zh=f"{track.value}没有公开招标时间表",
            en=f"{track.value} has no timetable of an open tender",
        )
    reckoning = _Reckoning(plan, calendar, local, happened)
    for step in steps:
        reckoning.take(step)
    reckoning.check_the_rest()
    return Timetable(
        track,
        MappingProxyType(reckoning.entries),
        tuple(reckoning.problems),
        tuple(reckoning.warnings),
        tuple(sorted(set(reckoning.unpublished))),
    )


class _Reckoning:
    """One pass over the steps of a tender, collecting its entries and what is wrong."""

    def __init__(
        self,
        plan: Plan,
        calendar: WorkCalendar,
        local: LocalRules,
        happened: Mapping[Event, datetime],
    ) -> None:
        self.plan = plan
        self.planned = plan.moments()
        self.calendar = calendar
        self.local = local
        self.happened = happened
        self.on = legal_day(plan.published_at)
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.unpublished: list[int] = []
        self.entries: dict[Event, Entry] = {
            Event.PUBLICATION: Entry(
                event=Event.PUBLICATION,
                edge=Edge.AT,
                basis=Basis.HAPPENED if Event.PUBLICATION in happened else Basis.PLANNED,
                at=plan.published_at,
                day=self.on,
                limit=None,
                why=None,
                fixed=True,
            )
        }

    def take(self, step: Step) -> None:
        """Reckon one step and check what was planned for it."""
        base = self.entries[step.base]
        if step.edge is Edge.CLOSES and step.event in self.happened:
            raise ValueError(f"{step.event} closes by rule, it does not happen")
        if step.period is None:
            entry = self._entry(step, base.at, None, None)
            entry = replace(entry, basis=_or_assumed(entry.basis))
        else:
            limit, why = self._limit(step, step.period, Start(base.event, base.at, base.day))
            entry = self._entry(step, limit, limit, why)
        self.entries[step.event] = entry
        if step.fixed and isinstance(entry.limit, NotYetPublished):
            self.unpublished.append(entry.limit.year)
        self._check_plan(entry)

    def _limit(
        self, step: Step, period: Period, start: Start
    ) -> tuple[datetime | NotYetPublished, Why]:
        effective = period.number.effective(self.on, self.local)
        length = effective.value
        own = self.plan.publicity_days if step.event is Event.PUBLICITY_END else None
        if own is not None:
            if own < length:
                self.problems.append(length_too_short(step.event, own, period, effective))
            length = max(own, length)
        counted = if_published(_count, period, length, start, step.edge, self.calendar)
        if isinstance(counted, NotYetPublished):
            return counted, explain(period, effective, length, start, step.edge, None)
        at, moved = counted
        return at, explain(period, effective, length, start, step.edge, moved)

    def _entry(
        self,
        step: Step,
        default: datetime | NotYetPublished,
        limit: datetime | NotYetPublished | None,
        why: Why | None,
    ) -> Entry:
        at: datetime | NotYetPublished
        if step.event in self.happened:
            at, basis = self.happened[step.event], Basis.HAPPENED
            day: date | NotYetPublished = legal_day(at)
        else:
            if step.event in self.planned:
                at, basis = self.planned[step.event], Basis.PLANNED
            else:
                at, basis = _at_opening_hour(step.event, default), Basis.COMPUTED
            day = _day_of(at, step.edge)
        return Entry(
            event=step.event,
            edge=step.edge,
            basis=basis,
            at=at,
            day=day,
            limit=limit,
            why=why,
            fixed=step.fixed,
        )

    def _check_plan(self, entry: Entry) -> None:
        planned = self.planned.get(entry.event)
        if planned is None or entry.why is None or not isinstance(entry.limit, datetime):
            return
        if entry.edge is Edge.NOT_AFTER:
            if planned > entry.limit:
                self.problems.append(planned_too_late(entry.event, entry.limit, entry.why))
        elif planned < entry.limit:
            self.problems.append(planned_too_early(entry.event, entry.edge, entry.limit, entry.why))

    def check_the_rest(self) -> None:
        """What is no single period: rest days, questions, the intention, fields of other tracks."""
        self._check_deadline_is_worked()
        self._check_questions()
        self._check_intention()
        foreign = set(self.planned) - set(self.entries) - {Event.INTENTION}
        if self.plan.publicity_days is not None and Event.PUBLICITY_END not in self.entries:
            foreign.add(Event.PUBLICITY_END)
        for event in sorted(foreign):
            raise BadInput(
                "not-in-this-track",
                zh=f"该类项目没有{event.zh}这一日期，应留空",
                en=f"This kind of procedure has no date for {event.en}; leave it empty",
            )

    def _check_deadline_is_worked(self) -> None:
        deadline = self.planned.get(Event.BID_DEADLINE)
        if deadline is None:
            return
        day = legal_day(deadline)
        is_working = if_published(self.calendar.is_working, day)
        if isinstance(is_working, NotYetPublished):
            self.unpublished.append(is_working.year)
        elif not is_working:
            following = if_published(self.calendar.first_working_day_on_or_after, day)
            self.problems.append(deadline_on_rest_day(day, following))

    def _check_questions(self) -> None:
        questions = self.planned.get(Event.QUESTIONS_END)
        documents = self.entries[Event.DOCUMENTS_END]
        if (
            questions is not None
            and isinstance(documents.at, datetime)
            and questions < documents.at
        ):
            start = Start(Event.DOCUMENTS_END, documents.at, documents.day)
            self.problems.append(questions_too_early(documents.at, start, self.on, self.local))

    def _check_intention(self) -> None:
        """The intention precedes publication by thirty days "in principle": less wants a reason."""
        published = self.plan.intention_on
        if published is None:
            return
        effective = procurement.INTENTION.number.effective(self.on, self.local)
        counted = last_day(procurement.INTENTION, published, effective.value, self.calendar)
        if self.on < counted.day:
            self.warnings.append(intention_too_short(published, counted.day, effective))


def _count(
    period: Period, length: int, start: Start, edge: Edge, calendar: WorkCalendar
) -> tuple[datetime, tuple[date, date] | None]:
    """The edge of a period, and (by count, moved to) where a rest day moved it."""
    if isinstance(start.at, NotYetPublished) or isinstance(start.day, NotYetPublished):
        missing = start.at if isinstance(start.at, NotYetPublished) else start.day
        raise CalendarNotPublished(missing.year)
    if period.unit is Unit.MOMENT:
        return start.at, None
    if period.bound in (Bound.BEFORE_AT_LEAST, Bound.BEFORE_AT_MOST):
        return moment_before(period, start.at, length, calendar), None
    counted = last_day(period, start.day, length, calendar)
    at = end_of(counted.day) if edge in _CLOSING else start_of(counted.day)
    moved = (counted.by_count, counted.day) if counted.day != counted.by_count else None
    return at, moved


def _at_opening_hour(
    event: Event, earliest: datetime | NotYetPublished
) -> datetime | NotYetPublished:
    if event is not Event.BID_DEADLINE or isinstance(earliest, NotYetPublished):
        return earliest
    return at_time(legal_day(earliest), OPENING_HOUR)


def _day_of(at: datetime | NotYetPublished, edge: Edge) -> date | NotYetPublished:
    if isinstance(at, NotYetPublished):
        return at
    return legal_day(at - _INSTANT if edge in _CLOSING else at)


def _or_assumed(basis: Basis) -> Basis:
    return Basis.ASSUMED if basis is Basis.COMPUTED else basis


def _moment_of(entry: Entry) -> datetime:
    if isinstance(entry.at, NotYetPublished):
        raise TypeError("a date that is not known has no place in time")
    return entry.at
