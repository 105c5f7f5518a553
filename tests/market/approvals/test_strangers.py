"""What other departments and other owners send at a case: there is no such case for them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.accounts.roles import Role
from market.approvals.commands.extending import (
    AskExtension,
    DecideExtension,
    ask_extension,
    decide_extension,
)
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
    GiveReasons,
    PauseCase,
    accept_case,
    ask_correction,
    decide_case,
    deliver_case,
    give_opinion,
    not_accept,
    pause_case,
    resume_case,
)
from market.approvals.model import ApprovalEvent
from market.approvals.queries.cases import case_at_desk, case_of_owner, desk_cases, owner_cases
from market.approvals.rules.cases import Issue, IssueKind, Missing, Outcome, Owes, PauseKind
from market.kernel.errors import MarketError, NotFound, NotSignedIn, Refusal
from market.kernel.workdays import NotYetPublished
from tests.support.approval_cast import CALENDAR, ApprovalCast
from tests.support.project_cast import paper


@pytest.fixture
def others(house: ApprovalCast) -> ApprovalCast:
    """The department `water` with clerk `hehe` and head `hong`, the owner `other` with `zhao`."""
    cast = house.cast
    cast.staffed("water", "hehe", Role.DEPT)
    cast.admit("water", Role.DEPT_HEAD)
    cast.appoint("water", "hehe", "hong", Role.DEPT_HEAD)
    cast.staffed("other", "zhao", Role.OWNER)
    return house


def of_departments(no: str) -> list[tuple[object, object]]:
    return [
        (ask_correction, AskCorrection(no, (Missing(1, "缺", Owes.OWNER),))),
        (accept_case, NameCase(no)),
        (not_accept, GiveReasons(no, "理由")),
        (pause_case, PauseCase(no, PauseKind.TEST, "检测", 1)),
        (resume_case, NameCase(no)),
        (give_opinion, GiveOpinion(no, (Issue("改", IssueKind.FIRST),))),
        (ask_extension, AskExtension(no, 1, "理由")),
        (decide_case, DecideCase(no, Outcome.REFUSED, "理由", "1号")),
        (deliver_case, NameCase(no)),
    ]


def of_owners(no: str) -> list[tuple[object, object]]:
    return [
        (add_paper, AddPaper(no, 1, paper("x"))),
        (claim_supplied, ClaimSupplied(no, 1)),
        (hand_in, NameCase(no)),
        (revise, Revise(no, "改", 1, paper("x"))),
        (withdraw_case, NameCase(no)),
    ]


def test_no_act_of_a_stranger_reaches_a_case(others: ApprovalCast) -> None:
    no, cast = others.accepted(), others.cast
    hehe, hong, zhao = (
        cast.actor(who, where)
        for who, where in (("hehe", "water"), ("hong", "water"), ("zhao", "other"))
    )
    for handler, command in of_departments(no):
        with pytest.raises(NotFound, match="no-case"):
            others.run(handler, command, hehe)
        for outsider in (zhao, others.owner, others.head):
            with pytest.raises(Refusal, match="not-allowed"):
                others.run(handler, command, outsider)
    with pytest.raises(NotFound, match="no-case"):
        others.run(decide_extension, DecideExtension(no, approve=True), hong)
    for handler, command in of_owners(no):
        with pytest.raises(NotFound, match="no-case"):
            others.run(handler, command, zhao)
        with pytest.raises(Refusal, match="not-allowed"):
            others.run(handler, command, others.clerk)
        with pytest.raises((Refusal, NotSignedIn)):
            others.run(handler, command, cast.actor("zhao"))
    with pytest.raises(NotFound, match="no-project"):
        others.run(open_case, OpenCase(others.project, "SG-001"), zhao)
    with Session(others.engine) as session:
        # Positive control: exactly what owner and clerk did themselves.
        assert session.scalar(select(func.count()).select_from(ApprovalEvent)) == 2


def test_no_question_of_a_stranger_shows_a_case(others: ApprovalCast) -> None:
    no, cast = others.accepted(), others.cast
    prepared = others.opened(others.item(code="SG-002"))
    now = cast.now
    with Session(others.engine) as session:
        for who, number in (("water", no), ("housing", prepared)):
            with pytest.raises(NotFound):
                case_at_desk(session, number, cast.organisations[who], CALENDAR, now)
        with pytest.raises(NotFound):
            case_of_owner(session, no, cast.organisations["other"], CALENDAR, now)
        seen = {
            name: [one.no for one in desk_cases(session, cast.organisations[name], CALENDAR, now)]
            for name in ("housing", "water")
        }
        own = {
            name: {one.no for one in owner_cases(session, cast.organisations[name], CALENDAR, now)}
            for name in ("bureau", "other")
        }
    assert seen == {"housing": [no], "water": []}
    assert own == {"bureau": {no, prepared}, "other": set()}


def test_where_a_year_has_no_holidays_yet_the_house_looks_again_each_day(
    house: ApprovalCast,
) -> None:
    house.go("12-28 09:00")
    no = house.received()
    facts = house.facts(no)
    assert facts.line.due == NotYetPublished(2027)
    begun = house.cast.now
    for day in range(1, 4):
        house.put(begun + timedelta(days=day))
        assert house.beat() == 0
        house.put(begun + timedelta(days=day, microseconds=day))
        assert [house.beat(), house.beat()] == [1, 0]
    assert house.facts(no).state == facts.state


def test_bad_numbers_are_nowhere_and_never_a_crash(house: ApprovalCast) -> None:
    for no in ("", "SP-2026-0", "x" * 500, "'; DROP TABLE approval_case; --", "办件"):
        for handler, command in [*of_departments(no)]:
            with pytest.raises(MarketError):
                house.run(handler, command, house.clerk)
        for handler, command in of_owners(no):
            with pytest.raises(NotFound):
                house.run(handler, command, house.owner)
