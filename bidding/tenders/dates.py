"""The timetable of a tender: planned while it is a draft, counted from what has happened later."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from bidding.rulebook.events import Event
from bidding.rulebook.plan import Plan
from bidding.rulebook.timetable import Timetable, draft_timetable, timetable
from bidding.tenders.facts import TenderFacts
from bidding.tenders.queries import facts
from market.kernel.errors import BadInput
from market.kernel.ids import Track
from market.kernel.workdays import WorkCalendar

TRACK: Final = Track.GOVERNMENT


def binding(plan: Plan, calendar: WorkCalendar) -> Timetable:
    """The timetable with which a tender may be published; its refusals name rule and article."""
    return timetable(TRACK, plan, calendar)


def preview(plan: Plan, calendar: WorkCalendar) -> Timetable:
    """The same without refusing, for a page that shows what is wrong."""
    return draft_timetable(TRACK, plan, calendar)


def running(tender: TenderFacts, calendar: WorkCalendar) -> Timetable:
    """The timetable of a published tender, counted from everything that has happened."""
    done = tender.happened
    moments = {
        Event.PUBLICATION: done.published_at,
        Event.OPENING: done.opened_at,
        Event.EVALUATION_START: done.evaluated_from,
        Event.EVALUATION_END: done.evaluated_until,
        Event.REPORT: done.reported_at,
        Event.DETERMINATION: done.determined_at,
        Event.AWARD_NOTICE: done.awarded_at,
        Event.CONTRACT: done.contracted_at,
    }
    happened = {event: at for event, at in moments.items() if at is not None}
    return draft_timetable(TRACK, tender.plan, calendar, happened=happened)


def timetable_of(session: Session, no: str, calendar: WorkCalendar) -> Timetable:
    """The timetable of the published tender with this number; `NotFound`."""
    return running(facts(session, no), calendar)


def known(dates: Timetable, event: Event) -> datetime:
    """A date that the publication fixes; `BadInput` "date-open" where the calendar lacks it."""
    at = dates[event].at
    if not isinstance(at, datetime):
        raise BadInput(
            "date-open",
            zh=f"{event.zh}尚不能确定：{at.words('zh')}",
            en=f"The date of {event.en} is not known: {at.words('en')}",
        )
    return at
