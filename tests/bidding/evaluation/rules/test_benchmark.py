"""The benchmark price of construction tendering: the worked example and its edges."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.evaluation.rules.benchmark import BenchmarkRule, benchmark_scores, mean_price
from bidding.evaluation.rules.prices import Offer
from bidding.rulebook.names import BidNumber
from market.kernel.errors import Refusal
from market.kernel.money import Money
from tests.bidding.evaluation.makers import offer

RULE = BenchmarkRule(
    full=Fraction(40), lowering=Fraction(2), above=Fraction(1), below=Fraction(1, 2)
)
WAN = (9800, 9650, 9500, 9420, 9300, 9100, 8800)


def offers(amounts=WAN):
    return [offer(f"B{place}", amount * 10_000) for place, amount in enumerate(amounts)]


def test_the_worked_example_gives_33_55_down_to_37_79():
    scores = benchmark_scores(offers(), RULE)
    shown = [str(score.points) for score in scores]
    assert shown == ["33.55", "35.18", "36.81", "37.68", "38.98", "39.42", "37.79"]
    assert scores[0].base == Fraction("9206.12") * 10_000 * 100


def test_the_mean_drops_one_high_and_one_low_only_above_five_prices():
    assert mean_price([100, 1, 1, 1, 1], 1) == Fraction(104, 5)
    assert mean_price([100, 1, 1, 1, 1, 0], 1) == 1
    assert mean_price([100, 1, 1, 1, 1, 0], 0) == Fraction(104, 6)
    assert mean_price([9, 8, 5, 3, 2, 1], 2) == 4


def test_a_price_on_the_benchmark_has_all_points():
    even = BenchmarkRule(Fraction(40), Fraction(0), Fraction(1), Fraction(0))
    assert [str(score.points) for score in benchmark_scores(offers([100, 100, 100]), even)] == [
        "40.00"
    ] * 3


def test_a_price_far_above_has_no_points_and_never_fewer():
    scores = benchmark_scores(offers([1, 1, 1000]), RULE)
    assert str(scores[2].points) == "0.00"


@pytest.mark.parametrize(
    ("change", "lawful"),
    [
        ({"lowering": Fraction(0)}, True),
        ({"lowering": Fraction(6)}, True),
        ({"lowering": Fraction(-1, 100)}, False),
        ({"lowering": Fraction(601, 100)}, False),
        ({"above": Fraction(1, 2)}, False),
        ({"above": Fraction(51, 100)}, True),
        ({"below": Fraction(0)}, True),
        ({"below": Fraction(-1)}, False),
        ({"full": Fraction(0)}, False),
        ({"full": Fraction(100)}, True),
        ({"full": Fraction(101)}, False),
        ({"trim": 2}, True),
        ({"trim": 3}, False),
        ({"trim": -1}, False),
    ],
)
def test_the_published_parameters_keep_to_their_edges(change, lawful):
    given_values = {
        "full": RULE.full,
        "lowering": RULE.lowering,
        "above": RULE.above,
        "below": RULE.below,
        "trim": 1,
        **change,
    }
    if lawful:
        assert BenchmarkRule(**given_values).trim == given_values["trim"]
        return
    with pytest.raises(Refusal) as refusal:
        BenchmarkRule(**given_values)
    assert refusal.value.code == "benchmark-rule"


def test_no_prices_have_no_benchmark():
    with pytest.raises(Refusal) as refusal:
        benchmark_scores([], RULE)
    assert refusal.value.code == "no-prices"


def test_a_bid_named_twice_is_refused():
    with pytest.raises(Refusal) as refusal:
        benchmark_scores([offer("A", 1), offer("A", 1)], RULE)
    assert refusal.value.code == "bid-twice"


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=9), st.integers(1, 1000), st.data())
@settings(deadline=None)
def test_neither_scale_nor_order_changes_a_score(amounts, factor, data):
    plain = [Offer(BidNumber(f"B{n}"), Money(fen)) for n, fen in enumerate(amounts)]
    scaled = [Offer(one.bid, Money(one.amount.fen * factor)) for one in plain]
    expected = [(one.bid, one.exact) for one in benchmark_scores(plain, RULE)]
    shuffled = benchmark_scores(data.draw(st.permutations(scaled)), RULE)
    assert [(one.bid, one.exact) for one in shuffled] == expected
