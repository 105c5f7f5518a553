"""A number on a desk says what it is called, in one question a room however many there are."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.agencies.desk import titles as of_agencies
from intermediaries.credit.desk import titles as of_credit
from intermediaries.demands.desk import titles as of_demands
from intermediaries.orders.listing import titles as of_orders
from intermediaries.orders.model.orders import ServiceOrder
from market.approvals.desk import titles as of_approvals
from market.approvals.model import ApprovalCase
from tests.support.counting import counted
from tests.support.credit_cast import Bureau, at
from tests.support.demand_cast import make_demands
from tests.support.order_cast import make_order_cast

UNKNOWN = "ZC-2026-000001"


@pytest.mark.parametrize("count", [1, 3])
def test_demands_are_called_what_their_notices_call_them_in_one_question(
    engine: Engine, count: int
) -> None:
    demands = make_demands(engine)
    numbers = [demands.draft() for _ in range(count)]
    found, asked = counted(engine, lambda session: of_demands(session, [*numbers, UNKNOWN]))
    assert found == dict.fromkeys(numbers, ("厂房竣工测绘", "Survey of a workshop"))
    assert asked == 1


def test_an_order_is_called_what_was_commissioned(engine: Engine) -> None:
    no = make_order_cast(engine).opened()
    with Session(engine) as session:
        order = session.scalars(select(ServiceOrder).where(ServiceOrder.no == no)).one()
        called = (order.title_zh, order.title_en)
    found, asked = counted(engine, lambda session: of_orders(session, [no, UNKNOWN]))
    assert found == {no: called}
    assert asked == 1


def test_cases_are_called_by_what_is_applied_for(engine: Engine) -> None:
    make_order_cast(engine).submitted()
    with Session(engine) as session:
        no = session.scalars(select(ApprovalCase.no)).one()
    found, asked = counted(engine, lambda session: of_approvals(session, [no, UNKNOWN]))
    assert list(found) == [no]
    assert all(found[no])
    assert asked == 1


def test_penalties_are_called_by_agency_and_act_and_agencies_by_their_names(
    engine: Engine,
) -> None:
    bureau = Bureau(engine)
    bureau.place.go(at(3, 10))
    no = bureau.notice()
    act = bureau.case(no).act
    found, asked = counted(engine, lambda session: of_credit(session, [no, UNKNOWN]))
    assert asked == 2, "the penalties, and the names of all they are about"
    wanted = [bureau.agency_no, UNKNOWN]
    named, asked = counted(engine, lambda session: of_agencies(session, wanted))
    assert asked == 2
    zh, en = named[bureau.agency_no]
    assert found == {no: (f"{zh}：{act.zh}", f"{en}: {act.en}")}
