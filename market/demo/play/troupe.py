"""Whom the plays act through: people at browsers without scripts, programs, and the clock.

Everything goes over HTTP, through the same pages and calls that visitors use, so that what the
demonstration shows was done and not made up: every proof of it verifies.
"""

import io
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar

import typst
import urllib3

from bidding.client.main import main as client
from bidding.client.organisations import OrganisationSecret, open_organisation_key
from bidding.client.profile import Addresses, Profile
from market.accounts.signin.second_factor import code_at, step_of
from market.demo.media import KEY_FILE, ORGANISATION_KEY, PASSPHRASE
from market.demo.people.everybody import Everybody, everybody
from market.demo.people.kinds import Duty, Organisation, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import ONE_BY_ONE, Page
from market.demo.seed.house import PASSWORD, account_of, secret_of
from market.demo.stage import Stage
from market.kernel.clock import MachineClock
from market.protocol import keypool
from market.protocol.age import recipient_of
from market.protocol.encoding import canonical, stamp

R = TypeVar("R")
PATIENCE: Final = 120.0  # seconds of machine time that the troupe waits for one thing
PAUSE: Final = 0.1  # seconds between two looks
POOL: Final = 20  # keys that an officer of the troupe makes at once


class PlayFailed(Exception):
    """A step of the play was refused or did not come about: the demonstration does not open."""


class Interrupted(Exception):
    """Somebody ended the demonstration while it was being filled."""


@dataclass
class Troupe:
    """The cast at work at one running demonstration."""

    stage: Stage
    stop: threading.Event
    cast: Everybody = field(default_factory=everybody)
    _pages: dict[str, Page] = field(default_factory=dict)
    _pools: dict[str, dict[str, str]] = field(default_factory=dict)
    _http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(timeout=120, retries=False, headers=ONE_BY_ONE)
    )

    # --- people -----------------------------------------------------------------------------------

    def person(self, part: Part, duty: Duty) -> Person:
        """The first person with a duty in the one organisation of a kind."""
        return self.cast.with_duty(duty, self.cast.the(part).uscc)[0]

    def clerk(self, firm: Organisation) -> Person:
        """Whoever bids for a firm."""
        return self.cast.with_duty(Duty.BID_CLERK, firm.uscc)[0]

    def page(self, person: Person) -> Page:
        """The browser of a person, signed in; each signs in once."""
        account = account_of(person)
        if account not in self._pages:
            page = Page(self.stage.platform_url)
            for ahead in (-1, 0, 1):  # a code serves once
                code = code_at(secret_of(account), step_of(MachineClock().now()) + ahead)
                typed = {"account": account, "password": PASSWORD, "code": code}
                if not page.get("/sign-in").submit(typed, has="account").summary:
                    break
            fine(page)
            self._pages[account] = page
        return self._pages[account]

    def visitor(self) -> Page:
        """A browser of somebody who is not signed in."""
        return Page(self.stage.platform_url)

    # --- programs ---------------------------------------------------------------------------------

    def folder(self, name: str) -> Path:
        """What somebody keeps on a machine of their own."""
        path = self.stage.directory / "people" / name
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def organisation_key(self, uscc: str) -> Path:
        """The signing key of an organisation, as its own programs find it."""
        return self.folder(uscc) / ORGANISATION_KEY

    def runs(self, home: Path, *arguments: str, who: Person | None = None) -> dict[str, Any]:
        """Run the client program; what it told. `PlayFailed` if it was refused."""
        self.look()
        said = io.StringIO()
        words = ["--home", str(home), "--json", "--language", "en", *self._where(), *arguments]
        code = client(words, said, environment=self._environment(who))
        if code:
            raise PlayFailed(f"client {' '.join(arguments)}: {said.getvalue()}")
        told: dict[str, Any] = json.loads(said.getvalue())
        return told

    def profile(self, home: Path, who: Person) -> Profile:
        """A profile for a function of the client that the troupe calls by itself."""
        urls = self.stage
        addresses = Addresses(
            urls.platform_url, urls.anonymous_url, urls.custodian_url, urls.witness_url
        )
        return Profile(
            home, urls.trust_file, addresses, "en", lambda _: "", self._environment(who), wait=60
        )

    def signer(self, person: Person) -> OrganisationSecret:
        """The signing key of somebody's organisation, in that person's hand."""
        profile = self.profile(self.folder(account_of(person)), person)
        return open_organisation_key(profile, self.organisation_key(person.organisation), None)

    def pool(self, person: Person) -> dict[str, str]:
        """An officer's keys; the file and its passphrase are made the first time."""
        account = account_of(person)
        if account not in self._pools:
            home, word = self.folder(account), keypool.new_passphrase()
            made = keypool.new_pool(POOL)
            keep_private(home / KEY_FILE, keypool.seal_pool(made, word))
            keep_private(home / PASSPHRASE, word.encode())
            self._pools[account] = {recipient_of(one): one for one in made}
        return self._pools[account]

    def _where(self) -> list[str]:
        urls = self.stage
        return [
            *("--trust", str(urls.trust_file), "--platform", urls.platform_url),
            *("--anonymous", urls.anonymous_url, "--custodian", urls.custodian_url),
        ]

    def _environment(self, who: Person | None) -> dict[str, str]:
        given = {"CUSTODIAN_PASSWORD": PASSWORD}
        if who is not None:
            token = self.stage.directory / "people" / account_of(who) / "token"
            given["MARKET_TOKEN"] = token.read_text()
        return given

    # --- time -------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The demonstration's moment."""
        shift = self.ask("/demo/clock.json")["shift_microseconds"]
        return MachineClock().now() + timedelta(microseconds=int(shift))

    def go_to(self, moment: datetime) -> None:
        """Move the clock forward; what falls due on the way has happened when this answers."""
        body = canonical({"to": stamp(moment)})
        self.post(f"{self.stage.platform_url}/api/v1/demo/clock", body)

    def beat(self) -> None:
        """Let a second pass and whatever is due happen."""
        self.go_to(self.now() + timedelta(seconds=1))

    def until(self, condition: Callable[[], R], *, beating: bool = False) -> R:
        """Look until something holds, `beating` between; `PlayFailed` if it never does."""
        limit = time.monotonic() + PATIENCE  # machine time: how long a person would wait
        while True:
            self.look()
            if beating:
                self.beat()
            found = condition()
            if found:
                return found
            if time.monotonic() > limit:
                raise PlayFailed(f"waited {PATIENCE:g} seconds in vain")
            self.stop.wait(PAUSE)

    def look(self) -> None:
        """Go on, or `Interrupted`."""
        if self.stop.is_set():
            raise Interrupted

    # --- reading ----------------------------------------------------------------------------------

    def answer(self, path: str) -> tuple[int, bytes]:
        """Ask the platform as nobody: status and body."""
        found = self._http.request("GET", f"{self.stage.platform_url}{path}")
        return found.status, found.data

    def ask(self, path: str) -> dict[str, Any]:
        """The JSON of a public call."""
        status, body = self.answer(path)
        if status != HTTPStatus.OK:
            raise PlayFailed(f"{path}: {status} {body[:300]!r}")
        found: dict[str, Any] = json.loads(body)
        return found

    def post(self, url: str, body: bytes, token: str = "") -> dict[str, Any]:
        """Send JSON somewhere; what came back."""
        headers = {**ONE_BY_ONE, "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        found = self._http.request("POST", url, body=body, headers=headers)
        if found.status != HTTPStatus.OK:
            raise PlayFailed(f"{url}: {found.status} {found.data[:600]!r}")
        value: dict[str, Any] = json.loads(found.data)
        return value

    def entries(self, subject: str, kind: str) -> list[dict[str, Any]]:
        """The public record's entries of a kind about a subject."""
        found: list[dict[str, Any]] = self.ask(f"/log/entries?subject={subject}&type={kind}")[
            "items"
        ]
        return found

    def witnessed(self, subject: str, kind: str, count: int = 1) -> None:
        """Wait until so many entries of a kind about a subject stand under a witnessed head."""

        def enough() -> list[dict[str, Any]]:
            entries = self.entries(subject, kind)
            return entries if len(entries) >= count else []

        found = self.until(enough)
        path = f"/log/proof/{found[-1]['index']}"
        self.until(lambda: self.answer(path)[0] == HTTPStatus.OK)


def keep_private(path: Path, raw: bytes) -> None:
    """Write a file that only its owner reads."""
    path.touch(mode=0o600)
    path.write_bytes(raw)


def fine(page: Page) -> Page:
    """The page, after a step that was not refused; else `PlayFailed`."""
    if page.status != HTTPStatus.OK or page.summary:
        said = page.summary or page.text[:600]
        raise PlayFailed(f"{page.url}: {page.status} {said}")
    return page


def paper(folder: Path, name: str, title: str, words: str = "") -> Path:
    """A page of text as PDF, made once."""
    path = folder / name
    if not path.exists():
        source = f"#set page(width: 210mm, height: 297mm)\n= {title}\n{words}\n"
        path.write_bytes(typst.compile(source.encode(), format="pdf"))
    return path
