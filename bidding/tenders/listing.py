"""Lists of tenders: for everybody, for the home page, for those who run them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from bidding.rulebook.limits import Category
from bidding.tenders.facts import TenderFacts
from bidding.tenders.model import Tender, TenderQuestion
from bidding.tenders.queries import facts_of
from bidding.tenders.rules import ENDED, TenderState
from market.db.searching import newest, says
from market.notices.rules import finds, question

K = TypeVar("K")

COUNTED: Final = 1000
"""Up to so many tenders a search says how many there are."""


@dataclass(frozen=True, slots=True)
class TenderLine:
    """A tender in a public list: nothing in it counts anything."""

    no: str
    state: TenderState
    category: Category
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
    deadline: datetime | None = None

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; None leaves it open. Both edges of `closing` are within."""

    typed: str | None = None
    state: TenderState | None = None
    category: Category | None = None
    closing: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many tenders of a search are in each state and of each category.

    Each is counted with the other choices kept and its own left open, so that a reader sees what a
    change of this choice would show. None where more than `COUNTED` tenders fit: then nobody reads
    the numbers, and counting would read them all.
    """

    states: Mapping[TenderState, int] | None
    categories: Mapping[Category, int] | None


def public_list(
    session: Session, wanted: Wanted, limit: int, after: tuple[datetime, str] | None = None
) -> list[TenderLine]:
    """Published tenders, newest first, from behind the place `after` (moment and number).

    Words without a letter or digit find nothing rather than everything; drafts are never there.
    """
    if not finds(wanted.typed):
        return []
    listed = [Tender.state != TenderState.DRAFT]
    if after is not None:
        listed.append(tuple_(Tender.published_at, Tender.no) < after)
    rows = newest(
        session,
        Tender,
        listed,
        lambda of: _fits(of, wanted),
        ("published_at", "no"),
        limit,
        has_words=question(wanted.typed or "") is not None,
    )
    return _lines(rows)


def facets(session: Session, wanted: Wanted) -> Facets:
    """How many published tenders each choice of a search would show."""
    states = _counts(session, Tender.state, replace(wanted, state=None))
    categories = _counts(session, Tender.category, replace(wanted, category=None))
    return Facets(states, categories)


def _counts(
    session: Session, column: InstrumentedAttribute[K], wanted: Wanted
) -> dict[K, int] | None:
    if not finds(wanted.typed):
        return {}
    shown = [Tender.state != TenderState.DRAFT, *_fits(Tender, wanted)]
    first = select(column.label("value")).where(*shown).limit(COUNTED + 1).subquery()
    rows = session.execute(select(first.c.value, func.count()).group_by(first.c.value)).all()
    counts = {value: count for value, count in rows}  # noqa: C416  rows, not pairs
    return counts if sum(counts.values()) <= COUNTED else None


def _fits(of: type[Tender], wanted: Wanted) -> list[ColumnElement[bool]]:
    found = list[ColumnElement[bool]]()
    if wanted.state is not None:
        found.append(of.state == wanted.state)
    if wanted.category is not None:
        found.append(of.category == wanted.category)
    if wanted.closing is not None:
        since, until = wanted.closing
        found += [of.state == TenderState.PUBLISHED, of.deadline.between(since, until)]
    words = question(wanted.typed or "")
    if words is not None:
        found.append(says(of.search, words))
    return found


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Tenders open for bids, those of them that close within a day; opened, awarded since."""

    open_now: int
    closing: int
    opened: int
    awarded: int


def day_figures(session: Session, now: datetime, since: datetime) -> DayFigures:
    """The figures at a moment and since one, up to now; nothing in them counts bids."""
    takes_bids = and_(
        Tender.state == TenderState.PUBLISHED,
        Tender.suspended_at.is_(None),
        Tender.deadline >= now,
    )
    row = session.execute(
        select(
            func.count().filter(takes_bids),
            func.count().filter(takes_bids, Tender.deadline <= now + timedelta(days=1)),
            func.count().filter(Tender.opened_at.between(since, now)),
            func.count().filter(Tender.awarded_at.between(since, now)),
        ).select_from(Tender)
    ).one()
    return DayFigures(*row)


def closing_soon(session: Session, now: datetime, limit: int) -> list[TenderLine]:
    """The tenders that still take bids, the next deadline first."""
    found = select(Tender).where(
        Tender.state == TenderState.PUBLISHED,
        Tender.suspended_at.is_(None),
        Tender.deadline >= now,
    )
    return _lines(session.scalars(found.order_by(Tender.deadline, Tender.no).limit(limit)))


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
    return [_own_line(row) for row in rows]


def run_by(
    session: Session, organisation: UUID, states: Collection[TenderState]
) -> list[TenderFacts]:
    """The tenders in these states that an organisation runs as owner or agent, oldest first."""
    rows = session.scalars(
        select(Tender)
        .where(
            or_(Tender.owner == organisation, Tender.agent == organisation),
            Tender.state.in_(states),
            Tender.published_at.is_not(None),
        )
        .order_by(Tender.published_at, Tender.no)
    )
    return [facts_of(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An open tender with a question that waits: its deadline, and the day of the oldest one."""

    no: str
    deadline: datetime
    asked_on: date


def waiting_for_answers(session: Session, organisation: UUID) -> list[Unanswered]:
    """The open tenders of an organisation with a question that waits, never how many."""
    rows = session.execute(
        select(Tender.no, Tender.deadline, func.min(TenderQuestion.asked_on).label("asked_on"))
        .join(TenderQuestion, TenderQuestion.tender == Tender.id)
        .where(
            or_(Tender.owner == organisation, Tender.agent == organisation),
            Tender.state == TenderState.PUBLISHED,
            TenderQuestion.answered_at.is_(None),
        )
        .group_by(Tender.no, Tender.deadline)
        .order_by(Tender.deadline, Tender.no)
    )
    return [
        Unanswered(row.no, row.deadline, row.asked_on) for row in rows if row.deadline is not None
    ]


def drafts_of(session: Session, organisation: UUID, limit: int) -> list[str]:
    """The numbers of an organisation's drafts, the oldest first."""
    return list(
        session.scalars(
            select(Tender.no)
            .where(
                or_(Tender.owner == organisation, Tender.agent == organisation),
                Tender.state == TenderState.DRAFT,
            )
            .order_by(Tender.prepared_at, Tender.no)
            .limit(limit)
        )
    )


def running_for(session: Session, project_code: str, organisation: UUID) -> str | None:
    """The tender that a project of this organisation has now, drafts too; None without one."""
    return session.scalar(
        select(Tender.no).where(
            Tender.project_code == project_code,
            or_(Tender.owner == organisation, Tender.agent == organisation),
            Tender.state.not_in(ENDED),
        )
    )


def _own_line(row: Tender) -> OwnLine:
    return OwnLine(row.no, row.state, row.title_zh, row.title_en, row.prepared_at, row.deadline)


def _lines(rows: Iterable[Tender]) -> list[TenderLine]:
    return [
        TenderLine(
            row.no,
            row.state,
            row.category,
            row.title_zh,
            row.title_en,
            row.published_at,
            row.deadline,
        )
        for row in rows
        if row.published_at is not None and row.deadline is not None
    ]
