"""The review of a low offer, by bid key: the bidder asks what was asked, and answers.

Both are sent to the anonymous host after the opening, when the record names who holds which key:
no account is needed, and whoever has the key file speaks for the bid.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import signing
from market.protocol.encoding import JsonObject, b64u, structure
from market.protocol.members import Members
from market.protocol.signing import PUBLIC_LENGTH

ANSWER_LIMIT: Final = 20_000
"""Characters of an answer."""


@dataclass(frozen=True, slots=True)
class PriceQuery:
    """`yg/price-query/v1`: the holder of a bid key asks whether its price is questioned."""

    tender: str
    bid_pub: bytes

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the bid key."""
        return signing.signed(
            structure("price-query", tender=self.tender, bid_pub=b64u(self.bid_pub)), key
        )


def read_price_query(value: JsonObject) -> PriceQuery:
    """The query of a structure: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "price-query")
    read = PriceQuery(given.tender(), given.octets("bid_pub", PUBLIC_LENGTH))
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, read.bid_pub)
    return read


@dataclass(frozen=True, slots=True)
class PriceAnswer:
    """`yg/price-answer/v1`: how the price is made up, with evidence.

    `seq` counts the answers of this key from 0; the last one in time counts, and an older one that
    somebody sends again changes nothing.
    """

    tender: str
    bid_pub: bytes
    seq: int
    answer: str

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the bid key."""
        return signing.signed(
            structure(
                "price-answer",
                tender=self.tender,
                bid_pub=b64u(self.bid_pub),
                seq=self.seq,
                answer=self.answer,
            ),
            key,
        )


def read_price_answer(value: JsonObject) -> PriceAnswer:
    """The answer of a structure: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "price-answer")
    read = PriceAnswer(
        given.tender(),
        given.octets("bid_pub", PUBLIC_LENGTH),
        given.whole("seq"),
        given.text("answer", high=ANSWER_LIMIT),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, read.bid_pub)
    return read
