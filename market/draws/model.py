"""Tables of draws: the freeze, its leaves, what the parties gave or failed to, the walk's skips."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment, StateColumn, Structure, one_of, version
from market.draws.rules import DrawState


class Draw(Base):
    """One draw: one for each case and purpose, whatever happens to its attempts.

    `inputs` are the pool's makings with the draw's key, sealed; `limit_at` is the last good moment
    of the phase at hand.
    """

    __tablename__ = "draw"
    __table_args__ = (
        one_of("state", DrawState),
        UniqueConstraint("case_no", "purpose"),
        CheckConstraint("kind IN ('walk', 'permutation', 'pick')", name="kind_known"),
        CheckConstraint("(kind = 'walk') = (inputs IS NOT NULL)", name="walk_has_pool"),
        CheckConstraint(
            "(state IN ('drawn', 'published')) = (seed IS NOT NULL)", name="drawn_has_seed"
        ),
        CheckConstraint(
            "(state = 'published') = (result IS NOT NULL)"
            " AND (result IS NULL) = (published_at IS NULL)",
            name="published_whole",
        ),
        CheckConstraint("attempt >= 1", name="counted_from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(128), unique=True)
    case_no: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[DrawState] = mapped_column(StateColumn(DrawState))
    freeze: Mapped[bytes] = mapped_column(LargeBinary)
    inputs: Mapped[bytes | None] = mapped_column(LargeBinary)
    attempt: Mapped[int] = mapped_column(default=1)
    frozen_at: Mapped[datetime] = mapped_column(Moment)
    limit_at: Mapped[datetime | None] = mapped_column(Moment)
    seed: Mapped[bytes | None] = mapped_column(Hash)
    result: Mapped[bytes | None] = mapped_column(LargeBinary)
    names_public: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Nothing is taken from any party until it is known who takes no part."""
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The draw's number."""
        return self.no


class DrawShutOut(Base):
    """An organisation whose people take no part in a draw: those who are drawn will judge it."""

    __tablename__ = "draw_shut_out"

    draw: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    organisation: Mapped[UUID] = mapped_column(primary_key=True)
    shut_at: Mapped[datetime] = mapped_column(Moment)


class DrawLeaf(Base):
    """One leaf of a stratum; who stands behind it is sealed, its unit only a tag."""

    __tablename__ = "draw_leaf"

    draw: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    stratum: Mapped[str] = mapped_column(String(64), primary_key=True)
    leaf: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    tag: Mapped[bytes | None] = mapped_column(Hash)
    opening: Mapped[bytes | None] = mapped_column(LargeBinary)


class DrawPiece(Base):
    """Something a party gave, as journaled: an audit, a consent, a commitment, a nonce, a void.

    `name` is the party, for a consent its reason and stratum; `attempt` is 0 where none is meant.
    """

    __tablename__ = "draw_piece"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('draw-audit', 'draw-consent', 'draw-commit', 'draw-reveal', 'draw-void')",
            name="kind_known",
        ),
        CheckConstraint(
            "(attempt = 0) = (kind IN ('draw-audit', 'draw-consent'))", name="attempt_meant"
        ),
    )

    draw: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[datetime] = mapped_column(Moment)


class DrawStep(Base):
    """One skip of the walk, numbered from 0; without `body` it waits for its journal entry.

    `evidence` holds what a reported skip rests on: hashes and moments, never a name.
    """

    __tablename__ = "draw_step"
    __table_args__ = (
        UniqueConstraint("draw", "number"),
        UniqueConstraint("draw", "stratum", "leaf"),
        Index("ix_draw_step_waiting", "draw", "number", postgresql_where="body IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    draw: Mapped[UUID] = mapped_column(ForeignKey("draw.id"))
    number: Mapped[int]
    stratum: Mapped[str] = mapped_column(String(64))
    leaf: Mapped[bytes] = mapped_column(Hash)
    code: Mapped[str] = mapped_column(String(32))
    collides: Mapped[bytes | None] = mapped_column(Hash)
    evidence: Mapped[dict[str, object] | None] = mapped_column(Structure)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class DrawStop(Base):
    """A freeze that an audit found wanting, counted from 1; replaced once there is a `body`.

    `body` is the freeze with its leaves and audits as the draw file writes them, `inputs` what its
    pool was made of, sealed; `remedy` says in its owner's words what was mended.
    """

    __tablename__ = "draw_stop"
    __table_args__ = (
        UniqueConstraint("draw", "number"),
        CheckConstraint("number >= 1", name="counted_from_one"),
        CheckConstraint(
            "(body IS NULL) = (inputs IS NULL) AND (body IS NULL) = (remedy IS NULL)"
            " AND (body IS NULL) = (replaced_at IS NULL)",
            name="replaced_whole",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    draw: Mapped[UUID] = mapped_column(ForeignKey("draw.id"))
    number: Mapped[int]
    stopped_at: Mapped[datetime] = mapped_column(Moment)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    inputs: Mapped[bytes | None] = mapped_column(LargeBinary)
    remedy: Mapped[str | None] = mapped_column(Text)
    replaced_at: Mapped[datetime | None] = mapped_column(Moment)


class DrawLapse(Base):
    """A party that let an attempt lapse: kept for whoever judges its conduct.

    `noted_at`: when the supervisor took note, by whom.
    """

    __tablename__ = "draw_lapse"
    __table_args__ = (
        UniqueConstraint("draw", "attempt", "party"),
        CheckConstraint("cause IN ('not-committed', 'bad-escrow')", name="cause_known"),
        CheckConstraint("(noted_at IS NULL) = (noted_by IS NULL)", name="noted_by_somebody"),
        Index("ix_draw_lapse_organisation", "organisation", "named_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    draw: Mapped[UUID] = mapped_column(ForeignKey("draw.id"))
    draw_no: Mapped[str] = mapped_column(String(128))
    attempt: Mapped[int]
    party: Mapped[str] = mapped_column(String(64))
    organisation: Mapped[str] = mapped_column(String(18))
    cause: Mapped[str] = mapped_column(String(16))
    named_at: Mapped[datetime] = mapped_column(Moment)
    noted_at: Mapped[datetime | None] = mapped_column(Moment)
    noted_by: Mapped[UUID | None]

    @property
    def subject(self) -> str:
        """The draw's number."""
        return self.draw_no
