from datetime import date

import pytest

from bidding.rulebook.panels import (
    alternates_needed,
    experts_needed,
    panel_demand,
    refuse_unless_panel,
)
from bidding.rulebook.procedures import Procedure
from bidding.rulebook.register import local_rules
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import Track
from market.kernel.money import Money

ON = date(2026, 3, 2)
SMALL = Money.from_yuan("1000000")
LARGE = Money.from_yuan("10000000")


def demand(budget=SMALL, track=Track.GOVERNMENT, procedure=Procedure.OPEN_TENDER, **more):
    return panel_demand(track, procedure, budget, ON, **more)


def refused(seats, experts, of=None):
    with pytest.raises(Refusal) as caught:
        refuse_unless_panel(of or demand(), seats, experts)
    return caught.value


def test_a_panel_of_six_and_one_of_five_with_three_experts_are_refused():
    assert refused(6, 5).code == "panel-even"
    assert refused(5, 3).code == "panel-experts-too-few"


@pytest.mark.parametrize(("seats", "experts"), [(5, 4), (5, 5), (7, 5), (9, 6), (11, 8)])
def test_an_odd_panel_with_two_thirds_of_experts_is_accepted(seats, experts):
    refuse_unless_panel(demand(), seats, experts)
    assert experts_needed(seats) <= experts


@pytest.mark.parametrize(("seats", "needed"), [(3, 2), (5, 4), (7, 5), (9, 6), (11, 8), (13, 9)])
def test_both_edges_of_the_share_of_experts(seats, needed):
    least = demand(procedure=Procedure.NEGOTIATION)
    refuse_unless_panel(least, seats, needed)
    assert refused(seats, needed - 1, least).code == "panel-experts-too-few"


def test_from_ten_million_yuan_a_panel_has_seven():
    assert demand(LARGE - Money(1)).seats.value == 5
    assert demand(LARGE).seats.value == 7
    assert demand(SMALL, is_complex=True).seats.value == 7
    refuse_unless_panel(demand(LARGE), 7, 5)
    small = refused(5, 5, demand(LARGE))
    assert small.code == "panel-too-small"
    assert "第四十七条" in small.words("zh")


def test_a_panel_without_a_tender_has_three_or_five():
    for procedure in (Procedure.NEGOTIATION, Procedure.CONSULTATION, Procedure.QUOTATION):
        assert demand(procedure=procedure).seats.value == 3
        assert demand(procedure=procedure, reaches_open_tender=True).seats.value == 5
    assert refused(1, 1, demand(procedure=Procedure.NEGOTIATION)).code == "panel-too-small"


def test_an_engineering_panel_has_five_whatever_the_budget():
    found = demand(LARGE, Track.ENGINEERING)
    assert found.seats.value == 5
    assert "《招标投标法》第三十七条" in refused(3, 3, found).words("zh")


def test_a_city_may_ask_for_larger_panels():
    local = local_rules({"GP.panel_min": 7}, ON)
    found = refused(5, 5, demand(local=local))
    assert found.code == "panel-too-small"
    assert "本平台规则" in found.words("zh")


@pytest.mark.parametrize(("seats", "experts"), [(5, 6), (5, -1), (-5, -5)])
def test_impossible_panels_are_bad_input(seats, experts):
    with pytest.raises(BadInput) as caught:
        refuse_unless_panel(demand(), seats, experts)
    assert caught.value.code == "panel-malformed"


@pytest.mark.parametrize(
    ("track", "procedure"),
    [
        (Track.GOVERNMENT, Procedure.SINGLE_SOURCE),
        (Track.ENGINEERING, Procedure.QUOTATION),
        (Track.LAND, Procedure.OPEN_TENDER),
    ],
)
def test_procedures_without_a_panel_have_no_rule(track, procedure):
    with pytest.raises(BadInput) as caught:
        demand(track=track, procedure=procedure)
    assert caught.value.code == "no-panel-rule"


def test_there_are_at_least_two_alternates_and_as_many_as_seats():
    assert [alternates_needed(seats) for seats in (1, 2, 3, 5)] == [2, 2, 3, 5]
