"""Complaints to the finance department: when, by whom, what waits, what a decision does."""

from datetime import timedelta
from itertools import product

import pytest

from bidding.complaints.commands import (
    AnswerChallenge,
    FileChallenge,
    NameChallenge,
    answer_challenge,
    file_challenge,
    withdraw_challenge,
)
from bidding.complaints.complaining import (
    DecideComplaint,
    ExamineComplaint,
    FileComplaint,
    decide_complaint,
    end_suspension,
    examine_complaint,
    file_complaint,
    suspensions_over,
    withdraw_complaint,
)
from bidding.complaints.feature import LISTENERS
from bidding.complaints.queries import complaints
from bidding.complaints.rules import (
    COMPLAINT_TABLE,
    ComplaintAction,
    ComplaintState,
    Finding,
    Outcome,
    Stage,
)
from bidding.contracts.commands import PublishResult, publish_result
from bidding.contracts.feature import LISTENERS as AWARDS
from bidding.contracts.lapsing import RecordLapse, record_lapse
from bidding.contracts.queries import holds
from bidding.contracts.rules import Further, LapseCause
from market.accounts.roles import Role
from market.command import HOUSE, Actor
from market.files.commands import KeepDocument
from market.files.media import MediaType
from market.files.store import Stored
from market.kernel.errors import IllegalMove
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar, end_of, legal_day
from market.notices.queries import Search, board, notice
from market.notices.rules import NoticeKind
from market.protocol.encoding import digest
from tests.bidding.evaluation.cast import Hall, make_hall

CALENDAR = WorkCalendar(SEED)
INSTANT = timedelta(microseconds=1)
WORDS = ("评分有误，请求复核", "见评分明细", "政府采购法第五十二条")


@pytest.fixture
def hall(engine) -> Hall:
    made = make_hall(engine, listeners=(*AWARDS, *LISTENERS))
    made.to_winner()
    made.run(publish_result, PublishResult(made.no, made.house.cast.vault))
    return made


def regulator(hall: Hall) -> Actor:
    cast = hall.house.cast
    if "bureau" not in cast.organisations:
        cast.staffed("bureau", "reg1", Role.REG)
    return cast.actor("reg1", "bureau")


def challenged(hall: Hall) -> str:
    command = FileChallenge(hall.no, Stage.RESULT, *WORDS, may_change_result=False)
    return hall.run(file_challenge, command, hall.bidders["B"])["no"]


def answered(hall: Hall) -> str:
    number = challenged(hall)
    hall.run(answer_challenge, AnswerChallenge(number, "维持原结果", Finding.NOT_UPHELD))
    return number


def complaint(number: str) -> FileComplaint:
    return FileComplaint(number, "答复未回应质疑事项", "见附件", "政府采购法第五十五条")


def filed(hall: Hall) -> str:
    return hall.run(file_complaint, complaint(answered(hall)), hall.bidders["B"])["no"]


def accepted(hall: Hall, *, suspend: bool = False) -> str:
    number = filed(hall)
    command = ExamineComplaint(number, accept=True, suspend=suspend)
    hall.run(examine_complaint, command, regulator(hall))
    return number


def tender(hall: Hall):
    return hall.house.facts(hall.no).id


def test_a_complaint_follows_the_answer_within_fifteen_working_days(hall: Hall) -> None:
    number = answered(hall)
    answer_day = CALENDAR.add_working_days(legal_day(hall.clock.at), 7)
    last = end_of(CALENDAR.add_working_days(answer_day, 15))
    hall.clock.at = last + INSTANT
    assert hall.refused(file_complaint, complaint(number), hall.bidders["B"]) == "complaint-late"
    hall.clock.at = last
    assert hall.run(file_complaint, complaint(number), hall.bidders["B"])["no"].startswith("TS-")
    again = hall.refused(file_complaint, complaint(number), hall.bidders["B"])
    assert again == "complained-already"


def test_silence_is_complained_of_once_the_time_to_answer_is_over(hall: Hall) -> None:
    number = challenged(hall)
    until = end_of(CALENDAR.add_working_days(legal_day(hall.clock.at), 7))
    hall.clock.at = until
    assert hall.refused(file_complaint, complaint(number), hall.bidders["B"]) == "answer-awaited"
    hall.clock.at = until + INSTANT
    hall.run(file_complaint, complaint(number), hall.bidders["B"])


def test_only_who_challenged_complains_and_not_about_what_was_withdrawn(hall: Hall) -> None:
    number = answered(hall)
    assert hall.refused(file_complaint, complaint(number), hall.bidders["A"]) == "not-found"
    empty = FileComplaint(number, "有误", " ", "法")
    assert hall.refused(file_complaint, empty, hall.bidders["B"]) == "challenge-incomplete"
    command = FileChallenge(hall.no, Stage.PROCESS, *WORDS, may_change_result=False)
    other = hall.run(file_challenge, command, hall.bidders["B"])["no"]
    hall.run(withdraw_challenge, NameChallenge(other), hall.bidders["B"])
    gone = hall.refused(file_complaint, complaint(other), hall.bidders["B"])
    assert gone == "challenge-withdrawn"


def test_nobody_but_the_department_examines_and_decides(hall: Hall) -> None:
    number = filed(hall)
    examine = ExamineComplaint(number, accept=True)
    for wrong in (hall.clerk, hall.bidders["B"], hall.house.stranger):
        assert hall.refused(examine_complaint, examine, wrong) != "illegal-move"
    decide = DecideComplaint(number, Outcome.DISMISSED, "质疑事项不成立")
    assert hall.refused(decide_complaint, decide, regulator(hall)) == "illegal-move"
    hall.run(examine_complaint, examine, regulator(hall))
    empty = DecideComplaint(number, Outcome.DISMISSED, " ")
    assert hall.refused(decide_complaint, empty, regulator(hall)) == "no-words"
    hall.run(decide_complaint, decide, regulator(hall))
    assert hall.refused(decide_complaint, decide, regulator(hall)) == "illegal-move"


def test_a_complaint_that_is_not_accepted_has_its_reason(hall: Hall) -> None:
    number = filed(hall)
    silent = ExamineComplaint(number, accept=False)
    assert hall.refused(examine_complaint, silent, regulator(hall)) == "no-words"
    refusal = ExamineComplaint(number, accept=False, reason="超出质疑事项范围")
    hall.run(examine_complaint, refusal, regulator(hall))
    (one,) = hall.ask(complaints)
    assert (one.state, one.decision, one.due_on) == (
        *(ComplaintState.REFUSED, "超出质疑事项范围", None),
    )


def test_the_contract_waits_thirty_days_at_most(hall: Hall) -> None:
    number = accepted(hall, suspend=True)
    assert hall.ask(holds, tender(hall)) == [number]
    (one,) = hall.ask(complaints)
    assert one.suspended_until == end_of(legal_day(hall.clock.at) + timedelta(days=30))
    assert hall.ask(suspensions_over, one.suspended_until, 5) == []
    hall.clock.at = one.suspended_until + INSTANT
    (due,) = hall.ask(suspensions_over, hall.clock.at, 5)
    for _ in range(2):
        hall.run(end_suspension, due, HOUSE)
    assert hall.ask(holds, tender(hall)) == []
    assert hall.ask(suspensions_over, hall.clock.at, 5) == []


def test_a_decision_is_journaled_and_announced_and_lets_the_contract_go(hall: Hall) -> None:
    number = accepted(hall, suspend=True)
    decide = DecideComplaint(number, Outcome.DISMISSED, "质疑事项不成立")
    hall.run(decide_complaint, decide, regulator(hall))
    assert hall.ask(holds, tender(hall)) == []
    (act,) = [one for one in hall.acts() if one["kind"] == "complaint-decision"]
    assert (act["complaint"], act["outcome"]) == (number, "dismissed")
    assert "质疑事项不成立" not in str(act)
    (line,) = hall.ask(board, Search(subject=hall.no, kind=NoticeKind.COMPLAINT), 5)
    told = hall.ask(notice, line.digest)
    assert "驳回投诉" in told.zh
    assert "质疑事项不成立" in told.zh


def test_a_void_result_holds_the_contract_until_the_award_has_lapsed(hall: Hall) -> None:
    number = accepted(hall)
    decide = DecideComplaint(number, Outcome.RESULT_VOID, "评分计算错误")
    hall.run(decide_complaint, decide, regulator(hall))
    assert hall.ask(holds, tender(hall)) == [number]
    stored = Stored(digest(b"decision"), 1000, MediaType.PDF)
    kept = KeepDocument(stored, "决定书.pdf", hall.clerk.organisation)
    lapse = RecordLapse(hall.no, LapseCause.SET_ASIDE, "依投诉处理决定", kept, Further.NEXT)
    hall.run(record_lapse, lapse)
    assert hall.ask(holds, tender(hall)) == []


def test_a_complaint_is_withdrawn_by_whose_it_is(hall: Hall) -> None:
    number = accepted(hall, suspend=True)
    assert hall.refused(withdraw_complaint, number, hall.bidders["A"]) == "not-found"
    hall.run(withdraw_complaint, number, hall.bidders["B"])
    assert hall.ask(holds, tender(hall)) == []
    assert hall.refused(withdraw_complaint, number, hall.bidders["B"]) == "illegal-move"


LEGAL = {
    ("filed", "accept"): "accepted",
    ("filed", "refuse"): "refused",
    ("filed", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
    ("accepted", "decide"): "decided",
}


@pytest.mark.parametrize(("state", "action"), list(product(ComplaintState, ComplaintAction)))
def test_a_complaint_moves_along_its_table_and_nowhere_else(state, action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            COMPLAINT_TABLE.move(state, action)
    else:
        assert COMPLAINT_TABLE.move(state, action).target.value == target
