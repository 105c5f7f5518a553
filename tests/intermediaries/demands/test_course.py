"""The course of a demand: written, checked, published, extended, withdrawn, ended."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.demands.commands import checking, preparing, recording, submitting
from intermediaries.demands.commands.checking import PublishDemand, ReturnDemand
from intermediaries.demands.commands.preparing import (
    BeginDemand,
    SetApproval,
    SetItem,
    SetMode,
    SetMoney,
    SetNeed,
    SetTerms,
)
from intermediaries.demands.commands.submitting import (
    SubmitDemand,
    TakeBackDemand,
    WithdrawDemand,
)
from intermediaries.demands.model import DemandCheck, DemandDoubt
from intermediaries.demands.reading import hash_of
from intermediaries.demands.rules.completeness import Reason
from intermediaries.demands.rules.states import DemandState
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.accounts.roles import Role
from market.command import HOUSE
from market.db.outbox import Letter
from market.journal.model import JournalEntry
from market.kernel.errors import BadInput, IllegalMove, NotFound, Refusal
from market.kernel.money import Money
from market.kernel.workdays import end_of
from market.protocol.encoding import b64u, parse
from tests.support.demand_cast import Demands, make_demands
from tests.support.repeated import at_once

TICK = timedelta(microseconds=1)


@pytest.fixture
def demands(engine: Engine) -> Demands:
    return make_demands(engine)


def record(demands: Demands, handler, *values):
    """What a room above records, as the house."""
    return demands.place.cast.office.run(lambda work, _: handler(work, *values), None, HOUSE)


def acts(demands: Demands, no: str) -> list[tuple[str, dict]]:
    """Kind and data of what the journal holds of a demand."""
    with Session(demands.engine) as session:
        rows = session.scalars(
            select(JournalEntry).where(JournalEntry.subject == no).order_by(JournalEntry.moment)
        )
        return [(row.type, parse(row.data)) for row in rows]


def test_a_demand_goes_from_its_draft_to_enrolment(demands: Demands) -> None:
    no = demands.written()
    with pytest.raises(NotFound):
        demands.facts(no)
    demands.run(submitting.submit_demand, SubmitDemand(no))
    with Session(demands.engine) as session:
        check = session.scalars(select(DemandCheck)).one()
    assert check.due == end_of(date(2026, 3, 3))  # Monday and a working day
    with pytest.raises(NotFound):
        demands.facts(no)
    demands.run(checking.publish_demand, PublishDemand(no), demands.centre)
    facts = demands.facts(no)
    assert (facts.state, facts.published_at) == (DemandState.ENROLLING, demands.now)
    assert facts.enrol_closes == end_of(date(2026, 3, 5))
    assert facts.terms is not None
    assert (facts.terms.subject, facts.terms.mode) == (no, Mode.LOWEST)
    assert facts.terms_hash == hash_of(facts.terms)
    assert facts.requirement is not None
    ((kind, data),) = acts(demands, no)
    assert (kind, data["terms"]) == ("notice", b64u(facts.terms_hash))
    assert facts.takes_enrolments(facts.enrol_closes)
    assert not facts.takes_enrolments(facts.enrol_closes + TICK)
    assert not facts.takes_enrolments(facts.published_at - TICK)


def test_what_is_missing_is_named_at_once_and_keeps_a_demand_from_its_check(
    demands: Demands,
) -> None:
    no = demands.draft()
    with pytest.raises(Refusal, match="demand-incomplete") as refused:
        demands.run(submitting.submit_demand, SubmitDemand(no))
    for missing in ("background", "ceiling", "mode", "declaration", "payment"):
        assert missing in refused.value.en
    assert demands.row(no).state is DemandState.DRAFT


def test_every_reason_comes_at_once_and_what_was_typed_stays(demands: Demands) -> None:
    no = demands.submitted()
    with pytest.raises(BadInput, match="reasons-missing"):
        demands.run(checking.return_demand, ReturnDemand(no, ()), demands.centre)
    reasons = (Reason("need", "缺少用地范围"), Reason("contract", "付款方式不明"))
    demands.run(checking.return_demand, ReturnDemand(no, reasons), demands.centre)
    row = demands.row(no)
    assert (row.state, row.background) == (DemandState.RETURNED, "厂房已完工")
    demands.go(demands.now + timedelta(hours=1))
    demands.run(preparing.set_need, SetNeed(no, "背景", "范围", ("报告",)))
    demands.run(submitting.submit_demand, SubmitDemand(no))
    late = ReturnDemand(no, (Reason("money", "限价偏高"),))
    with pytest.raises(Refusal, match="reason-too-late"):
        demands.run(checking.return_demand, late, demands.centre)
    again = ReturnDemand(no, (Reason("contract", "付款方式仍不明"),))
    demands.run(checking.return_demand, again, demands.centre)
    with Session(demands.engine) as session:
        letters = session.scalars(select(Letter).where(Letter.key.startswith(f"demand:{no}:")))
        assert len(letters.all()) == 2


def test_nobody_checks_a_demand_of_the_own_organisation(demands: Demands) -> None:
    no = demands.submitted()
    with pytest.raises(Refusal, match="not-allowed"):
        demands.run(checking.publish_demand, PublishDemand(no))
    both = demands.place.cast.actor("ceng", "centre")
    own = type(both)(both.name, both.permissions, both.person, demands.row(no).owner)
    for handler, command in (
        (checking.publish_demand, PublishDemand(no)),
        (checking.return_demand, ReturnDemand(no, (Reason("need", "缺"),))),
    ):
        with pytest.raises(Refusal, match="own-demand"):
            demands.run(handler, command, own)
        # Nor for the operator, while appointed by the owner as well.
        twice = type(both)("wang", both.permissions, demands.wang.person, both.organisation)
        with pytest.raises(Refusal, match="own-demand"):
            demands.run(handler, command, twice)
    assert demands.row(no).state is DemandState.REVIEW


def test_another_owner_knows_nothing_of_a_draft(demands: Demands) -> None:
    no = demands.written()
    other = demands.place.cast.staffed("school", "liang", Role.OWNER)
    for handler, command in (
        (preparing.set_terms, SetTerms(no, 5)),
        (submitting.submit_demand, SubmitDemand(no)),
        (submitting.withdraw_demand, WithdrawDemand(no, "不是我的")),
        (submitting.take_back_demand, TakeBackDemand(no)),
    ):
        with pytest.raises(NotFound):
            demands.run(handler, command, other)
    demands.run(preparing.set_terms, SetTerms(no, 5))  # its owner may
    assert demands.row(no).working_days == 5


def test_a_demand_that_waits_is_fixed_until_it_is_taken_back(demands: Demands) -> None:
    no = demands.submitted()
    with pytest.raises(Refusal, match="demand-fixed"):
        demands.run(preparing.set_terms, SetTerms(no, 5))
    demands.run(submitting.take_back_demand, TakeBackDemand(no))
    demands.run(preparing.set_terms, SetTerms(no, 5))
    with pytest.raises(IllegalMove):
        demands.run(submitting.take_back_demand, TakeBackDemand(no))
    demands.run(submitting.submit_demand, SubmitDemand(no))
    demands.run(checking.publish_demand, PublishDemand(no), demands.centre)
    with pytest.raises(IllegalMove):
        demands.run(checking.publish_demand, PublishDemand(no), demands.centre)
    assert len(acts(demands, no)) == 1


def test_publishing_at_once_from_several_windows_is_one_notice(demands: Demands) -> None:
    no = demands.submitted()

    def publish(_: int) -> str:
        try:
            demands.run(checking.publish_demand, PublishDemand(no), demands.centre)
        except IllegalMove:
            return "refused"
        return "published"

    assert sorted(at_once(publish)) == ["published", "refused", "refused"]
    assert len(acts(demands, no)) == 1


def test_a_demand_is_withdrawn_until_the_last_moment_of_its_enrolment(demands: Demands) -> None:
    no, other = demands.published(), demands.published(ceiling="70000")
    closes = demands.facts(no).enrol_closes
    assert closes is not None
    demands.go(closes)
    with pytest.raises(BadInput, match="reason-missing"):
        demands.run(submitting.withdraw_demand, WithdrawDemand(no, " "))
    demands.run(submitting.withdraw_demand, WithdrawDemand(no, "项目停建"))
    facts = demands.facts(no)
    assert (facts.state, facts.end_reason) == (DemandState.WITHDRAWN, "项目停建")
    assert acts(demands, no)[1] == (
        "notice",
        {"demand": no, "withdrawn": True, "reason": "项目停建"},
    )
    demands.go(closes + TICK)
    with pytest.raises(Refusal, match="enrolment-closed"):
        demands.run(submitting.withdraw_demand, WithdrawDemand(other, "晚了"))
    assert demands.facts(other).state is DemandState.ENROLLING


def test_enrolment_closes_after_its_last_moment_and_only_once(demands: Demands) -> None:
    no = demands.published()
    closes = demands.facts(no).enrol_closes
    assert closes is not None
    demands.go(closes)
    with pytest.raises(Refusal, match="enrolment-open"):
        record(demands, recording.record_closed, no)
    demands.go(closes + TICK)
    record(demands, recording.record_closed, no)
    record(demands, recording.record_closed, no)
    assert demands.facts(no).closed_at == closes


@pytest.mark.parametrize("closed_first", [True, False])
def test_enrolment_is_extended_once_by_a_working_day(
    demands: Demands, *, closed_first: bool
) -> None:
    no = demands.published()
    before = demands.facts(no)
    assert before.enrol_closes is not None
    demands.go(before.enrol_closes + TICK)
    if closed_first:
        record(demands, recording.record_closed, no)
    record(demands, recording.record_extended, no)
    after = demands.facts(no)
    assert (after.state, after.amendment, after.round) == (DemandState.ENROLLING, 1, 1)
    assert after.enrol_closes == end_of(date(2026, 3, 6))
    assert after.terms_hash == before.terms_hash
    kind, data = acts(demands, no)[1]
    assert (kind, data["enrol_closes"]) == ("amendment", "2026-03-06T16:00:00.000000Z")
    with pytest.raises(Refusal, match="extended-already"):
        record(demands, recording.record_extended, no)


def test_an_end_is_recorded_once(demands: Demands) -> None:
    chosen, failed = demands.published(), demands.published(ceiling="70000")
    demands.go(end_of(date(2026, 3, 5)) + TICK)
    with pytest.raises(IllegalMove):
        record(demands, recording.record_selected, chosen)
    for no in (chosen, failed):
        record(demands, recording.record_closed, no)
    for _ in range(2):
        record(demands, recording.record_selected, chosen)
        record(demands, recording.record_failed, failed, "too-few")
    assert demands.facts(chosen).state is DemandState.SELECTED
    facts = demands.facts(failed)
    assert (facts.state, facts.end_reason) == (DemandState.FAILED, "too-few")
    record(demands, recording.record_failed, chosen, "given-up")
    assert demands.facts(chosen).state is DemandState.FAILED


def test_money_decides_about_modes_and_where_a_demand_belongs(demands: Demands) -> None:
    no = demands.draft()
    with pytest.raises(Refusal, match="money-first"):
        demands.run(preparing.set_mode, SetMode(no=no, mode=Mode.LOWEST))
    over = SetMoney(no, Funds.FISCAL, Money.from_yuan("1000000"))
    with pytest.raises(Refusal, match="government-procurement"):
        demands.run(preparing.set_money, over)
    demands.run(preparing.set_money, SetMoney(no, Funds.FISCAL, Money.from_yuan("90000")))
    fixed = SetMode(no=no, mode=Mode.RANDOM, fixed=Money.from_yuan("90000"))
    beyond = SetMode(no=no, mode=Mode.RANDOM, fixed=Money.from_yuan("90000.01"))
    with pytest.raises(BadInput, match="fixed-beyond"):
        demands.run(preparing.set_mode, beyond)
    demands.run(preparing.set_mode, fixed)
    demands.run(preparing.set_money, SetMoney(no, Funds.FISCAL, Money.from_yuan("100000")))
    assert demands.row(no).mode is None  # from the threshold on only the open modes
    with pytest.raises(Refusal, match="mode-not-allowed"):
        demands.run(preparing.set_mode, fixed)
    demands.run(preparing.set_mode, SetMode(no=no, mode=Mode.REFPRICE, reason="不属于"))
    row = demands.row(no)
    assert (row.mode, row.reason) == (Mode.REFPRICE, None)


def test_a_direct_choice_names_an_agency_that_may_do_it(demands: Demands) -> None:
    no = demands.draft()
    demands.run(preparing.set_money, SetMoney(no, Funds.PRIVATE, Money.from_yuan("20000")))
    usccs = demands.place.cast.usccs

    def name(uscc: str) -> None:
        named = SetMode(no=no, mode=Mode.DIRECT, named=uscc, reason="唯一熟悉现场")
        demands.run(preparing.set_mode, named)

    for uscc, code in (
        (usccs["surveyors"], "no-agency"),  # it has not applied
        (usccs["estate"], "no-agency"),
        ("914403001922038216", "no-organisation"),
    ):
        with pytest.raises(Refusal, match=code) as refused:
            name(uscc)
        assert "named" in refused.value.fields
    demands.place.entered()
    name(usccs["surveyors"])
    assert demands.row(no).named == usccs["surveyors"]
    demands.run(preparing.set_item, SetItem(no, demands.place.plain, "研究", "Study"))
    with pytest.raises(Refusal, match="may-not-enrol"):
        name(usccs["surveyors"])


def test_parts_of_one_procurement_need_a_word_that_operator_and_supervisor_read(
    demands: Demands,
) -> None:
    first = demands.submitted(ceiling="600000", mode=Mode.REFPRICE)
    second = demands.written(ceiling="400000", mode=Mode.REFPRICE)
    with pytest.raises(Refusal, match="splitting-unexplained") as refused:
        demands.run(submitting.submit_demand, SubmitDemand(second, "  "))
    assert first in refused.value.en
    assert demands.row(second).state is DemandState.DRAFT
    demands.run(submitting.submit_demand, SubmitDemand(second, "两处厂区，分年实施"))
    with Session(demands.engine) as session:
        found = session.scalars(select(DemandDoubt)).one()
    assert (found.others, found.separate) == ([first], "两处厂区，分年实施")
    assert found.total == Money.from_yuan("1000000")
    other = demands.submitted(item=demands.place.plain, ceiling="400000", mode=Mode.REFPRICE)
    assert demands.row(other).separate is None  # another service


def test_two_parts_handed_in_at_once_see_each_other(demands: Demands) -> None:
    numbers = [demands.written(ceiling="600000", mode=Mode.REFPRICE) for _ in range(2)]

    def submit(place: int) -> str:
        try:
            demands.run(submitting.submit_demand, SubmitDemand(numbers[place]))
        except Refusal as refusal:
            return refusal.code
        return "submitted"

    assert sorted(at_once(submit, 2)) == ["splitting-unexplained", "submitted"]


def test_bad_input_changes_nothing(demands: Demands) -> None:
    no = demands.written()
    before = demands.row(no)
    for handler, command, code in (
        (preparing.set_terms, SetTerms(no, 0), "time-out-of-range"),
        (preparing.set_terms, SetTerms(no, 366), "time-out-of-range"),
        (preparing.set_need, SetNeed(no, "背景", "范围", ()), "too-many-deliverables"),
        (preparing.set_need, SetNeed(no, "背景", "范围", ("报告",) * 21), "too-many-deliverables"),
        (preparing.set_money, SetMoney(no, Funds.FISCAL, Money(0)), "ceiling-zero"),
        (preparing.set_need, SetNeed(no, "长" * 4001, "范围", ("报告",)), "text-too-long"),
        (
            preparing.set_item,
            SetItem(no, demands.place.survey, "长" * 201, "Name"),
            "text-too-long",
        ),
        (
            preparing.set_mode,
            SetMode(no=no, mode=Mode.LOWEST, reason="长" * 2001),
            "text-too-long",
        ),
    ):
        with pytest.raises(BadInput, match=code):
            demands.run(handler, command)
    for handler, command in (
        (preparing.set_item, SetItem(no, "XX-999", "名", "Name")),
        (
            preparing.set_item,
            SetItem(no, demands.place.survey, "名", "Name", "371400-2026-S-000001"),
        ),
        (preparing.set_approval, SetApproval(no, "XX-999")),
        (preparing.begin_demand, BeginDemand("XX-999", "名", "Name")),
    ):
        with pytest.raises(NotFound):
            demands.run(handler, command)
    assert demands.row(no).version == before.version
