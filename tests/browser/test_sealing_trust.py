"""What the sealing page refuses: a false record, an altered page, a tender without a manifest."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from bidding.sealing.page import FOLDER
from market.protocol.encoding import canonical
from tests.browser.accessibility import assert_accessible
from tests.browser.sealing_support import (
    PAGE_FILE,
    PATIENCE,
    BidderAtBrowser,
    altered,
    bidder_at_browser,
)
from tests.support.exchange import Exchange
from tests.support.story_bidder import firm
from tests.support.story_owner import SMALL, WITHOUT_BOND, officers, published

UNKNOWN = "ZC-2026-000000"
ADDRESS = "**/seal"
LIMIT = 100 * 1024
HTML = {"Content-Type": "text/html; charset=utf-8"}
WHOLE = "4e4"
"""How many entries are read through without asking, as the built script writes it."""


@pytest.fixture(scope="module")
def no(exchange: Exchange) -> str:
    """A tender that takes bids without money."""
    made = published(exchange, "页面核对", officers(exchange, SMALL), WITHOUT_BOND)
    exchange.wait_for(lambda: exchange.entries("sealing-page", "script"), 60)
    return made


@pytest.fixture
def bidder(exchange: Exchange, chrome: Browser) -> Iterator[BidderAtBrowser]:
    """A bidder at an empty browser."""
    with bidder_at_browser(exchange, chrome, firm(exchange, 9), "en") as seated:
        yield seated


def refused(bidder: BidderAtBrowser, code: str) -> None:
    """The page says at the top, with its code, why it does not go on."""
    expect(bidder.page.locator(".summary")).to_contain_text(f"[{code}]", timeout=PATIENCE)
    expect(bidder.button("bond")).to_have_count(0)


def changed(route: Route, old: bytes, new: bytes) -> None:
    """Let an answer pass with other bytes of the same length in it."""
    answer = route.fetch()
    body = answer.body()
    route.fulfill(response=answer, body=body.replace(old, new))


def test_a_manifest_of_the_record_is_taken(bidder: BidderAtBrowser, no: str) -> None:
    bidder.begin()
    bidder.check(no)
    good = bidder.page.locator(".note.good")
    expect(good.first).to_contain_text("the one that the manifest names")
    assert bidder.seen.troubles == []


def test_a_manifest_that_is_not_in_the_record_is_refused(bidder: BidderAtBrowser, no: str) -> None:
    role, other = b'"role":"notary"', b'"role":"centre"'
    bidder.page.route("**/log/tile/entries/**", lambda route: changed(route, role, other))
    bidder.begin()
    bidder.look_at(no)
    refused(bidder, "not-consistent")


def test_an_entry_whose_proof_does_not_hold_is_refused(bidder: BidderAtBrowser, no: str) -> None:
    def other_entry(route: Route) -> None:
        answer = route.fetch()
        proof = json.loads(answer.body())
        proof["entry"]["subject"] = "another"
        route.fulfill(response=answer, body=canonical(proof))

    bidder.page.route("**/log/proof/*", other_entry)
    bidder.begin()
    bidder.look_at(no)
    refused(bidder, "not-included")


def test_a_long_record_is_taken_entry_by_entry_and_the_page_says_so(
    bidder: BidderAtBrowser, no: str
) -> None:
    other = altered(PAGE_FILE.read_text("utf-8"), lambda script: script.replace(WHOLE, "0"))
    bidder.page.route(ADDRESS, lambda route: route.fulfill(body=other, headers=HTML))
    bidder.begin()
    bidder.look_at(no)
    warnings = bidder.page.locator(".note.warning")
    expect(warnings.filter(has_text="too long to be read through")).to_be_visible(timeout=PATIENCE)
    expect(bidder.page.locator("table")).to_contain_text("Notary")
    read = [one.url for one in bidder.seen.requests if "/log/tile/" in one.url]
    assert read == []


def test_a_log_without_its_witness_is_refused(bidder: BidderAtBrowser, no: str) -> None:
    def unwitnessed(route: Route) -> None:
        answer = route.fetch()
        lines = answer.text().split("\n")
        kept = [line for line in lines if not line.startswith("— demo/witness")]
        route.fulfill(response=answer, body="\n".join(kept))

    bidder.page.route("**/log/checkpoint", unwitnessed)
    bidder.page.route("**/log/proof/**", lambda route: route.abort())
    bidder.begin()
    bidder.look_at(no)
    refused(bidder, "not-witnessed")


def test_a_tender_that_nobody_published_is_refused(bidder: BidderAtBrowser) -> None:
    bidder.begin()
    bidder.look_at(UNKNOWN)
    refused(bidder, "not-in-record")


def test_a_page_whose_script_was_altered_is_told_by_its_hash(
    bidder: BidderAtBrowser, no: str
) -> None:
    other = altered(PAGE_FILE.read_text("utf-8"), lambda script: f"{script}/*more*/")
    bidder.page.route(ADDRESS, lambda route: route.fulfill(body=other, headers=HTML))
    bidder.begin()
    bidder.look_at(no)
    expect(bidder.page.locator(".note.refusal")).to_contain_text(
        "not a published sealing page", timeout=PATIENCE
    )
    expect(bidder.button("bond")).to_have_count(0)


def test_an_altered_script_does_not_run_under_the_policy_of_the_page(
    bidder: BidderAtBrowser,
) -> None:
    script = PAGE_FILE.read_text("utf-8").replace("<script>", "<script>/**/", 1)
    bidder.page.route(ADDRESS, lambda route: route.fulfill(body=script, headers=HTML))
    bidder.page.goto(f"{bidder.exchange.anonymous}/seal")
    expect(bidder.page.locator("#head p")).to_have_count(0)


def test_a_cookie_of_the_host_goes_along_with_nothing(bidder: BidderAtBrowser, no: str) -> None:
    bidder.begin()
    cookie = {"name": "session", "value": "known", "url": bidder.exchange.anonymous}
    bidder.context.add_cookies([cookie])  # type: ignore[list-item]  # the driver's own type
    bidder.check(no)
    assert bidder.seen.cookies() == []


def test_the_page_works_from_a_disk(
    bidder: BidderAtBrowser, no: str, tmp_path: Path, exchange: Exchange
) -> None:
    copy = tmp_path / "sealing.html"
    copy.write_bytes(PAGE_FILE.read_bytes())
    page = bidder.arrive(copy.as_uri())
    word = page.input_value("#passphrase")
    page.fill("#again", word)
    page.press("#again", "Enter")
    expect(page.locator("#tender")).to_be_visible(timeout=PATIENCE)
    page.set_input_files("#trust", exchange.trust)
    page.fill("#anonymous", exchange.anonymous)
    page.fill("#custodian", exchange.custodian)
    bidder.check(no)
    assert bidder.seen.hosts <= {
        f"localhost:{exchange.ports.anonymous}",
        f"127.0.0.1:{exchange.ports.custodian}",
    }


def test_a_bid_key_file_goes_to_the_client_program_and_back(
    bidder: BidderAtBrowser, no: str, tmp_path: Path
) -> None:
    bidder.begin()
    bidder.check(no)
    bidder.press("bond")
    bidder.pay(WITHOUT_BOND)
    kept = tmp_path / "bid-key.age"
    word = tmp_path / "word"
    word.touch(mode=0o600)
    word.write_text(bidder.keep_key(kept))
    words = ["bond", "restore", str(kept), "--passphrase-file", str(word)]
    token = bidder.firm.client(*words).facts["token"]
    expect(bidder.page.locator("tbody th code")).to_have_text(str(token))
    (held,) = [one for one in bidder.firm.tokens() if one["token"] == token]
    assert held["ready"]


def test_typed_text_outlives_a_closed_tab(bidder: BidderAtBrowser, no: str) -> None:
    bidder.begin()
    bidder.check(no)
    bidder.press("bond")
    bidder.pay(WITHOUT_BOND)
    bidder.press("offer")
    bidder.offer(2_400_000)
    expect(bidder.page.get_by_role("status")).to_have_text("saved")
    bidder.page.close()
    bidder.come_back()
    bidder.check(no)
    bidder.step("offer")
    expect(bidder.page.locator("#price")).to_have_value("2400000")


@pytest.mark.parametrize(
    ("language", "dark", "width"),
    [
        pytest.param("zh", False, 1366, marks=pytest.mark.long),
        ("en", True, 390),
        pytest.param("zh", True, 1366, marks=pytest.mark.long),
    ],
)
def test_every_step_is_accessible_and_fits(
    exchange: Exchange, chrome: Browser, no: str, language: str, width: int, *, dark: bool
) -> None:
    held = firm(exchange, 9)
    with bidder_at_browser(exchange, chrome, held, language, width=width, dark=dark) as bidder:
        bidder.arrive()
        looked_at(bidder.page)
        bidder.begin()
        looked_at(bidder.page)
        bidder.check(no)
        looked_at(bidder.page)
        bidder.press("bond")
        looked_at(bidder.page)
        bidder.pay(WITHOUT_BOND)
        bidder.press("offer")
        bidder.press("send")
        looked_at(bidder.page)
        bidder.offer(2_400_000)
        bidder.press("send")
        looked_at(bidder.page)
        bidder.seal()
        bidder.receipt()
        looked_at(bidder.page)
        assert bidder.seen.troubles == []


def looked_at(page: Page) -> None:
    """What is shown now has no fault for anybody and nothing cut off."""
    assert_accessible(page)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)


def test_a_wrong_passphrase_opens_nothing(bidder: BidderAtBrowser) -> None:
    bidder.begin()
    bidder.page.close()
    bidder.word = "wrong-wrong-wrong"
    bidder.page = bidder.context.new_page()
    page = bidder.arrive()
    page.fill("#passphrase", bidder.word)
    page.press("#passphrase", "Enter")
    expect(page.locator(".summary")).to_contain_text("[wrong-passphrase]", timeout=PATIENCE)


def test_the_first_load_is_small() -> None:
    about = json.loads((FOLDER / "sealing.json").read_text("utf-8"))
    assert 0 < about["compressed"] <= LIMIT
