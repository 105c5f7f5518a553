"""Two anonymous hosts as processes of their own, with one database and one clock between them."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from market.protocol.encoding import parse
from market.protocol.receipts import Receipt, read_receipt
from market.protocol.signing import public_bytes
from tests.insider.programs import SECONDS, Answer, Program, running
from tests.support.bidding_bids import MadeBid
from tests.support.bidding_cast import House
from tests.support.bidding_fixtures import _copied
from tests.support.databases import Databases

TICK = timedelta(microseconds=1)
CLOCK = "test_moment"
JSON = {"Content-Type": "application/json"}


@dataclass
class Two:
    """A house with two anonymous hosts that share a clock; `fresh` makes bidders."""

    house: House
    hosts: tuple[Program, Program]
    names: Iterator[int] = field(default_factory=count)

    def put_clock(self, at: datetime) -> None:
        """Both hosts read this moment from now on."""
        with self.house.engine.begin() as connection:
            connection.execute(text(f"UPDATE {CLOCK} SET at = :at"), {"at": at})  # noqa: S608  our own name

    def fresh(self, *, sent: bool = False) -> MadeBid:
        """A bid of a new bidder with its ciphertexts left; handed in long before if `sent`."""
        made = self.house.bid(f"firm{next(self.names)}")
        self.house.upload(made)
        if sent:
            self.house.send(made.act)
        return made

    def receipt(self, answer: Answer) -> Receipt:
        """The receipt that a host answered with."""
        status, _, raw = answer
        assert status == 200, raw
        said = parse(raw)
        assert isinstance(said, dict)
        return read_receipt(said["answer"], public_bytes(self.house.held.receipt))


@pytest.fixture(scope="session")
def two(
    furnished: tuple[House, str, str],
    databases: Databases,
    redis_of_worker: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Two]:
    """Two processes, each with its own pool of connections."""
    folder: Path = tmp_path_factory.mktemp("two")
    with ExitStack() as stack:
        house = stack.enter_context(contextmanager(_copied)(furnished, databases, folder))
        with house.engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE {CLOCK} (at timestamptz NOT NULL)"))
            connection.execute(text(f"INSERT INTO {CLOCK} VALUES (:at)"), {"at": house.clock.at})  # noqa: S608  our own name
        own = house.engine.url.render_as_string(hide_password=False)
        first, second = (
            stack.enter_context(
                running("anonymous", house, own, redis_of_worker, name=name, clock=CLOCK)
            )
            for name in ("first", "second")
        )
        yield Two(house, (first, second))


def complete_at(
    host: Program,
    raw: bytes,
    path: str,
    headers: dict[str, str],
    last_byte: Callable[[], None],
    method: str = "POST",
) -> Answer:
    """A request whose last byte is sent after `last_byte` was called: it began long before."""
    line = http.client.HTTPConnection("127.0.0.1", host.port, timeout=SECONDS)
    try:
        line.putrequest(method, path)
        for name, value in headers.items():
            line.putheader(name, value)
        line.putheader("Content-Length", str(len(raw)))
        line.endheaders(raw[:-1] or None)
        last_byte()
        line.send(raw[-1:])
        answer = line.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        line.close()


def told(answer: Answer) -> str:
    """The code of a refusal, or "done"."""
    status, _, raw = answer
    if status in (200, 201, 204):
        return "done"
    return str(json.loads(raw)["code"])
