"""Tables of experts: the register, its daily snapshots, invitations, absences."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, Structure, one_of, version
from market.experts.rules.invitations import InvitationState
from market.kernel.money import Money


class ExpertEntry(Base):
    """One expert of the register. The name is the account's, sealed there; here stands the id.

    `declared` holds employments, relations and all else that recusal asks for.
    """

    __tablename__ = "expert"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 3", name="level_known"),
        Index("ix_expert_unit", "unit"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    person: Mapped[UUID] = mapped_column(unique=True)
    unit: Mapped[str] = mapped_column(String(64))
    title_zh: Mapped[str] = mapped_column(String(64))
    title_en: Mapped[str] = mapped_column(String(64))
    specialties: Mapped[list[str]] = mapped_column(Structure)
    libraries: Mapped[list[str]] = mapped_column(Structure)
    region: Mapped[str] = mapped_column(String(6))
    level: Mapped[int]
    field_since: Mapped[date]
    born_on: Mapped[date]
    valid_until: Mapped[date]
    academician: Mapped[bool]
    recommended: Mapped[bool]
    evaluates_online: Mapped[bool]
    suspended_until: Mapped[date | None]
    blacklisted: Mapped[bool]
    drawn_elsewhere: Mapped[int] = mapped_column(default=0)
    """Seats of this month outside this platform, as the library reported them on entry."""
    declared: Mapped[dict[str, object]] = mapped_column(Structure)
    credit: Mapped[int] = mapped_column(default=0)
    entered_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The number in the register."""
        return f"expert/{self.no}"


class ExpertTurn(Base):
    """A seat that another room gave an expert, by that room's name for it.

    It counts in the month in which it was taken, until it is given back.
    """

    __tablename__ = "expert_turn"
    __table_args__ = (
        CheckConstraint("given_back_at >= taken_at", name="taken_first"),
        Index("ix_expert_turn_counted", "taken_at", postgresql_where="given_back_at IS NULL"),
    )

    kept_in: Mapped[str] = mapped_column(String(64), primary_key=True)
    expert: Mapped[UUID] = mapped_column(ForeignKey("expert.id"))
    taken_at: Mapped[datetime] = mapped_column(Moment)
    given_back_at: Mapped[datetime | None] = mapped_column(Moment)


class LibrarySnapshot(Base):
    """The register of one legal day: its journaled root, its records, its salting keys sealed.

    `number` counts from 0: the first of the day is the beat's, later ones precede a draw.
    """

    __tablename__ = "expert_library_snapshot"
    __table_args__ = (CheckConstraint("number >= 0", name="counted_from_nought"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, default=0, server_default="0")
    root: Mapped[bytes] = mapped_column(Hash)
    size: Mapped[int]
    key: Mapped[bytes] = mapped_column(LargeBinary)
    records: Mapped[bytes] = mapped_column(LargeBinary)
    taken_at: Mapped[datetime] = mapped_column(Moment)


class Summons(Base):
    """What the invitations of one draw say, and until when vacancies are filled.

    Neither project nor owner nor bidder is told before somebody has signed in.
    """

    __tablename__ = "expert_summons"
    __table_args__ = (CheckConstraint("hours > 0", name="hours_some"),)

    draw_no: Mapped[str] = mapped_column(String(128), primary_key=True)
    owner: Mapped[str] = mapped_column(String(18))
    published_on: Mapped[date]
    """The publication day of the procedure, whose numbers of law count."""
    evaluation_at: Mapped[datetime] = mapped_column(Moment)
    fill_until: Mapped[datetime] = mapped_column(Moment)
    city_zh: Mapped[str] = mapped_column(String(64))
    city_en: Mapped[str] = mapped_column(String(64))
    place_zh: Mapped[str] = mapped_column(String(200))
    place_en: Mapped[str] = mapped_column(String(200))
    hours: Mapped[int]
    fee: Mapped[Money] = mapped_column(MoneyColumn)


class Invitation(Base):
    """One call for one seat of one draw; `token` and `code` are kept as hashes alone."""

    __tablename__ = "expert_invitation"
    __table_args__ = (
        one_of("state", InvitationState),
        UniqueConstraint("draw_no", "leaf"),
        CheckConstraint("state <> 'confirmed' OR answered_at IS NOT NULL", name="confirmed_when"),
        CheckConstraint("state <> 'declined' OR answered_at IS NOT NULL", name="declined_when"),
        CheckConstraint(
            "state NOT IN ('signed-in', 'active')"
            " OR (signed_in_at IS NOT NULL AND declaration_hash IS NOT NULL)",
            name="declared_at_sign_in",
        ),
        CheckConstraint("state <> 'no-reply' OR ended_at IS NOT NULL", name="lapsed_when"),
        Index("ix_expert_invitation_draw", "draw_no", "state"),
        Index("ix_expert_invitation_expert", "expert"),
        Index("ix_expert_invitation_waiting", "called_at", postgresql_where="state = 'called'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    draw_no: Mapped[str] = mapped_column(ForeignKey("expert_summons.draw_no"))
    stratum: Mapped[str] = mapped_column(String(64))
    leaf: Mapped[bytes] = mapped_column(Hash)
    expert: Mapped[UUID] = mapped_column(ForeignKey("expert.id"))
    state: Mapped[InvitationState] = mapped_column(StateColumn(InvitationState))
    token_hash: Mapped[bytes] = mapped_column(Hash, unique=True)
    code_hash: Mapped[bytes] = mapped_column(Hash)
    wrong_codes: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(String(16))
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    declaration_hash: Mapped[bytes | None] = mapped_column(Hash)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The invitation in the trail: never the expert."""
        return f"invitation/{self.id}"


class InvitationDelivery(Base):
    """A carrier's record that an invitation arrived."""

    __tablename__ = "expert_invitation_delivery"

    invitation: Mapped[UUID] = mapped_column(ForeignKey("expert_invitation.id"), primary_key=True)
    carrier: Mapped[str] = mapped_column(String(64), primary_key=True)
    independent: Mapped[bool]
    receipt: Mapped[bytes] = mapped_column(Hash)
    delivered_at: Mapped[datetime] = mapped_column(Moment)


class Absence(Base):
    """Somebody who confirmed and did not come; what it cost."""

    __tablename__ = "expert_absence"

    invitation: Mapped[UUID] = mapped_column(ForeignKey("expert_invitation.id"), primary_key=True)
    expert: Mapped[UUID] = mapped_column(ForeignKey("expert.id"), index=True)
    on: Mapped[date]
    points: Mapped[int]
