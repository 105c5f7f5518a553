"""The management office ends an order that was handed in, together with its approval case."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.assessment.queries import not_scored
from intermediaries.assessment.rules import read_month
from intermediaries.orders.commands import department, management, rows, serving
from intermediaries.orders.commands.department import ListMissing
from intermediaries.orders.commands.management import AskPause, DecidePause, EndOrder
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.commands.serving import AskOwner
from intermediaries.orders.facts import order as order_facts
from intermediaries.orders.model.orders import AskedPause, ServiceOrder
from intermediaries.orders.queries import running
from intermediaries.orders.rules.states import OrderState, Purpose, Unscored
from intermediaries.orders.web.acts import choices
from intermediaries.rulebook.clock.events import PauseCode
from intermediaries.rulebook.clock.states import Stage
from market.approvals.model import ApprovalCase
from market.approvals.queries.history import open_cases_for
from market.approvals.rules.cases import CaseState, IssueKind, Missing, Owes
from market.command import HOUSE
from market.kernel.errors import Refusal
from tests.support.approval_cast import CALENDAR
from tests.support.order_cast import NO, OrderCast, brought, make_order_cast
from tests.support.reachable import letters, reachable

END = EndOrder(NO, "中介机构已停业，双方协商解除")


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


def correcting(house: OrderCast) -> None:
    missing = (Missing(1, "未盖章", Owes.OWNER),)
    house.run(department.list_missing, ListMissing(NO, missing), house.clerk)


def revising(house: OrderCast) -> None:
    house.run(department.accept, NameOrder(NO), house.clerk)
    house.opinion(NO, "说明坐标系统", IssueKind.FIRST)


def asking(house: OrderCast) -> None:
    revising(house)
    house.run(serving.ask_owner, AskOwner(NO, ("控制点成果",), knowable_before=False), house.agency)


def accepted(house: OrderCast) -> None:
    house.run(department.accept, NameOrder(NO), house.clerk)


def final(house: OrderCast) -> None:
    accepted(house)
    house.run(department.finalise, NameOrder(NO), house.clerk)


def revised(house: OrderCast) -> None:
    revising(house)
    house.revise(NO)


def supplied(house: OrderCast) -> None:
    correcting(house)
    command = department.Supply(NO, 1, brought(Purpose.SUPPLY))
    house.run(department.supply, command, house.owner)


def offered(house: OrderCast) -> bool:
    """Whether the office's page offers the act."""
    with Session(house.engine) as session:
        found = order_facts(session, NO, house.office, CALENDAR, house.cast.now)
    return any(one.name == "termination" for one in choices(found, house.office, house.cast.now))


def case_state(house: OrderCast) -> CaseState:
    with Session(house.engine) as session:
        return session.scalars(select(ApprovalCase.state)).one()


@pytest.mark.parametrize("waits", [correcting, revising, asking])
def test_an_order_whose_agency_or_owner_is_waited_for_ends_with_its_case(
    house: OrderCast, waits: Callable[[OrderCast], None]
) -> None:
    house.submitted()
    waits(house)
    assert offered(house)
    house.run(management.terminate, END, house.office)
    row = house.row()
    assert (row.state, row.ended_at) == (OrderState.TERMINATED, house.cast.now)
    assert (row.holder, row.turn_due, row.look_at) == (None, None, None)
    assert house.reading().stage is Stage.TERMINATED
    assert case_state(house) is CaseState.WITHDRAWN
    assert not offered(house)


@pytest.mark.parametrize("lies", [lambda _: None, accepted, final, revised, supplied])
def test_what_lies_before_the_department_is_not_taken_from_it(
    house: OrderCast, lies: Callable[[OrderCast], None]
) -> None:
    house.submitted()
    lies(house)
    before = case_state(house)
    assert not offered(house)
    with pytest.raises(Refusal, match="order-stands-elsewhere"):
        house.run(management.terminate, END, house.office)
    assert (house.row().state, case_state(house)) == (OrderState.SUBMITTED, before)


def test_it_ends_in_a_pause_too(house: OrderCast) -> None:
    house.submitted()
    revising(house)
    asked = AskPause(NO, PauseCode.FORCE, "洪水", brought(Purpose.EVIDENCE))
    house.run(management.ask_pause, asked, house.agency)
    with Session(house.engine) as session:
        key = session.scalars(select(AskedPause.id)).one()
    house.run(management.decide_pause, DecidePause(NO, key, approved=True), house.office)
    house.run(management.terminate, END, house.office)
    assert house.row().state is OrderState.TERMINATED


def test_it_ends_once_and_only_by_the_office_that_is_no_party(house: OrderCast) -> None:
    house.submitted()
    revising(house)
    for actor in (house.owner, house.agency, house.clerk):
        with pytest.raises(Refusal, match="not-allowed"):
            house.run(management.terminate, END, actor)
    house.run(management.terminate, END, house.office)
    with pytest.raises(Refusal, match="order-stands-elsewhere"):
        house.run(management.terminate, END, house.office)
    house.go("12-20 09:00")
    house.run(lambda work, _: rows.touch(work, rows.locked(work, NO)), None, HOUSE)
    assert house.row().look_at is None


def test_project_and_item_are_free_again_and_the_agency_has_one_order_less(
    house: OrderCast,
) -> None:
    house.submitted()
    revising(house)
    row = house.row()

    def stands() -> tuple[int, int]:
        with Session(house.engine) as session:
            cases = open_cases_for(session, row.project, row.approval_item or "")
            return len(cases), running(session, row.agency)

    assert stands() == (1, 1)
    house.run(management.terminate, END, house.office)
    assert stands() == (0, 0)


def test_the_month_says_that_it_was_ended_and_not_that_nobody_took_it(house: OrderCast) -> None:
    house.submitted()
    revising(house)
    house.run(management.terminate, END, house.office)
    with Session(house.engine) as session:
        found = not_scored(session, read_month("2026-11"))
    assert [(one.order_no, one.why) for one in found] == [(NO, Unscored.WITHDRAWN)]


def test_all_three_parties_are_told_and_of_an_order_not_handed_in_only_two(
    house: OrderCast,
) -> None:
    reachable(house.cast, "wang", "yan", "shen")
    house.submitted()
    revising(house)
    house.run(management.terminate, END, house.office)
    with Session(house.engine) as session:
        assert session.scalars(select(ServiceOrder.approval_case)).one() is not None
    said = [one for one in letters(house.engine) if "管理办终止" in one]
    assert len(said) == 3


def test_the_department_is_not_told_of_an_order_that_never_came_to_it(house: OrderCast) -> None:
    reachable(house.cast, "wang", "yan", "shen")
    house.begun()
    house.run(management.terminate, END, house.office)
    assert len([one for one in letters(house.engine) if "管理办终止" in one]) == 2
