"""A bidder deals false shares: the bid falls for the bidder's cause and the token is held."""

from dataclasses import replace

import pytest

from tests.support.exchange import Exchange
from tests.support.story_bidder import firm
from tests.support.story_opening import closed, opened
from tests.support.story_owner import Officer, published

LIES = "tests.support.lying_client"


@pytest.mark.long
def test_an_ill_dealt_bid_is_out_for_the_bidders_cause_and_its_token_is_held(
    exchange: Exchange, three: list[Officer]
) -> None:
    no = published(exchange, "办公设备", three)
    honest = [firm(exchange, number) for number in (3, 8, 9)]
    liar = replace(firm(exchange, 1), program=LIES)
    bidders = [*honest, liar]
    tokens = [each.buy() for each in bidders]
    for each, yuan in zip(bidders, (2_000_000, 2_100_000, 2_200_000, 2_050_000), strict=True):
        each.bid(no, yuan)
    closed(exchange, no)
    record = opened(exchange, no, three[:2])
    assert {bid["uscc"] for bid in record["bids"]} == {each.uscc for each in honest}
    (out,) = record["out"]
    assert (out["cause"], out["state"]) == ("ill-dealt", "revoked")
    held = liar.client("bond", "surrender", tokens[-1])
    assert held.told["code"] == "token-live", held.raw
