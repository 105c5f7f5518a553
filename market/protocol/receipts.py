"""Receipts: what a bidder holds against the platform, without saying who it is.

A receipt shows what was received (`submission_hash`), the leaf that must appear in a sealed
batch, and by when. One that cannot be redeemed by `promise_by` and a minute more is evidence
(threat M5); its redemption is `inclusions.redemption`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.kernel.errors import Refusal
from market.protocol import signing
from market.protocol.acts import Act
from market.protocol.batches import TICK_SECONDS, salted_leaf
from market.protocol.binding import HASH_LENGTH
from market.protocol.encoding import JsonObject, b64u, digest, parse, refuse, stamp, structure
from market.protocol.members import Members

PROMISE: Final = timedelta(seconds=TICK_SECONDS)
PATIENCE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Receipt:
    """`yg/receipt/v1`, signed by the platform's receipt key."""

    submission_hash: bytes
    leaf: bytes
    salt: bytes
    at: datetime
    tender: str
    promise_by: datetime

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed."""
        return signing.signed(
            structure(
                "receipt",
                submission_hash=b64u(self.submission_hash),
                leaf=b64u(self.leaf),
                salt=b64u(self.salt),
                at=stamp(self.at),
                tender=self.tender,
                promise_by=stamp(self.promise_by),
            ),
            key,
        )

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should long be redeemable: later than `promise_by` and 60 seconds."""
        return now > self.promise_by + PATIENCE


def act_leaf(salt: bytes, raw: bytes) -> bytes:
    """The leaf of an act in its sealed batch: `H(0x00 || salt || JCS(act))`, with signature."""
    return salted_leaf(salt, parse(raw))


def receipt_for(act: Act, salt: bytes, at: datetime) -> Receipt:
    """The receipt of an act accepted at a moment, with 32 random bytes of salt."""
    return Receipt(act.hash, act_leaf(salt, act.raw), salt, at, act.tender, at + PROMISE)


def read_receipt(value: JsonObject, public: bytes) -> Receipt:
    """The receipt of a structure: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "receipt")
    receipt = Receipt(
        given.octets("submission_hash", HASH_LENGTH),
        given.octets("leaf", HASH_LENGTH),
        given.octets("salt", HASH_LENGTH),
        given.moment("at"),
        given.tender(),
        given.moment("promise_by"),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, public)
    if receipt.promise_by != receipt.at + PROMISE:
        refuse("承诺时限不对", "The receipt promises another time than five seconds")
    return receipt


def check_receipt(receipt: Receipt, act: Act) -> None:
    """Refuse (`receipt-differs`) a receipt that is not for exactly this act."""
    held = (receipt.submission_hash, receipt.leaf, receipt.tender)
    if held != (act.hash, act_leaf(receipt.salt, act.raw), act.tender):
        raise Refusal(
            "receipt-differs",
            zh="回执与所提交的内容不符，保留本地文件并立即再次提交",
            en="The receipt is not for what was sent; keep your files and send again at once",
        )


def drop_receipt(raw: bytes, tender: str, at: datetime, witness: Ed25519PrivateKey) -> JsonObject:
    """A witness's dated word that it was handed an act (`yg/drop-receipt/v1`, threat H11)."""
    return signing.signed(
        structure(
            "drop-receipt",
            submission_hash=b64u(digest(raw)),
            tender=tender,
            at=stamp(at),
        ),
        witness,
    )


def read_drop_receipt(value: JsonObject, witness: bytes) -> tuple[bytes, str, datetime]:
    """Hash of the act, tender and moment; form (`malformed`), then signature."""
    given = Members(value, "drop-receipt")
    read = given.octets("submission_hash", HASH_LENGTH), given.tender(), given.moment("at")
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    signing.check_signature(value, witness)
    return read
