"""The corrected price of a bid, confirmed or not by the bid key on the anonymous host.

What was corrected is asked with the `yg/price-query/v1` of a low offer. The confirmation names the
corrected amount, so that it never binds the bidder to another one.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import signing
from market.protocol.encoding import JsonObject, b64u, structure
from market.protocol.members import Members
from market.protocol.signing import PUBLIC_LENGTH


@dataclass(frozen=True, slots=True)
class PriceConfirmation:
    """`yg/price-confirmation/v1`: whether the bidder confirms this corrected amount, in fen."""

    tender: str
    bid_pub: bytes
    amount: int
    confirmed: bool

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the bid key."""
        return signing.signed(
            structure(
                "price-confirmation",
                tender=self.tender,
                bid_pub=b64u(self.bid_pub),
                amount=self.amount,
                confirmed=self.confirmed,
            ),
            key,
        )


def read_price_confirmation(value: JsonObject) -> PriceConfirmation:
    """The confirmation of a structure: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "price-confirmation")
    read = PriceConfirmation(
        given.tender(),
        given.octets("bid_pub", PUBLIC_LENGTH),
        given.whole("amount", 1),
        given.truth("confirmed"),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, read.bid_pub)
    return read
