from datetime import date, datetime, timedelta

import pytest

from bidding.rulebook import engineering, nontender, procurement
from bidding.rulebook.due import is_in_time
from bidding.rulebook.periods import index, last_day, moment_before
from market.kernel.holidays import seed_calendar
from market.kernel.workdays import SHANGHAI, CalendarNotPublished, end_of

CALENDAR = seed_calendar()
DEADLINE = datetime(2026, 10, 14, 9, 30, tzinfo=SHANGHAI)


def test_at_least_so_many_days_before_is_counted_in_hours():
    latest = moment_before(engineering.AMENDMENT, DEADLINE, 15, CALENDAR)
    assert latest == DEADLINE - timedelta(hours=360)
    assert moment_before(engineering.DOCUMENTS_OBJECTION, DEADLINE, 10, CALENDAR) == datetime(
        2026, 10, 4, 9, 30, tzinfo=SHANGHAI
    )


def test_working_days_before_are_whole_legal_days():
    latest = moment_before(nontender.QUOTATION_AMENDMENT, DEADLINE, 3, CALENDAR)
    assert latest == end_of(date(2026, 10, 10))


def test_a_deadline_includes_its_own_moment_and_not_one_microsecond_more():
    assert is_in_time(DEADLINE, DEADLINE)
    assert is_in_time(DEADLINE - timedelta(microseconds=1), DEADLINE)
    assert not is_in_time(DEADLINE + timedelta(microseconds=1), DEADLINE)


def test_years_end_on_the_same_day_or_the_last_of_february():
    assert last_day(procurement.RECORDS, date(2026, 5, 4), 15, CALENDAR).day == date(2041, 5, 4)
    assert last_day(procurement.RECORDS, date(2024, 2, 29), 15, CALENDAR).day == date(2039, 2, 28)
    assert last_day(procurement.RECORDS, date(2024, 2, 29), 4, CALENDAR).day == date(2028, 2, 29)


def test_a_period_is_counted_its_own_way_only():
    with pytest.raises(ValueError, match="back"):
        last_day(procurement.AMENDMENT, date(2026, 5, 4), 15, CALENDAR)
    with pytest.raises(ValueError, match="not counted back"):
        moment_before(procurement.NOTICE, DEADLINE, 5, CALENDAR)


def test_counting_into_an_unpublished_year_is_refused():
    with pytest.raises(CalendarNotPublished):
        last_day(procurement.CONTRACT, date(2026, 12, 20), 30, CALENDAR)


def test_no_period_stands_twice():
    with pytest.raises(ValueError, match="twice"):
        index((procurement.NOTICE, procurement.NOTICE))
