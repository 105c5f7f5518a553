"""The last days that the law sets about challenges and complaints."""

from datetime import date
from uuid import UUID

from bidding.complaints.model import Challenge
from bidding.rulebook import remedies
from bidding.rulebook.due import due
from bidding.rulebook.events import Event
from bidding.rulebook.periods import Period
from bidding.tenders import queries as tenders
from market.command import Work
from market.kernel.workdays import NotYetPublished, legal_day


def complain_until(work: Work, known: Challenge) -> date | None:
    """The last day to complain about a challenge; None while it is not known."""
    if known.answer_due_on is None:
        return None
    return day_of(work, known.tender, remedies.COMPLAINT, known.answer_due_on)


def day_of(work: Work, tender: UUID, rule: Period, since: date) -> date | None:
    """Where a period leads from a day that does not count; None in an unpublished year."""
    on = legal_day(tenders.facts_by_id(work.session, tender).published_at)
    found = due(rule, Event.CHALLENGE_ANSWER_END, since, work.calendar, on=on)
    return None if isinstance(found.day, NotYetPublished) else found.day
