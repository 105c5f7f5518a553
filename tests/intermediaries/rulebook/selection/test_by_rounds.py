"""Bidding in rounds: moments to the microsecond, prices at most one's own before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from intermediaries.rulebook.selection.by_rounds import last_price, round_of
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.outcome import Cause, Standing
from intermediaries.rulebook.selection.quotes import Offer
from market.kernel.errors import BadInput
from market.kernel.money import Money
from tests.support.selection_cast import ROUNDS_FROM, WAN, outcome, quotes, terms, wan, winner

TERMS = terms(Mode.MULTIROUND)
TICK = timedelta(microseconds=1)


def minutes(count):
    return ROUNDS_FROM + timedelta(minutes=count)


def bidding(*offers):
    """Agencies 0, 1 … with offers of (minute, price in ten thousand yuan)."""
    return tuple(
        replace(
            quote,
            price=None,
            offers=tuple(Offer(minutes(at), wan(price)) for at, price in offers[number]),
        )
        for number, quote in enumerate(quotes(*["1"] * len(offers)))
    )


@pytest.mark.parametrize(
    ("at", "number"),
    [
        (ROUNDS_FROM - TICK, None),
        (ROUNDS_FROM, 1),
        (minutes(3), 1),
        (minutes(3) + TICK, 2),
        (minutes(6), 2),
        (minutes(6) + TICK, 3),
        (minutes(9), 3),
        (minutes(9) + TICK, None),
    ],
)
def test_a_round_ends_with_its_last_moment_included(at, number):
    assert round_of(TERMS, at) == number


def test_the_last_lowest_price_wins():
    assert winner(TERMS, bidding([(1, "9"), (4, "8")], [(1, "8.5")], [(1, "9"), (8, "7")])) == 2


def test_a_price_above_ones_own_before_is_passed_over_and_an_equal_one_changes_nothing():
    of = bidding([(1, "8"), (2, "8.5"), (4, "8")], [(2, "8")])
    found = outcome(TERMS, of)
    assert found.winner == of[0].key  # changed last in minute 1, though it named 8 again in 4
    last = last_price(TERMS, of[0].offers)
    assert (last.price.at, last.passed_over) == (minutes(1), 1)
    assert "第1轮" in found.row(of[0].key).words("zh")


def test_of_equal_last_prices_the_earlier_change_wins_by_a_microsecond():
    of = bidding([(4, "8")], [(4, "8")])
    later = (replace(of[0], offers=(Offer(minutes(4) + TICK, wan("8")),)), of[1])
    assert winner(TERMS, later) == 1


def test_an_offer_outside_the_rounds_or_the_limits_is_none():
    of = bidding([(-1, "1"), (10, "1")], [(1, "20.000001")], [(1, "20")], [(2, "20")])
    found = outcome(TERMS, of)
    assert [found.row(quote.key).standing is Standing.INVALID for quote in of] == [
        True,
        True,
        False,
        False,
    ]
    assert found.winner == of[2].key


def test_three_rounds_of_three_minutes_are_nine_minutes():
    assert TERMS.rounds_until == minutes(9)
    assert terms(Mode.LOWEST).rounds_until is None


def test_two_are_enough_and_one_is_not():
    assert outcome(TERMS, bidding([(1, "9")])).failure.cause is Cause.TOO_FEW
    assert outcome(TERMS, bidding([(1, "9")], [(1, "10")])).failure is None
    assert outcome(TERMS, bidding([(1, "9")], [])).failure.cause is Cause.TOO_FEW


def test_offers_out_of_the_order_of_time_are_refused():
    with pytest.raises(BadInput, match="offers-unordered"):
        last_price(TERMS, (Offer(minutes(2), Money(WAN)), Offer(minutes(1), Money(WAN))))
