"""A corrected price confirmed by bid key without an account, and by the bidder's page."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bidding.evaluation.desk import desk
from bidding.evaluation.feature import FEATURE
from bidding.evaluation.model import EvaluatedBid
from bidding.evaluation.price_lines import own_correction
from bidding.opening.model import ListedBid, OpenedDocument
from bidding.opening.store import RestrictedStore, make_key
from market.command import Actor
from market.factory import create_anonymous_app, create_app
from market.kernel.money import Money
from market.protocol.encoding import JsonObject, canonical, digest
from market.protocol.price_answers import PriceQuery
from market.protocol.price_confirmations import PriceConfirmation
from market.protocol.signing import new_key, public_bytes
from market.web.access import actor_loader
from tests.bidding.evaluation.cast import PRICES, Hall, make_hall
from tests.market.web.conftest import settings_for

FOUR = {**PRICES, "D": "2100000"}
PLANS = dict.fromkeys("ABCD", (44,) * 5)
AFTER = 180_000_001
Send = Callable[[JsonObject, str], TestResponse]


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return new_key()


@pytest.fixture
def hall(engine: Engine, key: Ed25519PrivateKey) -> Hall:
    """A is asked to confirm one fen more; it holds its bid key."""
    made = make_hall(engine, FOUR, capitals={"A": Money(AFTER).in_capitals()})
    with Session(engine) as session, session.begin():
        session.execute(
            update(ListedBid)
            .where(ListedBid.uscc == made.usccs["A"])
            .values(bid_pub=public_bytes(key))
        )
    made.to_scoring()
    made.lock_all(PLANS)
    return made


@pytest.fixture
def send(hall: Hall, redis_url: str, tmp_path: Path) -> Send:
    settings = settings_for(redis_url, tmp_path)
    app = create_anonymous_app(settings, (FEATURE,), office=hall.house.office)

    def post(value: JsonObject, what: str) -> TestResponse:
        path = f"/api/v1/tenders/{hall.no}/price-{what}"
        return app.test_client().post(path, data=canonical(value))

    return post


def word(
    hall: Hall, key: Ed25519PrivateKey, amount: int = AFTER, *, yes: bool = True, no: str = ""
):
    return PriceConfirmation(no or hall.no, public_bytes(key), amount, yes).sign(key)


def test_the_key_reads_the_correction_and_confirms_it_once_however_often_it_is_sent(
    hall: Hall, send: Send, key: Ed25519PrivateKey
) -> None:
    asked = send(PriceQuery(hall.no, public_bytes(key)).sign(key), "corrections").json
    assert (asked["state"], asked["before"], asked["after"]) == ("asked", AFTER - 1, AFTER)
    first = send(word(hall, key), "confirmations")
    assert (first.status_code, first.json) == (200, {"state": "confirmed"})
    hall.clock.at += timedelta(days=1)  # the answer was lost; it is asked for again, much later
    assert send(word(hall, key), "confirmations").json == first.json
    other = send(word(hall, key, yes=False), "confirmations")
    assert (other.status_code, other.json["code"]) == (409, "answered-already")


def test_other_keys_tenders_amounts_and_signatures_are_refused(
    hall: Hall, send: Send, key: Ed25519PrivateKey
) -> None:
    stranger = new_key()
    assert send(word(hall, stranger), "confirmations").status_code == 404
    wrong_amount = send(word(hall, key, AFTER - 1), "confirmations")
    assert wrong_amount.json["code"] == "amount-differs"
    elsewhere = send(word(hall, key, no="ZC-2026-999999"), "confirmations")
    assert elsewhere.json["code"] == "other-tender"
    forged = {**word(hall, key), "confirmed": False}
    assert send(forged, "confirmations").json["code"] == "bad-signature"
    query = PriceQuery("ZC-2026-999999", public_bytes(key)).sign(key)
    assert send(query, "corrections").json["code"] == "other-tender"
    assert hall.ask(own_correction, hall.no, hall.usccs["A"]).state.value == "asked"


def test_one_microsecond_after_the_period_is_late(
    hall: Hall, send: Send, key: Ed25519PrivateKey
) -> None:
    hall.clock.at = hall.ask(own_correction, hall.no, hall.usccs["A"]).until
    hall.clock.at += timedelta(microseconds=1)
    assert send(word(hall, key), "confirmations").json["code"] == "answer-late"
    hall.clock.at -= timedelta(microseconds=1)
    assert send(word(hall, key), "confirmations").status_code == 200


@pytest.fixture
def app(hall: Hall, redis_url: str, tmp_path: Path) -> Flask:
    people = {f"sup{one}": hall.bidders[one] for one in "AB"} | {"expert": hall.panel[0]}
    made = create_app(settings_for(redis_url, tmp_path), (FEATURE,), office=hall.house.office)

    def load() -> Actor | None:
        return people.get(request.cookies.get("who", ""))

    actor_loader(made, load)
    return made


def browser(app: Flask, who: str) -> FlaskClient:
    made = app.test_client()
    made.set_cookie("who", who)
    return made


def test_the_bidder_confirms_on_its_page_and_nobody_else_has_one(hall: Hall, app: Flask) -> None:
    path = f"/desk/tenders/{hall.no}/price-confirmation"
    assert browser(app, "supB").get(path).status_code == 404
    mine = browser(app, "supA")
    page = mine.get(path).text
    assert "1,800,000.01" in page
    with app.test_request_context():
        waits = [one.url for one in hall.ask(desk, hall.bidders["A"], hall.clock.at)]
    assert path in waits
    hidden = dict(re.findall(r'type="hidden"[^>]* name="(\w+)" value="([^"]*)"', page))
    assert mine.post(path, data=hidden).status_code == 422  # no word is no confirmation
    for _ in range(2):  # the same form twice: one effect, the same answer
        assert mine.post(path, data={**hidden, "word": "confirm"}).status_code == 303
    assert "<form" not in mine.get(path).text.split("<main")[-1].split("</main")[0]
    assert hall.ask(own_correction, hall.no, hall.usccs["A"]).state.value == "confirmed"


def test_the_panel_reads_price_documents_after_the_lock_and_proposes_a_correction(
    hall: Hall, app: Flask, engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    settings = settings_for(redis_url, tmp_path)
    store = RestrictedStore(settings.sealed_files, settings.keys)
    make_key(settings.keys)
    writer = store.writer()
    writer.write(b"price table")
    stored = writer.finish()
    with Session(engine) as session, session.begin():
        bid = session.scalars(
            select(EvaluatedBid.bid).where(EvaluatedBid.uscc == hall.usccs["B"])
        ).one()
        file = OpenedDocument(
            id=uuid4(), bid=bid, kind="price", name="documents/0001.txt", length=11,
            digest=digest(b"price table"), stored=stored,
        )  # fmt: skip
        session.add(file)
        key = file.id
    member = browser(app, "expert")
    path = f"/desk/evaluations/{hall.no}/price-corrections"
    page = member.get(path).text
    link = f"/desk/evaluations/{hall.no}/bids/{hall.number('B')}/price/{key}"
    assert link in page
    assert member.get(link).data == b"price table"
    assert browser(app, "supA").get(path).status_code == 404
    assert browser(app, "supA").get(link).status_code == 404
    hidden = dict(re.findall(r'type="hidden"[^>]* name="(\w+)" value="([^"]*)"', page))
    typed = {**hidden, "number": hall.number("B"), "table": "服务器 | 一"}
    refused = member.post(path, data=typed)
    assert refused.status_code == 422
    assert "服务器 | 一" in refused.text
    hidden = dict(re.findall(r'type="hidden"[^>]* name="(\w+)" value="([^"]*)"', refused.text))
    done = member.post(path, data={**hidden, "number": hall.number("B"), "table": "机 | 1 | 9"})
    assert done.status_code == 303
    assert "1/5" in member.get(path).text
