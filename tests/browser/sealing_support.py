"""A bidder at the sealing page: everything by keyboard and mouse, as a bid clerk does it.

Every request that leaves the browser is kept, so that a test can look for what must not be there.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from bidding.sealing.page import FOLDER
from market.demo.seed.house import PASSWORD
from tests.support.exchange import Exchange
from tests.support.story_bidder import Firm

LOCALES: Final = {"zh": "zh-CN", "en": "en-US"}
PATIENCE: Final = 60_000  # milliseconds of machine time for one step
LONG: Final = 240_000  # milliseconds of machine time for tens of megabytes
PAGE_FILE: Final = FOLDER / "sealing.html"
DELIVERY: Final = "合同签订后 25 日"
PLAN: Final = "四台设备，分两批安装"
WORDS: Final = {
    "begin": ("设置", "Set up"),
    "open": ("打开", "Open"),
    "bond": ("继续：保证金", "Go on: bond"),
    "offer": ("继续：报价与文件", "Go on: offer and documents"),
    "send": ("继续：封装与提交", "Go on: seal and send"),
    "seal": ("封装并提交", "Seal and send"),
    "replace": ("封装并替换", "Seal and replace"),
    "hand-in": ("提交", "Send"),
    "change": ("替换或撤回", "Replace or withdraw"),
    "withdraw": ("撤回投标", "Withdraw the bid"),
    "withdraw-word": ("撤回", "withdraw"),
    "back-up": ("保存密钥文件", "Keep key file of token"),
    "give-up": ("交回令牌", "Give up token"),
    "claim": ("退款", "Claim"),
    "restore": ("取回令牌", "Take the token back"),
    "keep": ("保存回执", "Keep the receipt"),
    "check": ("核对", "Check"),
    "after": ("继续：开标之后", "Go on: after the opening"),
    "look": ("查看询问", "See what is asked"),
    "answer": ("签名并发送说明", "Sign and send the answer"),
    "word": ("签名并发送答复", "Sign and send your word"),
    "save-act": ("保存已签名的提交", "Keep the signed submission"),
    "keep-word": ("核对并保存凭证", "Check and keep the word"),
    "again": ("再次发送", "Send again"),
}
SAYS_WHO: Final = {"cookie", "referer"}
STEPS: Final = ("check", "bond", "offer", "send", "receipt", "after")


@dataclass
class Seen:
    """What a browser sent, and what its pages complained of."""

    requests: list[Request] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> set[str]:
        """Every host and port that was spoken to."""
        addresses = (urlsplit(request.url) for request in self.requests)
        return {at.netloc for at in addresses if at.scheme in {"http", "https"}}

    def cookies(self) -> list[str]:
        """Requests that carried a cookie or said from where they came."""
        return [
            request.url
            for request in self.requests
            if request.url.startswith("http") and SAYS_WHO & request.all_headers().keys()
        ]


@dataclass
class BidderAtBrowser:
    """A firm at a browser of its own, with its files and a passphrase on paper."""

    exchange: Exchange
    firm: Firm
    language: str
    context: BrowserContext
    page: Page
    seen: Seen
    word: str = ""

    def says(self, name: str) -> str:
        """The words of a button in this browser's language."""
        return WORDS[name][0 if self.language == "zh" else 1]

    def button(self, name: str) -> Any:
        """A button by its words."""
        return self.page.get_by_role("button", name=self.says(name), exact=True)

    def press(self, name: str) -> None:
        """Press a button."""
        self.button(name).click()

    def step(self, name: str) -> None:
        """Go to a step by the line of steps."""
        self.page.locator("#steps li button").nth(STEPS.index(name)).click()

    def arrive(self, address: str | None = None) -> Page:
        """Open the page."""
        self.page.goto(address or f"{self.exchange.anonymous}/seal")
        expect(self.page.locator("#passphrase")).to_be_visible()
        return self.page

    def begin(self) -> None:
        """Set up the store: the passphrase that was made is written down."""
        page = self.arrive()
        self.word = page.input_value("#passphrase")
        page.fill("#again", self.word)
        page.press("#again", "Enter")
        expect(page.locator("#tender")).to_be_visible(timeout=PATIENCE)

    def come_back(self) -> None:
        """A closed tab is opened again, and the store with its passphrase."""
        self.page = self.context.new_page()
        watch(self.page, self.seen)
        page = self.arrive()
        page.fill("#passphrase", self.word)
        page.press("#passphrase", "Enter")
        expect(page.locator("#tender")).to_be_visible(timeout=PATIENCE)

    def check(self, no: str) -> None:
        """The first step, until the way on is open."""
        self.look_at(no)
        expect(self.button("bond")).to_be_visible(timeout=PATIENCE)

    def look_at(self, no: str) -> None:
        """Ask for a tender."""
        self.page.fill("#tender", no)
        self.page.press("#tender", "Enter")

    def pay(self, fen: int) -> None:
        """Order a token, pay it at the bank, wait for it; the step of the bond must be shown."""
        page = self.page
        page.select_option("#amount", str(fen))
        page.fill("#uscc", self.firm.uscc)
        page.fill("#bank-word", PASSWORD)
        page.press("#bank-word", "Enter")
        if fen:
            expect(page.locator("#payment-code")).to_be_visible(timeout=PATIENCE)
            code = page.inner_text("#payment-code")
            account = page.inner_text("#payment-account")
            self.firm.pay({"pay_to": {"account": account}, "code": code}, fen)
        expect(page.get_by_role("button", name=self.says("back-up"))).to_be_visible(
            timeout=PATIENCE
        )
        expect(page.locator("#payment-code")).to_have_count(0, timeout=PATIENCE)

    def keep_key(self, path: Path) -> str:
        """Keep the key file of the only token; the passphrase that was shown."""
        with self.page.expect_download(timeout=PATIENCE) as saved:
            self.page.get_by_role("button", name=self.says("back-up")).click()
        saved.value.save_as(path)
        return self.page.inner_text(".passphrase")

    def offer(self, yuan: int, papers: Sequence[Path] = ()) -> None:
        """Type the offer and add documents; the step of the offer must be shown."""
        page = self.page
        page.fill("#price", str(yuan))
        page.fill("#delivery", DELIVERY)
        page.fill("#fact-delivery-days", "25")
        page.fill("#plan", PLAN)
        for paper in papers:
            page.set_input_files("#papers-technical", paper)
            name = page.get_by_role("rowheader", name=paper.name)
            expect(name).to_be_visible(timeout=LONG)

    def seal(self, name: str = "seal") -> None:
        """Choose the organisation's key and press the button; nothing is waited for."""
        self.page.set_input_files("#org-key", self.exchange.organisation_key(self.firm.uscc))
        self.press(name)

    def receipt(self) -> dict[str, Any]:
        """Wait until the receipt was redeemed, keep it, and read it."""
        expect(self.page.locator("#proof .good")).to_be_visible(timeout=LONG)
        with self.page.expect_download() as saved:
            self.press("keep")
        path = self.firm.home / "kept-receipt.json"
        saved.value.save_as(path)
        kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return kept


def watch(page: Page, seen: Seen) -> None:
    """Hear what a page complains of; that something is not there yet is no complaint."""
    page.on("pageerror", lambda error: seen.troubles.append(str(error)))

    def said(message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            seen.troubles.append(message.text)

    page.on("console", said)


@contextmanager
def bidder_at_browser(
    exchange: Exchange,
    browser: Browser,
    firm: Firm,
    language: str = "zh",
    *,
    width: int = 1366,
    dark: bool = False,
) -> Iterator[BidderAtBrowser]:
    """A firm that sits down at a browser of this language."""
    context = browser.new_context(
        locale=LOCALES[language],
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": 768},
        color_scheme="dark" if dark else "light",
        accept_downloads=True,
    )
    page, seen = context.new_page(), Seen()
    context.on("request", lambda request: seen.requests.append(request))  # noqa: PLW0108  the driver marks what it is given
    watch(page, seen)
    yield BidderAtBrowser(exchange, firm, language, context, page, seen)
    context.close()


def altered(raw: str, change: Callable[[str], str]) -> str:
    """The page with a changed script that its own policy lets run, as a dishonest host would."""
    found = re.search(r"<script>(.*)</script></body></html>$", raw, re.DOTALL)
    assert found is not None

    def source(script: str) -> str:
        return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    script, other = found[1], change(found[1])
    assert script != other
    return raw.replace(source(script), source(other)).replace(script, other)
