"""Proof files: an entry in the log, an act in a batch in the log, one log growing into another.

Each file carries the checkpoint as text, so that a trust file is all a reader needs besides.
The moment by which something is proved to have been in the record is the witnesses', never the
log's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from market.protocol.batches import SealedBatch, check_in_batch, read_batch
from market.protocol.checkpoints import PROOF_LIMIT, Witnessed
from market.protocol.encoding import Json, JsonObject, canonical, parse, structure
from market.protocol.entries import Entry, read_entry
from market.protocol.fixed_trees import BATCH_DEPTH
from market.protocol.members import Members, octet_list, octets_of
from market.protocol.merkle import verify_consistency, verify_inclusion
from market.protocol.notes import NOTE_LIMIT
from market.protocol.trust import Trust

ENTRIES_LIMIT: Final = 100_000  # entries proved by one file


@dataclass(frozen=True, slots=True)
class Included:
    """An entry shown to stand at an index of a witnessed log."""

    entry: Entry
    index: int
    witnessed: Witnessed
    by: datetime  # the quorum of witnesses had it by this moment


@dataclass(frozen=True, slots=True)
class Proofs:
    """Several entries under one checkpoint: each entry's index, bytes and inclusion proof."""

    checkpoint: bytes
    entries: tuple[tuple[int, bytes, tuple[bytes, ...]], ...]

    def json(self) -> JsonObject:
        """The proofs as a file carries them."""
        rows: list[Json] = [
            {"index": index, "entry": parse(raw), "proof": octet_list(proof)}
            for index, raw, proof in self.entries
        ]
        return {"checkpoint": self.checkpoint.decode(), "entries": rows}

    def check(self, trust: Trust) -> tuple[Included, ...]:
        """What they prove, ascending by index; refusals as in `check_inclusion`."""
        witnessed = trust.check_checkpoint(self.checkpoint)
        return tuple(
            _included(read_entry(raw), index, proof, witnessed, trust)
            for index, raw, proof in sorted(self.entries)
        )


def read_proofs(value: Json) -> Proofs:
    """The proofs that `Proofs.json` writes; nothing is verified yet."""
    held = Members(value)
    found = Proofs(
        held.text("checkpoint", high=NOTE_LIMIT).encode(),
        held.array("entries", _proof_row, high=ENTRIES_LIMIT),
    )
    held.end()
    return found


def _proof_row(value: Json) -> tuple[int, bytes, tuple[bytes, ...]]:
    held = Members(value)
    found = (
        held.whole("index"),
        canonical(held.take("entry")),
        held.array("proof", octets_of(32), high=PROOF_LIMIT),
    )
    held.end()
    return found


def _included(
    entry: Entry, index: int, proof: Sequence[bytes], witnessed: Witnessed, trust: Trust
) -> Included:
    head = witnessed.checkpoint
    verify_inclusion(entry.leaf, index, head.size, proof, head.root)
    return Included(entry, index, witnessed, trust.proved_by(witnessed))


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A leaf shown to stand in a batch whose entry is in a witnessed log."""

    batch: SealedBatch
    place: int
    included: Included


def inclusion(entry: bytes, index: int, proof: Sequence[bytes], checkpoint: bytes) -> JsonObject:
    """The proof file of an entry: its bytes as JSON, its index, the proof, a checkpoint."""
    read_entry(entry)
    return structure(
        "inclusion",
        entry=parse(entry),
        index=index,
        proof=octet_list(proof),
        checkpoint=checkpoint.decode(),
    )


def check_inclusion(value: Json, trust: Trust) -> Included:
    """What a proof file proves.

    Refusals: `malformed`, those of `Trust.check_checkpoint`, and `not-included`.
    """
    held = Members(value, "inclusion")
    entry, index = read_entry(canonical(held.take("entry"))), held.whole("index")
    proof = held.array("proof", octets_of(32), high=PROOF_LIMIT)
    witnessed = trust.check_checkpoint(held.text("checkpoint", high=NOTE_LIMIT).encode())
    held.end()
    return _included(entry, index, proof, witnessed, trust)


def redemption(place: int, path: Sequence[bytes], batch: JsonObject) -> JsonObject:
    """What a receipt is redeemed for: place, twelve hashes, the proof file of the batch's entry."""
    return structure("redemption", place=place, path=octet_list(path), batch=batch)


def check_redemption(value: Json, leaf: bytes, trust: Trust) -> Redeemed:
    """What a redemption proves for a leaf; refusals as in `check_inclusion`, and `not-in-tree`."""
    held = Members(value, "redemption")
    place = held.whole("place", 0, 2**BATCH_DEPTH - 1)
    path = held.array("path", octets_of(32), BATCH_DEPTH, BATCH_DEPTH)
    included = check_inclusion(held.take("batch"), trust)
    held.end()
    batch = read_batch(included.entry)
    check_in_batch(batch, leaf, place, path)
    return Redeemed(batch, place, included)


def consistency(old: bytes, new: bytes, proof: Sequence[bytes]) -> JsonObject:
    """The proof file that one checkpoint's log is the beginning of another's."""
    return structure(
        "consistency",
        old=old.decode(),
        new=new.decode(),
        proof=octet_list(proof),
    )


def check_consistency(value: Json, trust: Trust) -> tuple[Witnessed, Witnessed]:
    """The two checkpoints; refusals `malformed`, those of a checkpoint, and `not-consistent`."""
    held = Members(value, "consistency")
    old = trust.check_checkpoint(held.text("old", high=NOTE_LIMIT).encode())
    new = trust.check_checkpoint(held.text("new", high=NOTE_LIMIT).encode())
    proof = held.array("proof", octets_of(32), high=2 * PROOF_LIMIT)
    held.end()
    first, second = old.checkpoint, new.checkpoint
    verify_consistency(first.size, first.root, second.size, second.root, proof)
    return old, new
