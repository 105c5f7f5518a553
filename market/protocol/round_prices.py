"""A price named in a round: its salted hash stands in the journal at once, opened with the result.

While rounds run the public record has the hash alone. Afterwards the selection file opens every
one, so that no price can be put in, changed or dated anew.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from market.protocol.binding import HASH_LENGTH
from market.protocol.encoding import Json, JsonObject, b64u, canonical, digest, stamp
from market.protocol.members import Members

SALT_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class NamedPrice:
    """One price: complete at a moment, in fen, with the salt and the hash that was journaled."""

    at: datetime
    price: int
    salt: bytes
    commitment: bytes

    def opens(self, quote: bytes) -> bool:
        """Whether the hash is that of this price, moment and salt for this enrolment."""
        return price_commitment(quote, self.price, self.at, self.salt) == self.commitment

    def to_json(self) -> JsonObject:
        """The price as a selection file writes it."""
        return {
            "at": stamp(self.at),
            "price": self.price,
            "salt": b64u(self.salt),
            "commitment": b64u(self.commitment),
        }


def price_json(quote: bytes, price: int, at: datetime, salt: bytes) -> JsonObject:
    """One price opened: whose enrolment, how much in fen, when, and the salt of its hash."""
    return {"quote": b64u(quote), "price": price, "at": stamp(at), "salt": b64u(salt)}


def price_commitment(quote: bytes, price: int, at: datetime, salt: bytes) -> bytes:
    """The hash of one price, as the journal holds it while rounds run."""
    return digest(canonical(price_json(quote, price, at, salt)))


def read_named(item: Json) -> NamedPrice:
    """The price that `NamedPrice.to_json` writes; `malformed`. It need not open."""
    held = Members(item)
    found = NamedPrice(
        held.moment("at"),
        held.whole("price"),
        held.octets("salt", SALT_LENGTH),
        held.octets("commitment", HASH_LENGTH),
    )
    held.end()
    return found
