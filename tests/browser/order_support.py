"""Parties of an order at their browsers: forms, buttons, key files under a passphrase."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page, expect

from market.demo.people.kinds import Person
from market.protocol import age
from tests.browser.keyboard import Keyboard
from tests.browser.looking import look
from tests.browser.visits import Visits
from tests.support.exchange import Exchange

WORD: Final = "0123-4567-89ab-cdef-ghjk"
WAIT: Final = 60_000  # milliseconds of machine time for an act with its passphrase
TYPED: Final = "main form[data-draft]"
"""The form of a page that is sent; a part that a script alone fills in keeps nothing."""
TROUBLE: Final = "main .summary:visible"
Typed = Mapping[str, str | Sequence[str]]


def enter(page: Page, typed: Typed, files: Mapping[str, Path] | None = None) -> None:
    """Fill in the form of a page and send it; it must be taken."""
    form = page.locator(TYPED)
    for name, value in typed.items():
        one = form.locator(f"[name={name}]")
        kind = one.first.evaluate("(field) => field.type")
        if kind in {"radio", "checkbox"}:
            for each in [value] if isinstance(value, str) else value:
                form.locator(f"[name={name}][value='{each}']").check()
        elif kind == "select-one":
            one.select_option(value)
        else:
            assert isinstance(value, str)
            one.fill(value)
    for name, file in (files or {}).items():
        form.locator(f"[name={name}]").set_input_files(file)
    go(page, form.locator("button[type=submit]"))


def go(page: Page, what: Locator) -> None:
    """Press what leads on; nothing may be wrong where it leads."""
    with page.expect_navigation():
        what.click()
    told = [one.inner_text() for one in page.locator(TROUBLE).all()]
    assert told == [], (page.url, told)


def sealed_key(exchange: Exchange, uscc: str, folder: Path) -> Path:
    """The signing key of an organisation as its own program keeps it: under a passphrase."""
    file = folder / f"{uscc}.age"
    raw = exchange.organisation_key(uscc).read_bytes()
    file.write_bytes(age.write_passphrase(WORD, raw, work=10))
    return file


@dataclass
class AtOrder:
    """A party at the page of its order, in its language."""

    visit: Visits
    no: str
    person: Person
    language: str
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.visit(f"/orders/{self.no}", self.person, language=self.language)

    def open(self) -> Page:
        """The order as it stands now."""
        self.page.goto(f"{self.visit.exchange.platform}/orders/{self.no}")
        return self.page

    def press(self, act: str) -> Page:
        """Press a button of the order."""
        page = self.open()
        go(page, page.locator(f"main form[action$='/{act}'] button"))
        look(page, narrow=True)
        return page

    def follow(self, act: str) -> Page:
        """Go to a form that the order's page leads to."""
        page = self.open()
        page.locator(f"main a[href$='/forms/{act}']").click()
        page.wait_for_url(re.compile(rf"/forms/{act}$"))
        look(page, narrow=True)
        return page

    def fill(self, act: str, typed: Typed, files: Mapping[str, Path] | None = None) -> Page:
        """Fill in a form of the order."""
        page = self.follow(act)
        enter(page, typed, files)
        expect(page).to_have_url(re.compile(rf"/orders/{self.no}(#.*)?$"))
        return page

    def sign_with(self, key: Path) -> Page:
        """Sign by mouse with a key file that lies open; the signature stands in the form."""
        page = self.follow("signature")
        page.set_input_files("#sign-organisation", key)
        page.locator("[data-sign] form button").click()
        return self._signed(page)

    def sign_by_keyboard(self, key: Path, word: str) -> Page:
        """Sign by keyboard alone with a key file under a passphrase."""
        page = self.follow("signature")
        keys = Keyboard(page)
        keys.skip_to_content()
        keys.choose_file("#sign-organisation", key)
        keys.type_into("#sign-passphrase", word)
        keys.press_on("[data-sign] form button")
        return self._signed(page)

    def _signed(self, page: Page) -> Page:
        expect(page.locator("[data-further]")).to_be_visible(timeout=WAIT)
        send = page.locator(f"{TYPED} button[type=submit]")
        expect(send).to_be_focused()
        look(page, narrow=True)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator(TROUBLE).count() == 0, page.locator(TROUBLE).inner_text()
        return page


@dataclass(frozen=True)
class Read:
    """A page as a browser holds it, for who reads its tables."""

    body: bytes

    @classmethod
    def of(cls, page: Page) -> "Read":
        """What stands on it now."""
        return cls(page.content().encode())
