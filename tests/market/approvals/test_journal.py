"""What of approvals everybody may check: the receipt, the decision; and told time that runs out."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from market.approvals.commands.filing import NameCase, hand_in
from market.approvals.commands.handling import (
    DecideCase,
    PauseCase,
    decide_case,
    pause_case,
    resume_case,
)
from market.approvals.feature import FEATURE
from market.approvals.rules.cases import Outcome, PauseKind
from market.approvals.rules.timetable import timetable
from market.journal.model import JournalEntry
from market.kernel.errors import IllegalMove
from market.kernel.workdays import end_of
from market.protocol.encoding import parse
from tests.support.approval_cast import CALENDAR, ApprovalCast
from tests.support.repeated import at_once


@pytest.fixture
def heard(house: ApprovalCast) -> ApprovalCast:
    """The house with the room's listeners."""
    office = house.cast.office
    house.cast.house.office = replace(office, listeners=FEATURE.listeners)
    return house


def said(house: ApprovalCast, kind: str, no: str) -> list[dict]:
    with Session(house.engine) as session:
        found = select(JournalEntry.data).where(
            JournalEntry.type == kind, JournalEntry.subject == no
        )
        return [parse(raw) for raw in session.scalars(found)]


def test_receipt_and_decision_stand_in_the_journal_once_and_name_neither_owner_nor_project(
    heard: ApprovalCast,
) -> None:
    no = heard.accepted()
    (receipt,) = said(heard, "approval-receipt", no)
    assert receipt.keys() == {"item", "department", "received"}
    assert said(heard, "approval-decision", no) == []

    def once(_: int) -> str:
        try:
            command = DecideCase(no, Outcome.APPROVED, "符合条件", "建许〔2026〕7号")
            heard.run(decide_case, command, heard.clerk)
        except IllegalMove as refused:
            return refused.code
        return "done"

    assert sorted(at_once(once)) == ["done", "illegal-move", "illegal-move"]
    (decision,) = said(heard, "approval-decision", no)
    assert (decision["outcome"], decision["by_silence"]) == ("approved", False)
    assert decision["paper"] == "建许〔2026〕7号"
    code = heard.own(no).line.project_code
    assert code not in str(receipt) + str(decision)
    assert "符合条件" not in str(decision)


def test_a_case_says_nothing_before_it_is_handed_in(heard: ApprovalCast) -> None:
    no = heard.opened()
    assert said(heard, "approval-receipt", no) == []
    heard.run(hand_in, NameCase(no), heard.owner)
    assert len(said(heard, "approval-receipt", no)) == 1


def test_silence_that_was_consent_is_journaled_as_that(heard: ApprovalCast) -> None:
    heard.item(code="MX-001", silence="法规规定逾期视为同意", promised=5, statutory=10)
    no = heard.accepted("MX-001")
    heard.put(end_of(date(2026, 6, 1)))
    heard.beat()
    (decision,) = said(heard, "approval-decision", no)
    assert (decision["by_silence"], decision["paper"]) == (True, None)


def test_time_told_for_experts_that_nobody_ended_is_shown_as_the_departments_from_then_on(
    house: ApprovalCast,
) -> None:
    no = house.accepted()
    command = PauseCase(no, PauseKind.EXPERT_REVIEW, "专家评审", 3)
    house.run(pause_case, command, house.clerk)
    pause = house.facts(no).course.pauses[0]
    ended = end_of(CALENDAR.add_working_days(pause.begun_at.date(), 3))
    house.put(ended)
    shown = [why.what[1] for why in timetable(house.facts(no).course, CALENDAR)]
    assert "Time counts again at the latest" in shown
    house.go("05-20 09:00")
    house.beat()
    course = house.facts(no).course
    whys = {why.what[1]: why.counted[1] for why in timetable(course, CALENDAR)}
    over = whys["The time that was told is over and counts again"]
    assert "the department's time from here on" in over
    with pytest.raises(IllegalMove):
        house.run(resume_case, NameCase(no), house.clerk)


def test_a_pause_that_somebody_ended_says_so(house: ApprovalCast) -> None:
    no = house.accepted()
    house.run(pause_case, PauseCase(no, PauseKind.EXPERT_REVIEW, "专家评审", 3), house.clerk)
    house.run(resume_case, NameCase(no), house.clerk)
    whys = {why.what[1] for why in timetable(house.facts(no).course, CALENDAR)}
    assert "Time counts again" in whys
    assert "The time that was told is over and counts again" not in whys
