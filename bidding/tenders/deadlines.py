"""Until when the owner of a running tender has to do something."""

from datetime import date, datetime

from bidding.rulebook.numbers import NO_LOCAL_RULES
from bidding.rulebook.procurement import ENQUIRY_ANSWER
from market.kernel.workdays import (
    NotYetPublished,
    WorkCalendar,
    end_of,
    if_published,
)


def answer_by(asked_on: date, deadline: datetime, calendar: WorkCalendar) -> datetime:
    """The last moment to answer a question of this day: three working days (G08), inclusive.

    Never later than the bid deadline, after which nothing is answered; that one too where the
    holidays of the year are not published yet.
    """
    days = ENQUIRY_ANSWER.number.effective(asked_on, NO_LOCAL_RULES).value
    last = if_published(calendar.add_working_days, asked_on, days)
    return deadline if isinstance(last, NotYetPublished) else min(end_of(last), deadline)
