"""The course of a case: received, corrected once, accepted, paused, decided, delivered."""

from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy.orm import Session

from market.approvals.commands.filing import (
    AddPaper,
    ClaimSupplied,
    NameCase,
    OpenCase,
    Revise,
    add_paper,
    claim_supplied,
    hand_in,
    open_case,
    revise,
    withdraw_case,
)
from market.approvals.commands.handling import (
    AskCorrection,
    DecideCase,
    GiveOpinion,
    PauseCase,
    ask_correction,
    decide_case,
    give_opinion,
    pause_case,
    resume_case,
)
from market.approvals.queries.history import events, open_cases_for
from market.approvals.rules.cases import (
    CASE_TABLE,
    EXTENSION_TABLE,
    CaseAction,
    CaseState,
    EventKind,
    ExtensionAction,
    ExtensionState,
    Issue,
    IssueKind,
    Missing,
    Outcome,
    Owes,
    PauseKind,
)
from market.kernel.errors import BadInput, IllegalMove, NotFound, Refusal
from market.kernel.workdays import end_of
from market.projects.commands.course import cancel_project
from tests.support.approval_cast import CALENDAR, ApprovalCast, at
from tests.support.project_cast import NameProject, paper

INSTANT = timedelta(microseconds=1)
MARCH_9 = end_of(date(2026, 3, 9))
LACKS = (
    Missing(1, "缺法定代表人签字", Owes.OWNER),
    Missing(2, "合格书已过期", Owes.AGENCY),
)

LEGAL = {
    ("preparing", "hand-in"): "received",
    ("preparing", "withdraw"): "withdrawn",
    ("received", "ask-correction"): "correcting",
    ("received", "accept"): "reviewing",
    ("received", "deem-accepted"): "reviewing",
    ("received", "not-accept"): "not-accepted",
    ("received", "withdraw"): "withdrawn",
    ("correcting", "complete"): "received",
    ("correcting", "withdraw"): "withdrawn",
    ("reviewing", "pause"): "paused",
    ("reviewing", "approve"): "approved",
    ("reviewing", "refuse"): "refused",
    ("reviewing", "deem-approved"): "approved",
    ("reviewing", "withdraw"): "withdrawn",
    ("paused", "resume"): "reviewing",
    ("paused", "run-on"): "reviewing",
    ("paused", "withdraw"): "withdrawn",
    ("approved", "deliver"): "delivered",
    ("refused", "deliver"): "delivered",
}
EXTENSIONS = {("asked", "approve"): "approved", ("asked", "decline"): "declined"}


@pytest.mark.parametrize(("state", "action"), list(product(CaseState, CaseAction)))
def test_every_pair_of_state_and_action_of_a_case(state: CaseState, action: CaseAction) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            CASE_TABLE.move(state, action)
    else:
        assert CASE_TABLE.move(state, action).target == target


@pytest.mark.parametrize(("state", "action"), list(product(ExtensionState, ExtensionAction)))
def test_every_pair_of_a_request_for_time(state: ExtensionState, action: ExtensionAction) -> None:
    assert EXTENSION_TABLE.allows(state, action) == ((state.value, action.value) in EXTENSIONS)


def history(house: ApprovalCast, no: str) -> list[EventKind]:
    with Session(house.engine) as session:
        found = events(session, house.own(no).line.id, CALENDAR, house.cast.now)
    return [one.kind for one in found]


def test_one_open_case_for_each_item_under_the_projects_number(house: ApprovalCast) -> None:
    no = house.opened()
    with pytest.raises(Refusal, match="case-open"):
        house.opened()
    house.item(code="SG-002", name_en="Another")
    assert house.opened("SG-002") != no
    house.run(withdraw_case, NameCase(no), house.owner)
    assert house.opened() != no
    with Session(house.engine) as session:
        assert house.own(no).line.id not in open_cases_for(session, house.project, "SG-001")
        assert not open_cases_for(session, house.project, "nowhere")


def test_the_receipt_bears_the_moment_of_handing_in(house: ApprovalCast) -> None:
    no = house.opened()
    with pytest.raises(NotFound):
        house.facts(no)
    house.go("03-03 10:00")
    house.run(hand_in, NameCase(no), house.owner)
    assert house.facts(no).course.received_at == at("03-03 10:00")
    assert house.facts(no).line.due == date(2026, 3, 10)
    with pytest.raises(IllegalMove):
        house.run(hand_in, NameCase(no), house.owner)
    with pytest.raises(Refusal, match="papers-closed"):
        house.run(add_paper, AddPaper(no, 1, paper("late")), house.owner)


def test_nothing_is_handed_in_without_a_paper_nor_for_an_ended_project(
    house: ApprovalCast,
) -> None:
    done = house.cast.office.run(open_case, OpenCase(house.project, "SG-001"), house.owner)
    with pytest.raises(Refusal, match="no-papers"):
        house.run(hand_in, NameCase(done["no"]), house.owner)
    with pytest.raises(BadInput, match="no-material"):
        house.run(add_paper, AddPaper(done["no"], 4, paper("x")), house.owner)
    house.run(withdraw_case, NameCase(done["no"]), house.owner)
    house.cast.office.run(cancel_project, NameProject(house.project), house.owner)
    with pytest.raises(Refusal, match="project-ended"):
        house.opened()


def test_what_is_missing_is_asked_for_once_and_completely(house: ApprovalCast) -> None:
    no = house.received()
    for wrong in ((), (Missing(4, "x", Owes.OWNER),), (LACKS[0], LACKS[0])):
        with pytest.raises(BadInput, match="correction-empty"):
            house.run(ask_correction, AskCorrection(no, wrong), house.clerk)
    house.run(ask_correction, AskCorrection(no, LACKS), house.clerk)
    house.go("03-20 09:00")
    assert house.facts(no).line.due is None
    with pytest.raises(Refusal, match="not-asked-for"):
        house.run(add_paper, AddPaper(no, 3, paper("x")), house.owner)
    house.run(add_paper, AddPaper(no, 2, paper("two")), house.owner)
    assert house.facts(no).state is CaseState.CORRECTING
    house.go("03-23 09:00")
    house.run(add_paper, AddPaper(no, 1, paper("one")), house.owner)
    facts = house.facts(no)
    assert (facts.state, facts.course.supplied_at) == (CaseState.RECEIVED, at("03-23 09:00"))
    assert facts.line.due == date(2026, 3, 30)
    assert [one.supplied_at for one in facts.missing] == [at("03-23 09:00"), at("03-20 09:00")]
    with pytest.raises(Refusal, match="correction-once"):
        house.run(ask_correction, AskCorrection(no, LACKS), house.clerk)
    house.put(end_of(date(2026, 3, 30)) + INSTANT)
    assert house.facts(no).course.accepted_at == at("03-23 09:00")


def test_the_applicant_says_that_something_had_been_there_and_the_papers_show_it(
    house: ApprovalCast,
) -> None:
    no = house.received()
    with pytest.raises(Refusal, match="papers-closed"):
        house.run(claim_supplied, ClaimSupplied(no, 1), house.owner)
    house.go("03-03 09:00")
    house.run(ask_correction, AskCorrection(no, LACKS), house.clerk)
    with pytest.raises(Refusal, match="not-there-before"):
        house.run(claim_supplied, ClaimSupplied(no, 2), house.owner)
    with pytest.raises(Refusal, match="not-asked-for"):
        house.run(claim_supplied, ClaimSupplied(no, 3), house.owner)
    house.run(claim_supplied, ClaimSupplied(no, 1), house.owner)
    house.run(claim_supplied, ClaimSupplied(no, 1), house.owner)
    house.run(add_paper, AddPaper(no, 2, paper("two")), house.owner)
    with pytest.raises(Refusal, match="papers-closed"):
        house.run(claim_supplied, ClaimSupplied(no, 2), house.owner)
    facts = house.facts(no)
    assert [one.missing.already for one in facts.missing] == [True, False]
    assert facts.state is CaseState.RECEIVED
    with Session(house.engine) as session:
        told = events(session, facts.line.id, CALENDAR, house.cast.now)
    assert [one.details.get("already") for one in told if one.kind is EventKind.SUPPLIED] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("after", "in_time"), [(-INSTANT, True), (INSTANT - INSTANT, True), (INSTANT, False)]
)
def test_a_correction_is_asked_for_until_the_fifth_midnight(
    house: ApprovalCast, after: timedelta, in_time: bool
) -> None:
    no = house.received()
    house.put(MARCH_9 + after)
    if in_time:
        house.run(ask_correction, AskCorrection(no, LACKS), house.clerk)
        assert house.facts(no).state is CaseState.CORRECTING
        return
    with pytest.raises(IllegalMove):
        house.run(ask_correction, AskCorrection(no, LACKS), house.clerk)
    facts = house.facts(no)
    assert (facts.state, facts.course.by_silence) == (CaseState.REVIEWING, True)
    assert facts.course.accepted_at == at("03-02 09:00")


@pytest.mark.parametrize("beats", [0, 1, 3])
def test_silence_accepts_at_its_own_moment_however_often_the_house_looks(
    house: ApprovalCast, beats: int
) -> None:
    no = house.received()
    house.put(MARCH_9)
    assert house.beat() == 0
    house.go("03-12 09:00")
    for turn in range(beats):
        assert house.beat() == (1 if turn == 0 else 0)
    assert house.facts(no).course.accepted_at == at("03-02 09:00")
    assert house.facts(no).line.due == date(2026, 3, 16)
    with Session(house.engine) as session:
        found = events(session, house.facts(no).line.id, CALENDAR, house.cast.now)
    assert [(one.number, one.kind, one.at) for one in found] == [
        (1, EventKind.RECEIVED, at("03-02 09:00")),
        (2, EventKind.ACCEPTED, MARCH_9),
    ]
    assert found[1].details == {"by_silence": True}


def test_a_pause_is_told_ends_by_hand_or_by_itself_and_moves_the_day(house: ApprovalCast) -> None:
    house.go("03-03 11:00")
    no = house.accepted()
    assert house.facts(no).line.due == date(2026, 3, 17)
    house.go("03-05 10:00")
    for days in (0, 61):
        with pytest.raises(BadInput, match="pause-length"):
            house.run(pause_case, PauseCase(no, PauseKind.TEST, "检测", days), house.clerk)
    command = PauseCase(no, PauseKind.EXPERT_REVIEW, "专家评审", 3)
    house.run(pause_case, command, house.clerk)
    assert house.facts(no).line.due == date(2026, 3, 20)
    with pytest.raises(IllegalMove):
        house.run(pause_case, command, house.clerk)
    with pytest.raises(IllegalMove):
        house.run(decide_case, DecideCase(no, Outcome.APPROVED, "符合", "1"), house.clerk)
    house.go("03-09 10:00")
    house.run(resume_case, NameCase(no), house.clerk)
    assert house.facts(no).line.due == date(2026, 3, 19)
    house.run(pause_case, PauseCase(no, PauseKind.TEST, "检测", 2), house.clerk)
    house.go("03-16 09:00")
    facts = house.facts(no)
    assert facts.state is CaseState.REVIEWING
    assert facts.pauses[1].ended_at == end_of(date(2026, 3, 11))
    house.run(decide_case, DecideCase(no, Outcome.APPROVED, "符合", "1号"), house.clerk)
    assert history(house, no)[-3:] == [EventKind.PAUSED, EventKind.RESUMED, EventKind.DECIDED]


def test_opinions_come_all_at_once_in_rounds_and_are_answered(house: ApprovalCast) -> None:
    no = house.accepted()
    first = Issue("消防间距不足", IssueKind.FIRST)
    new = Issue("结构计算书缺页", IssueKind.NEW_VISIBLE)
    with pytest.raises(BadInput, match="opinion-empty"):
        house.run(give_opinion, GiveOpinion(no, ()), house.clerk)
    with pytest.raises(BadInput, match="opinion-kind"):
        house.run(give_opinion, GiveOpinion(no, (new,)), house.clerk)
    with pytest.raises(Refusal, match="no-open-round"):
        house.run(revise, Revise(no, "已改", 2, paper("r")), house.owner)
    house.run(give_opinion, GiveOpinion(no, (first,)), house.clerk)
    with pytest.raises(Refusal, match="round-open"):
        house.run(give_opinion, GiveOpinion(no, (first,)), house.clerk)
    house.go("03-06 09:00")
    house.run(revise, Revise(no, "已改", 2, paper("r")), house.owner)
    with pytest.raises(BadInput, match="opinion-kind"):
        house.run(give_opinion, GiveOpinion(no, (first,)), house.clerk)
    house.run(give_opinion, GiveOpinion(no, (new,)), house.clerk)
    facts = house.facts(no)
    assert [one.revised_at for one in facts.rounds] == [at("03-06 09:00"), None]
    assert facts.rounds[1].issues == (new,)
    assert facts.papers[-1].turn == 1
    assert facts.line.due == date(2026, 3, 16)
