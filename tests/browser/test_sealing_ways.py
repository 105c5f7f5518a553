"""Ways through the sealing page that nobody planned: back, another step, another language.

Whatever a bid clerk does between check and receipt, no document is left out of the bid, nothing is
sealed twice, and what was typed stands where it was typed.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.sealing_support import LONG, PATIENCE, BidderAtBrowser, bidder_at_browser
from tests.support.exchange import Exchange
from tests.support.papers import make_pdf
from tests.support.story_bidder import firm
from tests.support.story_owner import SMALL, WITHOUT_BOND, officers, published

PRICE = 2_510_000
LARGE = 12 * 1024 * 1024
SLOW_DISK = """
const opened = new Promise((open) => { new BroadcastChannel("disk").onmessage = open; });
const read = Blob.prototype.arrayBuffer;
Blob.prototype.arrayBuffer = async function () { await opened; return read.call(this); };
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
DISK_ANSWERS = 'new BroadcastChannel("disk").postMessage("go on")'


@pytest.fixture(scope="module")
def no(exchange: Exchange) -> str:
    """A tender that takes bids without money."""
    made = published(exchange, "页面往返", officers(exchange, SMALL), WITHOUT_BOND)
    exchange.wait_for(lambda: exchange.entries("sealing-page", "script"), 60)
    return made


@pytest.fixture
def bidder(exchange: Exchange, chrome: Browser) -> Iterator[BidderAtBrowser]:
    """A bidder at an empty browser; its pages complain of nothing."""
    with bidder_at_browser(exchange, chrome, firm(exchange, 8), "en") as seated:
        yield seated
        assert seated.seen.troubles == []


def come_to_the_offer(bidder: BidderAtBrowser, no: str) -> Page:
    """Store, check, a token without money; the step of the offer is shown."""
    bidder.begin()
    bidder.check(no)
    bidder.press("bond")
    bidder.pay(WITHOUT_BOND)
    bidder.press("offer")
    expect(bidder.page.locator("#price")).to_be_visible()
    return bidder.page


def test_a_document_that_is_still_being_added_is_never_left_out_of_a_bid(
    bidder: BidderAtBrowser, no: str, tmp_path: Path
) -> None:
    bidder.page.add_init_script(f"({IN_WORKER})({SLOW_DISK!r});")
    page = come_to_the_offer(bidder, no)
    bidder.offer(PRICE)
    paper = make_pdf(tmp_path / "plan.pdf", "Plan", "阳光")
    page.set_input_files("#papers-technical", paper)
    expect(page.locator("progress")).to_be_visible()
    bidder.press("send")
    expect(page.locator(".summary")).to_contain_text("plan.pdf is still being added")
    assert_accessible(page)
    bidder.step("send")
    expect(page.locator(".note.warning")).to_contain_text("plan.pdf is still being added")
    expect(page.locator("#org-key")).to_have_count(0)
    bidder.step("offer")
    expect(page.locator("progress")).to_be_visible()
    page.evaluate(DISK_ANSWERS)
    expect(page.get_by_role("rowheader", name=paper.name)).to_be_visible(timeout=PATIENCE)
    expect(page.locator("progress")).to_have_count(0)
    bidder.press("send")
    expect(page.locator("#org-key")).to_be_visible()
    expect(page.locator(".facts")).to_contain_text("plan.pdf")


def test_two_documents_of_two_envelopes_are_cancelled_each_by_its_own_button(
    bidder: BidderAtBrowser, no: str, tmp_path: Path
) -> None:
    bidder.page.add_init_script(f"({IN_WORKER})({SLOW_DISK!r});")
    page = come_to_the_offer(bidder, no)
    for kind in ("price", "technical"):
        paper = make_pdf(tmp_path / f"{kind}.pdf", kind, "阳光")
        page.set_input_files(f"#papers-{kind}", paper)
    expect(page.locator("progress")).to_have_count(2)
    page.get_by_role("button", name="Cancel").first.click()
    page.evaluate(DISK_ANSWERS)
    kept = page.get_by_role("rowheader", name="technical.pdf")
    expect(kept).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("rowheader", name="price.pdf")).to_have_count(0)


def test_sealing_goes_on_while_another_step_is_looked_at_and_is_not_begun_twice(
    bidder: BidderAtBrowser, no: str, tmp_path: Path
) -> None:
    page = come_to_the_offer(bidder, no)
    large = tmp_path / "drawings.pdf"
    large.write_bytes(b"%PDF-1.4\n" + secrets.token_bytes(LARGE))
    bidder.offer(PRICE, [large])
    bidder.press("send")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/uploads/*", hold)
    bidder.seal()
    while not held:
        page.wait_for_timeout(20)
    bidder.step("offer")
    expect(page.locator("#price")).to_have_value(str(PRICE))
    bidder.step("send")
    expect(page.locator("#work progress")).to_be_visible()
    expect(page.locator("#org-key")).to_have_count(0)
    page.locator("#language").click()
    expect(page.locator("#work progress")).to_be_visible()
    page.locator("#language").click()
    assert_accessible(page)
    bidder.step("check")
    for route in held:
        route.continue_()
    page.unroute("**/uploads/*")
    taken = page.locator("#title + .note.good")
    expect(taken).to_contain_text(f"{no}: accepted", timeout=LONG)
    bidder.step("receipt")
    assert bidder.receipt()["act"]["seq"] == 0
    acts = [one for one in bidder.seen.requests if one.url.endswith("/acts")]
    assert len(acts) == 1


def test_the_way_back_of_the_browser_leads_to_the_step_before(
    bidder: BidderAtBrowser, no: str
) -> None:
    page = come_to_the_offer(bidder, no)
    page.fill("#price", str(PRICE))
    page.go_back()
    expect(page.locator("#amount")).to_be_visible()
    expect(page.locator("#title")).to_be_focused()
    page.go_back()
    expect(page.locator("#tender")).to_have_value(no)
    page.go_forward()
    page.go_forward()
    expect(page.locator("#price")).to_have_value(str(PRICE))
    assert page.url == f"{bidder.exchange.anonymous}/seal", "no address tells how far a bidder is"


def test_each_check_says_which_tender_it_is_and_forgets_how_the_last_was_scored(
    bidder: BidderAtBrowser, no: str
) -> None:
    page = come_to_the_offer(bidder, no)
    expect(page.locator("#fact-delivery-days")).to_be_visible()
    bidder.step("check")
    told = page.request.get(f"{bidder.exchange.anonymous}/api/v1/tenders/{no}").json()
    expect(page.locator("#results .facts")).to_contain_text(told["title_en"])
    told["scheme"]["criteria"] = []
    page.route(f"**/api/v1/tenders/{no}", lambda route: route.fulfill(json=told))
    with page.expect_response(f"**/api/v1/tenders/{no}", timeout=PATIENCE):
        bidder.look_at(no)
    expect(bidder.button("bond")).to_be_visible(timeout=PATIENCE)
    bidder.step("offer")
    expect(page.locator("#price")).to_be_visible()
    expect(page.locator("#fact-delivery-days")).to_have_count(0)


def test_another_language_takes_nothing_of_what_was_typed(bidder: BidderAtBrowser, no: str) -> None:
    page = bidder.arrive()
    word = page.input_value("#passphrase")
    page.fill("#again", word)
    page.locator("#language").click()
    expect(page.get_by_text("设置本机资料")).to_be_visible()
    assert page.input_value("#passphrase") == word, "the one that was written on paper"
    expect(page.locator("#again")).to_have_value(word)
    page.locator("#language").click()
    page.press("#again", "Enter")
    expect(page.locator("#tender")).to_be_visible(timeout=PATIENCE)
    bidder.check(no)
    bidder.press("bond")
    page.select_option("#amount", str(WITHOUT_BOND))
    page.fill("#bank-word", "typed")
    page.locator("#language").click()
    expect(page.get_by_text("存缴一笔保证金")).to_be_visible()
    expect(page.locator("#amount")).to_have_value(str(WITHOUT_BOND))
    expect(page.locator("#bank-word")).to_have_value("typed")


def test_a_document_that_names_its_bidder_is_told_of_until_it_is_let_go(
    bidder: BidderAtBrowser, no: str, tmp_path: Path
) -> None:
    page = come_to_the_offer(bidder, no)
    paper = tmp_path / "plan.pdf"
    paper.write_bytes(b"%PDF-1.4\n" + bidder.firm.uscc.encode())
    bidder.offer(PRICE, [paper])
    bidder.press("send")
    bidder.seal()
    said = page.locator(".note.refusal")
    expect(said).to_contain_text("names your organisation", timeout=LONG)
    bidder.step("check")
    bidder.step("send")
    expect(said).to_contain_text("names your organisation")
    page.get_by_role("button", name="Let go of it").click()
    expect(page.locator("#org-key")).to_be_visible()
    expect(said).to_have_count(0)
