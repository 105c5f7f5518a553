"""A token that is held: its holder says who it is, so that the supervisor can decide.

A bid that stayed shut for its bidder's own cause keeps its token `held`; nobody knows whose it is
(threat H18). The bid key signs `yg/held-token/v1`, which names the organisation and the `inv` that
points at the deposit; the organisation's registered key signs `yg/held-claim/v1` around it. Either
alone proves too little (threat H1). The custodian links the deposit only if money is to be kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import signing
from market.protocol.binding import HASH_LENGTH
from market.protocol.blindkeys import LENGTH
from market.protocol.encoding import JsonObject, b64u, refuse, structure
from market.protocol.identity import check_identity_signature
from market.protocol.links import Link
from market.protocol.members import Members
from market.protocol.signing import PUBLIC_LENGTH
from market.protocol.tokens import Token, read_token


@dataclass(frozen=True, slots=True)
class HeldToken:
    """`yg/held-token/v1`: a token, the tender it is held for, whose it is, and `inv`."""

    tender: str
    uscc: str
    token: Token
    bid_pub: bytes
    inv: bytes

    @property
    def link(self) -> Link:
        """What the custodian is asked about it."""
        return Link(self.bid_pub, self.token, self.uscc, self.inv)

    def sign(self, bid_key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the bid key."""
        return signing.signed(
            structure(
                "held-token",
                tender=self.tender,
                uscc=self.uscc,
                token=self.token.to_json(),
                bid_pub=b64u(self.bid_pub),
                inv=b64u(self.inv),
            ),
            bid_key,
        )


def read_held_token(value: JsonObject) -> HeldToken:
    """The token of a structure: form (`malformed`), then the bid key's signature."""
    given = Members(value, "held-token")
    read = HeldToken(
        given.tender(),
        given.uscc(),
        read_token(given.take("token")),
        given.octets("bid_pub", PUBLIC_LENGTH),
        given.octets("inv", LENGTH),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, read.bid_pub)
    return read


def held_claim(held: JsonObject, organisation: Ed25519PrivateKey) -> JsonObject:
    """`yg/held-claim/v1`: the organisation's registered key says that this token is its own."""
    public = signing.public_bytes(organisation)
    return signing.signed(
        structure("held-claim", held=held, org_key_id=signing.key_id(public)), organisation
    )


def read_held_claim(value: JsonObject) -> tuple[HeldToken, JsonObject]:
    """The token of a claim and its own structure: form, then the bid key's signature.

    The organisation's signature is checked next, by `check_claimant`, once its keys are known.
    """
    given = Members(value, "held-claim")
    inner = given.take("held")
    given.octets("org_key_id", HASH_LENGTH)
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    if not isinstance(inner, dict):
        refuse("应为 JSON 对象", "A JSON object is needed")
    return read_held_token(inner), inner


def check_claimant(value: JsonObject, uscc: str, registered: Mapping[str, bytes]) -> None:
    """Refuse (`unknown-organisation-key`, `bad-signature`) another signer than the organisation."""
    check_identity_signature(value, uscc, dict(registered))
