import hashlib
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.kernel.errors import MarketError
from market.protocol import age, payload
from market.protocol.binding import Kind, bind_json
from market.protocol.encoding import digest, structure
from market.protocol.payload import (
    HEAD_LENGTH,
    Document,
    is_sealed_length,
    pack,
    padded_length,
    payload_hash,
    unpack,
    unpack_whole,
)
from tests.support.protocol_cast import Tape, binding

BIND = bind_json(binding("a", Kind.TECHNICAL), Tape("bind"))
MAIN = structure("offer", facts=[])
KIB = 1024


def made(*documents, kind=Kind.TECHNICAL, main=MAIN):
    items = [Document(extension, len(raw), [raw]) for extension, raw in documents]
    return b"".join(pack(kind, BIND, main, items, Tape("payload")))


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def entry(name, raw):
    return len(name).to_bytes(2, "big") + name + len(raw).to_bytes(8, "big") + raw


def by_hand(*entries, kind=Kind.TECHNICAL):
    body = b"".join(entry(*item) for item in entries)
    raw = b"YGP1" + len(body).to_bytes(8, "big") + bytes(32) + body
    return raw + bytes(padded_length(kind, len(body)) - len(raw))


GOOD = [
    (b"bind.json", payload.canonical(BIND)),
    (b"offer.json", payload.canonical(MAIN)),
    (b"documents/0001.pdf", b"one"),
    (b"documents/0002.xml", b"two"),
]


def test_a_payload_is_its_magic_length_chance_entries_and_zeros():
    raw = made(("pdf", b"one"), ("xml", b"two"))
    wanted = by_hand(*GOOD)
    assert raw[:12] == wanted[:12]
    assert raw[12:44] == Tape("payload")(32)
    assert raw[44:] == wanted[44:]
    assert len(raw) == 64 * KIB


def test_a_payload_reads_back_as_it_was_packed():
    raw = made(("pdf", b"one"), ("xml", b""))
    read, documents = unpack_whole(Kind.TECHNICAL, raw)
    assert (read.bind, read.main) == (BIND, MAIN)
    assert documents == {"documents/0001.pdf": b"one", "documents/0002.xml": b""}
    assert [item.digest for item in read.documents] == [digest(b"one"), digest(b"")]
    assert read.digest == digest(raw)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.binary(max_size=3000), max_size=4),
    st.integers(min_value=1, max_value=5000),
)
def test_pieces_of_any_length_read_the_same(contents, size):
    raw = made(*(("bin", held) for held in contents))
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)]
    kept = {}
    read = unpack(Kind.TECHNICAL, pieces, lambda name: kept.setdefault(name, bytearray()).extend)
    assert [bytes(held) for held in kept.values()] == contents
    assert read == unpack_whole(Kind.TECHNICAL, raw)[0]


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (0, 64 * KIB),
        (64 * KIB - HEAD_LENGTH, 64 * KIB),
        (64 * KIB - HEAD_LENGTH + 1, 72 * KIB),
        (72 * KIB - HEAD_LENGTH, 72 * KIB),
        (72 * KIB - HEAD_LENGTH + 1, 80 * KIB),
        (128 * KIB - HEAD_LENGTH, 128 * KIB),
        (128 * KIB - HEAD_LENGTH + 1, 144 * KIB),
        (300_000_000, 301_989_888),
        ((1 << 30) - HEAD_LENGTH, 1 << 30),
    ],
)
def test_h19_sizes_are_powers_of_two_in_eight_steps(body, size):
    assert padded_length(Kind.PRICE, body) == size


def test_h19_padding_never_exceeds_an_eighth():
    for body in range(64 * KIB, 8 << 20, 7919):
        assert padded_length(Kind.PRICE, body) <= (body + HEAD_LENGTH) * 9 / 8


def test_identities_have_one_small_size_and_nothing_fits_beyond_it():
    assert padded_length(Kind.IDENTITY, 0) == 4 * KIB
    assert padded_length(Kind.IDENTITY, 4 * KIB - HEAD_LENGTH) == 4 * KIB
    refused("too-large", padded_length, Kind.IDENTITY, 4 * KIB - HEAD_LENGTH + 1)
    refused("too-large", padded_length, Kind.PRICE, (1 << 30) - HEAD_LENGTH + 1)
    refused("too-large", pack, Kind.IDENTITY, BIND, MAIN, [Document("pdf", 0, [])])


def test_h9_a_ciphertext_has_the_length_of_a_size_class_and_no_other():
    for size in (64 * KIB, 72 * KIB, 1 << 20, 9 << 17, 1 << 30):
        sealed = age.sealed_length(size)
        assert is_sealed_length(Kind.PRICE, sealed)
        assert not any(is_sealed_length(Kind.PRICE, sealed + step) for step in (-16, -1, 1, 16))
    assert not is_sealed_length(Kind.PRICE, age.sealed_length(65 * KIB))
    assert not is_sealed_length(Kind.PRICE, age.sealed_length(4 * KIB))
    assert is_sealed_length(Kind.IDENTITY, age.sealed_length(4 * KIB))
    assert not is_sealed_length(Kind.IDENTITY, age.sealed_length(64 * KIB))
    assert not any(is_sealed_length(Kind.PRICE, size) for size in (-5, 0, 1, 200, (1 << 31)))


def test_every_changed_byte_but_the_chance_and_the_documents_is_refused():
    """What is free: 32 random bytes, a document's bytes and extension, and JSON that stays JSON."""
    raw = made(("pdf", b"#"), kind=Kind.TECHNICAL)
    end = HEAD_LENGTH + int.from_bytes(raw[4:12], "big")
    start = raw.index(b"documents/") + len(b"documents/0001.")
    document = raw.index(b"#", start)
    json_parts = [(raw.index(b"{"), raw.index(b"offer.json") - 2)]
    json_parts.append((raw.index(b"{", raw.index(b"offer.json")), raw.index(b"documents/") - 2))
    free = {*range(12, 44), *range(start, start + 3), document}
    free.update(place for low, high in json_parts for place in range(low, high))
    for place in [*range(end), end, end + 1, len(raw) // 2, len(raw) - 1]:
        bent = bytearray(raw)
        bent[place] ^= 1
        if place not in free:
            with pytest.raises(MarketError):
                unpack_whole(Kind.TECHNICAL, bytes(bent))


@pytest.mark.parametrize(
    "entries",
    [
        [],
        GOOD[:1],
        GOOD[1:],
        [GOOD[1], GOOD[0]],
        [GOOD[0], GOOD[0], GOOD[1]],
        [GOOD[0], GOOD[1], GOOD[1]],
        [GOOD[0], (b"identity.json", GOOD[1][1])],
        [GOOD[0], GOOD[2], GOOD[1]],
        [*GOOD[:2], GOOD[3]],
        [*GOOD[:2], GOOD[2], GOOD[2]],
        [*GOOD[:2], GOOD[2], (b"documents/0001.xml", b"x")],
        [*GOOD[:2], (b"documents/1.pdf", b"x")],
        [*GOOD[:2], (b"documents/0001.PDF", b"x")],
        [*GOOD[:2], (b"documents/0001", b"x")],
        [*GOOD[:2], (b"../0001.pdf", b"x")],
        [*GOOD[:2], (b"documents/0001.pdf\0", b"x")],
        [*GOOD[:2], (b"", b"x")],
        [*GOOD[:2], (b"documents/\xff001.pdf", b"x")],
    ],
)
def test_h19_entries_missing_twice_out_of_order_or_misnamed_are_refused(entries):
    refused("bad-payload", unpack_whole, Kind.TECHNICAL, by_hand(*entries))


def test_h19_json_in_another_form_is_refused():
    spaced = GOOD[1][1].replace(b":", b": ", 1)
    refused("malformed", unpack_whole, Kind.TECHNICAL, by_hand(GOOD[0], (b"offer.json", spaced)))
    twice = b'{"a":1,"a":2}'
    refused("malformed", unpack_whole, Kind.TECHNICAL, by_hand(GOOD[0], (b"offer.json", twice)))


def test_h19_a_second_payload_behind_the_first_is_refused():
    raw = made()
    for more in (b"\0", raw, bytes(4096)):
        refused("bad-payload", unpack_whole, Kind.TECHNICAL, raw + more)


def test_h19_a_payload_cut_or_padded_to_another_class_is_refused():
    raw = made()
    for cut in (0, 3, 11, 40, 60, len(raw) - 1):
        refused("bad-payload", unpack_whole, Kind.TECHNICAL, raw[:cut])
    refused("bad-payload", unpack_whole, Kind.TECHNICAL, raw + bytes(8 * KIB))


def test_a_length_that_lies_is_refused():
    raw = made(("pdf", b"one"))
    length = int.from_bytes(raw[4:12], "big")
    for lie in (length - 1, length + 1, 0, 1 << 30, (1 << 64) - 1):
        bent = raw[:4] + lie.to_bytes(8, "big") + raw[12:]
        refused("bad-payload", unpack_whole, Kind.TECHNICAL, bent)


def test_an_identity_holds_no_document():
    raw = by_hand(GOOD[0], (b"identity.json", b"{}"), GOOD[2], kind=Kind.IDENTITY)
    refused("bad-payload", unpack_whole, Kind.IDENTITY, raw)
    refused("bad-payload", unpack_whole, Kind.IDENTITY, by_hand(*GOOD[:2], kind=Kind.PRICE))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_its_own_main_entry(kind):
    raw = b"".join(pack(kind, BIND, MAIN))
    assert unpack_whole(kind, raw)[0].main == MAIN
    assert len(raw) == (4 * KIB if kind in (Kind.IDENTITY, Kind.NONCE) else 64 * KIB)


@pytest.mark.parametrize("extension", ["", "PDF", "p df", "../x", "abcdefghijk", "pdf\n"])
def test_an_extension_that_is_no_extension_is_refused(extension):
    refused("malformed", pack, Kind.PRICE, BIND, MAIN, [Document(extension, 0, [])])


@pytest.mark.parametrize("pieces", [[b"abc"], [b"abcde"], []])
def test_a_document_that_is_not_as_long_as_said_is_a_bug(pieces):
    with pytest.raises(ValueError, match="as stated"):
        list(pack(Kind.PRICE, BIND, MAIN, [Document("pdf", 4, pieces)]))


def test_a_large_document_passes_without_being_held_in_memory():
    piece, count = bytes(1 << 18), 200
    document = Document("pdf", len(piece) * count, (piece for _ in range(count)))
    hasher = hashlib.sha256()
    tracemalloc.start()
    read = unpack(
        Kind.TECHNICAL,
        pack(Kind.TECHNICAL, BIND, MAIN, [document]),
        lambda _: hasher.update,
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert read.documents[0].digest == hasher.digest()
    assert peak < 4 << 20


def test_h13_the_hash_of_a_payload_covers_its_facts_and_all_its_bytes():
    assert payload_hash(b"f" * 32, b"p" * 32) == digest(b"yg/payload/v1" + b"f" * 32 + b"p" * 32)
