"""Upload tickets: the right to leave one ciphertext on the anonymous host.

Creation needs the token and a bid-key signature over tender and length, so that quotas go by
token and no address is needed (threat M10). The ticket travels as `b64u(JCS)` in one header.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol import signing
from market.protocol.binding import BID_KINDS, NONCE_LENGTH
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import b64u, canonical, parse, refuse, structure, unb64u
from market.protocol.members import Members
from market.protocol.payload import LAST_CLASS, is_sealed_length
from market.protocol.signing import PUBLIC_LENGTH
from market.protocol.tokens import Token, read_token

HEADER_LIMIT: Final = 4096  # characters of the header's value
LENGTH_LIMIT: Final = 2 * LAST_CLASS
QUOTA_FACTOR: Final = 3  # uploads of one nullifier: at most three times the tender's limit


@dataclass(frozen=True, slots=True)
class Ticket:
    """`yg/upload/v1`: one upload of `length` bytes for a tender. `nonce` makes each its own."""

    tender: str
    length: int
    token: Token
    bid_pub: bytes
    nonce: bytes


def write_ticket(
    tender: str, length: int, token: Token, key: Ed25519PrivateKey, chance: Chance = fresh
) -> str:
    """The header's value. Draws the nonce, 32 bytes."""
    stated = structure(
        "upload",
        tender=tender,
        length=length,
        token=token.to_json(),
        bid_pub=b64u(signing.public_bytes(key)),
        nonce=b64u(chance(NONCE_LENGTH)),
    )
    return b64u(canonical(signing.signed(stated, key)))


def read_ticket(header: str) -> Ticket:
    """The ticket of a header's value: form (`malformed`), then signature (`bad-signature`).

    A length that no envelope of a bid has is `malformed`. The caller goes on with
    `tokens.check_token`, the nullifier and the quota.
    """
    if len(header) > HEADER_LIMIT:
        refuse("上传凭证过长", "The upload ticket is too long")
    value = parse(unb64u(header))
    given = Members(value, "upload")
    ticket = Ticket(
        given.tender(),
        given.whole("length", 1, LENGTH_LIMIT),
        read_token(given.take("token")),
        given.octets("bid_pub", PUBLIC_LENGTH),
        given.octets("nonce", NONCE_LENGTH),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    if not any(is_sealed_length(kind, ticket.length) for kind in BID_KINDS):
        refuse("密文长度不属于约定的等级", "No envelope of a bid has a ciphertext of this size")
    signing.check_signature(value, ticket.bid_pub)
    return ticket


def check_upload_length(ticket: Ticket, stated: int) -> None:
    """Refuse (`length-differs`) an upload of another length than its ticket."""
    if stated != ticket.length:
        raise Refusal(
            "length-differs",
            zh="上传长度与凭证不符",
            en="The length of the upload is not the one of its ticket",
        )


def check_quota(used: int, ticket: Ticket, limit: int) -> None:
    """Refuse (`quota`) when a nullifier's uploads would exceed three times the limit, in bytes."""
    if used + ticket.length > QUOTA_FACTOR * limit:
        raise Refusal(
            "quota",
            zh="此令牌的上传量已用完",
            en="This token has used up its uploads for the tender",
        )
