"""What the sealing page says of witnesses: which of them were checked, and whose word it holds."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest
import urllib3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, Route, expect

from market.protocol.encoding import canonical
from market.protocol.notes import COSIGNER, verifier_key
from market.protocol.receipts import drop_receipt
from market.protocol.signing import new_key, public_bytes
from tests.browser.accessibility import assert_accessible
from tests.browser.sealing_support import LONG, BidderAtBrowser, bidder_at_browser
from tests.support.exchange import Exchange
from tests.support.story_bidder import firm
from tests.support.story_owner import SMALL, WITHOUT_BOND, officers, published

PRICE: Final = 2_500_000
SECOND: Final = "second.example/witness"
LATER: Final = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def no(exchange: Exchange) -> str:
    """A tender that takes bids without money."""
    made = published(exchange, "两个见证机构", officers(exchange, SMALL), WITHOUT_BOND)
    exchange.wait_for(lambda: exchange.entries("sealing-page", "script"), 60)
    return made


@pytest.fixture(scope="module")
def second() -> Ed25519PrivateKey:
    """The key of another witness, who has not cosigned this log."""
    return new_key()


@pytest.fixture
def bidder(
    exchange: Exchange, chrome: Browser, second: Ed25519PrivateKey
) -> Iterator[BidderAtBrowser]:
    """A bidder at an empty browser, whose trust file names two witnesses and asks for one."""
    key = verifier_key(SECOND, COSIGNER, public_bytes(second))

    def trusting_both(route: Route) -> None:
        answer = route.fetch()
        told = json.loads(answer.body())
        told["trust"]["witnesses"].append(str(key))
        route.fulfill(response=answer, body=canonical(told))

    with bidder_at_browser(exchange, chrome, firm(exchange, 9), "en") as seated:
        seated.page.route("**/seal/deployment.json", trusting_both)
        yield seated


def keep(page: Page, bidder: BidderAtBrowser, file: Path, word: bytes) -> None:
    """Hand the page a word of a witness."""
    file.write_bytes(word)
    page.set_input_files("#word-file", file)
    bidder.press("keep-word")


def test_it_is_said_which_witness_was_checked_and_each_ones_word_is_kept(
    exchange: Exchange, no: str, bidder: BidderAtBrowser, second: Ed25519PrivateKey, tmp_path: Path
) -> None:
    page, word = bidder.page, tmp_path / "word.json"
    bidder.begin()
    bidder.check(no)
    seen = "demo/witness cosigned the checkpoint: checked (the trust file names 2, 1 needed)"
    expect(page.locator("dl.facts")).to_contain_text(seen)
    bidder.press("bond")
    bidder.pay(WITHOUT_BOND)
    bidder.press("offer")
    bidder.offer(PRICE)
    bidder.press("send")
    page.route("**/acts", lambda route: route.abort())
    bidder.seal()
    expect(page.locator(".summary")).to_contain_text("[no-answer]", timeout=LONG)
    page.locator("details > summary", has_text="leave it with the witness").click()
    with page.expect_download() as saved:
        bidder.press("save-act")
    saved.value.save_as(act := tmp_path / "submission.json")
    witness = f"http://127.0.0.1:{exchange.ports.witness}/drop"
    answer = urllib3.request("POST", witness, body=act.read_bytes())
    assert answer.status == HTTPStatus.OK
    keep(page, bidder, word, answer.data.replace(no.encode(), no.encode()[:-1] + b"x"))
    expect(page.locator(".summary")).to_contain_text("[bad-signature]")
    keep(page, bidder, word, answer.data + b"\n")
    good = page.locator("details .note.good")
    expect(good).to_contain_text("demo/witness has kept")
    expect(good).to_contain_text(f"also names {SECOND}, whose word is not here")
    assert_accessible(page)
    for raw in (b"another submission", act.read_bytes()):
        keep(page, bidder, word, canonical(drop_receipt(raw, no, LATER, second)))
        if raw != act.read_bytes():
            expect(page.locator(".summary")).to_contain_text("[drop-differs]")
    expect(good).to_contain_text(f"{SECOND} has kept")
    expect(good).to_contain_text("demo/witness has kept")
    expect(good).not_to_contain_text("whose word is not here")
    page.unroute("**/acts")
    bidder.press("again")
    expect(page.locator("#proof .good")).to_be_visible(timeout=LONG)
    assert bidder.seen.troubles == []
