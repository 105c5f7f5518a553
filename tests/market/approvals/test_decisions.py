"""Decisions: more time, reasons, silence, delivery, and the version a case follows."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from market.approvals.commands.extending import (
    AskExtension,
    DecideExtension,
    ask_extension,
    decide_extension,
)
from market.approvals.commands.filing import (
    NameCase,
    withdraw_case,
)
from market.approvals.commands.handling import (
    DecideCase,
    GiveReasons,
    accept_case,
    decide_case,
    deliver_case,
    not_accept,
)
from market.approvals.queries.history import decision_limits, events
from market.approvals.rules.cases import (
    CaseState,
    EventKind,
    Outcome,
)
from market.approvals.rules.items import Mode
from market.db.outbox import Letter
from market.kernel.errors import BadInput, IllegalMove, Refusal
from market.kernel.workdays import end_of
from tests.support.approval_cast import CALENDAR, ApprovalCast, at

INSTANT = timedelta(microseconds=1)


def history(house: ApprovalCast, no: str) -> list[EventKind]:
    with Session(house.engine) as session:
        found = events(session, house.own(no).line.id, CALENDAR, house.cast.now)
    return [one.kind for one in found]


def test_more_time_is_asked_once_granted_by_the_head_and_told(house: ApprovalCast) -> None:
    no = house.accepted()
    house.go("03-30 09:00")
    for days in (0, 11):
        with pytest.raises(BadInput, match="extension-length"):
            house.run(ask_extension, AskExtension(no, days, "复杂"), house.clerk)
    house.run(ask_extension, AskExtension(no, 10, "复杂"), house.clerk)
    with pytest.raises(Refusal, match="extension-once"):
        house.run(ask_extension, AskExtension(no, 5, "复杂"), house.clerk)
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(decide_extension, DecideExtension(no, approve=True), house.clerk)
    # Accepted on 2 March: twenty working days end on the 30th.
    house.put(end_of(date(2026, 3, 30)))
    house.run(decide_extension, DecideExtension(no, approve=True, words="同意"), house.head)
    with pytest.raises(IllegalMove):
        house.run(decide_extension, DecideExtension(no, approve=False), house.head)
    with Session(house.engine) as session:
        limits = decision_limits(house.facts(no), CALENDAR)
        told = session.scalars(select(Letter.zh).where(Letter.template == "approval")).all()
    assert (limits.promised, limits.statutory) == (date(2026, 3, 30), date(2026, 4, 14))
    assert told == []  # nobody of the cast has an address


def test_time_over_is_not_given_back(house: ApprovalCast) -> None:
    no = house.accepted()
    house.go("03-30 09:00")
    house.run(ask_extension, AskExtension(no, 10, "复杂"), house.clerk)
    house.put(end_of(date(2026, 3, 30)) + INSTANT)
    with pytest.raises(Refusal, match="extension-late"):
        house.run(decide_extension, DecideExtension(no, approve=True), house.head)
    house.run(decide_extension, DecideExtension(no, approve=False), house.head)
    assert house.facts(no).course.extended == 0


def test_a_joint_case_may_have_fifteen_more(house: ApprovalCast) -> None:

    house.item(code="LB-001", mode=Mode.JOINT, statutory=45, promised=30)
    no = house.accepted("LB-001")
    house.run(ask_extension, AskExtension(no, 15, "复杂"), house.clerk)
    house.run(decide_extension, DecideExtension(no, approve=True), house.head)
    assert decision_limits(house.facts(no), CALENDAR).statutory == date(2026, 5, 28)


def test_a_decision_has_reasons_and_a_number_and_is_delivered(house: ApprovalCast) -> None:
    no = house.accepted()
    for reasons, number, code in ((" ", "1", "no-reasons"), ("符合", " ", "no-paper-number")):
        with pytest.raises(BadInput, match=code):
            house.run(decide_case, DecideCase(no, Outcome.REFUSED, reasons, number), house.clerk)
    house.go("03-17 16:00")
    command = DecideCase(no, Outcome.REFUSED, "不符合消防要求；可申请行政复议", "建许〔2026〕1号")
    house.run(decide_case, command, house.clerk)
    with pytest.raises(IllegalMove):
        house.run(decide_case, command, house.clerk)
    with pytest.raises(IllegalMove):
        house.run(withdraw_case, NameCase(no), house.owner)
    assert house.facts(no).line.due == date(2026, 3, 31)
    house.run(deliver_case, NameCase(no), house.clerk)
    with pytest.raises(IllegalMove):
        house.run(deliver_case, NameCase(no), house.clerk)
    facts = house.own(no)
    assert (facts.state, facts.line.outcome) == (CaseState.DELIVERED, Outcome.REFUSED)
    assert house.opened() != no


def test_a_late_decision_is_late_and_still_a_decision(house: ApprovalCast) -> None:
    no = house.accepted()
    house.go("05-06 09:00")
    house.run(decide_case, DecideCase(no, Outcome.APPROVED, "符合", "2号"), house.clerk)
    assert house.facts(no).course.decided_at == at("05-06 09:00")


@pytest.mark.parametrize("beats", [0, 2])
def test_silence_is_consent_at_the_computed_moment(house: ApprovalCast, beats: int) -> None:
    house.item(code="MX-001", silence="市政府令第9号：逾期视为同意")
    no = house.accepted("MX-001")
    last = end_of(date(2026, 3, 30))
    house.put(last)
    assert house.facts(no).state is CaseState.REVIEWING
    house.put(last + INSTANT)
    with pytest.raises(IllegalMove):
        house.run(decide_case, DecideCase(no, Outcome.REFUSED, "不符合", "3号"), house.clerk)
    house.go("06-01 09:00")
    for _ in range(beats):
        house.beat()
    facts = house.facts(no)
    assert (facts.state, facts.course.decided_at) == (CaseState.APPROVED, last)
    assert facts.line.outcome is Outcome.APPROVED
    assert facts.reasons is not None
    assert (facts.course.consented, facts.paper_no) == (True, None)
    assert facts.line.due == date(2026, 4, 14)
    assert history(house, no) == [EventKind.RECEIVED, EventKind.ACCEPTED, EventKind.DECIDED]
    house.run(deliver_case, NameCase(no), house.clerk)


def test_what_is_not_accepted_says_why(house: ApprovalCast) -> None:
    no = house.received()
    with pytest.raises(BadInput, match="no-reasons"):
        house.run(not_accept, GiveReasons(no, ""), house.clerk)
    house.run(not_accept, GiveReasons(no, "不属于本部门职权"), house.clerk)
    with pytest.raises(IllegalMove):
        house.run(accept_case, NameCase(no), house.clerk)
    assert history(house, no) == [EventKind.RECEIVED, EventKind.NOT_ACCEPTED]


def test_a_case_keeps_the_version_under_which_it_was_received(house: ApprovalCast) -> None:
    early, late = house.received(), "SG-001"
    house.item(promised=5)
    house.run(accept_case, NameCase(early), house.clerk)
    assert house.facts(early).line.due == date(2026, 3, 16)
    house.run(decide_case, DecideCase(early, Outcome.APPROVED, "符合", "4号"), house.clerk)
    house.run(deliver_case, NameCase(early), house.clerk)
    assert house.facts(house.accepted(late)).line.due == date(2026, 3, 9)
