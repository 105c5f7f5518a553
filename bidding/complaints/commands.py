"""Filing, answering and withdrawing a challenge."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bidding.complaints import telling
from bidding.complaints.model import Challenge
from bidding.complaints.remedying import follow, locked
from bidding.complaints.rules import (
    CHALLENGE_TABLE,
    ChallengeAction,
    ChallengeState,
    Finding,
    Remedy,
    Stage,
    refuse_if_early,
    refuse_if_late,
    refuse_unless_whole,
)
from bidding.contracts import queries as awards
from bidding.contracts.commands import hold_for, let_go
from bidding.opening import queries as openings
from bidding.rulebook import remedies
from bidding.rulebook.due import due
from bidding.rulebook.events import Event
from bidding.tenders import queries as tenders
from bidding.tenders.dates import running
from bidding.tenders.facts import TenderFacts
from bidding.tenders.rules import ENDED_WITHOUT_AWARD
from market.accounts.queries import organisations
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.ids import serial
from market.kernel.permissions import Permission
from market.kernel.workdays import NotYetPublished, legal_day

SERIES: Final = "ZY"
NUMBERS: Final = 10**6

WINDOWS: Final[dict[Stage, tuple[Event, Event]]] = {
    Stage.DOCUMENTS: (Event.PUBLICATION, Event.DOCUMENTS_CHALLENGE_END),
    Stage.PROCESS: (Event.OPENING, Event.OPENING_CHALLENGE_END),
    Stage.RESULT: (Event.AWARD_NOTICE, Event.RESULT_CHALLENGE_END),
}
"""Which step opens each window, and the date that closes it."""


@dataclass(frozen=True, slots=True)
class FileChallenge:
    """A challenge of the acting organisation against one stage of a tender."""

    no: str
    stage: Stage
    matters: str
    facts: str
    basis: str
    may_change_result: bool


def file_challenge(work: Work, cmd: FileChallenge) -> Mapping[str, Any]:
    """Register a challenge; its number and when the answer is due.

    Refusals: `NotFound`, "not-affected" (only a bidder of this tender may challenge its process or
    result), "challenge-early", "challenge-late", "challenge-incomplete", "challenged-already".
    """
    work.need(Permission.CHALLENGES_CHALLENGE_FILE)
    facts = tenders.facts(work.session, cmd.no)
    refuse_unless_whole(cmd.matters, cmd.facts, cmd.basis)
    mine = work.actor.organisation
    if mine is None:
        raise NotFound
    _refuse_stranger(work, cmd, mine)
    opens, closes = WINDOWS[cmd.stage]
    dates = running(facts, work.calendar)
    refuse_if_early(work.now, _moment(dates[opens].at))
    until = _moment(dates[closes].at)
    if until is not None:
        refuse_if_late(work.now, until)
    turn = 1 + awards.fallen(work.session, facts.id) if cmd.stage is Stage.RESULT else 1
    _refuse_second(work, facts.id, mine, cmd.stage, turn)
    row = Challenge(
        no=_free_number(work),
        tender=facts.id,
        tender_no=facts.no,
        organisation=mine,
        stage=cmd.stage,
        turn=turn,
        state=ChallengeState.REGISTERED,
        matters=cmd.matters,
        facts=cmd.facts,
        basis=cmd.basis,
        may_change_result=cmd.may_change_result,
        filed_at=work.now,
        answer_due_on=_answer_due(work, facts),
    )
    work.session.add(row)
    if cmd.may_change_result:
        hold_for(work, facts.id, row.no)
    work.note(row.no, "challenge.filed", tender=facts.no)
    work.state_fact("challenge.filed", facts.id)
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class AnswerChallenge:
    """The owner's or agent's written answer, and what they find."""

    challenge: str
    answer: str
    finding: Finding


def answer_challenge(work: Work, cmd: AnswerChallenge) -> Mapping[str, Any]:
    """Answer a challenge; no trade secret belongs into an answer.

    Right with effect on the result, it holds the contract until the award has lapsed, the tender
    ended, or what was done is recorded (Order 94, article 16); otherwise it lets it go. Challenger
    and bidders have a letter. Refusals: `NotFound` for others, "no-words", `IllegalMove`.
    """
    work.need(Permission.CHALLENGES_CHALLENGE_ANSWER)
    row = locked(work, cmd.challenge)
    facts = tenders.facts_by_id(work.session, row.tender)
    if work.actor.organisation not in facts.insiders():
        raise NotFound
    if not cmd.answer.strip():
        raise BadInput("no-words", zh="请写明答复内容", en="Write the answer")
    is_upheld = cmd.finding is Finding.UPHELD_WITH_EFFECT
    with work.session.no_autoflush:
        row.answer, row.finding, row.answered_at = cmd.answer, cmd.finding, work.now
        action = ChallengeAction.UPHOLD if is_upheld else ChallengeAction.ANSWER
        work.move(row, CHALLENGE_TABLE, action)
    telling.answered(work, facts, row)
    if not is_upheld:
        let_go(work, row.tender, row.no)
    elif facts.state in ENDED_WITHOUT_AWARD:
        follow(work, facts, row, Remedy.RESTARTED)
    else:
        hold_for(work, row.tender, row.no, until_lapse=True)
    work.state_fact("challenge.answered", row.tender)
    return {"no": row.no, "upheld": is_upheld}


@dataclass(frozen=True, slots=True)
class NameChallenge:
    """A challenge by its number."""

    challenge: str


def withdraw_challenge(work: Work, cmd: NameChallenge) -> Mapping[str, Any]:
    """Take back the acting organisation's own challenge."""
    row = locked(work, cmd.challenge)
    if work.actor.organisation != row.organisation:
        raise NotFound
    work.move(row, CHALLENGE_TABLE, ChallengeAction.WITHDRAW)
    let_go(work, row.tender, row.no)
    work.state_fact("challenge.withdrawn", row.tender)
    return {"no": row.no}


def _refuse_stranger(work: Work, cmd: FileChallenge, mine: UUID) -> None:
    """Whoever did not bid is affected by the documents alone."""
    if cmd.stage is Stage.DOCUMENTS:
        return
    uscc = organisations.organisation(work.session, mine).uscc
    if not openings.took_part(work.session, cmd.no, uscc):
        raise Refusal(
            "not-affected",
            zh="只有参加本项目投标的供应商可以对过程和结果提出质疑",
            en="Only a supplier that bid for this tender may challenge its process or result",
            status=403,
        )


def _refuse_second(work: Work, tender: UUID, mine: UUID, stage: Stage, turn: int) -> None:
    """A stage is challenged once, completely; each published result for itself."""
    known = work.session.scalar(
        select(Challenge.no).where(
            Challenge.tender == tender,
            Challenge.organisation == mine,
            Challenge.stage == stage,
            Challenge.turn == turn,
        )
    )
    if known is not None:
        raise Refusal(
            "challenged-already",
            zh=f"同一环节只能一次性提出质疑，已登记为 {known}",
            en=f"A stage is challenged once and completely; registered as {known}",
        )


def _answer_due(work: Work, facts: TenderFacts) -> date | None:
    found = due(
        remedies.CHALLENGE_ANSWER,
        Event.RESULT_CHALLENGE_END,
        legal_day(work.now),
        work.calendar,
        on=legal_day(facts.published_at),
    )
    return None if isinstance(found.day, NotYetPublished) else found.day


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _free_number(work: Work) -> str:
    year = legal_day(work.now).year
    while True:
        no = serial(SERIES, year, 1 + secrets.randbelow(NUMBERS - 1))
        if work.session.scalar(select(Challenge.id).where(Challenge.no == no)) is None:
            return no
