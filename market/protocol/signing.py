r"""Ed25519 signatures over structures of the protocol (RFC 8032).

What is signed is `"yg/sig/v1\n" || type || "\n" || JCS(structure without the signature)`: the
type stands in front, so that no signature of one kind of structure serves for another.
"""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from market.protocol.encoding import (
    JsonObject,
    Malformed,
    b64u,
    canonical,
    digest,
    refuse,
    type_of,
    unb64u,
)

PREFIX: Final = b"yg/sig/v1\n"
PUBLIC_LENGTH: Final = 32
PRIVATE_LENGTH: Final = 32
SIGNATURE_LENGTH: Final = 64

# The y coordinates of the eight points of small order on edwards25519. A key among them would
# verify signatures that nobody made, so its holder could later disown every act.
_FIELD: Final = 2**255 - 19
_SMALL_ORDER: Final = frozenset(
    {
        0,
        1,
        _FIELD - 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    }
)


def new_key() -> Ed25519PrivateKey:
    """A fresh signing key."""
    return Ed25519PrivateKey.generate()


def load_private(raw: bytes) -> Ed25519PrivateKey:
    """The signing key of 32 secret bytes (the seed of RFC 8032 section 5.1.5)."""
    if len(raw) != PRIVATE_LENGTH:
        refuse("私钥应为 32 字节", "A private key has 32 bytes")
    return Ed25519PrivateKey.from_private_bytes(raw)


def private_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 secret bytes of a signing key."""
    return key.private_bytes_raw()


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 public bytes of a signing key."""
    return key.public_key().public_bytes_raw()


def key_id(public: bytes) -> str:
    """The name of a public key: base64url of the SHA-256 of its bytes, 43 characters."""
    return b64u(digest(public))


def load_public(public: bytes) -> Ed25519PublicKey:
    """The key of 32 public bytes; wrong length, non-canonical y or small order is `bad-key`."""
    if len(public) != PUBLIC_LENGTH:
        refuse("公钥应为 32 字节", "A public key has 32 bytes", code="bad-key")
    height = int.from_bytes(public, "little") & (2**255 - 1)
    if height >= _FIELD or height in _SMALL_ORDER:
        refuse("公钥不可用", "The public key is not usable", code="bad-key")
    return Ed25519PublicKey.from_public_bytes(public)


def message(value: JsonObject, member: str = "signature") -> bytes:
    """The bytes that a signature in `member` covers: everything of the structure but itself."""
    kind = type_of(value)
    rest = {name: item for name, item in value.items() if name != member}
    return PREFIX + kind.encode("ascii") + b"\n" + canonical(rest)


def signed(value: JsonObject, key: Ed25519PrivateKey, member: str = "signature") -> JsonObject:
    """The structure with its signature in `member` (64 bytes, base64url)."""
    return {**value, member: b64u(key.sign(message(value, member)))}


def check_signature(value: JsonObject, public: bytes, member: str = "signature") -> None:
    """Refuse (`bad-signature`) unless `member` holds the signature of `public` over the rest.

    Strict, so that every implementation answers alike: an `S` that is not below the order is
    refused, and the equation is the one without cofactor (RFC 8032 section 5.1.7).
    """
    covered = message(value, member)
    held = value.get(member)
    text = held if isinstance(held, str) else ""  # too short for a signature: refused below
    try:
        load_public(public).verify(unb64u(text, SIGNATURE_LENGTH), covered)
    except (InvalidSignature, Malformed) as cause:
        raise Malformed(
            "bad-signature",
            zh="签名不成立：内容与签名人的密钥不符",
            en="The signature does not hold for this content and key",
        ) from cause
