"""A low offer by bid key: what is signed, and what is refused."""

import pytest

from market.protocol.encoding import Malformed, canonical, parse
from market.protocol.price_answers import (
    ANSWER_LIMIT,
    PriceAnswer,
    PriceQuery,
    read_price_answer,
    read_price_query,
)
from market.protocol.signing import new_key, public_bytes

KEY = new_key()
ANSWER = PriceAnswer("ZC-2026-000123", public_bytes(KEY), 3, "材料 40 万元")
QUERY = PriceQuery("ZC-2026-000123", public_bytes(KEY))


def test_an_answer_and_a_query_are_read_back_as_they_were_signed():
    assert read_price_answer(parse(canonical(ANSWER.sign(KEY)))) == ANSWER
    assert read_price_query(parse(canonical(QUERY.sign(KEY)))) == QUERY


@pytest.mark.parametrize(
    ("name", "value"),
    [("answer", "别的"), ("seq", 4), ("tender", "ZC-2026-000124")],
)
def test_no_member_changes_under_a_signature(name, value):
    with pytest.raises(Malformed, match="bad-signature"):
        read_price_answer({**ANSWER.sign(KEY), name: value})


def test_another_key_does_not_sign_for_a_bid():
    with pytest.raises(Malformed, match="bad-signature"):
        read_price_answer(ANSWER.sign(new_key()))
    with pytest.raises(Malformed, match="bad-signature"):
        read_price_query(QUERY.sign(new_key()))


def test_an_answer_has_one_character_at_least_and_twenty_thousand_at_most():
    most = PriceAnswer(ANSWER.tender, ANSWER.bid_pub, 0, "价" * ANSWER_LIMIT)
    assert read_price_answer(most.sign(KEY)) == most
    for text in ("", "价" * (ANSWER_LIMIT + 1)):
        odd = PriceAnswer(ANSWER.tender, ANSWER.bid_pub, 0, text)
        with pytest.raises(Malformed, match="malformed"):
            read_price_answer(odd.sign(KEY))


def test_a_query_is_no_answer():
    with pytest.raises(Malformed):
        read_price_answer(QUERY.sign(KEY))
