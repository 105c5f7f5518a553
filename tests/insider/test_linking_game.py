"""PROTOCOL section 6, M14: the linking game against a guesser who sees both houses from inside."""

from fractions import Fraction
from math import comb

import pytest

from tests.insider.conftest import beside
from tests.insider.game import Game
from tests.insider.guesser import SHARED, least_unlikely, scores, suspicious
from tests.support.bidding_cast import House

ENOUGH_TO_WIN = 48
"""Rounds after which a strategy that is nearly always right stands out among all of them.

Where a row lies on the disk follows the order of writing but for the room that a vacuum freed.
"""

LONGEST = 2_400
"""Seconds for the thousand rounds; they take three to five minutes where nobody else works."""


def played(house: House, number: int, leak: str = "") -> dict[str, int]:
    """The strategies that did better or worse than chance in a game."""
    with beside(house) as bank:
        right, rounds = scores(Game(house, bank, leak).rounds(number))
    assert rounds == number
    assert len(right) > 500, "the guesser tries many things"
    return suspicious(right, number)


def test_no_strategy_links_deposits_and_bids(house: House) -> None:
    assert played(house, 200) == {}


@pytest.mark.long
@pytest.mark.timeout(LONGEST)
def test_no_strategy_links_deposits_and_bids_in_a_thousand_rounds(house: House) -> None:
    assert played(house, 1_000) == {}


@pytest.mark.parametrize(
    ("leak", "strategy"),
    [
        ("order", "deposit.ctid ~ bid_act.ctid"),
        pytest.param("time", "deposit.ordered_at ~ bid_act.at", marks=pytest.mark.long),
        pytest.param("client", "request length ~ request length", marks=pytest.mark.long),
        ("name", SHARED),
    ],
)
def test_the_same_guesser_wins_when_a_leak_is_planted(
    house: House, leak: str, strategy: str
) -> None:
    assert strategy in played(house, ENOUGH_TO_WIN, leak)


def test_the_line_is_where_chance_ends() -> None:
    line = least_unlikely(200, 10**6)
    beyond = [
        Fraction(sum(comb(200, k) for k in range(low, 201)), 2**200) for low in (line, line - 1)
    ]
    assert beyond[0] <= Fraction(1, 10**6) < beyond[1]
    assert least_unlikely(10, 10**6) == 11, "ten rounds can never say so much"
