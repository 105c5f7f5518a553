"""The order's page about its expert reviews: asked for by form, numbers, then names."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.orders.commands import department
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.feature import FEATURE
from intermediaries.orders.ticks import TICKS
from market.accounts.feature import FEATURE as ACCOUNTS
from market.approvals.feature import FEATURE as APPROVALS
from market.approvals.rules.cases import IssueKind
from market.command import HOUSE
from market.draws.feature import FEATURE as DRAWS
from market.draws.sealing import sealer
from market.reviews import queries as reviews
from market.reviews.feature import FEATURE as REVIEWS
from market.reviews.rules import Kind
from tests.bidding.panels.cast import SPECIALTY
from tests.support.browsing import app_of, signed_in
from tests.support.order_cast import NO, OrderCast, make_order_cast
from tests.support.strangers import keys_beside

ROOMS = (ACCOUNTS, APPROVALS, CATALOGUE, DRAWS, REVIEWS, FEATURE)
PAGE, FORM = f"/orders/{NO}", f"/desk/orders/{NO}/forms/experts"


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> OrderCast:
    made = make_order_cast(engine)
    made.reviewers(seals=sealer(tmp_path / "keys"))
    made.submitted()
    made.run(department.accept, NameOrder(NO), made.clerk)
    return made


@pytest.fixture
def app(house: OrderCast, redis_url: str, tmp_path: Path) -> Flask:
    keys_beside(tmp_path / "keys")
    return app_of(house.cast, ROOMS, redis_url, tmp_path)


def test_a_department_reads_why_too_few_are_drawn_and_what_it_typed_stays(
    app: Flask, house: OrderCast
) -> None:
    clerk = signed_in(app, house.cast, "shen")
    assert f"{SPECIALTY} (30)" in clerk.open(FORM).text
    typed = {"seats": "4", "specialties": SPECIALTY, "reason": "论证坐标系统", "within": ""}
    refused = clerk.send(FORM, typed, form="ExpertsForm")
    assert refused.status_code == 422
    assert "odd number" in refused.text
    assert "论证坐标系统" in refused.text
    assert signed_in(app, house.cast, "wang").open(FORM).status_code == 404
    asked = clerk.send(FORM, {**typed, "seats": "3"}, form="ExpertsForm")
    assert asked.status_code == 303, asked.text[:3000]
    assert house.reviews.ask(reviews.reviews_of, Kind.ORDER, NO)[0].seats == 3


def test_experts_are_numbers_on_the_page_until_the_decision_and_people_after_it(
    app: Flask, house: OrderCast
) -> None:
    house.reviews.renew()
    draw = house.ask_experts()
    clerk = signed_in(app, house.cast, "shen")
    page = clerk.open(PAGE).text
    assert draw in page
    assert "nobody was called yet" in page
    assert 'forms/experts"' not in page, "one review at a time"
    house.reviews.draw(draw)
    house.reviews.beat()
    experts = house.seated()
    names = [f"name of {_account(one)}" for one in experts]
    page = clerk.open(PAGE).text
    assert "专家3" in page
    assert not [name for name in names if name in page]
    house.sign_all(NO, experts)
    house.opinion(NO, "说明坐标系统", IssueKind.FIRST)
    house.revise(NO)
    house.decide(NO)
    for key in house.reviews.ask(TICKS[1].due, house.cast.now, 10):
        house.run(TICKS[1].handler, key, HOUSE)
    page = clerk.open(PAGE).text
    assert all(name in page for name in names)


def _account(one: object) -> str:
    number = str(one.name)  # type: ignore[attr-defined]  # E0007 signs in as expert0007
    return f"expert{number[1:]}"
