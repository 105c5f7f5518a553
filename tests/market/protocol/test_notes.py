"""Signed notes: published notes of other programs verify here, touched ones do not."""

import base64
from datetime import UTC, datetime

import pytest

from market.protocol.encoding import Malformed
from market.protocol.notes import (
    COSIGNER,
    LOG,
    NoteSignature,
    all_signatures_of,
    cosign_text,
    joined,
    parse_key,
    parse_note,
    parse_signatures,
    sign_text,
    signature_of,
    times_of,
    verifier_key,
)
from tests.support.log_cast import private, public, witness_key

# The example note of golang.org/x/mod/sumdb/note, and the example key and note of C2SP signed-note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
    "tpRZb6KE6RyyBwJnAM=\n"
)
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOOS_NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mF"
    "XmRKuwHjG1Yu72IneyaQM=\n"
)
PUBLISHED = [(PETER, PETERS_NOTE), (FOO, FOOS_NOTE)]
TEXT = "log.example\n3\nroot\n"


@pytest.mark.parametrize(("key", "note"), PUBLISHED)
def test_a_published_note_verifies_under_its_published_key(key, note):
    held = parse_note(note.encode())
    assert signature_of(held, parse_key(key)) is not None
    assert held.raw() == note.encode()
    assert str(parse_key(key)) == key


@pytest.mark.parametrize(("key", "note"), PUBLISHED)
def test_every_flipped_byte_of_a_note_is_refused_or_leaves_it_unsigned(key, note):
    raw = note.encode()
    for place in range(len(raw)):
        touched = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        try:
            held = signature_of(parse_note(touched), parse_key(key))
        except Malformed:
            continue
        assert held is None, place


def test_a_cosigners_key_of_another_program_is_written_the_same():
    text = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    key = parse_key(text)
    assert (key.name, key.kind, key.key_id.hex()) == ("remora.n621.de", COSIGNER, "da77ade7")
    assert str(key) == text


def test_a_key_text_may_hold_plus_signs_in_its_base64():
    assert parse_key("TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6").kind == LOG


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        FOO.replace("530d903a", "530d903b"),
        FOO.replace("530d903a", "530D903A"),
        FOO.replace("530d903a", "530d903"),
        FOO[:-1],
        FOO + "\n",
        " " + FOO,
        FOO.replace("+Aeky", "+Aek-"),
        "rekor.sigstore.dev+12345678+AwEB",
        "exämple+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_a_key_text_of_any_other_form_is_refused(text):
    with pytest.raises(Malformed):
        parse_key(text)


def test_one_key_has_two_ids_as_a_log_and_as_a_cosigner():
    log, cosigner = (verifier_key("w.example", kind, public("log")) for kind in (LOG, COSIGNER))
    assert log.key_id != cosigner.key_id


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\u2003b", "ä", "x" * 256])
def test_a_key_needs_a_plain_name(name):
    with pytest.raises(Malformed):
        verifier_key(name, LOG, public("log"))


def test_a_key_needs_a_sound_point():
    with pytest.raises(Malformed) as refused:
        verifier_key("w.example", LOG, bytes(32))
    assert refused.value.code == "bad-key"


def test_a_kind_of_signature_unknown_here_is_refused():
    with pytest.raises(Malformed):
        verifier_key("w.example", 0x06, public("log"))


def test_an_unknown_key_is_passed_over_even_under_a_known_name():
    note = parse_note(FOOS_NOTE.encode())
    assert signature_of(note, verifier_key("example.com/foo", LOG, public("log"))) is None


def test_a_bad_signature_of_a_known_key_spoils_the_whole_note():
    note = parse_note(FOOS_NOTE.encode())
    good = note.signatures[0]
    bad = type(good)(good.name, good.raw[:-1] + bytes([good.raw[-1] ^ 1]))
    with pytest.raises(Malformed) as refused:
        signature_of(joined(note, [bad]), parse_key(FOO))
    assert refused.value.code == "bad-signature"


def test_a_cosignature_tells_its_second_and_covers_it():
    line = cosign_text(TEXT, "clear.example/w1", private("clear"), 1_679_315_147)
    note = joined(plain_note(), [line])
    assert times_of(note, witness_key("clear")) == (datetime(2023, 3, 20, 12, 25, 47, tzinfo=UTC),)
    later = type(line)(line.name, line.raw[:11] + bytes([line.raw[11] ^ 1]) + line.raw[12:])
    with pytest.raises(Malformed):
        times_of(
            joined(parse_note((TEXT + "\n" + _line()).encode()), [later]), witness_key("clear")
        )


@pytest.mark.parametrize("at", [-1, 2**63])
def test_a_cosignatures_time_stays_in_its_range(at):
    with pytest.raises(ValueError, match="time"):
        cosign_text(TEXT, "clear.example/w1", private("clear"), at)


def test_a_moment_beyond_the_calendar_is_refused_although_signed():
    line = cosign_text(TEXT, "clear.example/w1", private("clear"), 2**63 - 1)
    with pytest.raises(Malformed):
        times_of(parse_note(f"{TEXT}\n{line.line()}".encode()), witness_key("clear"))


def test_a_time_from_2_to_the_63_on_is_refused_although_signed():
    for at, is_read in ((2**62, False), (2**63, False), (253_402_300_799, True)):
        signature = private("clear").sign(f"cosignature/v1\ntime {at}\n{TEXT}".encode())
        raw = witness_key("clear").key_id + at.to_bytes(8, "big") + signature
        line = NoteSignature("clear.example/w1", raw)
        note = parse_note(f"{TEXT}\n{line.line()}".encode())
        if is_read:
            assert times_of(note, witness_key("clear"))[0].year == 9999
            continue
        with pytest.raises(Malformed) as refused:
            times_of(note, witness_key("clear"))
        assert refused.value.code == ("bad-signature" if at == 2**63 else "malformed")


def test_a_note_of_65536_bytes_is_read_and_one_byte_more_is_not():
    room = 65_536 - len(f"\n\n{_line()}".encode())
    assert len(parse_note(("x" * room + "\n\n" + _line()).encode()).text) == room + 1
    with pytest.raises(Malformed):
        parse_note(("x" * (room + 1) + "\n\n" + _line()).encode())


def test_a_logs_key_tells_no_time():
    with pytest.raises(ValueError, match="cosigner"):
        times_of(parse_note(FOOS_NOTE.encode()), parse_key(FOO))


def test_a_cosignature_does_not_pass_for_the_logs_signature():
    line = cosign_text(TEXT, "log.example", private("log"), 5)
    note = parse_note(f"{TEXT}\n{line.line()}".encode())
    assert signature_of(note, verifier_key("log.example", LOG, public("log"))) is None


def test_a_line_joined_twice_stands_once():
    note = parse_note(FOOS_NOTE.encode())
    assert joined(note, note.signatures) == note
    line = cosign_text(note.text, "clear.example/w1", private("clear"), 7)
    assert len(joined(note, [line, line]).signatures) == 2


def test_two_signatures_of_one_key_are_both_returned():
    lines = [cosign_text(TEXT, "clear.example/w1", private("clear"), at) for at in (9, 7)]
    note = parse_note((TEXT + "\n" + "".join(line.line() for line in lines)).encode())
    assert len(all_signatures_of(note, witness_key("clear"))) == 2
    assert [at.second for at in times_of(note, witness_key("clear"))] == [9, 7]


def test_sixty_four_signatures_are_read_and_sixty_five_are_not():
    line = _line()
    assert len(parse_signatures(line * 64)) == 64
    with pytest.raises(Malformed):
        parse_signatures(line * 65)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        TEXT.encode(),
        (TEXT + "\n").encode(),
        ("\n" + "— a eA==\n").encode(),
        (TEXT + "\n— a eA==\n").encode(),
        (TEXT + "\n— a b c\n").encode(),
        (TEXT + "\n- a AAAAAAA=\n").encode(),
        (TEXT + "\n—  a AAAAAAA=\n").encode(),
        (TEXT + "\n— a AAAAAAA=").encode(),
        (TEXT + "\n— a AAAAAAB=\n").encode(),
        (TEXT + "\n— a AAAAAAA\n").encode(),
        (TEXT + "\n— a+b AAAAAAA=\n").encode(),
        (TEXT + "\n— ä AAAAAAA=\n").encode(),
        ("a\tb\n\n— a AAAAAAA=\n").encode(),
        ("a\r\n\n— a AAAAAAA=\n").encode(),
        b"\xff\n\n\xe2\x80\x94 a AAAAAAA=\n",
        b"x" * 65_537,
    ],
)
def test_a_note_of_any_other_form_is_refused(raw):
    with pytest.raises(Malformed):
        parse_note(raw)


def test_the_text_may_hold_empty_lines():
    held = parse_note("a\n\nb\n\n— a AAAAAAA=\n".encode())
    assert held.text == "a\n\nb\n"


def test_a_signature_is_as_ed25519_makes_it():
    line = sign_text(TEXT, "log.example", private("log"))
    assert line.raw[4:] == private("log").sign(TEXT.encode())
    assert base64.b64encode(line.raw).decode() in line.line()


def plain_note():
    return parse_note((TEXT + "\n" + _line()).encode())


def _line():
    return sign_text(TEXT, "log.example", private("log")).line()
