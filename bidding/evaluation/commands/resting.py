"""The evaluation rests until a moment, for one of few reasons, and goes on by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from bidding.evaluation.model import Evaluation, Postponement, Report
from bidding.evaluation.rows import insiders, refuse_unless_in, resting_until, seats
from bidding.evaluation.rules.course import (
    POSTPONEMENTS,
    PostponementReason,
    refuse_unless_rest,
    written_reason,
)
from bidding.evaluation.rules.states import EvaluationState
from market.accounts.queries import people
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import SHANGHAI

S = EvaluationState
CAN_REST: Final = (
    *(S.SIGNING_IN, S.DISCIPLINE, S.QUALIFICATION, S.COMPLIANCE, S.SCORING),
    *(S.LOW_PRICES, S.RANKING, S.DRAWING, S.DRAFTING, S.SIGNING),
)
"""From the opening to the report; drafts stay as they are, nobody's time to sign runs."""


@dataclass(frozen=True, slots=True)
class PostponeEvaluation:
    """Let an evaluation rest; at `until` itself it goes on."""

    no: str
    reason: PostponementReason
    words: str
    until: datetime


def postpone_evaluation(work: Work, cmd: PostponeEvaluation) -> Mapping[str, Any]:
    """Postpone, or set another end; every member is told. Fact: "evaluation.postponed".

    Refusals: "rest-wrong", "reason-missing", "wrong-stage" after the report, `NotFound` for
    everybody but owner and agent.
    """
    row, _ = insiders(work, cmd.no, Permission.EVALUATION_QUALIFICATION_CHECK)
    refuse_unless_in(row, *CAN_REST)
    refuse_unless_rest(work.now, cmd.until)
    words = written_reason(cmd.words)
    before = resting_until(work.session, row) or work.now
    _prolong_signing(work, row, max(before, work.now), cmd.until)
    rest = Postponement(
        evaluation=row.id,
        reason=cmd.reason,
        words=words,
        until=cmd.until,
        postponed_by=work.actor.person,
        postponed_at=work.now,
    )
    work.session.add(rest)
    work.session.flush()
    _tell(work, row, rest)
    work.note(row.tender_no, "evaluation.postponed", reason=cmd.reason.value)
    work.state_fact("evaluation.postponed", row.tender)
    return {"no": row.tender_no}


@dataclass(frozen=True, slots=True)
class ResumeEvaluation:
    """Go on before the end that was set."""

    no: str


def resume_evaluation(work: Work, cmd: ResumeEvaluation) -> Mapping[str, Any]:
    """End the rest now; "not-resting" when there is none, `NotFound` for others."""
    row, _ = insiders(work, cmd.no, Permission.EVALUATION_QUALIFICATION_CHECK)
    rest = work.session.scalar(
        select(Postponement)
        .where(Postponement.evaluation == row.id)
        .order_by(Postponement.postponed_at.desc())
        .limit(1)
    )
    if rest is None or rest.until <= work.now:
        raise Refusal("not-resting", zh="评审没有推迟", en="The evaluation is not postponed")
    rest.until = work.now
    work.note(row.tender_no, "evaluation.resumed")
    return {"no": row.tender_no}


def _prolong_signing(work: Work, row: Evaluation, since: datetime, until: datetime) -> None:
    """The time to sign stands still while the evaluation rests."""
    report = work.session.get(Report, row.id)
    if row.state is S.SIGNING and report is not None and until > since:
        report.until += until - since


def _tell(work: Work, row: Evaluation, rest: Postponement) -> None:
    zh, en = POSTPONEMENTS[rest.reason]
    at = rest.until.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    for seat in seats(work.session, row):
        for address in people.addresses_of_person(work.session, seat.person)[:1]:
            work.letter(
                address,
                "evaluation-postponed",
                key=f"evaluation-postponed:{rest.id}:{address}",
                zh=f"{row.tender_no}：评审推迟至 {at}。{zh}",
                en=f"{row.tender_no}: the evaluation is postponed until {at}. {en}",
                link=f"/desk/evaluations/{row.tender_no}",
            )
