"""What anybody may read of the journal: heads, tiles, entries, proofs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.journal.model import (
    Checkpoint,
    Cosignature,
    JournalEntry,
    SealedBatch,
    SealedLeaf,
    TrailLine,
)
from market.journal.nodes import LogNodes, node_range
from market.protocol.batches import batch_tree
from market.protocol.merkle import consistency_proof, inclusion_proof


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry with its place."""

    index: int
    at: datetime
    type: str
    subject: str
    entry: bytes


@dataclass(frozen=True, slots=True)
class WitnessedHead:
    """A head with every line under it, log first."""

    size: int
    root: bytes
    note: str
    witnesses: int


def head(session: Session, *, witnesses: int = 0, size: int | None = None) -> WitnessedHead | None:
    """The newest head with at least `witnesses` cosignatures, or the one of exactly this size."""
    count = (
        select(func.count())
        .where(Cosignature.size == Checkpoint.size)
        .correlate(Checkpoint)
        .scalar_subquery()
    )
    question = select(Checkpoint).order_by(Checkpoint.size.desc()).limit(1)
    if size is not None:
        question = question.where(Checkpoint.size == size)
    if witnesses:
        question = question.where(count >= witnesses)
    found = session.scalar(question)
    if found is None:
        return None
    lines = session.scalars(
        select(Cosignature.line)
        .where(Cosignature.size == found.size)
        .order_by(Cosignature.signed_at, Cosignature.witness)
    ).all()
    return WitnessedHead(found.size, found.root, found.note + "".join(lines), len(lines))


def first_witnessed_size(session: Session, index: int, witnesses: int) -> int | None:
    """The smallest witnessed head that holds the entry at `index`; None while there is none."""
    return session.scalar(
        select(func.min(Checkpoint.size)).where(
            Checkpoint.size > index,
            select(func.count())
            .where(Cosignature.size == Checkpoint.size)
            .correlate(Checkpoint)
            .scalar_subquery()
            >= witnesses,
        )
    )


def entry_at(session: Session, index: int) -> PlacedEntry | None:
    """The entry at a place."""
    return _placed(session.scalar(select(JournalEntry).where(JournalEntry.index == index)))


def entries_of(session: Session, subject: str, kind: str | None = None) -> list[PlacedEntry]:
    """The placed entries about a subject, in their order."""
    question = (
        select(JournalEntry)
        .where(JournalEntry.subject == subject, JournalEntry.index.is_not(None))
        .order_by(JournalEntry.index)
    )
    if kind is not None:
        question = question.where(JournalEntry.type == kind)
    return [placed for row in session.scalars(question) if (placed := _placed(row)) is not None]


def was_said(session: Session, subject: str, kind: str, data: bytes) -> bool:
    """Whether an entry of a kind about a subject says exactly this, placed or waiting."""
    question = select(JournalEntry.id).where(
        JournalEntry.subject == subject, JournalEntry.type == kind, JournalEntry.data == data
    )
    return session.scalar(question.limit(1)) is not None


def entry_range(session: Session, start: int, count: int) -> list[bytes]:
    """The bytes of `count` entries from `start`."""
    rows = session.scalars(
        select(JournalEntry.entry)
        .where(JournalEntry.index >= start, JournalEntry.index < start + count)
        .order_by(JournalEntry.index)
    )
    return [row for row in rows if row is not None]


def tile_hashes(session: Session, level: int, tile: int, width: int) -> list[bytes]:
    """The hashes of a tile of tlog-tiles: its rows are the nodes of binary level 8 * `level`."""
    return node_range(session, 8 * level, 256 * tile, width)


def inclusion(session: Session, index: int, size: int) -> Sequence[bytes]:
    """The path from the entry at `index` to the root of the first `size`."""
    return inclusion_proof(LogNodes(session), index, size)


def consistency(session: Session, old: int, new: int) -> Sequence[bytes]:
    """The proof that the first `new` entries begin with the first `old`."""
    return consistency_proof(LogNodes(session), old, new)


@dataclass(frozen=True, slots=True)
class LeafPlace:
    """Where the leaf of an anonymous act stands: tick, place, path, and the batch's own entry."""

    leaf: bytes
    salt: bytes
    tick: int
    place: int
    path: tuple[bytes, ...]
    batch_at: datetime
    batch_entry: UUID
    batch_index: int | None


def leaf_place(session: Session, act_hash: bytes) -> LeafPlace | None:
    """The place of the act with this hash; None while it waits or if there is no such act."""
    leaf = session.scalar(select(SealedLeaf).where(SealedLeaf.act_hash == act_hash))
    if leaf is None or leaf.tick is None or leaf.place is None:
        return None
    batch = session.get_one(SealedBatch, leaf.tick)
    rows = session.scalars(
        select(SealedLeaf).where(SealedLeaf.tick == leaf.tick).order_by(SealedLeaf.id)
    ).all()
    tree = batch_tree(batch.seed, [row.leaf for row in rows])
    index = session.scalar(select(JournalEntry.index).where(JournalEntry.id == batch.entry_id))
    return LeafPlace(
        leaf.leaf,
        leaf.salt,
        leaf.tick,
        leaf.place,
        tree.path(leaf.place),
        batch.at,
        batch.entry_id,
        index,
    )


def _placed(row: JournalEntry | None) -> PlacedEntry | None:
    if row is None or row.index is None or row.at is None or row.entry is None:
        return None
    return PlacedEntry(row.index, row.at, row.type, row.subject, row.entry)


def refused_looks(session: Session, command: str, limit: int) -> list[TrailLine]:
    """Refused attempts of this name in the internal trail, the newest first."""
    return list(
        session.scalars(
            select(TrailLine)
            .where(TrailLine.command == command, TrailLine.refused.is_not(None))
            .order_by(TrailLine.at.desc())
            .limit(limit)
        )
    )
