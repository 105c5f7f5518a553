"""The supervisor sees what comes next in every running tender and which limit was passed."""

from datetime import timedelta

import pytest

from bidding.rulebook.events import Event
from bidding.tenders import commands as course
from bidding.tenders.dates import running
from bidding.tenders.rules import TenderState
from bidding.tenders.watching import NEXT, Watched, watched
from market.command import HOUSE
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar
from tests.bidding.tenders.cast import TenderCast

CALENDAR = WorkCalendar(SEED)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def no(house: TenderCast) -> str:
    """A tender that takes bids."""
    return house.published()


def only(house: TenderCast) -> Watched:
    (line,) = house.ask(watched, CALENDAR)
    return line


def test_an_open_tender_waits_for_its_deadline_and_is_never_late(
    house: TenderCast, no: str
) -> None:
    line = only(house)
    assert line.tender.no == no
    assert (line.next, line.by) == (Event.BID_DEADLINE, house.facts(no).deadline)
    assert not line.is_late(house.facts(no).deadline + timedelta(days=30))


def test_a_purchaser_who_does_not_determine_in_time_is_marked_after_the_last_moment(
    house: TenderCast, no: str
) -> None:
    house.clock.at = house.facts(no).deadline + timedelta(hours=1)
    for step in (
        course.close,
        course.begin_opening,
        course.record_opened,
        course.begin_evaluation,
        course.record_reported,
    ):
        house.office.run(step, no, HOUSE)
    line = only(house)
    limit = running(house.facts(no), CALENDAR)[Event.DETERMINATION].limit
    assert (line.next, line.by) == (Event.DETERMINATION, limit)
    assert line.article is not None
    assert not line.is_late(limit)
    assert line.is_late(limit + INSTANT)


def test_drafts_and_what_is_over_wait_for_nobody(house: TenderCast) -> None:
    house.prepared()
    assert house.ask(watched, CALENDAR) == []
    assert TenderState.DRAFT not in NEXT
    assert TenderState.CONTRACTED not in NEXT
