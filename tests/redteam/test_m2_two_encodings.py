"""M2: one value is written in two ways, so that two honest programs hash or read it differently."""

import json

import pytest

from market.protocol.encoding import b64u, canonical, moment, parse, unb64u
from market.protocol.signing import check_signature, public_bytes, signed
from tests.support.bidding_questions import refused
from tests.support.protocol_cast import bid, signer

ACT = bid("a").act.raw


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1.0}',
        b'{"a":1e0}',
        b'{"a":9007199254740992}',
        b'{"a":"\\u0041"}',
        b'{"a":"e\xcc\x81"}',
        b'{"a":"\\ud800"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":NaN}',
    ],
)
def test_only_the_one_form_is_read_though_a_lenient_reader_takes_many(raw: bytes) -> None:
    with refused("malformed"):
        parse(raw)
    assert parse(b'{"a":1,"b":"\xc3\xa9"}') == {"a": 1, "b": "\u00e9"}


def test_a_lenient_reader_would_have_taken_the_last_of_two_prices() -> None:
    assert json.loads(b'{"price":100,"price":999}') == {"price": 999}


@pytest.mark.parametrize("text", ["AA==", "AB", "A", "+/", "AA AA", "AA\n"])
def test_bytes_have_one_text(text: str) -> None:
    with refused("malformed"):
        unb64u(text)
    assert unb64u(b64u(b"\x00")) == b"\x00"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T01:00:00Z",
        "2026-03-02T01:00:00.000Z",
        "2026-03-02T09:00:00.000000+08:00",
        "2026-03-02t01:00:00.000000z",
        "2026-02-30T01:00:00.000000Z",
        "2026-03-02T24:00:00.000000Z",
    ],
)
def test_a_moment_has_one_text(text: str) -> None:
    with refused("malformed"):
        moment(text)
    assert moment("2026-03-02T01:00:00.000000Z").microsecond == 0


def test_a_signature_of_one_kind_of_structure_says_nothing_for_another() -> None:
    value = parse(ACT)
    del value["signature"]
    made = signed(value, signer("bid/a"))
    check_signature(made, public_bytes(signer("bid/a")))
    with refused("bad-signature"):
        check_signature({**made, "type": "yg/withdrawal/v1"}, public_bytes(signer("bid/a")))
    assert canonical(made) == ACT
