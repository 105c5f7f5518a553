"""An office for tests: real database, stopped clock, the published calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from market.command import Listener, Office
from market.kernel.clock import StoppedClock
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""2026-03-02 09:00 Asia/Shanghai."""


@dataclass
class TestOffice:
    """An office and the clock it looks at; tests move the clock by hand."""

    __test__ = False

    office: Office
    clock: StoppedClock


def make_office(
    engine: Engine, at: datetime = MORNING, listeners: Sequence[Listener] = ()
) -> TestOffice:
    """An office on this engine whose clock stands at `at`."""
    clock = StoppedClock(at)
    calendar = WorkCalendar(SEED)
    sessions = sessionmaker(engine, expire_on_commit=False)
    return TestOffice(Office(sessions, clock, lambda _: calendar, listeners), clock)
