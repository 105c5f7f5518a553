"""Three bids are opened and one falls: two are too few, and nothing more is opened by rule."""

from dataclasses import replace

import pytest

from tests.support.exchange import Exchange
from tests.support.story_bidder import Firm, balance, firm
from tests.support.story_evaluation import SETTLED
from tests.support.story_opening import closed, is_there
from tests.support.story_owner import Officer, officer_does, published

LIES = "tests.support.lying_client"


@pytest.mark.long
def test_a_bid_that_falls_in_the_first_round_leaves_two_and_ends_the_opening(
    exchange: Exchange, three: list[Officer]
) -> None:
    no = published(exchange, "会议系统", three)
    honest = [firm(exchange, number) for number in (4, 6)]
    liar = replace(firm(exchange, 1), program=LIES)
    before = [balance(exchange, each.organisation) for each in honest]
    tokens = [each.buy() for each in (*honest, liar)]
    for each, yuan in zip((*honest, liar), (2_000_000, 2_100_000, 2_050_000), strict=True):
        each.bid(no, yuan)
    listed = closed(exchange, no)
    assert len(listed["list"]["acts"]) == 3, "at the closing they were enough"
    exchange.witnessed(no, "closing")
    for each in three[:2]:
        assert officer_does(exchange, each, "open", no)["round"] == 1
    exchange.witnessed(no, "shares-closed")
    exchange.wait_for(lambda: _failed(exchange, no), 60)
    assert "有效投标不足三家，停止开标" in exchange.visitor().get(f"/tenders/{no}").text
    assert len(exchange.entries(no, "shares-closed")) == 1, "no second round was begun"
    assert not exchange.entries(no, "opening-record")
    assert not is_there(exchange, no, "opening")
    _nothing_more(exchange, three[0], no)
    _money(exchange, honest, before)
    held = liar.client("bond", "surrender", tokens[-1])
    assert held.told["code"] == "token-live", held.raw


def _failed(exchange: Exchange, no: str) -> bool:
    exchange.beat()
    return bool(exchange.tender(no)["state"] == "failed")


def _nothing_more(exchange: Exchange, officer: Officer, no: str) -> None:
    """An officer who comes again finds no share to open."""
    asked = exchange.client(
        officer.home,
        *["officer", "open", no, *officer.pool],
        *["--org-key", str(exchange.organisation_key(officer.uscc))],
        who=officer.person,
    )
    assert asked.code != 0, asked.raw


def _money(exchange: Exchange, firms: list[Firm], before: list[int]) -> None:
    """Bonds of bidders whose names are known go back by themselves, for no cause of theirs."""
    exchange.advance_to(exchange.now() + SETTLED)
    for each, whole in zip(firms, before, strict=True):
        exchange.wait_for(lambda e=each, w=whole: balance(exchange, e.organisation) >= w, 60)
