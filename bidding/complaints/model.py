"""The tables of challenges, and of complaints about their answers."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.complaints.rules import ChallengeState, ComplaintState, Outcome, Stage
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
