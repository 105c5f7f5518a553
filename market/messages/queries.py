"""What may be known of letters: that they went, when and by whom; never text or address."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.db.outbox import Letter
from market.messages.model import LetterTry, Outcome
from market.messages.rules import is_lapsed


@dataclass(frozen=True, slots=True)
class TryFacts:
    """One try of a letter."""

    carrier: str
    at: datetime
    outcome: Outcome
    detail: str


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A letter as the trading centre sees it in its list."""

    id: UUID
    template: str
    written_at: datetime
    tries: int
    sent_at: datetime | None
    next_try_at: datetime | None
    """None when it is sent, or is tried no more."""
    lapsed: bool


def tries(session: Session, key: str) -> list[TryFacts]:
    """The tries of the letter with this key, first to last: the record of its delivery."""
    rows = session.scalars(
        select(LetterTry)
        .join(Letter, Letter.id == LetterTry.letter)
        .where(Letter.key == key)
        .order_by(LetterTry.at, LetterTry.id)
    )
    return [TryFacts(row.carrier, row.at, row.outcome, row.detail) for row in rows]


def undelivered(session: Session, now: datetime, limit: int) -> list[LetterFacts]:
    """Letters not sent although they were tried, the oldest first."""
    rows = session.scalars(
        select(Letter)
        .where(Letter.sent_at.is_(None), Letter.written_at <= now)
        .order_by(Letter.written_at, Letter.id)
        .limit(limit)
    )
    return [_facts(row, now) for row in rows]


def latest_sent(session: Session, limit: int) -> list[LetterFacts]:
    """The letters sent last, newest first."""
    rows = session.scalars(
        select(Letter)
        .where(Letter.sent_at.is_not(None))
        .order_by(Letter.sent_at.desc(), Letter.id)
        .limit(limit)
    )
    return [_facts(row, row.written_at) for row in rows]


def _facts(row: Letter, now: datetime) -> LetterFacts:
    lapsed = row.sent_at is None and is_lapsed(row.written_at, now)
    waiting = row.sent_at is None and not lapsed
    return LetterFacts(
        row.id,
        row.template,
        row.written_at,
        row.tries,
        row.sent_at,
        row.next_try_at if waiting else None,
        lapsed,
    )
