"""H12: whoever kept an old submission sends it again over a withdrawal or a replacement."""

import pytest

from bidding.bids import commands
from market.protocol.signing import new_key
from tests.support.bidding_bids import resigned
from tests.support.bidding_cast import House
from tests.support.bidding_questions import refused, token


def test_an_old_submission_does_not_come_back_over_a_withdrawal(house: House) -> None:
    made = house.submit("a")
    house.send(made.withdrawal())
    with refused("superseded"):
        house.send(made.act)
    assert token(house, made.wallet) == "withdrawn"


def test_an_old_submission_does_not_come_back_over_a_replacement(house: House) -> None:
    made = house.submit("a", price=200)
    newer = house.bid("a", price=100).resigned(seq=1, previous=made.act.hash)
    house.upload(newer)
    house.send(newer.act)
    with refused("superseded"):
        house.send(made.act)


def test_nobody_else_renews_a_withdrawn_bid_by_counting_on(house: House) -> None:
    made = house.submit("a")
    back = made.withdrawal()
    house.send(back)
    with refused("bad-signature"):
        house.send(resigned(made.act, new_key(), seq=2, previous=back.hash))
    house.send(made.resigned(seq=2, previous=back.hash).act)  # the bidder itself may
    assert token(house, made.wallet) == "live"


def test_without_the_check_of_order_the_old_bid_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = house.submit("a")
    house.send(made.withdrawal())
    monkeypatch.setattr(commands, "check_sequence", lambda *_: None)
    newer = made.resigned(seq=7, previous=bytes(32))
    house.send(newer.act)
    assert token(house, made.wallet) == "live"
