"""Counting years and months by the calendar, with the days that some months do not have."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.experts.rules.periods import Span, full_years, look_back, months_after, years_after
from market.kernel.errors import BadInput

DAYS = st.dates(date(1930, 1, 1), date(2090, 12, 31))


def test_three_years_before_a_day_begin_with_the_same_day():
    assert look_back(date(2026, 6, 15), 3) == date(2023, 6, 15)


def test_three_years_before_a_leap_day_begin_with_the_last_of_february():
    assert look_back(date(2028, 2, 29), 3) == date(2025, 2, 28)


def test_months_end_with_the_last_day_where_there_is_no_such_day():
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert months_after(date(2026, 12, 5), 1) == date(2027, 1, 5)
    assert months_after(date(2026, 1, 5), -1) == date(2025, 12, 5)


@given(DAYS, st.integers(0, 60))
def test_a_year_is_full_on_its_anniversary_and_not_the_day_before(day, years):
    anniversary = years_after(day, years)
    assert full_years(day, anniversary) == years
    assert full_years(day, anniversary - timedelta(days=1)) == years - 1


def test_a_span_holds_both_its_days():
    span = Span(date(2026, 1, 1), date(2026, 1, 31))
    assert span.covers(date(2026, 1, 1))
    assert span.covers(date(2026, 1, 31))
    assert not span.covers(date(2025, 12, 31))
    assert not span.covers(date(2026, 2, 1))


def test_a_span_without_an_end_lasts():
    assert Span(date(2026, 1, 1)).covers(date(2090, 1, 1))
    assert not Span(date(2026, 1, 1)).covers(date(2025, 12, 31))


def test_a_span_that_ends_before_it_begins_is_bad_input():
    assert Span(date(2026, 1, 2), date(2026, 1, 2)).until == date(2026, 1, 2)
    with pytest.raises(BadInput, match="span-backwards"):
        Span(date(2026, 1, 2), date(2026, 1, 1))
