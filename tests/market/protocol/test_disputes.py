from dataclasses import replace

import pytest

from market.kernel.errors import MarketError
from market.protocol import age
from market.protocol.binding import Kind, share_text
from market.protocol.disputes import Cause, Dispute, judge, read_dispute
from market.protocol.signing import public_bytes
from tests.support.protocol_cast import (
    TENDER,
    Tape,
    bid,
    bid_pub,
    binding,
    manifest,
    officer_identity,
    secret,
    signer,
)

PRICE = binding("a", Kind.PRICE)
GOOD = bid("a").act.envelope(Kind.PRICE).shares[0]
IDENTITY = officer_identity("owner")
KEY = signer("organisation/owner")


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def dispute(sealed=GOOD, *, identity=None):
    key = None if identity else age.file_key(IDENTITY, sealed.sealed)
    return Dispute(TENDER, manifest().hash, bid_pub("a"), Kind.PRICE, 1, key, identity)


def sealed_as(text):
    return replace(GOOD, sealed=age.write(GOOD.recipient, text, Tape("sealed")))


def bent(place):
    raw = bytearray(GOOD.sealed)
    raw[place] ^= 1
    return replace(GOOD, sealed=bytes(raw))


def test_a_good_share_shows_that_the_officer_posted_something_else():
    assert judge(dispute(), GOOD, PRICE) is Cause.OFFICER
    assert judge(dispute(identity=IDENTITY), GOOD, PRICE) is Cause.OFFICER


def test_h4_what_was_sealed_is_not_what_was_committed_to():
    other = bid("b").act.envelope(Kind.PRICE).shares[0]
    share = age.read(IDENTITY, other.sealed)
    for text in (share, b"nothing", share_text(PRICE, 1, bytes(74) + b"\1")):
        assert judge(dispute(sealed_as(text)), sealed_as(text), PRICE) is Cause.BIDDER


def test_h4_a_text_damaged_before_it_was_sent_is_the_bidders_cause():
    held = bent(-1)
    assert judge(dispute(held), held, PRICE) is Cause.BIDDER


def test_h4_a_share_that_does_not_open_at_all_is_shown_by_the_identity():
    for place in (90, 40, 130):  # stanza body, ephemeral share, MAC
        held = bent(place)
        assert judge(dispute(identity=IDENTITY), held, PRICE) is Cause.BIDDER


def test_h4_an_officer_cannot_blame_with_a_key_of_something_else():
    wrong = replace(dispute(), file_key=secret("x")[:16])
    refused("no-evidence", judge, wrong, GOOD, PRICE)
    stranger = replace(dispute(identity=officer_identity("agent")))
    refused("no-evidence", judge, stranger, GOOD, PRICE)
    refused("no-evidence", judge, dispute(identity="AGE-SECRET-KEY-1"), GOOD, PRICE)
    elsewhere = replace(dispute(), kind=Kind.TECHNICAL)
    refused("no-evidence", judge, elsewhere, GOOD, PRICE)


def test_a_dispute_is_signed_by_the_officers_organisation():
    value = dispute().sign(KEY)
    assert read_dispute(value, public_bytes(KEY)) == dispute()
    refused("bad-signature", read_dispute, value, public_bytes(signer("organisation/agent")))


def test_a_dispute_brings_exactly_one_piece_of_evidence():
    both = replace(dispute(), identity=IDENTITY).sign(KEY)
    neither = replace(dispute(), file_key=None).sign(KEY)
    for value in (both, neither, {**dispute().sign(KEY), "more": 1}):
        refused("malformed", read_dispute, value, public_bytes(KEY))
