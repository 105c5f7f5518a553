"""Complaints to the management office about results: until when, by whom, what follows."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.credit.model import CreditPenalty
from intermediaries.orders import facts as orders
from intermediaries.orders.commands import awarding, complaining
from intermediaries.orders.commands.complaining import ComplainAboutResult, DecideResultComplaint
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.model.orders import OrderAward
from intermediaries.orders.rules.states import (
    Cause,
    OrderState,
    ResultComplaintState,
    ResultObjectionState,
)
from market.command import Actor
from market.kernel.errors import BadInput, IllegalMove, MarketError, NotFound, Refusal
from market.protocol.encoding import b64u, digest
from tests.support.approval_cast import CALENDAR, at
from tests.support.complaint_cast import (
    COMPLAINT,
    acts,
    answer,
    answered,
    begun,
    complain,
    complaint,
    decide,
    hold,
    objected,
    objection,
    withdraw,
)
from tests.support.order_cast import NO, OrderCast, make_order_cast
from tests.support.repeated import at_once

TICK = timedelta(microseconds=1)
ANSWER_DUE = at("10-22 00:00")
"""Objected on Monday, 19 October: Wednesday is the second working day."""
AFTER_ANSWER = at("11-03 00:00")
"""Dismissed on that Monday: Monday, 2 November, is the tenth working day."""
AFTER_SILENCE = at("11-05 00:00")
"""Counted from Wednesday, the last day to answer."""


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


def test_a_complaint_is_filed_until_the_last_moment_of_ten_working_days_after_the_answer(
    house: OrderCast,
) -> None:
    answered(house)
    begun(house)
    house.put(AFTER_ANSWER)
    one = complain(house)
    assert (one.state, one.filed_at) == (ResultComplaintState.OPEN, AFTER_ANSWER)
    assert one.due == at("11-18 00:00")  # ten working days after Tuesday, 3 November


def test_a_moment_after_ten_working_days_it_is_refused(house: OrderCast) -> None:
    answered(house)
    begun(house)
    house.put(AFTER_ANSWER + TICK)
    with pytest.raises(Refusal, match="complaint-late"):
        complain(house)


def test_nobody_complains_before_the_answer_is_late(house: OrderCast) -> None:
    objected(house)
    house.put(ANSWER_DUE)
    with pytest.raises(Refusal, match="answer-awaited"):
        complain(house)
    house.put(ANSWER_DUE + TICK)
    assert complain(house).state is ResultComplaintState.OPEN


def test_the_time_to_complain_about_silence_has_its_own_last_moment(house: OrderCast) -> None:
    objected(house)
    house.put(AFTER_SILENCE + TICK)
    with pytest.raises(Refusal, match="complaint-late"):
        complain(house)
    answer(house)
    complain(house)  # a late answer begins a time of its own


def test_in_the_last_moment_of_silence_a_complaint_is_in_time(house: OrderCast) -> None:
    objected(house)
    house.put(AFTER_SILENCE)
    complain(house)


def test_an_objection_that_was_right_leaves_nothing_to_complain_about(house: OrderCast) -> None:
    objected(house)
    answer(house, upheld=True)
    with pytest.raises(Refusal, match="objection-was-right"):
        complain(house)


def test_only_who_objected_complains_and_only_with_words(house: OrderCast) -> None:
    answered(house)
    with pytest.raises(NotFound):
        house.run(complaining.complain_about_result, COMPLAINT, house.second)
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(complaining.complain_about_result, COMPLAINT, house.owner)
    with pytest.raises(BadInput):
        house.run(complaining.complain_about_result, ComplainAboutResult(NO, " "), house.agency)
    other = ComplainAboutResult("ZJ-2026-000999", "程序")
    with pytest.raises(NotFound):
        house.run(complaining.complain_about_result, other, house.agency)


def test_who_became_the_agency_does_not_complain_about_its_own_result(house: OrderCast) -> None:
    answered(house, with_alternate=True)
    house.run(awarding.give_up, awarding.GiveUp(NO, "人员不足"), house.second)
    assert house.row().agency == house.cast.organisations["surveyors"]
    with pytest.raises(Refusal, match="own-result"):
        complain(house)


def test_one_complaint_for_an_objection_also_after_it_was_withdrawn(house: OrderCast) -> None:
    answered(house)
    complain(house)
    with pytest.raises(Refusal, match="complained-already"):
        complain(house)
    withdraw(house)
    assert complaint(house).state is ResultComplaintState.WITHDRAWN
    with pytest.raises(Refusal, match="complained-already"):
        complain(house)
    with pytest.raises(IllegalMove):
        withdraw(house)
    with pytest.raises(IllegalMove):
        decide(house, upheld=True)


def test_only_the_complainant_withdraws(house: OrderCast) -> None:
    answered(house)
    complain(house)
    with pytest.raises(NotFound):
        house.run(complaining.withdraw_result_complaint, NameOrder(NO), house.second)
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(complaining.withdraw_result_complaint, NameOrder(NO), house.office)
    assert complaint(house).state is ResultComplaintState.OPEN


def told(house: OrderCast, command: object, handler: object, actor: Actor) -> list[str]:
    """What several threads were told that asked at the same moment, in order."""

    def ask(_: int) -> str:
        try:
            house.run(handler, command, actor)
        except MarketError as refused:
            return refused.code
        return "done"

    return sorted(at_once(ask))


def test_complaints_at_once_are_one(house: OrderCast) -> None:
    answered(house)
    actor = house.agency
    answers = told(house, COMPLAINT, complaining.complain_about_result, actor)
    assert answers == ["complained-already", "complained-already", "done"]
    complaint(house)  # exactly one


def test_decisions_at_once_are_one_and_one_act(house: OrderCast) -> None:
    answered(house)
    command = DecideResultComplaint(NO, complain(house).id, "程序合规", upheld=False)
    actor = house.office
    answers = told(house, command, complaining.decide_result_complaint, actor)
    assert answers == ["done", "illegal-move", "illegal-move"]
    assert len(acts(house)) == 1


def test_the_decision_is_an_official_act_that_names_nobody(house: OrderCast) -> None:
    answered(house)
    one = complain(house)
    decide(house, upheld=True)
    (act,) = acts(house)
    assert act.subject == NO
    assert b64u(digest("抽取未公开".encode())).encode() in act.data
    assert b64u(digest(one.text.encode())).encode() in act.data
    assert b'"outcome":"upheld"' in act.data
    for name in ("surveyors", str(one.organisation)):
        assert name.encode() not in act.data


def test_who_belongs_to_a_party_or_gave_the_answer_does_not_decide(house: OrderCast) -> None:
    answered(house)
    complain(house)
    rights, guan = house.office.permissions, house.office
    for party in ("bureau", "surveyors", "mappers", "housing"):
        own = Actor("guan", rights, guan.person, house.cast.organisations[party])
        with pytest.raises(Refusal, match="party-to-order"):
            decide(house, upheld=False, by=own)
    yan = Actor("yan", rights, house.agency.person, guan.organisation)
    with pytest.raises(Refusal, match="party-to-order"):  # appointed by a party elsewhere
        decide(house, upheld=False, by=yan)
    ceng = Actor("ceng", rights, house.centre.person, guan.organisation)
    with pytest.raises(Refusal, match="same-person"):
        decide(house, upheld=False, by=ceng)
    for other in (house.owner, house.agency, house.clerk, house.centre):
        with pytest.raises(Refusal, match="not-allowed"):
            decide(house, upheld=False, by=other)
    decide(house, upheld=False)
    assert complaint(house).decided_by == guan.person


def test_right_before_the_contract_it_ends_the_order_without_anybodys_fault(
    house: OrderCast,
) -> None:
    answered(house, with_alternate=True)
    complain(house)
    decide(house, upheld=True)
    row = house.row()
    assert (row.state, row.failed_for) == (OrderState.FAILED, Cause.COMPLAINT)
    with Session(house.engine) as session:
        ended = session.scalars(select(OrderAward.ended_for).order_by(OrderAward.place)).all()
        assert session.scalars(select(CreditPenalty.act)).all() == []
    assert ended == [Cause.COMPLAINT, None]
    assert objection(house).state is ResultObjectionState.DISMISSED


def test_right_after_the_contract_the_contract_stands_and_the_finding_too(
    house: OrderCast,
) -> None:
    answered(house)
    begun(house)
    one = complain(house)
    with pytest.raises(Refusal, match="order-stands-elsewhere"):
        hold(house)
    decide(house, upheld=True)
    assert house.row().state is OrderState.SERVING
    with Session(house.engine) as session:
        found = orders.order(session, NO, house.owner, CALENDAR, house.cast.now)
    assert [each.state for each in found.complaints] == [ResultComplaintState.UPHELD]
    assert found.complaints[0].id == one.id


def test_without_a_hold_nothing_stops(house: OrderCast) -> None:
    answered(house)
    complain(house)
    before = house.row().sign_until
    begun(house)
    decide(house, upheld=False)
    assert (house.row().state, house.row().sign_until) == (OrderState.SERVING, before)
