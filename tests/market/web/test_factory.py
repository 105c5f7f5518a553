"""Everything put together: limits of the database, what production never loads."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

import wsgi
from market.accounts.vault import make_vault
from market.db.clock import DatabaseClock
from market.factory import build_office, listeners_of
from market.feature import Feature
from market.journal.model import TrailLine
from market.web.catalogue import ROOT
from tests.market.web.conftest import Browser, settings_for
from tests.market.web.trial import FEATURE


def environment(database_url: str, redis_url: str, folder: Path) -> dict[str, str]:
    return {
        "MARKET_MODE": "production",
        "MARKET_SECRET_KEY": "x" * 32,
        "MARKET_VAR": str(folder),
        "MARKET_ORIGIN": "test.example/journal",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PLATFORM_URL": "https://platform.test",
        "ANONYMOUS_URL": "https://anonymous.test",
        "CUSTODIAN_URL": "https://custodian.test",
        "WITNESS_URLS": "https://witness.test",
    }


def test_every_connection_has_its_limits(database_url: str, tmp_path: Path) -> None:
    settings = settings_for("redis://localhost", tmp_path)
    office = build_office(replace(settings, database_url=database_url), ())
    asked = "SELECT current_setting('statement_timeout'), current_setting('timezone')"
    assert office.read(lambda session: session.execute(text(asked)).one()) == ("15s", "UTC")
    assert isinstance(office.clock, DatabaseClock)
    with pytest.raises(DBAPIError) as raised:
        office.read(lambda session: session.execute(text("SELECT :v::int"), {"v": "TYPED"}))
    assert "[parameters" not in str(raised.value)
    office.sessions.kw["bind"].dispose()


def test_listeners_of_all_rooms_are_gathered() -> None:
    assert listeners_of((Feature("a"), FEATURE)) == ()


def test_production_never_loads_the_demonstration(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    make_vault(tmp_path / "keys")  # production never makes its own
    program = (
        "import gc, sys, wsgi; before = 'market.factory' in sys.modules, gc.get_freeze_count(); "
        "app, other = wsgi.app, wsgi.anonymous; assert app is wsgi.app; "
        "print(*before, gc.get_freeze_count() > 100_000, "
        "any(m.startswith('market.demo') for m in sys.modules), app is other, "
        "app.test_client().get('/healthz').text.strip())"
    )
    make_vault(tmp_path / "keys")  # an operator makes the keys first: production never does
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(database_url, redis_url, tmp_path),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.splitlines()[-1] == 'False 0 True False False {"status":"ok"}'


def test_a_server_finds_nothing_else_there() -> None:
    with pytest.raises(AttributeError):
        wsgi.other  # noqa: B018  asking is the test


def test_two_clicks_at_once_are_one_effect(app: Flask, engine: Engine) -> None:
    browser = Browser(app.test_client())
    browser.sign_in("clerk")
    marks = browser.marks(browser.open("/trial/note"))
    data = {**marks, "title": "bridge", "budget": "1"}
    cookie = f"who=clerk; browser={browser.client.get_cookie('browser').value}"
    ready, answers = threading.Barrier(2), []

    def click() -> None:
        client = app.test_client(use_cookies=False)
        ready.wait()
        answer = client.post("/trial/note", data=data, headers={"Cookie": cookie})
        answers.append((answer.status_code, answer.location))

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert answers == [(303, "/trial/done?title=bridge")] * 2
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(TrailLine)) == 1
