"""Complaints about results as pages show them: to who looks into them, to the complainant, to all.

Nobody is told who complained. Parties and office read a complaint as soon as it is filed; everybody
else that there is one, and its words with the decision, as with complaints about tenders.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.orders.model.complaints import ResultComplaint
from intermediaries.orders.model.orders import ResultObjection, ServiceOrder
from intermediaries.orders.rules.complaints import complains_since
from intermediaries.orders.rules.dates import complain_until
from intermediaries.orders.rules.states import (
    DECIDED,
    PENDING,
    ResultComplaintState,
    ResultObjectionState,
)
from market.kernel.workdays import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintFacts:
    """A complaint without who made it; `text` is None for who may not read it (yet)."""

    id: UUID
    state: ResultComplaintState
    text: str | None
    filed_at: datetime
    due: datetime | None
    held_at: datetime | None
    hold_reason: str | None
    decision: str | None
    ended_at: datetime | None

    @property
    def is_pending(self) -> bool:
        """Whether it waits for the management office."""
        return self.state in PENDING

    @property
    def is_held(self) -> bool:
        """Whether nobody confirms or signs because of it."""
        return self.state is ResultComplaintState.HELD

    @property
    def is_decided(self) -> bool:
        """Whether the office has decided, one way or the other."""
        return self.state in DECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnObjection:
    """An organisation's own objection, its answer, and the complaint it led to or may lead to.

    `may_complain` until `complain_until`, which is None in a year without a calendar.
    """

    text: str
    filed_at: datetime
    due: datetime
    state: ResultObjectionState
    answer: str | None
    answered_at: datetime | None
    may_complain: bool
    complain_until: datetime | None
    complaint: ComplaintFacts | None


def complaints_of(session: Session, order: UUID) -> tuple[ComplaintFacts, ...]:
    """The complaints about the result of an order, for its parties and the office."""
    rows = session.scalars(
        select(ResultComplaint)
        .where(ResultComplaint.order == order)
        .order_by(ResultComplaint.filed_at, ResultComplaint.id)
    )
    return tuple(_facts(row) for row in rows)


def public_complaints(session: Session, order: UUID) -> tuple[ComplaintFacts, ...]:
    """The same for everybody: words only of those that were decided, and never why one holds."""
    return tuple(
        replace(one, text=one.text if one.is_decided else None, hold_reason=None)
        for one in complaints_of(session, order)
    )


def own_objection(
    session: Session, order: UUID, organisation: UUID | None, calendar: WorkCalendar, now: datetime
) -> OwnObjection | None:
    """What an organisation objected to the result of an order; None if it did not."""
    found = session.execute(
        select(ResultObjection, ServiceOrder.agency)
        .join(ServiceOrder, ServiceOrder.id == ResultObjection.order)
        .where(ResultObjection.order == order, ResultObjection.organisation == organisation)
    ).one_or_none()
    if found is None:
        return None
    row, agency = found
    complaint = session.scalar(select(ResultComplaint).where(ResultComplaint.objection == row.id))
    since = complains_since(row.state, row.due, row.answered_at, now)
    until = None if since is None else complain_until(since, calendar)
    in_time = since is not None and (until is None or now <= until)
    return OwnObjection(
        text=row.text,
        filed_at=row.filed_at,
        due=row.due,
        state=row.state,
        answer=row.answer,
        answered_at=row.answered_at,
        may_complain=in_time and complaint is None and agency != organisation,
        complain_until=until,
        complaint=None if complaint is None else _facts(complaint),
    )


def _facts(row: ResultComplaint) -> ComplaintFacts:
    return ComplaintFacts(
        id=row.id,
        state=row.state,
        text=row.text,
        filed_at=row.filed_at,
        due=row.due,
        held_at=row.held_at,
        hold_reason=row.hold_reason,
        decision=row.decision,
        ended_at=row.ended_at,
    )
