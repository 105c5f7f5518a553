"""Tables of the journal: append-only, indexed by the sequencer, served as tiles."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment, Structure


class JournalEntry(Base):
    """One official act. Rows without `index` wait for the sequencer; nothing is ever removed.

    `data` is the canonical JSON of what the act says; `entry` the canonical bytes that were hashed
    once the sequencer had given it a place. A trigger refuses every other change.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        CheckConstraint(
            "(index IS NULL) = (entry IS NULL) AND (index IS NULL) = (at IS NULL)"
            " AND (index IS NULL) = (leaf_hash IS NULL)",
            name="placed_whole",
        ),
        Index("ix_journal_entry_waiting", "moment", postgresql_where="index IS NULL"),
        Index("ix_journal_entry_subject", "subject", "type"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    type: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    moment: Mapped[datetime] = mapped_column(Moment)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    index: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    at: Mapped[datetime | None] = mapped_column(Moment)
    entry: Mapped[bytes | None] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes | None] = mapped_column(Hash)


class LogNode(Base):
    """The root of a complete subtree of 2**level leaves; level 0 stands in `journal_entry`."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(Hash)


class Checkpoint(Base):
    """A signed statement of size and root; kept for ever."""

    __tablename__ = "log_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    root: Mapped[bytes] = mapped_column(Hash)
    at: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(Text)


class Cosignature(Base):
    """A witness's signature line under a checkpoint, with the time the witness says it saw it."""

    __tablename__ = "log_cosignature"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    witness: Mapped[str] = mapped_column(String(200), primary_key=True)
    line: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(Moment)


class SealedLeaf(Base):
    """The leaf of one anonymous act; without `tick` it waits for the next sealed batch."""

    __tablename__ = "sealed_leaf"
    __table_args__ = (
        CheckConstraint("(tick IS NULL) = (place IS NULL)", name="placed_whole"),
        Index("ix_sealed_leaf_waiting", "id", postgresql_where="tick IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    act_hash: Mapped[bytes] = mapped_column(Hash, unique=True)
    salt: Mapped[bytes] = mapped_column(Hash)
    leaf: Mapped[bytes] = mapped_column(Hash, unique=True)
    tick: Mapped[int | None] = mapped_column(BigInteger)
    place: Mapped[int | None]


class SealedBatch(Base):
    """One tick of the sequencer: the seed of its random fill, its root, its journal entry."""

    __tablename__ = "sealed_batch"

    tick: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    seed: Mapped[bytes] = mapped_column(Hash)
    root: Mapped[bytes] = mapped_column(Hash)
    entry_id: Mapped[UUID] = mapped_column(unique=True)


class TrailLine(Base):
    """One command in the internal trail: who did what to which thing, by which rule."""

    __tablename__ = "trail_line"
    __table_args__ = (
        Index("ix_trail_line_subject", "subject", "at"),
        Index("ix_trail_line_refused", "command", "at", postgresql_where="refused IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    at: Mapped[datetime] = mapped_column(Moment)
    command: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(200))
    person: Mapped[UUID | None]
    subject: Mapped[str] = mapped_column(String(200))
    moves: Mapped[list[dict[str, str]]] = mapped_column(Structure)
    refused: Mapped[str | None] = mapped_column(String(64))
