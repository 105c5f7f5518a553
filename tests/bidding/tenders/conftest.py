"""The people of these tests, and the platform's pages as their browsers see them."""

import re
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Engine

from bidding.tenders.feature import FEATURE
from market.command import Actor
from market.factory import create_app
from market.notices.feature import FEATURE as NOTICES
from market.web.access import actor_loader
from tests.bidding.tenders.cast import TenderCast, make_tender_cast
from tests.market.web.conftest import settings_for
from tests.support.log_cast import make_trust


@pytest.fixture
def house(engine: Engine) -> TenderCast:
    return make_tender_cast(engine)


@pytest.fixture
def platform(house: TenderCast, redis_url: str, tmp_path: Path) -> Flask:
    """The platform's host; whoever the cookie `who` names is signed in."""
    people = {"clerk": house.clerk, "stranger": house.stranger}
    settings = settings_for(redis_url, tmp_path)
    settings.trust_file.parent.mkdir(parents=True, exist_ok=True)
    settings.trust_file.write_bytes(make_trust().write())
    made = create_app(settings, (NOTICES, FEATURE), office=house.office)

    def load() -> Actor | None:
        return people.get(request.cookies.get("who", ""))

    actor_loader(made, load)
    return made


@pytest.fixture
def desk(platform: Flask) -> FlaskClient:
    """The browser of the owner's clerk."""
    client = platform.test_client()
    client.set_cookie("who", "clerk")
    return client


def marks_on(page: str, form: str) -> dict[str, str]:
    """The hidden inputs of one form of a page."""
    for part in page.split("<form")[1:]:
        found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part))
        if found.get("_form") == form:
            return found
    raise AssertionError(f"no form {form} on the page")
