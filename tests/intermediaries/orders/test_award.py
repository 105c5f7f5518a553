"""From the published result to the signed contract, with both edges of every limit."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.credit.model import CreditPenalty
from intermediaries.orders.commands import awarding, contracting, objecting
from intermediaries.orders.commands.awarding import GiveUp
from intermediaries.orders.commands.objecting import AnswerObjection, ObjectToResult
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.model.orders import OrderAward, ResultObjection
from intermediaries.orders.rules.states import Cause, OrderState, Side
from intermediaries.rulebook.penalties import Act
from market.journal.model import JournalEntry
from market.kernel.errors import IllegalMove, NotFound, Refusal
from market.protocol.signing import new_key
from tests.support.approval_cast import at
from tests.support.order_cast import NO, OrderCast, make_order_cast
from tests.support.repeated import at_once

TICK = timedelta(microseconds=1)
END = at("10-20 00:00") + timedelta(days=1)


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


def penalties(house: OrderCast) -> list[Act]:
    with Session(house.engine) as session:
        return list(session.scalars(select(CreditPenalty.act)))


def test_an_order_opened_twice_is_one_order(house: OrderCast) -> None:
    house.opened()
    house.opened()
    row = house.row()
    assert (row.state, row.objections_end) == (OrderState.AWARDED, END)
    assert row.confirm_until == at("10-22 00:00")
    assert row.sign_until == at("10-27 00:00")
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(awarding.open_order, house.command(no="ZJ-2026-000124"), house.owner)


def test_an_agency_confirms_until_the_last_moment_of_its_time(house: OrderCast) -> None:
    no = house.opened()
    house.put(at("10-22 00:00"))
    with pytest.raises(NotFound):
        house.run(awarding.confirm_award, NameOrder(no), house.second)
    house.run(awarding.confirm_award, NameOrder(no), house.agency)
    assert house.row().state is OrderState.CONTRACTING
    with pytest.raises(IllegalMove):
        house.run(awarding.confirm_award, NameOrder(no), house.agency)


def test_a_microsecond_later_the_order_is_the_next_ones(house: OrderCast) -> None:
    no = house.opened()
    house.put(at("10-22 00:00") + TICK)
    with pytest.raises(Refusal, match="given-up-by-silence"):
        house.run(awarding.confirm_award, NameOrder(no), house.agency)
    assert house.beat() == 1
    row = house.row()
    assert (row.state, row.agency_no, row.place) == (OrderState.AWARDED, "A-2", 1)
    # The first lapsed at its own moment; the next one's time begins when it is asked.
    assert ended(house) == [at("10-22 00:00"), None]
    assert row.awarded_at == house.cast.now
    assert penalties(house) == [Act.GIVES_UP]
    assert house.beat() == 0
    house.run(awarding.confirm_award, NameOrder(no), house.second)


def ended(house: OrderCast) -> list[datetime | None]:
    with Session(house.engine) as session:
        return list(session.scalars(select(OrderAward.ended_at).order_by(OrderAward.place)))


def test_noticed_late_the_next_agency_has_its_whole_time_from_when_it_is_asked(
    house: OrderCast,
) -> None:
    house.opened()
    house.put(at("11-30 09:00"))
    house.beat()
    row = house.row()
    assert (row.state, row.agency_no) == (OrderState.AWARDED, "A-2")
    assert ended(house) == [at("10-22 00:00"), None]
    assert (row.awarded_at, row.confirm_until) == (at("11-30 09:00"), at("12-03 00:00"))
    assert len(penalties(house)) == 1, "nobody was asked whom no letter has reached"
    house.put(at("12-03 00:00"))
    house.beat()
    assert house.row().state is OrderState.AWARDED
    house.put(at("12-03 00:00") + TICK)
    house.beat()
    row = house.row()
    assert (row.state, row.failed_for) == (OrderState.FAILED, Cause.NOT_CONFIRMED)
    assert ended(house) == [at("10-22 00:00"), at("12-03 00:00")]
    assert len(penalties(house)) == 2


def test_giving_up_passes_the_order_on_and_without_an_alternate_it_fails(house: OrderCast) -> None:
    no = house.opened()
    house.run(awarding.give_up, GiveUp(no, "人员不足"), house.agency)
    assert house.row().agency == house.cast.organisations["mappers"]
    with pytest.raises(NotFound):
        house.run(awarding.give_up, GiveUp(no, "人员不足"), house.agency)
    house.run(awarding.give_up, GiveUp(no, "人员不足"), house.second)
    assert house.row().failed_for is Cause.GIVEN_UP


def test_objections_are_made_until_the_end_of_a_working_day(house: OrderCast) -> None:
    no = house.opened(selected=house.command().alternates[0], alternates=())
    objection = ObjectToResult(no, "未按公布的方式抽取")
    with pytest.raises(Refusal, match="own-result"):
        house.run(objecting.object_to_result, objection, house.second)
    house.put(END)
    house.run(objecting.object_to_result, objection, house.agency)
    with pytest.raises(Refusal, match="objected-already"):
        house.run(objecting.object_to_result, objection, house.agency)
    house.put(END + TICK)
    with pytest.raises(Refusal, match="objections-over"):
        house.run(objecting.object_to_result, objection, house.agency)


def objection_of(house: OrderCast) -> ResultObjection:
    with Session(house.engine, expire_on_commit=False) as session:
        return session.scalars(select(ResultObjection)).one()


def test_an_objection_that_is_right_ends_the_order_without_anybodys_fault(
    house: OrderCast,
) -> None:
    no = house.opened(selected=house.command().alternates[0], alternates=())
    house.run(objecting.object_to_result, ObjectToResult(no, "未抽取"), house.agency)
    one = objection_of(house)
    assert one.due == at("10-22 00:00")
    answer = AnswerObjection(no, one.id, "程序有误", upheld=True)
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(objecting.answer_objection, answer, house.owner)
    house.run(objecting.answer_objection, answer, house.centre)
    assert house.row().failed_for is Cause.OBJECTION
    assert penalties(house) == []


def test_nobody_signs_before_the_objections_are_over(house: OrderCast) -> None:
    no = house.confirmed()
    house.put(END)
    with pytest.raises(Refusal, match="objections-not-over"):
        house.sign(no, Side.OWNER)
    house.put(END + TICK)
    house.sign(no, Side.OWNER)
    assert house.row().state is OrderState.CONTRACTING


def test_the_second_signature_is_the_contract_and_begins_the_clock(house: OrderCast) -> None:
    no = house.confirmed()
    house.go("10-21 10:00")
    house.sign(no, Side.OWNER)
    with pytest.raises(Refusal, match="contract-signed"):
        house.prepare(no, ())
    house.go("10-21 11:00")
    house.sign(no, Side.AGENCY)
    row = house.row()
    assert (row.state, row.began_at) == (OrderState.SERVING, at("10-21 11:00"))
    reading = house.reading()
    assert reading.limits is not None
    hour = timedelta(hours=1)
    assert (reading.limits.agency, reading.limits.department) == (80 * hour, 40 * hour)
    with Session(house.engine) as session:
        published = session.scalars(
            select(JournalEntry.subject).where(JournalEntry.type == "contract")
        ).all()
    assert published == [NO]


def test_only_the_registered_key_signs_and_only_these_terms(house: OrderCast) -> None:
    no = house.confirmed()
    house.go("10-21 10:00")
    forged = contracting.SignContract(no, house.statement(no, Side.OWNER, new_key()))
    with pytest.raises(Refusal, match="no-such-key"):
        house.run(contracting.sign_contract, forged, house.owner)
    other = contracting.SignContract(no, house.statement(no, Side.AGENCY))
    with pytest.raises(Refusal, match="other-contract"):
        house.run(contracting.sign_contract, other, house.owner)
    stale = house.statement(no, Side.OWNER)
    house.prepare(no, ("规划许可证",))
    with pytest.raises(Refusal, match="other-contract"):
        house.run(contracting.sign_contract, contracting.SignContract(no, stale), house.owner)


def test_a_signature_sent_often_and_at_once_is_one(house: OrderCast) -> None:
    no = house.confirmed()
    house.go("10-21 10:00")
    command = contracting.SignContract(no, house.statement(no, Side.OWNER))
    actor = house.owner
    at_once(lambda _: house.run(contracting.sign_contract, command, actor))
    house.sign(no, Side.AGENCY)
    assert house.row().state is OrderState.SERVING


def test_an_agency_that_does_not_sign_in_time_has_given_up(house: OrderCast) -> None:
    no = house.confirmed()
    house.put(at("10-27 00:00"))
    assert house.beat() == 0
    house.put(at("10-27 00:00") + TICK)
    house.beat()
    row = house.row()
    assert (row.place, row.inputs, row.ready_at) == (1, None, None)
    assert row.no == no


def test_a_contract_that_the_owner_prepares_late_leaves_the_agency_a_working_day(
    house: OrderCast,
) -> None:
    no = house.opened()
    house.run(awarding.confirm_award, NameOrder(no), house.agency)
    house.go("10-27 09:00")  # the time to sign is over: the owner's fault alone
    house.beat()
    assert house.row().place == 0
    house.prepare(no)
    house.put(at("10-29 00:00"))
    house.beat()
    assert house.row().place == 0
    house.put(at("10-29 00:00") + TICK)
    house.beat()
    house.put(at("10-31 00:00"))
    house.beat()
    assert house.row().place == 1
