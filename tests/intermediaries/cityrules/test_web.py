"""Pages of the city's rules: what everybody reads, and how two persons change them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.rulebook.selection.modes import Funds
from market.features import FEATURES
from market.kernel.money import Money
from market.kernel.workdays import start_of
from tests.intermediaries.cityrules.test_rules import CITY, PAPER, WEDNESDAY, adopted, make_offices
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.demand_cast import Demands

PAGE = "/administration/selection-rules"
TYPED: dict[str, object] = {
    "first_day": "2026-03-04",
    "direct_max": "20,000",
    "fiscal_threshold": "60000",
    "min_quotes": "4",
    "document": PAPER,
    "paper": "https://city.example/12.htm",
}


@pytest.fixture
def city(engine: Engine) -> Demands:
    return make_offices(engine)


@pytest.fixture
def app(city: Demands, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(city.place.cast, FEATURES, redis_url, tmp_path)


def public(app: Flask, city: Demands, language: str = "en") -> str:
    browser = Browser(app.test_client(), city.place.cast)
    browser.language = language
    return browser.open("/selection-rules").text


def waiting_key(browser: Browser) -> str:
    page = browser.open(PAGE).text
    return page.split("/drop", 1)[0].rsplit("/", 1)[1]


def test_before_the_city_says_anything_the_numbers_are_the_platforms(
    app: Flask, city: Demands
) -> None:
    page = public(app, city)
    assert "numbers of this platform" in page
    assert "30,000.00" in page
    assert "100,000.00" in page
    assert "本市尚未另作规定" in public(app, city, "zh")


def test_rules_go_from_one_desk_to_the_next_and_are_read_by_everybody(
    app: Flask, city: Demands
) -> None:
    cast = city.place.cast
    one, two = signed_in(app, cast, "guan"), signed_in(app, cast, "hong")
    assert one.send(PAGE, TYPED, form="NewRules").status_code == 303
    assert "another person has to adopt" in one.open(PAGE).text
    assert "/adopt" not in one.open(PAGE).text
    assert 'name="first_day"' not in one.open(PAGE).text  # another set would be refused
    assert "Adopt the rules" not in one.open("/desk").text
    assert "Adopt the rules of choosing that are to hold from 2026-03-04" in two.open("/desk").text
    assert PAPER not in public(app, city)
    key = waiting_key(two)
    assert two.press(PAGE, f"{PAGE}/{key}/adopt").status_code == 303
    page = public(app, city)
    assert "Adopted, not yet in force" in page
    assert PAPER in page
    city.go(start_of(WEDNESDAY) + timedelta(hours=1))
    page = public(app, city)
    assert "Adopted, not yet in force" not in page
    assert "not with fiscal funds" in page
    assert "numbers of this platform" not in page


def test_an_owner_is_offered_what_the_city_allows_that_day(app: Flask, city: Demands) -> None:
    no = city.written(ceiling="20000", funds=Funds.PRIVATE)
    adopted(city, replace(CITY, direct_max=Money.from_yuan("19999.99")))
    city.go(start_of(WEDNESDAY) - timedelta(minutes=5))
    browser = signed_in(app, city.place.cast, "wang")
    page = f"/desk/demands/{no}/mode"
    offered = browser.open(page).text
    assert 'value="direct"' in offered
    assert 'href="/selection-rules"' in offered
    city.go(start_of(WEDNESDAY))
    offered = browser.open(page).text
    assert 'value="direct"' not in offered
    assert 'value="random"' in offered


def test_what_was_typed_stays_after_a_refusal(app: Flask, city: Demands) -> None:
    browser = signed_in(app, city.place.cast, "guan")
    answer = browser.send(PAGE, {**TYPED, "min_quotes": "2"}, form="NewRules")
    assert answer.status_code == 409
    assert "Haizhou" in answer.text
    assert PAPER in answer.text


def test_what_nobody_adopted_in_time_is_to_be_dropped(app: Flask, city: Demands) -> None:
    one = signed_in(app, city.place.cast, "guan")
    assert one.send(PAGE, TYPED, form="NewRules").status_code == 303
    city.go(start_of(WEDNESDAY))
    two = signed_in(app, city.place.cast, "hong")
    assert "Drop the rules that were to hold from 2026-03-04" in two.open("/desk").text
    key = waiting_key(two)
    assert two.press(PAGE, f"{PAGE}/{key}/drop").status_code == 303
    assert "Waiting for a second person" not in two.open(PAGE).text


def test_strangers_find_the_door_shut(app: Flask, city: Demands) -> None:
    assert signed_in(app, city.place.cast, "wang").open(PAGE).status_code == 403
    assert Browser(app.test_client(), city.place.cast).open(PAGE).status_code == 303
