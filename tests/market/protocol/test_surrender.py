from dataclasses import replace

import pytest

from market.kernel.errors import MarketError
from market.protocol import blind
from market.protocol.bondkeys import BID, REFUND
from market.protocol.encoding import canonical, parse
from market.protocol.signing import public_bytes
from market.protocol.surrender import (
    Permit,
    RefundClaim,
    Surrender,
    check_refundable,
    permit_for,
    read_permit,
    read_refund_claim,
    read_refund_request,
    read_surrender,
    refund_request,
)
from market.protocol.tokens import blinded_hash, check_token, make_token, prepare
from tests.support.protocol_cast import (
    BOND,
    EPOCH,
    Tape,
    bid_pub,
    bond_key,
    keys,
    secret,
    signer,
    wallet,
)
from tests.support.protocol_keys import REFUND_KEY

PLATFORM = signer("permit")
PREPARED = prepare(bid_pub("refund"), REFUND, Tape("refund"))
FRESH = blind.blind(bond_key(REFUND).key, PREPARED, Tape("fresh"))
SURRENDER = Surrender(wallet("a").token, bid_pub("a"), blinded_hash(FRESH.blinded))
VALUE = SURRENDER.sign(signer("bid/a"))
PERMIT = permit_for(SURRENDER).sign(PLATFORM)


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def test_h3_a_token_is_given_up_and_its_money_claimed_without_inv():
    surrender = read_surrender(parse(canonical(VALUE)))
    assert surrender == SURRENDER
    check_token(surrender.token, surrender.bid_pub, keys())
    request = refund_request(PERMIT, FRESH.blinded)
    permit, blinded = read_refund_request(request, public_bytes(PLATFORM))
    assert (permit.denomination, permit.epoch) == (BOND, EPOCH)
    answer = blind.sign_blinded(REFUND_KEY, blinded)
    token = make_token(bond_key(REFUND), PREPARED, answer, FRESH.inv)
    claim = RefundClaim(token, bid_pub("refund"), secret("deposit"), "6217000012345678")
    read = read_refund_claim(claim.sign(signer("bid/refund")))
    assert read == claim
    check_token(read.token, read.bid_pub, keys())


def test_h3_nothing_of_the_bid_stands_in_permit_or_claim():
    """Positive control: the surrender itself holds token and bid key."""
    token = wallet("a").token
    marks = [token.prepared, token.sigma, bid_pub("a"), wallet("a").blinding.inv]
    texts = [parse(canonical({"x": held.hex()}))["x"] for held in marks]
    assert texts
    surrender = canonical(VALUE).decode()
    permit = canonical(PERMIT).decode()
    from_json = token.to_json()
    assert str(from_json["prepared"]) in surrender
    for value in (from_json["prepared"], from_json["sigma"]):
        assert str(value) not in permit
    assert set(PERMIT) == {
        "type", "suite", "denomination", "epoch", "new_blinded_hash", "signature",
    }  # fmt: skip


def test_the_same_surrender_earns_the_same_permit():
    assert permit_for(SURRENDER).sign(PLATFORM) == PERMIT


def test_h3_only_the_holder_of_the_bid_key_surrenders():
    stolen = replace(SURRENDER, new_blinded_hash=secret("thief")).sign(signer("thief"))
    refused("bad-signature", read_surrender, stolen)
    own = replace(SURRENDER, bid_pub=bid_pub("thief")).sign(signer("bid/thief"))
    read = read_surrender(own)
    refused("foreign-token", check_token, read.token, read.bid_pub, keys())


def test_h3_a_permit_serves_for_its_one_blinded_value():
    other = blind.blind(bond_key(REFUND).key, PREPARED, Tape("other"))
    request = refund_request(PERMIT, other.blinded)
    refused("permit-differs", read_refund_request, request, public_bytes(PLATFORM))
    refused("bad-signature", read_permit, PERMIT, public_bytes(signer("other")))
    more = {**PERMIT, "denomination": 80_000_000}
    refused("bad-signature", read_permit, more, public_bytes(PLATFORM))
    assert read_permit(PERMIT, public_bytes(PLATFORM)) == Permit(
        BOND, EPOCH, SURRENDER.new_blinded_hash
    )


def test_h17_an_admission_token_has_no_money_to_give_back():
    check_refundable(SURRENDER)
    free = replace(SURRENDER, token=wallet("a", BID, 0).token)
    refused("nothing-to-refund", check_refundable, free)


@pytest.mark.parametrize(
    "change", [{"deposit": "x"}, {"account": ""}, {"account": "1" * 65}, {"inv": "x"}]
)
def test_h3_a_claim_of_another_form_is_refused(change):
    token = wallet("refund", REFUND).token
    claim = RefundClaim(token, bid_pub("refund"), secret("deposit"), "1").sign(signer("bid/refund"))
    refused("malformed", read_refund_claim, {**claim, **change})


def test_h3_a_bid_token_is_no_refund_token():
    claim = RefundClaim(wallet("a").token, bid_pub("a"), secret("deposit"), "1")
    refused("wrong-type", read_refund_claim, claim.sign(signer("bid/a")))


@pytest.mark.parametrize("change", [{"token": {}}, {"more": 1}, {"new_blinded_hash": None}])
def test_a_surrender_of_another_form_is_refused(change):
    with pytest.raises(MarketError):
        read_surrender({**VALUE, **change})


def test_a_request_of_another_form_is_refused():
    for bent in ({"permit": 1}, {"blinded": "x"}, {"more": 1}):
        request = {**refund_request(PERMIT, FRESH.blinded), **bent}
        refused("malformed", read_refund_request, request, public_bytes(PLATFORM))
