"""Visits of people at a browser: who, in which language, on which screen; and what went wrong."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, StorageState

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import account_of
from market.demo.stage import Ports
from tests.support.exchange import Exchange

FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
LOCALES: Final[Mapping[str, str]] = {"zh": "zh-CN", "en": "en-US"}
HEIGHTS: Final[Mapping[int, int]] = {1366: 768, 390: 844}
ZOOM: Final = 1.5
"""For a reader who enlarges every page by half: of 1366 by 768 remain 911 by 512."""
OFFENCES: Final = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""
"""What a page tells of offences against its content policy, in words the recorder hears."""
HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
"""The hidden fields of a form, as `form.html` writes them."""
MISSING: Final = "Failed to load resource"
"""Chromium's words for an answer that is an error: pages that ask for one say so by status."""


def find_chromium() -> str | None:
    """Where Chromium is on this machine."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def at(running: str) -> Exchange:
    """The demonstration that `EXCHANGE=<its folder>:<PORT>` names; it is left as it is."""
    folder, _, port = running.rpartition(":")
    nothing = subprocess.Popen([sys.executable, "-c", ""])
    nothing.wait()
    return Exchange(Path(folder), Ports(int(port)), nothing)


@dataclass
class Visits:
    """Opens pages; `troubles` is everything that no page may do."""

    exchange: Exchange
    chrome: Browser
    known: dict[tuple[str, str], StorageState]
    troubles: list[str] = field(default_factory=list)
    _open: list[BrowserContext] = field(default_factory=list)

    def __call__(
        self,
        path: str,
        person: Person | None = None,
        *,
        language: str = "zh",
        dark: bool = False,
        width: int = 1366,
        zoom: float = 1,
    ) -> Page:
        """Open a page of the platform in a browser of its own."""
        looks = self.browser(person, language=language, dark=dark, width=width, zoom=zoom)
        page = looks.new_page()
        page.goto(self.exchange.platform + path)
        return page

    def browser(
        self,
        person: Person | None = None,
        *,
        language: str = "zh",
        dark: bool = False,
        width: int = 1366,
        zoom: float = 1,
    ) -> BrowserContext:
        """A browser of somebody, signed in; everything it does is listened to."""
        state = None if person is None else self._signed_in(account_of(person))
        context = self._context(state, language, width, dark=dark, zoom=zoom)
        self._open.append(context)
        return context

    def person(self, part: Part, duty: Duty) -> Person:
        """The first person with a duty in the one organisation of a kind."""
        return self.exchange.person(part, duty)

    def end(self) -> None:
        """Close every browser that was opened."""
        while self._open:
            self._open.pop().close()

    def _context(
        self, state: StorageState | None, language: str, width: int, *, dark: bool, zoom: float = 1
    ) -> BrowserContext:
        context = self.chrome.new_context(
            storage_state=state,
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            viewport={
                "width": round(width / zoom),
                "height": round(HEIGHTS.get(width, 768) / zoom),
            },
            device_scale_factor=zoom,
        )
        context.add_init_script(OFFENCES)
        context.on("request", self._heard_request)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("console", self._heard_words)
        return context

    def _signed_in(self, account: str) -> StorageState:
        """The cookies of somebody, who signs in with the one click of the demonstration."""
        key = (self.exchange.platform, account)
        if key not in self.known:
            context = self._context(None, "en", 1366, dark=False)
            at = f"{self.exchange.platform}/demo/people/{account}"
            _, _, main = context.request.get(at).text().partition("<main")
            sent: dict[str, str | float | bool] = dict(HIDDEN.findall(main))
            answer = context.request.post(at, form=sent)
            assert answer.url == f"{self.exchange.platform}/desk", (answer.url, answer.status)
            self.known[key] = context.storage_state()
            context.close()
        return self.known[key]

    def _heard_request(self, request: Request) -> None:
        at = urlsplit(request.url)
        allowed = {
            urlsplit(address).netloc
            for address in (
                self.exchange.platform,
                self.exchange.anonymous,
                self.exchange.custodian,
            )
        }
        if at.scheme in {"http", "https", "ws", "wss"} and at.netloc not in allowed:
            self.troubles.append(f"request to {at.netloc}: {request.url}")

    def _heard_words(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(MISSING):
            self.troubles.append(f"console on {message.page and message.page.url}: {message.text}")
