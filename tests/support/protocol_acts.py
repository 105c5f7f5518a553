"""Vectors of signed structures: acts, receipts, surrender, opening, prices, links, pools.

Each case gives the structure, the secret of its signer and the bytes of the signed result; a
reader of another language signs again and compares, or parses and verifies.
"""

from collections.abc import Iterator
from datetime import timedelta

from market.protocol import age, blind, signing
from market.protocol.amendments import Amendment, Effect
from market.protocol.batches import Listed, write_closing_list
from market.protocol.binding import Kind
from market.protocol.bondkeys import REFUND
from market.protocol.disputes import Dispute, judge
from market.protocol.encoding import Json, JsonObject, b64u, canonical, digest, parse
from market.protocol.envelopes import open_share
from market.protocol.keypool import KeyPool
from market.protocol.links import Link, Linked, link_answer, link_request
from market.protocol.officers import Organisation
from market.protocol.opening import (
    PostedShare,
    RefusedShare,
    ShareBatch,
    SharesClosed,
    batch_hash,
    make_closing,
)
from market.protocol.price_answers import PriceAnswer, PriceQuery
from market.protocol.price_confirmations import PriceConfirmation
from market.protocol.receipts import drop_receipt, receipt_for
from market.protocol.surrender import RefundClaim, Surrender, permit_for, refund_request
from market.protocol.tokens import blinded_hash, prepare
from market.protocol.uploads import write_ticket
from tests.support import protocol_cast as cast


def signed_case(name: str, value: JsonObject, signer: str) -> Json:
    """A signed structure: who signed, what, and the hash of its bytes."""
    return {
        "name": name,
        "given": {"signed": value, "public": b64u(signing.public_bytes(cast.signer(signer)))},
        "gives": {"message": b64u(signing.message(value)), "hash": b64u(digest(canonical(value)))},
    }


def act_cases() -> Iterator[Json]:
    """All of them."""
    yield from _bid_cases()
    yield from _surrender_cases()
    yield from _opening_cases()
    yield from _price_cases()
    yield from _other_cases()


def _bid_cases() -> Iterator[Json]:
    act, back = cast.bid("a").act, cast.withdrawal("a")
    yield signed_case("submission", parse(act.raw), "bid/a")
    yield signed_case("withdrawal", parse(back.raw), "bid/a")
    yield signed_case("identity", cast.bid("a").identity, "organisation/bidder")
    receipt = receipt_for(act, cast.secret("salt"), cast.DEADLINE)
    yield signed_case("receipt", receipt.sign(cast.signer("receipt")), "receipt")
    word = drop_receipt(act.raw, cast.TENDER, cast.DEADLINE, cast.signer("witness"))
    yield signed_case("drop-receipt", word, "witness")
    tape = cast.Tape("ticket")
    header = write_ticket(cast.TENDER, 65_736, cast.wallet("a").token, cast.signer("bid/a"), tape)
    yield {
        "name": "upload ticket",
        "given": {"tender": cast.TENDER, "length": 65_736, "secret": b64u(cast.secret("bid/a"))},
        "chance": b64u(tape.drawn),
        "gives": {"header": header},
    }
    openings: JsonObject = {
        kind.value: b64u(raw) for kind, raw in cast.bid("a").ciphertexts.items() if len(raw) < 9999
    }
    yield {
        "name": "open the identity of the submission",
        "given": {
            "submission_hash": b64u(act.hash),
            "officers": [cast.officer_identity(role) for role, _, _ in cast.OFFICES],
            "ciphertexts": openings,
        },
        "gives": {"identity.json": cast.bid("a").identity},
    }


def _surrender_cases() -> Iterator[Json]:
    prepared = prepare(cast.bid_pub("refund"), REFUND, cast.Tape("refund"))
    fresh = blind.blind(cast.bond_key(REFUND).key, prepared, cast.Tape("fresh"))
    surrender = Surrender(cast.wallet("a").token, cast.bid_pub("a"), blinded_hash(fresh.blinded))
    permit = permit_for(surrender).sign(cast.signer("permit"))
    yield signed_case("surrender", surrender.sign(cast.signer("bid/a")), "bid/a")
    yield signed_case("permit", permit, "permit")
    yield {
        "name": "refund-request",
        "given": {"permit": permit, "blinded": b64u(fresh.blinded)},
        "gives": {"request": refund_request(permit, fresh.blinded)},
    }
    claim = RefundClaim(
        cast.wallet("refund", REFUND).token,
        cast.bid_pub("refund"),
        cast.secret("deposit"),
        "6217000012345678",
    )
    yield signed_case("refund-claim", claim.sign(cast.signer("bid/refund")), "bid/refund")


def _opening_cases() -> Iterator[Json]:
    act, held = cast.bid("a").act, cast.manifest()
    leaf = receipt_for(act, cast.secret("salt"), cast.DEADLINE).leaf
    listed = [
        Listed(cast.DEADLINE, leaf, 7, 4095),
        Listed(cast.DEADLINE - timedelta(seconds=9), cast.secret("leaf"), 6, 0),
    ]
    closing = make_closing(cast.TENDER, held.hash, 0, cast.DEADLINE, listed)
    yield {
        "name": "closing",
        "given": {"list": write_closing_list(cast.TENDER, listed)},
        "gives": {"closing": closing.to_json(), "hash": b64u(closing.hash)},
    }
    envelope, binding = act.envelope(Kind.PRICE), act.binding(Kind.PRICE)
    sealed = envelope.shares[0]
    share = open_share(cast.officer_identity("owner"), sealed, binding, 1)
    other = RefusedShare(cast.bid_pub("b"), Kind.PRICE, "foreign-share")
    batch = ShareBatch(
        cast.TENDER,
        held.hash,
        3,
        closing.hash,
        1,
        held.seats[0].recipients[0],
        (PostedShare(act.bid_pub, Kind.PRICE, share),),
        (other,),
    )
    value = batch.sign(cast.signer("organisation/owner"))
    yield signed_case("share-batch", value, "organisation/owner")
    numbered = tuple((i, batch_hash(value)) for i in (1, 2, 4))
    closed = SharesClosed(cast.TENDER, 3, closing.hash, numbered)
    yield {"name": "shares-closed", "given": {}, "gives": {"structure": closed.to_json()}}
    key = age.file_key(cast.officer_identity("owner"), sealed.sealed)
    dispute = Dispute(cast.TENDER, held.hash, act.bid_pub, Kind.PRICE, 1, key, None)
    yield signed_case(
        "share-dispute", dispute.sign(cast.signer("organisation/owner")), "organisation/owner"
    )
    yield {
        "name": "judge",
        "given": {"sealed_share": sealed.to_json(), "file_key": b64u(key)},
        "gives": {"cause": judge(dispute, sealed, binding).value},
    }


def _price_cases() -> Iterator[Json]:
    public, key = cast.bid_pub("a"), cast.signer("bid/a")
    yield signed_case("price-query", PriceQuery(cast.TENDER, public).sign(key), "bid/a")
    answer = PriceAnswer(cast.TENDER, public, 3, "材料 40 万元，人工 20 万元；合同见附件\n二")
    yield signed_case("price-answer", answer.sign(key), "bid/a")
    word = PriceConfirmation(cast.TENDER, public, 180_000_001, confirmed=True)
    yield signed_case("price-confirmation", word.sign(key), "bid/a")


def _other_cases() -> Iterator[Json]:
    held = cast.wallet("a")
    link = Link(cast.bid_pub("a"), held.token, cast.BIDDER, held.blinding.inv)
    request = link_request(cast.TENDER, cast.secret("closing"), [link], cast.signer("platform"))
    yield signed_case("link-request", request, "platform")
    linked = Linked(cast.bid_pub("a"), None, cast.secret("deposit"), cast.secret("account"), "cash")
    answer = link_answer(cast.TENDER, cast.secret("closing"), [linked], cast.signer("custodian"))
    yield signed_case("link-answer", answer, "custodian")
    role, name, uscc = cast.OFFICES[3]
    recipients = (age.recipient_of(cast.officer_identity("notary")),)
    pool = KeyPool(role, Organisation(name, uscc), cast.secret("person"), recipients)
    yield signed_case(
        "key-pool", pool.sign(cast.signer("organisation/notary")), "organisation/notary"
    )
    amendment = Amendment(
        cast.TENDER,
        1,
        Effect.EXPLAINS,
        cast.secret("text"),
        cast.manifest().hash,
        cast.DEADLINE,
    )
    yield {"name": "amendment", "given": {}, "gives": {"structure": amendment.to_json()}}
