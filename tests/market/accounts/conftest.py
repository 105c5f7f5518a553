"""A house with its pages, for tests of pages; other tests make a cast of their own."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from market.accounts.feature import FEATURE
from tests.support.browsing import Browser, app_of
from tests.support.people_cast import Cast, founded


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre; `jia` with `wang`; `lili` with a telephone."""
    made = founded(engine)
    made.register("jia", "wang")
    made.enrol("lili", mobile="13812340000")
    return made


@pytest.fixture
def app(cast: Cast, redis_url: str, tmp_path: Path) -> Flask:
    """The platform's host with this room."""
    return app_of(cast, (FEATURE,), redis_url, tmp_path)


@pytest.fixture
def browser(app: Flask, cast: Cast) -> Browser:
    """A browser nobody is signed in with."""
    return Browser(app.test_client(), cast)
