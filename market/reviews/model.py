"""Tables of reviews by drawn experts: the review, its draws, and who sat when."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment, StateColumn, Structure, one_of, version
from market.reviews.rules import Kind, Leaving, ReviewState


class ExpertReview(Base):
    """A review that somebody asked for; `around` are the organisations that no expert belongs to.

    `hours`: working hours each expert has, where the asker says so.
    """

    __tablename__ = "expert_review"
    __table_args__ = (
        one_of("kind", Kind),
        one_of("state", ReviewState),
        UniqueConstraint("kind", "case_no", "number"),
        CheckConstraint("number > 0 AND seats > 0", name="counted_from_one"),
        CheckConstraint(
            "state NOT IN ('called', 'finished') OR called_at IS NOT NULL", name="called_when"
        ),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_when"),
        Index("ix_expert_review_unended", "asked_at", postgresql_where="state <> 'ended'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[Kind] = mapped_column(StateColumn(Kind))
    case_no: Mapped[str] = mapped_column(String(32))
    number: Mapped[int]
    state: Mapped[ReviewState] = mapped_column(
        StateColumn(ReviewState), default=ReviewState.DRAWING
    )
    seats: Mapped[int]
    hours: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    project: Mapped[str] = mapped_column(String(64))
    around: Mapped[dict[str, list[str]]] = mapped_column(Structure)
    task: Mapped[str] = mapped_column(String(200))
    """Where an expert works on it: a path of this site."""
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    called_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    names_public: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail."""
        return f"{self.case_no}/{self.kind.value}-{self.number}"


class ExpertReviewDraw(Base):
    """One draw of a review: the first for all seats, later ones for those that stayed empty."""

    __tablename__ = "expert_review_draw"
    __table_args__ = (
        UniqueConstraint("review", "number"),
        CheckConstraint("number > 0 AND quota > 0", name="counted_from_one"),
        Index("ix_expert_review_draw_open", "review", postgresql_where="published_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    review: Mapped[UUID] = mapped_column(ForeignKey("expert_review.id"))
    number: Mapped[int]
    draw_no: Mapped[str] = mapped_column(String(128), unique=True)
    specialties: Mapped[list[str]] = mapped_column(Structure)
    quota: Mapped[int]
    published_at: Mapped[datetime | None] = mapped_column(Moment)


class ExpertReviewSeat(Base):
    """Somebody drawn and called; who left a seat stays written down, with the reason."""

    __tablename__ = "expert_review_seat"
    __table_args__ = (
        one_of("left_for", Leaving),
        UniqueConstraint("draw_no", "leaf"),
        CheckConstraint("(left_at IS NULL) = (left_for IS NULL)", name="left_whole"),
        CheckConstraint("done_at IS NULL OR left_at IS NULL", name="done_stays"),
        Index(
            "uq_expert_review_seat_held",
            "review",
            "number",
            unique=True,
            postgresql_where="left_at IS NULL",
        ),
        Index("ix_expert_review_seat_person", "person", postgresql_where="left_at IS NULL"),
        Index(
            "ix_expert_review_seat_silent",
            "answer_due",
            postgresql_where="accepted_at IS NULL AND left_at IS NULL",
        ),
        Index(
            "ix_expert_review_seat_late",
            "work_due",
            postgresql_where="done_at IS NULL AND left_at IS NULL",
        ),
        Index("ix_expert_review_seat_warn", "warn_at", postgresql_where="warn_at IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    review: Mapped[UUID] = mapped_column(ForeignKey("expert_review.id"))
    number: Mapped[int]
    """The seat, from 1: on pages an expert is this number while names are secret."""
    draw_no: Mapped[str] = mapped_column(String(128))
    leaf: Mapped[bytes] = mapped_column(Hash)
    expert: Mapped[str] = mapped_column(String(32))
    person: Mapped[UUID]
    called_at: Mapped[datetime] = mapped_column(Moment)
    answer_due: Mapped[datetime | None] = mapped_column(Moment)
    work_due: Mapped[datetime | None] = mapped_column(Moment)
    """The last good moment for the work; None where the calendar of its year is not published."""
    warn_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a reminder is due; None once it is written, or nothing remains to be reminded of."""
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    left_for: Mapped[Leaving | None] = mapped_column(StateColumn(Leaving))
    words: Mapped[str | None] = mapped_column(Text)
