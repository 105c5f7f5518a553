"""The tables of challenges, and of complaints about their answers."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.complaints.rules import (
    ChallengeState,
    ComplaintState,
    Finding,
    Outcome,
    Remedy,
    Stage,
)
from market.db.base import Base
from market.db.types import Moment, StateColumn, one_of, version


class Challenge(Base):
    """One challenge of one supplier against one stage of a tender: once each, and complete.

    Each result that is published after an award lapsed is a stage of its own (`turn`).
    """

    __tablename__ = "challenge"
    __table_args__ = (
        one_of("state", ChallengeState),
        one_of("stage", Stage),
        one_of("finding", Finding),
        one_of("remedy", Remedy),
        UniqueConstraint("tender", "organisation", "stage", "turn"),
        CheckConstraint("turn > 0", name="turn_counts"),
        CheckConstraint(
            "(state IN ('answered', 'upheld', 'remedied')) = (answered_at IS NOT NULL)"
            " AND (answered_at IS NULL) = (answer IS NULL)"
            " AND (answered_at IS NULL) = (finding IS NULL)",
            name="answered_whole",
        ),
        CheckConstraint(
            "(state = 'upheld' OR state = 'remedied') = (finding IS NOT NULL AND"
            " finding = 'upheld_with_effect')",
            name="upheld_with_effect",
        ),
        CheckConstraint(
            "(state = 'remedied') = (remedied_at IS NOT NULL)"
            " AND (remedied_at IS NULL) = (remedy IS NULL)"
            " AND (remedy IS NOT NULL AND remedy = 'written') = (remedy_words IS NOT NULL)",
            name="remedied_whole",
        ),
        Index("ix_challenge_open", "tender", postgresql_where="state = 'registered'"),
        Index("ix_challenge_upheld", "tender", postgresql_where="state = 'upheld'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    tender: Mapped[UUID]
    tender_no: Mapped[str] = mapped_column(String(32))
    organisation: Mapped[UUID]
    stage: Mapped[Stage] = mapped_column(StateColumn(Stage))
    turn: Mapped[int]
    """Which result it is about, from 1: each award has its own; 1 for the other stages."""
    state: Mapped[ChallengeState] = mapped_column(StateColumn(ChallengeState))
    matters: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    may_change_result: Mapped[bool]
    filed_at: Mapped[datetime] = mapped_column(Moment)
    answer_due_on: Mapped[date | None]
    """The last working day for the answer; empty while its year is not published."""
    answer: Mapped[str | None] = mapped_column(Text)
    finding: Mapped[Finding | None] = mapped_column(StateColumn(Finding))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    remedy: Mapped[Remedy | None] = mapped_column(StateColumn(Remedy))
    remedy_words: Mapped[str | None] = mapped_column(Text)
    remedied_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its number."""
        return self.no


class Complaint(Base):
    """A complaint to the finance department about one challenge: once, by whoever challenged."""

    __tablename__ = "complaint"
    __table_args__ = (
        one_of("state", ComplaintState),
        one_of("outcome", Outcome),
        CheckConstraint("(state = 'decided') = (outcome IS NOT NULL)", name="decided_with_outcome"),
        CheckConstraint(
            "(state IN ('decided', 'refused')) = (decided_at IS NOT NULL)"
            " AND (decided_at IS NULL) = (decision IS NULL)",
            name="decided_whole",
        ),
        CheckConstraint(
            "suspended_until IS NULL OR accepted_at IS NOT NULL", name="suspended_when"
        ),
        Index("ix_complaint_open", "filed_at", postgresql_where="state IN ('filed', 'accepted')"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    challenge: Mapped[UUID] = mapped_column(ForeignKey("challenge.id"), unique=True)
    tender: Mapped[UUID] = mapped_column(index=True)
    tender_no: Mapped[str] = mapped_column(String(32))
    organisation: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[ComplaintState] = mapped_column(StateColumn(ComplaintState))
    matters: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(Moment)
    examine_until: Mapped[date | None]
    decide_until: Mapped[date | None]
    """Last legal days to examine and to decide; empty while their years are not published."""
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    suspended_until: Mapped[datetime | None] = mapped_column(Moment)
    """The contract waits up to and at this moment, if it was ordered to."""
    outcome: Mapped[Outcome | None] = mapped_column(StateColumn(Outcome))
    decision: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its number."""
        return self.no
