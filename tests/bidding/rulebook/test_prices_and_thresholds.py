from datetime import date
from fractions import Fraction

import pytest

from bidding.rulebook.pricing import (
    DEDUCTIONS,
    PRICE_GOODS,
    PRICE_SERVICES,
    Preference,
    low_price_triggers,
)
from bidding.rulebook.procedures import EngineeringKind
from bidding.rulebook.register import local_rules
from bidding.rulebook.thresholds import is_procurement, must_be_tendered, needs_open_tender
from market.kernel.errors import Refusal
from market.kernel.money import Money

ON = date(2026, 3, 2)
FEN = Money(1)


def percent(number):
    return Fraction(number, 100)


def test_low_prices_are_measured_against_50_50_and_45_percent_with_half_an_hour_to_answer():
    found = low_price_triggers(ON)
    assert (found.mean, found.second, found.ceiling) == (percent(50), percent(50), percent(45))
    assert found.explain_minutes == 30


def test_low_price_triggers_began_in_february_2026():
    assert low_price_triggers(date(2026, 1, 31)) is None
    assert low_price_triggers(date(2026, 2, 1)) is not None


@pytest.mark.parametrize(("name", "least"), [("mean", 50), ("second", 50), ("ceiling", 45)])
def test_each_trigger_may_be_raised_to_65_percent_and_never_lowered(name, least):
    for allowed in (least, 65):
        assert getattr(low_price_triggers(ON, **{name: percent(allowed)}), name) == percent(allowed)
    for beyond in (percent(least) - Fraction(1, 10**6), percent(65) + Fraction(1, 10**6)):
        with pytest.raises(Refusal, match="looser-than-law") as refused:
            low_price_triggers(ON, **{name: beyond})
        assert "财库〔2026〕2号" in refused.value.words("zh")


@pytest.mark.parametrize(
    ("preference", "least", "most"),
    [
        (Preference.SMALL, 10, 20),
        (Preference.JOINT, 4, 6),
        (Preference.WORKS, 3, 5),
        (Preference.NATIONAL, 20, 20),
    ],
)
def test_both_edges_of_each_deduction(preference, least, most):
    number = DEDUCTIONS[preference]
    for allowed in (least, most):
        assert number.checked(percent(allowed), ON) == percent(allowed)
    for beyond in (least - 1, most + 1):
        with pytest.raises(Refusal, match="looser-than-law"):
            number.checked(percent(beyond), ON)


def test_a_price_weighs_at_least_30_percent_for_goods_and_10_for_services():
    for number, least in ((PRICE_GOODS, 30), (PRICE_SERVICES, 10)):
        assert number.checked(percent(least), ON) == percent(least)
        with pytest.raises(Refusal, match="looser-than-law"):
            number.checked(percent(least - 1), ON)


@pytest.mark.parametrize(
    ("kind", "yuan"),
    [
        (EngineeringKind.CONSTRUCTION, "4000000"),
        (EngineeringKind.GOODS, "2000000"),
        (EngineeringKind.SURVEY_OR_DESIGN, "1000000"),
        (EngineeringKind.SUPERVISION, "1000000"),
    ],
)
def test_both_edges_of_the_amounts_that_must_be_tendered(kind, yuan):
    edge = Money.from_yuan(yuan)
    assert must_be_tendered(kind, edge, ON)
    assert not must_be_tendered(kind, edge - FEN, ON)


def test_both_edges_of_the_procurement_thresholds_which_a_province_sets():
    open_tender, procurement = Money.from_yuan("2000000"), Money.from_yuan("1000000")
    assert needs_open_tender(open_tender, ON)
    assert not needs_open_tender(open_tender - FEN, ON)
    assert is_procurement(procurement, ON)
    assert not is_procurement(procurement - FEN, ON)
    local = local_rules({"GP.open_tender_threshold": Money.from_yuan("4000000")}, ON)
    assert not needs_open_tender(open_tender, ON, local)
