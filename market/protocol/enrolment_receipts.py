"""The receipt of an enrolment: what an agency holds when its name is missing at the closing.

The list of enrolments stands in the journal by their hashes before any quote can be opened. A
receipt whose hash is not on it, for an act that was the agency's last one, convicts the platform.
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import signing
from market.protocol.binding import HASH_LENGTH
from market.protocol.encoding import Json, JsonObject, b64u, refuse, stamp, structure
from market.protocol.enrolments import Enrolment
from market.protocol.members import Members
from market.protocol.timekeeping import ROUND_LIMIT


@dataclass(frozen=True, slots=True)
class EnrolmentReceipt:
    """`yg/enrolment-receipt/v1`: what was taken, of whom, and when it was complete."""

    enrolment_hash: bytes
    subject: str
    round: int
    agency: str
    seq: int
    is_withdrawal: bool
    at: datetime

    def sign(self, key: Ed25519PrivateKey) -> JsonObject:
        """The structure, signed by the platform's receipt key."""
        return signing.signed(
            structure(
                "enrolment-receipt",
                enrolment_hash=b64u(self.enrolment_hash),
                subject=self.subject,
                round=self.round,
                agency=self.agency,
                seq=self.seq,
                is_withdrawal=self.is_withdrawal,
                at=stamp(self.at),
            ),
            key,
        )


def enrolment_receipt(held: Enrolment, at: datetime) -> EnrolmentReceipt:
    """The receipt of an act that was complete at a moment."""
    return EnrolmentReceipt(
        held.hash, held.subject, held.round, held.agency, held.seq, held.is_withdrawal, at
    )


def read_enrolment_receipt(value: Json, public: bytes) -> EnrolmentReceipt:
    """The receipt of a structure: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "enrolment-receipt")
    found = EnrolmentReceipt(
        given.octets("enrolment_hash", HASH_LENGTH),
        given.tender("subject"),
        given.whole("round", 1, ROUND_LIMIT),
        given.uscc("agency"),
        given.whole("seq"),
        given.truth("is_withdrawal"),
        given.moment("at"),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    if not isinstance(value, dict):
        refuse("应为 JSON 对象", "A JSON object is needed")
    signing.check_signature(value, public)
    return found
