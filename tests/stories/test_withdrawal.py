"""A bid is taken back before the deadline: nobody sees it go, and the money goes back at once."""

import pytest

from tests.support.exchange import Exchange
from tests.support.story_bidder import balance, firm
from tests.support.story_opening import closed
from tests.support.story_owner import Officer, deadline, published

pytestmark = pytest.mark.long


def test_a_withdrawn_bid_is_not_opened_and_its_bond_comes_back_before_the_deadline(
    exchange: Exchange, three: list[Officer]
) -> None:
    no = published(exchange, "教学仪器", three)
    firms = [firm(exchange, number) for number in (0, 1, 3, 7)]
    leaver = firms[0]
    before = balance(exchange, leaver.organisation)
    tokens = [each.buy() for each in firms]
    for each in firms:
        each.bid(no, 2_400_000)
    public = exchange.answer(f"/api/v1/tenders/{no}")[1]
    gone = leaver.client("bid", "withdraw", no).facts
    assert gone["act"] == "withdrawal"
    assert leaver.redeemed(no)["index"] > 0
    assert exchange.answer(f"/api/v1/tenders/{no}")[1] == public
    leaver.refund(tokens[0])
    exchange.wait_for(lambda: balance(exchange, leaver.organisation) >= before, 30)
    assert exchange.now() < deadline(exchange, no)
    listed = closed(exchange, no)
    assert len(listed["list"]["acts"]) == len(firms) - 1


def test_a_token_that_went_back_never_bids_again(exchange: Exchange) -> None:
    leaver = firm(exchange, 0)
    (token,) = [held for held in leaver.tokens() if held["given_up"]]
    again = leaver.client("bond", "surrender", token["token"]).facts
    assert again["token"] == token["token"]
