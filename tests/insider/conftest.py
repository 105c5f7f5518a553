"""A house of bids for each test, and one evening before a deadline that many tests look at."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from celery import Celery
from flask import Flask
from sqlalchemy import Engine, create_engine

from market.db.processes import until
from market.features import FEATURES
from tests.insider.marked import Marked, enter, invent, sealed_by
from tests.insider.openly import paths
from tests.insider.programs import (
    SECONDS,
    Program,
    buy,
    queued,
    running,
    sequencing,
    submit,
    witnessing,
)
from tests.insider.searching import Mark, Piece, rows
from tests.support.bidding_bids import MadeBid
from tests.support.bidding_cast import House
from tests.support.bidding_fixtures import _copied, furnished, house
from tests.support.browsing import app_of
from tests.support.databases import Databases

__all__ = ["evening", "furnished", "house"]


@dataclass(frozen=True)
class Evening:
    """The hour before the deadline: three bids are in, all programs still run."""

    house: House
    bank_engine: Engine
    redis_url: str
    bidders: tuple[Marked, ...]
    made: tuple[MadeBid, ...]
    anonymous: Program
    platform: Program
    custodian: Program
    behind: dict[str, Program]
    """Worker, heartbeat, sequencer and witness, by name."""
    before: frozenset[bytes]
    """The rows of the platform when everybody had a token and nobody had bid."""
    answers: tuple[Piece, ...]

    @property
    def hosts(self) -> dict[str, Program]:
        """What answers people and their programs, by name."""
        return {
            "anonymous": self.anonymous,
            "platform": self.platform,
            "custodian": self.custodian,
        }

    @property
    def programs(self) -> dict[str, Program]:
        """Every program by name."""
        return self.hosts | self.behind

    @property
    def identities(self) -> dict[str, Mark]:
        """Everything that names a bidder."""
        return {
            f"{what} {index}": mark
            for index, bidder in enumerate(self.bidders)
            for what, mark in bidder.identity.items()
        }

    @property
    def secrets(self) -> dict[str, Mark]:
        """Everything that only the sealed bids say."""
        return {
            f"{what} {index}": mark
            for index, bidder in enumerate(self.bidders)
            for what, mark in bidder.secret.items()
        }

    @property
    def bids(self) -> dict[str, Mark]:
        """Everything by which the platform knows a tender or a bid."""
        marks: dict[str, Mark] = {"tender": self.house.no}
        for index, made in enumerate(self.made):
            marks |= {
                f"bid key {index}": made.wallet.bid_pub,
                f"act {index}": made.act.hash,
                f"token {index}": made.wallet.token.prepared,
                f"signature {index}": made.wallet.token.sigma,
            }
            for place, raw in enumerate(made.act.ciphertexts):
                marks[f"ciphertext {index}.{place}"] = raw
        return marks


@contextmanager
def behind(house: House, redis_url: str) -> Iterator[dict[str, Program]]:
    """The four programs behind the hosts; the sequencer takes the steps of the house."""
    with (
        witnessing(house) as witness,
        sequencing(house, witness) as sequencer,
        queued("worker", house, redis_url) as worker,
        queued("heartbeat", house, redis_url) as heartbeat,
    ):
        yield {
            "witness": witness,
            "sequencer": sequencer,
            "worker": worker,
            "heartbeat": heartbeat,
        }


def await_beats(redis_url: str, more: int) -> None:
    """Wait until the worker has carried out so many beats more."""
    with Celery("asks", broker=redis_url) as asks:

        def done() -> int:
            told = asks.control.inspect(timeout=5).stats() or {}
            return sum(one["total"].get("market.beat", 0) for one in told.values())

        wanted = done() + more
        assert until(lambda: done() >= wanted, within=SECONDS), "the worker does not beat"


@contextmanager
def beside(house: House) -> Iterator[Engine]:
    """A second look at the custodian's database."""
    engine = create_engine(house.bank.program.settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def evening(
    furnished: tuple[House, str, str],
    databases: Databases,
    redis_of_worker: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Evening]:
    """Three marked bidders buy, seal and submit through programs of their own."""
    folder: Path = tmp_path_factory.mktemp("evening")
    with ExitStack() as stack:
        house = stack.enter_context(contextmanager(_copied)(furnished, databases, folder))
        bank_engine = stack.enter_context(beside(house))
        bidders = tuple(enter(house, invent()) for _ in range(3))
        urls = {"custodian": house.bank.program.settings.database_url}
        own = house.engine.url.render_as_string(hide_password=False)
        hosts = {
            kind: stack.enter_context(running(kind, house, urls.get(kind, own), redis_of_worker))
            for kind in ("anonymous", "platform", "custodian")
        }
        others = stack.enter_context(behind(house, redis_of_worker))
        tokens = [
            buy(house, hosts["custodian"], house.bidder(one.name).wallet.holder) for one in bidders
        ]
        await_beats(redis_of_worker, 2)
        house.tick()
        before = frozenset(piece.raw for piece in rows(house.engine))
        made = tuple(
            sealed_by(house, one, token) for one, token in zip(bidders, tokens, strict=True)
        )
        for bid in made:
            submit(hosts["anonymous"], bid)
        await_beats(redis_of_worker, 2)
        house.tick()
        app: Flask = app_of(house.cast, FEATURES, redis_of_worker, house.folder)
        answers = tuple(
            Piece(f"answer {path}", b"\n".join([path.encode(), repr(headers).encode(), raw]))
            for path in paths(app, house)
            for _, headers, raw in [hosts["platform"].ask("GET", path)]
        )
        yield Evening(
            house, bank_engine, redis_of_worker, bidders, made, **hosts, behind=others,
            before=before, answers=answers,
        )  # fmt: skip


@pytest.fixture(scope="session")
def linux() -> None:
    """Other processes are looked into through /proc."""
    if sys.platform != "linux":
        pytest.skip("the memory of another process is read through /proc, which Linux alone has")
