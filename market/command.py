"""The one way to change anything: one command, one transaction, one moment, one line.

A handler is a function of (work, command). It never commits. The office carries it out in one
transaction at one moment, and again **at the same moment** if somebody was faster, so that a busy
database never makes a bid late.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from market.db.due import Due
from market.db.once import OnceOutcome
from market.db.outbox import Letter
from market.journal.model import JournalEntry, TrailLine
from market.kernel.clock import Clock
from market.kernel.errors import MarketError, Refusal
from market.kernel.law import Article
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table
from market.kernel.workdays import WorkCalendar
from market.protocol.encoding import Json, canonical, digest
from market.protocol.entries import write_entry

C = TypeVar("C")
R = TypeVar("R")
S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)

ATTEMPTS: Final = 12
CONFLICTS: Final = frozenset({"23505", "40001", "40P01", "55P03"})
"""SQLSTATEs of a lost race: unique violation, serialization failure, deadlock, lock not available.

Two honest people at once: on the next attempt one of them sees the other's row and is refused, or
answered, by the rules instead of by a constraint.
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person for an organisation, a program, or the house itself.

    An actor whose acts are `unrecorded` leaves no line in the trail: the anonymous, whose acts are
    leaves of sealed batches, and the sequencer, which would write a line every few seconds.
    """

    name: str
    permissions: frozenset[Permission] = frozenset()
    person: UUID | None = None
    organisation: UUID | None = None
    unrecorded: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether this actor holds the permission."""
        return permission in self.permissions


HOUSE: Final = Actor("house", frozenset({Permission.HOUSE_ACT}))
"""The house itself: what time does, what the law does by default."""
ANONYMOUS: Final = Actor("anonymous", frozenset({Permission.HOUSE_ACT}), unrecorded=True)
"""Whoever holds a bid key; nothing else is known and nothing is written down."""
SEQUENCER: Final = Actor("sequencer", frozenset({Permission.HOUSE_ACT}), unrecorded=True)


class Stateful(Protocol[S]):
    """A row with a state and a name that people know it by."""

    state: S

    @property
    def subject(self) -> str:
        """The serial number or other name of this thing in the trail."""
        ...


@dataclass(frozen=True, slots=True)
class Listener:
    """What a higher room does when a lower room states a fact; `handler` takes the subject's id.

    The fact and the due entry are one transaction; the handler follows at once in a transaction of
    its own, and again with each beat until it has been carried out.
    """

    fact: str
    name: str
    handler: Callable[["Work", UUID], None]


@dataclass(frozen=True, slots=True)
class Once:
    """The key of a request that may be repeated, and the hash of what it asked for."""

    key: str
    fingerprint: bytes


@dataclass(slots=True)
class _Ledger:
    """What one command writes beside its rows: at most one official act, one line of moves."""

    subject: str = ""
    moves: list[dict[str, str]] = field(default_factory=list)
    published: str | None = None
    dues: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Work:
    """One command's desk: one session, one moment, one actor."""

    session: Session
    now: datetime
    actor: Actor
    calendar: WorkCalendar
    listeners: Sequence[Listener] = ()
    is_demo: bool = False
    """Whether this is the demonstration: what is printed here says so."""
    _ledger: _Ledger = field(default_factory=_Ledger)

    def need(self, permission: Permission) -> None:
        """Go on only if the actor holds this permission; `Refusal` "not-allowed" otherwise."""
        if not self.actor.may(permission):
            raise Refusal("not-allowed", zh="您没有此项权限", en="You lack this right", status=403)

    def as_house(self) -> "Work":
        """The same desk, acting as the house: for what follows by rule once a right was shown."""
        return replace(self, actor=HOUSE)

    def move(self, thing: Stateful[S], table: Table[S, A], action: A) -> Move[S, A]:
        """Move `thing` along `table` and write it down: the only place where a state changes.

        `IllegalMove` if the table has no such row, `Refusal` "not-allowed" if the actor does not
        hold the row's permission.
        """
        row = table.move(thing.state, action)
        self.need(row.by)
        thing.state = row.target
        if not thing.subject:
            return row  # a sealed thing: what becomes of it leaves no line anywhere
        self.note(thing.subject, f"{table.name}.{action}", source=row.source, target=row.target)
        return row

    def note(self, subject: str, what: str, **values: str) -> None:
        """Add to this command's one line in the internal trail; never a name or an amount."""
        self._ledger.subject = self._ledger.subject or subject
        self._ledger.moves.append({"subject": subject, "what": what, **values})

    def publish(self, kind: str, subject: str, data: Mapping[str, Json]) -> bytes:
        """Write the one official act of this command into the public journal; its data's hash.

        The sequencer gives it a place after the commit. A second act in one command is a bug.
        """
        if self._ledger.published is not None:
            raise AssertionError(f"{self._ledger.published} and {kind} in one command")
        self._ledger.published = kind
        raw = canonical(dict(data))
        write_entry(kind, self.now, subject, dict(data))  # refused now rather than when placed
        self.session.add(JournalEntry(type=kind, subject=subject, moment=self.now, data=raw))
        return digest(raw)

    def letter(
        self, address: UUID, template: str, *, key: str, zh: str, en: str, link: str | None = None
    ) -> None:
        """Put a letter into the outbox of this transaction; the same key twice is one letter."""
        known = self.session.scalar(select(Letter.id).where(Letter.key == key))
        if known is None:
            self.session.add(
                Letter(
                    key=key,
                    address=address,
                    template=template,
                    zh=zh,
                    en=en,
                    link=link,
                    written_at=self.now,
                    next_try_at=self.now,
                )
            )

    def state_fact(self, fact: str, subject: UUID) -> None:
        """Tell the rooms above: each listener of this fact gets one due entry for this subject."""
        for listener in self.listeners:
            if listener.fact == fact:
                due = Due(fact=fact, subject=subject, listener=listener.name, stated_at=self.now)
                self.session.add(due)
                self.session.flush()
                self._ledger.dues.append(due.id)

    def hold(self, *names: str) -> None:
        """Take turns on these names until the commit; unlike a row lock it leaves no trace."""
        for name in sorted(names):
            self.session.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _lock(name)})

    def share(self, name: str) -> None:
        """Go on together with others who share this name, never beside one who holds it."""
        self.session.execute(text("SELECT pg_advisory_xact_lock_shared(:k)"), {"k": _lock(name)})

    def law(self, article: Article) -> None:
        """Write the rule by which the house acts into this command's line."""
        self._ledger.moves.append({"law": article.zh})


Handler = Callable[[Work, C], R]


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that lives as long as the process; every change goes through `run`."""

    sessions: sessionmaker[Session]
    clock: Clock
    calendar: Callable[[Session], WorkCalendar]
    listeners: Sequence[Listener] = ()
    is_demo: bool = False

    def run(
        self, handler: Handler[C, R], command: C, actor: Actor, *, at: datetime | None = None
    ) -> R:
        """Carry out one command in one transaction at one moment, again if somebody was faster.

        `at` is the moment when the request was complete, if it was read before; a refusal rolls
        everything back.
        """
        now = self.clock.now() if at is None else at
        dues: list[UUID] = []

        def body(session: Session) -> R:
            return self._carry_out(session, handler, command, actor, now, dues)

        outcome = self._attempts(body)
        self.follow(dues)
        return outcome

    def run_once(
        self,
        handler: Handler[C, Mapping[str, Any] | None],
        command: C,
        actor: Actor,
        once: Once,
        *,
        at: datetime | None = None,
    ) -> Mapping[str, Any]:
        """Carry out a command that may arrive twice: one effect, and the same answer each time.

        `Refusal` "once-differs" if the key was used for something else. Keys are the actor's own:
        nobody learns another's answer by guessing a key.
        """
        now = self.clock.now() if at is None else at
        key = _own_key(actor, once.key)
        dues: list[UUID] = []

        def body(session: Session) -> Mapping[str, Any]:
            session.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _lock(f"once:{key}")})
            known = session.get(OnceOutcome, key)
            if known is not None:
                if known.fingerprint != once.fingerprint:
                    raise Refusal(
                        "once-differs",
                        zh="同一提交标识已用于另一内容",
                        en="This submission mark was used for something else",
                    )
                return known.outcome
            done = self._carry_out(session, handler, command, actor, now, dues)
            outcome = dict(done or {})
            session.add(OnceOutcome(key=key, fingerprint=once.fingerprint, outcome=outcome, at=now))
            return outcome

        answer = self._attempts(body)
        self.follow(dues)
        return answer

    def answered(
        self, actor: Actor, key: str, fingerprint: bytes | None = None
    ) -> Mapping[str, Any] | None:
        """What `run_once` answered under this actor's key; None if it never did.

        With a fingerprint: None too if the key was used for something else.
        """
        known = self.read(lambda session: session.get(OnceOutcome, _own_key(actor, key)))
        if known is None or fingerprint not in (None, known.fingerprint):
            return None
        return known.outcome

    def follow(self, dues: Sequence[UUID]) -> None:
        """Carry out what listeners owe, one transaction each; what fails stays due for the beat."""
        for due in dues:
            try:
                self.run(self._settle, due, HOUSE)
            except MarketError:
                # A refusal now (a calendar not yet published, say) must not undo the fact; the
                # entry stays due and the beat shows it.
                continue

    def _settle(self, work: Work, due_id: UUID) -> None:
        due = work.session.get(Due, due_id, with_for_update=True)
        if due is None or due.done_at is not None:
            return
        for listener in self.listeners:
            if listener.name == due.listener and listener.fact == due.fact:
                listener.handler(work, due.subject)
        due.done_at = work.now

    def read(self, question: Callable[[Session], R]) -> R:
        """Ask something; nothing that happens inside is kept."""
        with self.sessions() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            return question(session)

    def record_refusal(self, command: str, subject: str, actor: Actor, error: MarketError) -> None:
        """Write a refused attempt on something secret into the trail, in its own transaction."""
        now = self.clock.now()
        with self.sessions.begin() as session:
            session.add(
                TrailLine(
                    at=now,
                    command=command,
                    actor=actor.name,
                    person=actor.person,
                    subject=subject,
                    moves=[],
                    refused=error.code,
                )
            )

    def _attempts(self, body: Callable[[Session], R]) -> R:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.sessions.begin() as session:
                    return body(session)
            except StaleDataError:
                if attempt == ATTEMPTS:
                    raise
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in CONFLICTS or attempt == ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _carry_out(
        self,
        session: Session,
        handler: Handler[C, R],
        command: C,
        actor: Actor,
        now: datetime,
        dues: list[UUID],
    ) -> R:
        work = Work(session, now, actor, self.calendar(session), self.listeners, self.is_demo)
        outcome = handler(work, command)
        ledger = work._ledger  # noqa: SLF001  the office writes what the desk collected
        dues[:] = ledger.dues
        if not actor.unrecorded:
            session.add(
                TrailLine(
                    at=now,
                    command=getattr(handler, "__name__", type(command).__name__),
                    actor=actor.name,
                    person=actor.person,
                    subject=ledger.subject,
                    moves=ledger.moves,
                )
            )
        session.flush()
        return outcome


def _lock(name: str) -> int:
    """A signed 64-bit number for an advisory lock; two names share one with chance 2**-64."""
    return int.from_bytes(digest(name.encode())[:8], "big", signed=True)


def _own_key(actor: Actor, key: str) -> str:
    return f"{actor.person or actor.name}:{key}"
