"""Sizes of answers of the anonymous host: what was asked, done or refused has the same length.

Whoever sees the line sees the length of an answer, headers included. It may tell which address was
asked, never what was found there.
"""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from market.protocol.answers import ANSWER_LENGTH, REDEMPTION_LENGTH, read_answer, write_answer
from market.protocol.encoding import b64u, canonical
from market.protocol.surrender import Surrender
from market.protocol.tokens import blinded_hash
from tests.support.bidding_bids import MadeBid
from tests.support.bidding_cast import House
from tests.support.bidding_hosts import anonymous, leave, post_act

REFUSALS_ALONE = {"Content-Language", "Vary"}


def size(answer: TestResponse) -> tuple[int, int]:
    """Bytes of the body, and of the headers that every answer has."""
    kept = [(name, value) for name, value in answer.headers if name not in REFUSALS_ALONE]
    ours = [(name, value) for name, value in kept if name != "Content-Type"]
    return len(answer.data), sum(len(name) + len(value) + 4 for name, value in ours)


def surrendered(client: FlaskClient, made: MadeBid, fresh: bytes = bytes(384)) -> TestResponse:
    """Give the token of a bid back."""
    wallet = made.wallet
    stated = Surrender(wallet.token, wallet.bid_pub, blinded_hash(fresh)).sign(wallet.key)
    return client.post(
        "/api/v1/surrenders", data=canonical(stated), content_type="application/json"
    )


def test_acts_are_answered_at_one_length_whether_taken_again_or_refused(house: House) -> None:
    client, first, other = anonymous(house), house.bid("a"), house.bid("b")
    leave(client, first)
    taken = [post_act(client, house.no, first.act.raw) for _ in range(2)]
    taken.append(post_act(client, house.no, first.withdrawal().raw))
    no = [
        post_act(client, house.no, other.act.raw),
        post_act(client, house.no, first.act.raw),
        post_act(client, house.no, b"{}"),
        post_act(client, "ZC-2026-999999", other.act.raw),
    ]
    assert {answer.status_code for answer in taken} == {200}
    assert {answer.json["code"] for answer in no} == {
        "ciphertext-missing",
        "superseded",
        "malformed",
        "not-found",
    }
    assert len({size(answer) for answer in taken}) == 1
    assert {len(answer.data) for answer in taken + no} == {ANSWER_LENGTH}


def test_a_surrender_is_answered_at_one_length_whether_taken_again_or_refused(
    house: House,
) -> None:
    client, live, free = anonymous(house), house.bid("a"), house.bid("b")
    leave(client, live)
    assert post_act(client, house.no, live.act.raw).status_code == 200
    answers = [
        surrendered(client, free),
        surrendered(client, free),
        surrendered(client, live),
        surrendered(client, free, b"\x01" * 384),
    ]
    codes = [answer.json.get("code") for answer in answers]
    assert codes == [None, None, "token-live", "surrender-differs"]
    assert size(answers[0]) == size(answers[1])
    assert {len(answer.data) for answer in answers} == {ANSWER_LENGTH}


def test_redemption_is_answered_at_one_length_before_and_after_the_witness_and_for_nothing(
    house: House,
) -> None:
    client, made = anonymous(house), house.bid("a")
    leave(client, made)
    assert post_act(client, house.no, made.act.raw).status_code == 200
    path = f"/api/v1/receipts/{b64u(made.act.hash)}"
    waiting, unknown = client.get(path), client.get(f"/api/v1/receipts/{b64u(bytes(32))}")
    house.tick()
    redeemed = client.get(path)
    assert (waiting.status_code, waiting.json["code"]) == (404, "not-yet")
    assert (unknown.status_code, unknown.json["code"]) == (404, "not-found")
    assert set(read_answer(redeemed.data, REDEMPTION_LENGTH)) == {"receipt", "redemption"}
    assert {len(answer.data) for answer in (waiting, unknown, redeemed)} == {REDEMPTION_LENGTH}
    assert size(waiting) == size(unknown)


def test_an_answer_that_would_not_fit_its_length_is_a_fault_and_not_a_longer_answer() -> None:
    with pytest.raises(ValueError, match="one length"):
        write_answer({"x": "y" * REDEMPTION_LENGTH}, REDEMPTION_LENGTH)
