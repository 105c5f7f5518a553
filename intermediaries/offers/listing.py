"""Who has enrolled: for the operator, for the house's own acts, and each agency's own.

Nothing here is for a page that others read before enrolment has closed; a price is nowhere.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from intermediaries.agencies.queries import AgencyName, agency_names
from intermediaries.demands.queries import Title, titles
from intermediaries.offers.model import EnrolmentRow, Selection
from intermediaries.offers.queries import OwnEnrolment, own_of
from intermediaries.offers.round_prices import own_enrolment
from intermediaries.offers.rows import known, live, terms_of
from intermediaries.offers.rules.rounds import LISTED as BIDDING
from intermediaries.offers.rules.states import RUNNING, SelectionState
from intermediaries.rulebook.selection.modes import Mode


@dataclass(frozen=True, slots=True)
class EnrolledLine:
    """One agency that has enrolled, for the operator: never what it asks."""

    agency: AgencyName | None
    uscc: str
    first_at: datetime
    last_at: datetime
    acts: int
    is_withdrawn: bool


def enrolled_count(session: Session, key: UUID) -> int:
    """How many enrolments of a round are live: for the house's own acts, never for a page."""
    return len(live(session, key))


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A demand's round in a list: its name, how far it is, when enrolment closes.

    `own`: the last act of whoever asks; `count`: how many enrolled, for the operator alone. Each
    is None in the other's list. `bids_until`: the end of the last round, where the list of those
    who bid in rounds stands and one's own enrolment is on it.
    """

    demand: Title
    state: SelectionState
    closes: datetime
    own: OwnEnrolment | None = None
    count: int | None = None
    bids_until: datetime | None = None

    @property
    def no(self) -> str:
        """The demand's number."""
        return self.demand.no

    def title(self, language: str) -> str:
        """The demand's title in "zh" or "en"."""
        return self.demand.title(language)


def own_rounds(session: Session, organisation: UUID, limit: int) -> list[RoundLine]:
    """The demands for which an organisation has enrolled, newest first, with its last act."""
    last = (
        select(EnrolmentRow)
        .where(EnrolmentRow.agency == organisation)
        .ext(distinct_on(EnrolmentRow.selection))
        .order_by(EnrolmentRow.selection, EnrolmentRow.seq.desc())
        .subquery()
    )
    act = aliased(EnrolmentRow, last)
    rows = session.execute(
        select(Selection, act)
        .join(act, act.selection == Selection.id)
        .order_by(Selection.enrol_closes.desc(), Selection.id)
        .limit(limit)
    ).all()
    named = titles(session, {row.demand_no for row, _ in rows})
    return [
        RoundLine(
            named[row.demand_no],
            row.state,
            row.enrol_closes,
            own=own_of(one),
            bids_until=row.decides_at if _bids(row) and not one.is_withdrawal else None,
        )
        for row, one in rows
    ]


def _bids(row: Selection) -> bool:
    return row.mode is Mode.MULTIROUND and row.state in BIDDING


def taking(session: Session, limit: int) -> list[RoundLine]:
    """Rounds before their closing, the next first, with how many enrolled: the operator's list."""
    rows = running(session, limit)
    named = titles(session, {no for no, *_ in rows})
    return [RoundLine(named[no], state, closes, count=count) for no, state, closes, count in rows]


def enrolled(session: Session, no: str) -> list[EnrolledLine]:
    """Who has enrolled, by first act: for the operator alone until enrolment has closed."""
    row = known(session, no)
    acts = session.scalars(
        select(EnrolmentRow)
        .where(EnrolmentRow.selection == row.id)
        .order_by(EnrolmentRow.agency, EnrolmentRow.seq)
    ).all()
    held: dict[UUID, list[EnrolmentRow]] = {}
    for one in acts:
        held.setdefault(one.agency, []).append(one)
    names = agency_names(session, list(held))
    lines = [
        EnrolledLine(
            names.get(agency),
            rows[-1].uscc,
            rows[0].at,
            rows[-1].at,
            len(rows),
            rows[-1].is_withdrawal,
        )
        for agency, rows in held.items()
    ]
    return sorted(lines, key=lambda line: line.first_at)


def waiting_picks(session: Session, owner: UUID, limit: int) -> list[tuple[str, datetime]]:
    """The demands of an owner whose short list waits for its pick, with the last moment for it."""
    rows = session.execute(
        select(Selection.demand_no, Selection.decides_at)
        .where(Selection.state == SelectionState.SHORTLISTED, Selection.decides_at.is_not(None))
        .order_by(Selection.decides_at, Selection.demand_no)
    ).all()
    named = titles(session, [no for no, _ in rows])
    return [(no, until) for no, until in rows if until and named[no].owner == owner][:limit]


def waiting_rounds(
    session: Session, agency: UUID, now: datetime, limit: int
) -> list[tuple[str, datetime]]:
    """The demands for which an agency bids in rounds that are not over, with their beginning."""
    rows = session.scalars(
        select(Selection)
        .where(
            Selection.mode == Mode.MULTIROUND,
            Selection.state.in_(BIDDING),
            Selection.decides_at >= now,
            Selection.id.in_(select(EnrolmentRow.selection).where(EnrolmentRow.agency == agency)),
        )
        .order_by(Selection.decides_at, Selection.demand_no)
        .limit(limit)
    ).all()
    begins = [(row.demand_no, terms_of(row).rounds_from, row.id) for row in rows]
    return [(no, at) for no, at, key in begins if at and own_enrolment(session, key, agency)]


def running(session: Session, limit: int) -> list[tuple[str, SelectionState, datetime, int]]:
    """Rounds before their closing with how many enrolled: for the operator alone."""
    counts = (
        select(func.count(func.distinct(EnrolmentRow.agency)))
        .where(EnrolmentRow.selection == Selection.id)
        .correlate(Selection)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Selection.demand_no, Selection.state, Selection.enrol_closes, counts)
        .where(Selection.state.in_(RUNNING))
        .order_by(Selection.enrol_closes, Selection.demand_no)
        .limit(limit)
    )
    return [(no, state, closes, int(count or 0)) for no, state, closes, count in rows]
