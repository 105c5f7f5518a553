"""Makes `tests/vectors/protocol.json`: one vector for each structure and function of sealing.

    python -m tests.support.make_protocol_vectors

A case is `{name, given, chance, gives}`: what goes in, the random bytes drawn (in the documented
order), what must come out. All bytes are base64url; a structure stands as its JSON. Written so
that another language can replay every case; keys are tests' own and protect nothing.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from market.protocol import age, blind, blindkeys, sharing, signing
from market.protocol.answers import ANSWER_LENGTH, REDEMPTION_LENGTH, write_answer
from market.protocol.binding import Kind, bind_json, commitment, share_text
from market.protocol.bondkeys import BID, REFUND, windows
from market.protocol.encoding import (
    Json,
    JsonObject,
    b64u,
    canonical,
    digest,
    parse,
    stamp,
    structure,
)
from market.protocol.envelopes import commitments, seal_envelope
from market.protocol.manifest import rehearsal_hash
from market.protocol.offers import facts_root, offer_json, prove_fact, salted_facts
from market.protocol.payload import Document, pack, padded_length
from market.protocol.paymentcode import payment_code
from market.protocol.tokens import (
    blinded_hash,
    linked_deposit,
    make_token,
    nullifier,
    prepare,
    token_message,
)
from tests.support import protocol_cast as cast
from tests.support.protocol_acts import act_cases
from tests.support.protocol_keys import BID_KEY

TARGET = Path(__file__).parents[1] / "vectors" / "protocol.json"


def case(name: str, given: JsonObject, gives: JsonObject, tape: cast.Tape | None = None) -> Json:
    """One vector."""
    made: JsonObject = {"name": name, "given": given, "gives": gives}
    if tape is not None:
        made["chance"] = b64u(tape.drawn)
    return made


def encoding_cases() -> Iterator[Json]:
    """Canonical JSON, what is refused, moments."""
    value: JsonObject = {"z": [1, -1, 2**53 - 1], "a": 'é€😀\n"\\/', "": None, "B": {"x": True}}
    yield case("canonical", {"value": value}, {"jcs": b64u(canonical(value))})
    for raw in (
        b'{"a":1.0}',
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":"\\u0061"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\u0000"}',
        '{"a":"e\u0301"}'.encode(),
        b"[]",
    ):
        yield case("parse", {"raw": b64u(raw)}, {"refused": "malformed"})
    yield case(
        "stamp",
        {"unix_microseconds": 1_795_971_600_000_007},
        {"text": "2026-11-29T17:00:00.000007Z"},
    )
    yield case("digest", {"raw": b64u(b"abc")}, {"digest": b64u(digest(b"abc"))})


def signing_cases() -> Iterator[Json]:
    """A signed structure with the bytes that the signature covers."""
    key, value = cast.signer("vector"), structure("permit", epoch=cast.EPOCH)
    public = signing.public_bytes(key)
    yield case(
        "signed",
        {"secret": b64u(cast.secret("vector")), "structure": value},
        {
            "public": b64u(public),
            "key_id": signing.key_id(public),
            "message": b64u(signing.message(value)),
            "signed": signing.signed(value, key),
        },
    )


def age_cases() -> Iterator[Json]:
    """Files with fixed file key, ephemeral secret and nonce."""
    tape = cast.Tape("age identity")
    identity, recipient = age.new_identity(tape)
    yield case("new_identity", {}, {"identity": identity, "recipient": recipient}, tape)
    for text in (b"", b"price", bytes(75)):
        tape = cast.Tape("age file")
        file = age.write(recipient, text, tape)
        given: JsonObject = {"recipient": recipient, "plaintext": b64u(text)}
        yield case("age.write", given, {"file": b64u(file)}, tape)
    for length in (65_535, 65_536, 65_537, 131_072):
        tape = cast.Tape("age zeros")
        file = age.write(recipient, bytes(length), tape)
        gives: JsonObject = {"length": len(file), "sha256": b64u(digest(file))}
        yield case("age.write zeros", {"recipient": recipient, "zeros": length}, gives, tape)
    tape = cast.Tape("age passphrase")
    file = age.write_passphrase("0123-4567-89ab-cdef-ghjk", b"text", work=10, chance=tape)
    given = {"passphrase": "0123-4567-89ab-cdef-ghjk", "work": 10, "plaintext": b64u(b"text")}
    yield case("age.write_passphrase", given, {"file": b64u(file)}, tape)


def sharing_cases() -> Iterator[Json]:
    """Shares with fixed coefficients."""
    secret = age.new_identity(cast.Tape("shared"))[0]
    for k, n in ((3, 5), (2, 3)):
        tape = cast.Tape(f"sharing {k} of {n}")
        shares = sharing.split(secret.encode(), k, n, tape)
        given: JsonObject = {"secret": secret, "k": k, "n": n}
        yield case("split", given, {"shares": [b64u(share) for share in shares]}, tape)


def blind_cases() -> Iterator[Json]:
    """The chain from a bid key to a token, and back to its deposit."""
    tape, key, public = cast.Tape("blind"), cast.bond_key(), cast.bid_pub("a")
    prepared = prepare(public, BID, tape)
    blinding = blind.blind(key.key, prepared, tape)
    answer = blind.sign_blinded(BID_KEY, blinding.blinded)
    token = make_token(key, prepared, answer, blinding.inv)
    given: JsonObject = {
        "bid_pub": b64u(public),
        "bond_key": key.to_json(),
        "private_key_pkcs8": b64u(blindkeys.write_private(BID_KEY)),
    }
    gives: JsonObject = {
        "message": b64u(token_message(public)),
        "prepared": b64u(prepared),
        "blinded": b64u(blinding.blinded),
        "inv": b64u(blinding.inv),
        "blind_signature": b64u(answer),
        "token": token.to_json(),
        "key_id": b64u(key.id),
        "nullifier": b64u(nullifier(key.id, prepared)),
        "h_blinded": b64u(blinded_hash(blinding.blinded)),
        "payment_code": payment_code(blinded_hash(blinding.blinded)),
        "linked_deposit": b64u(linked_deposit(token, blinding.inv, cast.keys())),
    }
    yield case("token", given, gives, tape)
    yield case(
        "refund message",
        {"bid_pub": b64u(public)},
        {"message": b64u(token_message(public, REFUND))},
    )
    for purpose in (BID, REFUND):
        times: JsonObject = {k: stamp(at) for k, at in asdict(windows(cast.EPOCH, purpose)).items()}
        yield case("windows", {"epoch": cast.EPOCH, "purpose": purpose}, times)


def payload_cases() -> Iterator[Json]:
    """Size classes, a payload with documents, its facts."""
    for kind, body in (
        (Kind.IDENTITY, 0),
        (Kind.PRICE, 0),
        (Kind.PRICE, 65_493),
        (Kind.PRICE, 300_000_000),
    ):
        given: JsonObject = {"kind": kind.value, "body": body}
        yield case("padded_length", given, {"length": padded_length(kind, body)})
    tape, binding = cast.Tape("payload"), cast.binding("a", Kind.TECHNICAL)
    facts = salted_facts({"method": "深基坑支护", "period-days": 90}, tape)
    bind, offer = bind_json(binding, tape), offer_json(facts)
    documents = [Document("pdf", 5, [b"%PDF-"]), Document("txt", 0, [])]
    raw = b"".join(pack(Kind.TECHNICAL, bind, offer, documents, tape))
    yield case(
        "payload",
        {
            "tender": cast.TENDER,
            "manifest_hash": b64u(binding.manifest_hash),
            "amendment": 0,
            "kind": "technical",
            "bid_pub": b64u(binding.bid_pub),
            "facts": {"method": "深基坑支护", "period-days": 90},
            "documents": [
                {"extension": "pdf", "bytes": b64u(b"%PDF-")},
                {"extension": "txt", "bytes": ""},
            ],
        },
        {
            "bind": bind,
            "offer": offer,
            "length": len(raw),
            "beginning": b64u(raw.rstrip(b"\0")),
            "sha256": b64u(digest(raw)),
            "facts_root": b64u(facts_root(facts)),
            "fact_proof": prove_fact(facts, "period-days", digest(raw)).to_json(),
        },
        tape,
    )


def envelope_cases() -> Iterator[Json]:
    """A share's plaintext, and a whole sealed identity envelope."""
    binding, held = cast.binding("a", Kind.IDENTITY), cast.manifest()
    share = bytes(range(74)) + b"\x02"
    text = share_text(binding, 2, share)
    place: JsonObject = {
        "tender": cast.TENDER,
        "manifest_hash": b64u(held.hash),
        "bid_pub": b64u(binding.bid_pub),
        "kind": "identity",
    }
    gives: JsonObject = {"text": b64u(text), "commitment": b64u(commitment(text))}
    yield case("share_text", {**place, "i": 2, "share": b64u(share)}, gives)
    packed = cast.Tape("identity payload")
    raw = b"".join(
        pack(Kind.IDENTITY, bind_json(binding, packed), cast.bid("a").identity, (), packed)
    )
    tape, kept = cast.Tape("envelope"), bytearray()
    seats = cast.seats_of(held)
    sealed = seal_envelope(binding, seats, held.k, [raw], kept.extend, tape)
    given: JsonObject = {
        **place,
        "seats": [[*one] for one in seats],
        "k": held.k,
        "payload": b64u(raw),
    }
    gives = {
        "envelope": sealed.envelope.to_json(),
        "ciphertext": b64u(bytes(kept)),
        "payload_digest": b64u(sealed.payload_digest),
        "commitments": [b64u(one) for one in commitments(sealed.envelope, seats)],
        "identity": age.new_identity(cast.Tape("envelope"))[0],
        "officers": [cast.officer_identity(role) for role, _, _ in cast.OFFICES],
    }
    yield case("seal_envelope", given, gives, tape)


def manifest_cases() -> Iterator[Json]:
    """A manifest with its officers' proofs, and a rehearsal's hash."""
    held = cast.manifest()
    registered: JsonObject = {
        name: {"uscc": key.uscc, "public": b64u(key.public)}
        for name, key in cast.organisation_keys().items()
    }
    given: JsonObject = {"manifest": held.to_json(), "organisation_keys": registered}
    yield case("manifest", given, {"hash": b64u(held.hash)})
    nonce = cast.secret("rehearsal")
    given = {"tender": cast.TENDER, "recipients": [*held.recipients], "nonce": b64u(nonce)}
    gives: JsonObject = {"hash": b64u(rehearsal_hash(cast.TENDER, held.recipients, nonce))}
    yield case("rehearsal_hash", given, gives)
    for length in (ANSWER_LENGTH, REDEMPTION_LENGTH):
        said: JsonObject = {"code": "late"}
        raw = write_answer(said, length)
        yield case("answer", {"answer": said, "length": length}, {"raw": b64u(raw)})


SECTIONS: dict[str, Callable[[], Iterator[Json]]] = {
    "encoding": encoding_cases,
    "signing": signing_cases,
    "age": age_cases,
    "sharing": sharing_cases,
    "blind": blind_cases,
    "payload": payload_cases,
    "envelope": envelope_cases,
    "manifest": manifest_cases,
    "acts": act_cases,
}


def vectors() -> JsonObject:
    """The whole file."""
    made: JsonObject = {name: [*cases()] for name, cases in SECTIONS.items()}
    return {"note": "Test keys only. Bytes are base64url; see docs/protocol.md.", **made}


def text() -> str:
    """The file's text."""
    return json.dumps(parse(canonical(vectors())), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
