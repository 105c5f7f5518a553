"""A complaint that holds the signing; one about silence; letters, desks and the reminder."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.credit.model import CreditPenalty
from intermediaries.orders.commands import awarding, objecting
from intermediaries.orders.commands.awarding import GiveUp
from intermediaries.orders.commands.objecting import ObjectToResult
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.rules.states import (
    Cause,
    OrderState,
    ResultComplaintState,
    ResultObjectionState,
    Side,
)
from intermediaries.orders.ticks import TICKS
from intermediaries.orders.waiting import waiting
from market.command import HOUSE, Actor
from market.kernel.errors import IllegalMove, Refusal
from tests.support.approval_cast import at
from tests.support.complaint_cast import (
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
    sign,
    withdraw,
)
from tests.support.order_cast import HOURS, NO, OrderCast, make_order_cast
from tests.support.reachable import letters, reachable

TICK = timedelta(microseconds=1)
SIGN = at("10-27 00:00")
ANSWER_DUE = at("10-22 00:00")


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


def disputed(house: OrderCast) -> None:
    """Complained about and held on Monday, with an alternate behind the agency."""
    answered(house, with_alternate=True)
    complain(house)
    hold(house)


def remind(house: OrderCast) -> int:
    """The heartbeat looks at complaints; at how many."""
    tick = next(one for one in TICKS if one.name == "orders.complaints")
    with Session(house.engine) as session:
        due = tick.due(session, house.cast.now, 100)
    for key in due:
        house.run(tick.handler, key, HOUSE)
    return len(due)


def desk(house: OrderCast, actor: Actor) -> list[str]:
    with Session(house.engine) as session:
        return [one.what for one in waiting(session, actor, HOURS.calendar)]


def test_while_it_is_held_nobody_signs_or_lapses_and_then_has_the_whole_time(
    house: OrderCast,
) -> None:
    disputed(house)
    house.go("10-21 10:00")
    for side in (Side.OWNER, Side.AGENCY):
        with pytest.raises(Refusal, match="result-held"):
            sign(house, side)
    house.put(SIGN + timedelta(days=3))
    house.beat()
    assert house.row().place == 0
    house.go("10-30 09:00")
    decide(house, upheld=False)
    assert house.row().sign_until == at("11-07 00:00")  # five working days after Friday, 10-30
    house.put(at("11-07 00:00"))
    house.beat()
    assert house.row().place == 0, "the last moment is still in time"
    sign(house, Side.OWNER)
    house.put(at("11-07 00:00") + TICK)
    house.beat()
    assert house.row().place == 1


def test_a_held_award_is_not_confirmed_and_confirmed_anew_from_the_decision(
    house: OrderCast,
) -> None:
    usual = house.command()
    house.opened(selected=usual.alternates[0], alternates=())
    house.run(objecting.object_to_result, ObjectToResult(NO, "未抽取"), house.agency)
    answer(house)
    complain(house)
    hold(house)
    with pytest.raises(Refusal, match="result-held"):
        house.run(awarding.confirm_award, NameOrder(NO), house.second)
    assert "confirm" not in desk(house, house.second)
    house.go("10-26 09:00")
    house.beat()
    decide(house, upheld=False)
    assert house.row().confirm_until == at("10-29 00:00")
    assert "confirm" in desk(house, house.second)
    house.put(at("10-29 00:00"))
    house.run(awarding.confirm_award, NameOrder(NO), house.second)
    assert house.row().state is OrderState.CONTRACTING


def test_the_time_after_a_withdrawal_is_counted_anew_too(house: OrderCast) -> None:
    disputed(house)
    house.go("10-30 09:00")
    withdraw(house)
    assert house.row().place == 0, "what stood does not lapse with the withdrawal"
    assert house.row().sign_until == at("11-07 00:00")
    sign(house, Side.OWNER)
    sign(house, Side.AGENCY)
    assert house.row().state is OrderState.SERVING


def test_a_complaint_that_holds_nothing_gives_no_time_when_it_ends(house: OrderCast) -> None:
    answered(house)
    complain(house)
    house.go("10-23 09:00")
    decide(house, upheld=False)
    assert house.row().sign_until == SIGN


def test_a_hold_is_made_once_and_never_after_the_end(house: OrderCast) -> None:
    disputed(house)
    with pytest.raises(IllegalMove):
        hold(house)
    decide(house, upheld=False)
    with pytest.raises(IllegalMove):
        hold(house)


def test_upheld_while_held_the_order_fails(house: OrderCast) -> None:
    disputed(house)
    decide(house, upheld=True)
    assert house.row().failed_for is Cause.COMPLAINT
    with Session(house.engine) as session:
        assert session.scalars(select(CreditPenalty.act)).all() == []


def test_an_order_given_up_while_it_is_held_passes_on_and_stays_held(house: OrderCast) -> None:
    disputed(house)
    house.run(awarding.give_up, GiveUp(NO, "人员不足"), house.second)
    house.go("10-30 09:00")
    house.beat()
    row = house.row()
    assert (row.state, row.place) == (OrderState.AWARDED, 1)
    with pytest.raises(Refusal, match="result-held"):
        house.run(awarding.confirm_award, NameOrder(NO), house.agency)
    withdraw(house)
    house.run(awarding.confirm_award, NameOrder(NO), house.agency)


def test_a_decision_about_silence_settles_the_objection_and_the_order_goes_on(
    house: OrderCast,
) -> None:
    objected(house, with_alternate=True)
    house.put(ANSWER_DUE + TICK)
    complain(house)
    house.go("10-30 09:00")
    house.beat()
    decide(house, upheld=False)
    assert objection(house).state is ResultObjectionState.SETTLED
    row = house.row()
    assert (row.place, row.sign_until) == (0, at("11-07 00:00"))
    assert "result-objection" not in desk(house, house.centre)
    with pytest.raises(IllegalMove):
        answer(house)
    sign(house, Side.OWNER)
    sign(house, Side.AGENCY)
    assert house.row().state is OrderState.SERVING


def test_a_late_answer_for_the_objector_ends_the_complaint_about_its_absence(
    house: OrderCast,
) -> None:
    objected(house)
    house.put(ANSWER_DUE + TICK)
    complain(house)
    answer(house, upheld=True)
    assert house.row().failed_for is Cause.OBJECTION
    assert complaint(house).state is ResultComplaintState.SETTLED
    assert desk(house, house.office) == []
    with pytest.raises(IllegalMove):
        decide(house, upheld=True)
    assert acts(house) == []


def test_a_late_answer_against_the_objector_leaves_complaint_and_hold(house: OrderCast) -> None:
    objected(house)
    house.put(ANSWER_DUE + TICK)
    complain(house)
    hold(house)
    answer(house)
    assert complaint(house).state is ResultComplaintState.HELD
    house.put(SIGN + TICK)
    house.beat()
    assert house.row().place == 0
    decide(house, upheld=False)
    assert objection(house).state is ResultObjectionState.DISMISSED


def test_it_lies_on_the_offices_desk_until_it_ends(house: OrderCast) -> None:
    answered(house)
    assert desk(house, house.office) == []
    complain(house)
    with Session(house.engine) as session:
        (line,) = waiting(session, house.office, HOURS.calendar)
    assert (line.no, line.what, line.due) == (NO, "result-complaint", at("11-03 00:00"))
    for other in (house.centre, house.owner, house.agency, house.clerk):
        assert "result-complaint" not in desk(house, other)
    hold(house)
    assert desk(house, house.office) == ["result-complaint"]
    withdraw(house)
    assert desk(house, house.office) == []


def test_the_office_is_reminded_once_when_its_decision_is_late(house: OrderCast) -> None:
    reachable(house.cast, "guan")
    answered(house)
    complain(house)
    house.put(at("11-03 00:00"))
    assert remind(house) == 0
    house.put(at("11-03 00:00") + TICK)
    assert (remind(house), remind(house)) == (1, 0)
    late = [words for words in letters(house.engine) if "逾期" in words]
    assert len(late) == 1
    decide(house, upheld=False)  # late, and a decision all the same


def test_a_decision_has_no_limit_before_its_year_is_published_and_gets_it_then(
    house: OrderCast,
) -> None:
    answered(house)
    begun(house)
    complain(house)
    with house.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE service_order_complaint SET due = NULL, look_at = '2026-10-20 00:00+08'"
        )
    assert desk(house, house.office) == ["result-complaint"]
    assert (remind(house), remind(house)) == (1, 0)
    assert complaint(house).due == at("11-05 00:00")  # filed on Wednesday, 21 October


def test_letters_go_to_the_office_the_complainant_and_both_sides(house: OrderCast) -> None:
    reachable(house.cast, "guan", "yan", "wang", "mei")
    answered(house)
    assert "您提出的ZJ-2026-000123已答复，如不服可于2026-11-02前投诉。" in str(
        letters(house.engine)
    )
    complain(house)
    assert str(letters(house.engine)).count("收到中选投诉") == 1
    hold(house)
    assert str(letters(house.engine)).count("暂缓确认和签约") == 3
    decide(house, upheld=False)
    said = str(letters(house.engine))
    assert said.count("投诉不成立") == 3
    assert said.count("确认和签约期限自本日起重新计算") == 2
