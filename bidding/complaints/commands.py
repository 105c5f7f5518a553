"""Filing, answering and withdrawing a challenge."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bidding.complaints.model import Challenge
from bidding.complaints.rules import (
    CHALLENGE_TABLE,
    ChallengeAction,
    ChallengeState,
    Stage,
    refuse_if_early,
    refuse_if_late,
    refuse_unless_whole,
)
from bidding.contracts.commands import hold_for, let_go
from bidding.opening import queries as openings
from bidding.rulebook import remedies
from bidding.rulebook.due import due
from bidding.rulebook.events import Event
from bidding.tenders import queries as tenders
from bidding.tenders.dates import running
from bidding.tenders.facts import TenderFacts
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
    _refuse_second(work, facts.id, mine, cmd.stage)
    row = Challenge(
        no=_free_number(work),
        tender=facts.id,
        tender_no=facts.no,
        organisation=mine,
        stage=cmd.stage,
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
    """The owner's or agent's written answer; `upheld` if the challenge is right."""

    challenge: str
    answer: str
    upheld: bool


def answer_challenge(work: Work, cmd: AnswerChallenge) -> Mapping[str, Any]:
    """Answer a challenge; no trade secret belongs into an answer.

    Refusals: `NotFound` for other organisations, "no-words", `IllegalMove`.
    """
    work.need(Permission.CHALLENGES_CHALLENGE_ANSWER)
    row = _locked(work, cmd.challenge)
    facts = tenders.facts_by_id(work.session, row.tender)
    if work.actor.organisation not in facts.insiders():
        raise NotFound
    if not cmd.answer.strip():
        raise BadInput("no-words", zh="请写明答复内容", en="Write the answer")
    with work.session.no_autoflush:
        work.move(row, CHALLENGE_TABLE, ChallengeAction.ANSWER)
        row.answer = cmd.answer
        row.upheld = cmd.upheld
        row.answered_at = work.now
    let_go(work, row.tender, row.no)
    work.state_fact("challenge.answered", row.tender)
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class NameChallenge:
    """A challenge by its number."""

    challenge: str


def withdraw_challenge(work: Work, cmd: NameChallenge) -> Mapping[str, Any]:
    """Take back the acting organisation's own challenge."""
    row = _locked(work, cmd.challenge)
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
    if cmd.no not in {no for no, _ in openings.own_outcomes(work.session, uscc)}:
        raise Refusal(
            "not-affected",
            zh="只有参加本项目投标的供应商可以对过程和结果提出质疑",
            en="Only a supplier that bid for this tender may challenge its process or result",
            status=403,
        )


def _refuse_second(work: Work, tender: UUID, mine: UUID, stage: Stage) -> None:
    """A stage is challenged once, completely."""
    known = work.session.scalar(
        select(Challenge.no).where(
            Challenge.tender == tender,
            Challenge.organisation == mine,
            Challenge.stage == stage,
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


def _locked(work: Work, no: str) -> Challenge:
    row = work.session.scalar(select(Challenge).where(Challenge.no == no).with_for_update())
    if row is None:
        raise NotFound
    return row
