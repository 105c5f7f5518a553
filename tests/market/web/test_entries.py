"""The public record for people: the newest entries first, and one entry with what it says."""

import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import Engine

from market.command import SEQUENCER, Actor, Work
from market.factory import create_app
from market.journal.commands import Place, place
from market.web.entries import SHOWN
from market.web.record import FEATURE
from tests.support.offices import TestOffice, make_office, settings_for

KEY = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01")
CLERK = Actor("clerk")


@pytest.fixture
def house(engine: Engine) -> TestOffice:
    return make_office(engine)


@pytest.fixture
def record(house: TestOffice, tmp_path: Path) -> Flask:
    return create_app(settings_for(tmp_path), (FEATURE,), office=house.office)


def write(house: TestOffice, count: int) -> None:
    def notice(work: Work, subject: str) -> None:
        work.publish("notice", subject, {"said": "<b>彩超</b>"})

    for number in range(count):
        house.office.run(notice, f"T-{number}", CLERK)
    house.office.run(place, Place("test/journal", KEY), SEQUENCER)


def shown(app: Flask, path: str, language: str = "en") -> str:
    answer = app.test_client().get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


def indexes(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'href="/record/(\d+)"', page)]


def test_an_empty_record_says_so(record: Flask) -> None:
    assert "Nothing is recorded yet." in shown(record, "/record")


def test_the_newest_entries_stand_first_and_the_others_follow(
    house: TestOffice, record: Flask
) -> None:
    write(house, SHOWN + 2)
    first = shown(record, "/record")
    assert indexes(first) == list(range(SHOWN + 1, 1, -1))
    further = re.search(r'rel="next" href="([^"]+)"', first)
    assert further is not None
    last = shown(record, further[1])
    assert indexes(last) == [1, 0]
    assert 'rel="next"' not in last
    assert "公告" in shown(record, "/record", "zh")


def test_a_page_that_ends_at_the_first_entry_leads_no_further(
    house: TestOffice, record: Flask
) -> None:
    write(house, SHOWN)
    assert 'rel="next"' not in shown(record, "/record")


def test_an_entry_shows_what_it_says_and_nothing_in_it_acts(
    house: TestOffice, record: Flask
) -> None:
    write(house, 3)
    page = shown(record, "/record/1")
    assert "Entry 1: notice" in page
    assert "&lt;b&gt;彩超&lt;/b&gt;" in page
    assert "no witness has signed it yet" in page
    assert set(indexes(page)) == {0, 2}
    assert 'data-proof="1"' not in page


@pytest.mark.parametrize("path", ["/record/3", "/record/-1", "/record/x", "/record/99999999999999"])
def test_what_is_not_recorded_is_not_found(house: TestOffice, record: Flask, path: str) -> None:
    write(house, 3)
    assert record.test_client().get(path).status_code == 404


@pytest.mark.parametrize("before", ["0", "-5", "x", "999999999999999999999"])
def test_a_place_that_makes_no_sense_breaks_nothing(
    house: TestOffice, record: Flask, before: str
) -> None:
    write(house, 3)
    assert "Public record" in shown(record, f"/record?before={before}")
