"""The table of challenges."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.complaints.rules import ChallengeState, Stage
from market.db.base import Base
from market.db.types import Moment, StateColumn, one_of, version


class Challenge(Base):
    """One challenge of one supplier against one stage of a tender: once each, and complete."""

    __tablename__ = "challenge"
    __table_args__ = (
        one_of("state", ChallengeState),
        one_of("stage", Stage),
        UniqueConstraint("tender", "organisation", "stage"),
        CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name="answered_when"),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_with_words"),
        Index("ix_challenge_open", "tender", postgresql_where="state = 'registered'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    tender: Mapped[UUID]
    tender_no: Mapped[str] = mapped_column(String(32))
    organisation: Mapped[UUID]
    stage: Mapped[Stage] = mapped_column(StateColumn(Stage))
    state: Mapped[ChallengeState] = mapped_column(StateColumn(ChallengeState))
    matters: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    may_change_result: Mapped[bool]
    filed_at: Mapped[datetime] = mapped_column(Moment)
    answer_due_on: Mapped[date | None]
    """The last working day for the answer; empty while its year is not published."""
    answer: Mapped[str | None] = mapped_column(Text)
    upheld: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its number."""
        return self.no
