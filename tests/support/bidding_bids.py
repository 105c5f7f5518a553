"""Bids as a bidder's own program makes them, and as somebody makes them who cheats.

made = make_bid(manifest, wallet, uscc, organisation_key, price=1_000)
made.act, made.ciphertexts
copied_from(mine, his, Kind.TECHNICAL)       an envelope of somebody else in one's own bid
ill_dealt(made, Kind.PRICE, {5})             shares that decide who must come
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import age
from market.protocol.acts import Act, sign_act
from market.protocol.binding import Binding, Kind, bind_json, commitment, share_text
from market.protocol.encoding import Json, JsonObject
from market.protocol.envelopes import Envelope, Sealed, SealedShare, seal_envelope
from market.protocol.identity import Identity
from market.protocol.manifest import Manifest
from market.protocol.offers import Fact, facts_root, offer_json, salted_facts
from market.protocol.payload import Document, pack, payload_hash
from tests.support.bidding_bank import Wallet

PDF = b"%PDF-1.7 of a bid"


@dataclass(frozen=True)
class MadeBid:
    """A signed act with its ciphertexts and everything only its bidder knows."""

    act: Act
    wallet: Wallet
    ciphertexts: dict[Kind, bytes]
    facts: dict[Kind, tuple[Fact, ...]]
    hashes: dict[Kind, bytes]

    def resigned(self, **changes) -> "MadeBid":
        """The act with other members, signed again by its bid key."""
        return replace(self, act=resigned(self.act, self.wallet.key, **changes))

    def with_envelope(self, envelope: Envelope, ciphertext: bytes | None = None) -> "MadeBid":
        """The bid with another envelope of the same kind."""
        kept = tuple(envelope if e.kind is envelope.kind else e for e in self.act.envelopes)
        ciphertexts = dict(self.ciphertexts)
        if ciphertext is not None:
            ciphertexts[envelope.kind] = ciphertext
        return replace(self.resigned(envelopes=kept), ciphertexts=ciphertexts)

    def next(self, **changes) -> "MadeBid":
        """The same bid as the act after this one."""
        return self.resigned(seq=self.act.seq + 1, previous=self.act.hash, **changes)

    def withdrawal(self, **changes) -> Act:
        """The act that takes this one back."""
        members = {
            "kind": "withdrawal",
            "seq": self.act.seq + 1,
            "previous": self.act.hash,
            "envelopes": (),
        }
        return resigned(self.act, self.wallet.key, **(members | changes))


def resigned(act: Act, key: Ed25519PrivateKey, **changes) -> Act:
    """An act with other members, signed anew."""
    return sign_act(replace(act, raw=b"", **changes), key)


def seal(
    binding: Binding,
    manifest: Manifest,
    main: JsonObject,
    documents: tuple[Document, ...] = (),
    *,
    bind: Binding | None = None,
) -> tuple[Sealed, bytes]:
    """One envelope and its ciphertext; `bind` is the header inside where a cheat differs."""
    payload = pack(binding.kind, bind_json(bind or binding), main, documents)
    seats, kept = [seat.recipients for seat in manifest.seats], bytearray()
    sealed = seal_envelope(binding, seats, manifest.k, payload, kept.extend)
    return sealed, bytes(kept)


def price_facts(price: int) -> dict[str, Json]:
    """What the opening form asks."""
    return {
        "price": price,
        "price-capitals": "人民币若干元整",
        "delivery": 30,
        "validity": 90,
        "currency": "CNY",
    }


def make_bid(
    manifest: Manifest,
    wallet: Wallet,
    uscc: str,
    organisation: Ed25519PrivateKey,
    *,
    price: int = 300_000_000,
    amendment: int = 0,
    inv: bytes | None = None,
    facts: dict[str, Json] | None = None,
    promised: dict[Kind, bytes] | None = None,
) -> MadeBid:
    """A whole bid; `inv`, `facts` and `promised` are for those who do not tell the truth."""

    def header(kind: Kind) -> Binding:
        return Binding(manifest.tender, manifest.hash, amendment, kind, wallet.bid_pub)

    said = {
        Kind.TECHNICAL: salted_facts({"method": "彩色多普勒", "period-days": 30}),
        Kind.PRICE: salted_facts(price_facts(price) if facts is None else facts),
    }
    sealed, ciphertexts, hashes = {}, {}, {}
    for kind, values in said.items():
        papers = (Document("pdf", len(PDF), [PDF]),) if kind is Kind.TECHNICAL else ()
        done, ciphertexts[kind] = seal(header(kind), manifest, offer_json(values), papers)
        sealed[kind] = done.envelope
        hashes[kind] = payload_hash(facts_root(values), done.payload_digest)
    promises = hashes | (promised or {})
    named = Identity(
        uscc,
        (),
        manifest.tender,
        manifest.hash,
        amendment,
        wallet.bid_pub,
        tuple((kind, promises[kind]) for kind in (Kind.TECHNICAL, Kind.PRICE)),
        wallet.inv if inv is None else inv,
    ).sign(organisation)
    done, ciphertexts[Kind.IDENTITY] = seal(header(Kind.IDENTITY), manifest, named)
    sealed[Kind.IDENTITY] = done.envelope
    envelopes = tuple(sealed[kind] for kind in manifest.kinds)
    act = submission(manifest, wallet, amendment, envelopes)
    return MadeBid(act, wallet, ciphertexts, said, hashes)


def submission(
    manifest: Manifest, wallet: Wallet, amendment: int, envelopes: tuple[Envelope, ...]
) -> Act:
    """The first act of a bid key, signed."""
    act = Act(
        "submission",
        manifest.tender,
        manifest.hash,
        amendment,
        0,
        None,
        envelopes,
        wallet.token,
        wallet.bid_pub,
    )
    return sign_act(act, wallet.key)


def copied_from(mine: MadeBid, his: MadeBid, *kinds: Kind) -> MadeBid:
    """My bid with his sealed envelopes of these kinds in the place of mine."""
    for kind in kinds:
        mine = mine.with_envelope(his.act.envelope(kind), his.ciphertexts[kind])
    return mine


def dealt_anew(envelope: Envelope, binding: Binding, shares: dict[int, bytes]) -> Envelope:
    """The envelope with other shares for some officers, committed to as if they were right."""
    kept: list[SealedShare] = []
    for i, held in enumerate(envelope.shares, start=1):
        if i not in shares:
            kept.append(held)
            continue
        text = share_text(binding, i, shares[i])
        kept.append(SealedShare(held.recipient, age.write(held.recipient, text), commitment(text)))
    return replace(envelope, shares=tuple(kept))


def ill_dealt(made: MadeBid, kind: Kind, numbers: Collection[int]) -> MadeBid:
    """The bid with garbage for these officers, which its commitments call right."""
    bad = {i: bytes(74) + bytes([i]) for i in numbers}
    return made.with_envelope(dealt_anew(made.act.envelope(kind), made.act.binding(kind), bad))
