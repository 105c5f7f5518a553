"""The anonymous host knows nobody, keeps nothing, and answers alike."""

import json
import time
from pathlib import Path

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from market.factory import create_anonymous_app
from market.web.access import marks
from market.web.api import JSON_LIMIT
from market.web.problems import ANONYMOUS_LENGTH, STEP
from tests.market.web.conftest import settings_for
from tests.market.web.trial import FEATURE
from tests.support.offices import MORNING, TestOffice

ACTS = "/api/v1/trial/acts"


@pytest.fixture
def client(anonymous: Flask) -> FlaskClient:
    return anonymous.test_client(use_cookies=False)


def test_only_its_own_ways_in_and_health(anonymous: Flask) -> None:
    assert marks(anonymous) == {
        "static GET": "anonymous",
        "trial.act POST": "anonymous",
        "front.anonymous_health GET": "anonymous",
    }


@pytest.mark.parametrize("path", [ACTS, "/healthz", "/static/market.css", "/nowhere"])
@pytest.mark.parametrize("header", ["Cookie", "Authorization"])
def test_whoever_says_who_he_is_is_refused(client: FlaskClient, path: str, header: str) -> None:
    method = "POST" if path == ACTS else "GET"
    answer = client.open(path, method=method, headers={header: "a=1"})
    assert (answer.status_code, "not-anonymous" in answer.text) == (400, True)
    assert "Set-Cookie" not in answer.headers


def test_nobody_is_answered_as_anonymous_at_the_moment_of_the_last_byte(
    client: FlaskClient,
) -> None:
    answer = client.post(ACTS, data=b"{}")
    assert answer.json == {"at": MORNING.isoformat(), "who": "anonymous"}


@pytest.mark.parametrize("path", [ACTS, "/healthz", "/static/market.css", "/nowhere"])
def test_no_cookie_is_ever_set(client: FlaskClient, path: str) -> None:
    answer = client.open(path, method="POST" if path == ACTS else "GET", buffered=True)
    assert "Set-Cookie" not in answer.headers


def standing(house: TestOffice, tmp_path: Path) -> Flask:
    app = create_anonymous_app(
        settings_for("redis://localhost", tmp_path), (FEATURE,), office=house.office
    )
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def test_a_view_that_sets_a_cookie_is_a_fault_and_the_cookie_stays(
    house: TestOffice, tmp_path: Path
) -> None:
    answer = standing(house, tmp_path).test_client().post(ACTS, data=b"cookie")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (500, False)


def test_nothing_is_written_down_of_what_goes_well_or_is_refused(client: FlaskClient) -> None:
    with structlog.testing.capture_logs() as lines:
        for body in (b"{}", b"late", b"used"):
            client.post(ACTS, data=body, headers={"User-Agent": "MARKER"})
        client.get("/nowhere")
    assert lines == []


def test_a_fault_is_written_down_without_who_and_what(house: TestOffice, tmp_path: Path) -> None:
    client = standing(house, tmp_path).test_client()
    with structlog.testing.capture_logs() as lines:
        client.post(ACTS, data=b"broken", headers={"User-Agent": "MARKER"})
    assert [line["event"] for line in lines] == ["web.fault"]
    for secret in ("MARKER", "127.0.0.1", "secret text"):
        assert secret not in str(lines)


def test_all_refusals_are_equally_long(client: FlaskClient) -> None:
    answers = [
        client.post(ACTS, data=body, headers={"Accept-Language": language})
        for body in (b"late", b"used", b"x" * (JSON_LIMIT + 1))
        for language in ("zh", "en")
    ]
    assert {answer.json["code"] for answer in answers} == {"too-late", "token-used", "too-large"}
    assert {len(answer.data) for answer in answers} == {ANONYMOUS_LENGTH}
    lines = {len(f"{a.status}\n{a.headers}") for a in answers}
    assert len(lines) == 1
    assert {answer.status.split(" ", 1)[1] for answer in answers} == {"Refused"}


def test_a_refusal_takes_a_whole_step_of_time(client: FlaskClient) -> None:
    began = time.monotonic()
    client.post(ACTS, data=b"used")
    assert time.monotonic() - began >= STEP


def test_the_body_has_its_limit(client: FlaskClient) -> None:
    assert client.post(ACTS, data=b"x" * JSON_LIMIT).status_code == 200
    assert client.post(ACTS, data=b"x" * (JSON_LIMIT + 1)).status_code == 413


def test_any_page_may_speak_to_it_without_credentials(client: FlaskClient) -> None:
    asked = client.options(ACTS, headers={"Origin": "null"})
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Upload-Token" in asked.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in asked.headers
    assert json.loads(client.post(ACTS, data=b"{}").data)["who"] == "anonymous"


def test_a_page_of_the_platform_is_not_here(client: FlaskClient) -> None:
    assert client.get("/trial/done").status_code == 404
    assert client.get("/desk").status_code == 404
