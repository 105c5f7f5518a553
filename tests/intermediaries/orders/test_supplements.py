"""Supplements to a contract: both edges of the tenth, the one extension, signed by both or not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.orders import facts as orders
from intermediaries.orders.commands import department, management, serving
from intermediaries.orders.commands.management import EndOrder
from intermediaries.orders.commands.supplements import (
    EndSupplement,
    OfferSupplement,
    SignSupplement,
    end_supplement,
    offer_supplement,
    sign_supplement,
)
from intermediaries.orders.queries import supplement_changes
from intermediaries.orders.rules.states import Side
from intermediaries.orders.rules.supplement import SupplementState
from intermediaries.orders.waiting import waiting
from intermediaries.rulebook.clock.states import ExtensionState
from market.journal.model import JournalEntry
from market.kernel.errors import BadInput, MarketError, NotFound, Refusal
from market.kernel.money import Money
from market.protocol.encoding import b64u, canonical, parse
from market.protocol.signing import new_key, signed
from tests.support.approval_cast import CALENDAR
from tests.support.order_cast import HOURS, NO, PRICE, OrderCast, make_order_cast
from tests.support.repeated import at_once

TENTH = Money.from_yuan("8800")
HOUR = timedelta(hours=1)
MORE = OfferSupplement(
    no=NO,
    price_change=TENTH,
    deliverables=("测绘报告", "面积明细表"),
    more_days=0,
    reason="业主增加一栋附属用房",
)


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    made = make_order_cast(engine)
    made.begun()
    return made


def offer(house: OrderCast, command: OfferSupplement = MORE) -> int:
    return int(house.run(offer_supplement, command, house.owner)["number"])


def statement(
    house: OrderCast, number: int, side: Side, key: Ed25519PrivateKey | None = None
) -> bytes:
    name = {Side.OWNER: "bureau", Side.AGENCY: "surveyors"}[side]
    with Session(house.engine) as session:
        changes = supplement_changes(session, NO, number)
    return canonical(signed(changes.statement(side), key or house.keys[name]))


def sign(house: OrderCast, number: int, side: Side) -> None:
    actor = house.owner if side is Side.OWNER else house.agency
    house.run(sign_supplement, SignSupplement(NO, number, statement(house, number, side)), actor)


def concluded(house: OrderCast, command: OfferSupplement = MORE) -> int:
    number = offer(house, command)
    sign(house, number, Side.OWNER)
    sign(house, number, Side.AGENCY)
    return number


def seen(house: OrderCast) -> orders.OrderFacts:
    with Session(house.engine) as session:
        return orders.order(session, NO, house.owner, CALENDAR, house.cast.now)


def records(house: OrderCast) -> list[dict[str, object]]:
    with Session(house.engine) as session:
        rows = session.scalars(select(JournalEntry).where(JournalEntry.type == "contract"))
        return [parse(row.data) for row in rows]


def test_a_supplement_signed_by_both_is_in_force_and_in_the_public_record(
    house: OrderCast,
) -> None:
    number = concluded(house)
    (one,) = seen(house).supplements
    assert (one.state, one.price, number) == (SupplementState.IN_FORCE, PRICE + TENTH, 1)
    assert seen(house).deliverables == ("测绘报告", "面积明细表")
    contract, said = sorted(records(house), key=lambda data: "supplement" in data)
    assert (said["price_fen"], said["price_change_fen"]) == (9_680_000, 880_000)
    assert said["contract"] == contract["contract"] == b64u(house.row().contract_hash)
    assert said["changes"] == b64u(one.hash)
    assert house.row().price == PRICE, "the contract itself is never edited"


def test_a_tenth_of_the_price_is_within_and_a_fen_more_is_not(house: OrderCast) -> None:
    with pytest.raises(Refusal, match="supplement-beyond-tenth"):
        offer(house, replace(MORE, price_change=TENTH + Money(1)))
    with pytest.raises(Refusal, match="supplement-beyond-tenth"):
        offer(house, replace(MORE, price_change=Money(-TENTH.fen - 1)))
    concluded(house)
    with pytest.raises(Refusal, match="supplement-beyond-tenth"):
        offer(house, replace(MORE, price_change=Money(1)))


def test_all_supplements_together_keep_within_the_tenth_up_and_down(house: OrderCast) -> None:
    half = Money(TENTH.fen // 2)
    concluded(house, replace(MORE, price_change=Money(-half.fen)))
    with pytest.raises(Refusal, match="supplement-beyond-tenth"):
        offer(house, replace(MORE, price_change=half + Money(1)))
    concluded(house, replace(MORE, price_change=half))
    assert [one.price for one in seen(house).supplements] == [PRICE - half, PRICE]


def test_what_changes_nothing_or_lists_a_thing_twice_is_no_supplement(house: OrderCast) -> None:
    same = replace(MORE, price_change=Money(0), deliverables=("测绘报告",))
    with pytest.raises(BadInput, match="changes-nothing"):
        offer(house, same)
    with pytest.raises(BadInput, match="deliverables-malformed"):
        offer(house, replace(MORE, deliverables=("测绘报告", "测绘报告")))
    with pytest.raises(BadInput, match="words-missing"):
        offer(house, replace(MORE, reason=" "))


def test_more_days_are_the_one_extension_of_the_clock(house: OrderCast) -> None:
    concluded(house, replace(MORE, more_days=2))
    reading = house.reading()
    assert reading.limits is not None
    assert reading.limits.agency == 96 * HOUR  # ten days by contract and two more
    assert reading.extension is ExtensionState.AGREED
    with pytest.raises(Refusal, match="extension-used"):
        offer(house, replace(MORE, price_change=Money(0), deliverables=("表",), more_days=1))
    with pytest.raises(MarketError):
        house.run(serving.ask_time, serving.AskTime(NO, 8, "暴雨"), house.agency)


def test_days_offered_in_time_and_signed_after_an_extension_was_asked_are_refused(
    house: OrderCast,
) -> None:
    number = offer(house, replace(MORE, more_days=2))
    sign(house, number, Side.OWNER)
    house.run(serving.ask_time, serving.AskTime(NO, 8, "暴雨"), house.agency)
    with pytest.raises(Refusal, match="extension-used"):
        sign(house, number, Side.AGENCY)
    assert [one.state for one in seen(house).supplements] == [SupplementState.OFFERED]
    assert len(records(house)) == 1


def test_the_side_that_offers_signs_first_and_each_with_its_own_key(house: OrderCast) -> None:
    number = offer(house)
    with pytest.raises(Refusal, match="offer-unsigned"):
        sign(house, number, Side.AGENCY)
    forged = statement(house, number, Side.OWNER, new_key())
    with pytest.raises(Refusal, match="no-such-key"):
        house.run(sign_supplement, SignSupplement(NO, number, forged), house.owner)
    swapped = statement(house, number, Side.AGENCY)
    with pytest.raises(Refusal, match="other-contract"):
        house.run(sign_supplement, SignSupplement(NO, number, swapped), house.owner)
    contract = house.statement(NO, Side.OWNER)
    with pytest.raises(Refusal, match="other-contract"):
        house.run(sign_supplement, SignSupplement(NO, number, contract), house.owner)


def test_a_signature_sent_often_and_at_once_is_one(house: OrderCast) -> None:
    number = offer(house)
    owner = house.owner
    command = SignSupplement(NO, number, statement(house, number, Side.OWNER))
    at_once(lambda _: house.run(sign_supplement, command, owner))
    sign(house, number, Side.AGENCY)
    with pytest.raises(NotFound, match="no-supplement"):
        sign(house, number, Side.AGENCY)
    assert len(records(house)) == 2


def test_one_supplement_waits_at_a_time_until_it_is_withdrawn_or_declined(
    house: OrderCast,
) -> None:
    first = offer(house)
    with pytest.raises(Refusal, match="supplement-open"):
        house.run(offer_supplement, MORE, house.agency)
    house.run(end_supplement, EndSupplement(NO, first, "另行协商"), house.owner)
    with pytest.raises(NotFound, match="no-supplement"):
        sign(house, first, Side.OWNER)
    with pytest.raises(NotFound, match="no-supplement"):
        house.run(end_supplement, EndSupplement(NO, first, "另行协商"), house.owner)
    second = offer(house)
    house.run(end_supplement, EndSupplement(NO, second, "价款过低"), house.agency)
    found = [(one.number, one.state, one.end_reason) for one in seen(house).supplements]
    assert found == [
        (1, SupplementState.WITHDRAWN, "另行协商"),
        (2, SupplementState.DECLINED, "价款过低"),
    ]
    assert len(records(house)) == 1, "neither was ever anything to the public"


def test_nobody_but_owner_and_agency_has_anything_to_do_with_it(house: OrderCast) -> None:
    number = offer(house)
    for stranger in (house.second, house.clerk, house.office, house.centre):
        with pytest.raises(MarketError):
            house.run(offer_supplement, MORE, stranger)
        with pytest.raises(MarketError):
            house.run(end_supplement, EndSupplement(NO, number, "无关"), stranger)


def test_an_order_that_is_disputed_ended_or_not_begun_takes_no_supplement(
    house: OrderCast,
) -> None:
    fresh = house.opened(no="ZJ-2026-000777", project=None, project_code=None)
    with pytest.raises(Refusal, match="contract-not-running"):
        offer(house, replace(MORE, no=fresh))
    number = offer(house)
    house.go("11-03 09:00")
    items = serving.GiveItems(NO, ("规划许可证", "竣工图"))
    house.run(serving.deliver_inputs, items, house.owner)
    house.run(serving.confirm_inputs, serving.NameOrder(NO), house.agency)
    house.run(serving.object_to_segment, serving.ObjectToSegment(NO, 1, "不实"), house.owner)
    with pytest.raises(Refusal, match="order-disputed"):
        sign(house, number, Side.OWNER)
    house.run(management.rule, management.Rule(NO, "4", None, "不成立"), house.office)
    sign(house, number, Side.OWNER)
    house.run(management.terminate, EndOrder(NO, "双方协商解除"), house.office)
    with pytest.raises(Refusal, match="contract-not-running"):
        sign(house, number, Side.AGENCY)


def test_the_desk_names_whoever_signs_next(house: OrderCast) -> None:
    def desks() -> list[bool]:
        with Session(house.engine) as session:
            return [
                any(one.what == "supplement" for one in waiting(session, actor, HOURS.calendar))
                for actor in (house.owner, house.agency)
            ]

    assert desks() == [False, False]
    number = offer(house)
    assert desks() == [True, False]
    sign(house, number, Side.OWNER)
    assert desks() == [False, True]
    sign(house, number, Side.AGENCY)
    assert desks() == [False, False]


def test_the_department_sees_what_binds_and_no_proposal(house: OrderCast) -> None:
    concluded(house, replace(MORE, price_change=Money(0)))
    house.drafted(NO)
    house.run(serving.accept_draft, serving.NameOrder(NO), house.owner)
    house.run(department.submit, serving.NameOrder(NO), house.owner)
    offer(house, replace(MORE, deliverables=("测绘报告",)))
    with Session(house.engine) as session:
        found = orders.order(session, NO, house.clerk, CALENDAR, house.cast.now)
    assert [one.number for one in found.supplements] == [1]
    assert len(seen(house).supplements) == 2
