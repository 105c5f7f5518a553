"""Tables of projects: the entry, its approvals, its money, who prepared it."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, one_of, version
from market.kernel.ids import Track
from market.kernel.money import Money
from market.projects.rules import PartyKind, ProjectState
from market.projects.tracks import FundSource, Subject


class Project(Base):
    """One project under one number, from its entry to its end."""

    __tablename__ = "project"
    __table_args__ = (
        one_of("track", Track),
        one_of("kind", Subject),
        one_of("funds", FundSource),
        one_of("state", ProjectState),
        CheckConstraint("budget > 0", name="budget_positive"),
        CheckConstraint("agent <> owner", name="agent_other"),
        CheckConstraint("(early_by IS NULL) = (early_at IS NULL)", name="early_whole"),
        CheckConstraint("state <> 'admitted' OR admitted_at IS NOT NULL", name="state_admitted"),
        Index("ix_project_owner", "owner", "created_at"),
        Index("ix_project_agent", "agent", "created_at"),
        Index("ix_project_state", "state", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    region: Mapped[str] = mapped_column(String(6))
    track: Mapped[Track] = mapped_column(StateColumn(Track))
    rule: Mapped[str] = mapped_column(String(8))
    """The rule that decided the track, T1 to T6."""
    kind: Mapped[Subject] = mapped_column(StateColumn(Subject))
    funds: Mapped[FundSource] = mapped_column(StateColumn(FundSource))
    tendered: Mapped[bool] = mapped_column(Boolean)
    in_catalogue: Mapped[bool] = mapped_column(Boolean)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    budget: Mapped[Money] = mapped_column(MoneyColumn)
    owner: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    agent: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[ProjectState] = mapped_column(
        StateColumn(ProjectState), default=ProjectState.DRAFT
    )
    early_by: Mapped[UUID | None]
    early_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_for: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(Moment)
    admitted_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail: the code."""
        return self.code


class ProjectApproval(Base):
    """An approving paper of a project."""

    __tablename__ = "project_approval"
    __table_args__ = (Index("uq_project_approval_number", "project", "number", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    project: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    number: Mapped[str] = mapped_column(String(100))
    authority: Mapped[str] = mapped_column(String(200))
    approved_on: Mapped[date] = mapped_column(Date)
    document: Mapped[bytes] = mapped_column(Hash, ForeignKey("stored_document.digest"))
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(Moment)


class ProjectFunds(Base):
    """Money settled for a project; a paper shows each amount once."""

    __tablename__ = "project_funds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("uq_project_funds_paper", "project", "document", "source", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    project: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    source: Mapped[str] = mapped_column(String(200))
    document: Mapped[bytes] = mapped_column(Hash, ForeignKey("stored_document.digest"))
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(Moment)


class ProjectParty(Base):
    """An organisation that prepared a project, registered here or not."""

    __tablename__ = "project_party"
    __table_args__ = (
        one_of("kind", PartyKind),
        Index(
            "uq_project_party_open",
            "project",
            "kind",
            "uscc",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    project: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[PartyKind] = mapped_column(StateColumn(PartyKind))
    uscc: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
