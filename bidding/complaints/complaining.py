"""A complaint (投诉) to the finance department: filed, examined, decided.

Only whoever challenged may complain, within fifteen working days after the time to answer, about
what was challenged. The department may order the contract to wait, at most thirty days.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.complaints import wording
from bidding.complaints.model import Challenge, Complaint
from bidding.complaints.rules import (
    ANSWERED,
    COMPLAINT_TABLE,
    VOIDS,
    ChallengeState,
    ComplaintAction,
    ComplaintState,
    Outcome,
    refuse_before_answer,
    refuse_complaint_late,
    refuse_unless_whole,
)
from bidding.complaints.windows import complain_until, day_of
from bidding.contracts import queries as awards
from bidding.contracts.commands import hold_for, let_go
from bidding.rulebook import remedies
from bidding.tenders import queries as tenders
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.ids import serial
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of, legal_day
from market.notices.commands import put_up
from market.notices.rules import NoticeKind, NoticeText
from market.protocol.encoding import b64u, digest, structure

SERIES: Final = "TS"
NUMBERS: Final = 10**6


@dataclass(frozen=True, slots=True)
class FileComplaint:
    """A complaint about the answer, or the silence, to one's own challenge."""

    challenge: str
    matters: str
    facts: str
    basis: str


def file_complaint(work: Work, cmd: FileComplaint) -> Mapping[str, Any]:
    """File it with the finance department; its number.

    Refusals: `NotFound` for the challenge of somebody else, "challenge-withdrawn",
    "answer-awaited", "complaint-late", "challenge-incomplete", "complained-already".
    """
    work.need(Permission.CHALLENGES_CHALLENGE_FILE)
    known = work.session.scalar(
        select(Challenge).where(Challenge.no == cmd.challenge).with_for_update()
    )
    if known is None or known.organisation != work.actor.organisation:
        raise NotFound
    refuse_unless_whole(cmd.matters, cmd.facts, cmd.basis)
    _refuse_withdrawn(known)
    is_answered = known.state in ANSWERED
    refuse_before_answer(work.now, _end(known.answer_due_on), is_answered=is_answered)
    refuse_complaint_late(work.now, _end(complain_until(work, known)))
    _refuse_second(work, known.id)
    row = Complaint(
        no=_free_number(work),
        challenge=known.id,
        tender=known.tender,
        tender_no=known.tender_no,
        organisation=known.organisation,
        state=ComplaintState.FILED,
        matters=cmd.matters,
        facts=cmd.facts,
        basis=cmd.basis,
        filed_at=work.now,
        examine_until=day_of(
            work, known.tender, remedies.COMPLAINT_EXAMINATION, legal_day(work.now)
        ),
        decide_until=day_of(work, known.tender, remedies.COMPLAINT_DECISION, legal_day(work.now)),
    )
    work.session.add(row)
    work.session.flush()
    work.note(row.no, "complaint.filed", tender=row.tender_no)
    work.state_fact("complaint.filed", row.id)
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class ExamineComplaint:
    """Whether it is accepted, the reason if it is not, and whether the contract must wait."""

    complaint: str
    accept: bool
    suspend: bool = False
    reason: str = ""


def examine_complaint(work: Work, cmd: ExamineComplaint) -> Mapping[str, Any]:
    """Accept or refuse a complaint; an order to wait holds the contract for thirty days at most.

    Refusals: `NotFound`, "no-words" for a refusal without its reason, `IllegalMove`.
    """
    row = _locked(work, cmd.complaint)
    if not cmd.accept:
        with work.session.no_autoflush:
            row.decision, row.decided_at = _words(cmd.reason), work.now
            work.move(row, COMPLAINT_TABLE, ComplaintAction.REFUSE)
        return {"no": row.no}
    with work.session.no_autoflush:
        row.accepted_at = work.now
        if cmd.suspend:
            last = day_of(work, row.tender, remedies.SUSPENSION, legal_day(work.now))
            row.suspended_until = _end(last)
        work.move(row, COMPLAINT_TABLE, ComplaintAction.ACCEPT)
    if cmd.suspend:
        hold_for(work, row.tender, row.no)
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class DecideComplaint:
    """The written decision."""

    complaint: str
    outcome: Outcome
    decision: str


def decide_complaint(work: Work, cmd: DecideComplaint) -> Mapping[str, Any]:
    """Decide, journal and announce it (NT17).

    What makes result or process void holds the contract back until the award has lapsed; anything
    else lets it go. Refusals: `NotFound`, "no-words", `IllegalMove`.
    """
    row = _locked(work, cmd.complaint)
    decision = _words(cmd.decision)
    with work.session.no_autoflush:
        row.outcome, row.decision, row.decided_at = cmd.outcome, decision, work.now
        work.move(row, COMPLAINT_TABLE, ComplaintAction.DECIDE)
    if cmd.outcome in VOIDS:
        hold_for(work, row.tender, row.no, until_lapse=True)
    else:
        let_go(work, row.tender, row.no)
    notice = _notice(work, row, cmd.outcome, decision)
    work.publish(
        "complaint-decision",
        row.tender_no,
        structure(
            "complaint-decision",
            tender=row.tender_no,
            complaint=row.no,
            notice=b64u(notice),
            kind=NoticeKind.COMPLAINT.value,
            outcome=cmd.outcome.value,
            decision_hash=b64u(digest(decision.encode())),
        ),
    )
    work.state_fact("complaint.decided", row.id)
    return {"no": row.no}


def withdraw_complaint(work: Work, no: str) -> Mapping[str, Any]:
    """Take back the acting organisation's own complaint: the case ends (Regulation art. 57)."""
    row = work.session.scalar(select(Complaint).where(Complaint.no == no).with_for_update())
    if row is None or row.organisation != work.actor.organisation:
        raise NotFound
    work.move(row, COMPLAINT_TABLE, ComplaintAction.WITHDRAW)
    let_go(work, row.tender, row.no)
    return {"no": row.no}


def suspensions_over(session: Session, now: datetime, limit: int) -> list[UUID]:
    """Accepted complaints whose order to wait has run out, oldest first."""
    return list(
        session.scalars(
            select(Complaint.id)
            .where(Complaint.state == ComplaintState.ACCEPTED, Complaint.suspended_until < now)
            .order_by(Complaint.suspended_until)
            .limit(limit)
        )
    )


def end_suspension(work: Work, complaint: UUID) -> None:
    """The thirty days are over: the contract waits no longer, whatever is decided later."""
    row = work.session.get_one(Complaint, complaint, with_for_update=True)
    until = row.suspended_until
    if row.state is ComplaintState.ACCEPTED and until is not None and work.now > until:
        row.suspended_until = None
        let_go(work, row.tender, row.no)
        work.note(row.no, "complaint.suspension-over")


def let_go_after_lapse(work: Work, award: UUID) -> None:
    """The award that a decision made void has lapsed: nothing of it is held back any more."""
    tender = awards.tender_of(work.session, award)
    decided = work.session.scalars(
        select(Complaint).where(
            Complaint.tender == tender, Complaint.state == ComplaintState.DECIDED
        )
    )
    for one in decided:
        let_go(work, tender, one.no)


def _locked(work: Work, no: str) -> Complaint:
    """A complaint for the finance department, which is no party to the tender."""
    work.need(Permission.COMPLAINTS_COMPLAINT_DECIDE)
    row = work.session.scalar(select(Complaint).where(Complaint.no == no).with_for_update())
    if row is None:
        raise NotFound
    if work.actor.organisation in tenders.facts_by_id(work.session, row.tender).insiders():
        raise NotFound
    return row


def _refuse_withdrawn(known: Challenge) -> None:
    if known.state is ChallengeState.WITHDRAWN:
        raise Refusal(
            "challenge-withdrawn",
            zh="质疑已撤回，不能就此投诉",
            en="The challenge was withdrawn; there is nothing to complain about",
        )


def _refuse_second(work: Work, challenge: UUID) -> None:
    known = work.session.scalar(select(Complaint.no).where(Complaint.challenge == challenge))
    if known is not None:
        raise Refusal(
            "complained-already",
            zh=f"已就此质疑提出投诉 {known}",
            en=f"A complaint about this challenge was filed: {known}",
        )


def _words(text: str) -> str:
    if not text.strip():
        words = ("请写明理由", "State the reasons")
        raise BadInput("no-words", zh=words[0], en=words[1], fields={"decision": words})
    return text.strip()


def _notice(work: Work, row: Complaint, outcome: Outcome, decision: str) -> bytes:
    tender = tenders.facts_by_id(work.session, row.tender)
    zh, en = wording.decided(tender, row.no, row.matters, outcome, decision)
    return put_up(
        work,
        NoticeText(
            kind=NoticeKind.COMPLAINT,
            subject=tender.no,
            page=f"/tenders/{tender.no}/result",
            title_zh=f"{tender.title_zh}投诉处理结果公告",
            title_en=f"{tender.title_en}: decision on a complaint",
            zh=zh,
            en=en,
            published_at=work.now,
        ),
    )


def _end(day: date | None) -> datetime | None:
    return None if day is None else end_of(day)


def _free_number(work: Work) -> str:
    year = legal_day(work.now).year
    while True:
        no = serial(SERIES, year, 1 + secrets.randbelow(NUMBERS - 1))
        if work.session.scalar(select(Complaint.id).where(Complaint.no == no)) is None:
            return no
