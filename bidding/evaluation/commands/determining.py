"""The winner: the first in the ranking, determined by the purchaser or, in silence, by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.model import Evaluation
from bidding.evaluation.rows import bids, insiders, no_evaluation, numbered
from bidding.evaluation.rules.states import EVALUATION, EvaluationAction, EvaluationState
from bidding.rulebook.articles import REGULATION_43
from bidding.tenders import commands as tender_course
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class DetermineWinner:
    """The purchaser's choice by table number: it must be the first in the ranking."""

    no: str
    number: str


def determine_winner(work: Work, cmd: DetermineWinner) -> Mapping[str, Any]:
    """Determine the winner in ranked order.

    Refusals: "not-in-order", `IllegalMove` at another stage, `NotFound` for everybody but the
    purchaser.
    """
    row, facts = insiders(work, cmd.no, Permission.EVALUATION_WINNER_DETERMINE)
    if work.actor.organisation != facts.owner:
        raise no_evaluation()
    EVALUATION.move(row.state, EvaluationAction.DETERMINE)
    first = _first(row)
    if cmd.number != first:
        raise Refusal(
            "not-in-order",
            zh=f"应当按排名顺序确定中标人，现应确定第 1 名（投标 {first}）",
            en=f"The winner is determined in ranked order: it is the turn of rank 1, bid {first}",
            article=REGULATION_43,
        )
    _determine(work, row, EvaluationAction.DETERMINE)
    return {"no": row.tender_no}


def undetermined(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Evaluations whose purchaser let the time pass, oldest first."""
    return session.scalars(
        select(Evaluation.id)
        .where(Evaluation.state == EvaluationState.REPORTED, Evaluation.determine_until < now)
        .order_by(Evaluation.determine_until, Evaluation.id)
        .limit(limit)
    ).all()


def deem_determined(work: Work, evaluation: UUID) -> None:
    """The first in the ranking is deemed determined once the purchaser's time is over."""
    row = work.session.get_one(Evaluation, evaluation, with_for_update=True)
    until = row.determine_until
    if row.state is EvaluationState.REPORTED and until is not None and work.now > until:
        _determine(work.as_house(), row, EvaluationAction.DEEM_DETERMINED)


def _determine(work: Work, row: Evaluation, action: EvaluationAction) -> None:
    with work.session.no_autoflush:
        row.winner = numbered(bids(work.session, row), _first(row)).id
        row.determined_at, row.determined_by = work.now, work.actor.person
        work.move(row, EVALUATION, action)
    tender_course.record_determined(work, row.tender_no)


def _first(row: Evaluation) -> str:
    return str((row.ranking or [])[0]["number"])
