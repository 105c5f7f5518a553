"""Challenges as their parties and the contract know them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.complaints.model import Challenge
from bidding.complaints.rules import ChallengeState, Stage


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
    upheld: bool | None
    answered_at: datetime | None


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
        row.upheld,
        row.answered_at,
    )
