"""A small public log for tests and vectors: keys from labels, entries, checkpoints, proofs.

Everything follows from labels by SHA-256 (`secret`), so every run makes the same bytes and
another language can make them too.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol.checkpoints import Checkpoint, sign_checkpoint
from market.protocol.encoding import JsonObject
from market.protocol.entries import write_entry
from market.protocol.inclusions import Proofs, inclusion
from market.protocol.merkle import Leaves, consistency_proof, inclusion_proof, leaf_hash, root_from
from market.protocol.notes import COSIGNER, LOG, VerifierKey, cosign_text, joined, verifier_key
from market.protocol.signing import load_private, public_bytes
from market.protocol.trust import Organisation, Trust

ORIGIN = "log.jiuzhou.example/record"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SUPERVISOR_USCC = "91110000802100433B"
NOTARY_USCC = "914403001922038216"
CENTRE_USCC = "9144030071526726XG"


def secret(label: str) -> bytes:
    """32 bytes of a label: SHA-256 of "yg-test/" and the label."""
    return hashlib.sha256(f"yg-test/{label}".encode()).digest()


def private(label: str) -> Ed25519PrivateKey:
    """The signing key of a label."""
    return load_private(secret(f"key/{label}"))


def public(label: str) -> bytes:
    """The public key of a label."""
    return public_bytes(private(label))


def witness_key(name: str) -> VerifierKey:
    """The cosigner key of a witness."""
    return verifier_key(f"{name}.example/w1", COSIGNER, public(name))


def make_trust(quorum: int = 1, origin: str = ORIGIN) -> Trust:
    """The trust file of the tests: two witnesses, a supervisor and a notary pinned."""
    return Trust(
        origin,
        (verifier_key(origin, LOG, public("log")),),
        (witness_key("clear"), witness_key("spring")),
        quorum,
        (public("receipt-old"), public("receipt")),
        (public("custodian"),),
        (
            Organisation(SUPERVISOR_USCC, "九州市财政局", "supervisor", public("supervisor")),
            Organisation(NOTARY_USCC, "九州市公证处", "notary", public("notary")),
        ),
    )


@dataclass
class Log:
    """A log that grows entry by entry."""

    entries: list[bytes] = field(default_factory=list)

    def append(self, kind: str, at: datetime, subject: str, data: JsonObject) -> int:
        """Add an entry; its index."""
        self.entries.append(write_entry(kind, at, subject, data))
        return len(self.entries) - 1

    def nodes(self) -> Leaves:
        """The log's hashes."""
        return Leaves([leaf_hash(raw) for raw in self.entries])

    def head(self, size: int | None = None) -> Checkpoint:
        """The unsigned head at a size."""
        held = len(self.entries) if size is None else size
        return Checkpoint(ORIGIN, held, root_from(self.nodes(), held))

    def checkpoint(
        self, size: int | None = None, *, at: datetime = NOON, by: Sequence[str] = ("clear",)
    ) -> bytes:
        """The checkpoint at a size, signed, cosigned by these witnesses at this moment."""
        note = sign_checkpoint(self.head(size), private("log"))
        lines = [
            cosign_text(note.text, f"{name}.example/w1", private(name), int(at.timestamp()))
            for name in by
        ]
        return joined(note, lines).raw()

    def proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The inclusion proof of an entry."""
        return inclusion_proof(self.nodes(), index, len(self.entries) if size is None else size)

    def inclusion(self, index: int, *, at: datetime = NOON) -> JsonObject:
        """The proof file of an entry under the newest checkpoint."""
        return inclusion(self.entries[index], index, self.proof(index), self.checkpoint(at=at))

    def proofs(self, indexes: Sequence[int], size: int, at: datetime) -> Proofs:
        """Several proofs under the checkpoint of a size."""
        rows = tuple((index, self.entries[index], self.proof(index, size)) for index in indexes)
        return Proofs(self.checkpoint(size, at=at), rows)

    def growth(self, old: int, new: int) -> tuple[bytes, ...]:
        """The consistency proof between two sizes."""
        return consistency_proof(self.nodes(), old, new)


def seconds(count: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=count)
