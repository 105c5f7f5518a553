"""Price scores of government procurement: the worked example, edges, and what must never change."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.evaluation.rules.prices import (
    Offer,
    cancelled_if_all_above,
    evaluation_price,
    limit_of,
    preferences_for,
    price_scores,
    reject_above_limit,
)
from bidding.evaluation.rules.reasons import CancelReason, RejectionCause
from bidding.rulebook.criteria import Deductions
from bidding.rulebook.limits import Preference
from bidding.rulebook.names import BidNumber
from market.kernel.errors import Refusal
from market.kernel.money import Money
from tests.bidding.evaluation.makers import ON, SMALL, offer, three_offers, yuan

THIRTY = Fraction(30)
FIFTEEN = Deductions(small=Fraction(15), joint=Fraction(5))
JOINT, NATIONAL = Preference.JOINT, Preference.NATIONAL


def points(offers, deductions=FIFTEEN, weight=THIRTY):
    scores = price_scores(offers, weight=weight, deductions=deductions)
    return {score.bid: str(score.points) for score in scores}


def test_the_worked_example_gives_28_33_and_30_00_and_21_25():
    assert points(three_offers()) == {"A": "28.33", "B": "30.00", "C": "21.25"}


def test_without_the_deduction_the_example_gives_30_00_and_27_00_and_22_50():
    assert points(three_offers(), Deductions()) == {"A": "30.00", "B": "27.00", "C": "22.50"}


def test_the_deduction_changes_the_price_compared_and_never_the_price_paid():
    price = evaluation_price(three_offers()[1], FIFTEEN)
    assert price.amount == 85_000_000
    assert price.offer == yuan("1000000")


def test_a_price_compared_may_be_a_part_of_a_fen():
    assert evaluation_price(
        Offer(BidNumber("A"), Money(1), frozenset({SMALL})), FIFTEEN
    ).amount == (Fraction(17, 20))


@pytest.mark.parametrize(
    ("claims", "share"),
    [
        ((), "0"),
        ((SMALL,), "0.15"),
        ((JOINT,), "0.05"),
        ((SMALL, JOINT), "0.15"),
        ((NATIONAL,), "0.2"),
        ((SMALL, NATIONAL), "0.35"),
    ],
)
def test_a_small_firm_replaces_a_joint_share_and_a_national_product_is_added(claims, share):
    deductions = replace(FIFTEEN, national=Fraction(20))
    assert evaluation_price(offer("A", 100, *claims), deductions).share == Fraction(share)


def test_a_preference_that_the_tender_does_not_grant_is_worth_nothing():
    assert evaluation_price(offer("A", 100, SMALL, NATIONAL), Deductions()).amount == 10_000


@pytest.mark.parametrize(
    ("share", "claimed"), [("30", {JOINT}), ("29.99", set()), ("100", {JOINT})]
)
def test_a_joint_bid_counts_from_thirty_percent_for_small_firms(share, claimed):
    assert (
        preferences_for(small=False, small_share=Fraction(share), national=False, on=ON) == claimed
    )


def test_a_small_firm_claims_as_one_and_not_as_a_joint_bid():
    claimed = preferences_for(small=True, small_share=Fraction(100), national=True, on=ON)
    assert claimed == {SMALL, NATIONAL}


def test_a_rule_is_not_applied_before_its_first_day():
    with pytest.raises(LookupError):
        preferences_for(small=False, small_share=THIRTY, national=False, on=date(2022, 6, 30))


def test_a_bid_named_twice_is_refused():
    with pytest.raises(Refusal) as refusal:
        points([offer("A", 1), offer("A", 2)])
    assert refusal.value.code == "bid-twice"


@pytest.mark.parametrize("fen", [0, -1])
def test_an_offer_that_asks_for_nothing_is_refused(fen):
    with pytest.raises(Refusal) as refusal:
        Offer(BidNumber("A"), Money(fen))
    assert refusal.value.code == "offer-not-positive"


def test_no_offers_have_no_scores_and_one_offer_has_all_points():
    assert points([]) == {}
    assert points([offer("A", "0.01")]) == {"A": "30.00"}


def test_a_price_that_is_not_scored_gives_nobody_points():
    assert set(points(three_offers(), weight=Fraction(0)).values()) == {"0.00"}


def test_an_offer_at_the_ceiling_stands_and_one_fen_more_is_rejected():
    budget, ceiling = yuan("1000000"), yuan("900000")
    at, above = offer("A", 900_000), offer("A", "900000.01")
    assert reject_above_limit(at, budget=budget, ceiling=ceiling) is None
    rejection = reject_above_limit(above, budget=budget, ceiling=ceiling)
    assert rejection is not None
    assert rejection.cause is RejectionCause.PRICE_ABOVE_LIMIT


def test_the_budget_is_the_limit_where_there_is_no_ceiling():
    budget = yuan("1000000")
    assert limit_of(budget, None) == budget
    assert reject_above_limit(offer("A", 1_000_000), budget=budget, ceiling=None) is None
    assert reject_above_limit(offer("A", "1000000.01"), budget=budget, ceiling=None) is not None


def test_a_ceiling_above_the_budget_is_refused_and_at_the_budget_is_not():
    budget = yuan("100")
    assert limit_of(budget, yuan("100")) == budget
    with pytest.raises(Refusal) as refusal:
        limit_of(budget, yuan("100.01"))
    assert refusal.value.code == "ceiling-above-budget"


def test_a_tender_is_cancelled_when_every_offer_is_above_the_budget():
    budget = yuan("100")
    cancelled = cancelled_if_all_above([offer("A", 101), offer("B", 200)], budget=budget)
    assert cancelled is not None
    assert cancelled.reason is CancelReason.ALL_ABOVE_BUDGET
    assert cancelled_if_all_above([offer("A", 100), offer("B", 200)], budget=budget) is None
    assert cancelled_if_all_above([], budget=budget) is None


AMOUNTS = st.lists(st.integers(1, 10**13), min_size=1, max_size=8)


def numbered(amounts, small=()):
    return [
        Offer(
            BidNumber(f"B{place:02d}"),
            Money(fen),
            frozenset({SMALL}) if place in small else frozenset(),
        )
        for place, fen in enumerate(amounts)
    ]


@given(AMOUNTS, st.integers(1, 10**4))
@settings(deadline=None)
def test_scaling_all_prices_keeps_all_scores(amounts, factor):
    scaled = [fen * factor for fen in amounts]
    assert points(numbered(scaled, {0})) == points(numbered(amounts, {0}))


@given(AMOUNTS, st.data())
@settings(deadline=None)
def test_a_deduction_never_lowers_the_score_of_who_gets_it(amounts, data):
    place = data.draw(st.integers(0, len(amounts) - 1))
    others = data.draw(st.sets(st.integers(0, len(amounts) - 1)))
    bid = BidNumber(f"B{place:02d}")
    without = points(numbered(amounts, others - {place}))
    given_it = points(numbered(amounts, others | {place}))
    assert Fraction(given_it[bid]) >= Fraction(without[bid])


@given(AMOUNTS, st.data())
@settings(deadline=None)
def test_the_order_of_offers_changes_nothing(amounts, data):
    offers = numbered(amounts, {0})
    shuffled = data.draw(st.permutations(offers))
    scores = price_scores(offers, weight=THIRTY, deductions=FIFTEEN)
    assert price_scores(shuffled, weight=THIRTY, deductions=FIFTEEN) == scores


@given(AMOUNTS)
@settings(deadline=None)
def test_the_lowest_price_has_all_points_and_nobody_has_more(amounts):
    scores = price_scores(numbered(amounts), weight=THIRTY, deductions=FIFTEEN)
    assert max(score.exact for score in scores) == THIRTY
    assert all(0 < score.exact <= THIRTY for score in scores)
