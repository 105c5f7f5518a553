from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.kernel.errors import BadInput, Refusal
from market.kernel.holidays import seed_calendar
from market.kernel.law import Dated, platform_rule
from market.kernel.workdays import SHANGHAI, CalendarNotPublished
from market.kernel.workhours import (
    HOUR,
    NOTHING,
    USUAL,
    USUAL_WINDOWS,
    WORKING_DAY,
    Window,
    WorkHours,
    change_windows,
    hours_of,
)

HOURS = WorkHours(seed_calendar())
INSTANT = timedelta(microseconds=1)
CITY = platform_rule("夏季作息", "summer hours")
SHORT = (Window(time(9), time(12)), Window(time(14), time(17)))


def at(day: int, wall: str, month: int = 11, year: int = 2026) -> datetime:
    hour, minute = wall.split(":")
    return datetime(year, month, day, int(hour), int(minute), tzinfo=SHANGHAI)


moments = st.timedeltas(NOTHING, timedelta(days=640)).map(
    lambda passed: datetime(2025, 1, 1, tzinfo=UTC) + passed
)
spans = st.timedeltas(NOTHING, timedelta(hours=300))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (at(2, "09:00"), at(4, "10:00"), 17),
        (at(4, "10:00"), at(13, "16:00"), 60.5),
        (at(13, "16:00"), at(16, "11:00"), 4.5),
        (at(16, "11:00"), at(17, "17:00"), 12.5),
        (at(17, "17:00"), at(19, "12:00"), 12.5),
        (at(19, "12:00"), at(23, "10:00"), 14),
        (at(23, "10:00"), at(24, "17:00"), 13.5),
        (at(24, "17:00"), at(26, "12:00"), 12.5),
        (at(26, "12:00"), at(27, "16:00"), 10.5),
        (at(2, "09:00"), at(27, "16:00"), 157.5),
    ],
)
def test_the_working_hours_of_the_example_are_counted(start, end, hours):
    assert HOURS.between(start, end) == timedelta(hours=hours)
    assert HOURS.after(start, timedelta(hours=hours)) == end


def test_lunch_nights_weekends_and_holidays_count_for_nobody():
    assert HOURS.between(at(2, "12:00"), at(2, "13:30")) == NOTHING
    assert HOURS.between(at(2, "18:00"), at(3, "08:30")) == NOTHING
    assert HOURS.between(at(6, "18:00"), at(9, "08:30")) == NOTHING
    assert HOURS.between(at(30, "18:00", 9), at(8, "08:30", 10)) == NOTHING


def test_a_weekend_day_worked_instead_is_a_whole_working_day():
    assert HOURS.between(at(10, "00:00", 10), at(11, "00:00", 10)) == WORKING_DAY == 8 * HOUR


def test_both_edges_of_a_window_are_exact_to_the_microsecond():
    opens, closes = at(2, "08:30"), at(2, "12:00")
    assert HOURS.between(opens - INSTANT, opens) == NOTHING
    assert HOURS.between(opens, opens + INSTANT) == INSTANT
    assert HOURS.between(closes - INSTANT, closes) == INSTANT
    assert HOURS.between(closes, closes + INSTANT) == NOTHING
    assert [HOURS.is_working(moment) for moment in (opens - INSTANT, opens, closes)] == [
        False,
        True,
        False,
    ]
    assert HOURS.is_working(closes - INSTANT)
    assert not HOURS.is_working(at(7, "09:00"))


def test_what_ends_with_a_window_ends_at_its_close():
    assert HOURS.after(at(2, "08:30"), timedelta(hours=3, minutes=30)) == at(2, "12:00")
    assert HOURS.after(at(2, "08:30"), 8 * HOUR) == at(2, "18:00")
    assert HOURS.after(at(2, "08:30"), 8 * HOUR + INSTANT) == at(3, "08:30") + INSTANT
    assert HOURS.after(at(6, "20:00"), HOUR) == at(9, "09:30")
    assert HOURS.after(at(7, "20:00"), NOTHING) == at(7, "20:00")


def test_no_time_passes_backwards():
    assert HOURS.between(at(3, "10:00"), at(2, "10:00")) == NOTHING
    with pytest.raises(ValueError, match="working time"):
        HOURS.after(at(3, "10:00"), -INSTANT)


@settings(max_examples=400)
@given(moments, spans)
def test_adding_and_counting_are_the_reverse_of_each_other(moment, span):
    assert HOURS.between(moment, HOURS.after(moment, span)) == span


@settings(max_examples=400)
@given(moments, moments)
def test_counting_and_adding_lead_to_the_first_such_moment(start, end):
    start, end = sorted((start, end))
    found = HOURS.after(start, HOURS.between(start, end))
    assert start <= found <= end
    assert HOURS.between(found, end) == NOTHING
    if found > start:
        assert HOURS.between(start, found - INSTANT) < HOURS.between(start, found)


@settings(max_examples=300)
@given(moments, moments, moments)
def test_a_stretch_is_the_sum_of_its_parts(one, two, three):
    first, middle, last = sorted((one, two, three))
    parts = HOURS.between(first, middle) + HOURS.between(middle, last)
    assert parts == HOURS.between(first, last)


def test_every_day_of_two_years_agrees_with_an_outside_calendar():
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(730)]
    for day in days:
        start = datetime.combine(day, time(), SHANGHAI)
        # The last day's end lies in a year that is not published.
        worked = HOURS.between(start, start + timedelta(hours=23, minutes=59))
        assert worked == (WORKING_DAY if chinese_calendar.is_workday(day) else NOTHING)


def test_a_year_without_holidays_is_refused_and_only_when_it_is_needed():
    last = at(31, "10:00", 12)
    assert HOURS.after(last, timedelta(hours=6, minutes=30)) == at(31, "18:00", 12)
    for compute in (
        lambda: HOURS.after(last, timedelta(hours=6, minutes=30) + INSTANT),
        lambda: HOURS.between(last, at(1, "00:00", 1, 2027)),
        lambda: HOURS.between(at(31, "10:00", 12, 2024), last),
        lambda: HOURS.windows(date(2027, 1, 4)),
    ):
        with pytest.raises(CalendarNotPublished):
            compute()


def test_the_year_turns_where_both_years_are_published():
    assert HOURS.between(at(31, "17:00", 12, 2025), at(4, "09:30", 1)) == 2 * HOUR
    assert HOURS.after(at(31, "17:00", 12, 2025), 2 * HOUR) == at(4, "09:30", 1)


def test_a_moment_keeps_a_time_up_to_its_last_moment():
    start = at(2, "09:00")
    assert HOURS.is_within(start, 8 * HOUR, at(3, "09:00"))
    assert not HOURS.is_within(start, 8 * HOUR, at(3, "09:00") + INSTANT)
    # A time that ends with the day is over in the evening, although no working time has passed.
    assert HOURS.is_within(at(2, "08:30"), 8 * HOUR, at(2, "18:00"))
    assert not HOURS.is_within(at(2, "08:30"), 8 * HOUR, at(2, "18:00") + INSTANT)
    # And asks for no year that it has not reached.
    assert HOURS.is_within(at(31, "10:00", 12), 8 * HOUR, at(31, "18:00", 12))


def test_windows_change_from_the_next_day_and_no_earlier():
    decided = at(2, "10:00")
    for day in (date(2026, 11, 1), date(2026, 11, 2)):
        with pytest.raises(Refusal, match="windows-from-next-day"):
            change_windows(USUAL_WINDOWS, Dated(SHORT, CITY, day), decided)
    changed = change_windows(USUAL_WINDOWS, Dated(SHORT, CITY, date(2026, 11, 3)), decided)
    hours = WorkHours(seed_calendar(), changed)
    assert hours.windows(date(2026, 11, 2)) == USUAL
    assert hours.windows(date(2026, 11, 3)) == SHORT
    assert hours.windows(date(2026, 11, 7)) == ()
    assert hours.between(at(2, "00:00"), at(4, "00:00")) == 14 * HOUR
    assert hours.after(at(2, "08:30"), 14 * HOUR) == at(3, "17:00")
    with pytest.raises(Refusal, match="windows-already-changed"):
        change_windows(changed, Dated(USUAL, CITY, date(2026, 11, 3)), decided)


@pytest.mark.parametrize(
    "windows",
    [
        (),
        (Window(time(9), time(9)),),
        (Window(time(12), time(9)),),
        (Window(time(9), time(13)), Window(time(12), time(18))),
        (Window(time(13), time(18)), Window(time(9), time(12))),
    ],
)
def test_windows_that_are_none_or_overlap_are_refused(windows):
    with pytest.raises(BadInput, match="windows-malformed"):
        WorkHours(seed_calendar(), (Dated(windows, CITY, date(2003, 1, 1)),))
    with pytest.raises(BadInput, match="windows-malformed"):
        change_windows(USUAL_WINDOWS, Dated(windows, CITY, date(2026, 12, 1)), at(2, "10:00"))


def test_a_naive_moment_is_a_mistake():
    with pytest.raises(ValueError, match="zone"):
        HOURS.is_working(at(2, "09:00").replace(tzinfo=None))


@pytest.mark.parametrize(
    ("working", "text"),
    [
        (timedelta(hours=157.5), "157.5"),
        (8 * HOUR, "8"),
        (timedelta(minutes=10), "0.17"),
        (timedelta(minutes=-90), "-1.5"),
        (NOTHING, "0"),
    ],
)
def test_working_time_is_written_in_hours(working, text):
    assert hours_of(working) == text
