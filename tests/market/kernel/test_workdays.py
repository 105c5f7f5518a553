from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.errors import BadInput, Refusal
from market.kernel.holidays import HOLIDAYS_2026, SEED, seed_calendar
from market.kernel.workdays import (
    CalendarNotPublished,
    Holiday,
    NotYetPublished,
    WorkCalendar,
    YearSchedule,
    at_time,
    days_after,
    end_of,
    if_published,
    legal_day,
    start_of,
    wall_time,
)

CALENDAR = seed_calendar()
FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)


def every_day():
    return [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


def test_every_day_of_2025_and_2026_agrees_with_an_outside_calendar():
    days = every_day()
    assert len(days) == 730
    assert [
        day for day in days if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)
    ] == []


def test_2026_has_248_working_days():
    assert sum(CALENDAR.is_working(day) for day in every_day() if day.year == 2026) == 248


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 2, 14), True),
        (date(2026, 2, 15), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
    ],
)
def test_both_edges_of_a_holiday_and_its_make_up_days(day, worked):
    assert CALENDAR.is_working(day) is worked


def test_each_seed_year_names_its_official_paper():
    assert {year: schedule.paper for year, schedule in SEED.items()} == {
        2025: "https://www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm",
        2026: "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
    }


def test_the_first_day_of_a_period_does_not_count():
    assert CALENDAR.add_working_days(date(2026, 11, 10), 1) == date(2026, 11, 11)
    assert CALENDAR.add_working_days(date(2026, 11, 10), 0) == date(2026, 11, 10)
    assert CALENDAR.subtract_working_days(date(2026, 10, 12), 2) == date(2026, 10, 9)


def test_a_last_day_that_is_a_rest_day_moves_on_and_a_worked_one_stays():
    assert CALENDAR.add_calendar_days(date(2026, 9, 29), 1) == date(2026, 9, 30)
    assert CALENDAR.add_calendar_days(date(2026, 9, 29), 2) == date(2026, 10, 8)
    assert CALENDAR.first_working_day_on_or_after(date(2026, 10, 10)) == date(2026, 10, 10)
    assert CALENDAR.first_working_day_on_or_after(date(2026, 10, 11)) == date(2026, 10, 12)


def test_a_period_is_never_negative():
    for count in (
        CALENDAR.add_working_days,
        CALENDAR.subtract_working_days,
        CALENDAR.add_calendar_days,
    ):
        with pytest.raises(ValueError, match="period"):
            count(date(2026, 3, 2), -1)


@given(
    st.dates(date(2025, 3, 1), date(2026, 9, 30)).filter(CALENDAR.is_working),
    st.integers(0, 40),
)
def test_adding_then_subtracting_working_days_comes_back(day, count):
    later = CALENDAR.add_working_days(day, count)
    assert CALENDAR.subtract_working_days(later, count) == day
    assert CALENDAR.working_days_between(day, later) == count
    assert CALENDAR.is_working(later)


@given(st.dates(FIRST, date(2026, 12, 1)), st.integers(0, 20))
def test_a_moved_last_day_is_worked_and_the_days_it_jumps_are_not(day, count):
    by_count = day + timedelta(days=count)
    moved = CALENDAR.add_calendar_days(day, count)
    assert CALENDAR.is_working(moved)
    jumped = (moved - by_count).days
    assert not any(CALENDAR.is_working(by_count + timedelta(days=step)) for step in range(jumped))


def test_nothing_lies_between_a_day_and_an_earlier_one():
    assert CALENDAR.working_days_between(date(2026, 3, 3), date(2026, 3, 3)) == 0
    assert CALENDAR.working_days_between(date(2026, 3, 4), date(2026, 3, 3)) == 0


def test_a_year_without_holidays_is_refused_and_never_guessed():
    assert CALENDAR.add_working_days(date(2026, 12, 30), 1) == date(2026, 12, 31)
    with pytest.raises(Refusal) as refused:
        CALENDAR.add_working_days(date(2026, 12, 31), 1)
    assert refused.value.code == "calendar-not-published"
    assert isinstance(refused.value, CalendarNotPublished)
    assert refused.value.year == 2027
    assert "2027" in refused.value.words("zh")
    assert "2027" in refused.value.words("en")
    with pytest.raises(CalendarNotPublished):
        CALENDAR.is_working(date(2024, 12, 31))
    with pytest.raises(CalendarNotPublished):
        CALENDAR.subtract_working_days(date(2025, 1, 2), 1)


def test_who_only_shows_a_date_gets_a_value_instead_of_a_refusal():
    assert if_published(CALENDAR.add_working_days, date(2026, 12, 30), 1) == date(2026, 12, 31)
    later = if_published(CALENDAR.add_working_days, date(2026, 12, 30), 2)
    assert later == NotYetPublished(2027)
    assert later.words("zh") == "待2027年节假日安排公布后确定"
    assert "2027" in later.words("en")


def test_a_later_paper_decides_about_the_december_before_it():
    new_year = YearSchedule(
        2027,
        "https://example.org/2027",
        (
            Holiday(
                "元旦",
                "New Year's Day",
                date(2026, 12, 31),
                date(2027, 1, 2),
                (date(2026, 12, 26),),
            ),
        ),
    )
    later = WorkCalendar({**SEED, 2027: new_year})
    assert CALENDAR.is_working(date(2026, 12, 31))
    assert not later.is_working(date(2026, 12, 31))
    assert later.is_working(date(2026, 12, 26))
    assert later.add_working_days(date(2026, 12, 30), 1) == date(2027, 1, 4)


def test_where_two_papers_contradict_each_other_the_later_one_stands():
    saturday = date(2026, 12, 26)
    worked = Holiday("元旦", "New Year's Day", date(2026, 1, 1), date(2026, 1, 1), (saturday,))
    off = Holiday("元旦", "New Year's Day", saturday, saturday)
    earlier = YearSchedule(2026, "https://example.org/2026", (worked,))
    later = YearSchedule(2027, "https://example.org/2027", (off,))
    assert WorkCalendar({2026: earlier}).is_working(saturday)
    assert not WorkCalendar({2027: later, 2026: earlier}).is_working(saturday)


def test_a_paper_alone_does_not_publish_the_year_before_it():
    with pytest.raises(CalendarNotPublished):
        WorkCalendar({2026: HOLIDAYS_2026}).is_working(date(2025, 12, 31))


@pytest.mark.parametrize(
    "holiday",
    [
        Holiday("元旦", "New Year", date(2027, 1, 2), date(2027, 1, 1)),
        Holiday("元旦", "New Year", date(2026, 11, 30), date(2026, 11, 30)),
        Holiday("元旦", "New Year", date(2028, 1, 1), date(2028, 1, 1)),
        Holiday("元旦", "New Year", date(2027, 1, 1), date(2027, 1, 1), (date(2027, 1, 4),)),
        Holiday("元旦", "New Year", date(2027, 1, 1), date(2027, 1, 2), (date(2027, 1, 2),)),
    ],
)
def test_a_malformed_schedule_is_bad_input(holiday):
    with pytest.raises(BadInput) as refused:
        YearSchedule(2027, "https://example.org/2027", (holiday,))
    assert refused.value.code == "schedule-malformed"


def test_a_calendar_does_not_change_behind_its_back():
    years = dict(SEED)
    calendar = WorkCalendar(years)
    years.clear()
    assert calendar.is_working(date(2026, 3, 2))
    with pytest.raises(TypeError):
        calendar.years[2027] = HOLIDAYS_2026
    with pytest.raises(ValueError, match="2026"):
        WorkCalendar({2027: HOLIDAYS_2026})


def test_a_legal_day_begins_at_midnight_in_shanghai():
    midnight = datetime(2026, 9, 8, 16, tzinfo=UTC)
    assert legal_day(midnight) == date(2026, 9, 9)
    assert legal_day(midnight - timedelta(microseconds=1)) == date(2026, 9, 8)
    assert end_of(date(2026, 9, 8)) == midnight == start_of(date(2026, 9, 9))
    assert at_time(date(2026, 9, 8), wall_time(midnight + timedelta(hours=9))) == datetime(
        2026, 9, 8, 1, tzinfo=UTC
    )


def test_a_moment_without_zone_and_a_moment_in_place_of_a_day_are_bugs():
    with pytest.raises(ValueError, match="zone"):
        legal_day(datetime(2026, 9, 8))  # noqa: DTZ001 - the naive moment is what is tested
    with pytest.raises(TypeError, match="legal day"):
        CALENDAR.is_working(datetime(2026, 9, 8, tzinfo=UTC))


def test_a_date_beyond_all_calendars_is_bad_input_not_a_crash():
    for attempt in (
        lambda: legal_day(datetime.max.replace(tzinfo=UTC)),
        lambda: end_of(date.max),
        lambda: start_of(date.min),
        lambda: days_after(date.max, 1),
        lambda: CALENDAR.add_calendar_days(date(2026, 1, 1), 10**9),
        lambda: CALENDAR.add_calendar_days(date(2026, 1, 1), 10**30),
    ):
        with pytest.raises(BadInput) as refused:
            attempt()
        assert refused.value.code == "date-out-of-range"
