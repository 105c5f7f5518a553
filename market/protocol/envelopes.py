"""Sealing an envelope and opening it again with k officers.

The payload is an age file to a fresh identity; the text of that identity is shared among the
officers. Each share is sealed, with its header, to one officer and committed to. After any k
shares are known, all n are rebuilt and compared with all n commitments, so which officers came
never decides whether a bid opens (threat H4).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from market.kernel.errors import Refusal
from market.protocol import age, sharing
from market.protocol.binding import (
    HASH_LENGTH,
    SHARE_LENGTH,
    Binding,
    Kind,
    commitment,
    read_kind,
    read_share_text,
    share_text,
    share_text_length,
)
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import Json, JsonObject, Malformed, b64u, refuse
from market.protocol.members import Members
from market.protocol.payload import is_sealed_length

SHARE_LIMIT: Final = 2 * sharing.HOLDER_LIMIT  # each officer and a stand-in
_SEALED_LIMIT: Final = 2048  # bytes of one sealed share; its exact length follows from the act


@dataclass(frozen=True, slots=True)
class SealedShare:
    """One officer's or stand-in's share of one envelope."""

    recipient: str
    sealed: bytes
    commitment: bytes

    def to_json(self) -> JsonObject:
        """The object as it stands in an act."""
        return {
            "recipient": self.recipient,
            "sealed_share": b64u(self.sealed),
            "commitment": b64u(self.commitment),
        }


@dataclass(frozen=True, slots=True)
class Envelope:
    """One envelope of a submission: everything but the ciphertext, which is named by its hash."""

    kind: Kind
    size: int
    ciphertext_hash: bytes
    shares: tuple[SealedShare, ...]

    def to_json(self) -> JsonObject:
        """The object as it stands in an act."""
        return {
            "kind": self.kind.value,
            "size": self.size,
            "ciphertext_hash": b64u(self.ciphertext_hash),
            "shares": [share.to_json() for share in self.shares],
        }


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing gives back: the envelope, and SHA-256 of the payload inside it."""

    envelope: Envelope
    payload_digest: bytes


def read_envelope(item: Json) -> Envelope:
    """An envelope of an act.

    Refused: `malformed` (form, or a size that no payload of the kind has), `bad-key-text`,
    `sealed-header` (a share that is not an age file with exactly one X25519 stanza).
    """
    given = Members(item)
    kind, size = read_kind(given), given.whole("size")
    envelope = Envelope(
        kind,
        size,
        given.octets("ciphertext_hash", HASH_LENGTH),
        given.array("shares", _sealed_share, 2, SHARE_LIMIT),
    )
    given.end()
    if not is_sealed_length(kind, size):
        refuse("密文长度不属于约定的等级", "No payload of this kind has a ciphertext of this size")
    return envelope


def seal_envelope(
    binding: Binding,
    seats: Sequence[Sequence[str]],
    k: int,
    payload: Iterable[bytes],
    sink: Callable[[bytes], object],
    chance: Chance = fresh,
) -> Sealed:
    """Seal a payload: the ciphertext goes to `sink` piece by piece, the envelope is returned.

    `seats`: for officer 1, 2, … n the recipients of that share, officer before stand-in. Draws,
    in this order: the identity (32 bytes); file key, ephemeral secret and nonce of the
    ciphertext (16, 32, 16); the coefficients (74 * (k - 1)); then for each recipient in order
    file key, ephemeral secret and nonce (16, 32, 16).
    """
    identity, recipient = age.new_identity(chance)
    payload_hasher, cipher_hasher, size = hashlib.sha256(), hashlib.sha256(), 0
    for piece in age.write_stream(recipient, _watched(payload, payload_hasher.update), chance):
        cipher_hasher.update(piece)
        size += len(piece)
        sink(piece)
    dealt = sharing.split(identity.encode("ascii"), k, len(seats), chance)
    shares: list[SealedShare] = []
    for i, (share, recipients) in enumerate(zip(dealt, seats, strict=True), start=1):
        text = share_text(binding, i, share)
        shares.extend(
            SealedShare(to, age.write(to, text, chance), commitment(text)) for to in recipients
        )
    envelope = Envelope(binding.kind, size, cipher_hasher.digest(), tuple(shares))
    return Sealed(envelope, payload_hasher.digest())


def check_envelope(envelope: Envelope, binding: Binding, seats: Sequence[Sequence[str]]) -> None:
    """Refuse (`wrong-envelopes`) an envelope that is not made for exactly these officers.

    Recipients in order; every sealed share of the one length that its plaintext must have; a
    stand-in's commitment is its officer's; no commitment stands in two seats.
    """
    wanted = [(i, to) for i, recipients in enumerate(seats, start=1) for to in recipients]
    if [share.recipient for share in envelope.shares] != [to for _, to in wanted]:
        _wrong("开标密钥与清单不符", "names other officers than the manifest")
    numbered = [(i, share) for (i, _), share in zip(wanted, envelope.shares, strict=True)]
    for i, share in numbered:
        if len(share.sealed) != age.sealed_length(share_text_length(binding, i)):
            _wrong("份额长度不对", "holds a sealed share of another length than it must have")
    for (i, before), (j, after) in pairwise(numbered):
        if i == j and before.commitment != after.commitment:
            _wrong("替补的承诺与正式开标人不同", "deals a stand-in another share")
    if len({share.commitment for share in envelope.shares}) != len(seats):
        _wrong("份额承诺重复", "commits twice to one share")


def commitments(envelope: Envelope, seats: Sequence[Sequence[str]]) -> tuple[bytes, ...]:
    """The n commitments of an envelope that `check_envelope` has passed, officer 1 first."""
    by_recipient = {share.recipient: share.commitment for share in envelope.shares}
    return tuple(by_recipient[recipients[0]] for recipients in seats)


def open_share(identity: str, sealed: SealedShare, binding: Binding, i: int) -> bytes:
    """The officer's program: open one sealed share and give out its 75 bytes, or refuse.

    Refused, with nothing of the share posted: `sealed-…` (the file does not open),
    `malformed`, `wrong-type`, `foreign-share` (threat C1), `share-mismatch` (not what the
    bidder committed to). The codes go into the officer's batch.
    """
    text = age.read(identity, sealed.sealed)
    share = read_share_text(text, binding, i)
    check_posted(binding, i, share, sealed.commitment)
    return share


def check_posted(binding: Binding, i: int, share: bytes, committed: bytes) -> None:
    """Refuse (`share-mismatch`) a share that misses its commitment.

    That names nobody: a lying officer and a lying bidder look the same here (threat H4); a
    dispute tells them apart (`disputes`).
    """
    if len(share) != SHARE_LENGTH or share[-1] != i:
        _mismatch()
    if commitment(share_text(binding, i, share)) != committed:
        _mismatch()


def rebuild(
    binding: Binding, committed: Sequence[bytes], shares: Mapping[int, bytes], k: int
) -> str:
    """The identity that opens an envelope, from any k posted shares by officer number.

    The k lowest numbers are taken; all n shares are rebuilt and must give all n commitments.
    Refused as `ill-dealt` (the bidder's cause, whatever would decrypt): a difference, a dealing
    of a lower degree, a secret that is no identity. `share-mismatch` for a share that misses its
    own commitment, which should not have been let in. `ValueError` with fewer than k shares.
    """
    if len(shares) < k:
        raise ValueError(f"{len(shares)} shares where {k} are needed")
    numbers = sorted(shares)[:k]
    for i in numbers:
        check_posted(binding, i, shares[i], committed[i - 1])
    chosen = [shares[i] for i in numbers]
    rebuilt = sharing.all_n(chosen, len(committed))
    found = [commitment(share_text(binding, i, share)) for i, share in enumerate(rebuilt, start=1)]
    if found != list(committed) or sharing.is_lower_degree(chosen):
        _ill_dealt()
    identity = sharing.combine(chosen).decode("ascii", "replace")
    try:
        age.recipient_of(identity)
    except Malformed:
        _ill_dealt()
    return identity


def open_ciphertext(identity: str, envelope: Envelope, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The payload of a ciphertext, which must be the one the act names.

    Refused: `ciphertext-differs` (other bytes, whatever is wrong with them: anybody can supply
    the right ones); `sealed-…` only when the bytes are the right ones, so the bidder's cause.
    """
    hasher = hashlib.sha256()
    watched = _watched(pieces, hasher.update)
    try:
        yield from age.read_stream(identity, watched)
    except Malformed:
        for _ in watched:  # the rest counts too before anybody is blamed
            pass
        _check_ciphertext(hasher.digest(), envelope)
        raise
    _check_ciphertext(hasher.digest(), envelope)


def _check_ciphertext(found: bytes, envelope: Envelope) -> None:
    if found != envelope.ciphertext_hash:
        raise Refusal(
            "ciphertext-differs",
            zh="密文不是提交时的密文，可重新提供",
            en="These are not the bytes that the act names; they can be supplied again",
        )


def _sealed_share(item: Json) -> SealedShare:
    given = Members(item)
    share = SealedShare(
        given.text("recipient"),
        given.octets("sealed_share"),
        given.octets("commitment", HASH_LENGTH),
    )
    given.end()
    age.check_recipient(share.recipient)
    if len(share.sealed) > _SEALED_LIMIT:
        refuse("份额过长", "A sealed share is too long")
    age.check_form(share.sealed)
    return share


def _watched(pieces: Iterable[bytes], update: Callable[[bytes], object]) -> Iterator[bytes]:
    for piece in pieces:
        update(piece)
        yield piece


def _wrong(zh: str, en: str) -> None:
    raise Refusal("wrong-envelopes", zh=f"信封不合开标清单：{zh}", en=f"An envelope {en}")


def _mismatch() -> None:
    raise Refusal(
        "share-mismatch",
        zh="份额与承诺不符，未采用；这不说明是谁的责任",
        en="The share misses its commitment and is not used; this names nobody",
    )


def _ill_dealt() -> None:
    raise Refusal(
        "ill-dealt",
        zh="份额分配有误，投标无法按规则开启，原因在投标人",
        en="The shares were not dealt by the rule: the bid is not opened, for the bidder's cause",
    )
