"""Tables of credit: the ledger, only ever added to; penalties as they stand, months, effects."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from intermediaries.credit.rules import Effect, EntryKind
from intermediaries.rulebook.penalties import Act, Level
from intermediaries.rulebook.states import PenaltyState
from market.db.base import Base
from market.db.types import Moment, StateColumn, Structure, one_of, version


class CreditEntry(Base):
    """One row of the ledger of an agency; the database lets nobody change or remove it.

    `said` holds what the kind needs: points and reason of a bonus; act, day, facts, evidence and
    overdue days of a notice; words of everything that is about a penalty.
    """

    __tablename__ = "credit_entry"
    __table_args__ = (
        one_of("kind", EntryKind),
        CheckConstraint("(kind = 'bonus') = (penalty IS NULL)", name="penalty_unless_bonus"),
        Index("ix_credit_entry_organisation", "organisation", "place"),
        Index("ix_credit_entry_penalty", "penalty", "place"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    place: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    """The order of the ledger."""
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[EntryKind] = mapped_column(StateColumn(EntryKind))
    penalty: Mapped[UUID | None] = mapped_column(ForeignKey("credit_penalty.id"))
    said: Mapped[dict[str, str | int]] = mapped_column(Structure)
    entered_by: Mapped[UUID | None]
    """The person; None where a rule did it."""


class CreditPenalty(Base):
    """A penalty as it stands: a reading of the ledger, kept for lists and for taking turns."""

    __tablename__ = "credit_penalty"
    __table_args__ = (
        one_of("state", PenaltyState),
        one_of("act", Act),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint(
            "(state IN ('noticed', 'stated', 'dropped')) = (final_at IS NULL)", name="state_final"
        ),
        CheckConstraint("(state = 'appealed') = (answer_due IS NOT NULL)", name="state_appealed"),
        Index("ix_credit_penalty_organisation", "organisation", "noticed_at"),
        Index("ix_credit_penalty_state", "state", "heard_by"),
        Index(
            "uq_credit_penalty_order",
            "organisation",
            "act",
            "order_no",
            "occurred",
            unique=True,
            postgresql_where="order_no IS NOT NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    act: Mapped[Act] = mapped_column(StateColumn(Act))
    occurred: Mapped[date] = mapped_column(Date)
    points: Mapped[int] = mapped_column(Integer)
    order_no: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[PenaltyState] = mapped_column(
        StateColumn(PenaltyState), default=PenaltyState.NOTICED
    )
    noticed_at: Mapped[datetime] = mapped_column(Moment)
    heard_by: Mapped[datetime] = mapped_column(Moment)
    """The last moment for the agency's statement."""
    decision_due: Mapped[datetime] = mapped_column(Moment)
    final_at: Mapped[datetime | None] = mapped_column(Moment)
    final_by: Mapped[UUID | None]
    appeal_by: Mapped[datetime | None] = mapped_column(Moment)
    """The last moment for an appeal."""
    answer_due: Mapped[datetime | None] = mapped_column(Moment)
    legal_paper: Mapped[str | None] = mapped_column(String(200))
    hearing_told: Mapped[bool] = mapped_column(default=False)
    """Whether the management office was told that the time for a statement is over."""
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail."""
        return self.no


class CreditMonth(Base):
    """The credit of an agency as published for a month; written again only by a cancellation."""

    __tablename__ = "credit_month"
    __table_args__ = (one_of("level", Level),)

    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    hundredths: Mapped[int] = mapped_column(Integer)
    """The score times a hundred: halves are the smallest shares."""
    level: Mapped[Level] = mapped_column(StateColumn(Level))
    entries: Mapped[int] = mapped_column(Integer)
    computed_at: Mapped[datetime] = mapped_column(Moment)


class CreditEffect(Base):
    """A suspension or a removal that credit brought about, and what stood before it."""

    __tablename__ = "credit_effect"
    __table_args__ = (one_of("kind", Effect),)

    penalty: Mapped[UUID] = mapped_column(ForeignKey("credit_penalty.id"), primary_key=True)
    kind: Mapped[Effect] = mapped_column(StateColumn(Effect))
    until: Mapped[date | None] = mapped_column(Date)
    before: Mapped[date | None] = mapped_column(Date)
    """The last day of a suspension that ran already; None where none did."""
    ordered_at: Mapped[datetime] = mapped_column(Moment)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text)


class CreditRunning(Base):
    """How many projects an agency has, as the room of orders counts them."""

    __tablename__ = "credit_running"
    __table_args__ = (CheckConstraint("running >= 0", name="running_not_negative"),)

    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    running: Mapped[int] = mapped_column(Integer)
