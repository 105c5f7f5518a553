"""Disputes about a share: who sealed or posted what does not fit, officer or bidder.

A posted share that misses its commitment names nobody. The officer then gives the supervisor the
*file key* of that one sealed share: the header's MAC proves that it is its own, and everybody can
open the file with it. If the file does not open at all, the officer gives this tender's identity,
which serves no other tender (threat H4).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import MarketError, Refusal
from market.protocol import age, signing
from market.protocol.binding import HASH_LENGTH, Binding, Kind, read_kind, read_share_text
from market.protocol.encoding import JsonObject, Malformed, b64u, refuse, structure
from market.protocol.envelopes import SealedShare, check_posted
from market.protocol.members import Members
from market.protocol.sharing import HOLDER_LIMIT
from market.protocol.signing import PUBLIC_LENGTH


class Cause(StrEnum):
    """Whose fault the evidence shows."""

    OFFICER = "officer"  # the sealed share was good: the officer posted something else, or nothing
    BIDDER = "bidder"  # what was sealed is not what was committed to


@dataclass(frozen=True, slots=True)
class Dispute:
    """`yg/share-dispute/v1`: an officer's evidence, exactly one of `file_key` and `identity`."""

    tender: str
    manifest_hash: bytes
    bid_pub: bytes
    kind: Kind
    i: int
    file_key: bytes | None
    identity: str | None

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the officer's organisation."""
        return signing.signed(
            structure(
                "share-dispute",
                tender=self.tender,
                manifest_hash=b64u(self.manifest_hash),
                bid_pub=b64u(self.bid_pub),
                kind=self.kind.value,
                i=self.i,
                file_key=None if self.file_key is None else b64u(self.file_key),
                identity=self.identity,
            ),
            key,
        )


def read_dispute(value: JsonObject, public: bytes) -> Dispute:
    """The dispute of a structure: form (`malformed`), then the organisation's signature."""
    given = Members(value, "share-dispute")
    read = Dispute(
        given.tender(),
        given.octets("manifest_hash", HASH_LENGTH),
        given.octets("bid_pub", PUBLIC_LENGTH),
        read_kind(given),
        given.whole("i", 1, HOLDER_LIMIT),
        given.maybe("file_key", lambda name: given.octets(name, age.FILE_KEY_LENGTH)),
        given.maybe("identity", given.text),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    if (read.file_key is None) == (read.identity is None):
        refuse("应恰有一项证据", "Exactly one of file_key and identity is needed")
    signing.check_signature(value, public)
    return read


def judge(dispute: Dispute, sealed: SealedShare, binding: Binding) -> Cause:
    """Whose cause the evidence shows, for the sealed share and header of the act in dispute.

    Refused (`no-evidence`): evidence about another share, a file key that is not this file's, an
    identity that is not this recipient's.
    """
    said = (dispute.tender, dispute.manifest_hash, dispute.bid_pub, dispute.kind)
    if said != (binding.tender, binding.manifest_hash, binding.bid_pub, binding.kind):
        _no_evidence()
    key = dispute.file_key
    if dispute.identity is not None:
        key = _key_by_identity(dispute.identity, sealed)
    text = None if key is None else _text(key, sealed)
    try:
        if text is None:
            return Cause.BIDDER
        share = read_share_text(text, binding, dispute.i)
        check_posted(binding, dispute.i, share, sealed.commitment)
    except MarketError:
        return Cause.BIDDER
    return Cause.OFFICER


def _key_by_identity(identity: str, sealed: SealedShare) -> bytes | None:
    """The file key by the officer's own identity, or None where the file does not open with it."""
    try:
        recipient = age.recipient_of(identity)
    except Malformed:
        recipient = ""
    if recipient != sealed.recipient:
        _no_evidence()
    try:
        return age.file_key(identity, sealed.sealed)
    except Malformed:
        return None


def _text(key: bytes, sealed: SealedShare) -> bytes | None:
    """The sealed text, or None where the file's own key opens a text that is damaged."""
    try:
        return age.read_with_file_key(key, sealed.sealed)
    except Malformed as cause:
        if cause.code != "sealed-body":
            _no_evidence()
    return None


def _no_evidence() -> NoReturn:
    raise Refusal(
        "no-evidence",
        zh="所附密钥不能证明这份份额，另行举证",
        en="The key given proves nothing about this share",
    )
