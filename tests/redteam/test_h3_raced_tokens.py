"""H3: a token is given back and bid with at once, so that a bid stands with no money behind it."""

import threading

import pytest

from bidding.bonds import commands as bonds
from bidding.bonds.commands import GiveBack, give_back
from market.command import ANONYMOUS
from market.protocol.encoding import canonical
from market.protocol.surrender import Surrender
from tests.support.bidding_bank import Wallet
from tests.support.bidding_cast import House
from tests.support.bidding_questions import outcome, token


def surrender(house: House, wallet: Wallet) -> bytes:
    """The bidder's surrender, handed in."""
    stated = Surrender(wallet.token, wallet.bid_pub, bytes(32)).sign(wallet.key)
    command = GiveBack(canonical(stated), house.held.platform)
    return house.office.run(give_back, command, ANONYMOUS)


def test_a_token_given_back_stands_behind_no_bid(house: House) -> None:
    made = house.bid("a")
    house.upload(made)
    surrender(house, made.wallet)
    assert outcome(lambda: house.send(made.act)) == "token-used"
    other = house.submit("b")  # the same steps without the surrender
    assert token(house, other.wallet) == "live"


def test_a_token_behind_a_live_bid_is_not_given_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = house.submit("a")
    assert outcome(lambda: surrender(house, made.wallet)) == "token-live"
    monkeypatch.setattr(bonds, "refuse_live", lambda _: None)
    assert outcome(lambda: surrender(house, made.wallet)) == "illegal-move"  # the table holds too


@pytest.mark.parametrize("turn", range(3))
def test_at_the_same_moment_one_of_both_wins(house: House, turn: int) -> None:
    del turn
    made = house.bid("a")
    house.upload(made)
    told: list[str] = []
    racers = [
        threading.Thread(target=lambda act=act: told.append(outcome(act)))
        for act in (lambda: house.send(made.act), lambda: surrender(house, made.wallet))
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert told.count("done") == 1
    assert token(house, made.wallet) in ("live", "surrendered")


def test_a_withdrawn_token_serves_no_other_tender(house: House) -> None:
    made = house.submit("a")
    house.send(made.withdrawal())
    assert token(house, made.wallet) == "withdrawn"

    def elsewhere(work, _):
        return bonds.spend(work, made.wallet.token, made.act.bid_pub, "ZC-2026-000999", 5_000_000)

    assert outcome(lambda: house.office.run(elsewhere, None, ANONYMOUS)) == "token-used"
