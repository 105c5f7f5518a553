"""Lists of demands: for everybody, for their owner, for the operator, for agencies they fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from intermediaries.agencies.queries import refuse_unless_enrolment, view
from intermediaries.catalogue.rules import Category
from intermediaries.demands.model import Demand, DemandCheck
from intermediaries.demands.reading import item_of
from intermediaries.demands.rules.states import DemandState
from intermediaries.demands.ties import Sides
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.db.searching import newest, says
from market.kernel.errors import MarketError
from market.kernel.money import Money
from market.kernel.workdays import legal_day
from market.notices.rules import finds, question

K = TypeVar("K")

COUNTED: Final = 1000
"""Up to so many demands a search says how many there are."""


@dataclass(frozen=True, slots=True)
class DemandLine:
    """A published demand in a list: nothing in it counts anything."""

    no: str
    state: DemandState
    category: Category
    mode: Mode
    title_zh: str
    title_en: str
    ceiling: Money
    published_at: datetime
    enrol_closes: datetime

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en

    def state_at(self, now: datetime) -> DemandState:
        """Its state as it is now, whether or not somebody has written it down yet."""
        over = self.state is DemandState.ENROLLING and now > self.enrol_closes
        return DemandState.CLOSED if over else self.state


@dataclass(frozen=True, slots=True)
class Search:
    """What a reader looks for; None leaves it open."""

    typed: str | None = None
    state: DemandState | None = None
    category: Category | None = None
    mode: Mode | None = None
    funds: Funds | None = None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many demands each choice would show, the other choices kept; None above `COUNTED`."""

    states: Mapping[DemandState, int] | None
    categories: Mapping[Category, int] | None
    modes: Mapping[Mode, int] | None


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A demand in its owner's list, drafts too."""

    no: str
    state: DemandState
    title_zh: str
    title_en: str
    started_at: datetime
    enrol_closes: datetime | None

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A demand that waits for the operator's check."""

    no: str
    title_zh: str
    title_en: str
    due: datetime

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.title_zh if language == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class FittingLine:
    """A demand for a service that an agency offers; `bar` says why it may not enrol, if so."""

    demand: DemandLine
    item_code: str
    bar: tuple[str, str] | None


def published(
    session: Session, search: Search, now: datetime, limit: int, after: tuple[datetime, str] | None
) -> list[DemandLine]:
    """Published demands, newest first, from behind the place `after` (moment and number)."""
    if not finds(search.typed):
        return []
    listed: list[ColumnElement[bool]] = [Demand.published_at.is_not(None)]
    if after is not None:
        listed.append(tuple_(Demand.published_at, Demand.no) < after)
    rows = newest(
        session,
        Demand,
        listed,
        lambda of: _fits(of, search, now),
        ("published_at", "no"),
        limit,
        has_words=question(search.typed or "") is not None,
    )
    return [line_of(row) for row in rows]


def facets(session: Session, search: Search, now: datetime) -> Facets:
    """How many published demands each choice of a search would show."""
    return Facets(
        _states(session, replace(search, state=None), now),
        _counts(session, Demand.category, replace(search, category=None), now),
        _counts(session, Demand.mode, replace(search, mode=None), now),
    )


def closing_soon(session: Session, now: datetime, limit: int) -> list[DemandLine]:
    """Demands that take enrolments, the one that closes first on top."""
    rows = session.scalars(
        select(Demand)
        .where(Demand.state == DemandState.ENROLLING, Demand.enrol_closes >= now)
        .order_by(Demand.enrol_closes, Demand.no)
        .limit(limit)
    )
    return [line_of(row) for row in rows]


def own(session: Session, owner: UUID, limit: int) -> list[OwnLine]:
    """The demands of an owner, newest first."""
    rows = session.scalars(
        select(Demand)
        .where(Demand.owner == owner)
        .order_by(Demand.started_at.desc(), Demand.no)
        .limit(limit)
    )
    return [
        OwnLine(row.no, row.state, row.title_zh, row.title_en, row.started_at, row.enrol_closes)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Chain:
    """The failed demand before one, and the one begun in its place, by their numbers."""

    before: str | None
    after: str | None


def chain(session: Session, no: str, *, public: bool) -> Chain:
    """What stands before and after a demand; to the public only what was published."""
    old, new = aliased(Demand), aliased(Demand)
    after = (
        select(new.no)
        .join(Demand, new.follows == Demand.id)
        .where(Demand.no == no, new.state != DemandState.WITHDRAWN)
    )
    if public:
        after = after.where(new.published_at.is_not(None))
    before = select(old.no).join(Demand, Demand.follows == old.id).where(Demand.no == no)
    return Chain(session.scalar(before), session.scalar(after))


def failed(session: Session, owner: UUID, since: datetime, limit: int) -> list[OwnLine]:
    """Demands of an owner that failed since a moment and in whose place nothing was begun."""
    new = aliased(Demand)
    begun = select(new.id).where(new.follows == Demand.id, new.state != DemandState.WITHDRAWN)
    rows = session.scalars(
        select(Demand)
        .where(
            Demand.owner == owner,
            Demand.state == DemandState.FAILED,
            Demand.ended_at >= since,
            ~begun.exists(),
        )
        .order_by(Demand.ended_at, Demand.no)
        .limit(limit)
    )
    return [
        OwnLine(row.no, row.state, row.title_zh, row.title_en, row.started_at, None) for row in rows
    ]


def waiting(session: Session, limit: int) -> list[WaitingLine]:
    """What waits for the operator's check, the least time left first."""
    rows = session.execute(
        select(Demand, DemandCheck.due)
        .join(DemandCheck, DemandCheck.demand == Demand.id)
        .where(Demand.state == DemandState.REVIEW, DemandCheck.decided_at.is_(None))
        .order_by(DemandCheck.due, Demand.no)
        .limit(limit)
    )
    return [WaitingLine(row.no, row.title_zh, row.title_en, due) for row, due in rows]


def due_of(session: Session, demand: UUID) -> datetime | None:
    """Until when the check that waits is due; None where none does."""
    return session.scalar(
        select(DemandCheck.due).where(
            DemandCheck.demand == demand, DemandCheck.decided_at.is_(None)
        )
    )


def fitting(
    session: Session, organisation: UUID, now: datetime, limit: int
) -> Sequence[FittingLine]:
    """Demands that take enrolments now, for services that an organisation's agency offers."""
    known = view(session, organisation, now)
    if known is None or not known.offers:
        return []
    rows = session.scalars(
        select(Demand)
        .where(
            Demand.state == DemandState.ENROLLING,
            Demand.enrol_closes >= now,
            Demand.item.in_(known.offers),
            Demand.owner != organisation,
        )
        .order_by(Demand.enrol_closes, Demand.no)
        .limit(limit)
    ).all()
    return [
        FittingLine(line_of(row), row.item_code or "", _bar(session, row, organisation, now))
        for row in rows
    ]


def line_of(row: Demand) -> DemandLine:
    """A published row as a line."""
    if row.published_at is None or row.enrol_closes is None or row.category is None:
        raise ValueError(f"{row.no} is not published")
    if row.mode is None or row.ceiling is None:
        raise ValueError(f"{row.no} lacks something")
    return DemandLine(
        row.no,
        row.state,
        row.category,
        row.mode,
        row.title_zh,
        row.title_en,
        row.ceiling,
        row.published_at,
        row.enrol_closes,
    )


def _bar(
    session: Session, row: Demand, organisation: UUID, now: datetime
) -> tuple[str, str] | None:
    try:
        refuse_unless_enrolment(session, organisation, item_of(session, row), now)
        sides = Sides.of(session, row.owner, row.department, legal_day(now))
        sides.refuse_unless_apart(session, organisation)
    except MarketError as refused:
        return refused.words("zh"), refused.words("en")
    return None


def _in_state(of: type[Demand], state: DemandState, now: datetime) -> ColumnElement[bool]:
    """The same as `DemandLine.state_at`, for a list."""
    is_over = (of.state == DemandState.ENROLLING) & (of.enrol_closes < now)
    if state is DemandState.CLOSED:
        return (of.state == state) | is_over
    if state is DemandState.ENROLLING:
        return (of.state == state) & ~is_over
    return of.state == state


def _fits(of: type[Demand], search: Search, now: datetime) -> list[ColumnElement[bool]]:
    found = list[ColumnElement[bool]]()
    if search.state is not None:
        found.append(_in_state(of, search.state, now))
    if search.category is not None:
        found.append(of.category == search.category)
    if search.mode is not None:
        found.append(of.mode == search.mode)
    if search.funds is not None:
        found.append(of.funds == search.funds)
    words = question(search.typed or "")
    if words is not None:
        found.append(says(of.search, words))
    return found


def _fitting(search: Search, now: datetime) -> list[ColumnElement[bool]]:
    return [Demand.published_at.is_not(None), *_fits(Demand, search, now)]


def _counts(
    session: Session, column: InstrumentedAttribute[K | None], search: Search, now: datetime
) -> dict[K, int] | None:
    if not finds(search.typed):
        return {}
    fitting = select(column.label("value")).where(*_fitting(search, now))
    first = fitting.limit(COUNTED + 1).subquery()
    rows = session.execute(select(first.c.value, func.count()).group_by(first.c.value)).all()
    counts = {value: count for value, count in rows}  # noqa: C416  rows, not pairs
    return counts if sum(counts.values()) <= COUNTED else None


def _states(session: Session, search: Search, now: datetime) -> dict[DemandState, int] | None:
    counts = _counts(session, Demand.state, search, now)
    if counts is None:
        return None
    written: dict[DemandState, int] = dict(counts)
    if finds(search.typed):
        over = _fitting(replace(search, state=DemandState.CLOSED), now)
        closed = session.scalar(select(func.count()).select_from(Demand).where(*over)) or 0
        moved = closed - written.get(DemandState.CLOSED, 0)
        written[DemandState.CLOSED] = closed
        written[DemandState.ENROLLING] = written.get(DemandState.ENROLLING, 0) - moved
    return written
