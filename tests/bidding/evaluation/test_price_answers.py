"""A low offer explained by bid key on the anonymous host, without an account."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from bidding.evaluation.feature import FEATURE
from bidding.evaluation.queries import own_question
from bidding.opening.model import ListedBid
from market.factory import create_anonymous_app
from market.protocol.encoding import canonical
from market.protocol.price_answers import PriceAnswer, PriceQuery
from market.protocol.signing import new_key, public_bytes
from tests.bidding.evaluation.cast import Hall, make_hall
from tests.market.web.conftest import settings_for

FOUR = {"A": "1800000", "B": "1500000", "C": "1450000", "D": "640000"}
PLANS = dict.fromkeys("ABCD", (44,) * 5)


@pytest.fixture
def keys() -> dict[str, Ed25519PrivateKey]:
    return {letter: new_key() for letter in "ABCD"}


@pytest.fixture
def hall(engine: Engine, keys: dict[str, Ed25519PrivateKey]) -> Hall:
    """D's price is questioned; every bidder holds its bid key."""
    made = make_hall(engine, FOUR)
    with Session(engine) as session, session.begin():
        for letter, key in keys.items():
            session.execute(
                update(ListedBid)
                .where(ListedBid.uscc == made.usccs[letter])
                .values(bid_pub=public_bytes(key))
            )
    made.to_scoring()
    made.lock_all(PLANS)
    return made


@pytest.fixture
def app(hall: Hall, redis_url: str, tmp_path: Path) -> Flask:
    settings = settings_for(redis_url, tmp_path)
    return create_anonymous_app(settings, (FEATURE,), office=hall.house.office)


def send(app: Flask, hall: Hall, key: Ed25519PrivateKey, seq: int, words: str, no: str = ""):
    made = PriceAnswer(no or hall.no, public_bytes(key), seq, words).sign(key)
    return app.test_client().post(
        f"/api/v1/tenders/{hall.no}/price-answers",
        data=canonical(made),
        content_type="application/json",
    )


def ask(app: Flask, hall: Hall, key: Ed25519PrivateKey):
    made = PriceQuery(hall.no, public_bytes(key)).sign(key)
    return app.test_client().post(
        f"/api/v1/tenders/{hall.no}/price-questions",
        data=canonical(made),
        content_type="application/json",
    )


def kept(hall: Hall):
    return hall.ask(own_question, hall.no, hall.usccs["D"])


def test_the_key_reads_the_question_and_answers_it(hall: Hall, app: Flask, keys) -> None:
    asked = ask(app, hall, keys["D"]).json
    assert (asked["state"], asked["next_seq"], len(asked["reasons"])) == ("asked", 0, 3)
    assert send(app, hall, keys["D"], 0, "成本构成：…").status_code == 200
    assert kept(hall).answer == "成本构成：…"
    assert send(app, hall, keys["D"], 1, "补充：…").status_code == 200
    assert kept(hall).answer == "补充：…"
    assert ask(app, hall, keys["D"]).json["next_seq"] == 2


def test_the_same_bytes_again_are_answered_alike_and_an_older_answer_changes_nothing(
    hall: Hall, app: Flask, keys
) -> None:
    first = send(app, hall, keys["D"], 0, "一")
    assert send(app, hall, keys["D"], 0, "一").json == first.json
    send(app, hall, keys["D"], 1, "二")
    old = send(app, hall, keys["D"], 0, "一")
    assert (old.status_code, old.json["code"]) == (409, "superseded")
    assert send(app, hall, keys["D"], 1, "三").json["code"] == "superseded"
    assert kept(hall).answer == "二"


def test_the_last_moment_is_in_time_and_one_microsecond_later_is_late(
    hall: Hall, app: Flask, keys
) -> None:
    hall.clock.at = kept(hall).until
    assert send(app, hall, keys["D"], 0, "按时").status_code == 200
    hall.clock.at += timedelta(microseconds=1)
    late = send(app, hall, keys["D"], 1, "迟到")
    assert (late.status_code, late.json["code"]) == (409, "answer-late")
    assert kept(hall).answer == "按时"


def test_other_keys_other_tenders_and_other_signatures_are_refused(
    hall: Hall, app: Flask, keys
) -> None:
    assert send(app, hall, keys["A"], 0, "别人").status_code == 404
    assert send(app, hall, new_key(), 0, "路人").status_code == 404
    assert ask(app, hall, keys["A"]).json["code"] == "nothing-asked"
    elsewhere = send(app, hall, keys["D"], 0, "别处", "ZC-2026-999999")
    assert elsewhere.json["code"] == "other-tender"
    made = PriceAnswer(hall.no, public_bytes(keys["D"]), 0, "冒名").sign(keys["A"])
    forged = app.test_client().post(
        f"/api/v1/tenders/{hall.no}/price-answers", data=canonical(made)
    )
    assert forged.json["code"] == "bad-signature"
    assert kept(hall).answer is None
