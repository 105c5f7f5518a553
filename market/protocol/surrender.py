"""Money back without a bid: surrender of a token, the platform's permit, the refund claim.

Three steps that no two parties can join: the surrender is anonymous and spends the token, the
permit lets the custodian sign one fresh blinded value without knowing for whom, and the refund
token is shown hours later by a signed-in account holder (threat H3). `inv` never appears.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol import signing
from market.protocol.blindkeys import LENGTH
from market.protocol.bondkeys import REFUND, read_denomination
from market.protocol.encoding import JsonObject, b64u, refuse, structure
from market.protocol.members import Members
from market.protocol.signing import PUBLIC_LENGTH
from market.protocol.tokens import HASH_LENGTH, Token, blinded_hash, read_token

ACCOUNT_LIMIT: Final = 64  # characters of an account number as the custodian's books write it


@dataclass(frozen=True, slots=True)
class Surrender:
    """`yg/surrender/v1`: the holder of a token gives it up for one fresh blinded value."""

    token: Token
    bid_pub: bytes
    new_blinded_hash: bytes

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the bid key."""
        return signing.signed(
            structure(
                "surrender",
                token=self.token.to_json(),
                bid_pub=b64u(self.bid_pub),
                new_blinded_hash=b64u(self.new_blinded_hash),
            ),
            key,
        )


def read_surrender(value: JsonObject) -> Surrender:
    """The surrender of a structure: form (`malformed`), then signature (`bad-signature`).

    The caller goes on with `tokens.check_token` and the nullifier, in this order (threat M6).
    """
    given = Members(value, "surrender")
    read = Surrender(
        read_token(given.take("token")),
        given.octets("bid_pub", PUBLIC_LENGTH),
        given.octets("new_blinded_hash", HASH_LENGTH),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, read.bid_pub)
    return read


def check_refundable(surrender: Surrender) -> None:
    """Refuse (`nothing-to-refund`) a token for which no money was paid."""
    if surrender.token.denomination == 0:
        raise Refusal(
            "nothing-to-refund",
            zh="准入令牌没有缴款，无款可退",
            en="No money was paid for an admission token, so there is none to refund",
        )


@dataclass(frozen=True, slots=True)
class Permit:
    """`yg/permit/v1`: the custodian may sign this one blinded value under its refund key.

    It carries no moment and nothing of the token, and is the same again for the same surrender.
    """

    denomination: int
    epoch: str
    new_blinded_hash: bytes

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the platform's permit key."""
        return signing.signed(
            structure(
                "permit",
                denomination=self.denomination,
                epoch=self.epoch,
                new_blinded_hash=b64u(self.new_blinded_hash),
            ),
            key,
        )


def permit_for(surrender: Surrender) -> Permit:
    """The permit a surrender earns: of the same amount and quarter."""
    token = surrender.token
    return Permit(token.denomination, token.epoch, surrender.new_blinded_hash)


def read_permit(value: JsonObject, platform: bytes) -> Permit:
    """The permit of a structure: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "permit")
    read = Permit(
        read_denomination(given), given.epoch(), given.octets("new_blinded_hash", HASH_LENGTH)
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, platform)
    return read


def refund_request(permit: JsonObject, blinded: bytes) -> JsonObject:
    """What goes to the custodian for a blind signature under the refund key."""
    return structure("refund-request", permit=permit, blinded=b64u(blinded))


def read_refund_request(value: JsonObject, platform: bytes) -> tuple[Permit, bytes]:
    """The permit and the blinded value it allows.

    Refused: `malformed`, `bad-signature`, `permit-differs` (another blinded value).
    """
    given = Members(value, "refund-request")
    inner, blinded = given.take("permit"), given.octets("blinded", LENGTH)
    given.end()
    if not isinstance(inner, dict):
        refuse("应为 JSON 对象", "A JSON object is needed")
    permit = read_permit(inner, platform)
    if blinded_hash(blinded) != permit.new_blinded_hash:
        raise Refusal(
            "permit-differs",
            zh="许可与盲化值不符",
            en="The permit was given for another blinded value",
        )
    return permit, blinded


@dataclass(frozen=True, slots=True)
class RefundClaim:
    """`yg/refund-claim/v1`: a refund token, and which of its own open deposits the holder closes.

    `bid_pub` is the refund token's own key, `deposit` the hash of the deposit's blinded value,
    `account` the account number the money goes back to.
    """

    token: Token
    bid_pub: bytes
    deposit: bytes
    account: str

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the refund token's key."""
        return signing.signed(
            structure(
                "refund-claim",
                token=self.token.to_json(),
                bid_pub=b64u(self.bid_pub),
                deposit=b64u(self.deposit),
                account=self.account,
            ),
            key,
        )


def read_refund_claim(value: JsonObject) -> RefundClaim:
    """The claim of a structure: form (`malformed`), then signature (`bad-signature`).

    The custodian goes on with `tokens.check_token`, the refund nullifier and its books.
    """
    given = Members(value, "refund-claim")
    read = RefundClaim(
        read_token(given.take("token"), REFUND),
        given.octets("bid_pub", PUBLIC_LENGTH),
        given.octets("deposit", HASH_LENGTH),
        given.text("account", high=ACCOUNT_LIMIT),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, read.bid_pub)
    return read
