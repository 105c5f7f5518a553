import hashlib
import json
import tracemalloc
import zlib
from pathlib import Path

import pyrage
import pytest

from market.protocol import age, bech32, stream
from market.protocol.encoding import Malformed, unb64u
from tests.support.protocol_cast import Tape

IDENTITY, RECIPIENT = age.new_identity(Tape("age"))
OTHER, _ = age.new_identity(Tape("another"))
CHUNK = stream.CHUNK
VECTORS = Path(__file__).parents[2] / "vectors"
TESTKIT = json.loads((VECTORS / "age_testkit.json").read_text())["cases"]
MORE_STANZAS = {
    "stanza_empty_body",
    "stanza_empty_last_line",
    "stanza_valid_characters",
    "x25519_grease",
    "x25519_multiple_recipients",
}
# The lengths around every edge of the chunks.
LENGTHS = [0, 1, 75, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5]


def refused(code, call, *arguments):
    with pytest.raises(Malformed) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def test_keys_are_written_as_age_writes_them():
    assert len(IDENTITY) == 74
    assert IDENTITY.startswith("AGE-SECRET-KEY-1")
    assert len(RECIPIENT) == 62
    assert str(pyrage.x25519.Identity.from_str(IDENTITY).to_public()) == RECIPIENT
    theirs = pyrage.x25519.Identity.generate()
    assert age.recipient_of(str(theirs)) == str(theirs.to_public())


@pytest.mark.parametrize("length", LENGTHS)
def test_another_age_program_opens_what_is_written_here(length):
    text = bytes(i % 251 for i in range(length))
    file = age.write(RECIPIENT, text)
    assert len(file) == age.sealed_length(length)
    assert pyrage.decrypt(file, [pyrage.x25519.Identity.from_str(IDENTITY)]) == text
    assert age.read(IDENTITY, file) == text


@pytest.mark.parametrize("case", TESTKIT, ids=lambda case: case["name"])
def test_the_vectors_of_the_age_project_open_or_are_refused(case):
    """Success there is success here, except where a stanza stands besides the one (H9)."""
    file = unb64u(case["file"])
    file = zlib.decompress(file) if case["zlib"] else file
    succeeds = case["expect"] == "success" and case["name"] not in MORE_STANZAS
    try:
        if "passphrase" in case:
            text = age.read_passphrase(case["passphrase"], file, limit=22)
        else:
            text = age.read(case.get("identity", IDENTITY), file)
    except Malformed:
        assert not succeeds
    else:
        assert succeeds
        assert hashlib.sha256(text).hexdigest() == case["payload"]


def test_h9_a_file_with_a_further_stanza_is_refused():
    theirs = pyrage.encrypt(b"price", [pyrage.x25519.Recipient.from_str(RECIPIENT)])
    assert theirs.count(b"\n-> ") > 1
    refused("sealed-header", age.read, IDENTITY, theirs)
    refused("sealed-header", age.check_form, theirs)


def test_h9_a_file_to_two_recipients_is_refused():
    _, second = age.new_identity()
    keys = [pyrage.x25519.Recipient.from_str(text) for text in (RECIPIENT, second)]
    refused("sealed-header", age.read, IDENTITY, pyrage.encrypt(b"price", keys))


def test_h9_all_files_of_one_text_length_have_one_length_and_one_header_form():
    files = [age.write(RECIPIENT, bytes(75)) for _ in range(50)]
    assert {len(file) for file in files} == {275}
    shapes = {bytes(b if b in b"\n ->/-" else 42 for b in file[:32]) for file in files}
    assert len(shapes) == 1


def test_every_changed_byte_of_a_file_is_refused():
    file = age.write(RECIPIENT, b"1234567", Tape("flip"))
    for place in range(len(file)):
        bent = bytearray(file)
        bent[place] ^= 1
        with pytest.raises(Malformed):
            age.read(IDENTITY, bytes(bent))


def test_every_cut_and_every_addition_is_refused():
    file = age.write(RECIPIENT, b"1234567", Tape("cut"))
    for length in range(len(file)):
        with pytest.raises(Malformed):
            age.read(IDENTITY, file[:length])
    refused("sealed-body", age.read, IDENTITY, file + b"\0")


@pytest.mark.parametrize("cut", [CHUNK + stream.TAG, 2 * (CHUNK + stream.TAG)])
def test_a_file_cut_between_two_chunks_is_refused(cut):
    file = age.write(RECIPIENT, bytes(2 * CHUNK + 5))
    refused("sealed-body", age.read, IDENTITY, file[: age.HEADER_LENGTH + 16 + cut])


def test_chunks_in_another_order_are_refused():
    file = age.write(RECIPIENT, bytes(3 * CHUNK))
    front, size = age.HEADER_LENGTH + 16, CHUNK + stream.TAG
    first, second = file[front : front + size], file[front + size : front + 2 * size]
    refused(
        "sealed-body", age.read, IDENTITY, file[:front] + second + first + file[front + 2 * size :]
    )


def test_a_file_for_somebody_else_does_not_open():
    refused("sealed-key", age.read, OTHER, age.write(RECIPIENT, b"x"))


def test_a_header_whose_mac_is_changed_is_refused_as_such():
    file = age.write(RECIPIENT, b"x", Tape("mac"))
    place = age.HEADER_LENGTH - 10
    other = b"A" if file[place : place + 1] != b"A" else b"B"
    refused("sealed-mac", age.read, IDENTITY, file[:place] + other + file[place + 1 :])


def test_pieces_of_any_length_make_the_same_file_and_the_same_text():
    text = bytes(i % 249 for i in range(3 * CHUNK + 17))
    whole = age.write(RECIPIENT, text, Tape("pieces"))
    for size in (1000, CHUNK, CHUNK + 1, len(text)):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert b"".join(age.write_stream(RECIPIENT, pieces, Tape("pieces"))) == whole
        sealed = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert b"".join(age.read_stream(IDENTITY, sealed)) == text


def test_a_large_file_is_sealed_and_opened_without_being_held_in_memory():
    piece, count = bytes(1 << 20), 64
    tracemalloc.start()
    sealed = age.write_stream(RECIPIENT, (piece for _ in range(count)))
    length = sum(len(part) for part in age.read_stream(IDENTITY, sealed))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length == count << 20
    assert peak < 8 << 20


def test_h4_one_file_opens_by_its_file_key_and_by_no_other():
    file, other = age.write(RECIPIENT, b"share"), age.write(RECIPIENT, b"share")
    key = age.file_key(IDENTITY, file)
    assert age.read_with_file_key(key, file) == b"share"
    refused("sealed-mac", age.read_with_file_key, key, other)
    refused("sealed-key", age.file_key, OTHER, file)


def test_a_point_of_small_order_is_refused():
    weak = bech32.write("age", bytes(32))
    refused("sealed-header", age.write, weak, b"x")
    file = age.write(RECIPIENT, b"x")
    refused("sealed-header", age.read, IDENTITY, file[:32] + b"A" * 43 + file[75:])


@pytest.mark.parametrize(
    "text",
    [
        IDENTITY.lower(),
        IDENTITY + "Q",
        IDENTITY[:-1],
        IDENTITY[:-1] + ("Q" if IDENTITY[-1] != "Q" else "P"),
        IDENTITY.replace("K", "\u212a", 1),
        "age" + IDENTITY[3:],
        RECIPIENT.upper(),
        "",
        "AGE-SECRET-KEY-1",
    ],
)
def test_text_that_is_no_identity_is_refused(text):
    refused("bad-key-text", age.recipient_of, text)


@pytest.mark.parametrize(
    "text", [RECIPIENT.upper(), RECIPIENT[:-1], RECIPIENT + "q", IDENTITY, "", "age1"]
)
def test_text_that_is_no_recipient_is_refused(text):
    refused("bad-key-text", age.check_recipient, text)


def test_every_wrong_sign_of_a_recipient_is_noticed():
    for place in range(4, len(RECIPIENT)):
        sign = "q" if RECIPIENT[place] != "q" else "p"
        refused(
            "bad-key-text", age.check_recipient, RECIPIENT[:place] + sign + RECIPIENT[place + 1 :]
        )


def test_a_passphrase_file_is_read_by_another_age_program():
    ours = age.write_passphrase("seven words", b"AGE-SECRET-KEY-1", work=10)
    assert pyrage.passphrase.decrypt(ours, "seven words") == b"AGE-SECRET-KEY-1"
    assert age.read_passphrase("seven words", ours) == b"AGE-SECRET-KEY-1"


@pytest.mark.long  # the other program chooses its work factor by measuring the machine
def test_a_passphrase_file_of_another_age_program_is_read_here():
    theirs = pyrage.passphrase.encrypt(b"text", "seven words")
    assert age.read_passphrase("seven words", theirs, limit=22) == b"text"


def test_h22_passphrase_files_are_written_with_the_full_work_factor():
    file = age.write_passphrase("x", b"text")
    assert b" 18\n" in file[:80]
    assert age.read_passphrase("x", file) == b"text"


def test_a_wrong_passphrase_and_a_ruinous_work_factor_are_refused():
    file = age.write_passphrase("right", b"text", work=10)
    refused("sealed-key", age.read_passphrase, "wrong", file)
    refused("sealed-header", age.read_passphrase, "right", file.replace(b" 10\n", b" 21\n", 1))
    refused("sealed-header", age.read_passphrase, "right", file.replace(b" 10\n", b" 010\n", 1))
    refused("sealed-header", age.read_passphrase, "right", age.write(RECIPIENT, b"x"))
    refused("sealed-header", age.read, IDENTITY, file)


def test_every_changed_byte_of_a_passphrase_file_is_refused():
    file = age.write_passphrase("right", b"t", work=2, chance=Tape("phrase"))
    for place in range(len(file)):
        bent = bytearray(file)
        bent[place] ^= 1
        with pytest.raises(Malformed):
            age.read_passphrase("right", bytes(bent), limit=9)
