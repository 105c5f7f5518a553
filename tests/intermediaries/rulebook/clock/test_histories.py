"""What holds for every history: one holder each second, no gap, and looking changes nothing."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import Committed
from intermediaries.rulebook.clock.parents import intervals, united
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.reading import admit, read
from intermediaries.rulebook.clock.segments import cut, held, liable, segments, walked
from intermediaries.rulebook.clock.words import RULES
from market.kernel.errors import BadInput, IllegalMove, Refusal
from market.kernel.holidays import seed_calendar
from market.kernel.workdays import CalendarNotPublished
from market.kernel.workhours import HOUR, NOTHING, WorkHours
from tests.intermediaries.rulebook.clock.cast import Story, at, example, reviewed, working
from tests.intermediaries.rulebook.clock.histories import MINUTE, history, moment

HOURS = WorkHours(seed_calendar())
seeds = st.integers(0, 10**9)


def told(seed):
    clock, facts = history(Random(seed))
    return facts, moment(clock.now)


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_segments_fill_the_time_of_a_case_without_gap_or_overlap(seed):
    facts, until = told(seed)
    found = cut(walked(facts, HOURS, until=until))
    if found:
        assert (found[0].start, found[-1].end) == (facts[0].at, until)
    assert all(one.end == two.start and one.start < one.end for one, two in pairwise(found))
    assert all(each.worked == HOURS.between(each.start, each.end) for each in found)
    total = HOURS.between(facts[0].at, until)
    assert sum(held(found).values(), NOTHING) == total
    assert sum(liable(found).values(), NOTHING) == total


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(0, 10**6))
def test_reading_earlier_gives_a_prefix_of_reading_later(seed, place):
    facts, until = told(seed)
    whole = cut(walked(facts, HOURS, until=until))
    length = (until - facts[0].at) // MINUTE
    early = facts[0].at + (place % (length + 1)) * MINUTE
    part = cut(walked(facts, HOURS, until=early))
    expected = [
        replace(each, end=min(each.end, early), worked=HOURS.between(each.start, early))
        if each.end > early
        else each
        for each in whole
        if each.start < early
    ]
    assert list(part) == expected


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 20))
def test_how_often_somebody_looks_changes_nothing(seed, steps):
    facts, until = told(seed)
    ticked = walked(facts, HOURS, until=facts[-1].at)
    for step in range(1, steps + 1):
        ticked.run_to(facts[-1].at + (until - facts[-1].at) * step / steps)
    assert cut(ticked) == cut(walked(facts, HOURS, until=until))


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_every_hour_of_every_history_says_whose_it_is_in_both_languages(seed):
    facts, until = told(seed)
    ids = {fact.id for fact in facts}
    for each in cut(walked(facts, HOURS, until=until)):
        assert each.rule.startswith(each.shows + ".")
        assert set(each.cause) <= ids
        for language in ("zh", "en"):
            words = each.why(language)
            assert words
            assert "{" not in words


def test_every_rule_is_of_a_state_and_says_something_in_both_languages():
    assert {key.split(".")[0] for key in RULES} == {f"BS{number}" for number in range(1, 13)}
    assert all(rule.zh and rule.en and rule.zh != rule.en for rule in RULES.values())


def test_next_change_is_the_moment_at_which_the_answer_changes():
    story = Story(at(2, "09:00"))
    assert story.at(at(3)).next_change is None
    story.tell(events.InputsDelivered, at(3, "10:00"), ("site plan",))
    due = story.at(at(3, "11:00")).next_change
    assert due == at(4, "10:00")
    assert story.at(due).stage != story.at(due + MINUTE).stage


def test_a_case_is_read_although_the_next_year_is_not_published():
    story = working(at(30, "09:00", 12))
    story.tell(events.DraftDelivered, at(30, "09:00", 12))
    reading = story.at(at(31, "18:00", 12))
    assert reading.charged[Party.OWNER] == 15.5 * HOUR
    assert reading.next_change.year == 2027
    assert "2027" in reading.next_change.words("zh")
    with pytest.raises(CalendarNotPublished):
        read(story.facts, HOURS, until=at(31, "18:00", 12) + 7 * HOUR)


def test_facts_come_in_their_order_and_once():
    story = working(at(2, "09:00"))
    early = events.DraftDelivered("x", at(2, "08:00"))
    with pytest.raises(Refusal, match="event-out-of-order"):
        read([*story.facts, early], HOURS, until=at(2, "10:00"))
    with pytest.raises(Refusal, match="event-out-of-order"):
        admit(story.facts, early, HOURS)
    with pytest.raises(BadInput, match="event-twice"):
        admit(story.facts, events.DraftDelivered("e1", at(2, "10:00")), HOURS)
    with pytest.raises(IllegalMove):
        admit(story.facts, events.Submitted("x", at(2, "10:00")), HOURS)
    admit(story.facts, events.DraftDelivered("x", at(2, "10:00")), HOURS)


def test_before_the_commission_nothing_can_happen():
    for fact in (
        events.DraftDelivered("x", at(2)),
        events.OwnerAsked("x", at(2), ("plan",), False),
        events.ExpertSigned("x", at(2), "Jia"),
        events.Terminated("x", at(2), "so"),
    ):
        with pytest.raises(IllegalMove):
            admit([], fact, HOURS)
    assert read([], HOURS, until=at(2)).segments == ()
    assert read([], HOURS, until=at(2)).limits is None


def test_segments_can_be_asked_for_with_a_calendar_alone():
    story = example()
    found = segments(story.facts, seed_calendar(), until=at(30))
    assert found == story.at(at(30)).segments
    assert isinstance(story.facts[0], Committed)


def test_a_parent_counts_an_hour_of_a_party_once():
    one, two = reviewed(at(2, "09:00")), reviewed(at(2, "14:30"))
    apart = reviewed(at(5, "09:00"))
    until = at(2, "16:30")
    bundles = [one.at(until).segments, two.at(until).segments]
    assert united(bundles, HOURS)[Party.DEPARTMENT] == 6 * HOUR
    assert intervals(bundles, Party.DEPARTMENT) == ((at(2, "09:00"), until),)
    assert united(bundles, HOURS)[Party.AGENCY] == NOTHING
    one.tell(events.Decided, at(2, "11:00"), events.Outcome.APPROVED)
    later = at(5, "10:00")
    parts = intervals([one.at(later).segments, apart.at(later).segments], Party.DEPARTMENT)
    assert parts == ((at(2, "09:00"), at(2, "11:00")), (at(5, "09:00"), later))


def test_an_interval_inside_another_shortens_nothing():
    long, short = reviewed(at(2, "09:00")), reviewed(at(2, "10:00"))
    short.tell(events.Decided, at(2, "11:00"), events.Outcome.APPROVED)
    bundles = [each.at(at(2, "16:30")).segments for each in (short, long)]
    assert intervals(bundles, Party.DEPARTMENT) == ((at(2, "09:00"), at(2, "16:30")),)
    assert united(bundles, HOURS)[Party.DEPARTMENT] == 6 * HOUR


@settings(max_examples=30, deadline=None)
@given(seeds, seeds)
def test_a_union_is_no_less_than_any_part_and_no_more_than_the_sum(first, second):
    found = [cut(walked(facts, HOURS, until=until)) for facts, until in map(told, (first, second))]
    whole = united(found, HOURS)
    for party in Party:
        parts = [liable(each)[party] for each in found]
        assert max(parts) <= whole[party] <= sum(parts, NOTHING)
