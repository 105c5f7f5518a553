from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.rulebook.bonds import (
    DENOMINATIONS,
    FORFEITURES,
    PERFORMANCE_BOND,
    Ceiling,
    ReturnCause,
    bond_ceiling,
    denomination_under,
    forfeitures,
    refuse_unless_bond,
    return_due,
)
from bidding.rulebook.events import Event
from bidding.rulebook.procedures import EngineeringKind
from bidding.rulebook.register import local_rules
from market.kernel.errors import BadInput, Refusal
from market.kernel.holidays import seed_calendar
from market.kernel.ids import Track
from market.kernel.money import Money
from market.kernel.workdays import NotYetPublished

CALENDAR = seed_calendar()
ON = date(2026, 3, 2)
FEN = Money(1)


def yuan(amount):
    return Money.from_yuan(str(amount))


def test_a_procurement_bond_is_at_most_two_percent_of_the_budget():
    found = bond_ceiling(Track.GOVERNMENT, yuan(2_500_000), ON)
    assert found.amount == yuan(50_000)
    assert found.key == "GP.bond_pct"
    assert found.article.cite("zh") == "《政府采购法实施条例》第三十三条"


def test_parts_of_a_fen_fall_away_so_that_the_ceiling_is_never_passed():
    assert bond_ceiling(Track.GOVERNMENT, Money(149), ON).amount == Money(2)
    assert bond_ceiling(Track.GOVERNMENT, Money(150), ON).amount == Money(3)
    assert bond_ceiling(Track.GOVERNMENT, Money(0), ON).amount == Money(0)


@pytest.mark.parametrize(
    ("kind", "estimate", "amount", "key"),
    [
        (EngineeringKind.CONSTRUCTION, 39_999_950, "799999", "ENG.bond_pct"),
        (EngineeringKind.CONSTRUCTION, 40_000_000, "800000", "ENG.bond_pct"),
        (EngineeringKind.CONSTRUCTION, 40_000_050, "800000", "ENG.bond_cap"),
        (EngineeringKind.SURVEY_OR_DESIGN, 5_000_000, "100000", "ENG.bond_pct"),
        (EngineeringKind.SURVEY_OR_DESIGN, 50_000_000, "100000", "ENG.survey_bond_cap"),
    ],
)
def test_an_engineering_bond_has_a_cap_in_money_too(kind, estimate, amount, key):
    found = bond_ceiling(Track.ENGINEERING, yuan(estimate), ON, kind=kind)
    assert (found.amount, found.key) == (yuan(amount), key)


def test_a_city_may_ask_for_less_or_no_bond_at_all():
    half = local_rules({"GP.bond_pct": Fraction(1, 100)}, ON)
    assert bond_ceiling(Track.GOVERNMENT, yuan(100), ON, local=half).amount == yuan(1)
    none = local_rules({"GP.bond_pct": Fraction(0)}, ON)
    assert bond_ceiling(Track.GOVERNMENT, yuan(100), ON, local=none).amount == Money(0)


def test_other_tracks_and_budgets_below_zero_have_no_ceiling():
    with pytest.raises(BadInput) as refused:
        bond_ceiling(Track.LAND, yuan(1), ON)
    assert refused.value.code == "no-bond-rule"
    with pytest.raises(ValueError, match="below zero"):
        bond_ceiling(Track.GOVERNMENT, Money(-1), ON)


@pytest.mark.parametrize("edge", DENOMINATIONS[1:])
def test_the_denomination_is_the_largest_not_above_the_ceiling(edge):
    lower = DENOMINATIONS[DENOMINATIONS.index(edge) - 1]
    assert denomination_under(edge) == edge
    assert denomination_under(edge - FEN) == lower


def test_denominations_are_few_and_a_missing_crowd_takes_the_next_lower():
    assert [str(each) for each in DENOMINATIONS] == [
        "0.00",
        "5,000.00",
        "50,000.00",
        "200,000.00",
        "800,000.00",
    ]
    assert denomination_under(yuan(4_999)) == Money(0)
    assert denomination_under(yuan(300_000), (Money(0), yuan(5_000))) == yuan(5_000)
    assert denomination_under(yuan(300_000), ()) == Money(0)


@given(st.integers(0, 10**12))
def test_a_chosen_denomination_is_always_allowed(budget):
    ceiling = bond_ceiling(Track.GOVERNMENT, Money(budget), ON)
    refuse_unless_bond(denomination_under(ceiling.amount), ceiling)


def test_a_bond_above_the_ceiling_or_of_another_amount_is_refused():
    ceiling = bond_ceiling(Track.GOVERNMENT, yuan(2_500_000), ON)
    assert isinstance(ceiling, Ceiling)
    refuse_unless_bond(yuan(50_000), ceiling)
    for amount, code in ((yuan(200_000), "bond-above-ceiling"), (yuan(40_000), "bond-not-offered")):
        with pytest.raises(Refusal) as refused:
            refuse_unless_bond(amount, ceiling)
        assert refused.value.code == code
    with pytest.raises(Refusal, match="bond-above-ceiling") as refused:
        refuse_unless_bond(yuan(50_000) + FEN, ceiling)
    assert "第三十三条" in refused.value.words("zh")


@pytest.mark.parametrize(
    ("track", "cause", "rule", "event", "day"),
    [
        (Track.GOVERNMENT, ReturnCause.WITHDRAWN, "G17", Event.WITHDRAWAL, date(2026, 3, 9)),
        (Track.GOVERNMENT, ReturnCause.TERMINATED, "G18", Event.TERMINATION, date(2026, 3, 9)),
        (Track.GOVERNMENT, ReturnCause.LOST, "G16", Event.AWARD_NOTICE, date(2026, 3, 9)),
        (Track.GOVERNMENT, ReturnCause.NO_CANDIDATE, "G16", Event.AWARD_NOTICE, date(2026, 3, 9)),
        (Track.GOVERNMENT, ReturnCause.WON, "G16", Event.CONTRACT, date(2026, 3, 9)),
        (Track.ENGINEERING, ReturnCause.WITHDRAWN, "E11", Event.WITHDRAWAL, date(2026, 3, 9)),
        (Track.ENGINEERING, ReturnCause.TERMINATED, "Y08", Event.TERMINATION, date(2026, 3, 9)),
        (Track.ENGINEERING, ReturnCause.LOST, "E17", Event.CONTRACT, date(2026, 3, 9)),
        (Track.ENGINEERING, ReturnCause.NO_CANDIDATE, "E23", Event.AWARD_NOTICE, date(2026, 3, 9)),
        (Track.ENGINEERING, ReturnCause.WON, "E17", Event.CONTRACT, date(2026, 3, 9)),
    ],
)
def test_each_cause_counts_from_its_own_event(track, cause, rule, event, day):
    # Monday 2 March: five working days and five calendar days both end on Monday 9 March.
    found = return_due(track, cause, date(2026, 3, 2), CALENDAR, on=ON)
    assert (found.day, found.why.rule, found.why.base) == (day, rule, event)


def test_calendar_days_and_working_days_part_at_a_midweek_start():
    def last(track):
        return return_due(track, ReturnCause.WON, date(2026, 3, 4), CALENDAR, on=ON).day

    assert last(Track.GOVERNMENT) == date(2026, 3, 11)
    assert last(Track.ENGINEERING) == date(2026, 3, 9)


def test_a_return_in_an_unpublished_year_is_not_known_and_other_tracks_have_none():
    found = return_due(Track.GOVERNMENT, ReturnCause.WON, date(2026, 12, 30), CALENDAR, on=ON)
    assert found.day == NotYetPublished(2027)
    with pytest.raises(BadInput) as refused:
        return_due(Track.ASSETS, ReturnCause.WON, ON, CALENDAR, on=ON)
    assert refused.value.code == "no-bond-rule"


def test_the_causes_to_keep_a_bond_are_a_closed_list():
    assert [each.id for each in forfeitures(Track.ENGINEERING)] == ["F1", "F2", "F5"]
    assert [each.id for each in forfeitures(Track.GOVERNMENT)] == [
        "F3.1",
        "F3.2",
        "F3.3",
        "F3.4",
        "F5",
    ]
    assert forfeitures(Track.LAND) == ()
    assert len({each.id for each in FORFEITURES}) == len(FORFEITURES)


def test_a_performance_bond_is_at_most_a_tenth():
    for number in PERFORMANCE_BOND.values():
        most = number.versions[0].value.legal_max
        assert most is not None
        assert most * 10 == 1
