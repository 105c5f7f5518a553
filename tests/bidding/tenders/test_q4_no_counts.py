"""Q4, this room's part: nothing public or of the owner tells how many bid, fetch or ask."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from bidding.tenders.asking import AskQuestion, ask_question
from bidding.tenders.feature import FEATURE
from market.command import ANONYMOUS
from market.factory import create_app
from market.files.store import FileStore
from market.notices.feature import FEATURE as NOTICES
from tests.bidding.tenders.cast import TenderCast
from tests.market.web.conftest import settings_for


@pytest.fixture
def app(house: TenderCast, redis_url: str, tmp_path: Path) -> Flask:
    settings = settings_for(redis_url, tmp_path)
    return create_app(settings, (NOTICES, FEATURE), office=house.office)


@pytest.fixture
def anybody(app: Flask) -> FlaskClient:
    return app.test_client()


def pages(client: FlaskClient, no: str) -> list[str]:
    """Everything public that speaks of a tender."""
    paths = (
        *("/", "/tenders", f"/tenders/{no}", "/notices", f"/notices/of/{no}/atom.xml"),
        *("/api/v1/tenders", f"/api/v1/tenders/{no}", f"/api/v1/tenders/{no}/amendments"),
    )
    answers = [client.get(path) for path in paths]
    assert all(answer.status_code == 200 for answer in answers)
    return [
        "\n".join(line for line in answer.text.splitlines() if 'name="_' not in line)
        for answer in answers
    ]


def test_a_question_that_waits_changes_nothing_that_anybody_sees(
    house: TenderCast, anybody: FlaskClient
) -> None:
    no = house.published()
    before = pages(anybody, no)
    for number in range(7):
        house.run(ask_question, AskQuestion(no, f"问题 {number}"), ANONYMOUS)
    assert pages(anybody, no) == before
    # The control: what is public does change these pages.
    house.amend(no)
    assert pages(anybody, no) != before


def test_a_download_leaves_no_row_and_no_cookie(
    house: TenderCast, anybody: FlaskClient, engine: Engine, tmp_path: Path
) -> None:
    no = house.published()
    digest = house.draft(no).documents[0].digest
    store = FileStore(tmp_path)
    place = store._path(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"x" * 1004)
    before = rows(engine)
    fetched = anybody.get(f"/tenders/{no}/documents/{digest.hex()}")
    assert fetched.status_code == 200
    assert "Set-Cookie" not in fetched.headers
    assert rows(engine) == before
    # The control: a question, which is kept, does leave a row.
    house.run(ask_question, AskQuestion(no, "有记录"), ANONYMOUS)
    assert rows(engine) != before


def rows(engine: Engine) -> dict[str, int]:
    """How many rows every table has."""
    with engine.connect() as connection:
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        return {
            name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0  # noqa: S608  names of our tables
            for name in tables
        }
