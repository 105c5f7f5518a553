"""A timekeeper's one way to change anything: one command, one transaction, one moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from market.kernel.clock import Clock

C = TypeVar("C")
R = TypeVar("R")

ATTEMPTS: Final = 12
CONFLICTS: Final = frozenset({"23505", "40001", "40P01", "55P03"})
"""SQLSTATEs of a lost race: unique violation, serialization, deadlock, lock not available."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One command's desk: one session, one moment."""

    session: Session
    now: datetime


Handler = Callable[[Desk, C], R]


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that lives as long as the process; every change goes through `run`.

    `clock` is the timekeeper's own: its time is its testimony.
    """

    sessions: sessionmaker[Session]
    clock: Clock

    def run(self, handler: Handler[C, R], command: C) -> R:
        """Carry out one command in one transaction at one moment, again if somebody was faster."""
        now = self.clock.now()
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.sessions.begin() as session:
                    return handler(Desk(session, now), command)
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in CONFLICTS or attempt == ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def read(self, question: Callable[[Session], R]) -> R:
        """Ask something; nothing that happens inside is kept."""
        with self.sessions() as session:
            return question(session)
