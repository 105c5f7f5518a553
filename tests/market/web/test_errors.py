"""Refusals are words, faults are numbers, and programs get problems."""

from pathlib import Path

import pytest
import structlog
from flask import Flask

from market.factory import create_app
from tests.market.web.conftest import Browser, settings_for
from tests.market.web.trial import FEATURE
from tests.support.offices import TestOffice

ZH, EN = {"Accept-Language": "zh-CN,zh;q=0.9"}, {"Accept-Language": "en-GB,en;q=0.9"}


@pytest.fixture
def standing(house: TestOffice, redis_url: str, tmp_path: Path) -> Flask:
    """As in production: faults are answered, not raised into the test."""
    app = create_app(settings_for(redis_url, tmp_path), (FEATURE,), office=house.office)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def test_a_refusal_is_a_page_in_the_readers_language_with_its_article(browser: Browser) -> None:
    chinese = browser.open("/trial/refused", headers=ZH)
    english = browser.open("/trial/refused", headers=EN)
    assert (chinese.status_code, english.status_code) == (409, 409)
    assert "已过截止时间（招标投标法第二十四条）" in chinese.text
    assert 'lang="zh-CN"' in chinese.text
    assert "The deadline is over (Tendering and Bidding Law art. 24)" in english.text
    assert 'lang="en"' in english.text
    assert "too-late" in english.text


def test_who_asks_for_json_gets_a_problem(browser: Browser) -> None:
    answer = browser.open("/trial/refused", headers={**EN, "Accept": "application/json"})
    assert answer.content_type == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "Refused",
        "status": 409,
        "code": "too-late",
        "detail": "The deadline is over",
        "article": "Tendering and Bidding Law art. 24",
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "zh", "en"),
    [
        ("GET", "/nowhere", 404, "未找到", "Not found"),
        ("DELETE", "/trial/done", 405, "此处不支持这种操作", "Not possible here"),
    ],
)
def test_what_the_framework_refuses_is_a_page_of_ours(
    browser: Browser, method: str, path: str, status: int, zh: str, en: str
) -> None:
    for headers, words in ((ZH, zh), (EN, en)):
        answer = browser.client.open(path, method=method, headers=headers)
        assert answer.status_code == status
        assert f"<h1>{words}</h1>" in answer.text


def test_a_missing_call_is_a_problem(browser: Browser) -> None:
    answer = browser.open("/api/v1/nowhere")
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")


def test_a_405_says_what_is_possible(browser: Browser) -> None:
    assert "GET" in browser.client.delete("/trial/done").headers["Allow"]


def test_a_form_above_the_limit_is_refused_in_words(browser: Browser) -> None:
    answer = browser.client.post(
        "/trial/open-note",
        headers=EN,
        data=b"x",
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(32 * 1024 * 1024 + 1)},
    )
    assert answer.status_code == 413
    assert "larger than this page takes" in answer.text


def test_a_json_body_above_its_limit_is_refused_as_a_problem(browser: Browser) -> None:
    browser.sign_in("clerk")
    for size, status in ((256 * 1024, 422), (256 * 1024 + 1, 413)):
        answer = browser.client.post(
            "/api/v1/trial/notes",
            data=b"x" * size,
            content_type="application/json",
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == status


def test_a_fault_is_a_plain_page_and_its_log_line_never_holds_what_was_typed(
    standing: Flask,
) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = standing.test_client().get("/trial/broken?title=TYPED-BY-ME", headers=EN)
    assert answer.status_code == 500
    assert "A fault of ours" in answer.text
    fault = next(line for line in lines if line["event"] == "web.fault")
    assert fault["error_id"] in answer.text
    assert fault["kind"] == "ValueError"
    assert any("trial.py" in place for place in fault["places"])
    assert "TYPED-BY-ME" not in str(lines)
    assert "secret text" not in str(lines) + answer.text


def test_a_fault_of_a_call_is_a_problem_with_its_number(standing: Flask) -> None:
    headers = {**EN, "Accept": "application/json"}
    answer = standing.test_client().get("/trial/broken", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (500, "fault")
    assert answer.json["error_id"] in answer.json["detail"]


def test_a_fault_page_asks_nothing_that_may_be_broken_too(
    standing: Flask, house: TestOffice
) -> None:
    def dead() -> None:
        raise RuntimeError("no database")

    standing.extensions["market"].load_actor = dead
    answer = standing.test_client().get("/trial/done", headers=EN)
    assert answer.status_code == 500
    assert "A fault of ours" in answer.text
