from dataclasses import replace
from datetime import timedelta

import pytest

from market.kernel.errors import MarketError
from market.protocol.answers import ANSWER_LENGTH, read_answer, write_answer
from market.protocol.encoding import canonical, digest
from market.protocol.receipts import (
    act_leaf,
    check_receipt,
    drop_receipt,
    read_drop_receipt,
    read_receipt,
    receipt_for,
)
from market.protocol.signing import public_bytes
from tests.support.protocol_cast import DEADLINE, TENDER, bid, secret, signer, withdrawal

ACT, SALT, KEY = bid("a").act, secret("salt"), signer("receipt")
RECEIPT = receipt_for(ACT, SALT, DEADLINE)
VALUE = RECEIPT.sign(KEY)
MICROSECOND = timedelta(microseconds=1)


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def test_m5_a_receipt_shows_what_was_received():
    read = read_receipt(VALUE, public_bytes(KEY))
    assert read == RECEIPT
    check_receipt(read, ACT)
    assert read.leaf == digest(b"\0" + SALT + ACT.raw) == act_leaf(SALT, ACT.raw)


def test_m5_a_receipt_for_something_else_is_noticed_at_once():
    refused("receipt-differs", check_receipt, RECEIPT, withdrawal("a"))
    refused("receipt-differs", check_receipt, RECEIPT, bid("b").act)
    for change in ({"salt": secret("x")}, {"leaf": secret("x")}, {"tender": "ZC-2026-000124"}):
        refused("receipt-differs", check_receipt, replace(RECEIPT, **change), ACT)


def test_m5_a_receipt_promises_five_seconds_and_is_evidence_after_a_minute_more():
    assert RECEIPT.promise_by == DEADLINE + timedelta(seconds=5)
    last = RECEIPT.promise_by + timedelta(seconds=60)
    assert not RECEIPT.is_overdue(last)
    assert RECEIPT.is_overdue(last + MICROSECOND)


def test_a_receipt_with_another_promise_is_refused_though_signed():
    late = replace(RECEIPT, promise_by=DEADLINE + timedelta(seconds=6)).sign(KEY)
    refused("malformed", read_receipt, late, public_bytes(KEY))


def test_a_receipt_of_another_key_or_content_is_refused():
    refused("bad-signature", read_receipt, VALUE, public_bytes(signer("log")))
    other = {**VALUE, "tender": "ZC-2026-000124"}
    refused("bad-signature", read_receipt, other, public_bytes(KEY))
    refused("malformed", read_receipt, {**VALUE, "seq": 1}, public_bytes(KEY))


def test_h11_a_witness_dates_what_the_platform_would_not_take():
    witness = signer("witness")
    word = drop_receipt(ACT.raw, TENDER, DEADLINE, witness)
    assert read_drop_receipt(word, public_bytes(witness)) == (ACT.hash, TENDER, DEADLINE)
    refused("bad-signature", read_drop_receipt, word, public_bytes(KEY))
    refused("wrong-type", read_receipt, word, public_bytes(witness))


def test_m6_all_answers_of_the_anonymous_host_have_one_length():
    refusal = {"code": "late", "zh": "投标截止时间已过", "en": "The deadline has passed"}
    answers = [write_answer(VALUE), write_answer(refusal), write_answer({})]
    assert {len(raw) for raw in answers} == {ANSWER_LENGTH}
    assert [read_answer(raw) for raw in answers] == [VALUE, refusal, {}]


def test_m6_an_answer_that_does_not_fit_is_a_bug():
    with pytest.raises(ValueError, match="fit"):
        write_answer({"x": "y" * ANSWER_LENGTH})


@pytest.mark.parametrize("change", [{"pad": "1"}, {"answer": 1}, {"more": 1}, {"pad": "0"}])
def test_m6_an_answer_of_another_form_is_refused(change):
    value = {"type": "yg/answer/v1", "suite": "intl-1", "answer": {}, "pad": "0" * 1980, **change}
    refused("malformed", read_answer, canonical(value))
