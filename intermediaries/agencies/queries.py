"""Agencies as everybody may see them, and whether one may enrol.

Nothing here holds a declaration of interests, a practitioner's name, who objected, or a reason of
the check: those stand in `casework`, for the agency itself and the operator.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from intermediaries.agencies.model import (
    Agency,
    AgencyEvent,
    AgencyObjection,
    AgencyPractitioner,
    AgencyQualification,
    AgencyService,
)
from intermediaries.agencies.reading import standing_of, standings_of, view_at, view_of
from intermediaries.agencies.rules.standing import (
    AgencyView,
    AskedItem,
    is_valid,
    may_enrol,
    refuse_unless_may_enrol,
)
from intermediaries.agencies.rules.states import (
    AgencyState,
    EventKind,
    ObjectionState,
    QualificationState,
)
from intermediaries.catalogue.queries import ItemFacts, items_by_id
from intermediaries.catalogue.rules import Category, Level, Qualification
from market.accounts.queries import organisations
from market.db.searching import says
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.kernel.workdays import legal_day
from market.notices.rules import question

LISTED: Final = (AgencyState.PUBLICITY, AgencyState.ACTIVE, AgencyState.SUSPENDED)
"""States in which an agency stands on the list."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a reader looks for; None leaves it open. `item` is the code of a service item."""

    typed: str | None = None
    category: Category | None = None
    item: str | None = None
    state: AgencyState | None = None


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency in the list."""

    no: str
    name_zh: str
    name_en: str
    state: AgencyState
    categories: tuple[Category, ...]
    services: int
    since: datetime | None
    comes_first: bool

    @property
    def key(self) -> tuple[int, str]:
        """Its place in the list: 0 for those that come first, then its number."""
        return (0 if self.comes_first else 1), self.no

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service that an agency offers: its price, what it promises."""

    key: UUID
    item: ItemFacts
    price: Money
    promise_days: int
    conditions: str | None


@dataclass(frozen=True, slots=True)
class ShownQualification:
    """A confirmed certificate."""

    kind: Qualification
    level: Level
    number: str
    issuer: str
    expires_on: date
    counts: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One public line of an agency's course."""

    kind: EventKind
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class PublicAgency:
    """Everything public about an agency. `professions` counts practitioners and names nobody."""

    no: str
    uscc: str
    name_zh: str
    name_en: str
    state: AgencyState
    entered_at: datetime | None
    publicity_ends: datetime | None
    suspended_until: date | None
    services: tuple[ServiceFacts, ...]
    qualifications: tuple[ShownQualification, ...]
    professions: tuple[tuple[str, int], ...]
    events: tuple[Event, ...]

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


def listed(
    session: Session, search: Search, now: datetime, most: int, after: tuple[int, str] | None = None
) -> list[AgencyLine]:
    """The agencies that fit, those first that credit shows first, by number; after a key."""
    found = _fitting(search, now)
    if found is None:
        return []
    if after is not None:
        place = (after[0] > 0, after[1])
        found = found.where(tuple_(Agency.comes_first.is_(False), Agency.no) > place)
    rows = session.scalars(found.order_by(Agency.comes_first.desc(), Agency.no).limit(most)).all()
    return _lines(session, rows, now)


def category_counts(session: Session, search: Search, now: datetime) -> dict[Category, int]:
    """How many agencies that fit the rest of a search offer something of each category."""
    found = _fitting(Search(search.typed, None, search.item, search.state), now)
    if found is None:
        return {}
    ids = found.with_only_columns(Agency.id)
    rows = session.execute(
        select(AgencyService.category, func.count(func.distinct(AgencyService.agency)))
        .where(AgencyService.agency.in_(ids), AgencyService.ended_at.is_(None))
        .group_by(AgencyService.category)
    ).all()
    return {category: count for category, count in rows}  # noqa: C416  rows, not pairs


def public_agency(session: Session, no: str, now: datetime) -> PublicAgency:
    """What everybody may know of an agency; `NotFound` before its first publicity."""
    row = session.scalar(select(Agency).where(Agency.no == no, _is_public()))
    if row is None:
        raise NotFound("no-agency", zh="没有此中介机构", en="There is no such agency")
    facts = organisations.organisation(session, row.organisation)
    standing = standing_of(session, row)
    state = standing.at(now)
    return PublicAgency(
        no=row.no,
        uscc=facts.uscc,
        name_zh=facts.name_zh,
        name_en=facts.name_en,
        state=state,
        entered_at=row.entered_at or (row.publicity_ends if state in _IN else None),
        publicity_ends=row.publicity_ends if state is AgencyState.PUBLICITY else None,
        suspended_until=row.suspended_until if state is AgencyState.SUSPENDED else None,
        services=services_of(session, row.id, now),
        qualifications=_qualifications(session, row.id, now),
        professions=_professions(session, row.id),
        events=_events(session, row.id),
    )


@dataclass(frozen=True, slots=True)
class AgencyName:
    """What an agency is called, for rooms above; `organisation` is whose it is."""

    no: str
    organisation: UUID
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


def agency_numbers(session: Session) -> dict[UUID, str]:
    """The numbers of all agencies that everybody may know of, by organisation, in their order."""
    found = select(Agency.organisation, Agency.no).where(_is_public()).order_by(Agency.no)
    return {organisation: no for organisation, no in session.execute(found)}  # noqa: C416  rows, not pairs


def agency_names(session: Session, of: Collection[UUID]) -> dict[UUID, AgencyName]:
    """What the agencies of some organisations are called, of those that everybody may know of."""
    found = select(Agency.no, Agency.organisation).where(_is_public(), Agency.organisation.in_(of))
    rows = session.execute(found.order_by(Agency.no)).all()
    named = organisations.names(session, [row.organisation for row in rows])
    return {one: AgencyName(no, one, named[one].name_zh, named[one].name_en) for no, one in rows}


def agency_name(session: Session, no: str) -> AgencyName:
    """What an agency is called that everybody may know of; `NotFound` "no-agency"."""
    row = session.scalar(select(Agency.organisation).where(Agency.no == no, _is_public()))
    if row is None:
        raise NotFound("no-agency", zh="没有此中介机构", en="There is no such agency")
    return agency_names(session, [row])[row]


def view(session: Session, organisation: UUID, now: datetime) -> AgencyView | None:
    """What decides whether an organisation's agency may enrol; None if it never applied."""
    row = session.scalar(select(Agency).where(Agency.organisation == organisation))
    return None if row is None else view_of(session, row, now)


def standing_then(session: Session, organisation: UUID, moment: datetime) -> AgencyView | None:
    """The same as it was at a moment that is over: nothing decided since changes it."""
    row = session.scalar(select(Agency).where(Agency.organisation == organisation))
    return None if row is None else view_at(session, row, moment)


def refuse_unless_enrolment(
    session: Session, organisation: UUID, item: ItemFacts, now: datetime
) -> None:
    """Go on only if the organisation's agency may enrol for an item now; `Refusal`, `NotFound`."""
    known = view(session, organisation, now)
    if known is None:
        raise NotFound("no-agency", zh="没有此中介机构", en="There is no such agency")
    asked = AskedItem(item.id, item.terms.requirement, item.terms.offered)
    refuse_unless_may_enrol(known, asked, now)


def offering(session: Session, item: ItemFacts, now: datetime) -> list[UUID]:
    """The organisations whose agencies offer an item and may enrol for it now."""
    asked = AskedItem(item.id, item.terms.requirement, item.terms.offered)
    rows = session.scalars(
        select(Agency)
        .join(AgencyService, AgencyService.agency == Agency.id)
        .where(
            AgencyService.item == item.id,
            AgencyService.ended_at.is_(None),
            _in_state(AgencyState.ACTIVE, now),
        )
        .order_by(Agency.no)
    ).all()
    return [
        row.organisation for row in rows if not may_enrol(view_of(session, row, now), asked, now)
    ]


def services_of(session: Session, agency: UUID, now: datetime) -> tuple[ServiceFacts, ...]:
    """What an agency offers, by the codes of the items; withdrawn items are shown too."""
    rows = session.scalars(
        select(AgencyService).where(
            AgencyService.agency == agency, AgencyService.ended_at.is_(None)
        )
    ).all()
    items = items_by_id(session, [row.item for row in rows], legal_day(now))
    found = [
        ServiceFacts(row.id, items[row.item], row.price, row.promise_days, row.conditions)
        for row in rows
        if row.item in items
    ]
    return tuple(sorted(found, key=lambda one: one.item.code))


_IN: Final = (AgencyState.ACTIVE, AgencyState.SUSPENDED)


def _is_public() -> ColumnElement[bool]:
    """In publicity now, or in at some time: what everybody has seen stays."""
    return or_(Agency.state == AgencyState.PUBLICITY, Agency.entered_at.is_not(None))


def _in_state(state: AgencyState, now: datetime) -> ColumnElement[bool]:
    """The same as `Standing.at`, for a list."""
    waiting = (
        select(AgencyObjection.id)
        .where(AgencyObjection.agency == Agency.id, AgencyObjection.state == ObjectionState.OPEN)
        .exists()
    )
    over = and_(Agency.state == AgencyState.PUBLICITY, Agency.publicity_ends < now, ~waiting)
    lapsed = and_(
        Agency.state == AgencyState.SUSPENDED,
        Agency.suspended_until.is_not(None),
        Agency.suspended_until < legal_day(now),
    )
    if state is AgencyState.ACTIVE:
        return or_(Agency.state == AgencyState.ACTIVE, over, lapsed)
    if state is AgencyState.PUBLICITY:
        return and_(Agency.state == state, ~over)
    if state is AgencyState.SUSPENDED:
        return and_(Agency.state == state, or_(Agency.suspended_until.is_(None), ~lapsed))
    return Agency.state == state


def _fitting(search: Search, now: datetime) -> Select[Agency] | None:
    found = select(Agency).where(_is_public())
    if search.state is None:
        found = found.where(Agency.state.in_(LISTED))
    else:
        found = found.where(_in_state(search.state, now))
    if search.category is not None or search.item is not None:
        offers = select(AgencyService.agency).where(AgencyService.ended_at.is_(None))
        if search.category is not None:
            offers = offers.where(AgencyService.category == search.category)
        if search.item is not None:
            offers = offers.where(AgencyService.item_code == search.item)
        found = found.where(Agency.id.in_(offers))
    if search.typed and search.typed.strip():
        words = question(search.typed)
        if words is None:
            return None
        found = found.where(says(Agency.search, words))
    return found


def _lines(session: Session, rows: Sequence[Agency], now: datetime) -> list[AgencyLine]:
    """The rows as lines, in a number of questions that does not grow with them."""
    called = organisations.names(session, {row.organisation for row in rows})
    standing = standings_of(session, rows)
    offered: dict[UUID, list[Category]] = {row.id: [] for row in rows}
    services = select(AgencyService.agency, AgencyService.category).where(
        AgencyService.agency.in_(offered), AgencyService.ended_at.is_(None)
    )
    for agency, category in session.execute(services):
        offered[agency].append(category)

    def line(row: Agency) -> AgencyLine:
        state, categories = standing[row.id].at(now), offered[row.id]
        return AgencyLine(
            row.no,
            called[row.organisation].name_zh,
            called[row.organisation].name_en,
            state,
            tuple(sorted(set(categories))),
            len(categories),
            row.entered_at or (row.publicity_ends if state in _IN else None),
            row.comes_first,
        )

    return [line(row) for row in rows]


def _qualifications(
    session: Session, agency: UUID, now: datetime
) -> tuple[ShownQualification, ...]:
    rows = session.scalars(
        select(AgencyQualification)
        .where(
            AgencyQualification.agency == agency,
            AgencyQualification.state == QualificationState.CONFIRMED,
        )
        .order_by(AgencyQualification.kind, AgencyQualification.expires_on.desc())
    )
    return tuple(
        ShownQualification(
            row.kind, row.level, row.number, row.issuer, row.expires_on,
            is_valid(row.expires_on, now),
        )
        for row in rows
    )  # fmt: skip


def _professions(session: Session, agency: UUID) -> tuple[tuple[str, int], ...]:
    rows: Sequence[tuple[str, int]] = [
        (profession, count)
        for profession, count in session.execute(
            select(AgencyPractitioner.profession, func.count())
            .where(AgencyPractitioner.agency == agency, AgencyPractitioner.ended_at.is_(None))
            .group_by(AgencyPractitioner.profession)
            .order_by(AgencyPractitioner.profession)
        )
    ]
    return tuple(rows)


def _events(session: Session, agency: UUID) -> tuple[Event, ...]:
    rows = session.scalars(
        select(AgencyEvent).where(AgencyEvent.agency == agency).order_by(AgencyEvent.at.desc())
    )
    return tuple(Event(row.kind, row.at, row.reason) for row in rows)
