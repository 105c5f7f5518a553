from datetime import date, datetime, timedelta

import pytest

from bidding.rulebook.amendments import Amendment, AmendmentKind, amend
from bidding.rulebook.plan import Plan
from bidding.rulebook.register import local_rules
from market.kernel.errors import BadInput, Refusal
from market.kernel.holidays import seed_calendar
from market.kernel.ids import Track
from market.kernel.workdays import SHANGHAI, CalendarNotPublished

CALENDAR = seed_calendar()
INSTANT = timedelta(microseconds=1)
EXPLAINS, REQUIRES_NEW = AmendmentKind.EXPLAINS, AmendmentKind.REQUIRES_NEW


def at(month, day, hour=9, minute=30):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


DEADLINE = at(4, 16)
PLAN = Plan(published_at=at(3, 23), bid_deadline=DEADLINE, evaluation_at=at(4, 16, 14))


def amended(announced, kind=EXPLAINS, *, track=Track.GOVERNMENT, deadline=DEADLINE, **more):
    amendment = Amendment(announced_at=announced, kind=kind, **more)
    return amend(track, PLAN, deadline, amendment, CALENDAR)


@pytest.mark.parametrize(("track", "rule"), [(Track.GOVERNMENT, "G06"), (Track.ENGINEERING, "E05")])
def test_a_clarification_14_days_before_moves_the_deadline_so_that_360_hours_remain(track, rule):
    announced = DEADLINE - timedelta(hours=14 * 24)
    found = amended(announced, track=track)
    assert found.moved
    assert found.deadline == at(4, 17)
    assert found.deadline - announced == timedelta(hours=15 * 24)
    assert found.rule == rule
    assert rule in found.zh
    assert found.article.cite("en") in found.en


def test_both_edges_of_the_fifteen_days():
    edge = DEADLINE - timedelta(hours=15 * 24)
    kept = amended(edge)
    assert not kept.moved
    assert kept.deadline == DEADLINE
    assert (kept.rule, kept.article) == (None, None)
    late = amended(edge + INSTANT)
    assert late.moved
    assert late.deadline == at(4, 17)


def test_the_new_deadline_is_a_working_day_at_the_same_hour():
    # 360 hours after Friday 3 April end on Saturday 18 April.
    found = amended(at(4, 3, 8, 0))
    assert found.deadline == at(4, 20)


def test_a_change_after_the_hour_of_opening_takes_one_more_day():
    assert amended(at(4, 2, 9, 30)).deadline == at(4, 17)
    assert amended(at(4, 2, 9, 30) + INSTANT).deadline == at(4, 20)


def test_words_that_change_nothing_to_prepare_leave_the_deadline():
    assert not amended(at(4, 15), affects_preparation=False).moved


def test_required_new_bids_always_count_as_affecting_preparation():
    found = amended(at(4, 15), REQUIRES_NEW, affects_preparation=False)
    assert found.deadline - at(4, 15) >= timedelta(hours=360)


def test_required_new_bids_have_five_working_days_at_least():
    # Only a long holiday leaves fewer than five working days in fifteen days.
    holiday = {
        "announced_at": datetime(2026, 2, 13, 9, 30, tzinfo=SHANGHAI),
        "kind": REQUIRES_NEW,
    }
    deadline = datetime(2026, 2, 27, 9, 30, tzinfo=SHANGHAI)
    plan = Plan(published_at=datetime(2026, 1, 26, 9, 30, tzinfo=SHANGHAI), bid_deadline=deadline)
    found = amend(Track.GOVERNMENT, plan, deadline, Amendment(**holiday), CALENDAR)
    days = CALENDAR.working_days_between(date(2026, 2, 13), date(2026, 2, 28))
    assert days == 6
    assert found.deadline == datetime(2026, 2, 28, 9, 30, tzinfo=SHANGHAI)
    assert found.rule == "G06"


def test_the_citys_longer_time_for_new_bids_decides_where_it_is_longer():
    local = local_rules({"Y04": 15}, date(2026, 3, 23))
    amendment = Amendment(announced_at=at(4, 1), kind=REQUIRES_NEW)
    found = amend(Track.GOVERNMENT, PLAN, DEADLINE, amendment, CALENDAR, local=local)
    assert found.rule == "Y04"
    assert found.deadline == at(4, 23)
    assert CALENDAR.working_days_between(date(2026, 4, 1), date(2026, 4, 23)) == 15


def test_nothing_is_amended_at_the_deadline_or_after_it():
    assert amended(DEADLINE - INSTANT).moved
    for announced in (DEADLINE, DEADLINE + INSTANT):
        with pytest.raises(Refusal) as refused:
            amended(announced)
        assert refused.value.code == "amendment-after-deadline"


def test_an_owner_may_choose_a_later_deadline_and_no_earlier_one():
    assert amended(at(4, 3), deadline=DEADLINE).deadline == at(4, 20)
    chosen = Amendment(announced_at=at(4, 3), kind=EXPLAINS, deadline=at(4, 22))
    found = amend(Track.GOVERNMENT, PLAN, DEADLINE, chosen, CALENDAR)
    assert found.deadline == at(4, 22)
    for early, rule in ((at(4, 17), "G06"), (at(4, 15), "")):
        with pytest.raises(Refusal) as refused:
            amend(
                Track.GOVERNMENT,
                PLAN,
                DEADLINE,
                Amendment(announced_at=at(4, 3), kind=EXPLAINS, deadline=early),
                CALENDAR,
            )
        assert refused.value.code == "date-too-early"
        assert rule in refused.value.words("zh")


def test_a_chosen_deadline_is_no_rest_day():
    chosen = Amendment(announced_at=at(3, 24), kind=EXPLAINS, deadline=at(4, 18))
    with pytest.raises(Refusal) as refused:
        amend(Track.GOVERNMENT, PLAN, DEADLINE, chosen, CALENDAR)
    assert refused.value.code == "deadline-on-rest-day"


def test_the_amended_plan_carries_the_deadline_and_frees_an_earlier_evaluation():
    moved = amended(at(4, 3))
    assert moved.plan.bid_deadline == moved.deadline
    assert moved.plan.evaluation_at is None
    kept = amended(at(3, 24))
    assert kept.plan.evaluation_at == PLAN.evaluation_at


def test_a_deadline_moved_twice_moves_on_from_where_it_stands():
    first = amended(at(4, 3))
    second = amended(at(4, 7), deadline=first.deadline)
    assert second.deadline == at(4, 22)


def test_a_deadline_moved_into_an_unpublished_year_is_refused():
    deadline = datetime(2026, 12, 25, 9, 30, tzinfo=SHANGHAI)
    amendment = Amendment(announced_at=deadline - timedelta(days=1), kind=EXPLAINS)
    plan = Plan(published_at=datetime(2026, 12, 1, tzinfo=SHANGHAI), bid_deadline=deadline)
    with pytest.raises(CalendarNotPublished):
        amend(Track.GOVERNMENT, plan, deadline, amendment, CALENDAR)


def test_other_tracks_have_no_rule_for_amendments():
    with pytest.raises(BadInput) as refused:
        amended(at(4, 3), track=Track.LAND)
    assert refused.value.code == "no-timetable"
