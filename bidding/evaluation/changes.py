"""What broke the course of an evaluation: rests, substitutes, corrections; for its readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bidding.evaluation.model import (
    Correction,
    CorrectionVote,
    EvaluatedBid,
    Evaluation,
    EvaluationSeat,
    Postponement,
)
from bidding.evaluation.rules.course import PostponementReason, ReplacementReason
from bidding.evaluation.rules.score_corrections import CorrectionGround
from bidding.evaluation.rules.states import CorrectionState


@dataclass(frozen=True, slots=True)
class Rest:
    """One postponement."""

    reason: PostponementReason
    words: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Replaced:
    """A member who left and the number of the one who came, None while it is awaited."""

    member: str
    by: str | None
    reason: ReplacementReason
    at: datetime


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction; `votes` are given by member number."""

    id: UUID
    state: CorrectionState
    ground: CorrectionGround
    member: str
    number: str
    criterion: str
    old: str
    new: str
    reason: str
    proposed_at: datetime
    votes: Mapping[str, bool]


def rests(session: Session, row: Evaluation) -> tuple[Rest, ...]:
    """All postponements, oldest first."""
    found = session.scalars(
        select(Postponement)
        .where(Postponement.evaluation == row.id)
        .order_by(Postponement.postponed_at)
    )
    return tuple(Rest(one.reason, one.words, one.postponed_at, one.until) for one in found)


def replaced(session: Session, row: Evaluation) -> tuple[Replaced, ...]:
    """All members who left, by number."""
    after = aliased(EvaluationSeat)
    found = session.execute(
        select(EvaluationSeat, after.number)
        .outerjoin(after, after.follows == EvaluationSeat.id)
        .where(EvaluationSeat.evaluation == row.id, EvaluationSeat.left_at.is_not(None))
        .order_by(EvaluationSeat.number)
    )
    return tuple(
        Replaced(seat.number, by, seat.left_because, seat.left_at)
        for seat, by in found
        if seat.left_because is not None and seat.left_at is not None
    )


def corrections(session: Session, row: Evaluation) -> tuple[Corrected, ...]:
    """All corrections, oldest first."""
    found = session.execute(
        select(Correction, EvaluationSeat.number, EvaluatedBid.number)
        .join(EvaluationSeat, EvaluationSeat.id == Correction.seat)
        .join(EvaluatedBid, EvaluatedBid.id == Correction.bid)
        .where(Correction.evaluation == row.id)
        .order_by(Correction.proposed_at)
    )
    return tuple(
        Corrected(
            one.id,
            one.state,
            one.ground,
            member,
            number,
            one.criterion,
            one.old,
            one.new,
            one.reason,
            one.proposed_at,
            _votes(session, one.id),
        )
        for one, member, number in found
    )


def _votes(session: Session, correction: UUID) -> dict[str, bool]:
    rows = session.execute(
        select(EvaluationSeat.number, CorrectionVote.grossly_off)
        .join(CorrectionVote, CorrectionVote.seat == EvaluationSeat.id)
        .where(CorrectionVote.correction == correction)
    )
    return {number: found for number, found in rows}  # noqa: C416  rows are not pairs to mypy
