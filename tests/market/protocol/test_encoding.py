import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.protocol.encoding import (
    BODY_LIMIT,
    DEPTH_LIMIT,
    Malformed,
    b64u,
    canonical,
    check_type,
    digest,
    exact,
    moment,
    parse,
    stamp,
    structure,
    type_of,
    unb64u,
)

# RFC 8785 section 3.2.2 (without its fractions, which the protocol does not have) and 3.2.3
# (without U+FB33, which is not NFC).
RFC_8785 = (
    '{"numbers":[333333333,-1,0],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",'
    '"literals":[null,true,false]}'
)
RFC_8785_BYTES = (
    '{"literals":[null,true,false],"numbers":[333333333,-1,0],'
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
).encode()
SORTED_NAMES = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600"]

plain = st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain, inner, max_size=4),
    max_leaves=12,
)


def test_json_is_written_as_rfc_8785_shows():
    assert canonical(json.loads(RFC_8785)) == RFC_8785_BYTES


def test_members_are_ordered_by_their_utf_16_units_as_rfc_8785_shows():
    written = canonical(dict.fromkeys(reversed(SORTED_NAMES), 1))
    assert list(json.loads(written)) == SORTED_NAMES


@given(st.dictionaries(plain, values, max_size=5))
def test_what_is_written_reads_back_and_writes_the_same_bytes(value):
    raw = canonical(value)
    assert parse(raw) == value
    assert canonical(parse(raw)) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"1",
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\\u0061"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\u0000"}',
        b'{"a":"\xff"}',
        '{"a":"e\u0301"}'.encode(),
        '{"e\u0301":1}'.encode(),
        b'{"a":9007199254740992}',
        b'{"a":-9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":' * 100_000,
        b'{"a":' + b"[" * 20 + b"]" * 20 + b"}",
    ],
)
def test_m2_json_in_any_form_but_the_one_is_refused(raw):
    with pytest.raises(Malformed) as refusal:
        parse(raw)
    assert refusal.value.code == "malformed"


@pytest.mark.parametrize("value", [1.0, float("nan"), 2**53, -(2**53), "e\u0301", "\ud800", "\x00"])
def test_m2_values_that_two_languages_write_differently_are_refused_when_written(value):
    with pytest.raises(Malformed):
        canonical({"a": [value]})


def test_m2_the_largest_whole_number_is_one_below_two_to_the_53rd():
    assert parse(b'{"a":9007199254740991}') == {"a": 2**53 - 1}


def test_what_is_no_json_value_is_a_bug_and_no_refusal():
    with pytest.raises(TypeError):
        canonical({"a": b"bytes"})


def test_a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_refused():
    raw = canonical({"a": "x" * (BODY_LIMIT - 8)})
    assert len(raw) == BODY_LIMIT
    assert parse(raw)
    with pytest.raises(Malformed):
        parse(canonical({"a": "x" * (BODY_LIMIT - 7)}))


def test_nesting_reaches_the_limit_and_no_further():
    value = {}
    for _ in range(DEPTH_LIMIT):
        value = {"a": value}
    assert parse(canonical(value)) == value
    with pytest.raises(Malformed):
        canonical({"a": value})


@given(st.binary(max_size=50))
def test_bytes_come_back_from_their_text(raw):
    assert unb64u(b64u(raw), len(raw)) == raw


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "A+", "A/", "A ", "ＡＡ", "AAAA\n", "AAB"])
def test_m2_bytes_in_any_other_text_form_are_refused(text):
    with pytest.raises(Malformed):
        unb64u(text)


def test_m2_bytes_of_another_length_are_refused():
    assert unb64u(b64u(bytes(32)), 32) == bytes(32)
    for length in (31, 33):
        with pytest.raises(Malformed):
            unb64u(b64u(bytes(32)), length)


def test_a_structure_has_exactly_its_members():
    members = {"a": int, "b": str}
    assert exact({"a": 1, "b": "x"}, members) == {"a": 1, "b": "x"}
    for wrong in ({"a": 1}, {"a": 1, "b": "x", "c": 1}, {"a": True, "b": "x"}, [], None):
        with pytest.raises(Malformed):
            exact(wrong, members)


def test_a_member_may_be_checked_by_a_function():
    assert exact({"a": b64u(bytes(2))}, {"a": unb64u}) == {"a": "AAA"}
    with pytest.raises(Malformed):
        exact({"a": "="}, {"a": unb64u})


def test_a_moment_is_written_in_utc_with_six_digits_and_read_back():
    beijing = timezone(timedelta(hours=8))
    at = datetime(2026, 11, 30, 9, 0, 0, 7, tzinfo=beijing)
    assert stamp(at) == "2026-11-30T01:00:00.000007Z"
    assert moment(stamp(at)) == at
    assert stamp(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30T01:00:00Z",
        "2026-11-30T01:00:00.000Z",
        "2026-11-30T01:00:00.000000",
        "2026-11-30T01:00:00.000000+00:00",
        "2026-11-30 01:00:00.000000Z",
        "2026-11-31T01:00:00.000000Z",
        "2026-11-30T24:00:00.000000Z",
        "2026-11-30T23:59:60.000000Z",
        "0000-11-30T01:00:00.000000Z",
        "２026-11-30T01:00:00.000000Z",
        "2026-11-30T01:00:00.000000Z\n",
    ],
)
def test_m2_a_moment_in_another_form_is_refused(text):
    with pytest.raises(Malformed):
        moment(text)


def test_a_moment_without_a_zone_is_a_bug():
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2026, 1, 1))  # noqa: DTZ001 (the case itself)


def test_m13_every_structure_names_its_type_and_suite():
    made = structure("receipt", at="x")
    assert made == {"type": "yg/receipt/v1", "suite": "intl-1", "at": "x"}
    assert type_of(made) == "yg/receipt/v1"
    check_type(made, "receipt")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "yg/receipt/v2"}, "malformed"),
        ({"type": "receipt"}, "malformed"),
        ({"type": None}, "malformed"),
        ({"type": "yg/permit/v1"}, "wrong-type"),
        ({"suite": "gm-1"}, "unknown-suite"),
        ({"suite": None}, "unknown-suite"),
    ],
)
def test_m13_another_type_or_suite_is_refused_by_its_own_code(changes, code):
    with pytest.raises(Malformed) as refusal:
        check_type({**structure("receipt"), **changes}, "receipt")
    assert refusal.value.code == code


def test_a_structure_cannot_be_given_a_name_that_breaks_the_signed_prefix():
    with pytest.raises(ValueError, match="name"):
        structure("a\nb")


def test_hashes_are_sha_256():
    assert digest(b"abc").hex().startswith("ba7816bf8f01cfea")  # FIPS 180-4 example


def test_every_refusal_speaks_both_languages():
    with pytest.raises(Malformed) as refusal:
        parse(b"[]")
    assert refusal.value.words("zh") != refusal.value.words("en")
    assert refusal.value.status == 422
