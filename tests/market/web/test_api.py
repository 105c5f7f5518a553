"""Programs: strict bodies, one effect per key, pages that go on where they ended."""

import json

import pytest
from flask import Blueprint, Flask
from sqlalchemy import Engine, func, select

from market.factory import create_anonymous_app, create_app
from market.feature import Feature
from market.features import FEATURES
from market.journal.model import TrailLine
from market.kernel.errors import BadInput
from market.web.access import public
from market.web.cursor import page_of, read_cursor, write_cursor
from market.web.openapi import undescribed
from tests.market.web.conftest import Browser, settings_for
from tests.market.web.trial import FEATURE
from tests.support.offices import TestOffice

NOTES = "/api/v1/trial/notes"
KEY = {"Idempotency-Key": "key-0001"}
PROGRAM = {**KEY, "Authorization": "Bearer x", "Accept-Language": "en"}
BODY = {"title": "bridge", "fen": 100}


@pytest.fixture
def program(browser: Browser) -> Browser:
    browser.sign_in("clerk")
    return browser


def effects(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(TrailLine)) or 0


def test_the_same_key_is_one_effect_and_the_same_answer(program: Browser, engine: Engine) -> None:
    first, second = (program.client.post(NOTES, json=BODY, headers=PROGRAM) for _ in range(2))
    assert (first.status_code, first.json) == (201, {"url": "/trial/done?title=bridge"})
    assert (second.status_code, second.json) == (201, first.json)
    assert effects(engine) == 1


def test_the_same_key_for_something_else_is_refused(program: Browser, engine: Engine) -> None:
    program.client.post(NOTES, json=BODY, headers=PROGRAM)
    again = program.client.post(NOTES, json={**BODY, "fen": 101}, headers=PROGRAM)
    assert (again.status_code, again.json["code"], effects(engine)) == (409, "once-differs", 1)


@pytest.mark.parametrize("key", ["", "short", "x" * 101, "with blank", "ключключ"])
def test_a_write_without_a_good_key_is_refused(program: Browser, key: str) -> None:
    headers = {**PROGRAM, "Idempotency-Key": key.encode("utf-8").decode("latin-1")}
    answer = program.client.post(NOTES, json=BODY, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key")


@pytest.mark.parametrize("key", ["12345678", "x" * 100])
def test_keys_at_both_limits_are_taken(program: Browser, key: str) -> None:
    headers = {**PROGRAM, "Idempotency-Key": key}
    assert program.client.post(NOTES, json=BODY, headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        (b"", {}),
        (b"[]", {"": "This value is not taken"}),
        (b"{", {}),
        (b'{"title": "a", "fen": 1, "fen": 2}', {}),
        (b'{"title": "a", "fen": 1.0}', {}),
        (b'{"title": "a", "fen": NaN}', {}),
        (b'{"title": "a"}', {"fen": "This is missing"}),
        (b'{"title": "a", "fen": "1"}', {"fen": "This must be a whole number"}),
        (b'{"title": "a", "fen": true}', {"fen": "This must be a whole number"}),
        (b'{"title": 1, "fen": 1}', {"title": "This must be text"}),
        (b'{"title": "a", "fen": -1}', {"fen": "This value is not taken"}),
        (b'{"title": "a", "fen": 1, "more": 1}', {"more": "There is no such member"}),
        (b'\xff{"title": "a"}', {}),
        (b'{"title": "\\ud800", "fen": 1}', {"": "This value is not taken"}),
        (b"[" * 100_000, {}),
    ],
)
def test_a_body_that_is_not_as_described_is_refused(
    program: Browser, raw: bytes, fields: dict[str, str]
) -> None:
    answer = program.client.post(NOTES, data=raw, content_type="application/json", headers=PROGRAM)
    assert (answer.status_code, answer.json["code"]) == (422, "malformed-body")
    assert answer.json.get("fields", {}) == fields


def test_days_are_text_in_json(program: Browser) -> None:
    answer = program.client.post(NOTES, json={**BODY, "day": "2026-03-02"}, headers=PROGRAM)
    assert answer.status_code == 201


def test_another_kind_of_body_is_refused(program: Browser) -> None:
    answer = program.client.post(NOTES, data=BODY, headers=PROGRAM)
    assert (answer.status_code, answer.json["code"]) == (415, "not-json")


def test_a_browser_with_a_cookie_writes_only_from_our_own_pages(
    program: Browser, engine: Engine
) -> None:
    for headers in ({}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = program.client.post(NOTES, json=BODY, headers={**KEY, **headers})
        assert (answer.status_code, answer.json["code"]) == (400, "cross-site")
    assert effects(engine) == 0
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}):
        assert program.client.post(NOTES, json=BODY, headers={**KEY, **headers}).status_code == 201


def test_a_list_goes_on_where_it_ended(browser: Browser) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        answer = browser.open(f"/api/v1/trial/letters/1?cursor={cursor}").json
        seen.append(answer["items"])
        cursor = answer["next"]
    assert seen == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "malformed-query"),
        ("limit=101", "malformed-query"),
        ("limit=x", "malformed-query"),
        ("other=1", "malformed-query"),
        ("cursor=x", "bad-cursor"),
        (f"cursor={write_cursor((1,))}", "bad-cursor"),
        (f"cursor={write_cursor(('a', 'b'))}", "bad-cursor"),
        ("cursor=" + "A" * 601, "bad-cursor"),
    ],
)
def test_a_bad_query_is_refused(browser: Browser, query: str, code: str) -> None:
    answer = browser.open(f"/api/v1/trial/letters/1?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_a_cursor_brings_back_its_key() -> None:
    assert read_cursor(write_cursor(("2026", 7)), (str, int)) == ("2026", 7)
    assert read_cursor("", (str,)) is read_cursor(None, (str,)) is None
    with pytest.raises(BadInput):
        read_cursor(write_cursor(("7",)), (int,))


def test_the_last_full_page_has_no_next() -> None:
    assert page_of([1, 2], 2, lambda item: (item,)).next is None
    assert page_of([1, 2, 3], 2, lambda item: (item,)).next is not None
    assert page_of([], 2, lambda item: (item,)).items == ()


def test_every_call_is_described(browser: Browser, app: Flask) -> None:
    answer = browser.open("/api/v1/openapi.json").json
    assert answer["openapi"] == "3.1.0"
    assert {
        (path, method) for path, operations in answer["paths"].items() for method in operations
    } == {
        ("/api/v1/openapi.json", "get"),
        ("/api/v1/trial/notes", "post"),
        ("/api/v1/trial/letters/{no}", "get"),
        ("/api/v1/trial/acts", "post"),
    }


def test_a_call_says_what_it_takes_and_whom_it_asks(browser: Browser) -> None:
    document = browser.open("/api/v1/openapi.json").json
    notes = document["paths"]["/api/v1/trial/notes"]["post"]
    assert notes["x-permissions"] == ["projects:project:create"]
    assert notes["security"] == [{"bearer": []}]
    assert [p["name"] for p in notes["parameters"]] == ["Idempotency-Key"]
    body = document["components"]["schemas"]["NoteBody"]
    assert (body["required"], body["additionalProperties"]) == (["title", "fen"], False)
    letters = document["paths"]["/api/v1/trial/letters/{no}"]["get"]
    assert [(p["name"], p["in"]) for p in letters["parameters"]] == [
        ("no", "path"),
        ("cursor", "query"),
        ("limit", "query"),
    ]
    assert "security" not in letters
    assert notes["servers"] == [{"url": "http://platform.test"}]
    acts = document["paths"]["/api/v1/trial/acts"]["post"]
    assert acts["servers"] == [{"url": "http://anonymous.test"}]


def test_a_call_without_a_description_is_found(house: TestOffice, tmp_path) -> None:
    settings = settings_for("redis://localhost", tmp_path)
    made = create_app(settings, (FEATURE, odd_feature(lambda: "")), office=house.office)
    assert undescribed(made) == ["odd.odd"]


def test_every_call_of_the_product_is_described(house: TestOffice, tmp_path) -> None:
    settings = settings_for("redis://localhost", tmp_path)
    for create in (create_app, create_anonymous_app):
        assert undescribed(create(settings, FEATURES, office=house.office)) == []


def test_a_call_that_speaks_protocol_bytes_is_described_by_its_docstring(
    house: TestOffice, tmp_path
) -> None:
    def view() -> str:
        """Take a sealed thing.

        More about it.
        """
        return ""

    settings = settings_for("redis://localhost", tmp_path)
    made = create_app(settings, (odd_feature(view),), office=house.office)
    paths = json.loads(made.extensions["market"].description)["paths"]
    assert {m: o["summary"] for m, o in paths["/api/v1/odd/{no}"].items()} == {
        "options": "Take a sealed thing."
    }


def odd_feature(view) -> Feature:
    pages = Blueprint("odd", __name__)
    pages.add_url_rule("/api/v1/odd/<uuid:no>", "odd", public(view), methods=["OPTIONS"])
    return Feature("odd", pages=(pages,))
