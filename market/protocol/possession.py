"""Possession of a signing key: what an organisation hands in so that its key is registered.

`yg/key-possession/v1` names the organisation and the key and is signed with that key, so nobody has
another's public key registered as its own.
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol.encoding import JsonObject, b64u, refuse, structure
from market.protocol.members import Members
from market.protocol.signing import (
    PUBLIC_LENGTH,
    check_signature,
    load_public,
    public_bytes,
    signed,
)

POSSESSION: Final = "key-possession"


def prove_possession(uscc: str, key: Ed25519PrivateKey) -> JsonObject:
    """The structure for an organisation's key, signed with that key."""
    return signed(structure(POSSESSION, uscc=uscc, key=b64u(public_bytes(key))), key)


def check_possession(value: JsonObject, uscc: str) -> bytes:
    """The public key of a proof of possession made for this organisation.

    `Malformed`: "bad-key" for an unusable key, "wrong-organisation" if it was made for another
    code, "bad-signature" if the key did not sign it.
    """
    members = Members(value, POSSESSION)
    named = members.uscc()
    public = members.octets("key", PUBLIC_LENGTH)
    members.octets("signature")
    members.end()
    load_public(public)
    if named != uscc:
        refuse(
            "密钥证明写明的是另一单位",
            "The proof of the key names another organisation",
            code="wrong-organisation",
        )
    check_signature(value, public)
    return public
