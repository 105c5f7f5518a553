from dataclasses import replace
from itertools import combinations

import pyrage
import pyshamir
import pytest

from market.kernel.errors import MarketError
from market.protocol import age, sharing
from market.protocol.binding import (
    Binding,
    Kind,
    bind_json,
    check_bind,
    commitment,
    read_share_text,
    share_text,
)
from market.protocol.encoding import b64u, canonical, digest, parse, unb64u
from market.protocol.envelopes import (
    check_envelope,
    check_posted,
    commitments,
    open_ciphertext,
    open_share,
    read_envelope,
    rebuild,
    seal_envelope,
)
from market.protocol.payload import unpack_whole
from tests.support.protocol_cast import (
    OFFICES,
    Tape,
    bid,
    binding,
    manifest,
    officer_identity,
    seats_of,
    secret,
)

SEATS = seats_of(manifest())
ROLES = [role for role, _, _ in OFFICES]
PRICE = binding("a", Kind.PRICE)
SHARE = sharing.split(age.new_identity(Tape("x"))[0].encode(), 3, 5, Tape("y"))[1]


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def envelope(label="a", kind=Kind.PRICE):
    return bid(label).act.envelope(kind)


def own(held, i):
    """Officer i's sealed share."""
    return next(share for share in held.shares if share.recipient == SEATS[i - 1][0])


def posted(label="a", kind=Kind.PRICE, who=(1, 2, 3, 4, 5)):
    held, bound = envelope(label, kind), binding(label, kind)
    return {i: open_share(officer_identity(ROLES[i - 1]), own(held, i), bound, i) for i in who}


def redealt(change, k=3):
    """An envelope whose dealer alters the shares before committing to them."""
    identity, _ = age.new_identity(Tape("dealer"))
    dealt = change(sharing.split(identity.encode(), k, 5, Tape("shares")))
    return dict(enumerate(dealt, 1)), [
        commitment(share_text(PRICE, i, share)) for i, share in enumerate(dealt, 1)
    ]


@pytest.mark.parametrize("who", list(combinations(range(1, 6), 3)))
def test_any_three_officers_open_a_bid_without_its_bidder(who):
    held = envelope()
    identity = rebuild(PRICE, commitments(held, SEATS), posted(who=who), 3)
    raw = b"".join(open_ciphertext(identity, held, [bid("a").ciphertexts[Kind.PRICE]]))
    read, _ = unpack_whole(Kind.PRICE, raw)
    check_bind(read.bind, PRICE)
    assert read.digest == bid("a").sealed[Kind.PRICE].payload_digest


def test_other_programs_open_a_bid_too():
    """Pyrage for the age files, pyshamir for the shares: nothing here is our own dialect."""
    shares = []
    for i in (1, 3, 5):
        key = pyrage.x25519.Identity.from_str(officer_identity(ROLES[i - 1]))
        text = parse(pyrage.decrypt(own(envelope(), i).sealed, [key]))
        shares.append(bytearray(unb64u(str(text["share"]))))
    identity = pyrage.x25519.Identity.from_str(bytes(pyshamir.combine(shares)).decode())
    raw = pyrage.decrypt(bid("a").ciphertexts[Kind.PRICE], [identity])
    assert digest(raw) == bid("a").sealed[Kind.PRICE].payload_digest


def test_a_stand_in_opens_the_same_share():
    held = envelope()
    other = next(share for share in held.shares if share.recipient == SEATS[2][1])
    share = open_share(officer_identity("supervisor/2"), other, PRICE, 3)
    assert share == posted(who=(3,))[3]


def test_two_officers_open_nothing():
    with pytest.raises(ValueError, match="needed"):
        rebuild(PRICE, commitments(envelope(), SEATS), posted(who=(1, 2)), 3)


def test_an_envelope_is_read_as_it_was_written():
    for kind in manifest().kinds:
        held = envelope(kind=kind)
        assert read_envelope(held.to_json()) == held
        check_envelope(held, binding("a", kind), SEATS)


@pytest.mark.parametrize(
    "place",
    [
        {"tender": "ZC-2026-000124"},
        {"manifest_hash": secret("other")},
        {"kind": Kind.TECHNICAL},
        {"bid_pub": secret("other")},
        {"rehearsal": True},
    ],
)
def test_c1_the_officers_program_refuses_a_share_sealed_for_another_place(place):
    """With every check of the platform switched off: the officer alone decides."""
    elsewhere = replace(PRICE, **place)
    with pytest.raises(MarketError) as refusal:
        open_share(officer_identity("owner"), own(envelope(), 1), elsewhere, 1)
    assert refusal.value.code in ("foreign-share", "wrong-type")


def test_c1_positive_control_the_share_opens_where_it_belongs():
    assert open_share(officer_identity("owner"), own(envelope(), 1), PRICE, 1)[-1] == 1


def test_c1_a_price_share_in_the_technical_slot_is_refused():
    technical = binding("a", Kind.TECHNICAL)
    refused(
        "foreign-share", open_share, officer_identity("owner"), own(envelope(), 1), technical, 1
    )


def test_c1_a_share_of_another_officer_is_refused():
    text = share_text(PRICE, 2, SHARE)
    sealed = replace(own(envelope(), 1), sealed=age.write(SEATS[0][0], text))
    refused("foreign-share", open_share, officer_identity("owner"), sealed, PRICE, 1)


def test_a_share_that_misses_its_commitment_is_not_given_out():
    text = share_text(PRICE, 2, SHARE)
    sealed = replace(own(envelope(), 2), sealed=age.write(SEATS[1][0], text))
    refused("share-mismatch", open_share, officer_identity("agent"), sealed, PRICE, 2)


def test_h22_a_rehearsal_is_refused_in_earnest_and_the_reverse():
    drill = replace(PRICE, rehearsal=True)
    refused("wrong-type", read_share_text, share_text(drill, 2, SHARE), PRICE, 2)
    refused("wrong-type", read_share_text, share_text(PRICE, 2, SHARE), drill, 2)
    refused("wrong-type", check_bind, bind_json(drill), PRICE)
    refused("wrong-type", check_bind, bind_json(PRICE), drill)
    check_bind(bind_json(drill), drill)
    assert read_share_text(share_text(drill, 2, SHARE), drill, 2) == SHARE


@pytest.mark.parametrize(
    "place",
    [
        {"tender": "ZC-2026-000124"},
        {"manifest_hash": secret("other")},
        {"amendment": 1},
        {"kind": Kind.PRICE},
        {"bid_pub": secret("other")},
    ],
)
def test_c5_an_envelope_copied_into_another_act_is_refused_as_a_copy(place):
    here = binding("a", Kind.TECHNICAL)
    refused("copied", check_bind, bind_json(here), replace(here, **place))


def test_c5_a_stolen_technical_envelope_does_not_pass_under_the_thiefs_key():
    stolen = envelope("a", Kind.TECHNICAL)
    identity = rebuild(
        binding("a", Kind.TECHNICAL),
        commitments(stolen, SEATS),
        posted("a", Kind.TECHNICAL),
        3,
    )
    raw = b"".join(open_ciphertext(identity, stolen, [bid("a").ciphertexts[Kind.TECHNICAL]]))
    read, _ = unpack_whole(Kind.TECHNICAL, raw)
    refused("copied", check_bind, read.bind, binding("thief", Kind.TECHNICAL))
    check_bind(read.bind, binding("a", Kind.TECHNICAL))


def test_the_plain_share_is_canonical_and_its_hash_is_the_commitment():
    text = share_text(PRICE, 2, SHARE)
    value = parse(text)
    assert value == {
        "type": "yg/share/v1",
        "suite": "intl-1",
        "tender": PRICE.tender,
        "manifest_hash": b64u(PRICE.manifest_hash),
        "bid_pub": b64u(PRICE.bid_pub),
        "kind": "price",
        "i": 2,
        "share": b64u(SHARE),
    }
    assert commitment(text) == digest(text)
    third = b64u(SHARE[:-1] + b"\3")  # the header says 2, the share itself 3
    for change in ({"more": 1}, {"i": 3}, {"share": third}):
        with pytest.raises(MarketError):
            read_share_text(canonical({**value, **change}), PRICE, 2)
    for bent in (text + b" ", text[:-1], b""):
        with pytest.raises(MarketError):
            read_share_text(bent, PRICE, 2)


def test_h4_one_corrupted_share_refuses_the_bid_whoever_comes():
    shares, committed = redealt(lambda dealt: [*dealt[:4], b"\x01" + dealt[4][1:]])
    for who in combinations(range(1, 6), 3):
        refused("ill-dealt", rebuild, PRICE, committed, {i: shares[i] for i in who}, 3)


def test_h4_an_honest_dealing_opens_whoever_comes():
    shares, committed = redealt(lambda dealt: dealt)
    opened = {
        rebuild(PRICE, committed, {i: shares[i] for i in who}, 3)
        for who in combinations(range(1, 6), 3)
    }
    assert len(opened) == 1


def test_h4_a_dealing_for_two_officers_is_refused():
    shares, committed = redealt(lambda dealt: dealt, k=2)
    for who in combinations(range(1, 6), 3):
        refused("ill-dealt", rebuild, PRICE, committed, {i: shares[i] for i in who}, 3)


def test_h4_a_secret_that_is_no_identity_is_ill_dealt():
    dealt = sharing.split(b"x" * 74, 3, 5)
    committed = [commitment(share_text(PRICE, i, share)) for i, share in enumerate(dealt, 1)]
    refused("ill-dealt", rebuild, PRICE, committed, dict(enumerate(dealt, 1)), 3)


def test_h4_a_mismatching_share_never_blames_the_bidder():
    shares, committed = redealt(lambda dealt: dealt)
    lying = {**shares, 1: b"\x01" + shares[1][1:]}
    refused("share-mismatch", check_posted, PRICE, 1, lying[1], committed[0])
    refused("share-mismatch", rebuild, PRICE, committed, lying, 3)
    refused("share-mismatch", check_posted, PRICE, 2, shares[1], committed[1])
    refused("share-mismatch", check_posted, PRICE, 1, b"\x01", committed[0])


def test_bytes_that_were_changed_in_storage_never_blame_the_bidder():
    held, raw = envelope(), bid("a").ciphertexts[Kind.PRICE]
    identity = rebuild(PRICE, commitments(held, SEATS), posted(), 3)
    bent = raw[:300] + bytes([raw[300] ^ 1]) + raw[301:]
    for wrong in (bent, raw[:-1], raw + b"\0", age.write(age.recipient_of(identity), b"x")):
        pieces = [wrong[:500], wrong[500:]]
        refused("ciphertext-differs", list, open_ciphertext(identity, held, pieces))
    assert b"".join(open_ciphertext(identity, held, [raw]))


def test_a_ciphertext_that_was_never_good_is_the_bidders_cause():
    held, raw = envelope(), bid("a").ciphertexts[Kind.PRICE]
    identity = rebuild(PRICE, commitments(held, SEATS), posted(), 3)
    bent = raw[:-1] + bytes([raw[-1] ^ 1])
    false = replace(held, ciphertext_hash=digest(bent))
    refused("sealed-body", list, open_ciphertext(identity, false, [bent]))


def test_c3_an_envelope_for_other_officers_is_refused():
    held = envelope()
    for shares in (held.shares[:-1], held.shares[::-1], (*held.shares, held.shares[0])):
        refused("wrong-envelopes", check_envelope, replace(held, shares=shares), PRICE, SEATS)


def test_h9_a_sealed_share_of_another_length_is_refused():
    held = envelope()
    longer = age.write(held.shares[0].recipient, share_text(PRICE, 1, SHARE) + b" ")
    bent = (replace(held.shares[0], sealed=longer), *held.shares[1:])
    refused("wrong-envelopes", check_envelope, replace(held, shares=bent), PRICE, SEATS)


def test_a_stand_in_cannot_be_dealt_another_share():
    held = envelope()
    place = next(i for i, share in enumerate(held.shares) if share.recipient == SEATS[2][1])
    for other in (secret("other"), own(held, 4).commitment):
        bent = list(held.shares)
        bent[place] = replace(bent[place], commitment=other)
        refused("wrong-envelopes", check_envelope, replace(held, shares=tuple(bent)), PRICE, SEATS)


def test_one_commitment_in_two_seats_is_refused():
    held = envelope()
    bent = (replace(held.shares[0], commitment=held.shares[1].commitment), *held.shares[1:])
    refused("wrong-envelopes", check_envelope, replace(held, shares=bent), PRICE, SEATS)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("size", 65_737, "malformed"),
        ("size", 4296, "malformed"),
        ("kind", "secret", "malformed"),
        ("ciphertext_hash", b64u(bytes(31)), "malformed"),
        ("shares", [], "malformed"),
        ("more", 1, "malformed"),
    ],
)
def test_h9_an_envelope_of_another_form_is_refused(name, value, code):
    refused(code, read_envelope, {**envelope().to_json(), name: value})


def test_h9_a_sealed_share_with_another_stanza_is_refused_at_the_door():
    held = envelope().to_json()
    grease = pyrage.encrypt(b"share", [pyrage.x25519.Recipient.from_str(SEATS[0][0])])
    held["shares"] = [{**held["shares"][0], "sealed_share": b64u(grease)}, *held["shares"][1:]]
    refused("sealed-header", read_envelope, held)


def test_sealing_draws_its_chance_in_the_documented_order():
    tape, again = Tape("order"), Tape("order")
    kept = bytearray()
    sealed = seal_envelope(PRICE, SEATS, 3, [bytes(65_536)], kept.extend, tape)
    identity, recipient = age.new_identity(again)
    assert age.write(recipient, bytes(65_536), again) == bytes(kept)
    dealt = sharing.split(identity.encode(), 3, 5, again)
    first = age.write(SEATS[0][0], share_text(PRICE, 1, dealt[0]), again)
    assert sealed.envelope.shares[0].sealed == first
    assert len(tape.drawn) == 32 + 64 + 148 + 6 * 64


def test_a_binding_of_another_form_is_a_bug_or_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Binding("T-1", b"short", 0, Kind.PRICE, bytes(32))
    refused("malformed", Binding, "T 1", bytes(32), 0, Kind.PRICE, bytes(32))
