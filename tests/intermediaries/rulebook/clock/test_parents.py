"""A parent of several bundles: its attempts, its state, and hours that are a union, never a sum."""

from datetime import datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import Outcome
from intermediaries.rulebook.clock.parents import (
    Bundle,
    ParentState,
    attempts,
    charged_segments,
    intervals,
    parent_of,
)
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.reading import read
from market.kernel.workhours import HOUR, NOTHING
from tests.intermediaries.rulebook.clock.cast import HOURS, INSTANT, Story, at, reviewed, working
from tests.intermediaries.rulebook.clock.histories import history, moment

NOW = at(13, "16:00")


def bundle(story: Story, no: str = "A", service: str = "", until: datetime = NOW) -> Bundle:
    return Bundle(no, service or no, story.facts[0].at, story.at(until))


def decided(story: Story, when: datetime, outcome: Outcome = Outcome.APPROVED) -> Story:
    story.tell(events.Decided, when, outcome)
    return story


def groups(*bundles: Bundle) -> list[str]:
    return ["".join(one.no for one in each) for each in attempts(bundles)]


def test_two_bundles_that_overlap_are_charged_their_union() -> None:
    one = decided(reviewed(at(2, "09:00")), at(2, "11:00"))
    two = decided(reviewed(at(2, "10:00")), at(2, "15:30"))
    whole = parent_of([bundle(one), bundle(two, "B")], HOURS)
    assert whole.united[Party.DEPARTMENT] == 5 * HOUR  # 09:00 to 15:30 without the noon pause
    assert whole.united[Party.AGENCY] == NOTHING
    assert (whole.began_at, whole.ended_at) == (at(2, "09:00"), at(2, "15:30"))
    assert whole.state is ParentState.APPROVED


def test_the_same_hours_of_a_party_in_two_bundles_are_charged_once() -> None:
    one, two = (decided(reviewed(at(2, "09:00")), at(2, "12:00")) for _ in range(2))
    assert parent_of([bundle(one), bundle(two, "B")], HOURS).united[Party.DEPARTMENT] == 3 * HOUR


def test_intervals_that_touch_are_one_and_lose_nothing() -> None:
    one = decided(reviewed(at(2, "09:00")), at(2, "11:00"))
    two = decided(reviewed(at(2, "11:00")), at(2, "12:00"))
    bundles = [bundle(one), bundle(two, "B")]
    parts = [each.reading.segments for each in bundles]
    assert intervals(parts, Party.DEPARTMENT) == ((at(2, "09:00"), at(2, "12:00")),)
    assert parent_of(bundles, HOURS).united[Party.DEPARTMENT] == 3 * HOUR


def test_different_parties_at_the_same_hour_are_each_charged_with_it() -> None:
    of_department, of_agency = reviewed(at(2, "09:00")), working(at(2, "09:00"))
    until = at(2, "11:00")
    bundles = [bundle(of_department, until=until), bundle(of_agency, "B", until=until)]
    whole = parent_of(bundles, HOURS)
    assert whole.united[Party.DEPARTMENT] == whole.united[Party.AGENCY] == 2 * HOUR
    assert (whole.ended_at, whole.state) == (None, ParentState.RUNNING)


def test_a_counter_entry_moves_its_hours_in_the_parent_too() -> None:
    story = working(at(2, "09:00"))
    story.tell(events.DraftDelivered, at(2, "12:00"))
    objection = story.tell(events.Objected, at(2, "14:30"), 1, Party.AGENCY, "waited for plans")
    story.tell(events.Ruled, at(2, "15:30"), objection, Party.OWNER, "the owner was late")
    one = bundle(story, until=at(2, "15:30"))
    idle = bundle(reviewed(at(2, "15:30")), "B", until=at(2, "15:30"))
    assert one.reading.charged[Party.OWNER] == 5 * HOUR
    whole = parent_of([one, idle], HOURS)
    assert {party: whole.united[party] for party in Party} == one.reading.charged


def test_the_parent_ends_with_its_last_decision_and_runs_until_then() -> None:
    one = decided(reviewed(at(2, "09:00")), at(3))
    two = decided(reviewed(at(2, "09:00")), at(5))
    running = [bundle(each, no, until=at(5) - INSTANT) for each, no in ((one, "A"), (two, "B"))]
    assert parent_of(running, HOURS).state is ParentState.RUNNING
    assert parent_of(running, HOURS).ended_at is None
    over = [bundle(each, no, until=at(5)) for each, no in ((one, "A"), (two, "B"))]
    assert parent_of(over, HOURS).ended_at == at(5)
    assert parent_of(over, HOURS).state is ParentState.APPROVED


def test_one_refusal_refuses_the_parent_although_another_still_runs() -> None:
    refused = bundle(decided(reviewed(at(2)), at(3), Outcome.REFUSED))
    running = bundle(reviewed(at(2)), "B")
    whole = parent_of([refused, running], HOURS)
    assert (whole.state, whole.ended_at) == (ParentState.REFUSED, None)


def test_a_service_begun_again_decides_in_place_of_its_refused_one() -> None:
    refused = bundle(decided(reviewed(at(2)), at(3), Outcome.REFUSED), "A", "survey")
    other = bundle(decided(reviewed(at(2)), at(5)), "B", "plan")
    again = bundle(decided(reviewed(at(4)), at(6)), "C", "survey")
    assert groups(refused, other, again) == ["ABC"]
    assert parent_of([refused, other, again], HOURS).state is ParentState.APPROVED


def test_an_end_without_a_decision_is_no_approval() -> None:
    ended = reviewed(at(2))
    ended.tell(events.Terminated, at(3), "no licence is needed")
    approved = bundle(decided(reviewed(at(2)), at(3)), "B")
    assert parent_of([bundle(ended), approved], HOURS).state is ParentState.ENDED


def test_a_service_that_begins_as_the_last_one_ends_belongs_to_it() -> None:
    refused = bundle(decided(reviewed(at(2)), at(3), Outcome.REFUSED))
    assert groups(refused, bundle(reviewed(at(3)), "B")) == ["AB"]
    assert groups(refused, bundle(reviewed(at(3) + INSTANT), "B")) == ["A", "B"]


def test_after_an_approval_another_service_belongs_and_the_same_begins_anew() -> None:
    approved = bundle(decided(reviewed(at(2)), at(3)), "A", "survey")
    assert groups(approved, bundle(reviewed(at(5)), "B", "plan")) == ["AB"]
    assert groups(approved, bundle(reviewed(at(5)), "B", "survey")) == ["A", "B"]


def test_a_service_that_ended_without_a_decision_may_follow_in_the_same_attempt() -> None:
    ended = reviewed(at(2))
    ended.tell(events.Terminated, at(3), "the agency is gone")
    again = bundle(reviewed(at(5)), "B", "survey")
    assert groups(bundle(ended, "A", "survey"), again) == ["AB"]


def test_the_third_attempt_stands_by_itself_as_the_second_did() -> None:
    tries = [
        bundle(decided(reviewed(at(day)), at(day + 1), Outcome.REFUSED), no, "survey")
        for day, no in ((2, "A"), (4, "B"), (9, "C"))
    ]
    assert groups(*reversed(tries)) == ["A", "B", "C"]


def test_no_bundle_has_no_parent() -> None:
    assert attempts([]) == []
    with pytest.raises(ValueError, match="empty"):
        parent_of([], HOURS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=4))
def test_a_parent_lies_between_its_greatest_part_and_the_sum_and_inside_its_time(
    seeds: list[int],
) -> None:
    told = [history(Random(seed)) for seed in seeds]
    until = max(moment(clock.now) for clock, _ in told)
    bundles = [
        Bundle(str(no), str(no), facts[0].at, read(facts, HOURS, until=until))
        for no, (_, facts) in enumerate(told)
    ]
    whole = parent_of(bundles, HOURS)
    most = HOURS.between(whole.began_at, whole.ended_at or until)
    for party in Party:
        parts = [one.reading.charged[party] for one in bundles]
        assert max(parts) <= whole.united[party] <= min(sum(parts, NOTHING), most)
    for one in bundles:
        account = dict.fromkeys(Party, NOTHING)
        for each in charged_segments(one.reading):
            account[each.liable] += each.worked
        assert account == one.reading.charged
    assert sorted(one.no for each in attempts(bundles) for one in each) == sorted(
        one.no for one in bundles
    )
