"""The people of the protocol's tests and vectors: organisations, officers, keys, one sealed bid.

Everything is made from labels by SHA-256, so each run makes the same bytes and another language
can make them too: `secret("x")` is SHA-256 of "yg-test/x".
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from market.protocol import age, blind, signing
from market.protocol.acts import Act, sign_act
from market.protocol.binding import Binding, Kind, bind_json
from market.protocol.bondkeys import BID, REFUND, BondKey, KeyRing
from market.protocol.encoding import JsonObject, unb64u
from market.protocol.envelopes import Sealed, seal_envelope
from market.protocol.identity import Identity
from market.protocol.manifest import Manifest, usual_rounds
from market.protocol.offers import Fact, facts_root, offer_json, salted_facts
from market.protocol.officers import (
    Organisation,
    OrganisationKey,
    SealingKey,
    Seat,
    officer_key,
    prove_officer,
)
from market.protocol.payload import Document, pack, payload_hash
from market.protocol.tokens import Token, make_token, prepare
from tests.support.protocol_keys import ADMISSION_KEY, BID_KEY, REFUND_KEY

TENDER = "ZC-2026-000123"
EPOCH = "2026Q4"
BOND = 5_000_000  # 50,000 yuan in fen
DEADLINE = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
OFFICES = (
    ("owner", "九州市水务局", "9144030071526726XG"),
    ("agent", "公正招标代理有限公司", "91330100799655058B"),
    ("supervisor", "九州市财政局", "91110000802100433B"),
    ("notary", "九州市公证处", "914403001922038216"),
    ("witness", "清源公益见证中心", "91110108551385082Q"),
)
BIDDER = "91350100M000100Y43"


class Tape:
    """Chance that can be replayed: SHA-256 of label and counter, block after block."""

    def __init__(self, label: str) -> None:
        self._label = label
        self.drawn = b""
        self._held = b""
        self._count = 0

    def __call__(self, count: int) -> bytes:
        """The next `count` bytes."""
        while len(self._held) < count:
            block = f"yg-tape/{self._label}/{self._count}".encode()
            self._held += hashlib.sha256(block).digest()
            self._count += 1
        taken, self._held = self._held[:count], self._held[count:]
        self.drawn += taken
        return taken


def recorded(raw: bytes):
    """Chance that gives exactly these bytes and then no more."""
    held = bytearray(raw)

    def chance(count: int) -> bytes:
        assert len(held) >= count, "the tape is at its end"
        taken = bytes(held[:count])
        del held[:count]
        return taken

    return chance


def secret(label: str) -> bytes:
    """32 bytes of a label."""
    return hashlib.sha256(f"yg-test/{label}".encode()).digest()


def signer(label: str):
    """The Ed25519 key of a label."""
    return signing.load_private(secret(label))


def officer_identity(label: str) -> str:
    """The age identity of an officer."""
    return age.new_identity(lambda _: secret(f"officer/{label}"))[0]


def organisation_keys() -> dict[str, OrganisationKey]:
    """The registered signing keys by name."""
    made = {}
    for role, _, uscc in OFFICES:
        public = signing.public_bytes(signer(f"organisation/{role}"))
        made[signing.key_id(public)] = OrganisationKey(uscc, public)
    return made


def organisation_key_id(role: str) -> str:
    """The name of an organisation's signing key."""
    return signing.key_id(signing.public_bytes(signer(f"organisation/{role}")))


def sealing_key(role: str, organisation: Organisation, label: str, *, stand_in=False) -> SealingKey:
    """A sealing key with its organisation's proof."""
    bare = SealingKey(
        age.recipient_of(officer_identity(label)), secret(f"person/{label}"), "client", b""
    )
    statement = officer_key(TENDER, role, organisation, bare, stand_in=stand_in)
    proved = prove_officer(statement, signer(f"organisation/{role}"))
    return replace(bare, proof=unb64u(str(proved["signature"])))


def seat(role: str, name: str, uscc: str, *, stand_in: bool = False) -> Seat:
    """One proved seat."""
    organisation = Organisation(name, uscc)
    other = sealing_key(role, organisation, f"{role}/2", stand_in=True) if stand_in else None
    return Seat(
        role, organisation, organisation_key_id(role), sealing_key(role, organisation, role), other
    )


@cache
def manifest() -> Manifest:
    """Five officers, three of whom open; the supervisor has a stand-in."""
    seats = tuple(
        seat(role, name, uscc, stand_in=role == "supervisor") for role, name, uscc in OFFICES
    )
    return Manifest(TENDER, 3, seats, usual_rounds(), BOND, secret("covers"), secret("script"))


def seats_of(held: Manifest) -> list[tuple[str, ...]]:
    """The recipients of each officer."""
    return [item.recipients for item in held.seats]


@cache
def bond_key(purpose: str = BID, denomination: int = BOND) -> BondKey:
    """One of the three published keys."""
    private = {(BID, BOND): BID_KEY, (REFUND, BOND): REFUND_KEY, (BID, 0): ADMISSION_KEY}
    return BondKey(denomination, EPOCH, purpose, private[purpose, denomination].public)


@cache
def keys() -> KeyRing:
    """The published keys."""
    return KeyRing([bond_key(), bond_key(REFUND), bond_key(BID, 0)])


@dataclass(frozen=True)
class Wallet:
    """What a bidder keeps of one token."""

    token: Token
    blinding: blind.Blinding
    answer: bytes


@cache
def wallet(label: str, purpose: str = BID, denomination: int = BOND) -> Wallet:
    """A token for the bid key of a label, bought honestly."""
    key, tape = bond_key(purpose, denomination), Tape(f"wallet/{label}/{purpose}")
    prepared = prepare(bid_pub(label), purpose, tape)
    blinding = blind.blind(key.key, prepared, tape)
    private = {(BID, BOND): BID_KEY, (REFUND, BOND): REFUND_KEY, (BID, 0): ADMISSION_KEY}
    answer = blind.sign_blinded(private[purpose, denomination], blinding.blinded)
    return Wallet(make_token(key, prepared, answer, blinding.inv), blinding, answer)


def bid_pub(label: str) -> bytes:
    """The public bid key of a label."""
    return signing.public_bytes(signer(f"bid/{label}"))


@dataclass(frozen=True)
class Bid:
    """A sealed and signed bid with everything that only its bidder knows."""

    act: Act
    ciphertexts: dict[Kind, bytes]
    facts: dict[Kind, tuple[Fact, ...]]
    sealed: dict[Kind, Sealed]
    identity: JsonObject

    def payload_hash(self, kind: Kind) -> bytes:
        """The hash that stands for a payload."""
        return payload_hash(facts_root(self.facts[kind]), self.sealed[kind].payload_digest)


def binding(label: str, kind: Kind, held: Manifest | None = None) -> Binding:
    """The header of one envelope of a bid."""
    held = held or manifest()
    return Binding(held.tender, held.hash, 0, kind, bid_pub(label))


@cache
def bid(label: str) -> Bid:
    """A whole honest bid of the bidder with this label."""
    tape, held, ciphertexts, sealed = Tape(f"bid/{label}"), manifest(), {}, {}
    facts = {
        Kind.TECHNICAL: salted_facts({"method": "深基坑支护", "period-days": 90}, tape),
        Kind.PRICE: salted_facts({"currency": "CNY", "price": 123_456_700}, tape),
    }
    for kind in (Kind.TECHNICAL, Kind.PRICE):
        documents = [Document("pdf", 5, [b"%PDF-"])] if kind is Kind.TECHNICAL else []
        payload = pack(
            kind,
            bind_json(binding(label, kind), tape),
            offer_json(facts[kind]),
            documents,
            tape,
        )
        sealed[kind] = _sealed(label, kind, payload, tape, ciphertexts)
    identity = _identity(label, facts, sealed)
    payload = pack(
        Kind.IDENTITY, bind_json(binding(label, Kind.IDENTITY), tape), identity, (), tape
    )
    sealed[Kind.IDENTITY] = _sealed(label, Kind.IDENTITY, payload, tape, ciphertexts)
    facts[Kind.IDENTITY] = ()
    envelopes = tuple(sealed[kind].envelope for kind in held.kinds)
    act = Act(
        "submission", TENDER, held.hash, 0, 0, None, envelopes, wallet(label).token, bid_pub(label)
    )
    return Bid(sign_act(act, signer(f"bid/{label}")), ciphertexts, facts, sealed, identity)


def withdrawal(label: str) -> Act:
    """The bid of a label taken back."""
    last = bid(label).act
    act = replace(last, kind="withdrawal", seq=1, previous=last.hash, envelopes=(), raw=b"")
    return sign_act(act, signer(f"bid/{label}"))


def resigned(act: Act, label: str, **changes) -> Act:
    """The act with other members, signed again by its bidder."""
    return sign_act(replace(act, raw=b"", **changes), signer(f"bid/{label}"))


def _sealed(label, kind, payload, tape, ciphertexts) -> Sealed:
    kept = bytearray()
    done = seal_envelope(
        binding(label, kind), seats_of(manifest()), manifest().k, payload, kept.extend, tape
    )
    ciphertexts[kind] = bytes(kept)
    return done


def _identity(label, facts, sealed) -> JsonObject:
    hashes = tuple(
        (kind, payload_hash(facts_root(facts[kind]), sealed[kind].payload_digest))
        for kind in (Kind.TECHNICAL, Kind.PRICE)
    )
    said = Identity(
        BIDDER,
        (),
        TENDER,
        manifest().hash,
        0,
        bid_pub(label),
        hashes,
        wallet(label).blinding.inv,
    )
    return said.sign(signer("organisation/bidder"))
