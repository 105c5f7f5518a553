"""M6: a stranger without the bid key asks the door which tokens were used and for what."""

import pytest

from bidding.bids import commands
from bidding.bonds.commands import GiveBack, give_back
from market.command import ANONYMOUS
from market.protocol.encoding import canonical
from market.protocol.signing import new_key
from market.protocol.surrender import Surrender
from tests.support.bidding_bids import resigned
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import anonymous, post_act
from tests.support.bidding_questions import outcome


def told(house: House, name: str, *, forged: bool) -> str:
    """What the door says to an act with this bidder's token; signed by a stranger if forged."""
    wallet = house.bidders[name].wallet
    act = house.bid(name).act
    key = new_key() if forged else wallet.key
    return outcome(lambda: house.send(resigned(act, key, seq=0, previous=None)))


def test_used_and_unused_tokens_answer_a_stranger_alike(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.submit("a")  # a's token is live, b's was never shown
    assert {told(house, name, forged=True) for name in "ab"} == {"bad-signature"}
    assert len({told(house, name, forged=False) for name in "ab"}) == 2  # the holder is told
    monkeypatch.setattr(commands, "check_act_signature", lambda _: None)
    assert len({told(house, name, forged=True) for name in "ab"}) == 2  # what the order hides


def test_a_surrender_by_a_stranger_tells_nothing_either(house: House) -> None:
    house.submit("a")
    said = set()
    for name in "ab":
        wallet = house.bidders[name].wallet
        stated = Surrender(wallet.token, wallet.bid_pub, bytes(32)).sign(new_key())
        command = GiveBack(canonical(stated), house.held.platform)
        said.add(outcome(lambda command=command: house.office.run(give_back, command, ANONYMOUS)))
    assert said == {"bad-signature"}


def test_refusals_of_the_anonymous_host_have_one_length(house: House) -> None:
    made, client = house.bid("a"), anonymous(house)
    wrong = [
        b"{}",
        resigned(made.act, new_key()).raw,
        resigned(made.act, made.wallet.key, seq=4, previous=bytes(32)).raw,
        made.act.raw,
    ]
    answers = [post_act(client, house.no, raw) for raw in wrong]
    assert len({answer.json["code"] for answer in answers}) == 4
    assert len({len(answer.data) for answer in answers}) == 1
