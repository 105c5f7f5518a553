"""The two hosts with the trial room, before an office whose clock stands still."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine
from werkzeug.test import TestResponse

from market.command import Actor
from market.factory import create_anonymous_app, create_app
from market.settings import Settings
from market.web.access import actor_loader
from tests.market.web.trial import CLERK, FEATURE, READER
from tests.support.offices import TestOffice, make_office

PEOPLE = {"clerk": CLERK, "reader": READER}


def settings_for(redis_url: str, folder: Path, mode: str = "test") -> Settings:
    return Settings(
        mode=mode,
        database_url="postgresql://nobody@localhost/none",
        redis_url=redis_url,
        secret_key="x" * 32,
        platform_url="http://platform.test",
        anonymous_url="http://anonymous.test",
        custodian_url="http://custodian.test",
        witness_urls=(),
        origin="test.example/journal",
        keys=folder,
        files=folder,
        sealed_files=folder,
        trust_file=folder / "trust.json",
        batch_seconds=5,
    )


def sign_in_by_cookie(app: Flask) -> None:
    """Whoever the cookie names is signed in; what accounts does, in one line."""

    def load() -> Actor | None:
        return PEOPLE.get(request.cookies.get("who", ""))

    actor_loader(app, load, display_name=lambda actor: f"<{actor.name}>")


@dataclass
class Browser:
    """Opens pages and sends forms as a person does: with the hidden marks that the page had."""

    client: FlaskClient

    def open(self, path: str, **kwargs) -> TestResponse:
        return self.client.get(path, buffered=True, **kwargs)

    def marks(self, page: TestResponse, form: str = "NoteForm") -> dict[str, str]:
        """The hidden inputs of one form of a page."""
        for part in page.text.split("<form")[1:]:
            found = dict(re.findall(r'type="hidden" name="(_\w+)" value="([^"]*)"', part))
            if found.get("_form") == form:
                return found
        raise AssertionError(f"no form {form} on the page")

    def send(self, path: str, typed: dict[str, str], **changed: str) -> TestResponse:
        """Open the page, fill it in, send it; `changed` replaces hidden marks."""
        marks = self.marks(self.open(path))
        return self.client.post(path, data={**marks, **typed, **changed})

    def sign_in(self, who: str) -> None:
        self.client.set_cookie("who", who)

    def sign_out(self) -> None:
        self.client.delete_cookie("who")


@pytest.fixture
def house(engine: Engine) -> TestOffice:
    return make_office(engine)


@pytest.fixture
def app(house: TestOffice, redis_url: str, tmp_path: Path) -> Flask:
    made = create_app(settings_for(redis_url, tmp_path), (FEATURE,), office=house.office)
    sign_in_by_cookie(made)
    return made


@pytest.fixture
def paper_app(tmp_path: Path) -> Flask:
    """The platform's host for what asks neither database nor Redis."""
    office = make_office(create_engine("postgresql+psycopg://nobody@localhost:1/none")).office
    return create_app(settings_for("redis://localhost:1/0", tmp_path), (FEATURE,), office=office)


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def anonymous(house: TestOffice, redis_url: str, tmp_path: Path) -> Flask:
    return create_anonymous_app(settings_for(redis_url, tmp_path), (FEATURE,), office=house.office)
