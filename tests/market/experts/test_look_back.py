"""The three years of government procurement, to the day, on both edges."""

from datetime import date, timedelta

import pytest

from market.experts.rules.findings import Rule
from market.experts.rules.limits import terms_on
from market.experts.rules.periods import Span
from market.experts.rules.recusal import recusals
from market.experts.rules.relations import (
    Activity,
    Bidder,
    Directorship,
    Employment,
    Parties,
    RecusalFacts,
    Shareholding,
)
from market.kernel.ids import Track

ON = date(2026, 6, 15)
LONG_BEFORE = date(2010, 1, 1)
SUPPLIER = Parties(bidders=(Bidder(organisation="bidder"),))


def rules(span, on=ON, track=Track.GOVERNMENT, local=None):
    facts = RecusalFacts(
        expert="E1",
        person="me",
        unit="own-unit",
        employments=(Employment("bidder", span),),
        directorships=(Directorship("bidder", span),),
        shareholdings=(Shareholding("bidder", controlling=True, span=span),),
    )
    terms = terms_on(on, local or {})
    return [found.rule for found in recusals(facts, Activity(track, "p", on), SUPPLIER, terms)]


def test_2_years_11_months_ago_is_excluded():
    assert rules(Span(LONG_BEFORE, date(2023, 7, 15))) == [Rule.R5, Rule.R6, Rule.R7]


def test_exactly_3_years_ago_is_excluded():
    assert rules(Span(LONG_BEFORE, date(2023, 6, 15))) == [Rule.R5, Rule.R6, Rule.R7]


def test_3_years_and_1_day_ago_is_not():
    assert rules(Span(LONG_BEFORE, date(2023, 6, 14))) == []


def test_the_day_of_the_activity_itself_is_inside():
    assert rules(Span(ON, ON))[:3] == [Rule.R5, Rule.R6, Rule.R7]
    assert rules(Span(ON + timedelta(days=1))) == []


def test_one_day_of_work_inside_is_enough():
    day = date(2024, 2, 29)
    assert rules(Span(day, day)) == [Rule.R5, Rule.R6, Rule.R7]


@pytest.mark.parametrize(
    ("last_day", "hit"), [(date(2025, 2, 28), True), (date(2025, 2, 27), False)]
)
def test_an_activity_on_a_leap_day_looks_back_to_the_last_of_february(last_day, hit):
    assert bool(rules(Span(LONG_BEFORE, last_day), on=date(2028, 2, 29))) is hit


def test_a_stricter_city_looks_back_further():
    span = Span(LONG_BEFORE, date(2021, 6, 15))
    assert rules(span) == []
    assert rules(span, local={"look_back_years": 5}) == [Rule.R5, Rule.R6, Rule.R7]


def test_the_three_years_are_a_rule_of_procurement_alone():
    assert rules(Span(LONG_BEFORE, date(2026, 6, 14)), track=Track.ENGINEERING) == []
