"""What the sequencer does: seal batches, give entries their places, sign heads, keep cosignatures.

All of it runs in one process, under one lock, so that places have no gap and nothing is ever put
behind a place that was already read.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from market.command import Work
from market.journal.model import (
    Checkpoint,
    Cosignature,
    JournalEntry,
    LogNode,
    SealedBatch,
    SealedLeaf,
)
from market.journal.nodes import LogNodes
from market.protocol.batches import JOURNAL_SUBJECT, batch_data, batch_tree
from market.protocol.checkpoints import Checkpoint as Head
from market.protocol.checkpoints import sign_checkpoint
from market.protocol.encoding import canonical, digest, parse
from market.protocol.entries import write_entry
from market.protocol.fixed_trees import BATCH_DEPTH, SEED_LENGTH
from market.protocol.keyring import keys_data
from market.protocol.merkle import frontier_from, leaf_hash

SEQUENCER_LOCK: Final = "journal:sequencer"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The leaf of an anonymous act and its salt: what a receipt promises a place for."""

    leaf: bytes
    salt: bytes


def seal(work: Work, act: bytes) -> Sealed:
    """Give an anonymous act its leaf `H(0x00 || salt || JCS(act))`, to be placed in a batch."""
    salt = secrets.token_bytes(32)
    leaf = leaf_hash(salt + act)
    work.session.add(SealedLeaf(act_hash=digest(act), salt=salt, leaf=leaf))
    return Sealed(leaf, salt)


def seal_batch(work: Work, command: None) -> int:
    """Write the batch of this tick, whether or not anything waits; the tick's number.

    At most 4,096 acts are placed; more wait for the next tick. The entry looks the same for none
    and for 4,096.
    """
    del command
    work.hold(SEQUENCER_LOCK)
    waiting = work.session.scalars(
        select(SealedLeaf)
        .where(SealedLeaf.tick.is_(None))
        .order_by(SealedLeaf.id)
        .limit(2**BATCH_DEPTH)
        .with_for_update(skip_locked=True)
    ).all()
    last = work.session.scalar(select(func.max(SealedBatch.tick)))
    tick = 0 if last is None else last + 1
    seed = secrets.token_bytes(SEED_LENGTH)
    tree = batch_tree(seed, [row.leaf for row in waiting])
    for row, place in zip(waiting, tree.places, strict=True):
        row.tick = tick
        row.place = place
    data = batch_data(tick, tree.root)
    work.publish("sealed-batch", JOURNAL_SUBJECT, data)
    work.session.flush()
    entry = work.session.scalars(
        select(JournalEntry.id).where(
            JournalEntry.type == "sealed-batch",
            JournalEntry.index.is_(None),
            JournalEntry.data == canonical(data),
        )
    ).one()
    work.session.add(SealedBatch(tick=tick, at=work.now, seed=seed, root=tree.root, entry_id=entry))
    return tick


@dataclass(frozen=True, slots=True)
class Place:
    """Put what waits in its place and sign the head of the log as `origin`."""

    origin: str
    key: Ed25519PrivateKey


def place(work: Work, command: Place) -> int:
    """Give every waiting entry the next index, in the order of commits seen; the log's size.

    An entry's `at` never lies before that of the entry in front of it: an act whose transaction
    was tried again keeps its own moment in its data, not its place. A new head is signed if the
    log grew.
    """
    work.hold(SEQUENCER_LOCK)
    last = work.session.execute(
        select(JournalEntry.index.label("place"), JournalEntry.at)
        .where(JournalEntry.index.is_not(None))
        .order_by(JournalEntry.index.desc())
        .limit(1)
    ).one_or_none()
    size = 0 if last is None else last.place + 1
    latest: datetime | None = None if last is None else last.at
    nodes = LogNodes(work.session)
    frontier = frontier_from(nodes, size)
    waiting = work.session.scalars(
        select(JournalEntry)
        .where(JournalEntry.index.is_(None))
        .order_by(JournalEntry.moment, JournalEntry.id)
    ).all()
    for row in waiting:
        latest = row.moment if latest is None else max(latest, row.moment)
        row.index = frontier.size
        row.at = latest
        row.entry = write_entry(row.type, latest, row.subject, parse(row.data))
        row.leaf_hash = leaf_hash(row.entry)
        frontier, made = frontier.append(row.leaf_hash)
        work.session.add_all(
            LogNode(level=level, index=index, hash=held) for level, index, held in made if level
        )
    if waiting:
        head = Head(command.origin, frontier.size, frontier.root())
        note = sign_checkpoint(head, command.key).raw().decode()
        work.session.add(Checkpoint(size=head.size, root=head.root, at=work.now, note=note))
    return frontier.size


@dataclass(frozen=True, slots=True)
class KeepCosignature:
    """Keep a witness's line under the checkpoint of this size; checked before it comes here."""

    size: int
    witness: str
    line: str
    signed_at: datetime


def keep_cosignature(work: Work, command: KeepCosignature) -> None:
    """Keep a cosignature; the same witness under the same head a second time changes nothing."""
    known = work.session.get(Cosignature, (command.size, command.witness))
    if known is None:
        work.session.add(
            Cosignature(
                size=command.size,
                witness=command.witness,
                line=command.line,
                signed_at=command.signed_at,
            )
        )


@dataclass(frozen=True, slots=True)
class OpenLog:
    """The first entry: every key by which the platform will ever be recognised."""

    origin: str
    keys: Mapping[str, bytes]


def open_log(work: Work, command: OpenLog) -> bool:
    """Journal the platform's keys as entry 0; false if the log was opened before."""
    work.hold(SEQUENCER_LOCK)
    if work.session.scalar(select(func.count()).select_from(JournalEntry)):
        return False
    work.publish("keys", JOURNAL_SUBJECT, keys_data(command.origin, command.keys))
    return True
