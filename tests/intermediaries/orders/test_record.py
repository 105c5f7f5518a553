"""The record of an agency on its public page: orders completed, and a mean from five ratings on."""

from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.agencies.queries import agency_numbers
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.credit.feature import FEATURE as CREDIT
from intermediaries.orders.commands import department, finishing, serving
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.feature import FEATURE
from intermediaries.orders.record import AgencyRecord, agency_record
from intermediaries.orders.rules.states import Side
from market.accounts.feature import FEATURE as ACCOUNTS
from tests.support.approval_cast import CALENDAR
from tests.support.browsing import Browser, app_of
from tests.support.counting import counted
from tests.support.order_cast import NO, OrderCast, make_order_cast

OWNER = dict.fromkeys(("quality", "time", "norms", "attitude", "charge"), 4)
DEPARTMENT = {"quality": 5, "time": 5}


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


DAYS = (5, 10, 13, 18, 24)


def rated(house: OrderCast, day: int) -> str:
    """An order of the agency, completed on a day of November and rated at once: 4.4 stars."""
    house.go(f"11-{day - 3:02} 09:00")
    code = f"MX-{day:03}"
    now = house.cast.now
    house.approvals.item(code=code, promised=5, statutory=5)
    house.put(now)
    no = house.confirmed(no=f"ZJ-2026-0002{day:02}", approval_item=code)
    house.go(f"11-{day:02} 09:00")
    for side in (Side.OWNER, Side.AGENCY):
        house.sign(no, side)
    house.drafted(no)
    house.run(serving.accept_draft, NameOrder(no), house.owner)
    house.run(department.submit, NameOrder(no), house.owner)
    house.run(department.accept, NameOrder(no), house.clerk)
    house.decide(no)
    house.run(finishing.rate, finishing.Rate(no, OWNER), house.owner)
    house.run(finishing.rate, finishing.Rate(no, DEPARTMENT), house.clerk)
    return no


def number(house: OrderCast) -> str:
    with Session(house.engine) as session:
        return agency_numbers(session)[house.cast.organisations["surveyors"]]


def record(house: OrderCast) -> tuple[AgencyRecord, int]:
    no = number(house)
    return counted(
        house.engine,
        lambda session: agency_record(session, no, CALENDAR, house.cast.now),
    )


@pytest.fixture
def app(house: OrderCast, redis_url: str, tmp_path: Path) -> Flask:
    features = (ACCOUNTS, CATALOGUE, AGENCIES, CREDIT, FEATURE)
    return app_of(house.cast, features, redis_url, tmp_path)


def page(app: Flask, house: OrderCast, language: str) -> str:
    return Browser(app.test_client(), house.cast, language).open(f"/agencies/{number(house)}").text


def test_four_ratings_have_no_mean_and_five_have_in_a_constant_number_of_questions(
    app: Flask, house: OrderCast
) -> None:
    numbers = [rated(house, day) for day in DAYS[:4]]
    few, asked = record(house)
    assert (few.completed, few.given, few.stars) == (4, 4, None)
    assert "4次评价 · 满5次评价后显示平均星级" in page(app, house, "zh")
    shown = page(app, house, "en")
    assert "4 ratings · no mean yet: it is shown from 5 ratings on" in shown
    numbers.append(rated(house, DAYS[4]))
    found, again = record(house)
    assert (found.completed, found.given, found.stars) == (5, 5, Fraction(44, 10))
    assert again == asked
    assert [one.no for one in found.lines] == numbers[::-1]
    assert "4.40星 · 5次评价" in page(app, house, "zh")
    shown = page(app, house, "en")
    assert "4.40 stars · 5 ratings" in shown
    assert all(f'href="/orders/{no}"' in shown for no in numbers)


def test_the_record_says_whether_the_agency_kept_its_time_and_no_reason_of_a_rating(
    app: Flask, house: OrderCast
) -> None:
    house.begun(working_days=1)
    items = serving.GiveItems(NO, ("规划许可证", "竣工图"))
    house.run(serving.deliver_inputs, items, house.owner)
    house.run(serving.confirm_inputs, NameOrder(NO), house.agency)
    house.go("11-04 10:00")
    house.deliver(NO)
    house.run(serving.accept_draft, NameOrder(NO), house.owner)
    house.run(department.submit, NameOrder(NO), house.owner)
    assert record(house)[0].lines == (), "what runs is nobody else's business"
    house.run(department.accept, NameOrder(NO), house.clerk)
    house.decide(NO)
    low = finishing.Rate(NO, dict.fromkeys(OWNER, 2), "多次迟交，态度恶劣")
    house.run(finishing.rate, low, house.owner)
    (line,) = record(house)[0].lines
    assert (line.on_time, line.stars, line.month) == (False, None, "2026-11")
    shown = page(app, house, "zh")
    assert "超时" in shown
    assert "态度恶劣" not in shown
    rated(house, 10)
    assert record(house)[0].lines[0].on_time is True


def test_a_rating_that_nobody_gave_counts_only_beside_five_that_were(house: OrderCast) -> None:
    house.decided("11-02 09:00")
    house.go("12-01 09:00")
    found, _ = record(house)
    assert (found.completed, found.given, found.stars) == (1, 0, None)


def test_an_agency_without_orders_has_an_empty_record(app: Flask, house: OrderCast) -> None:
    assert "尚无已办结的订单" in page(app, house, "zh")
    assert "No order was completed yet." in page(app, house, "en")
