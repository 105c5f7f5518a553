"""Who has enrolled: for the operator, for the house's own acts, and each agency's own.

Nothing here is for a page that others read before enrolment has closed; a price is nowhere.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intermediaries.agencies.queries import AgencyName, agency_names
from intermediaries.offers.model import EnrolmentRow, Selection
from intermediaries.offers.queries import OwnEnrolment
from intermediaries.offers.rows import known, last_act, live
from intermediaries.offers.rules.states import RUNNING, SelectionState


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


def own_rounds(
    session: Session, organisation: UUID, limit: int
) -> list[tuple[str, SelectionState, OwnEnrolment, datetime]]:
    """The demands for which an organisation has enrolled, newest first, with its last act."""
    rows = session.scalars(
        select(Selection)
        .where(
            Selection.id.in_(
                select(EnrolmentRow.selection).where(EnrolmentRow.agency == organisation)
            )
        )
        .order_by(Selection.enrol_closes.desc(), Selection.id)
        .limit(limit)
    ).all()
    found = []
    for row in rows:
        last = last_act(session, row.id, organisation)
        if last is not None:
            act = OwnEnrolment(last.act, last.act_hash, last.seq, last.is_withdrawal, last.at)
            found.append((row.demand_no, row.state, act, row.enrol_closes))
    return found


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
