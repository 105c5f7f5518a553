from dataclasses import replace

import pytest

from market.kernel.errors import MarketError
from market.protocol.binding import Kind, bind_json
from market.protocol.encoding import b64u
from market.protocol.identity import (
    check_identity,
    check_identity_signature,
    check_payload,
    read_identity,
)
from market.protocol.payload import pack
from market.protocol.signing import key_id, public_bytes, signed
from tests.support.protocol_cast import (
    BIDDER,
    OFFICES,
    Tape,
    bid,
    binding,
    manifest,
    secret,
    signer,
    wallet,
)

VALUE = bid("a").identity
READ, KEY_NAME = read_identity(VALUE)
BOUND = binding("a", Kind.IDENTITY)
KINDS = manifest().kinds
PUBLIC = public_bytes(signer("organisation/bidder"))


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def again(**members):
    """The identity with other members, signed again by the bidder."""
    rest = {name: held for name, held in VALUE.items() if name != "signature"}
    return signed({**rest, **members}, signer("organisation/bidder"))


def test_the_identity_of_a_bid_names_and_signs_everything_about_it():
    check_identity_signature(VALUE, BIDDER, {KEY_NAME: PUBLIC})
    check_identity(READ, BOUND, KINDS)
    for kind in (Kind.TECHNICAL, Kind.PRICE):
        check_payload(READ, kind, bid("a").payload_hash(kind))
    assert READ.inv == wallet("a").blinding.inv
    assert key_id(PUBLIC) == KEY_NAME


def test_h1_a_bid_without_the_organisations_signature_is_refused():
    """A bare credit code and a stolen `inv` are not enough."""
    forged = again()
    forged["signature"] = signed({**forged}, signer("thief"))["signature"]
    refused("bad-signature", check_identity_signature, forged, BIDDER, {KEY_NAME: PUBLIC})
    refused("unknown-organisation-key", check_identity_signature, VALUE, BIDDER, {})
    wrong = {KEY_NAME: public_bytes(signer("thief"))}
    refused("unknown-organisation-key", check_identity_signature, VALUE, BIDDER, wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [("uscc", OFFICES[0][2]), ("amendment", 1), ("inv", b64u(b"\1" * 384)), ("consortium", [])],
)
def test_every_member_is_under_the_signature(name, value):
    changed = {**again(consortium=[OFFICES[1][2]]), name: value}
    refused("bad-signature", check_identity_signature, changed, BIDDER, {KEY_NAME: PUBLIC})


@pytest.mark.parametrize(
    "place",
    [
        {"tender": "ZC-2026-000124"},
        {"manifest_hash": secret("other")},
        {"amendment": 1},
        {"bid_pub": secret("other")},
    ],
)
def test_an_identity_for_another_bid_is_refused(place):
    refused("identity-differs", check_identity, READ, replace(BOUND, **place), KINDS)


def test_an_identity_names_every_other_envelope_in_order():
    for hashes in (READ.envelopes[:1], READ.envelopes[::-1], (READ.envelopes[0],) * 2):
        bent = replace(READ, envelopes=hashes)
        refused("identity-differs", check_identity, bent, BOUND, KINDS)


def test_c5_an_envelope_the_organisation_did_not_sign_for_is_refused():
    refused("payload-differs", check_payload, READ, Kind.PRICE, bid("b").payload_hash(Kind.PRICE))
    swapped = bid("a").payload_hash(Kind.TECHNICAL)
    refused("payload-differs", check_payload, READ, Kind.PRICE, swapped)
    refused("payload-differs", check_payload, READ, Kind.IDENTITY, swapped)


@pytest.mark.parametrize(
    "members",
    [
        {"uscc": "91350100M000100Y4"},
        {"uscc": "91350100m000100y43"},
        {"uscc": "9135010OM000100Y43"},
        {"consortium": [BIDDER]},
        {"consortium": [OFFICES[0][2], OFFICES[0][2]]},
        {"consortium": [OFFICES[0][2], OFFICES[1][2]]},
        {"inv": b64u(bytes(383))},
        {"envelopes": []},
        {"phone": "1"},
        {"org_key_id": "x"},
    ],
)
def test_an_identity_of_another_form_is_refused(members):
    refused("malformed", read_identity, {**VALUE, **members})


def test_a_consortium_of_twenty_fits_into_the_small_envelope():
    others = sorted(f"9135010{i:02d}000100Y43"[:18] for i in range(20))
    value = again(consortium=others)
    assert len(read_identity(value)[0].consortium) == 20
    raw = b"".join(pack(Kind.IDENTITY, bind_json(BOUND), value, (), Tape("x")))
    assert len(raw) == 4096
    refused("malformed", read_identity, again(consortium=[*others, "9Z"]))
