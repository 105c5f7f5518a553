"""By when what is due in a case, and what its silence has made of it: pure, from moments alone.

A limit ends at 24:00 of its last working day; done at that instant is in time, a microsecond later
is late. What follows from silence follows at that instant, whenever somebody looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from market.approvals.rules.cases import CaseState, PauseKind
from market.approvals.rules.law import limits
from market.kernel.workdays import (
    NotYetPublished,
    WorkCalendar,
    days_after,
    end_of,
    if_published,
    legal_day,
)

INSTANT: Final = timedelta(microseconds=1)
TIP_BEFORE: Final = 1
"""Working days before the end from which a case is shown as urgent."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that is not counted: since when, how many working days were told, until when."""

    kind: PauseKind
    begun_at: datetime
    told_days: int
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the item gave the case when it was received; `silence`: silence is consent."""

    statutory: int
    promised: int
    silence: bool = False
    joint: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """Everything of a case that decides its dates.

    `accepted_at` is the moment from which it counts as accepted: where it is accepted by silence,
    that of the receipt, or of the last thing supplied. `extended` are the working days that the
    head has added; `consented`: silence was the decision.
    """

    state: CaseState
    terms: Terms
    received_at: datetime | None = None
    asked_at: datetime | None = None
    supplied_at: datetime | None = None
    accepted_at: datetime | None = None
    by_silence: bool = False
    extended: int = 0
    pauses: tuple[Pause, ...] = ()
    decided_at: datetime | None = None
    consented: bool = False
    delivered_at: datetime | None = None


class Crossed(StrEnum):
    """What silence makes of a case."""

    ACCEPTED = "accepted"
    RUNS_ON = "runs-on"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Crossing:
    """Something that followed by itself, at the moment at which it did."""

    what: Crossed
    at: datetime


def last_day_of(moment: datetime) -> date:
    """The legal day that a moment ends or lies in: 24:00 belongs to the day it ends."""
    return legal_day(moment - INSTANT)


def intake_day(course: Course, calendar: WorkCalendar) -> date:
    """The last day to accept, to refuse, or to say what is missing.

    Counted from the receipt; after a correction from the day on which everything was supplied.
    """
    began = course.supplied_at or course.received_at
    if began is None:
        raise ValueError("the case has not been received")
    day = legal_day(began)
    return calendar.add_working_days(day, limits(day).correction)


def told_day(pause: Pause, calendar: WorkCalendar) -> date:
    """The last day that is not counted by what the applicant was told."""
    return calendar.add_working_days(legal_day(pause.begun_at), pause.told_days)


def pause_end_day(pause: Pause, calendar: WorkCalendar) -> date:
    """The last day of a pause: of its end, and never beyond what was told."""
    told = told_day(pause, calendar)
    return told if pause.ended_at is None else min(told, last_day_of(pause.ended_at))


def not_counted(pauses: Sequence[Pause], calendar: WorkCalendar) -> list[tuple[date, date]]:
    """The days of pauses: after the day on which each began, through its last."""
    return [(legal_day(one.begun_at), pause_end_day(one, calendar)) for one in pauses]


def decision_day(course: Course, days: int, calendar: WorkCalendar) -> date:
    """The last of so many counted working days after acceptance, with what the head added."""
    if course.accepted_at is None:
        raise ValueError("the case has not been accepted")
    spans = not_counted(course.pauses, calendar)
    day = legal_day(course.accepted_at)
    left = days + course.extended
    if left == 0:
        return day
    while left:
        day = days_after(day, 1)
        excluded = any(after < day <= through for after, through in spans)
        left -= calendar.is_working(day) and not excluded
    return day


def counted_days(course: Course, through: date, calendar: WorkCalendar) -> int:
    """How many counted working days the department has used up to and with a day."""
    if course.accepted_at is None:
        return 0
    spans = not_counted(course.pauses, calendar)
    day, used = legal_day(course.accepted_at), 0
    while day < through:
        day = days_after(day, 1)
        excluded = any(after < day <= until for after, until in spans)
        used += calendar.is_working(day) and not excluded
    return used


def delivery_day(course: Course, calendar: WorkCalendar) -> date:
    """The last day to deliver the decision."""
    if course.decided_at is None:
        raise ValueError("the case has not been decided")
    day = last_day_of(course.decided_at)
    return calendar.add_working_days(day, limits(day).delivery)


def promised_day(course: Course, calendar: WorkCalendar) -> date:
    """The day for which the decision was promised."""
    return decision_day(course, course.terms.promised, calendar)


def statutory_day(course: Course, calendar: WorkCalendar) -> date:
    """The last day on which the law allows the decision."""
    return decision_day(course, course.terms.statutory, calendar)


def due_day(course: Course, calendar: WorkCalendar) -> date | NotYetPublished | None:
    """The last day for what the department has to do next; None where it is another's turn."""
    match course.state:
        case CaseState.RECEIVED:
            return if_published(intake_day, course, calendar)
        case CaseState.REVIEWING | CaseState.PAUSED:
            return if_published(promised_day, course, calendar)
        case CaseState.APPROVED | CaseState.REFUSED:
            return if_published(delivery_day, course, calendar)
        case _:
            return None


def next_crossing(course: Course, calendar: WorkCalendar) -> Crossing | NotYetPublished | None:
    """What silence would make of the case as it stands, and at which moment."""
    match course.state:
        case CaseState.RECEIVED:
            return _at_end(Crossed.ACCEPTED, if_published(intake_day, course, calendar))
        case CaseState.PAUSED:
            return _at_end(Crossed.RUNS_ON, if_published(told_day, course.pauses[-1], calendar))
        case CaseState.REVIEWING if course.terms.silence:
            return _at_end(Crossed.APPROVED, if_published(statutory_day, course, calendar))
        case _:
            return None


def crossings(course: Course, calendar: WorkCalendar, now: datetime) -> list[Crossing]:
    """Everything that has followed by itself by now, in order; looking often changes nothing.

    A crossing has happened when its moment is over: at 24:00 itself there is still time.
    """
    found: list[Crossing] = []
    while True:
        crossing = next_crossing(course, calendar)
        if not isinstance(crossing, Crossing) or now <= crossing.at:
            return found
        found.append(crossing)
        course = crossed(course, crossing)


def crossed(course: Course, crossing: Crossing) -> Course:
    """The course after something followed by itself."""
    match crossing.what:
        case Crossed.ACCEPTED:
            accepted = course.supplied_at or course.received_at
            return replace(course, state=CaseState.REVIEWING, accepted_at=accepted, by_silence=True)
        case Crossed.RUNS_ON:
            *before, last = course.pauses
            ended = replace(last, ended_at=crossing.at)
            return replace(course, state=CaseState.REVIEWING, pauses=(*before, ended))
        case Crossed.APPROVED:
            return replace(course, state=CaseState.APPROVED, decided_at=crossing.at, consented=True)


def _at_end(what: Crossed, day: date | NotYetPublished) -> Crossing | NotYetPublished:
    return day if isinstance(day, NotYetPublished) else Crossing(what, end_of(day))


class Pressure(StrEnum):
    """How a case stands in time: enough, the last working day, over, or the date is not known."""

    EASY = "easy"
    TIP = "tip"
    OVER = "over"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a limit: working days, negative when it is over."""

    pressure: Pressure
    days: int = 0


def left(
    due: date | NotYetPublished | None, calendar: WorkCalendar, now: datetime, *, stopped: bool
) -> Left:
    """Working days left until the end of a day; `stopped`: the time is not counted just now.

    The last working day, and the one before its end, is a tip; after 24:00 of the day it is over.
    """
    if not isinstance(due, date):
        return Left(Pressure.OPEN)
    today = last_day_of(now)
    if now > end_of(due):
        over = if_published(calendar.working_days_between, due, today)
        return Left(Pressure.OVER, -over if isinstance(over, int) else 0)
    days = calendar.working_days_between(today, due)
    tip = days <= TIP_BEFORE and not stopped
    return Left(Pressure.TIP if tip else Pressure.EASY, days)
