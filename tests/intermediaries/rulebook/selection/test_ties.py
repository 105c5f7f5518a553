"""Equal prices, distances, credits, points, moments: by rule, and where none is left, by draw."""

from dataclasses import replace
from fractions import Fraction

import pytest

from intermediaries.rulebook.selection.modes import Funds, Mode, Unit
from intermediaries.rulebook.selection.outcome import Standing
from intermediaries.rulebook.selection.quotes import Offer, Sheet
from market.kernel.money import Money
from tests.support.selection_cast import (
    CHOOSE_BY,
    ROUNDS_FROM,
    WAN,
    drawn,
    outcome,
    quotes,
    seed_where,
    terms,
    winner,
)

SEEDS = range(60)


def winners(terms_of, of, **more):
    """Who wins by some seed."""
    return {winner(terms_of, of, drawn(of, seed), **more) for seed in SEEDS}


def first_in_order(of, draw, among):
    places = draw.places()
    return min(among, key=lambda number: places[of[number].key])


@pytest.mark.parametrize("mode", [Mode.LOWEST, Mode.AVERAGE, Mode.REFPRICE])
@pytest.mark.parametrize("count", [3, 5, 6, 7])
def test_when_all_quotes_are_equal_each_wins_by_some_seed_and_the_first_drawn_by_each(mode, count):
    of = quotes(*["8.8"] * count)
    assert winners(terms(mode), of) == set(range(count))
    for seed in SEEDS:
        draw = drawn(of, seed)
        assert winner(terms(mode), of, draw) == first_in_order(of, draw, range(count))


def test_at_equal_distance_from_the_average_the_price_below_it_wins():
    of = quotes("9", "8", "7.5", "9.5")
    assert winners(terms(Mode.AVERAGE), of) == {1}


def test_at_equal_distance_from_the_reference_price_the_lower_one_wins():
    # k 95 %: mean 10, ref 9.50; 9.4 and 9.6 lie equally far.
    of = quotes("9.4", "9.6", "11")
    draw = seed_where(of, lambda held: held.factor() == 95)
    assert winner(terms(Mode.REFPRICE), of, draw) == 0


def test_two_at_the_same_distance_and_price_are_drawn():
    of = quotes("9.4", "9.4", "11.2")
    found = {
        winner(terms(Mode.REFPRICE), of, draw)
        for seed in SEEDS
        if (draw := drawn(of, seed)).factor() == 95
    }
    assert found == {0, 1}
    assert winners(terms(Mode.AVERAGE), quotes("9", "9", "7", "7", "8", "8")) == {4, 5}


def test_of_two_equal_lowest_quotes_one_is_dropped_and_the_other_can_win_the_reference_price():
    of = quotes("8.6", "8.6", "9.0", "9.1", "9.2", "9.9")
    found = outcome(terms(Mode.REFPRICE), of)
    low = [row for row in found.rows if row.standing is Standing.DROPPED_LOW]
    assert len(low) == 1
    other = 1 - next(number for number in (0, 1) if of[number].key == low[0].key)
    assert found.winner == of[other].key
    assert winners(terms(Mode.REFPRICE), of) == {0, 1}


def test_nothing_is_dropped_for_the_reference_price_up_to_five_quotes_and_from_six_on_two_are():
    for count, dropped in ((5, 0), (6, 2)):
        found = outcome(terms(Mode.REFPRICE), quotes(*[f"{9 + n / 10}" for n in range(count)]))
        standing = [row.standing for row in found.rows]
        assert standing.count(Standing.DROPPED_HIGH) + standing.count(Standing.DROPPED_LOW) == (
            dropped
        )


def test_nothing_is_dropped_for_the_average_up_to_four_quotes_and_from_five_on_two_are():
    for count, dropped in ((4, 0), (5, 2)):
        found = outcome(terms(Mode.AVERAGE), quotes(*[f"{9 + n / 10}" for n in range(count)]))
        assert sum(row.place is None for row in found.rows) == dropped


def test_a_lone_quote_with_private_funds_wins_the_reference_price_and_two_use_both():
    private = terms(Mode.REFPRICE, Funds.PRIVATE)
    assert winner(private, quotes("9")) == 0
    two = quotes("9", "9.2")
    assert winners(private, two) == {0}
    assert outcome(private, two).figures[1].shown == "9.10"


def test_a_reference_price_is_rounded_a_half_up_at_two_decimals_of_its_unit():
    of = quotes("9.1", "9.1", "9.1")
    for factor, wan in ((95, "8.65"), (96, "8.74"), (97, "8.83"), (98, "8.92")):
        draw = seed_where(of, lambda held, factor=factor: held.factor() == factor)
        assert outcome(terms(Mode.REFPRICE), of, draw).figures[3].shown == wan
    # 9.10 × 0.95 = 8.645: a half goes up; in yuan nothing is left to round.
    draw = seed_where(of, lambda held: held.factor() == 95)
    yuan = outcome(terms(Mode.REFPRICE, unit=Unit.YUAN), of, draw)
    assert yuan.figures[3].exact == Fraction(8_645_000)


def test_in_rounds_the_earlier_last_change_wins_and_then_the_draw():
    of = tuple(
        replace(quote, price=None, offers=(Offer(ROUNDS_FROM, Money(5 * WAN)),))
        for quote in quotes("1", "1", "1")
    )
    assert winners(terms(Mode.MULTIROUND), of) == {0, 1, 2}


def test_equal_totals_of_schemes_fall_to_the_lower_price_and_then_to_the_draw():
    of = quotes("8", "10")
    # Price points 40 and 32: schemes of 40 and 48 make both totals 80.
    sheets = tuple(
        Sheet(
            f"p{n}", is_outside=True, points=((of[0].key, Fraction(40)), (of[1].key, Fraction(48)))
        )
        for n in range(3)
    )
    assert winners(terms(Mode.SCHEME), of, sheets=sheets) == {0}
    same = quotes("8", "8")
    level = tuple(
        Sheet(f"p{n}", is_outside=True, points=tuple((quote.key, Fraction(40)) for quote in same))
        for n in range(3)
    )
    assert winners(terms(Mode.SCHEME), same, sheets=level) == {0, 1}


def test_equal_credit_at_the_end_of_the_list_is_cut_by_the_draw():
    of = tuple(replace(quote, credit=Fraction(90)) for quote in quotes("5", "5", "5"))
    held = terms(Mode.CREDIT, list_size=2, short_size=2, choose_by=CHOOSE_BY)
    cut = {
        next(
            number
            for number, quote in enumerate(of)
            if outcome(held, of, drawn(of, seed)).row(quote.key).standing is Standing.CUT
        )
        for seed in SEEDS
    }
    assert cut == {0, 1, 2}
