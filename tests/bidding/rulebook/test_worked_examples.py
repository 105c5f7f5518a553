"""Worked examples of counting, each with the date a lawyer found by hand."""

from datetime import date, datetime

from bidding.rulebook import engineering, granting, procurement, remedies
from bidding.rulebook.bonds import ReturnCause, return_due
from bidding.rulebook.due import due
from bidding.rulebook.events import Event
from bidding.rulebook.periods import last_day, moment_before
from market.kernel.holidays import seed_calendar
from market.kernel.ids import Track
from market.kernel.workdays import SHANGHAI, days_after, end_of, start_of

CALENDAR = seed_calendar()
ON = date(2026, 1, 5)


def ends(period, since):
    length = period.number.versions[0].value.default
    return last_day(period, since, length, CALENDAR)


def test_x1_losers_of_a_procurement_get_their_bond_back_over_two_holidays():
    found = return_due(Track.GOVERNMENT, ReturnCause.LOST, date(2026, 9, 24), CALENDAR, on=ON)
    assert found.day == date(2026, 10, 9)


def test_x2_an_engineering_refund_that_ends_in_a_holiday_moves_behind_it():
    found = return_due(Track.ENGINEERING, ReturnCause.WON, date(2026, 9, 29), CALENDAR, on=ON)
    assert found.day == date(2026, 10, 8)
    assert found.why.moved_from == date(2026, 10, 4)
    assert "2026-10-04" in found.why.words("zh")


def test_x3_twenty_days_to_prepare_bids():
    for period in (engineering.BID_PREPARATION, procurement.BID_PREPARATION):
        assert ends(period, date(2026, 9, 1)).day == date(2026, 9, 21)


def test_x4_a_public_notice_that_ends_in_a_holiday_ends_after_it():
    counted = ends(engineering.PUBLICITY, date(2026, 9, 23))
    assert counted.by_count == date(2026, 9, 26)
    assert counted.day == date(2026, 9, 28)
    assert end_of(counted.day) == datetime(2026, 9, 29, tzinfo=SHANGHAI)


def test_x5_a_public_notice_of_three_plain_days():
    counted = ends(engineering.PUBLICITY, date(2026, 11, 10))
    assert counted.day == counted.by_count == date(2026, 11, 13)


def test_x6_a_challenge_window_that_ends_on_a_make_up_saturday():
    notice_end = ends(procurement.RESULT_NOTICE, date(2026, 2, 11)).day
    assert notice_end == date(2026, 2, 12)
    assert ends(remedies.CHALLENGE, notice_end).day == date(2026, 2, 28)


def test_x7_answer_complaint_and_decision_follow_one_another():
    answer = ends(remedies.CHALLENGE_ANSWER, date(2026, 2, 28)).day
    complaint = ends(remedies.COMPLAINT, answer).day
    decision = ends(remedies.COMPLAINT_DECISION, complaint).day
    assert (answer, complaint, decision) == (
        date(2026, 3, 10),
        date(2026, 3, 31),
        date(2026, 5, 15),
    )


def test_x8_calendar_and_working_days_of_handing_out_documents():
    assert ends(engineering.DOCUMENTS_SALE, date(2026, 9, 1)).day == date(2026, 9, 6)
    assert ends(procurement.DOCUMENTS_PROVISION, date(2026, 9, 1)).day == date(2026, 9, 8)


def test_x9_the_draw_comes_two_working_days_before_evaluation_at_the_earliest():
    evaluation = datetime(2026, 10, 12, 9, 30, tzinfo=SHANGHAI)
    earliest = moment_before(procurement.DRAW, evaluation, 2, CALENDAR)
    assert earliest == datetime(2026, 10, 9, tzinfo=SHANGHAI)


def test_x10_a_listing_after_twenty_days_and_for_ten():
    start = ends(granting.NOTICE, date(2026, 9, 1)).day
    assert start == date(2026, 9, 21)
    listing = ends(granting.LISTING, start)
    assert listing.by_count == date(2026, 10, 1) == days_after(start, 10)
    assert listing.day == date(2026, 10, 8)


def test_x11_a_disclosure_of_twenty_working_days():
    assert ends(granting.DISCLOSURE, date(2026, 9, 14)).day == date(2026, 10, 16)


def test_a_due_day_is_kept_until_its_midnight_to_the_microsecond():
    found = due(remedies.CHALLENGE, Event.RESULT_NOTICE_END, date(2026, 2, 12), CALENDAR, on=ON)
    assert found.day == date(2026, 2, 28)
    last = start_of(date(2026, 3, 1))
    assert found.is_met(last)
    assert not found.is_met(last.replace(microsecond=1))


def test_a_challenge_on_the_eighth_working_day_is_too_late():
    found = due(remedies.CHALLENGE, Event.RESULT_NOTICE_END, date(2026, 2, 12), CALENDAR, on=ON)
    eighth = CALENDAR.add_working_days(date(2026, 2, 12), 8)
    assert found.is_met(start_of(CALENDAR.add_working_days(date(2026, 2, 12), 7)))
    assert not found.is_met(datetime(eighth.year, eighth.month, eighth.day, 9, tzinfo=SHANGHAI))


def test_a_due_day_in_an_unpublished_year_is_not_known():
    found = due(remedies.COMPLAINT, Event.CHALLENGE_ANSWER_END, date(2026, 12, 20), CALENDAR, on=ON)
    assert found.is_met(datetime(2026, 12, 21, tzinfo=SHANGHAI)) is None
