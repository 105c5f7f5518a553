"""Two clocks that share no line agree on every working minute of thousands of random cases."""

from itertools import groupby
from random import Random

import pytest

from intermediaries.rulebook.clock.segments import cut, walked
from market.kernel.holidays import seed_calendar
from market.kernel.workhours import WorkHours
from tests.intermediaries.rulebook.clock.histories import MINUTE, history, moment

HOURS = WorkHours(seed_calendar())


def by_segments(facts, until):
    """(state, holder, charged, minutes), one row for each change of any of the three."""
    rows = [
        ((str(each.shows), str(each.holder), str(each.liable)), each.worked // MINUTE)
        for each in cut(walked(facts, HOURS, until=until))
        if each.worked
    ]
    return [(key, sum(n for _, n in group)) for key, group in groupby(rows, lambda row: row[0])]


def by_minutes(clock):
    return [(key, len(list(group))) for key, group in groupby(clock.charged)]


def agree(seeds):
    seen = set()
    for seed in seeds:
        clock, facts = history(Random(seed))
        assert by_segments(facts, moment(clock.now)) == by_minutes(clock), seed
        seen |= set(clock.charged)
    return seen


def test_two_clocks_agree_on_every_minute_of_random_cases():
    seen = agree(range(2000))
    assert {state for state, _, _ in seen} == {f"BS{number}" for number in range(1, 13)}
    for row in (
        ("BS3", "owner", "agency"),
        ("BS7", "agency", "department"),
        ("BS7", "owner", "department"),
        ("BS9", "expert", "department"),
        ("BS9", "expert", "expert"),
        ("BS10", "agency", "department"),
        ("BS10", "agency", "owner"),
        ("BS12", "statutory", "statutory"),
    ):
        assert row in seen


@pytest.mark.long
@pytest.mark.parametrize("first", range(10_000, 30_000, 2_000))
def test_two_clocks_agree_on_very_many_random_cases(first):
    agree(range(first, first + 2_000))
