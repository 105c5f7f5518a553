"""The history of a case for the rooms above: events with their moments, who owes what, limits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.approvals.courses import SILENT
from market.approvals.model import ApprovalCase, ApprovalEvent
from market.approvals.queries.cases import written_course
from market.approvals.queries.facts import CaseFacts
from market.approvals.queries.items import ItemFacts, item_version
from market.approvals.rules.cases import OPEN, CaseState, EventKind
from market.approvals.rules.course import crossings, promised_day, statutory_day
from market.kernel.workdays import NotYetPublished, WorkCalendar, if_published


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One thing that happened: its place in the case, what, the legal moment, what belongs to it.

    Details by kind: correction `missing` (material, owes); supplied `material`, `owes`, `already`;
    accepted `by_silence`; paused `kind`, `days`, `number`; resumed `by_itself`; opinion `round`,
    `kinds`; revised `round`; extended `days`; decided `outcome`, `by_silence`. Where silence made
    it, the moment is the computed one.
    """

    number: int
    kind: EventKind
    at: datetime
    details: Mapping[str, Any]


def events(
    session: Session, case: UUID, calendar: WorkCalendar, now: datetime
) -> Sequence[CaseEvent]:
    """Everything that happened to a case by now, in the order in which it did; `NotFound`.

    What has followed by itself is in it at its computed moment, whether or not it was written down.
    """
    rows = session.scalars(
        select(ApprovalEvent).where(ApprovalEvent.case == case).order_by(ApprovalEvent.number)
    )
    found = [CaseEvent(row.number, row.kind, row.at, row.details) for row in rows]
    for crossing in crossings(written_course(session, case), calendar, now):
        kind, details = SILENT[crossing.what]
        found.append(CaseEvent(len(found) + 1, kind, crossing.at, details))
    return found


def open_cases_for(session: Session, project: UUID, code: str) -> Sequence[UUID]:
    """The open cases of a project for an item, by their numbers: one, or one for each service."""
    return session.scalars(
        select(ApprovalCase.id)
        .where(
            ApprovalCase.project == project,
            ApprovalCase.code == code,
            ApprovalCase.state.in_(OPEN),
        )
        .order_by(ApprovalCase.no)
    ).all()


def withdrawn(session: Session, cases: Collection[UUID]) -> frozenset[UUID]:
    """Those of some cases that were taken back before a decision."""
    found = select(ApprovalCase.id).where(
        ApprovalCase.id.in_(cases), ApprovalCase.state == CaseState.WITHDRAWN
    )
    return frozenset(session.scalars(found))


def department_of(session: Session, case: UUID) -> UUID:
    """The department that handles a case."""
    return session.get_one(ApprovalCase, case).department


def item_of_case(session: Session, case: UUID) -> ItemFacts:
    """The version of the item that a case follows."""
    return item_version(session, session.get_one(ApprovalCase, case).item)


@dataclass(frozen=True, slots=True)
class DecisionLimits:
    """By when the decision was promised and the law allows it; None before the acceptance."""

    promised: date | NotYetPublished | None
    statutory: date | NotYetPublished | None


def decision_limits(case: CaseFacts, calendar: WorkCalendar) -> DecisionLimits:
    """The two limits of a case as it stands."""
    if case.course.accepted_at is None:
        return DecisionLimits(None, None)
    return DecisionLimits(
        if_published(promised_day, case.course, calendar),
        if_published(statutory_day, case.course, calendar),
    )
