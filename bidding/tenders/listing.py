"""Lists of tenders: for everybody, for the home page, for those who run them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, cast, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from bidding.tenders.model import Tender, TenderQuestion
from bidding.tenders.rules import TenderState
from market.notices.rules import question


@dataclass(frozen=True, slots=True)
class TenderLine:
    """A tender in a public list: nothing in it counts anything."""

    no: str
    state: TenderState
    title_zh: str
    title_en: str
    published_at: datetime
    deadline: datetime

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A tender in the list of owner or agent, drafts too."""

    no: str
    state: TenderState
    title_zh: str
    title_en: str
    prepared_at: datetime

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; None leaves it open."""

    typed: str | None = None
    state: TenderState | None = None


def public_list(
    session: Session, wanted: Wanted, limit: int, after: tuple[datetime, str] | None = None
) -> list[TenderLine]:
    """Published tenders, newest first, from behind the place `after` (moment and number).

    Words without a letter or digit find nothing rather than everything; drafts are never there.
    """
    found = select(Tender).where(Tender.state != TenderState.DRAFT)
    if wanted.state is not None:
        found = found.where(Tender.state == wanted.state)
    if wanted.typed and wanted.typed.strip():
        words = question(wanted.typed)
        if words is None:
            return []
        found = found.where(Tender.search.bool_op("@@")(cast(literal(words), TSQUERY)))
    if after is not None:
        found = found.where(tuple_(Tender.published_at, Tender.no) < after)
    return _lines(session, found.order_by(Tender.published_at.desc(), Tender.no.desc()), limit)


def closing_soon(session: Session, now: datetime, limit: int) -> list[TenderLine]:
    """The tenders that still take bids, the next deadline first."""
    found = select(Tender).where(
        Tender.state == TenderState.PUBLISHED,
        Tender.suspended_at.is_(None),
        Tender.deadline >= now,
    )
    return _lines(session, found.order_by(Tender.deadline, Tender.no), limit)


def due_for_closing(session: Session, before: datetime, limit: int) -> list[tuple[UUID, str]]:
    """Ids and numbers of open tenders whose deadline lies before a moment, the oldest first."""
    rows = session.execute(
        select(Tender.id, Tender.no)
        .where(
            Tender.state == TenderState.PUBLISHED,
            Tender.suspended_at.is_(None),
            Tender.deadline < before,
        )
        .order_by(Tender.deadline, Tender.no)
        .limit(limit)
    )
    return [(row.id, row.no) for row in rows]


def tenders_in(session: Session, state: TenderState, limit: int) -> list[tuple[UUID, str]]:
    """Ids and numbers of the tenders in a state, the first published first; for ticks."""
    rows = session.execute(
        select(Tender.id, Tender.no)
        .where(Tender.state == state)
        .order_by(Tender.published_at, Tender.no)
        .limit(limit)
    )
    return [(row.id, row.no) for row in rows]


def tenders_of(
    session: Session,
    organisation: UUID,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[OwnLine]:
    """The tenders an organisation runs as owner or agent, drafts too, the newest first."""
    found = select(Tender).where(or_(Tender.owner == organisation, Tender.agent == organisation))
    if after is not None:
        found = found.where(tuple_(Tender.prepared_at, Tender.no) < after)
    rows = session.scalars(found.order_by(Tender.prepared_at.desc(), Tender.no.desc()).limit(limit))
    return [OwnLine(row.no, row.state, row.title_zh, row.title_en, row.prepared_at) for row in rows]


def waiting_for_answers(session: Session, organisation: UUID) -> list[OwnLine]:
    """The open tenders of an organisation with a question that waits, never how many."""
    rows = session.scalars(
        select(Tender)
        .where(
            or_(Tender.owner == organisation, Tender.agent == organisation),
            Tender.state == TenderState.PUBLISHED,
            Tender.id.in_(
                select(TenderQuestion.tender).where(TenderQuestion.answered_at.is_(None))
            ),
        )
        .order_by(Tender.deadline, Tender.no)
    )
    return [OwnLine(row.no, row.state, row.title_zh, row.title_en, row.prepared_at) for row in rows]


def _lines(session: Session, found: Select[Tender], limit: int) -> list[TenderLine]:
    return [
        TenderLine(row.no, row.state, row.title_zh, row.title_en, row.published_at, row.deadline)
        for row in session.scalars(found.limit(limit))
        if row.published_at is not None and row.deadline is not None
    ]
