"""Whoever has something to do, or waits for an answer, is written to, once."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.orders.commands import awarding, department, management, objecting, serving
from intermediaries.orders.commands.management import AskPause, DecidePause
from intermediaries.orders.commands.objecting import ObjectToResult
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.commands.serving import AskTime, ObjectToSegment
from intermediaries.orders.model.orders import AskedPause
from intermediaries.orders.rules.states import OrderState, Purpose, Side
from intermediaries.rulebook.clock.events import PauseCode
from tests.support.approval_cast import at
from tests.support.order_cast import OrderCast, brought, make_order_cast
from tests.support.reachable import letters, reachable


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    made = make_order_cast(engine)
    reachable(made.cast, "wang", "yan", "shen", "guan", "ceng")
    return made


def told(house: OrderCast, words: str) -> int:
    """In how many letters these words stand."""
    return sum(words in one for one in letters(house.engine))


def test_of_an_objection_to_the_result_operator_owner_and_agency_are_told(house: OrderCast) -> None:
    no = house.opened(selected=house.command().alternates[0], alternates=())
    house.run(objecting.object_to_result, ObjectToResult(no, "未抽取"), house.agency)
    assert told(house, "请在2个工作日内答复") == 1
    assert told(house, "收到中选异议，答复前期限暂停") >= 1, "the owner"


def test_of_an_objection_about_hours_the_office_is_told_with_its_time(house: OrderCast) -> None:
    no = house.begun()
    house.go("11-02 11:00")
    house.drafted(no)
    house.run(serving.object_to_segment, ObjectToSegment(no, 1, "资料早已送达"), house.owner)
    assert told(house, "请在3个工作日内裁定") == 1


@pytest.mark.parametrize(("approved", "words"), [(True, "已批准"), (False, "未获批准")])
def test_a_pause_asked_for_is_told_to_the_office_and_its_answer_to_whoever_asked(
    house: OrderCast, approved: bool, words: str
) -> None:
    no = house.submitted()
    asked = AskPause(no, PauseCode.HEARING, "听证", brought(Purpose.EVIDENCE))
    house.run(management.ask_pause, asked, house.clerk)
    assert told(house, "收到暂停申请") == 1
    with Session(house.engine) as session:
        key = session.scalars(select(AskedPause.id)).one()
    decided = DecidePause(no, key, approved=approved, words="见材料")
    house.run(management.decide_pause, decided, house.office)
    assert told(house, f"暂停申请{words}") == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [(serving.agree_time, "业主同意延期"), (serving.decline_time, "业主不同意延期")],
)
def test_the_agency_is_told_whether_it_has_more_time(house: OrderCast, answer, words: str) -> None:
    no = house.begun()
    items = serving.GiveItems(no, ("规划许可证", "竣工图"))
    house.run(serving.deliver_inputs, items, house.owner)
    house.run(serving.confirm_inputs, NameOrder(no), house.agency)
    house.run(serving.ask_time, AskTime(no, 8, "降雨"), house.agency)
    house.run(answer, NameOrder(no), house.owner)
    assert told(house, words) == 1


def test_the_agency_is_told_of_the_decision(house: OrderCast) -> None:
    no = house.submitted()
    house.run(department.accept, NameOrder(no), house.clerk)
    house.decide(no)
    assert told(house, "审批部门已作出决定") == 1


def test_the_office_is_told_once_that_the_owner_lets_the_time_to_sign_pass(
    house: OrderCast,
) -> None:
    no = house.opened()
    house.run(awarding.confirm_award, NameOrder(no), house.agency)
    house.put(at("10-27 00:00"))
    house.beat()
    assert told(house, "业主尚未备妥或签订合同") == 0
    for day in ("10-27 09:00", "10-29 09:00"):
        house.go(day)
        house.beat()
    assert told(house, "业主尚未备妥或签订合同") == 1
    row = house.row()
    assert (row.state, row.turn_due) == (OrderState.CONTRACTING, at("10-27 00:00"))
    house.prepare(no)
    for side in (Side.OWNER, Side.AGENCY):
        house.sign(no, side)
    assert house.row().state is OrderState.SERVING
