"""A whole exchange for stories: real processes in a folder of their own, ended with the run.

    with running_exchange() as exchange:
        owner = exchange.page(exchange.person(Part.PURCHASER, Duty.PROJECT_OFFICER))
        owner.get("/desk")
        exchange.advance_to(deadline)

It is `python -m market.demo`, unchanged but for its ports, its folder and the pace of batches.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import urllib3

from market.accounts.signin.second_factor import code_at, step_of
from market.db.embedded import place
from market.demo.people.everybody import Everybody, everybody
from market.demo.people.kinds import Duty, Organisation, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import ONE_BY_ONE, Page
from market.demo.seed.house import PASSWORD, account_of, secret_of
from market.demo.stage import Ports
from market.kernel.clock import MachineClock
from market.protocol.encoding import canonical, stamp
from tests.support.memory import memory

ROOT: Final = Path(__file__).resolve().parents[2]
PACE: Final = "0.8"  # seconds between sealed batches; each costs 40 ms of work, in every exchange
START_WITHIN: Final = 600.0
END_WITHIN: Final = 180.0
NEIGHBOURS: Final = 7
OPEN: Final = "is open at"
HONEST: Final = "bidding.client"


@dataclass(frozen=True, slots=True)
class Said:
    """What the client answered: its exit code and what it told."""

    code: int
    told: dict[str, Any]
    raw: str

    @property
    def facts(self) -> dict[str, Any]:
        """What it told, when it was done; fails the story otherwise."""
        assert self.code == 0, self.raw
        return self.told


@dataclass
class Exchange:
    """A running exchange: addresses, clock, pages of people, clients of organisations."""

    folder: Path
    ports: Ports
    process: subprocess.Popen[bytes]
    """The foreground program."""
    cast: Everybody = field(default_factory=everybody)
    _pages: dict[str, Page] = field(default_factory=dict)
    _http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(timeout=120, retries=False, headers=ONE_BY_ONE)
    )

    # --- where things are -------------------------------------------------------------------------

    @property
    def var(self) -> Path:
        """The folder of the demonstration."""
        return self.folder / "var" / "demo"

    @property
    def trust(self) -> Path:
        """The trust file as it is handed out."""
        return self.var / "trust.json"

    @property
    def platform(self) -> str:
        """Where people go."""
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def anonymous(self) -> str:
        """Where bids go: another name, so that no cookie travels there."""
        return f"http://localhost:{self.ports.anonymous}"

    @property
    def custodian(self) -> str:
        """Where money goes."""
        return f"http://127.0.0.1:{self.ports.custodian}"

    def organisation_key(self, uscc: str) -> Path:
        """The signing key of an organisation, as its own programs find it."""
        return self.var / "people" / uscc / "organisation.key"

    def token(self, person: Person) -> str:
        """The token of a person's programs."""
        return (self.var / "people" / account_of(person) / "token").read_text()

    # --- who is who -------------------------------------------------------------------------------

    def person(self, part: Part, duty: Duty) -> Person:
        """The first person with a duty in the one organisation of a kind."""
        return self.cast.with_duty(duty, self.cast.the(part).uscc)[0]

    def clerk(self, firm: Organisation) -> Person:
        """Whoever bids for a firm."""
        return self.cast.with_duty(Duty.BID_CLERK, firm.uscc)[0]

    def page(self, person: Person) -> Page:
        """The browser of a person, signed in; each person signs in once in a run."""
        account = account_of(person)
        if account not in self._pages:
            page = Page(self.platform)
            for ahead in (0, 1):  # a code serves once; the next one is taken a little early
                code = code_at(secret_of(account), step_of(MachineClock().now()) + ahead)
                typed = {"account": account, "password": PASSWORD, "code": code}
                if not page.get("/sign-in").submit(typed, has="account").summary:
                    break
            assert not page.summary, page.summary
            self._pages[account] = page
        return self._pages[account]

    def visitor(self) -> Page:
        """A browser of somebody who is not signed in."""
        return Page(self.platform).get("/")

    # --- life and death ---------------------------------------------------------------------------

    def kill(self) -> None:
        """Kill the foreground program outright; it gets no chance to end what it started."""
        self.process.kill()
        self.process.wait()

    def end_in_order(self) -> int:
        """Ask the foreground program to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(END_WITHIN)

    def start_again(self) -> None:
        """Start it again in the same folder at the same ports; back when it is open."""
        self.process = _start(self.folder, self.ports, ())
        _wait_until_open(self.folder, self.process)

    # --- time -------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The exchange's moment."""
        shift = self.ask("/demo/clock.json")["shift_microseconds"]
        return MachineClock().now() + timedelta(microseconds=int(shift))

    def advance_to(self, moment: datetime) -> None:
        """Move the clock forward; whatever becomes due has happened when this answers."""
        answer = self._http.request(
            "POST",
            f"{self.platform}/api/v1/demo/clock",
            body=canonical({"to": stamp(moment)}),
            headers={**ONE_BY_ONE, "Content-Type": "application/json"},
        )
        assert answer.status == HTTPStatus.OK, (answer.status, answer.data[-2000:])

    def beat(self) -> None:
        """Let a second pass and whatever is due happen."""
        self.advance_to(self.now() + timedelta(seconds=1))

    def wait_for(self, condition: Callable[[], Any], within: float = 20.0) -> Any:
        """Look again and again until the condition holds; what it answered."""
        limit = time.monotonic() + within  # machine time: how long a story waits
        while True:
            found = condition()
            if found:
                return found
            assert time.monotonic() < limit, f"waited {within:g} seconds in vain"
            time.sleep(0.1)

    def witnessed(self, no: str, kind: str) -> dict[str, Any]:
        """The newest entry of a kind about a tender, once a witness has seen it."""

        def look() -> dict[str, Any] | None:
            found = self.entries(no, kind)
            return found[-1] if found else None

        entry: dict[str, Any] = self.wait_for(look, 60)
        path = f"/log/proof/{entry['index']}"
        self.wait_for(lambda: self.answer(path)[0] == HTTPStatus.OK, 60)
        return entry

    # --- programs ---------------------------------------------------------------------------------

    def home(self, name: str) -> Path:
        """The client's folder of somebody; made and set up the first time."""
        path = self.folder / "homes" / name
        if not path.exists():
            path.mkdir(parents=True, mode=0o700)
            options = ["--trust", str(self.trust), "--platform", self.platform]
            options += ["--anonymous", self.anonymous, "--custodian", self.custodian]
            self.client(path, *options, "setup").facts  # noqa: B018  fails unless it was done
        return path

    def client(
        self, home: Path, *arguments: str, who: Person | None = None, program: str = HONEST
    ) -> Said:
        """Run the client as a program of its own."""
        environment = {**os.environ, "CUSTODIAN_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT)}
        if who is not None:
            environment["MARKET_TOKEN"] = self.token(who)
        words = [sys.executable, "-m", program, "--home", str(home), "--json"]
        done = subprocess.run(
            [*words, "--language", "en", *arguments],
            env=environment,
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        try:
            told = json.loads(done.stdout)
        except ValueError:
            told = {}
        return Said(done.returncode, told, done.stdout + done.stderr)

    def verify(self, *arguments: str) -> Said:
        """Run the offline verifier."""
        done = subprocess.run(
            [sys.executable, "-m", "market.verify", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        return Said(done.returncode, {}, done.stdout + done.stderr)

    # --- reading ----------------------------------------------------------------------------------

    def answer(self, path: str) -> tuple[int, bytes]:
        """Ask the platform as nobody: status and body."""
        found = self._http.request("GET", f"{self.platform}{path}")
        return found.status, found.data

    def ask(self, path: str) -> Any:
        """The JSON of a public call; fails the story on anything but 200."""
        status, body = self.answer(path)
        assert status == HTTPStatus.OK, (path, status, body[:500])
        return json.loads(body)

    def tender(self, no: str) -> Any:
        """The public facts of a tender."""
        return self.ask(f"/api/v1/tenders/{no}")

    def entries(self, subject: str, kind: str) -> list[dict[str, Any]]:
        """The journal's entries of a kind about a subject."""
        found: list[dict[str, Any]] = self.ask(f"/log/entries?subject={subject}&type={kind}")[
            "items"
        ]
        return found


@contextmanager
def running_exchange(arguments: Sequence[str] = ("--bare",)) -> Iterator[Exchange]:
    """Start an exchange in a folder of its own; it and the folder are gone afterwards.

    The folder is kept, with all logs, if the block failed or `KEEP_EXCHANGE` is set.
    """
    folder = Path(tempfile.mkdtemp(prefix="yg-stories-", dir=memory()))
    ports = Ports(_free_neighbours())
    exchange = Exchange(folder, ports, _start(folder, ports, arguments))
    whole = False
    try:
        _wait_until_open(folder, exchange.process)
        yield exchange
        whole = "KEEP_EXCHANGE" not in os.environ
    finally:
        _end(exchange.process)
        if whole:
            # Where root started the servers their data may lie beside the folder.
            place.remove(folder / "var" / "demo")
            shutil.rmtree(folder, ignore_errors=True)
        else:
            sys.stderr.write(f"the exchange's folder is kept: {folder}\n")


def _start(folder: Path, ports: Ports, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.endswith("_URL")},
        "TMPDIR": str(memory() or tempfile.gettempdir()),
        "PYTHONPATH": str(ROOT),
        "PORT": str(ports.web),
        "MARKET_BATCH_SECONDS": PACE,
    }
    with (folder / "said").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "market.demo", *arguments],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_open(folder: Path, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_WITHIN
    while OPEN not in (folder / "said").read_text():
        words = (folder / "said").read_text()
        assert process.poll() is None, f"the exchange ended by itself:\n{words}"
        assert time.monotonic() < limit, f"the exchange did not open:\n{words}"
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()  # the kernel ends its children with it
            process.wait()


def _free_neighbours() -> int:
    """The first of seven neighbouring ports that nobody uses."""
    for first in range(21_000 + os.getpid() % 500 * 16, 32_000, NEIGHBOURS):
        taken = [port for port in range(first, first + NEIGHBOURS) if not _is_free(port)]
        if not taken:
            return first
    raise AssertionError("no seven neighbouring ports are free")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
