"""Penalties with everything that was said: for the agency itself and for those who decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from intermediaries.agencies.queries import AgencyName, agency_names
from intermediaries.credit.model import CreditEntry, CreditPenalty
from intermediaries.credit.reading import words
from intermediaries.credit.rules import EntryKind
from intermediaries.rulebook.penalties import Act
from intermediaries.rulebook.states import COUNTING, PenaltyState
from market.journal.queries import entries_of
from market.kernel.errors import NotFound

DECIDING: Final = (PenaltyState.NOTICED, PenaltyState.STATED)
_PUBLIC: Final = (*COUNTING, PenaltyState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Said:
    """One row of the ledger about a penalty, with its words."""

    kind: EntryKind
    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyCase:
    """A penalty: what it is for, where it stands, until when who may do what."""

    id: UUID
    no: str
    organisation: UUID
    agency: AgencyName | None
    act: Act
    occurred: date
    points: int
    order_no: str | None
    state: PenaltyState
    noticed_at: datetime
    heard_by: datetime
    decision_due: datetime
    final_at: datetime | None
    final_by: UUID | None
    appeal_by: datetime | None
    answer_due: datetime | None
    legal_paper: str | None
    facts: str
    evidence: str
    overdue_days: int
    said: tuple[Said, ...]

    def may_state(self, now: datetime) -> bool:
        """Whether the agency may still make its statement."""
        return self.state is PenaltyState.NOTICED and now <= self.heard_by

    def may_be_decided(self, now: datetime) -> bool:
        """Whether the agency was heard, or had its time."""
        return self.state is PenaltyState.STATED or (
            self.state is PenaltyState.NOTICED and now > self.heard_by
        )

    def may_appeal(self, now: datetime) -> bool:
        """Whether an appeal may still be filed."""
        return (
            self.state is PenaltyState.FINAL
            and self.appeal_by is not None
            and now <= self.appeal_by
        )

    @property
    def due(self) -> datetime | None:
        """Until when somebody has to decide; None where nothing waits."""
        if self.state in DECIDING:
            return self.decision_due
        return self.answer_due


@dataclass(frozen=True, slots=True)
class PublicPenalty:
    """What everybody may know of a penalty that was decided: never what was said in it."""

    no: str
    act: Act
    occurred: date
    points: int
    order_no: str | None
    state: PenaltyState
    final_at: datetime
    index: int | None
    """Its decision's place in the public journal."""


def case(session: Session, no: str) -> PenaltyCase:
    """The penalty with this number; `NotFound` "penalty-unknown"."""
    found = _cases(session, select(CreditPenalty).where(CreditPenalty.no == no))
    if not found:
        raise NotFound("penalty-unknown", zh="没有这一扣分", en="No such penalty")
    return found[0]


def own_cases(session: Session, organisation: UUID) -> list[PenaltyCase]:
    """The penalties of an organisation, newest first."""
    return _cases(
        session,
        select(CreditPenalty)
        .where(CreditPenalty.organisation == organisation)
        .order_by(CreditPenalty.noticed_at.desc(), CreditPenalty.no),
    )


def waiting(session: Session) -> list[PenaltyCase]:
    """What waits for a statement, a decision or the decision on an appeal, by its due moment."""
    states = (*DECIDING, PenaltyState.APPEALED)
    found = _cases(session, select(CreditPenalty).where(CreditPenalty.state.in_(states)))
    return sorted(found, key=lambda one: (one.due or one.noticed_at, one.no))


def newest(session: Session, limit: int, after: tuple[datetime, str] | None) -> list[PenaltyCase]:
    """All penalties, newest first, after the place `after`."""
    found = select(CreditPenalty).order_by(CreditPenalty.noticed_at.desc(), CreditPenalty.no)
    if after is not None:
        at, no = after
        found = found.where(
            (CreditPenalty.noticed_at < at)
            | ((CreditPenalty.noticed_at == at) & (CreditPenalty.no > no))
        )
    return _cases(session, found.limit(limit))


def public_penalties(session: Session, organisation: UUID) -> list[PublicPenalty]:
    """The decided penalties of an organisation, newest first."""
    rows = session.scalars(
        select(CreditPenalty)
        .where(CreditPenalty.organisation == organisation, CreditPenalty.state.in_(_PUBLIC))
        .order_by(CreditPenalty.final_at.desc(), CreditPenalty.no)
    )
    return [
        PublicPenalty(
            row.no, row.act, row.occurred, row.points, row.order_no, row.state, row.final_at,
            _index(session, row.no),
        )
        for row in rows
        if row.final_at is not None
    ]  # fmt: skip


def _index(session: Session, no: str) -> int | None:
    placed = entries_of(session, no, "credit-decision")
    return placed[-1].index if placed else None


def _cases(session: Session, found: Select[CreditPenalty]) -> list[PenaltyCase]:
    rows = session.scalars(found).all()
    named = agency_names(session, {row.organisation for row in rows})
    said = _said(session, [row.id for row in rows])
    return [_case(row, named.get(row.organisation), said[row.id]) for row in rows]


def _said(session: Session, penalties: Sequence[UUID]) -> dict[UUID, list[CreditEntry]]:
    found: dict[UUID, list[CreditEntry]] = {key: [] for key in penalties}
    for row in session.scalars(
        select(CreditEntry).where(CreditEntry.penalty.in_(penalties)).order_by(CreditEntry.place)
    ):
        if row.penalty is not None:
            found[row.penalty].append(row)
    return found


def _case(row: CreditPenalty, agency: AgencyName | None, said: list[CreditEntry]) -> PenaltyCase:
    notice = said[0].said
    return PenaltyCase(
        id=row.id,
        no=row.no,
        organisation=row.organisation,
        agency=agency,
        act=row.act,
        occurred=row.occurred,
        points=row.points,
        order_no=row.order_no,
        state=row.state,
        noticed_at=row.noticed_at,
        heard_by=row.heard_by,
        decision_due=row.decision_due,
        final_at=row.final_at,
        final_by=row.final_by,
        appeal_by=row.appeal_by,
        answer_due=row.answer_due,
        legal_paper=row.legal_paper,
        facts=str(notice["facts"]),
        evidence=str(notice["evidence"]),
        overdue_days=int(notice["overdue_days"]),
        said=tuple(Said(one.kind, one.at, words(one)) for one in said[1:]),
    )
