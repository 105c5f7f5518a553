"""The board: choices narrow it, each says how many it would show, the day has its figures."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bidding.rulebook.limits import Category
from bidding.tenders.feature import FEATURE
from bidding.tenders.listing import Wanted, day_figures, facets, public_list
from bidding.tenders.rules import TenderState
from market.factory import create_app
from market.notices.feature import FEATURE as NOTICES
from tests.bidding.tenders.cast import TenderCast
from tests.market.web.conftest import settings_for

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def app(house: TenderCast, redis_url: str, tmp_path: Path) -> Flask:
    settings = settings_for(redis_url, tmp_path)
    return create_app(settings, (NOTICES, FEATURE), office=house.office)


@pytest.fixture
def anybody(app: Flask) -> FlaskClient:
    return app.test_client()


def found(house: TenderCast, **wanted) -> list[str]:
    return [line.no for line in house.ask(public_list, Wanted(**wanted), 20)]


def test_a_choice_narrows_the_list_and_says_how_many_the_others_would_show(
    house: TenderCast,
) -> None:
    no = house.published()
    category = house.facts(no).category
    other = next(one for one in Category if one is not category)
    assert found(house, category=category) == [no]
    assert found(house, category=other) == []
    counted = house.ask(facets, Wanted(category=other))
    assert counted.categories == {category: 1}
    assert counted.states == {}
    assert house.ask(facets, Wanted(state=TenderState.OPENED)).states == {TenderState.PUBLISHED: 1}


def test_a_draft_is_counted_nowhere(house: TenderCast) -> None:
    house.complete()
    counted = house.ask(facets, Wanted())
    assert (counted.states, counted.categories) == ({}, {})


def test_words_that_find_nothing_count_nothing(house: TenderCast) -> None:
    house.published()
    assert house.ask(facets, Wanted(typed="——")).states == {}


def test_a_deadline_at_the_end_of_the_chosen_days_is_within_and_a_microsecond_later_is_not(
    house: TenderCast,
) -> None:
    no = house.published()
    deadline, now = house.facts(no).deadline, house.clock.now()
    assert found(house, closing=(now, deadline)) == [no]
    assert found(house, closing=(now, deadline - MICROSECOND)) == []
    assert found(house, closing=(deadline + MICROSECOND, deadline + timedelta(days=1))) == []


def test_the_days_figures_count_what_takes_bids_and_what_closes_within_a_day(
    house: TenderCast,
) -> None:
    no = house.published()
    deadline = house.facts(no).deadline
    day = deadline - timedelta(days=1)
    assert house.ask(day_figures, day, day).closing == 1
    assert house.ask(day_figures, day - MICROSECOND, day).closing == 0
    at_the_end = house.ask(day_figures, deadline, day)
    assert (at_the_end.open_now, at_the_end.opened, at_the_end.awarded) == (1, 0, 0)
    assert house.ask(day_figures, deadline + MICROSECOND, day).open_now == 0


def test_the_board_keeps_every_choice_in_its_address_and_shows_it_chosen(
    house: TenderCast, anybody: FlaskClient
) -> None:
    no = house.published()
    category = house.facts(no).category.value
    page = anybody.get(f"/tenders?q=&state=published&category={category}&closing=30").text
    assert no in page
    for value in ("published", category, "30"):
        assert re.search(f'<option value="{value}" selected>', page), value
    assert no not in anybody.get("/tenders?closing=1").text
    assert (
        no in anybody.get("/tenders?closing=2&category=everything").text
    )  # not offered: left open


def test_home_shows_the_figures_of_the_day(house: TenderCast, anybody: FlaskClient) -> None:
    house.published()
    page = anybody.get("/", headers={"Accept-Language": "en"}).text
    assert re.search(r'state=published">Open for bids</a></dt><dd>1</dd>', page)
