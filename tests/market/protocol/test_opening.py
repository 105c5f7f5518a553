from dataclasses import replace
from datetime import timedelta

import pytest

from market.kernel.errors import MarketError
from market.protocol.batches import Listed
from market.protocol.binding import Kind
from market.protocol.encoding import b64u, canonical, digest, parse
from market.protocol.envelopes import open_share
from market.protocol.opening import (
    PostedShare,
    RefusedShare,
    ShareBatch,
    SharesClosed,
    batch_hash,
    check_batch_place,
    check_batch_shares,
    check_closing,
    make_closing,
    read_closing,
    read_share_batch,
    read_shares_closed,
    wanted_shares,
)
from market.protocol.receipts import act_leaf
from market.protocol.signing import public_bytes
from tests.support.protocol_cast import (
    DEADLINE,
    TENDER,
    bid,
    manifest,
    officer_identity,
    secret,
    signer,
)

LABELS = ("a", "b", "c")
ACTS = [bid(label).act for label in LABELS]
LISTED = [
    Listed(DEADLINE - timedelta(minutes=i), act_leaf(secret(f"salt{i}"), act.raw), 100 - i, i)
    for i, act in enumerate(ACTS)
]
CLOSING = make_closing(TENDER, manifest().hash, 0, DEADLINE, LISTED)
WANTED = wanted_shares(ACTS, manifest(), 3, 3)
SUPERVISOR = signer("organisation/supervisor")


def refused(code, call, *arguments, **named):
    with pytest.raises(MarketError) as refusal:
        call(*arguments, **named)
    assert refusal.value.code == code


def batch(i=3, no=3, label="supervisor"):
    """What an honest officer posts for one round."""
    wanted = wanted_shares(ACTS, manifest(), no, i)
    recipient = manifest().seats[i - 1].recipients[1 if label.endswith("/2") else 0]
    shares = []
    for act, item in zip(ACTS, wanted, strict=True):
        sealed = next(
            held for held in act.envelope(item.binding.kind).shares if held.recipient == recipient
        )
        share = open_share(officer_identity(label), sealed, item.binding, i)
        shares.append(PostedShare(act.bid_pub, item.binding.kind, share))
    return ShareBatch(TENDER, manifest().hash, no, CLOSING.hash, i, recipient, tuple(shares), ())


GOOD = batch()


def test_h11_a_closing_fixes_exactly_its_list_in_its_order():
    assert read_closing(parse(canonical(CLOSING.to_json()))) == CLOSING
    assert CLOSING.hash == digest(canonical(CLOSING.to_json()))
    check_closing(CLOSING, TENDER, LISTED[::-1])  # the list is put in order by moment and leaf
    for other in (LISTED[:2], [*LISTED[:2], replace(LISTED[2], place=9)]):
        refused("closing-differs", check_closing, CLOSING, TENDER, other)
    refused("closing-differs", check_closing, CLOSING, "ZC-2026-000124", LISTED)


def test_h14_a_closing_does_not_say_how_many_bids_there_are():
    fewer = make_closing(TENDER, manifest().hash, 0, DEADLINE, LISTED[:1])
    none = make_closing(TENDER, manifest().hash, 0, DEADLINE, [])
    assert len({len(canonical(held.to_json())) for held in (CLOSING, fewer, none)}) == 1


def test_h5_an_officer_posts_every_share_of_the_round_at_once():
    value = GOOD.sign(SUPERVISOR)
    read = read_share_batch(canonical(value), public_bytes(SUPERVISOR))
    assert read == GOOD
    check_batch_place(read, manifest(), CLOSING.hash, 3)
    check_batch_shares(read, WANTED)
    assert batch_hash(value) == digest(canonical(value))


def test_a_stand_in_posts_the_same_shares():
    other = batch(label="supervisor/2")
    assert other.shares == GOOD.shares
    assert other.recipient != GOOD.recipient
    check_batch_place(other, manifest(), CLOSING.hash, 3)
    check_batch_shares(other, WANTED)


def test_h15_each_round_asks_for_its_own_kind():
    kinds = [
        {item.binding.kind for item in wanted_shares(ACTS, manifest(), no, 1)} for no in (1, 2, 3)
    ]
    assert kinds == [{Kind.IDENTITY}, {Kind.TECHNICAL}, {Kind.PRICE}]


@pytest.mark.parametrize(
    "shares",
    [
        GOOD.shares[:2],
        GOOD.shares[::-1],
        (*GOOD.shares, GOOD.shares[0]),
        (*GOOD.shares[:2], replace(GOOD.shares[2], kind=Kind.TECHNICAL)),
        (*GOOD.shares[:2], replace(GOOD.shares[2], bid_pub=secret("nobody"))),
        (),
    ],
)
def test_h5_a_batch_that_leaves_out_or_adds_a_bid_is_refused(shares):
    refused("incomplete-batch", check_batch_shares, replace(GOOD, shares=shares), WANTED)


def test_h4_a_share_that_was_not_given_out_is_reported_in_its_place():
    code = RefusedShare(ACTS[1].bid_pub, Kind.PRICE, "foreign-share")
    held = replace(GOOD, shares=(GOOD.shares[0], GOOD.shares[2]), refused=(code,))
    check_batch_shares(held, WANTED)
    read = read_share_batch(canonical(held.sign(SUPERVISOR)), public_bytes(SUPERVISOR))
    assert read == held
    for shares in (GOOD.shares, GOOD.shares[:2]):  # one bid in both lists, and one left out
        both = replace(GOOD, shares=shares, refused=(code,))
        refused("incomplete-batch", check_batch_shares, both, WANTED)


def test_h4_a_batch_with_a_share_that_misses_its_commitment_is_sent_back():
    first = GOOD.shares[0]
    bent = replace(first, share=bytes([first.share[0] ^ 1]) + first.share[1:])
    held = replace(GOOD, shares=(bent, *GOOD.shares[1:]))
    refused("share-mismatch", check_batch_shares, held, WANTED)
    other = replace(GOOD, i=2)
    refused("share-mismatch", check_batch_shares, other, WANTED)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tender": "ZC-2026-000124"}, "foreign-batch"),
        ({"manifest_hash": secret("x")}, "foreign-batch"),
        ({"closing_hash": secret("x")}, "foreign-batch"),
        ({"round": 2}, "foreign-batch"),
        ({"i": 2}, "wrong-seat"),
        ({"i": 6}, "wrong-seat"),
        ({"recipient": manifest().seats[0].recipients[0]}, "wrong-seat"),
    ],
)
def test_a_batch_for_another_opening_or_seat_is_refused(change, code):
    held = replace(GOOD, **change)
    refused(code, check_batch_place, held, manifest(), CLOSING.hash, 3)


def test_a_batch_of_another_organisation_or_content_is_refused():
    raw = canonical(GOOD.sign(SUPERVISOR))
    refused("bad-signature", read_share_batch, raw, public_bytes(signer("organisation/owner")))
    bent = canonical({**parse(raw), "round": 2})
    refused("bad-signature", read_share_batch, bent, public_bytes(SUPERVISOR))


def test_h22_a_rehearsals_batch_is_no_openings_batch():
    drill = replace(GOOD, rehearsal=True, round=0)
    raw = canonical(drill.sign(SUPERVISOR))
    assert read_share_batch(raw, public_bytes(SUPERVISOR), rehearsal=True) == drill
    refused("wrong-type", read_share_batch, raw, public_bytes(SUPERVISOR))
    real = canonical(GOOD.sign(SUPERVISOR))
    refused("wrong-type", read_share_batch, real, public_bytes(SUPERVISOR), rehearsal=True)


@pytest.mark.parametrize(
    "change", [{"i": 0}, {"i": 16}, {"round": 4}, {"shares": [{}]}, {"refused": [1]}, {"more": 1}]
)
def test_a_batch_of_another_form_is_refused(change):
    raw = canonical({**GOOD.sign(SUPERVISOR), **change})
    refused("malformed", read_share_batch, raw, public_bytes(SUPERVISOR))


def test_a_reason_that_is_no_code_of_the_officers_program_is_refused():
    code = RefusedShare(ACTS[1].bid_pub, Kind.PRICE, "did-not-like-it")
    raw = canonical(replace(GOOD, refused=(code,)).sign(SUPERVISOR))
    refused("malformed", read_share_batch, raw, public_bytes(SUPERVISOR))


def test_h5_shares_are_closed_with_k_batches_of_different_officers():
    batches = tuple((i, secret(f"batch{i}")) for i in (1, 3, 5))
    closed = SharesClosed(TENDER, 3, CLOSING.hash, batches)
    assert read_shares_closed(parse(canonical(closed.to_json())), 3) == closed
    for bad in (batches[:2], batches[::-1], (*batches[:2], batches[1])):
        refused("malformed", read_shares_closed, replace(closed, batches=bad).to_json(), 3)


@pytest.mark.parametrize("change", [{"list_root": b64u(b"x")}, {"deadline": "x"}, {"size": 3}])
def test_a_closing_of_another_form_is_refused(change):
    refused("malformed", read_closing, {**CLOSING.to_json(), **change})
