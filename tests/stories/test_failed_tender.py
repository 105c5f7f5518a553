"""Two bids are too few: the tender fails, nothing is decrypted, the money goes back."""

import pytest

from tests.support.exchange import Exchange
from tests.support.story_bidder import balance, firm
from tests.support.story_opening import GRACE
from tests.support.story_owner import Officer, deadline, published


@pytest.mark.long
def test_two_bids_fail_the_tender_and_the_money_goes_back_to_whoever_gives_the_token_up(
    exchange: Exchange, three: list[Officer]
) -> None:
    no = published(exchange, "办公家具", three)
    firms = [firm(exchange, number) for number in (8, 9)]
    before = balance(exchange, firms[0].organisation)
    tokens = [each.buy() for each in firms]
    for each in firms:
        each.bid(no, 2_500_000)
        each.redeemed(no)
    held = firms[0].client("bond", "surrender", tokens[0])
    assert held.told["code"] == "token-live", held.raw
    exchange.advance_to(deadline(exchange, no) + GRACE)
    exchange.wait_for(lambda: exchange.tender(no)["state"] == "failed", 60)
    assert not exchange.entries(no, "shares-closed")
    assert not exchange.entries(no, "opening-record")
    asked = exchange.client(
        three[0].home,
        *["officer", "open", no, *three[0].pool],
        *["--org-key", str(exchange.organisation_key(three[0].uscc))],
        who=three[0].person,
    )
    assert asked.code != 0
    done = firms[0].refund(tokens[0])
    assert done["state"] in {"ACCEPTED", "REFUNDED", "PAID"}, done
    exchange.wait_for(lambda: balance(exchange, firms[0].organisation) >= before, 30)
