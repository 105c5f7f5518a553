"""Bids made in the sealing page: sealed, replaced, resumed, withdrawn; opened by the programs."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from market.demo.seed.house import PASSWORD
from tests.browser.sealing_support import (
    DELIVERY,
    LONG,
    PATIENCE,
    PLAN,
    BidderAtBrowser,
    bidder_at_browser,
)
from tests.support.exchange import Exchange, running_exchange
from tests.support.papers import make_pdf
from tests.support.story_bidder import PAY_RUN, PRICED, balance, firm
from tests.support.story_opening import closed, opened
from tests.support.story_owner import BOND, SMALL, Officer, officers, published

FIRST, SECOND, HEAVY, LEFT = 2_450_000, 2_400_000, 2_500_000, 2_600_000
LARGE = 64 * 1024 * 1024


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """An exchange of its own: its clock moves far."""
    with running_exchange() as running:
        yield running


@pytest.fixture(scope="module")
def three(exchange: Exchange) -> list[Officer]:
    """Three officers, two of whom open."""
    return officers(exchange, SMALL)


@pytest.fixture(scope="module")
def no(exchange: Exchange, three: list[Officer]) -> str:
    """A tender that takes bids, whose manifest names this very page."""
    made = published(exchange, "页面封装", three)
    exchange.wait_for(lambda: exchange.entries("sealing-page", "script"), 60)
    return made


@pytest.fixture(scope="module")
def desks(exchange: Exchange, chrome: Browser) -> Iterator[list[BidderAtBrowser]]:
    """Three bidders at three browsers, one of them English."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                bidder_at_browser(exchange, chrome, firm(exchange, number), language)
            )
            for number, language in ((0, "zh"), (1, "en"), (3, "zh"))
        ]


@pytest.fixture(scope="module")
def sealed(desks: list[BidderAtBrowser], no: str) -> dict[str, Any]:
    """The first bidder's bid, from an empty browser to the kept receipt."""
    bidder = desks[0]
    bidder.begin()
    bidder.check(no)
    bidder.press("bond")
    bidder.pay(BOND)
    bidder.press("offer")
    paper = make_pdf(bidder.firm.home / "plan.pdf", "实施方案", "分两批安装")
    bidder.offer(FIRST, [paper])
    bidder.press("send")
    bidder.seal()
    return bidder.receipt()


@pytest.fixture(scope="module")
def replaced(sealed: dict[str, Any], desks: list[BidderAtBrowser]) -> dict[str, Any]:
    """The same bidder bids again at a better price."""
    assert sealed["act"]["seq"] == 0
    bidder = desks[0]
    bidder.step("offer")
    bidder.page.fill("#price", str(SECOND))
    bidder.press("send")
    bidder.seal("replace")
    expect(bidder.page.locator("table")).to_contain_text("1", timeout=LONG)
    return bidder.receipt()


@pytest.fixture(scope="module")
def resumed(desks: list[BidderAtBrowser], no: str, tmp_path_factory: Any) -> list[int]:
    """A tab is closed while 64 MB travel; the offsets at which the second tab went on."""
    bidder = desks[1]
    large = Path(tmp_path_factory.mktemp("large")) / "drawings.pdf"
    large.write_bytes(b"%PDF-1.4\n" + secrets.token_bytes(LARGE))
    bidder.begin()
    bidder.check(no)
    bidder.press("bond")
    bidder.pay(BOND)
    bidder.press("offer")
    bidder.offer(HEAVY, [large])
    bidder.press("send")
    arrived: list[str] = []
    bidder.context.on("requestfinished", lambda one: arrived.append(one.method))
    bidder.seal()
    # The first envelope is small; a few parts of the large one are on the host by then.
    while arrived.count("PATCH") < len(SMALL) + 2:
        bidder.page.wait_for_timeout(50)
    bidder.page.close(run_before_unload=False)
    before = len(bidder.seen.requests)
    bidder.come_back()
    bidder.check(no)
    bidder.step("send")
    bidder.press("hand-in")
    bidder.receipt()
    later = [one for one in bidder.seen.requests[before:] if one.method == "PATCH"]
    return [int(one.all_headers()["upload-offset"]) for one in later]


@pytest.fixture(scope="module")
def withdrawn(desks: list[BidderAtBrowser], no: str) -> dict[str, Any]:
    """The third bidder bids, withdraws, gives the token up."""
    bidder = desks[2]
    before = balance(bidder.exchange, bidder.firm.organisation)
    bidder.begin()
    bidder.check(no)
    bidder.press("bond")
    bidder.pay(BOND)
    bidder.press("offer")
    bidder.offer(LEFT)
    bidder.press("send")
    bidder.seal()
    bidder.receipt()
    bidder.press("change")
    page = bidder.page
    page.locator("details > summary").click()
    page.fill("#withdraw", bidder.says("withdraw-word"))
    bidder.press("withdraw")
    expect(page.locator("table")).to_be_visible(timeout=PATIENCE)
    kept = bidder.receipt()
    bidder.step("bond")
    page.get_by_role("button", name=bidder.says("give-up")).click()
    expect(page.locator("#refund-token")).to_be_visible(timeout=PATIENCE)
    return {**kept, "before": before}


def test_a_bid_is_sealed_in_the_page_and_its_receipt_redeemed(
    sealed: dict[str, Any], no: str
) -> None:
    assert sealed["receipt"]["tender"] == no
    assert sealed["act"]["type"] == "yg/submission/v1"
    assert sealed["redemption"]["type"] == "yg/redemption/v1"
    assert sealed["facts"]["price"]["offer"]["type"] == "yg/offer/v1"


def test_nothing_is_sent_to_another_host_and_no_request_bears_a_cookie(
    sealed: dict[str, Any], desks: list[BidderAtBrowser], exchange: Exchange
) -> None:
    assert sealed
    seen = desks[0].seen
    ports = exchange.ports
    assert seen.hosts == {f"localhost:{ports.anonymous}", f"127.0.0.1:{ports.custodian}"}
    assert len(seen.requests) > 20
    assert seen.cookies() == []
    assert seen.troubles == []


def test_the_custodian_is_told_no_tender(
    sealed: dict[str, Any], desks: list[BidderAtBrowser], exchange: Exchange, no: str
) -> None:
    assert sealed
    sent = [one for one in desks[0].seen.requests if one.url.startswith(exchange.custodian)]
    assert sent
    told = "\n".join(f"{one.url} {one.post_data or ''} {one.all_headers()}" for one in sent)
    assert desks[0].firm.uscc in told  # what is searched is what was sent
    assert no not in told


def test_a_replacement_follows_the_first_bid(
    replaced: dict[str, Any], sealed: dict[str, Any]
) -> None:
    assert replaced["act"]["seq"] == 1
    assert replaced["act"]["previous"] == sealed["receipt"]["submission_hash"]
    assert replaced["act"]["token"] == sealed["act"]["token"]


def test_a_closed_tab_goes_on_where_the_upload_stopped(resumed: list[int]) -> None:
    assert resumed
    assert resumed[0] > 0
    assert sum(1 for offset in resumed if offset > 0) < LARGE // (4 * 1024 * 1024) + 2


def test_a_withdrawn_bid_gets_its_money_back(
    withdrawn: dict[str, Any],
    resumed: list[int],
    replaced: dict[str, Any],
    desks: list[BidderAtBrowser],
    exchange: Exchange,
) -> None:
    assert resumed
    assert replaced
    assert withdrawn["act"]["type"] == "yg/withdrawal/v1"
    bidder, page = desks[2], desks[2].page
    exchange.advance_to(exchange.now() + timedelta(hours=49))
    page.fill("#refund-uscc", bidder.firm.uscc)
    page.fill("#refund-account", bidder.firm.organisation.basic_account)
    page.fill("#refund-word", PASSWORD)
    bidder.press("claim")
    expect(page.locator("#refund-token")).to_have_count(0, timeout=PATIENCE)
    exchange.advance_to(exchange.now() + PAY_RUN)
    firm_of = bidder.firm.organisation
    exchange.wait_for(lambda: balance(exchange, firm_of) >= withdrawn["before"], 30)
    assert bidder.seen.troubles == []


def test_bids_of_the_page_are_opened_and_linked_by_the_programs(
    withdrawn: dict[str, Any],
    resumed: list[int],
    replaced: dict[str, Any],
    desks: list[BidderAtBrowser],
    exchange: Exchange,
    no: str,
    three: list[Officer],
) -> None:
    assert resumed
    others = [firm(exchange, number) for number in (7, 8)]
    for each in others:
        each.buy()
        each.bid(no, 2_700_000)
    listed = closed(exchange, no)
    leaves = {act["leaf"] for act in listed["list"]["acts"]}
    assert len(leaves) == len(others) + 2
    assert replaced["receipt"]["leaf"] in leaves
    assert withdrawn["receipt"]["leaf"] not in leaves
    record = opened(exchange, no, three[:2])
    found = {bid["uscc"]: facts_of(bid) for bid in record["bids"]}
    assert found[desks[0].firm.uscc]["price"] == SECOND * PRICED
    assert found[desks[0].firm.uscc]["delivery"] == DELIVERY
    assert found[desks[1].firm.uscc]["price"] == HEAVY * PRICED
    assert PLAN not in str(record)


def facts_of(bid: dict[str, Any]) -> dict[str, Any]:
    """The published facts of a bid in the opening record."""
    return {fact["name"]: fact["value"] for fact in bid["facts"]}
