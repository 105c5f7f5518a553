"""The whole way of a bid by keyboard alone, in both languages, and its receipt on paper."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from market.demo.seed.house import PASSWORD
from tests.browser.accessibility import assert_accessible
from tests.browser.keyboard import Keyboard
from tests.browser.paper import is_a4, lay_on_paper, printed, words_on
from tests.browser.sealing_support import (
    DELIVERY,
    LONG,
    PATIENCE,
    PLAN,
    BidderAtBrowser,
    bidder_at_browser,
)
from tests.support.exchange import Exchange
from tests.support.papers import make_pdf
from tests.support.story_bidder import firm
from tests.support.story_owner import SMALL, WITHOUT_BOND, officers, published

FIRST = ".buttons .button:not(.second):not(.danger)"
"""The one button of a step that leads on."""
PRICE = {"zh": 2_350_000, "en": 2_360_000}
FIRMS = {"zh": 10, "en": 11}
ONLY_ON_SCREEN = (".buttons", "#steps", "#language", "footer")
WORDS = {
    "zh": ("演示环境", "回执", "受理时间", "打印时间", "经办人", "回执已兑现"),
    "en": ("Demonstration", "Receipt", "Accepted at", "Printed at", "Handled by", "holds"),
}


@dataclass(frozen=True)
class Arrived:
    """A bidder who came to the receipt with nothing but keys."""

    bidder: BidderAtBrowser
    kept: dict[str, Any]


@pytest.fixture(scope="module")
def no(exchange: Exchange) -> str:
    """A tender that takes bids without money."""
    made = published(exchange, "页面键盘", officers(exchange, SMALL), WITHOUT_BOND)
    exchange.wait_for(lambda: exchange.entries("sealing-page", "script"), 60)
    return made


@pytest.fixture(scope="module", params=["zh", "en"])
def arrived(
    request: pytest.FixtureRequest, exchange: Exchange, chrome: Browser, no: str
) -> Iterator[Arrived]:
    """The whole way, in each language."""
    language = request.param
    held = firm(exchange, FIRMS[language])
    with bidder_at_browser(exchange, chrome, held, language) as bidder:
        keys = Keyboard(bidder.arrive())
        _store(keys)
        _check(keys, bidder, no)
        _bond(keys, bidder)
        paper = make_pdf(held.home / "plan.pdf", "方案 / Plan", PLAN)
        _offer(keys, PRICE[language], paper)
        _send(keys, exchange.organisation_key(held.uscc))
        yield Arrived(bidder, _receipt(keys, held.home / "kept.json"))


def _store(keys: Keyboard) -> None:
    page = keys.page
    assert_accessible(page)
    word = page.input_value("#passphrase")
    keys.type_into("#again", word)
    page.keyboard.press("Enter")
    expect(page.locator("#tender")).to_be_visible(timeout=PATIENCE)


def _check(keys: Keyboard, bidder: BidderAtBrowser, no: str) -> None:
    keys.type_into("#tender", no)
    keys.page.keyboard.press("Enter")
    expect(bidder.button("bond")).to_be_visible(timeout=PATIENCE)
    keys.press_on("#language", "Space")
    expect(keys.page.locator("#language")).to_be_focused()
    keys.page.keyboard.press("Enter")  # and back again
    _onward(keys)


def _bond(keys: Keyboard, bidder: BidderAtBrowser) -> None:
    page = keys.page
    assert_accessible(page)
    keys.choose("amount", str(WITHOUT_BOND))
    keys.type_into("#uscc", bidder.firm.uscc)
    keys.type_into("#bank-word", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("td .button")).to_be_visible(timeout=PATIENCE)
    with page.expect_download(timeout=PATIENCE):
        keys.press_on("td .button", "Space")
    expect(page.locator(".passphrase")).to_be_visible()
    _onward(keys)


def _offer(keys: Keyboard, yuan: int, paper: Path) -> None:
    page = keys.page
    keys.type_into("#price", str(yuan))
    keys.type_into("#delivery", DELIVERY)
    keys.type_into("#fact-delivery-days", "25")
    keys.type_into("#plan", PLAN)
    keys.choose_file("#papers-technical", paper)
    expect(page.get_by_role("rowheader", name=paper.name)).to_be_visible(timeout=LONG)
    _onward(keys)


def _send(keys: Keyboard, key: Path) -> None:
    assert_accessible(keys.page)
    keys.choose_file("#org-key", key)
    keys.press_on(FIRST)
    expect(keys.page.locator("#proof .good")).to_be_visible(timeout=LONG)
    assert_accessible(keys.page)


def _receipt(keys: Keyboard, path: Path) -> dict[str, Any]:
    with keys.page.expect_download() as saved:
        keys.press_on(FIRST, "Space")
    saved.value.save_as(path)
    kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return kept


def _onward(keys: Keyboard) -> None:
    """Go to the one button that leads on; the next step begins at its title."""
    page = keys.page
    expect(page.locator(FIRST)).to_be_visible(timeout=PATIENCE)
    assert_accessible(page)
    keys.press_on(FIRST)
    expect(page.locator("#title")).to_be_focused()


def test_a_bid_goes_from_check_to_receipt_by_keyboard_alone(arrived: Arrived, no: str) -> None:
    assert arrived.kept["receipt"]["tender"] == no
    assert arrived.kept["redemption"]["type"] == "yg/redemption/v1"
    assert arrived.bidder.seen.troubles == []
    assert arrived.bidder.seen.cookies() == []


def test_the_receipt_is_one_sheet_of_a4_with_what_proves_it(arrived: Arrived, no: str) -> None:
    bidder, receipt = arrived.bidder, arrived.kept["receipt"]
    page = bidder.page
    expect(page.locator(".paper")).to_be_hidden()
    _on_paper(page)
    (sheet,) = printed(page).pages
    assert is_a4(sheet)
    text = words_on([sheet])
    for words in WORDS[bidder.language]:
        assert "".join(words.split()) in text
    for proof in (no, receipt["at"], receipt["submission_hash"], receipt["signature"]):
        assert proof in text


def _on_paper(page: Page) -> None:
    lay_on_paper(page)
    for only in ONLY_ON_SCREEN:
        assert page.locator(only).locator("visible=true").count() == 0, only
