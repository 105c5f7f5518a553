"""What the sealing page says where it cannot work, of the crowd, and while a bid is on its way."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from market.demo.staged import Stage, staged
from tests.browser.accessibility import assert_accessible
from tests.browser.sealing_support import LONG, PATIENCE, BidderAtBrowser, bidder_at_browser
from tests.support.exchange import Exchange
from tests.support.papers import make_pdf
from tests.support.story_bidder import firm
from tests.support.story_owner import SMALL, WITHOUT_BOND, officers, published

INSECURE = "Object.defineProperty(window, 'isSecureContext', { get: () => false });"
NOTHING_KEPT = (
    "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
)
NO_FILES = """
navigator.storage.getDirectory = () => Promise.reject(new DOMException('no', 'SecurityError'));
"""
IN_WORKER = """
(spoil) => {
  const Whole = Blob;
  window.Blob = function (parts, options) {
    const isScript = options?.type === "text/javascript";
    return new Whole(isScript ? [spoil, ...parts] : parts, options);
  };
}
"""
REFUSALS = {
    ("zh", INSECURE): ("[not-fit]", "不是安全连接"),
    ("en", INSECURE): ("[not-fit]", "the connection is not secure"),
    ("zh", NOTHING_KEPT): ("[storage-refused]", "换用普通窗口"),
    ("en", NOTHING_KEPT): ("[storage-refused]", "Use an ordinary window"),
}
CROWD = {
    "zh": "没有此面额持有单位数的证明|未用令牌的单位(不少于|少于) 20 家",
    "en": "tokens of this amount is not attested|(at least|fewer than) 20 organisations hold",
}
"""What the custodian attests: enough, too few, or nothing yet."""
PRICE = 2_500_000
LARGE = 12 * 1024 * 1024
STILL = 1500  # milliseconds in which a paused upload sends nothing more


@pytest.fixture
def bidder(exchange: Exchange, chrome: Browser) -> Iterator[BidderAtBrowser]:
    """A bidder at an empty browser."""
    with bidder_at_browser(exchange, chrome, firm(exchange, 9), "en") as seated:
        yield seated


@pytest.fixture(scope="module")
def open_tender(exchange: Exchange) -> str:
    """The tender of the seed that takes bids with a bond."""
    return next(one.no for one in staged(exchange.var) if one.stage is Stage.BIDDING)


@pytest.mark.parametrize(("language", "spoil"), REFUSALS)
def test_a_browser_that_cannot_seal_is_told_plainly_before_anything_is_typed(
    exchange: Exchange, chrome: Browser, language: str, spoil: str
) -> None:
    held = firm(exchange, 9)
    with bidder_at_browser(exchange, chrome, held, language) as bidder:
        page = bidder.page
        page.add_init_script(spoil)
        page.goto(f"{exchange.anonymous}/seal")
        said = page.locator(".note.refusal")
        for words in REFUSALS[language, spoil]:
            expect(said).to_contain_text(words)
        expect(page.locator("#passphrase")).to_have_count(0)
        expect(page.locator("#main button")).to_have_count(1)
        assert_accessible(page)


def test_without_a_file_store_documents_are_kept_in_the_database(
    bidder: BidderAtBrowser, open_tender: str, tmp_path: Path
) -> None:
    paper = make_pdf(tmp_path / "plan.pdf", "Plan", "阳光")
    bidder.page.add_init_script(f"({IN_WORKER})({NO_FILES!r});")
    bidder.begin()
    bidder.check(open_tender)
    bidder.step("offer")
    bidder.offer(PRICE, [paper])
    assert bidder.seen.troubles == []


def test_where_no_document_can_be_kept_the_page_says_so_and_keeps_what_was_typed(
    bidder: BidderAtBrowser, open_tender: str, tmp_path: Path
) -> None:
    paper = make_pdf(tmp_path / "plan.pdf", "Plan", "阳光")
    bidder.page.add_init_script(f"({IN_WORKER})({NO_FILES + NOTHING_KEPT!r});")
    bidder.begin()
    bidder.check(open_tender)
    bidder.step("offer")
    page = bidder.page
    page.fill("#price", str(PRICE))
    page.set_input_files("#papers-technical", paper)
    expect(page.locator(".summary")).to_contain_text("[storage-refused]", timeout=PATIENCE)
    expect(page.locator("#price")).to_have_value(str(PRICE))
    expect(page.get_by_role("rowheader", name=paper.name)).to_have_count(0)


@pytest.mark.parametrize(("language", "words"), CROWD.items())
def test_what_is_known_of_the_crowd_is_told(
    exchange: Exchange, chrome: Browser, open_tender: str, language: str, words: str
) -> None:
    with bidder_at_browser(exchange, chrome, firm(exchange, 9), language) as bidder:
        bidder.begin()
        bidder.check(open_tender)
        said = bidder.page.locator(".note").filter(has_text=re.compile(words))
        expect(said).to_have_count(1)
        expect(said).to_be_visible()


@pytest.fixture(scope="module")
def no(exchange: Exchange) -> str:
    """A tender that takes bids without money."""
    made = published(exchange, "页面暂停", officers(exchange, SMALL), WITHOUT_BOND)
    exchange.wait_for(lambda: exchange.entries("sealing-page", "script"), 60)
    return made


def test_an_upload_is_paused_and_goes_on(no: str, bidder: BidderAtBrowser, tmp_path: Path) -> None:
    large = tmp_path / "drawings.pdf"
    large.write_bytes(b"%PDF-1.4\n" + secrets.token_bytes(LARGE))
    bidder.begin()
    bidder.check(no)
    bidder.press("bond")
    bidder.pay(WITHOUT_BOND)
    bidder.press("offer")
    bidder.offer(PRICE, [large])
    bidder.press("send")
    page, sent = bidder.page, bidder.seen.requests
    held: list[Route] = []

    def patches() -> int:
        return sum(1 for one in sent if one.method == "PATCH")

    def hold(route: Route) -> None:
        """From the third piece on the network is slow: the upload must not end before the pause."""
        if route.request.method == "PATCH" and patches() >= 3:
            held.append(route)
        else:
            route.continue_()

    page.route("**/uploads/*", hold)
    bidder.seal()
    while not held:
        page.wait_for_timeout(20)
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    for route in held:
        route.continue_()
    page.unroute("**/uploads/*")
    onward = page.get_by_role("button", name="Go on", exact=True)
    expect(onward).to_be_visible()
    page.wait_for_timeout(STILL)
    before = patches()
    page.wait_for_timeout(STILL)
    assert patches() == before
    expect(page.locator("#work progress")).to_be_visible()
    assert_accessible(page)
    onward.press("Enter")
    expect(page.locator("#proof .good")).to_be_visible(timeout=LONG)
    assert patches() > before
    assert bidder.seen.troubles == []
