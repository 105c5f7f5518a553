"""Prices of rounds in a file: both edges of their order and of a price above one's own before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from intermediaries.rulebook.selection.named_prices import check_named
from market.protocol.encoding import Malformed
from market.protocol.round_prices import NamedPrice, price_commitment, read_named
from market.protocol.selection_files import HeldQuote, SelectionFile, selection_file
from market.protocol.statements import Account
from tests.support.protocol_cast import secret
from tests.support.selection_cast import ROUNDS_FROM
from tests.support.selection_file_cast import failed_file
from tests.support.timekeeping_cast import enrolled

TICK = timedelta(microseconds=1)


def held(*prices: tuple[timedelta, int], fault: str | None = None) -> SelectionFile:
    """A file with one enrolment that named these prices so long after the beginning."""
    one = enrolled("a")
    named = [
        NamedPrice(
            ROUNDS_FROM + after,
            fen,
            secret(f"salt/{place}"),
            price_commitment(one.hash, fen, ROUNDS_FROM + after, secret(f"salt/{place}")),
        )
        for place, (after, fen) in enumerate(prices)
    ]
    quote = HeldQuote(one, None, None, fault, None, tuple(named))
    return replace(selection_file(failed_file()), quotes=(quote,))


def code_of(file: SelectionFile) -> str | None:
    account = Account()
    try:
        check_named(file, account)
    except Malformed as refused:
        return refused.code
    assert len(account.proved) == (1 if file.quotes[0].offers else 0)
    return None


@pytest.mark.parametrize("fault", [None, "not-qualified"])
def test_time_goes_forward_or_stands(fault: str | None) -> None:
    assert code_of(held((TICK, 5), (TICK, 4), fault=fault)) is None
    assert code_of(held((TICK, 5), (timedelta(), 4), fault=fault)) == "offers-unordered"


def test_a_price_is_at_most_ones_own_before() -> None:
    assert code_of(held((timedelta(), 5), (TICK, 5))) is None
    assert code_of(held((timedelta(), 5), (TICK, 6))) == "price-higher"


def test_without_prices_there_is_nothing_to_say() -> None:
    assert code_of(held()) is None


def test_a_price_reads_back_as_it_was_written_and_nothing_else_is_read() -> None:
    (one,) = held((TICK, 5)).quotes[0].offers
    assert read_named(one.to_json()) == one
    for odd in ({"salt": "AA"}, {"price": -1}, {"more": 1}):
        with pytest.raises(Malformed):
            read_named({**one.to_json(), **odd})
