"""While an objection to a result waits nothing lapses; who answers it; the time afterwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from intermediaries.credit.model import CreditEntry, CreditPenalty
from intermediaries.orders import facts as orders
from intermediaries.orders.commands import awarding, department, management, objecting, serving
from intermediaries.orders.commands.awarding import GiveUp
from intermediaries.orders.commands.management import EndOrder
from intermediaries.orders.commands.objecting import AnswerObjection, ObjectToResult
from intermediaries.orders.commands.rows import NameOrder, side_of
from intermediaries.orders.model.orders import OrderAward, ResultObjection, ServiceOrder
from intermediaries.orders.rules.states import Cause, OrderState, Side
from intermediaries.orders.waiting import waiting
from intermediaries.rulebook.penalties import Act
from market.accounts.roles import Role, permissions
from market.command import Actor
from market.kernel.errors import IllegalMove, Refusal
from tests.support.approval_cast import CALENDAR, at
from tests.support.order_cast import HOURS, NO, OrderCast, make_order_cast

TICK = timedelta(microseconds=1)
CONFIRM, SIGN = at("10-22 00:00"), at("10-27 00:00")


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


def penalties(house: OrderCast) -> list[Act]:
    with Session(house.engine) as session:
        return list(session.scalars(select(CreditPenalty.act)))


def awarded(house: OrderCast, *, with_alternate: bool = True) -> str:
    """An order of mappers, with surveyors, who have entered, as the alternate."""
    usual = house.command()
    alternates = (usual.selected,) if with_alternate else ()
    return house.opened(selected=usual.alternates[0], alternates=alternates)


def confirmed(house: OrderCast) -> str:
    """The same, confirmed and its contract ready."""
    no = awarded(house)
    house.run(awarding.confirm_award, NameOrder(no), house.second)
    house.prepare(no)
    return no


def objected(house: OrderCast, no: str = NO) -> AnswerObjection:
    """Surveyors object; the operator's dismissal of it, not yet given."""
    house.run(objecting.object_to_result, ObjectToResult(no, "未按公布的方式抽取"), house.agency)
    with Session(house.engine) as session:
        key = session.scalars(select(ResultObjection.id)).one()
    return AnswerObjection(no, key, "程序无误", upheld=False)


def test_nobody_lapses_while_an_objection_waits_and_has_the_whole_time_after_its_answer(
    house: OrderCast,
) -> None:
    no = confirmed(house)
    answer = objected(house)
    house.put(SIGN + timedelta(days=3))
    house.beat()
    assert (house.row().place, penalties(house)) == (0, [])
    house.go("10-30 09:00")
    house.run(objecting.answer_objection, answer, house.centre)
    assert house.row().sign_until == at("11-07 00:00")  # five working days after Friday, 10-30
    house.put(at("11-07 00:00"))
    house.beat()
    assert house.row().place == 0, "the last moment is still in time"
    house.put(at("11-07 00:00") + TICK)
    house.beat()
    assert (house.row().place, penalties(house)) == (1, [Act.GIVES_UP])
    assert house.row().no == no


def test_an_answer_on_the_first_day_takes_no_time_away(house: OrderCast) -> None:
    confirmed(house)
    answer = objected(house)
    house.run(objecting.answer_objection, answer, house.centre)
    assert (house.row().confirm_until, house.row().sign_until) == (CONFIRM, SIGN)


def test_an_agency_need_not_confirm_what_is_disputed(house: OrderCast) -> None:
    no = awarded(house)
    answer = objected(house)
    house.put(CONFIRM + TICK)
    house.beat()
    assert house.row().place == 0
    house.go("10-23 09:00")
    house.run(objecting.answer_objection, answer, house.centre)
    assert house.row().confirm_until == at("10-28 00:00")  # Monday and Tuesday
    house.put(at("10-28 00:00"))
    house.run(awarding.confirm_award, NameOrder(no), house.second)
    assert house.row().state is OrderState.CONTRACTING


def test_an_objection_is_seen_by_what_time_has_done_before_it(house: OrderCast) -> None:
    """The first agency lapsed unnoticed: the period of the second one runs, and counts."""
    house.opened()
    house.put(CONFIRM + timedelta(hours=10))
    with pytest.raises(Refusal, match="own-result"):
        house.run(objecting.object_to_result, ObjectToResult(NO, "程序"), house.second)
    house.run(objecting.object_to_result, ObjectToResult(NO, "程序"), house.agency)
    assert house.row().place == 1


def test_who_belongs_to_a_party_does_not_answer(house: OrderCast) -> None:
    confirmed(house)
    answer = objected(house)
    rights, ceng = house.centre.permissions, house.centre
    for party in ("bureau", "surveyors", "mappers", "housing"):
        own = Actor("ceng", rights, ceng.person, house.cast.organisations[party])
        with pytest.raises(Refusal, match="party-to-order"):
            house.run(objecting.answer_objection, answer, own)
    yan = Actor("yan", rights, house.agency.person, ceng.organisation)
    with pytest.raises(Refusal, match="party-to-order"):  # appointed by a party elsewhere
        house.run(objecting.answer_objection, answer, yan)
    house.run(objecting.answer_objection, answer, ceng)
    with pytest.raises(IllegalMove):
        house.run(objecting.answer_objection, answer, ceng)


def test_an_objection_left_over_by_a_failed_order_can_still_be_answered(house: OrderCast) -> None:
    awarded(house, with_alternate=False)
    answer = objected(house)
    house.run(awarding.give_up, GiveUp(NO, "人员不足"), house.second)
    assert house.row().state is OrderState.FAILED
    house.run(objecting.answer_objection, answer, house.centre)
    with Session(house.engine) as session:
        left = waiting(session, house.centre, HOURS.calendar)
    assert [one.what for one in left if one.what == "result-objection"] == []


def test_the_reason_of_giving_up_is_kept_for_owner_office_and_notice_alone(
    house: OrderCast,
) -> None:
    no = house.opened()
    house.run(awarding.give_up, GiveUp(no, "主要人员离职"), house.agency)
    with Session(house.engine) as session:
        (notice,) = session.scalars(select(CreditEntry.said)).all()
        for reader in (house.owner, house.office, house.centre):
            found = orders.order(session, no, reader, CALENDAR, house.cast.now)
            assert [one.reason for one in found.awards] == ["主要人员离职", None]
        assert orders.order(session, no, house.second, CALENDAR, house.cast.now).awards == ()
    assert "主要人员离职" in str(notice["facts"])


def test_an_agency_leaves_without_a_point_once_only_the_owner_is_late(house: OrderCast) -> None:
    no = house.opened()
    house.run(awarding.confirm_award, NameOrder(no), house.agency)
    house.put(SIGN + TICK)
    house.run(awarding.give_up, GiveUp(no, "业主迟迟不出合同"), house.agency)
    assert (house.row().place, penalties(house)) == (1, [])
    with Session(house.engine) as session:
        ended = session.scalars(select(OrderAward.ended_for).order_by(OrderAward.place)).all()
    assert ended == [Cause.OWNER_LATE, None]


def test_in_the_last_moment_of_the_time_to_sign_giving_up_is_the_agencys(house: OrderCast) -> None:
    no = house.opened()
    house.run(awarding.confirm_award, NameOrder(no), house.agency)
    house.put(SIGN)
    house.run(awarding.give_up, GiveUp(no, "人员不足"), house.agency)
    assert penalties(house) == [Act.GIVES_UP]


def test_a_project_and_an_item_have_one_clock_at_a_time(house: OrderCast) -> None:
    house.begun()
    house.go("11-03 09:00")
    second = house.opened(no="ZJ-2026-000124")
    house.run(awarding.confirm_award, NameOrder(second), house.agency)
    with pytest.raises(Refusal, match="bundle-open"):
        house.prepare(second)
    house.put(house.row(second).sign_until + TICK)
    house.beat()
    assert house.row(second).place == 0, "the agency is not late while there is nothing to sign"


def test_two_contracts_ready_at_once_are_signed_one_after_the_other(house: OrderCast) -> None:
    first = house.confirmed()
    second = house.confirmed(no="ZJ-2026-000124")
    house.go("10-21 10:00")
    for no in (first, second):
        house.sign(no, Side.OWNER)
    house.sign(first, Side.AGENCY)
    with pytest.raises(Refusal, match="bundle-open"):
        house.sign(second, Side.AGENCY)
    assert house.row(second).state is OrderState.CONTRACTING


def two_ready(house: OrderCast) -> tuple[str, str]:
    """Two contracts of one project and item: the first runs, the second cannot be signed."""
    first, second = house.confirmed(), house.confirmed(no="ZJ-2026-000124")
    house.go("10-21 10:00")
    for no in (first, second):
        house.sign(no, Side.OWNER)
    house.sign(first, Side.AGENCY)
    return first, second


def end_first(house: OrderCast, first: str) -> None:
    house.run(management.terminate, EndOrder(first, "双方协商解除"), house.office)


def test_no_agency_lapses_over_a_contract_that_it_may_not_sign(house: OrderCast) -> None:
    first, second = two_ready(house)
    house.put(SIGN + TICK)
    house.beat()
    house.go("11-20 10:00")
    house.beat()
    row = house.row(second)
    assert (row.state, row.turn_due) == (OrderState.CONTRACTING, None)
    assert penalties(house) == []
    end_first(house, first)
    until = at("11-28 00:00")
    assert (house.row(second).sign_until, house.row(second).look_at) == (until, until)
    house.put(until)
    house.beat()
    assert house.row(second).state is OrderState.CONTRACTING
    house.sign(second, Side.AGENCY)
    assert house.row(second).state is OrderState.SERVING


def test_once_it_may_be_signed_silence_until_the_new_limit_lapses(house: OrderCast) -> None:
    first, second = two_ready(house)
    house.go("11-20 10:00")
    end_first(house, first)
    house.put(at("11-28 00:00") + TICK)
    house.beat()
    assert house.row(second).agency_no == "A-2"
    assert penalties(house) == [Act.GIVES_UP]


def test_an_agency_that_waits_for_another_order_leaves_without_points(house: OrderCast) -> None:
    _, second = two_ready(house)
    house.run(awarding.give_up, GiveUp(second, "不能久等"), house.agency)
    assert house.row(second).agency_no == "A-2"
    assert penalties(house) == []


def test_a_department_that_is_the_owner_too_acts_in_each_part_by_its_people() -> None:
    both, agency = uuid4(), uuid4()
    row = ServiceOrder(owner=both, agency=agency, department=both, approval_case=None)
    owner = Actor("wang", permissions({Role.OWNER}), uuid4(), both)
    clerk = Actor("shen", permissions({Role.DEPT}), uuid4(), both)
    assert (side_of(row, owner), side_of(row, clerk)) == (Side.OWNER, Side.OWNER)
    row.approval_case = uuid4()
    assert (side_of(row, owner), side_of(row, clerk)) == (Side.OWNER, Side.DEPARTMENT)
    stranger = Actor("lin", permissions({Role.DEPT}), uuid4(), uuid4())
    assert side_of(row, stranger) is None


def test_the_department_learns_nothing_of_the_selection(house: OrderCast) -> None:
    usual = house.command()
    house.go("10-29 09:00")
    no = house.opened(is_fiscal=True, alternates=usual.alternates)
    with house.engine.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO service_order_objection (id, "order", order_no, organisation, text,'
                " filed_at, due, state, answer, answered_at) SELECT gen_random_uuid(), id, no,"
                " owner, '程序', now(), now(), 'dismissed', '无误', now() FROM service_order"
            )
        )
        connection.execute(
            text(
                'INSERT INTO service_order_complaint (id, "order", order_no, objection,'
                ' organisation, text, filed_at, state) SELECT gen_random_uuid(), "order", order_no,'
                " id, organisation, '未说明', now(), 'open' FROM service_order_objection"
            )
        )
    house.run(awarding.confirm_award, NameOrder(no), house.agency)
    house.prepare(no)
    house.go("11-02 09:00")
    house.sign(no, Side.OWNER)
    house.sign(no, Side.AGENCY)
    house.drafted(no)
    house.run(serving.accept_draft, NameOrder(no), house.owner)
    house.run(department.submit, NameOrder(no), house.owner)
    with Session(house.engine) as session:
        seen = {
            name: orders.order(session, no, reader, CALENDAR, house.cast.now)
            for name, reader in (("clerk", house.clerk), ("owner", house.owner))
        }
    clerk, owner = seen["clerk"], seen["owner"]
    assert (clerk.awards, clerk.objections, clerk.complaints) == ((), (), ())
    assert (len(owner.awards), len(owner.objections), len(owner.complaints)) == (2, 1, 1)
