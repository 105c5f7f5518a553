"""Measures against agencies on the public board: suspended, removed, restored, kept out."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.agencies.commands import sanctions
from intermediaries.agencies.commands.sanctions import (
    DecideAgency,
    NameRecord,
    RecordBad,
    SuspendAgency,
)
from intermediaries.agencies.feature import FEATURE
from intermediaries.agencies.measures import kept_out, measures
from intermediaries.agencies.model import BadRecord
from intermediaries.agencies.rules.states import EventKind
from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from market.accounts.feature import FEATURE as ACCOUNTS
from tests.support.browsing import Browser, app_of
from tests.support.supermarket_cast import Supermarket, make_supermarket

FACTS, DECISION = "资质证书系借用", "德中法〔2026〕12号"


@pytest.fixture
def place(engine: Engine) -> Supermarket:
    return make_supermarket(engine)


@pytest.fixture
def app(place: Supermarket, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(place.cast, (ACCOUNTS, CATALOGUE, FEATURE), redis_url, tmp_path)


def kinds(place: Supermarket) -> list[EventKind]:
    with Session(place.engine) as session:
        return [one.kind for one in measures(session)]


def test_every_measure_stands_on_the_board_with_what_undid_it(
    app: Flask, place: Supermarket
) -> None:
    no = place.entered()
    anybody = Browser(app.test_client(), place.cast, "zh")
    assert "没有机构被暂停或清退" in anybody.open("/agencies").text
    place.run(sanctions.suspend_agency, SuspendAgency(no, FACTS), place.regulator)
    shown = anybody.open("/agencies").text
    for words in (FACTS, "中介机构信用管理规则", "surveyors有限公司", "机构处理公告"):
        assert words in shown
    place.pass_days(1)
    place.run(sanctions.restore_agency, DecideAgency(no, "已整改"), place.regulator)
    place.pass_days(1)
    place.run(sanctions.remove_agency, DecideAgency(no, "再次借用资质"), place.regulator)
    assert kinds(place) == [EventKind.REMOVED, EventKind.RESTORED, EventKind.SUSPENDED]
    assert "再次借用资质" in anybody.open("/agencies").text, "also once it is off the list"


def test_a_legal_decision_is_shown_from_its_first_through_its_last_day(
    place: Supermarket,
) -> None:
    first, last = place.today, place.today + timedelta(days=10)
    entry = RecordBad(place.cast.fresh_uscc(), "某测绘公司", DECISION, first, last)
    place.run(sanctions.record_bad, entry, place.regulator)

    def shown(day: date) -> int:
        with Session(place.engine) as session:
            return len(kept_out(session, place.now + (day - place.today)))

    days = (first - timedelta(days=1), first, last, last + timedelta(days=1))
    assert [shown(day) for day in days] == [0, 1, 1, 0]
    with Session(place.engine) as session:
        key = session.scalars(select(BadRecord.id)).one()
    place.run(sanctions.lift_bad, NameRecord(key), place.regulator)
    assert shown(first) == 0


def test_the_public_pages_of_the_supermarket_lie_in_one_place_of_the_navigation(
    app: Flask, place: Supermarket
) -> None:
    for language, word in (("zh", "中介超市"), ("en", "Supermarket")):
        anybody = Browser(app.test_client(), place.cast, language)
        for page in ("/agencies", "/items"):
            assert f'aria-current="page">{word}</a>' in anybody.open(page).text
