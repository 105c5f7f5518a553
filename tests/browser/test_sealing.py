"""Bids made in the sealing page: sealed, replaced, resumed, withdrawn; opened by the programs.

After the opening the panel asks about two prices: each bidder answers with its bid key, one kept in
the browser, one out of a bid-key file.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Request, expect

from market.demo.people.kinds import Person
from market.demo.seed.house import PASSWORD
from tests.browser.accessibility import assert_accessible
from tests.browser.sealing_panel import (
    CORRECTED,
    FIGURES,
    Careless,
    panel,
    prices_seen,
    two_with_the_client,
)
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

FIRST, SECOND, HEAVY, LEFT = 2_450_000, 1_200_000, 2_500_000, 2_600_000
"""The second one is so low that it must be explained: under half of the next."""
LARGE = 64 * 1024 * 1024
WHY = "设备 90 万元，安装 20 万元，利润 10 万元；进货合同见附件"
NARROW = {"width": 390, "height": 844}
WIDE = {"width": 1366, "height": 768}


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


@pytest.fixture(scope="module")
def careless(exchange: Exchange, no: str) -> Careless:
    """Two bidders with the client; one of them did not read its offer over."""
    return two_with_the_client(exchange, no)


@pytest.fixture(scope="module")
def members(
    exchange: Exchange,
    no: str,
    careless: Careless,
    replaced: dict[str, Any],
    resumed: list[int],
    withdrawn: dict[str, Any],
) -> list[Person]:
    """The panel, drawn when all have bid."""
    assert all((careless, replaced, resumed, withdrawn))
    return panel(exchange, no)


@pytest.fixture(scope="module")
def opening(
    exchange: Exchange, no: str, three: list[Officer], members: list[Person]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The closing list and the opening record."""
    assert members
    listed = closed(exchange, no)
    return listed, opened(exchange, no, three[:2])


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
    opening: tuple[dict[str, Any], dict[str, Any]],
    withdrawn: dict[str, Any],
    replaced: dict[str, Any],
    desks: list[BidderAtBrowser],
) -> None:
    listed, record = opening
    leaves = {act["leaf"] for act in listed["list"]["acts"]}
    assert len(leaves) == len(desks) + 1, "two with the client, two with the page"
    assert replaced["receipt"]["leaf"] in leaves
    assert withdrawn["receipt"]["leaf"] not in leaves
    found = {bid["uscc"]: facts_of(bid) for bid in record["bids"]}
    assert found[desks[0].firm.uscc]["price"] == SECOND * PRICED
    assert found[desks[0].firm.uscc]["delivery"] == DELIVERY
    assert found[desks[1].firm.uscc]["price"] == HEAVY * PRICED
    assert PLAN not in str(record)


@pytest.fixture(scope="module")
def asked(exchange: Exchange, no: str, members: list[Person], opening: object) -> str:
    """The tender, once the panel has seen the prices."""
    assert opening
    prices_seen(exchange, no, members)
    return no


def test_a_corrected_price_is_confirmed_with_a_bid_key_file(
    asked: str, careless: Careless, chrome: Browser, exchange: Exchange
) -> None:
    with bidder_at_browser(exchange, chrome, careless.firm, "en") as bidder:
        page = bidder.page
        bidder.begin()
        bidder.check(asked)
        bidder.press("after")
        page.set_input_files("#bid-key", careless.key)
        page.fill("#bid-word", "wrong")
        bidder.press("look")
        expect(page.locator(".summary")).to_contain_text("[sealed-key]", timeout=PATIENCE)
        page.fill("#bid-word", careless.word)
        bidder.press("look")
        expect(page.get_by_text("waits for your word")).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".facts")).to_contain_text(f"{CORRECTED:,}.00")
        assert_accessible(page)
        page.fill("#corrected", str(FIGURES))
        bidder.press("word")
        expect(page.locator(".summary li")).to_have_count(2)
        expect(page.locator("#corrected")).to_have_value(str(FIGURES))
        page.fill("#corrected", str(CORRECTED))
        page.check("#word-confirm")
        bidder.press("word")
        expect(page.locator(".tag", has_text="confirmed")).to_be_visible(timeout=PATIENCE)
        expect(page.locator("#corrected")).to_have_count(0)
        assert bidder.seen.cookies() == []
        assert bidder.seen.troubles == []
    assert careless.firm.client("price", "show", asked).facts["state"] == "confirmed"


def test_a_low_price_is_answered_with_the_key_in_the_browser(
    asked: str, desks: list[BidderAtBrowser], exchange: Exchange
) -> None:
    bidder, page = desks[0], desks[0].page
    bidder.step("check")
    bidder.check(asked)
    bidder.press("after")
    expect(page.locator("#bid-key")).to_have_count(0)
    bidder.press("look")
    expect(page.locator(".tag", has_text="待说明")).to_be_visible(timeout=PATIENCE)
    bidder.press("answer")
    expect(page.locator(".summary")).to_contain_text("[answer-empty]")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if is_answer(one) else None)
    for seq, words in ((0, WHY), (1, f"{WHY}。另附发票")):
        page.fill("#answer", words)
        bidder.press("answer")
        expect(page.locator(".told")).to_have_text(words, timeout=PATIENCE)
        expect(page.locator("#answer")).to_have_value(words)
        assert (json.loads(sent[-1])["seq"], json.loads(sent[-1])["answer"]) == (seq, words)
        assert_accessible(page)
    with page.expect_response(lambda one: is_answer(one.request)) as answered:
        bidder.press("answer")
    assert answered.value.ok
    assert sent[2:] == sent[1:2], "the same words are the same bytes"
    expect(page.locator(".note.good")).to_contain_text("说明已送达")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # the driver's own type
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # the driver's own type
    assert bidder.seen.cookies() == []
    page.close()
    bidder.come_back()
    bidder.check(asked)
    bidder.press("after")
    bidder.press("look")
    expect(bidder.page.locator("#answer")).to_have_value(f"{WHY}。另附发票", timeout=PATIENCE)
    assert bidder.seen.troubles == []


def test_whoever_was_not_asked_is_told_so_and_no_other_key_is_shown(
    asked: str, desks: list[BidderAtBrowser], withdrawn: dict[str, Any]
) -> None:
    bidder = desks[1]
    bidder.step("check")
    bidder.check(asked)
    bidder.press("after")
    bidder.press("look")
    expect(bidder.page.locator(".empty")).to_contain_text("Nothing is asked", timeout=PATIENCE)
    gone = desks[2]
    gone.step("check")
    gone.check(asked)
    before = len(gone.seen.requests)
    gone.press("after")
    expect(gone.page.locator("#bid-key")).to_be_visible()
    assert withdrawn["act"]["type"] == "yg/withdrawal/v1"
    assert [one.url for one in gone.seen.requests[before:] if one.method == "POST"] == []


def is_answer(request: Request) -> bool:
    """Whether a request carries an answer to the panel."""
    return request.method == "POST" and request.url.endswith("/price-answers")


def facts_of(bid: dict[str, Any]) -> dict[str, Any]:
    """The published facts of a bid in the opening record."""
    return {fact["name"]: fact["value"] for fact in bid["facts"]}
