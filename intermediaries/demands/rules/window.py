"""The dates of a demand: how long agencies enrol, and what follows when enrolment has closed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from intermediaries.demands.rules.contents import CHOOSE_MOST, ENROL_MOST
from intermediaries.rulebook.periods import ENROLMENT_FISCAL, ENROLMENT_OTHER, Period, length
from intermediaries.rulebook.selection.modes import Funds
from market.kernel.errors import BadInput, Refusal
from market.kernel.workdays import WorkCalendar, at_time, end_of, legal_day

MINUTE: Final = timedelta(minutes=1)
GRACE: Final = 2 * MINUTE
"""So long after enrolment has closed, at least, before quotes can be opened."""
EXTENSION: Final = 1  # working day
ROUNDS_EARLIEST: Final = time(8, 30)
ROUNDS_LATEST: Final = time(17, 30)


@dataclass(frozen=True, slots=True)
class Window:
    """When agencies enrol, both ends inside; when quotes are opened; what some modes add."""

    opens: datetime
    closes: datetime
    opened: datetime
    choose_by: datetime | None = None
    rounds_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What an owner plans: working days to enrol, to choose; the wall time of rounds."""

    enrol_days: int
    choose_days: int | None = None
    rounds_time: time | None = None


def period_of(funds: Funds) -> Period:
    """The period that sets the shortest time to enrol (S03)."""
    return ENROLMENT_FISCAL if funds is Funds.FISCAL else ENROLMENT_OTHER


def refuse_unless_long_enough(days: int, funds: Funds, now: datetime) -> None:
    """Go on only with enough time to enrol; `Refusal` "window-too-short", `BadInput`."""
    period = period_of(funds)
    least = length(period, legal_day(now))
    if days < least:
        words = (f"报名期不得少于{least}个工作日", f"At least {least} working days to enrol")
        raise Refusal(
            "window-too-short",
            zh=words[0],
            en=words[1],
            article=period.versions[-1].article,
            fields={"enrol_days": words},
        )
    if days > ENROL_MOST:
        words = (f"最多{ENROL_MOST}个工作日", f"At most {ENROL_MOST} working days")
        raise BadInput("window-too-long", zh=words[0], en=words[1], fields={"enrol_days": words})


def refuse_unless_plan(planned: Planned) -> None:
    """Go on only with days and an hour that people keep; `BadInput` "plan-out-of-range"."""
    if planned.choose_days is not None and not 1 <= planned.choose_days <= CHOOSE_MOST:
        words = (f"应为1至{CHOOSE_MOST}个工作日", f"1 to {CHOOSE_MOST} working days")
        raise BadInput("plan-out-of-range", zh=words[0], en=words[1], fields={"choose_days": words})
    at = planned.rounds_time
    if at is not None and not ROUNDS_EARLIEST <= at <= ROUNDS_LATEST:
        words = ("应在8:30至17:30之间", "Between 8:30 and 17:30")
        raise BadInput("plan-out-of-range", zh=words[0], en=words[1], fields={"rounds_time": words})


def window(planned: Planned, published: datetime, calendar: WorkCalendar) -> Window:
    """The dates that follow from a publication; `CalendarNotPublished` in an unknown year.

    The day of publication does not count, the last day ends at 24:00 (Civil Code, arts 201-203).
    """
    last = calendar.add_working_days(legal_day(published), planned.enrol_days)
    return _dates(planned, published, end_of(last), calendar)


def extended(old: Window, planned: Planned, calendar: WorkCalendar) -> Window:
    """The dates after the one extension, by a working day; nothing but the end moves."""
    day = calendar.add_working_days(legal_day(old.closes - timedelta(seconds=1)), EXTENSION)
    return _dates(planned, old.opens, end_of(day), calendar)


def opening_after(closes: datetime) -> datetime:
    """The first whole minute at least two minutes after enrolment has closed."""
    earliest = closes + GRACE
    whole = earliest.replace(second=0, microsecond=0)
    return whole if whole == earliest else whole + MINUTE


def _dates(planned: Planned, opens: datetime, closes: datetime, calendar: WorkCalendar) -> Window:
    opened = opening_after(closes)
    choose_by = rounds_from = None
    if planned.choose_days is not None:
        last = calendar.add_working_days(legal_day(opened), planned.choose_days)
        choose_by = end_of(last)
    if planned.rounds_time is not None:
        day = calendar.first_working_day_on_or_after(legal_day(opened))
        rounds_from = at_time(day, planned.rounds_time)
    return Window(opens, closes, opened, choose_by, rounds_from)
