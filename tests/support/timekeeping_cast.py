"""Timekeepers and sealed quotes for tests and vectors; everything follows from labels."""

from datetime import UTC, datetime
from functools import cache

from market.protocol import age, signing
from market.protocol.encoding import JsonObject
from market.protocol.enrolments import Enrolment, quote_binding, seal_quote, sign_enrolment
from market.protocol.offers import salted_facts
from market.protocol.officers import Organisation
from market.protocol.timekeeping import (
    Occasion,
    TimeManifest,
    make_recipient,
    make_release,
    make_time_manifest,
)
from tests.support.protocol_cast import Tape, secret, signer

OPENS_AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
OCCASION = Occasion("FW-2026-000123", 1, OPENS_AT)
TERMS_HASH = secret("terms")
KEEPERS = (
    ("spring", Organisation("清源公益见证中心", "91110108551385082Q")),
    ("notary", Organisation("九州市公证处", "914403001922038216")),
    ("mutual", Organisation("九州市中介行业协会", "51110000802100433B")),
)
AGENCIES = {label: f"9135010{number}M000100Y43"[:18] for number, label in enumerate("abcdefgh")}


def identity_of(keeper: str, occasion: Occasion = OCCASION) -> str:
    """The identity of a timekeeper for an occasion."""
    label = f"timekeeper/{keeper}/{occasion.round}/{occasion.opens_at.isoformat()}"
    return age.new_identity(lambda _: secret(label))[0]


def recipient_json(
    keeper: str, organisation: Organisation, occasion: Occasion = OCCASION
) -> JsonObject:
    """A timekeeper's signed recipient."""
    recipient = age.recipient_of(identity_of(keeper, occasion))
    return make_recipient(occasion, organisation, recipient, signer(f"timekeeper/{keeper}"))


@cache
def time_manifest(occasion: Occasion = OCCASION) -> TimeManifest:
    """The manifest of the three timekeepers."""
    return make_time_manifest(
        occasion, [recipient_json(name, held, occasion) for name, held in KEEPERS]
    )


def keeper_at(number: int) -> str:
    """The label of the timekeeper with this number in the manifest, from 1."""
    uscc = time_manifest().recipients[number - 1].organisation.uscc
    return next(name for name, held in KEEPERS if held.uscc == uscc)


def release_json(number: int, at: datetime = OPENS_AT) -> JsonObject:
    """The release of the timekeeper of this number."""
    held, name = time_manifest().recipients[number - 1], keeper_at(number)
    return make_release(held, identity_of(name), at, signer(f"timekeeper/{name}"))


def agency_key(label: str) -> bytes:
    """The public signing key of an agency."""
    return signing.public_bytes(signer(f"agency/{label}"))


@cache
def sealed_quote(
    label: str, price: int | str = 9_100_000, terms_hash: bytes = TERMS_HASH
) -> tuple[Enrolment, bytes]:
    """An agency's signed enrolment with its quote, and the ciphertext."""
    manifest, tape, kept = time_manifest(), Tape(f"quote/{label}/{price}"), bytearray()
    key = agency_key(label)
    binding = quote_binding(OCCASION.subject, manifest.hash, 0, key)
    facts = salted_facts({"days": 20, "price": price}, tape)
    envelope = seal_quote(binding, manifest, facts, kept.extend, (), tape)
    held = enrolled(label, envelope=envelope, manifest_hash=manifest.hash, terms_hash=terms_hash)
    return held, bytes(kept)


def enrolled(label: str, **changed: object) -> Enrolment:
    """An agency's signed enrolment; without a quote unless given one."""
    members = {
        "subject": OCCASION.subject,
        "round": 1,
        "terms_hash": TERMS_HASH,
        "manifest_hash": None,
        "amendment": 0,
        "agency": AGENCIES[label],
        "seq": 0,
        "previous": None,
        "envelope": None,
        "key": agency_key(label),
        **changed,
    }
    return sign_enrolment(Enrolment(**members), signer(f"agency/{label}"))  # type: ignore[arg-type]
