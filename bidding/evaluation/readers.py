"""Who may read the report and what the course of an evaluation was; `NotFound` for all others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.changes import Corrected, Replaced, Rest, corrections, replaced, rests
from bidding.evaluation.model import Evaluation, EvaluationSeat, Report
from bidding.evaluation.rows import no_evaluation, resting_until, seats
from bidding.evaluation.rules.states import AFTER_LOCK, EvaluationState
from bidding.tenders import queries as tenders
from market.command import Actor
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission

SENT: Final = (EvaluationState.REPORTED, EvaluationState.DETERMINED)
STAFF: Final = (
    Permission.EVALUATION_QUALIFICATION_CHECK,
    Permission.EVALUATION_WINNER_DETERMINE,
)


def report_pdf(session: Session, no: str, reader: Actor) -> bytes:
    """The printed report: for the panel from the call on, once sent for three others.

    These are staff of owner and agent whose role has to do with evaluations, and the supervisor.
    A member who was replaced reads nothing more. `NotFound` for everybody else.
    """
    row = session.scalar(select(Evaluation).where(Evaluation.tender_no == no))
    if row is None:
        raise no_evaluation()
    is_member = _number(session, row, reader) is not None
    sees = is_member and row.state in AFTER_LOCK
    if row.state in SENT:
        sees = sees or _is_staff(session, no, reader)
        sees = sees or reader.may(Permission.SUPERVISION_RECORD_READ)
    report = session.get(Report, row.id) if sees else None
    if report is None:
        raise NotFound
    return report.pdf


@dataclass(frozen=True, slots=True)
class Course:
    """What broke the course of an evaluation, for one reader.

    `member` is the reader's own number, None for the purchaser's staff. `numbers` are the panel's
    numbers, `bids` the table numbers that a correction may name.
    """

    no: str
    state: EvaluationState
    member: str | None
    may_propose: bool
    resting_until: datetime | None
    rests: tuple[Rest, ...]
    replaced: tuple[Replaced, ...]
    corrections: tuple[Corrected, ...]
    numbers: tuple[str, ...]
    bids: tuple[str, ...]
    codes: tuple[tuple[str, str, str], ...]


def course(session: Session, no: str, reader: Actor) -> Course:
    """The course for a member after the lock, and for staff of owner and agent once sent."""
    row = session.scalar(select(Evaluation).where(Evaluation.tender_no == no))
    if row is None:
        raise no_evaluation()
    member = _number(session, row, reader)
    is_staff = _is_staff(session, no, reader)
    if not (member is not None and row.state in AFTER_LOCK) and not (
        is_staff and row.state in SENT
    ):
        raise no_evaluation()
    facts = tenders.facts(session, no)
    before = row.state in (EvaluationState.DRAFTING, EvaluationState.SIGNING)
    is_owner = reader.organisation == facts.owner
    determines = is_owner and reader.may(Permission.EVALUATION_WINNER_DETERMINE)
    return Course(
        no=no,
        state=row.state,
        member=member,
        may_propose=(before and member is not None)
        or (row.state is EvaluationState.REPORTED and determines),
        resting_until=resting_until(session, row),
        rests=rests(session, row),
        replaced=replaced(session, row),
        corrections=corrections(session, row),
        numbers=tuple(seat.number for seat in seats(session, row)),
        bids=tuple(str(line["number"]) for line in row.ranking or []),
        codes=tuple((one.code, one.zh, one.en) for one in facts.scheme.criteria),
    )


@dataclass(frozen=True, slots=True)
class Resting:
    """The rests of an evaluation for whoever may set one."""

    no: str
    state: EvaluationState
    resting_until: datetime | None
    rests: tuple[Rest, ...]


def resting(session: Session, no: str, reader: Actor) -> Resting:
    """The rests for staff of owner and agent."""
    row = session.scalar(select(Evaluation).where(Evaluation.tender_no == no))
    if row is None or not _is_staff(session, no, reader):
        raise no_evaluation()
    return Resting(no, row.state, resting_until(session, row), rests(session, row))


def _is_staff(session: Session, no: str, reader: Actor) -> bool:
    mine = reader.organisation
    inside = mine is not None and mine in tenders.facts(session, no).insiders()
    return inside and any(reader.may(one) for one in STAFF)


def _number(session: Session, row: Evaluation, reader: Actor) -> str | None:
    if reader.person is None:
        return None
    return session.scalar(
        select(EvaluationSeat.number).where(
            EvaluationSeat.evaluation == row.id,
            EvaluationSeat.person == reader.person,
            EvaluationSeat.left_at.is_(None),
        )
    )
