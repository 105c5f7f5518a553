"""The mailbox of the demonstration: pages older and newer, by addressee, of which tender."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask, url_for
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.demo.feature import FEATURE as DEMO
from market.demo.letters import SHOWN, addresses_meant, mailbox
from market.demo.people.everybody import everybody
from market.demo.seed.house import account_of
from market.feature import Feature
from market.messages.carriers import Channel
from market.messages.mailbox import arrived
from market.messages.model import MailboxItem
from market.messages.rules import masked
from market.web.access import public
from market.web.pages import Pages
from tests.support.browsing import Browser, app_of
from tests.support.people_cast import Cast, make_cast

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
tenders = Pages("tenders", __name__, url_prefix="/tenders")


@tenders.get("/<no>")
@public
def tender(no: str) -> str:
    """Stands in for the public page of a tender, to which letters lead."""
    return url_for("tenders.tender", no=no)


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The house without people; the mailbox is public in a demonstration."""
    return make_cast(engine)


@pytest.fixture
def app(cast: Cast, redis_url: str, tmp_path: Path) -> Flask:
    rooms = (Feature("demo", pages=(mailbox,)), Feature("tenders", pages=(tenders,)))
    return app_of(cast, rooms, redis_url, tmp_path, "demo")


def put(engine: Engine, *letters: tuple[str, str, str, datetime]) -> None:
    with Session(engine) as session, session.begin():
        for key, to, text, at in letters:
            item = MailboxItem(
                key=key, template="SM01", channel=Channel.MOBILE, to=to, text=text, arrived_at=at
            )
            session.add(item)


def many(engine: Engine, count: int) -> None:
    """So many letters of one and the same moment, and a last one later."""
    same = [(f"k{n:04d}", "138****0000", f"same {n:04d}.", NOON) for n in range(count - 1)]
    put(engine, *same, ("last", "139****1111", "the last.", NOON + timedelta(seconds=1)))


def test_letters_next_to_a_place_are_told_in_both_directions(engine: Engine, cast: Cast) -> None:
    many(engine, 7)
    with Session(engine) as session:
        everything = arrived(session, 100)
        assert [one.key for one in everything] == ["last", *(f"k{n:04d}" for n in range(6))]
        middle = everything[3].place
        assert arrived(session, 100, older_than=middle) == everything[4:]
        assert arrived(session, 100, newer_than=middle) == everything[:3]
        assert arrived(session, 2, newer_than=middle) == everything[1:3]
        assert arrived(session, 100, to=("139****1111",)) == everything[:1]
        assert arrived(session, 100, older_than=everything[-1].place) == []


def test_every_letter_stands_on_one_page_and_one_gets_back(
    engine: Engine, app: Flask, cast: Cast
) -> None:
    many(engine, 2 * SHOWN + 1)
    reader = Browser(app.test_client(), cast)

    def turn(page: str, way: str) -> list[str]:
        return [unescape(one) for one in re.findall(rf'rel="{way}" href="([^"]+)"', page)]

    first = reader.open("/letters/mailbox").text
    assert turn(first, "prev") == []
    second = reader.open(turn(first, "next")[0]).text
    third = reader.open(turn(second, "next")[0]).text
    assert turn(third, "next") == []
    told = [re.findall(r"same \d{4}|the last", page) for page in (first, second, third)]
    assert [len(one) for one in told] == [SHOWN, SHOWN, 1]
    assert len({letter for page in told for letter in page}) == 2 * SHOWN + 1
    back = reader.open(turn(third, "prev")[0]).text
    assert re.findall(r"same \d{4}|the last", back) == told[1]
    again = reader.open(turn(back, "prev")[0]).text
    assert re.findall(r"same \d{4}|the last", again) == told[0]
    assert turn(again, "prev") == []


def test_letters_to_one_person_are_found_by_name_account_and_number(
    engine: Engine, app: Flask, cast: Cast
) -> None:
    person, other = everybody().persons[:2]
    put(
        engine,
        ("a", masked(person.mobile), "to the one.", NOON),
        ("b", masked(other.mobile), "to the other.", NOON),
    )
    reader = Browser(app.test_client(), cast)
    for typed in (person.name_zh, account_of(person), person.mobile, masked(person.mobile)):
        page = reader.open(f"/letters/mailbox?to={typed}").text
        assert ("to the one." in page, "to the other." in page) == (True, False), typed
        assert typed == person.mobile or person.mobile not in page
    assert "to the o" not in reader.open("/letters/mailbox?to=nobody-at-all").text
    assert addresses_meant(person.email) == (masked(person.email),)


def test_a_letter_says_of_which_tender_it_is(engine: Engine, app: Flask, cast: Cast) -> None:
    put(
        engine,
        ("award:ZC-2026-000007:x", "138****0000", "you have won", NOON),
        ("k", "138****0000", "ZC-2026-000008: a question", NOON),
        ("AC01:x", "138****0000", "a role", NOON),
    )
    page = Browser(app.test_client(), cast).open("/letters/mailbox").text
    assert re.findall(r'href="/tenders/([^"]+)"', page) == ["ZC-2026-000007", "ZC-2026-000008"]
    assert mailbox in DEMO.pages
