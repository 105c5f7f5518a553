"""The custodian's one way to change anything: one command, one transaction, one moment.

The same shape as the platform's command core on a database of its own: a handler is a function of
(desk, command) and never commits; a lost race is run again at the same moment. Every command knows
its own repetition by what it is about (a blinded value, a bank's serial number, a signed request),
so an answer that was lost is given again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from bidding.custodian.model import TrailLine
from market.kernel.clock import Clock
from market.kernel.transitions import Move, Table
from market.protocol.encoding import digest

C = TypeVar("C")
R = TypeVar("R")
S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)

ATTEMPTS: Final = 12
CONFLICTS: Final = frozenset({"23505", "40001", "40P01", "55P03"})
"""SQLSTATEs of a lost race: unique violation, serialization, deadlock, lock not available."""


class Stateful(Protocol[S]):
    """A row with a state and the name its trail knows it by."""

    state: S

    @property
    def subject(self) -> str:
        """The name."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """One command's desk: one session, one moment."""

    session: Session
    now: datetime
    _moves: list[dict[str, str]] = field(default_factory=list)

    def move(self, thing: Stateful[S], table: Table[S, A], action: A) -> Move[S, A]:
        """Move `thing` along `table` and write it down; `IllegalMove` if the table has no row."""
        row = table.move(thing.state, action)
        thing.state = row.target
        self.note(thing.subject, f"{table.name}.{action}", source=row.source, target=row.target)
        return row

    def note(self, subject: str, what: str, **values: str) -> None:
        """Add to this command's line in the trail; never a name, an account or an amount."""
        self._moves.append({"subject": subject, "what": what, **values})

    def hold(self, *names: str) -> None:
        """Take turns on these names until the commit."""
        for name in sorted(names):
            key = int.from_bytes(digest(name.encode())[:8], "big", signed=True)
            self.session.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": key})

    def written(self) -> list[dict[str, str]]:
        """What this command has noted so far."""
        return list(self._moves)


Handler = Callable[[Desk, C], R]


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that lives as long as the process; every change goes through `run`.

    `clock` tells the legal moment, `machine` the machine's: sign-ins and counts of attempts keep
    to the second when a demonstration moves the first.
    """

    sessions: sessionmaker[Session]
    clock: Clock
    machine: Clock

    def run(self, handler: Handler[C, R], command: C, *, at: datetime | None = None) -> R:
        """Carry out one command in one transaction at one moment, again if somebody was faster."""
        now = self.clock.now() if at is None else at
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.sessions.begin() as session:
                    return _carry_out(session, handler, command, now)
            except StaleDataError:
                if attempt == ATTEMPTS:
                    raise
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in CONFLICTS or attempt == ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def read(self, question: Callable[[Session], R]) -> R:
        """Ask something of one moment's books; nothing that happens inside is kept."""
        with self.sessions() as session:
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            return question(session)


def _carry_out(session: Session, handler: Handler[C, R], command: C, now: datetime) -> R:
    desk = Desk(session, now)
    outcome = handler(desk, command)
    if moves := desk.written():
        session.add(TrailLine(at=now, command=getattr(handler, "__name__", ""), moves=moves))
    session.flush()
    return outcome
