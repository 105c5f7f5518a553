"""Tables of agencies: the entry, its files, its checks, objections, what everybody may read."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from intermediaries.agencies.rules.states import (
    AgencyState,
    EventKind,
    ObjectionState,
    QualificationState,
)
from intermediaries.catalogue.rules import Category, Level, Qualification
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, Structure, one_of, version
from market.kernel.money import Money


class Agency(Base):
    """One organisation as an agency; it stays the same row through leaving and coming back."""

    __tablename__ = "agency"
    __table_args__ = (
        one_of("state", AgencyState),
        CheckConstraint(
            "state <> 'publicity' OR publicity_ends IS NOT NULL", name="state_publicity"
        ),
        CheckConstraint(
            "state NOT IN ('active', 'suspended') OR entered_at IS NOT NULL", name="state_entered"
        ),
        CheckConstraint("state <> 'removed' OR removed_on IS NOT NULL", name="state_removed"),
        Index("ix_agency_state", "state", "publicity_ends"),
        Index("ix_agency_search", "search", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), unique=True)
    state: Mapped[AgencyState] = mapped_column(
        StateColumn(AgencyState), default=AgencyState.APPLIED
    )
    applied_at: Mapped[datetime] = mapped_column(Moment)
    publicity_ends: Mapped[datetime | None] = mapped_column(Moment)
    entered_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when it has been in, the last time; the moment itself, not when it was noticed."""
    suspended_until: Mapped[date | None] = mapped_column(Date)
    removed_on: Mapped[date | None] = mapped_column(Date)
    comes_first: Mapped[bool] = mapped_column(default=True, server_default="true")
    """Whether the credit published for the month shows it first; without points nothing else."""
    touched: Mapped[dict[str, str]] = mapped_column(Structure)
    """Of each part of the files the moment of its last change."""
    search: Mapped[str | None] = mapped_column(TSVECTOR)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail."""
        return self.no


class AgencyQualification(Base):
    """A certificate: what it says, its file, and how far it has come."""

    __tablename__ = "agency_qualification"
    __table_args__ = (
        one_of("kind", Qualification),
        one_of("level", Level),
        one_of("state", QualificationState),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="state_confirmed"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="state_ended"),
        CheckConstraint("state <> 'handed-in' OR handed_in_at IS NOT NULL", name="state_handed_in"),
        Index("ix_agency_qualification_agency", "agency", "state"),
        Index(
            "ix_agency_qualification_expiry",
            "expires_on",
            postgresql_where="state = 'confirmed'",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[Qualification] = mapped_column(StateColumn(Qualification))
    level: Mapped[Level] = mapped_column(StateColumn(Level))
    number: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(200))
    expires_on: Mapped[date] = mapped_column(Date)
    """The last day on which it counts."""
    document: Mapped[bytes] = mapped_column(Hash, ForeignKey("stored_document.digest"))
    state: Mapped[QualificationState] = mapped_column(
        StateColumn(QualificationState), default=QualificationState.DRAFT
    )
    added_at: Mapped[datetime] = mapped_column(Moment)
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    check_due: Mapped[datetime | None] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_for: Mapped[str | None] = mapped_column(Text)
    warned_at: Mapped[datetime | None] = mapped_column(Moment)
    expiry_told_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail."""
        return f"agency-qualification/{self.id}"


class AgencyService(Base):
    """A service item that an agency offers, with its price and its promise."""

    __tablename__ = "agency_service"
    __table_args__ = (
        one_of("category", Category),
        CheckConstraint("promise_days > 0", name="promise_positive"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        Index(
            "uq_agency_service_open",
            "agency",
            "item",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
        Index("ix_agency_service_item", "item_code", postgresql_where="ended_at IS NULL"),
        Index("ix_agency_service_category", "category", postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    item: Mapped[UUID] = mapped_column(ForeignKey("service_item.id"))
    item_code: Mapped[str] = mapped_column(String(16))
    category: Mapped[Category] = mapped_column(StateColumn(Category))
    """Code and category of the item, which never change."""
    price: Mapped[Money] = mapped_column(MoneyColumn)
    promise_days: Mapped[int] = mapped_column(Integer)
    conditions: Mapped[str | None] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class AgencyPractitioner(Base):
    """Somebody whose practice a law asks for: name and number sealed, never public."""

    __tablename__ = "agency_practitioner"
    __table_args__ = (
        Index("ix_agency_practitioner_agency", "agency", postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    profession: Mapped[str] = mapped_column(String(100))
    name: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class AgencyDeclaration(Base):
    """What an agency declares of its interests; the newest counts, the older ones stay."""

    __tablename__ = "agency_declaration"
    __table_args__ = (Index("ix_agency_declaration_agency", "agency", "declared_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    departments: Mapped[list[str]] = mapped_column(Structure)
    """Credit codes of administrative organs that it belongs to or is tied to."""
    interests: Mapped[str] = mapped_column(Text)
    declared_by: Mapped[UUID]
    declared_at: Mapped[datetime] = mapped_column(Moment)


class AgencyCheck(Base):
    """One round of the operator's check: handed in, due, decided with all reasons."""

    __tablename__ = "agency_check"
    __table_args__ = (
        CheckConstraint(
            "(decided_at IS NULL) = (passed IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decision_whole",
        ),
        Index("uq_agency_check_open", "agency", unique=True, postgresql_where="decided_at IS NULL"),
        Index("ix_agency_check_agency", "agency", "handed_in_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    handed_in_at: Mapped[datetime] = mapped_column(Moment)
    due: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[UUID | None]
    passed: Mapped[bool | None]
    reasons: Mapped[list[dict[str, str]]] = mapped_column(Structure)


class AgencyObjection(Base):
    """An objection to an entry while it is in publicity, and its answer."""

    __tablename__ = "agency_objection"
    __table_args__ = (
        one_of("state", ObjectionState),
        CheckConstraint(
            "(state IN ('dismissed', 'upheld')) = (answer IS NOT NULL)", name="state_answered"
        ),
        Index(
            "uq_agency_objection_open",
            "agency",
            "person",
            unique=True,
            postgresql_where="state = 'open'",
        ),
        Index("ix_agency_objection_agency", "agency", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    person: Mapped[UUID]
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(Moment)
    due: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[ObjectionState] = mapped_column(
        StateColumn(ObjectionState), default=ObjectionState.OPEN
    )
    answer: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail: never who objected."""
        return f"agency-objection/{self.id}"


class AgencyEvent(Base):
    """One public line in the course of an agency."""

    __tablename__ = "agency_event"
    __table_args__ = (one_of("kind", EventKind), Index("ix_agency_event_agency", "agency", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[EventKind] = mapped_column(StateColumn(EventKind))
    at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)


class BadRecord(Base):
    """An organisation that a legal decision keeps out until a day; known by its credit code."""

    __tablename__ = "bad_record"
    __table_args__ = (
        CheckConstraint("from_day <= until_day", name="days_in_order"),
        Index("uq_bad_record_decision", "uscc", "decision", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    uscc: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(200))
    decision: Mapped[str] = mapped_column(String(200))
    from_day: Mapped[date] = mapped_column(Date)
    until_day: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
