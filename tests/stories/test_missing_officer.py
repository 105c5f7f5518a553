"""Too few officers come: the opening ends by rule, for no bidder's cause, and the bonds go back."""

from datetime import timedelta

import pytest

from tests.support.exchange import Exchange
from tests.support.story_bidder import firm
from tests.support.story_opening import closed
from tests.support.story_owner import Officer, officer_does, published

SHARES_WITHIN = timedelta(hours=4)


@pytest.mark.long
def test_an_opening_without_its_officers_fails_by_rule_and_frees_every_bond(
    exchange: Exchange, three: list[Officer]
) -> None:
    no = published(exchange, "图书", three)
    firms = [firm(exchange, number) for number in (2, 10, 11)]
    tokens = [each.buy() for each in firms]
    for each in firms:
        each.bid(no, 2_100_000)
    closed(exchange, no)
    exchange.witnessed(no, "closing")
    done = officer_does(exchange, three[0], "open", no)
    assert (done["batches"], done["needed"]) == (1, 2)
    exchange.advance_to(exchange.now() + SHARES_WITHIN)
    exchange.wait_for(lambda: exchange.tender(no)["state"] == "failed", 30)
    assert not exchange.entries(no, "shares-closed")
    assert not exchange.entries(no, "opening-record")
    for each, token in zip(firms, tokens, strict=True):
        assert each.client("bond", "surrender", token).facts["refund_token"]
