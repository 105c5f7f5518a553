"""An office for tests: real database, stopped clock, the published calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from market.command import Listener, Office
from market.kernel.clock import StoppedClock
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar
from market.settings import Settings

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""2026-03-02 09:00 Asia/Shanghai."""


@dataclass
class TestOffice:
    """An office and the clock it looks at; tests move the clock by hand."""

    __test__ = False

    office: Office
    clock: StoppedClock
    settings: Settings


def make_office(
    engine: Engine, at: datetime = MORNING, listeners: Sequence[Listener] = ()
) -> TestOffice:
    """An office on this engine whose clock stands at `at`."""
    clock = StoppedClock(at)
    calendar = WorkCalendar(SEED)
    sessions = sessionmaker(engine, expire_on_commit=False)
    office = Office(sessions, clock, lambda _: calendar, listeners)
    return TestOffice(office, clock, settings_for(Path("var/test")))


def settings_for(var: Path) -> Settings:
    """Settings of a test: nothing in them is reached unless a test starts it."""
    return Settings(
        mode="test",
        database_url="postgresql+psycopg://nowhere/none",
        redis_url="redis://127.0.0.1:1/0",
        secret_key="0" * 64,
        platform_url="http://127.0.0.1:1",
        anonymous_url="http://127.0.0.1:1",
        custodian_url="http://127.0.0.1:1",
        witness_urls=(),
        origin="test/journal",
        keys=var / "keys",
        files=var / "files",
        sealed_files=var / "sealed",
        trust_file=var / "trust.json",
        batch_seconds=5,
    )
