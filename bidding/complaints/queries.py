"""Challenges and complaints as their parties, the department and the contract know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.complaints.model import Challenge, Complaint
from bidding.complaints.rules import (
    ChallengeState,
    ComplaintState,
    Finding,
    Outcome,
    Remedy,
    Stage,
)


@dataclass(frozen=True, slots=True)
class ChallengeFacts:
    """A challenge, for the challenger, the owner and its agent, and the supervisor."""

    no: str
    tender: UUID
    tender_no: str
    organisation: UUID
    stage: Stage
    state: ChallengeState
    matters: str
    facts: str
    basis: str
    may_change_result: bool
    filed_at: datetime
    answer_due_on: date | None
    answer: str | None
    finding: Finding | None
    answered_at: datetime | None
    remedy: Remedy | None
    remedy_words: str | None
    remedied_at: datetime | None


def challenges(session: Session, tender: UUID) -> list[ChallengeFacts]:
    """Every challenge of a tender, oldest first."""
    rows = session.scalars(
        select(Challenge).where(Challenge.tender == tender).order_by(Challenge.filed_at)
    )
    return [_facts(row) for row in rows]


def own_challenges(session: Session, organisation: UUID) -> list[ChallengeFacts]:
    """The challenges an organisation filed, newest first."""
    rows = session.scalars(
        select(Challenge)
        .where(Challenge.organisation == organisation)
        .order_by(Challenge.filed_at.desc())
    )
    return [_facts(row) for row in rows]


def tender_of_challenge(session: Session, no: str) -> str | None:
    """The number of the tender that a challenge is of; None without such a challenge."""
    return session.scalar(select(Challenge.tender_no).where(Challenge.no == no))


def open_against(session: Session, tender: UUID) -> list[str]:
    """Numbers of registered challenges that may change the result: no contract while there are."""
    return list(
        session.scalars(
            select(Challenge.no)
            .where(
                Challenge.tender == tender,
                Challenge.state == ChallengeState.REGISTERED,
                Challenge.may_change_result,
            )
            .order_by(Challenge.no)
        )
    )


def upheld_challenges(
    session: Session, tender_ids: Sequence[UUID] | None = None
) -> list[ChallengeFacts]:
    """Challenges that are right with effect and wait for what follows; of these tenders, or all."""
    question = select(Challenge).where(Challenge.state == ChallengeState.UPHELD)
    if tender_ids is not None:
        question = question.where(Challenge.tender.in_(tender_ids))
    return [_facts(row) for row in session.scalars(question.order_by(Challenge.answered_at))]


def supervised(session: Session, limit: int) -> list[ChallengeFacts]:
    """Challenges of all tenders for the supervisor: first those that wait, the newest first."""
    rows = session.scalars(
        select(Challenge)
        .order_by(
            Challenge.state.not_in([ChallengeState.UPHELD, ChallengeState.REGISTERED]),
            Challenge.filed_at.desc(),
            Challenge.no,
        )
        .limit(limit)
    )
    return [_facts(row) for row in rows]


@dataclass(frozen=True, slots=True)
class ComplaintFacts:
    """A complaint with its challenge: for the complainant, owner and agent, and the department."""

    no: str
    challenge: ChallengeFacts
    tender_no: str
    organisation: UUID
    state: ComplaintState
    matters: str
    facts: str
    basis: str
    filed_at: datetime
    examine_until: date | None
    decide_until: date | None
    suspended_until: datetime | None
    outcome: Outcome | None
    decision: str | None
    decided_at: datetime | None

    @property
    def due_on(self) -> date | None:
        """The day by which the department must act next; None when it need not."""
        match self.state:
            case ComplaintState.FILED:
                return self.examine_until
            case ComplaintState.ACCEPTED:
                return self.decide_until
            case _:
                return None


def complaints(
    session: Session, *, organisation: UUID | None = None, tender: UUID | None = None
) -> list[ComplaintFacts]:
    """Complaints, newest first: all, those of one organisation, or those about one tender."""
    question = select(Complaint, Challenge).join(Challenge, Challenge.id == Complaint.challenge)
    if organisation is not None:
        question = question.where(Complaint.organisation == organisation)
    if tender is not None:
        question = question.where(Complaint.tender == tender)
    rows = session.execute(question.order_by(Complaint.filed_at.desc(), Complaint.no))
    return [
        ComplaintFacts(
            row.no,
            _facts(about),
            row.tender_no,
            row.organisation,
            row.state,
            row.matters,
            row.facts,
            row.basis,
            row.filed_at,
            row.examine_until,
            row.decide_until,
            row.suspended_until,
            row.outcome,
            row.decision,
            row.decided_at,
        )
        for row, about in rows
    ]


def waiting_challenges(session: Session, tender_ids: Sequence[UUID]) -> list[ChallengeFacts]:
    """Challenges of these tenders that wait for an answer, the earliest day first."""
    rows = session.scalars(
        select(Challenge)
        .where(Challenge.tender.in_(tender_ids), Challenge.state == ChallengeState.REGISTERED)
        .order_by(Challenge.answer_due_on, Challenge.no)
    )
    return [_facts(row) for row in rows]


def _facts(row: Challenge) -> ChallengeFacts:
    return ChallengeFacts(
        row.no,
        row.tender,
        row.tender_no,
        row.organisation,
        row.stage,
        row.state,
        row.matters,
        row.facts,
        row.basis,
        row.may_change_result,
        row.filed_at,
        row.answer_due_on,
        row.answer,
        row.finding,
        row.answered_at,
        row.remedy,
        row.remedy_words,
        row.remedied_at,
    )
