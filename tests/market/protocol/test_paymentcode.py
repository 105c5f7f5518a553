import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.errors import MarketError
from market.protocol.paymentcode import payment_code, read_payment_code
from tests.support.protocol_cast import secret

CODE = payment_code(secret("deposit"))
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def refused(text):
    with pytest.raises(MarketError) as refusal:
        read_payment_code(text)
    assert refusal.value.code == "bad-payment-code"


def test_o2_a_code_is_short_enough_for_a_bank_remark():
    assert len(CODE) == 19
    assert CODE.count("-") == 3
    assert read_payment_code(CODE) == CODE


def test_the_code_holds_the_first_75_bits_of_the_hash():
    assert payment_code(bytes(32)) == "0000-0000-0000-0000"
    last = bytes(9) + b"\x20" + bytes(22)  # bit 75 alone, counted from the left
    assert payment_code(last)[:18].replace("-", "") == "000000000000001"
    beyond = bytes(9) + b"\x1f" + b"\xff" * 22
    assert payment_code(beyond) == "0000-0000-0000-0000"
    with pytest.raises(ValueError, match="32 bytes"):
        payment_code(b"short")


def test_o2_people_may_type_it_as_people_do():
    for typed in (CODE.lower(), CODE.replace("-", ""), CODE.replace("-", " "), f" {CODE} "):
        assert read_payment_code(typed) == CODE
    assert read_payment_code("oooo OOOO 0000 000o") == "0000-0000-0000-0000"


def test_o2_every_single_wrong_sign_is_noticed():
    plain = CODE.replace("-", "")
    for place, right in enumerate(plain):
        for sign in SIGNS:
            if sign != right:
                refused(plain[:place] + sign + plain[place + 1 :])


@given(st.binary(min_size=32, max_size=32), st.integers(0, 15), st.integers(0, 15))
def test_o2_two_signs_exchanged_are_noticed(raw, first, second):
    signs = list(payment_code(raw).replace("-", ""))
    if signs[first] != signs[second]:
        signs[first], signs[second] = signs[second], signs[first]
        refused("".join(signs))


@pytest.mark.parametrize("text", ["", CODE[:-1], CODE + "0", "U" * 16, "付款码", "!" * 16])
def test_other_text_is_refused(text):
    refused(text)
