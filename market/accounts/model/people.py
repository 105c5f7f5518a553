"""Tables of people: who they are, where letters reach them, what they do for whom."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from market.accounts.roles import Role
from market.accounts.rules import AppointmentState, PersonState
from market.accounts.separation import Duty
from market.accounts.vault import AddressKind
from market.db.base import Base
from market.db.types import Hash, Moment, StateColumn, one_of, version


class Person(Base):
    """Somebody who signs in. The name is sealed; of the id number there is only a mark."""

    __tablename__ = "person"
    __table_args__ = (
        one_of("state", PersonState),
        CheckConstraint("language IN ('zh', 'en')", name="language_known"),
        CheckConstraint(
            "(second_factor IS NOT NULL) OR"
            " (second_factor_since IS NULL AND second_factor_step IS NULL)",
            name="second_factor_whole",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    citizen_mark: Mapped[bytes | None] = mapped_column(Hash, unique=True)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    password_hash: Mapped[str] = mapped_column(String(200))
    second_factor: Mapped[bytes | None] = mapped_column(LargeBinary)
    second_factor_since: Mapped[datetime | None] = mapped_column(Moment)
    """When the first code was given; before that the secret is only on offer. Machine time."""
    second_factor_step: Mapped[int | None] = mapped_column(BigInteger)
    """The last step whose code was accepted: neither it nor an earlier one is again."""
    state: Mapped[PersonState] = mapped_column(StateColumn(PersonState), default=PersonState.ACTIVE)
    enrolled_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The name in the trail: the id, not what anybody is called."""
        return f"person/{self.id}"


class PersonAddress(Base):
    """Where letters reach a person: other rooms know the handle `id` and nothing else."""

    __tablename__ = "person_address"
    __table_args__ = (
        one_of("kind", AddressKind),
        Index(
            "uq_person_address_open",
            "person",
            "kind",
            "mark",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[AddressKind] = mapped_column(StateColumn(AddressKind))
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
    mark: Mapped[bytes] = mapped_column(Hash)
    added_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class Appointment(Base):
    """A role of a person in an organisation; an active one is what membership means."""

    __tablename__ = "appointment"
    __table_args__ = (
        one_of("role", Role),
        one_of("state", AppointmentState),
        CheckConstraint("state <> 'proposed' OR approved_at IS NULL", name="state_approved"),
        CheckConstraint("state <> 'active' OR accepted_at IS NOT NULL", name="state_accepted"),
        CheckConstraint(
            "(state IN ('declined', 'revoked')) = (ended_at IS NOT NULL)", name="state_ended"
        ),
        Index(
            "uq_appointment_open",
            "person",
            "organisation",
            "role",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
        Index("ix_appointment_organisation", "organisation", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Role] = mapped_column(StateColumn(Role))
    state: Mapped[AppointmentState] = mapped_column(
        StateColumn(AppointmentState), default=AppointmentState.PROPOSED
    )
    proposed_by: Mapped[UUID | None]
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail."""
        return f"appointment/{self.id}"


class DutyHeld(Base):
    """What a person does in one matter; never a bidder before the opening."""

    __tablename__ = "duty_held"
    __table_args__ = (
        one_of("duty", Duty),
        Index(
            "uq_duty_held_open",
            "matter",
            "person",
            "duty",
            unique=True,
            postgresql_where="given_up_at IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    matter: Mapped[UUID]
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    duty: Mapped[Duty] = mapped_column(StateColumn(Duty))
    taken_at: Mapped[datetime] = mapped_column(Moment)
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)
