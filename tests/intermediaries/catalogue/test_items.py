"""The catalogue: no condition without a law, versions from their day on, pages and search."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intermediaries.agencies.feature import FEATURE as AGENCIES
from intermediaries.catalogue import queries
from intermediaries.catalogue.commands import ChangeItem, EnterItem, change_item, enter_item
from intermediaries.catalogue.feature import FEATURE
from intermediaries.catalogue.queries import ItemFacts, Search
from intermediaries.catalogue.rules import (
    LEVELS,
    QUALIFICATION_LAW,
    Category,
    ItemTerms,
    LegalBasis,
    Level,
    Qualification,
    Requirement,
    refuse_unless_in_order,
    refuse_unless_sound,
)
from market.accounts.feature import FEATURE as ACCOUNTS
from market.demo.seed.service_items import ITEMS
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.money import Money
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.repeated import at_once
from tests.support.supermarket_cast import PLAIN, SURVEY, Supermarket, make_supermarket

DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)


@pytest.fixture
def place(engine: Engine) -> Supermarket:
    return make_supermarket(engine)


def test_a_service_without_a_legal_basis_is_no_condition_of_an_approval() -> None:
    with pytest.raises(Refusal, match="condition-without-basis") as refused:
        refuse_unless_sound(replace(SURVEY, basis=None))
    article = refused.value.article
    assert article is not None
    assert article.cite("en") == "Business Environment Regulation art. 43"
    refuse_unless_sound(SURVEY)
    refuse_unless_sound(replace(SURVEY, basis=None, is_condition=False))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name_en": " "}, "item-incomplete"),
        ({"scope_zh": ""}, "item-incomplete"),
        ({"standard_days": 0}, "days-out-of-range"),
        ({"standard_days": 366}, "days-out-of-range"),
        ({"price_low": Money(2), "price_high": Money(1)}, "price-guide-reversed"),
        ({"price_low": Money(-1)}, "price-guide-reversed"),
        ({"approvals": ("lower",)}, "bad-approval-code"),
        ({"approvals": ("LX-01", "LX-01")}, "bad-approval-code"),
        ({"approvals": tuple(f"LX-{n:02d}" for n in range(21))}, "bad-approval-code"),
        ({"approvals": ()}, "condition-of-nothing"),
        ({"requirement": Requirement(Qualification.SURVEYING, ())}, "levels-unknown"),
        ({"requirement": Requirement(Qualification.SURVEYING, (Level.C,))}, "levels-unknown"),
    ],
)
def test_what_nobody_could_use_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(BadInput, match=code):
        refuse_unless_sound(replace(SURVEY, **changes))


def test_both_ends_of_the_standard_time_are_allowed() -> None:
    for days in (1, 365):
        refuse_unless_sound(replace(SURVEY, standard_days=days))


def test_every_qualification_has_its_levels_and_its_law() -> None:
    assert set(LEVELS) == set(QUALIFICATION_LAW) == set(Qualification)
    assert all(LEVELS.values())


def test_a_basis_says_whether_its_text_was_read() -> None:
    basis = LegalBasis("环境影响评价法", "EIA Law", "16")
    assert basis.cite("zh") == "《环境影响评价法》第16条（条文未核实）"
    assert replace(basis, verified=True).cite("en") == "EIA Law, art. 16"


@pytest.mark.parametrize(
    ("from_day", "last", "code"),
    [
        (TODAY, None, None),
        (TODAY - DAY, None, "day-passed"),
        (TODAY, TODAY - DAY, "day-passed"),
        (TODAY + DAY, TODAY - DAY, None),
        (TODAY + DAY, TODAY + DAY, None),
        (TODAY + DAY, TODAY + 2 * DAY, "day-before-last"),
    ],
)
def test_a_change_begins_on_a_day_that_may_still_be_announced(
    from_day: date, last: date | None, code: str | None
) -> None:
    if code is None:
        refuse_unless_in_order(from_day, TODAY, last)
    else:
        with pytest.raises(Refusal, match=code):
            refuse_unless_in_order(from_day, TODAY, last)


def test_the_items_of_the_demonstration_are_sound_and_of_all_twelve_categories() -> None:
    assert set(ITEMS) == set(Category)
    for terms in (terms for of_one in ITEMS.values() for terms in of_one):
        refuse_unless_sound(terms)
        assert terms.is_condition == (terms.basis is not None and bool(terms.approvals))


def on(place: Supermarket, code: str, day: date) -> ItemFacts:
    with Session(place.engine) as session:
        return queries.item_by_code(session, code, day)


def change(place: Supermarket, terms: ItemTerms, from_day: date, seen: int) -> None:
    facts = on(place, place.survey, place.today)
    command = ChangeItem(facts.id, terms, from_day, "标准时限压缩", seen)
    place.run(change_item, command, place.centre)


def test_a_change_counts_from_its_day_and_the_history_stays(place: Supermarket) -> None:
    quicker = replace(SURVEY, standard_days=5)
    change(place, quicker, TODAY + 3 * DAY, 1)
    assert on(place, place.survey, TODAY + 2 * DAY).terms == SURVEY
    assert on(place, place.survey, TODAY + 3 * DAY).terms == quicker
    with pytest.raises(BadInput, match="item-changed"):
        change(place, SURVEY, TODAY + 4 * DAY, 1)
    change(place, replace(SURVEY, offered=False), TODAY + 3 * DAY, 2)
    assert not on(place, place.survey, TODAY + 3 * DAY).terms.offered
    with Session(place.engine) as session:
        assert [one.number for one in queries.versions(session, place.survey)] == [3, 2, 1]
        assert len(queries.items(session, Search(), TODAY, 9)) == 2
        assert len(queries.items(session, Search(), TODAY + 3 * DAY, 9)) == 1
        with pytest.raises(NotFound):
            queries.item_by_code(session, place.survey, TODAY - DAY)


def test_items_entered_at_once_have_codes_of_their_own(place: Supermarket) -> None:
    centre = place.centre
    command = EnterItem(Category.SURVEYING, SURVEY, TODAY, "并行")
    codes = at_once(lambda _: place.cast.office.run(enter_item, command, centre)["code"])
    assert sorted(codes) == ["IC11-002", "IC11-003", "IC11-004"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (Search("联合测绘"), ["IC11-001"]),
        (Search("surveying joint"), ["IC11-001"]),
        (Search("feasib"), ["IC01-001"]),
        (Search("测绘法"), ["IC11-001"]),
        (Search("IC01"), ["IC01-001"]),
        (Search("' | & :*"), []),
        (Search(category=Category.FEASIBILITY), ["IC01-001"]),
        (Search(conditions=True), ["IC11-001"]),
    ],
)
def test_items_are_found_in_both_languages(
    place: Supermarket, search: Search, found: list[str]
) -> None:
    with Session(place.engine) as session:
        assert [one.code for one in queries.items(session, search, TODAY, 9)] == found


def test_nobody_but_the_operator_keeps_the_catalogue(place: Supermarket) -> None:
    command = EnterItem(Category.SOIL, PLAIN, TODAY, "理由")
    for actor in (place.yan, place.regulator):
        with pytest.raises(Refusal, match="not-allowed"):
            place.run(enter_item, command, actor)
    with pytest.raises(BadInput, match="reason-missing"):
        place.run(enter_item, replace(command, reason=" "), place.centre)


@pytest.fixture
def app(place: Supermarket, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(place.cast, (ACCOUNTS, FEATURE, AGENCIES), redis_url, tmp_path)


TYPED = {
    "category": "IC05", "name_zh": "水土保持方案", "name_en": "Conservation plan",
    "scope_zh": "编制方案", "scope_en": "Write the plan", "law_zh": "水土保持法",
    "law_en": "Conservation Law", "article": "25", "is_condition": "yes", "approvals": "LX-15",
    "standard_days": "15", "price_low": "20,000", "price_high": "90,000", "qualification": "",
    "from_day": "2026-03-02", "reason": "新增",
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_operator_enters_and_changes_and_everybody_reads(
    app: Flask, place: Supermarket, language: str
) -> None:
    centre = signed_in(app, place.cast, "ceng")
    centre.language = language
    lawless = TYPED | {"law_zh": "", "law_en": "", "article": ""}
    refused = centre.send("/desk/items/new", lawless, form="NewItem")
    assert (refused.status_code, 'value="水土保持方案"' in refused.text) == (409, True)
    half = TYPED | {"law_en": ""}
    assert centre.send("/desk/items/new", half, form="NewItem").status_code == 422
    levels = TYPED | {"qualification": "surveying", "levels": ["C"]}
    assert centre.send("/desk/items/new", levels, form="NewItem").status_code == 422
    assert centre.send("/desk/items/new", TYPED, form="NewItem").status_code == 303
    page = "/desk/items/IC05-001"
    changed = TYPED | {"from_day": "2026-03-09", "standard_days": "12", "reason": "提速"}
    for seen, status in (("1", 303), ("1", 422), ("2", 303)):
        typed = changed | {"seen": seen}
        assert centre.send(page, typed, form="ChangedItem").status_code == status
    anybody = Browser(app.test_client(), place.cast)
    anybody.language = language
    shown = anybody.open("/items/IC05-001").text
    assert "提速" in shown
    assert "LX-15" in shown
    for path in ("/items", "/items?q=水土&category=IC05&conditions=yes", "/items?category=x"):
        assert anybody.open(path).status_code == 200
    assert "IC05-001" in centre.open("/desk/items").text
    assert anybody.open("/items/IC99-001").status_code == 404
    assert anybody.open("/items?cursor=x").status_code == 422
