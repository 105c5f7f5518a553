"""`identity.json`: who bids, in a small envelope of its own, signed by the organisation.

It names the bid key, the payloads of the other envelopes and the `inv` that points at the
deposit. A bid stands for an organisation only if its registered key signed this *and* the
deposit is its own: either alone proves too little (threat H1).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol import signing
from market.protocol.binding import AMENDMENT_LIMIT, HASH_LENGTH, Binding, Kind, read_kind
from market.protocol.blindkeys import LENGTH
from market.protocol.encoding import Json, JsonObject, b64u, refuse, structure
from market.protocol.members import Members, uscc_item
from market.protocol.signing import PUBLIC_LENGTH

CONSORTIUM_LIMIT: Final = 20  # other members of a consortium; more do not fit the 4 KiB class
ENVELOPE_LIMIT: Final = 4


@dataclass(frozen=True, slots=True)
class Identity:
    """`yg/identity/v1`. `uscc` is the bidder, or the lead member whose bond it is.

    `consortium` are the other members, ascending; `envelopes` the payload hashes of the bid's
    other envelopes, in the manifest's order.
    """

    uscc: str
    consortium: tuple[str, ...]
    tender: str
    manifest_hash: bytes
    amendment: int
    bid_pub: bytes
    envelopes: tuple[tuple[Kind, bytes], ...]
    inv: bytes

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, naming and signed by the organisation's registered key."""
        public = signing.public_bytes(key)
        stated = structure(
            "identity",
            uscc=self.uscc,
            consortium=[*self.consortium],
            tender=self.tender,
            manifest_hash=b64u(self.manifest_hash),
            amendment=self.amendment,
            bid_pub=b64u(self.bid_pub),
            envelopes=[
                {"kind": kind.value, "payload_hash": b64u(held)} for kind, held in self.envelopes
            ],
            inv=b64u(self.inv),
            org_key_id=signing.key_id(public),
        )
        return signing.signed(stated, key)


def read_identity(value: JsonObject) -> tuple[Identity, str]:
    """The identity and the name of the key that it says signed it; form only (`malformed`)."""
    given = Members(value, "identity")
    read = Identity(
        given.uscc(),
        given.array("consortium", uscc_item, high=CONSORTIUM_LIMIT),
        given.tender(),
        given.octets("manifest_hash", HASH_LENGTH),
        given.whole("amendment", high=AMENDMENT_LIMIT),
        given.octets("bid_pub", PUBLIC_LENGTH),
        given.array("envelopes", _envelope, 1, ENVELOPE_LIMIT),
        given.octets("inv", LENGTH),
    )
    org_key_id = b64u(given.octets("org_key_id", HASH_LENGTH))
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    members = read.consortium
    if read.uscc in members or any(a >= b for a, b in pairwise(members)):
        refuse("联合体成员次序不对或重复", "Members of the consortium are out of order or twice")
    return read, org_key_id


def check_identity_signature(value: JsonObject, uscc: str, registered: dict[str, bytes]) -> None:
    """Refuse unless a registered key of the organisation signed.

    `registered` are the keys of that credit code by name. Refused: `unknown-organisation-key`
    (no such key of this organisation), `bad-signature`.
    """
    name = value.get("org_key_id")
    public = registered.get(name) if isinstance(name, str) else None
    if public is None or signing.key_id(public) != name:
        raise Refusal(
            "unknown-organisation-key",
            zh=f"{uscc} 没有登记过这把签名密钥",
            en=f"{uscc} has registered no such signing key",
        )
    signing.check_signature(value, public)


def check_identity(read: Identity, binding: Binding, kinds: tuple[Kind, ...]) -> None:
    """Refuse (`identity-differs`) an identity that speaks of another bid than it came with.

    `kinds` are all envelopes of the manifest, in order.
    """
    said = (read.tender, read.manifest_hash, read.amendment, read.bid_pub)
    true = (binding.tender, binding.manifest_hash, binding.amendment, binding.bid_pub)
    others = tuple(kind for kind in kinds if kind is not Kind.IDENTITY)
    if said != true or tuple(kind for kind, _ in read.envelopes) != others:
        raise Refusal(
            "identity-differs",
            zh="身份文件所写与本次提交不符",
            en="The identity speaks of another bid than the one it came with",
        )


def check_payload(read: Identity, kind: Kind, found: bytes) -> None:
    """Refuse (`payload-differs`) an envelope that is not the one the organisation signed for."""
    if dict(read.envelopes).get(kind) != found:
        raise Refusal(
            "payload-differs",
            zh="信封内容不是该单位签名确认的内容",
            en="The envelope is not the one that the organisation signed for",
        )


def _envelope(item: Json) -> tuple[Kind, bytes]:
    given = Members(item)
    kind, held = read_kind(given), given.octets("payload_hash", HASH_LENGTH)
    given.end()
    return kind, held
