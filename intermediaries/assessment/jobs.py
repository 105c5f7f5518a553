"""What the beat does: each month is computed once its last rating was due."""

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from intermediaries.assessment.commands import ComputeMonth, compute_month
from intermediaries.assessment.queries import newest_day
from intermediaries.assessment.rules import Month, month_of
from intermediaries.orders.queries import finished
from market.command import HOUSE, Office
from market.kernel.workdays import CalendarNotPublished, WorkCalendar
from market.settings import Settings

_BEGINNING: Final = Month(date(2003, 1, 1))
"""No case is older than the rules that it is scored by."""


def compute_due(office: Office, settings: Settings) -> int:
    """Compute the next month if it is due; how many were computed."""
    del settings  # a month is the same in every deployment
    calendar = office.read(office.calendar)
    month = office.read(lambda session: next_month(session, calendar, month_of(office.clock.now())))
    if month is None:
        return 0
    try:
        if office.clock.now() < month.read_at(calendar):
            return 0
    except CalendarNotPublished:
        return 0
    office.run(compute_month, ComputeMonth(month), HOUSE)
    return 1


def next_month(session: Session, calendar: WorkCalendar, now: Month) -> Month | None:
    """The oldest month before this one that is not computed; None where there is none.

    It begins with the month of the first case that was ever decided.
    """
    newest = newest_day(session)
    if newest is None:
        first = next(finished(session, _BEGINNING.since, now.until, calendar=calendar), None)
        if first is None:
            return None
        found = month_of(first.ended_at)
    else:
        found = Month(newest).next
    return found if found < now else None
