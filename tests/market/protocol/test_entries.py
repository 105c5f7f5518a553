"""Entries of the journal: official acts only, at most 16 KiB, one form, time never runs back."""

import json

import pytest

from market.protocol.encoding import Malformed, canonical, digest, parse, structure
from market.protocol.entries import (
    ENTRY_LIMIT,
    OFFICIAL_ACTS,
    check_commitment,
    check_order,
    commitment,
    read_entry,
    write_entry,
)
from market.protocol.merkle import leaf_hash
from tests.support.log_cast import NOON, seconds, secret

# Written a second time by hand: an act is added to the public record on purpose only.
ACTS = [
    "notice",
    "amendment",
    "manifest",
    "rehearsal",
    "covers-root",
    "covers-revealed",
    "sealed-batch",
    "closing",
    "shares-closed",
    "share-dispute",
    "opening-record",
    "destruction",
    "draw-freeze",
    "draw-audit",
    "draw-consent",
    "draw-commit",
    "draw-reveal",
    "draw-void",
    "draw-step",
    "draw-result",
    "score-lock",
    "result",
    "award",
    "contract",
    "bond-decision",
    "complaint-decision",
    "card",
    "parameter",
    "keys",
    "key-rotation",
    "organisation-key",
    "bond-key",
    "script",
    "deposits-root",
    "deposits-account",
    "library-root",
    "timekeeper",
    "time-manifest",
    "time-release",
    "enrolments",
    "selection",
    "selection-lapse",
    "approval-receipt",
    "approval-decision",
    "agency-entry",
    "agency-sanction",
    "credit-decision",
    "scores",
]


def entry(data=None, subject="tender/ZC-2026-000123"):
    return write_entry("notice", NOON, subject, {"title": "公告"} if data is None else data)


def test_exactly_these_acts_are_official():
    assert sorted(OFFICIAL_ACTS) == sorted(ACTS)
    assert all(zh and en for zh, en in OFFICIAL_ACTS.values())


@pytest.mark.parametrize("kind", ["submission", "withdrawal", "surrender", "cover", "login"])
def test_an_anonymous_or_internal_act_gets_no_entry(kind):
    with pytest.raises(Malformed) as refused:
        write_entry(kind, NOON, "x", {})
    assert refused.value.code == "not-official"
    with pytest.raises(Malformed) as refused:
        read_entry(
            canonical(structure(kind, at="2026-11-23T04:00:00.000000Z", subject="x", data={}))
        )
    assert refused.value.code == "not-official"


def test_an_entry_is_canonical_json_of_five_members():
    raw = entry()
    assert json.loads(raw) == {
        "type": "yg/notice/v1",
        "suite": "intl-1",
        "at": "2026-11-23T04:00:00.000000Z",
        "subject": "tender/ZC-2026-000123",
        "data": {"title": "公告"},
    }
    held = read_entry(raw)
    assert (held.kind, held.at, held.raw) == ("notice", NOON, raw)
    assert held.leaf == leaf_hash(raw)
    assert held.hash == digest(raw)


def test_sixteen_kibibytes_fit_and_one_byte_more_does_not():
    room = ENTRY_LIMIT - len(entry({"text": ""}))
    assert len(entry({"text": "x" * room})) == 16_384
    with pytest.raises(Malformed) as refused:
        entry({"text": "x" * (room + 1)})
    assert refused.value.code == "too-large"


@pytest.mark.parametrize("subject", ["", "a b", "项目", "x" * 201, "a\n"])
def test_a_subject_is_visible_ascii(subject):
    assert read_entry(entry(subject="x" * 200)).subject == "x" * 200
    with pytest.raises(Malformed):
        entry(subject=subject)


@pytest.mark.parametrize(
    "change",
    [
        {"at": "2026-11-23T04:00:00Z"},
        {"at": 5},
        {"subject": None},
        {"data": []},
        {"data": None},
        {"extra": 1},
        {"suite": "gm-1"},
        {"type": "yg/notice/v2"},
    ],
)
def test_an_entry_of_any_other_form_is_refused(change):
    with pytest.raises(Malformed):
        read_entry(canonical({**parse(entry()), **change}))


@pytest.mark.parametrize("missing", ["type", "suite", "at", "subject", "data"])
def test_an_entry_lacks_nothing(missing):
    held = parse(entry())
    del held[missing]
    with pytest.raises(Malformed):
        read_entry(canonical(held))


def test_every_flipped_byte_makes_another_entry_or_none():
    raw = entry()
    leaf = read_entry(raw).leaf
    for place in range(len(raw)):
        touched = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        try:
            assert read_entry(touched).leaf != leaf
        except Malformed:
            continue


def test_an_entry_not_written_canonically_is_refused():
    with pytest.raises(Malformed):
        read_entry(entry().replace(b":", b": ", 1))


def test_entries_of_one_moment_stand_in_order_and_an_earlier_one_does_not():
    rows = [write_entry("notice", seconds(at), "x", {}) for at in (0, 1, 1, 2)]
    check_order([read_entry(raw) for raw in rows])
    with pytest.raises(Malformed) as refused:
        check_order([read_entry(raw) for raw in (*rows, rows[0])])
    assert refused.value.code == "out-of-order"


def test_a_commitment_opens_with_its_salt_and_value_only():
    held = commitment(secret("salt"), {"name": "张三"})
    check_commitment(held, secret("salt"), {"name": "张三"})
    for salt, value in ((secret("other"), {"name": "张三"}), (secret("salt"), {"name": "张四"})):
        with pytest.raises(Malformed) as refused:
            check_commitment(held, salt, value)
        assert refused.value.code == "wrong-commitment"
    with pytest.raises(Malformed):
        check_commitment(held, b"short", {"name": "张三"})


def test_a_commitment_needs_all_its_salt():
    with pytest.raises(ValueError, match="salt"):
        commitment(bytes(31), "x")


def test_equal_values_under_different_salts_do_not_look_alike():
    assert commitment(secret("a"), "same") != commitment(secret("b"), "same")
