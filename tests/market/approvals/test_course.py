"""Due days worked by hand on the calendar of 2026: every limit before, at and after its end.

15 to 23 February and 4 to 6 April are off; Saturday 14 and 28 February and 9 May are worked.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from market.approvals.rules.cases import CaseState, PauseKind
from market.approvals.rules.course import (
    Course,
    Crossed,
    Crossing,
    Left,
    Pause,
    Pressure,
    Terms,
    counted_days,
    crossed,
    crossings,
    decision_day,
    delivery_day,
    due_day,
    intake_day,
    last_day_of,
    left,
    next_crossing,
    promised_day,
    statutory_day,
    told_day,
)
from market.approvals.rules.timetable import timetable
from market.kernel.law import Standing
from market.kernel.workdays import NotYetPublished, end_of
from tests.support.approval_cast import CALENDAR, at

INSTANT = timedelta(microseconds=1)
TERMS = Terms(statutory=20, promised=10)
RECEIVED = Course(CaseState.RECEIVED, TERMS, received_at=at("03-02 09:00"))
REVIEWING = replace(RECEIVED, state=CaseState.REVIEWING, accepted_at=at("03-03 11:00"))
MARCH_5 = Pause(PauseKind.EXPERT_REVIEW, at("03-05 10:00"), 3)
MARCH_9 = end_of(date(2026, 3, 9))
MARCH_10 = end_of(date(2026, 3, 10))
MARCH_31 = end_of(date(2026, 3, 31))


def day(month: int, of_month: int) -> date:
    return date(2026, month, of_month)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("03-02 09:00", day(3, 9)),
        ("03-02 23:59", day(3, 9)),
        ("03-03 00:00", day(3, 10)),
        ("03-06 17:00", day(3, 13)),
        ("02-12 09:00", day(2, 26)),  # 13, 14 (worked), 24, 25, 26
        ("02-27 09:00", day(3, 5)),  # 28 (worked), 2, 3, 4, 5
    ],
)
def test_intake_ends_with_the_fifth_working_day_after_the_receipt(
    received: str, last: date
) -> None:
    course = Course(CaseState.RECEIVED, TERMS, received_at=at(received))
    assert intake_day(course, CALENDAR) == last


def test_after_a_correction_the_five_days_count_from_the_last_thing_supplied() -> None:
    course = replace(RECEIVED, asked_at=at("03-04 09:00"), supplied_at=at("03-11 15:00"))
    assert intake_day(course, CALENDAR) == day(3, 18)


def test_the_decision_is_due_so_many_working_days_after_the_acceptance() -> None:
    assert promised_day(REVIEWING, CALENDAR) == day(3, 17)
    assert statutory_day(REVIEWING, CALENDAR) == day(3, 31)
    assert statutory_day(replace(REVIEWING, extended=10), CALENDAR) == day(4, 15)
    assert decision_day(REVIEWING, 45, CALENDAR) == day(5, 9)
    assert decision_day(REVIEWING, 0, CALENDAR) == day(3, 3)


def test_told_time_is_not_counted_and_the_day_it_begins_is() -> None:
    running = replace(REVIEWING, state=CaseState.PAUSED, pauses=(MARCH_5,))
    assert told_day(MARCH_5, CALENDAR) == day(3, 10)
    assert promised_day(running, CALENDAR) == day(3, 20)
    assert statutory_day(running, CALENDAR) == day(4, 3)
    early = replace(running, pauses=(replace(MARCH_5, ended_at=at("03-09 10:00")),))
    assert promised_day(early, CALENDAR) == day(3, 19)


@pytest.mark.parametrize(
    ("ended", "last"),
    [
        (MARCH_9 - INSTANT, day(3, 19)),
        (MARCH_9, day(3, 19)),
        (MARCH_9 + INSTANT, day(3, 20)),
        (MARCH_10, day(3, 20)),
        (MARCH_10 + INSTANT, day(3, 20)),
        (end_of(day(3, 20)), day(3, 20)),
    ],
)
def test_a_pause_ends_with_its_day_and_never_after_what_was_told(
    ended: datetime, last: date
) -> None:
    course = replace(REVIEWING, pauses=(replace(MARCH_5, ended_at=ended),))
    assert promised_day(course, CALENDAR) == last


def test_a_pause_that_ends_on_its_first_day_changes_nothing() -> None:
    course = replace(REVIEWING, pauses=(replace(MARCH_5, ended_at=at("03-05 16:00")),))
    assert promised_day(course, CALENDAR) == day(3, 17)


def test_two_pauses_add_up() -> None:
    second = Pause(PauseKind.TEST, at("03-12 09:00"), 2, at("03-13 17:00"))
    first = replace(MARCH_5, ended_at=MARCH_10)
    course = replace(REVIEWING, pauses=(first, second))
    # 4, 5, 11, 12 count; 16 to 20 and 23 follow: ten.
    assert promised_day(course, CALENDAR) == day(3, 23)
    assert counted_days(course, day(3, 23), CALENDAR) == 10
    assert counted_days(course, day(3, 13), CALENDAR) == 4


def test_delivery_is_due_ten_working_days_after_the_decision() -> None:
    course = replace(REVIEWING, state=CaseState.APPROVED, decided_at=at("03-17 16:00"))
    assert delivery_day(course, CALENDAR) == day(3, 31)
    at_midnight = replace(course, decided_at=end_of(day(3, 17)))
    assert delivery_day(at_midnight, CALENDAR) == day(3, 31)
    assert last_day_of(end_of(day(3, 17))) == day(3, 17)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (MARCH_9 - INSTANT, []),
        (MARCH_9, []),
        (MARCH_9 + INSTANT, [Crossing(Crossed.ACCEPTED, MARCH_9)]),
        (at("06-01 09:00"), [Crossing(Crossed.ACCEPTED, MARCH_9)]),
    ],
)
def test_silence_accepts_when_the_fifth_day_is_over(now: datetime, found: list[Crossing]) -> None:
    assert crossings(RECEIVED, CALENDAR, now) == found


def test_accepted_by_silence_counts_from_the_receipt() -> None:
    (crossing,) = crossings(RECEIVED, CALENDAR, at("03-11 09:00"))
    course = crossed(RECEIVED, crossing)
    assert (course.state, course.by_silence) == (CaseState.REVIEWING, True)
    assert course.accepted_at == at("03-02 09:00")
    # 3 to 6 are four, 9 to 13 nine, 16 the tenth.
    assert promised_day(course, CALENDAR) == day(3, 16)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=100)])
def test_told_time_runs_out_by_itself_at_its_last_midnight(late: timedelta) -> None:
    running = replace(REVIEWING, state=CaseState.PAUSED, pauses=(MARCH_5,))
    assert crossings(running, CALENDAR, MARCH_10) == []
    (crossing,) = crossings(running, CALENDAR, MARCH_10 + INSTANT + late)
    assert crossing == Crossing(Crossed.RUNS_ON, MARCH_10)
    assert crossed(running, crossing).pauses[0].ended_at == MARCH_10


def test_silence_is_consent_only_where_the_item_says_so_and_at_its_instant() -> None:
    assert crossings(REVIEWING, CALENDAR, at("12-01 09:00")) == []
    silent = replace(REVIEWING, terms=replace(TERMS, silence=True))
    assert crossings(silent, CALENDAR, MARCH_31) == []
    assert crossings(silent, CALENDAR, MARCH_31 + INSTANT) == [Crossing(Crossed.APPROVED, MARCH_31)]


def test_what_follows_by_itself_follows_in_order_however_late_somebody_looks() -> None:
    course = replace(RECEIVED, terms=replace(TERMS, silence=True))
    found = crossings(course, CALENDAR, at("12-01 09:00"))
    assert [one.what for one in found] == [Crossed.ACCEPTED, Crossed.APPROVED]
    assert found[1].at == end_of(day(3, 30))
    step = at("03-02 09:00")
    seen: list[Crossing] = []
    looked = course
    while step < at("05-01 00:00"):
        for crossing in crossings(looked, CALENDAR, step):
            seen.append(crossing)
            looked = crossed(looked, crossing)
        step += timedelta(hours=7)
    assert seen == found


def test_a_year_without_holidays_is_said_and_never_guessed() -> None:
    course = replace(REVIEWING, accepted_at=at("12-10 09:00"), terms=replace(TERMS, silence=True))
    assert due_day(course, CALENDAR) == day(12, 24)
    assert next_crossing(course, CALENDAR) == NotYetPublished(2027)
    assert crossings(course, CALENDAR, at("12-31 09:00")) == []
    late = replace(course, accepted_at=at("12-20 09:00"))
    assert due_day(late, CALENDAR) == NotYetPublished(2027)
    shown = [row.when for row in timetable(late, CALENDAR)]
    assert NotYetPublished(2027) in shown


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("03-12 09:00", Left(Pressure.EASY, 3)),
        ("03-13 09:00", Left(Pressure.EASY, 2)),
        ("03-16 09:00", Left(Pressure.TIP, 1)),
        ("03-17 23:59", Left(Pressure.TIP, 0)),
        ("03-18 00:00", Left(Pressure.TIP, 0)),
        ("03-18 09:00", Left(Pressure.OVER, -1)),
        ("03-21 09:00", Left(Pressure.OVER, -3)),
    ],
)
def test_a_tip_from_the_last_working_day_but_one_and_over_after_midnight(
    now: str, expected: Left
) -> None:
    assert left(day(3, 17), CALENDAR, at(now), stopped=False) == expected


def test_one_microsecond_after_the_last_midnight_is_late() -> None:
    midnight = end_of(day(3, 17))
    assert left(day(3, 17), CALENDAR, midnight, stopped=False).pressure is Pressure.TIP
    assert left(day(3, 17), CALENDAR, midnight + INSTANT, stopped=False).pressure is Pressure.OVER
    assert left(day(3, 17), CALENDAR, at("03-16 09:00"), stopped=True).pressure is Pressure.EASY
    assert left(None, CALENDAR, midnight, stopped=False) == Left(Pressure.OPEN)
    unknown = NotYetPublished(2027)
    assert left(unknown, CALENDAR, midnight, stopped=False) == Left(Pressure.OPEN)


def test_every_date_says_its_rule_how_it_was_counted_and_by_which_article() -> None:
    course = replace(
        REVIEWING,
        state=CaseState.DELIVERED,
        asked_at=at("03-02 15:00"),
        supplied_at=at("03-03 09:00"),
        extended=5,
        pauses=(replace(MARCH_5, ended_at=MARCH_10),),
        decided_at=at("03-20 09:00"),
        delivered_at=at("03-23 09:00"),
    )
    rows = timetable(course, CALENDAR)
    assert [row.rule for row in rows] == [
        *("P06", "P01", "P01", "P01", "P04", "P04", "P07", "P02", "P02", "P05", "P05")
    ]
    promised = rows[6]
    assert promised.when == day(3, 27)
    assert promised.counted[0] == "自受理次日起10个工作日，经批准延长5个工作日，扣除不计时3个工作日"
    assert "5 more with the head's approval; 3 working days are not counted" in promised.counted[1]
    assert promised.article is not None
    assert promised.article.standing is Standing.DESIGN
    for row in rows:
        assert row.what[0]
        assert row.what[1]
        assert row.article is not None
    laws = {row.article.en for row in rows if row.article.standing is Standing.SOURCED}
    assert laws == {f"Administrative Licensing Law art. {number}" for number in (32, 42, 44, 45)}
    assert not any(row.is_due for row in rows)
    assert timetable(Course(CaseState.PREPARING, TERMS), CALENDAR) == []
