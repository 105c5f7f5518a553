"""Opening officers at a browser: signed in, with key files on a medium of their own.

Every request that leaves the browser is kept, so that a test can look for what must not be there.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from market.accounts.signin.second_factor import code_at, step_of
from market.demo.people.kinds import Person
from market.demo.seed.house import PASSWORD, account_of, secret_of
from market.kernel.clock import MachineClock
from tests.support.exchange import Exchange

LOCALES: Final = {"zh": "zh-CN", "en": "en-US"}
PATIENCE: Final = 30_000  # milliseconds of machine time for an act with its passphrase
PASSPHRASE: Final = re.compile(r"[0-9a-z]{4}(-[0-9a-z]{4}){4}")


@dataclass
class Sent:
    """Everything a browser has sent: addresses, headers, bodies."""

    raw: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def take(self, request: Request) -> None:
        """Keep one request."""
        body = request.post_data_buffer or b""
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        self.raw.append(f"{request.method} {request.url}\n{headers}\n{body.decode('latin-1')}")

    def holds(self, text: str) -> bool:
        """Whether some request had this text anywhere."""
        return any(text in one for one in self.raw)


@dataclass
class OfficerAtBrowser:
    """An officer with a browser, a key file and a passphrase on paper."""

    exchange: Exchange
    person: Person
    uscc: str
    role: str
    folder: Path
    context: BrowserContext
    page: Page
    sent: Sent
    word: str = ""

    @property
    def pool(self) -> Path:
        """The key file on the officer's medium."""
        return self.folder / "keys.age"

    def go(self, path: str) -> Page:
        """Open a page of the platform."""
        self.page.goto(self.exchange.platform + path)
        return self.page

    def sign_in(self) -> None:
        """Sign in with the second factor; a code serves once, so the next is tried too."""
        account = account_of(self.person)
        for ahead in (0, 1):
            self.go("/sign-in")
            self.page.fill("[name=account]", account)
            self.page.fill("[name$=password]", PASSWORD)
            code = code_at(secret_of(account), step_of(MachineClock().now()) + ahead)
            self.page.fill("[name$=code]", code)
            self.page.locator("[name$=code]").press("Enter")
            self.page.wait_for_load_state()
            if "/sign-in" not in self.page.url:
                return
        raise AssertionError("signing in was refused")

    def make_keys(self) -> None:
        """One click: the file lies on the medium, the passphrase is written down."""
        page = self.go("/desk/officer/keys")
        with page.expect_download() as saved:
            page.locator("[data-officer] > form button").click()
        saved.value.save_as(self.pool)
        shown = page.locator("[data-passphrase]")
        expect(shown).to_have_text(PASSPHRASE)
        self.word = shown.inner_text()

    def fill(self, no: str) -> Page:
        """Open a seat and choose the files; the button is not pressed yet."""
        page = self.go(f"/desk/officer/{no}")
        page.set_input_files("#pool", self.pool)
        page.fill("#passphrase", self.word)
        page.set_input_files("#organisation", self.exchange.organisation_key(self.uscc))
        return page

    def press(self) -> None:
        """The one button of the page."""
        self.page.locator("[data-officer] > form button").click()

    def acts(self, no: str) -> None:
        """What the seat asks for, done; the page says so."""
        self.fill(no)
        self.press()
        expect(self.page.locator("[data-further]")).to_be_visible(timeout=PATIENCE)


@contextmanager
def officer_at_browser(
    exchange: Exchange, browser: Browser, person: Person, role: str, language: str
) -> Iterator[OfficerAtBrowser]:
    """An officer who sits down at a browser of this language, signed in."""
    folder = exchange.folder / "media" / account_of(person)
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        locale=LOCALES[language],
        timezone_id="Asia/Shanghai",
        viewport={"width": 1366, "height": 768},
        accept_downloads=True,
    )
    page, sent = context.new_page(), Sent()
    context.on("request", sent.take)
    page.on("pageerror", lambda error: sent.troubles.append(str(error)))
    page.on(
        "console",
        lambda said: sent.troubles.append(said.text) if said.type == "error" else None,
    )
    uscc = person.organisation
    at = OfficerAtBrowser(exchange, person, uscc, role, folder, context, page, sent)
    at.sign_in()
    yield at
    context.close()
