"""The platform's keys: named by the first entry, changed only with the word of old and new."""

import pytest

from market.protocol.encoding import Malformed, b64u
from market.protocol.entries import read_entry, write_entry
from market.protocol.keyring import first_keyring, keyring, keys_data, rotated, rotation_data
from market.protocol.notes import LOG, verifier_key
from tests.support.log_cast import NOON, ORIGIN, private, public, seconds

KEYS = {"log": public("log"), "receipt": public("receipt"), "permit": public("permit")}


def first(keys=None):
    return read_entry(
        write_entry("keys", NOON, "keys", keys_data(ORIGIN, KEYS if keys is None else keys))
    )


def change(ring, purpose="log", old="log", new="log-2", touched=None):
    data = {**rotation_data(ring, purpose, private(old), private(new)), **(touched or {})}
    return read_entry(write_entry("key-rotation", seconds(1), "keys", data))


def test_the_first_entry_names_a_key_for_each_purpose():
    ring = first_keyring(first())
    assert ring.current("permit") == public("permit")
    assert ring.log_keys() == (verifier_key(ORIGIN, LOG, public("log")),)


def test_a_purpose_never_named_has_no_key():
    with pytest.raises(Malformed) as refused:
        first_keyring(first()).current("links")
    assert refused.value.code == "no-such-key"


@pytest.mark.parametrize(
    "keys",
    [
        {"log": public("log")},
        {"receipt": public("receipt")},
        {"log": public("log"), "receipt": public("log")},
        {"log": public("log"), "receipt": public("receipt"), "Permit": public("permit")},
        {"log": public("log"), "receipt": public("receipt")[:31]},
        {"log": public("log"), "receipt": bytes(32)},
    ],
)
def test_a_log_starts_with_separate_sound_keys_for_log_and_receipts(keys):
    with pytest.raises(Malformed):
        first_keyring(first(keys))


def test_a_change_of_key_is_followed():
    ring = first_keyring(first())
    moved = rotated(ring, change(ring))
    assert moved.current("log") == public("log-2")
    assert moved.keys["log"] == (public("log"), public("log-2"))
    again = rotated(moved, change(moved, "log", "log-2", "log-3"))
    assert again.current("log") == public("log-3")
    assert again.changes == 2
    assert len(again.log_keys()) == 3
    assert again.current("receipt") == public("receipt")


def test_the_whole_log_tells_the_keys():
    start = first()
    ring = first_keyring(start)
    notice = read_entry(write_entry("notice", seconds(1), "x", {}))
    held = keyring([start, notice, change(ring)])
    assert held.current("log") == public("log-2")
    with pytest.raises(Malformed):
        keyring([])
    with pytest.raises(Malformed):
        keyring([notice, start])
    with pytest.raises(Malformed):
        keyring([start, start])


def test_a_change_told_twice_is_refused():
    ring = first_keyring(first())
    entry = change(ring)
    with pytest.raises(Malformed) as refused:
        rotated(rotated(ring, entry), entry)
    assert refused.value.code == "bad-rotation"


@pytest.mark.parametrize("name", ["signature_old", "signature_new"])
def test_a_change_without_the_word_of_either_key_is_refused(name):
    ring = first_keyring(first())
    data = rotation_data(ring, "log", private("log"), private("log-2"))
    other = "signature_new" if name == "signature_old" else "signature_old"
    with pytest.raises(Malformed) as refused:
        rotated(ring, change(ring, touched={name: data[other]}))
    assert refused.value.code == "bad-signature"


@pytest.mark.parametrize(
    "touched",
    [
        {"origin": "other.example"},
        {"change": 2},
        {"previous": b64u(bytes(32))},
        {"old": b64u(public("receipt"))},
        {"new": b64u(public("receipt"))},
    ],
)
def test_a_change_that_does_not_follow_is_refused(touched):
    ring = first_keyring(first())
    with pytest.raises(Malformed) as refused:
        rotated(ring, change(ring, touched=touched))
    assert refused.value.code == "bad-rotation"


def test_a_retired_key_does_not_come_back():
    ring = first_keyring(first())
    moved = rotated(ring, change(ring))
    with pytest.raises(Malformed) as refused:
        rotated(moved, change(moved, "log", "log-2", "log"))
    assert refused.value.code == "bad-rotation"


def test_a_change_is_not_made_with_a_key_out_of_use():
    with pytest.raises(ValueError, match="in use"):
        rotation_data(first_keyring(first()), "log", private("log-2"), private("log-3"))


def test_another_entry_is_no_change():
    ring = first_keyring(first())
    with pytest.raises(Malformed) as refused:
        rotated(ring, first())
    assert refused.value.code == "wrong-type"


def test_the_new_keys_word_over_the_old_statement_does_not_serve_another_purpose():
    ring = first_keyring(first())
    data = rotation_data(ring, "log", private("log"), private("log-2"))
    with pytest.raises(Malformed):
        rotated(
            ring,
            read_entry(
                write_entry("key-rotation", seconds(1), "keys", {**data, "purpose": "receipt"})
            ),
        )
