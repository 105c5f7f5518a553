"""Tables of approvals: versions of items, cases, and everything that happens to a case."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.approvals.rules.cases import (
    OPEN,
    CaseState,
    EventKind,
    ExtensionState,
    Outcome,
    Owes,
    PauseKind,
)
from market.approvals.rules.items import ItemState, Mode, Stage
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, Structure, one_of, version
from market.kernel.money import Money

_OPEN_STATES = ", ".join(f"'{one.value}'" for one in CaseState if one in OPEN)


class ApprovalItem(Base):
    """One version of an item: never changed, only replaced by the next."""

    __tablename__ = "approval_item"
    __table_args__ = (
        one_of("state", ItemState),
        one_of("stage", Stage),
        one_of("mode", Mode),
        CheckConstraint("promised BETWEEN 0 AND statutory", name="promise_kept_by_law"),
        CheckConstraint("statutory > 0", name="statutory_positive"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_whole"),
        CheckConstraint("decided_by <> proposed_by OR state = 'dropped'", name="two_persons"),
        CheckConstraint(
            "(state IN ('replaced', 'retired')) = (ended_at IS NOT NULL)", name="ended_whole"
        ),
        Index(
            "ux_approval_item_in_force", "code", unique=True, postgresql_where="state = 'in-force'"
        ),
        Index(
            "ux_approval_item_proposed", "code", unique=True, postgresql_where="state = 'proposed'"
        ),
        Index("ix_approval_item_department", "department", "code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(32))
    department: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    stage: Mapped[Stage] = mapped_column(StateColumn(Stage))
    mode: Mapped[Mode] = mapped_column(StateColumn(Mode))
    conditions_zh: Mapped[str] = mapped_column(Text)
    conditions_en: Mapped[str] = mapped_column(Text)
    materials: Mapped[list[Any]] = mapped_column(Structure)
    statutory: Mapped[int] = mapped_column(Integer)
    promised: Mapped[int] = mapped_column(Integer)
    own_period: Mapped[str] = mapped_column(Text)
    silence: Mapped[str] = mapped_column(Text)
    fee: Mapped[Money] = mapped_column(MoneyColumn)
    fee_basis: Mapped[str] = mapped_column(Text)
    basis_zh: Mapped[str] = mapped_column(Text)
    basis_en: Mapped[str] = mapped_column(Text)
    state: Mapped[ItemState] = mapped_column(StateColumn(ItemState), default=ItemState.PROPOSED)
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in trail and journal."""
        return f"approval-item/{self.code}"


class ApprovalCase(Base):
    """One application for one item of one project; `item` is the version it was received under."""

    __tablename__ = "approval_case"
    __table_args__ = (
        one_of("state", CaseState),
        one_of("outcome", Outcome),
        CheckConstraint(
            "state IN ('preparing', 'withdrawn') OR received_at IS NOT NULL", name="received_when"
        ),
        CheckConstraint("asked_at IS NULL OR received_at IS NOT NULL", name="asked_when"),
        CheckConstraint(
            "(state NOT IN ('reviewing', 'paused', 'approved', 'refused', 'delivered'))"
            " OR accepted_at IS NOT NULL",
            name="accepted_when",
        ),
        CheckConstraint(
            "(state IN ('approved', 'refused', 'delivered')) = (decided_at IS NOT NULL)"
            " AND (decided_at IS NULL) = (outcome IS NULL)"
            " AND (decided_at IS NULL) = (reasons IS NULL)",
            name="decided_whole",
        ),
        CheckConstraint(
            "(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_when"
        ),
        CheckConstraint("NOT by_silence OR accepted_at IS NOT NULL", name="silence_accepted"),
        CheckConstraint("extended >= 0", name="extended_not_negative"),
        Index(
            "ux_approval_case_open",
            "project",
            "code",
            unique=True,
            postgresql_where=f"service IS NULL AND state IN ({_OPEN_STATES})",
        ),
        Index(
            "ux_approval_case_service",
            "project",
            "code",
            "service",
            unique=True,
            postgresql_where=f"state IN ({_OPEN_STATES})",
        ),
        Index("ix_approval_case_project", "project", "received_at"),
        Index("ix_approval_case_owner", "owner", "opened_at"),
        Index("ix_approval_case_desk", "department", "state", "due_at"),
        Index("ix_approval_case_look", "look_at", postgresql_where="look_at IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    project: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    project_code: Mapped[str] = mapped_column(String(32), index=True)
    owner: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    item: Mapped[UUID] = mapped_column(ForeignKey("approval_item.id"))
    code: Mapped[str] = mapped_column(String(32))
    department: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[CaseState] = mapped_column(StateColumn(CaseState), default=CaseState.PREPARING)
    opened_by: Mapped[UUID]
    opened_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    supplied_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    by_silence: Mapped[bool] = mapped_column(Boolean, default=False)
    """Accepted because nothing was said in time."""
    extended: Mapped[int] = mapped_column(Integer, default=0)
    outcome: Mapped[Outcome | None] = mapped_column(StateColumn(Outcome))
    reasons: Mapped[str | None] = mapped_column(Text)
    paper_no: Mapped[str | None] = mapped_column(String(100))
    """The number the decision bears; none where silence was consent."""
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    """The end of what the department has to do next: for the order of its desk alone."""
    look_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the house looks at it next, to write down what has followed by itself."""
    kept_in: Mapped[str | None] = mapped_column(String(32))
    """The order of an agency's service in which it is handled; None: it stands by itself."""
    service: Mapped[str | None] = mapped_column(String(16))
    """The service of the supermarket whose deliverable it carries; None: it stands by itself."""
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its number."""
        return self.no


class ApprovalPaper(Base):
    """A paper of a case: for which material, whether as a correction or in which round."""

    __tablename__ = "approval_paper"
    __table_args__ = (
        CheckConstraint("material > 0", name="material_counts"),
        CheckConstraint("turn >= 0", name="turn_not_negative"),
        Index("uq_approval_paper_once", "case", "material", "document", "turn", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case: Mapped[UUID] = mapped_column(ForeignKey("approval_case.id"))
    material: Mapped[int] = mapped_column(Integer)
    """The place of the material in the item's list, from 1."""
    turn: Mapped[int] = mapped_column(Integer, default=0)
    """The round of an opinion it answers; 0 for the application and its correction."""
    document: Mapped[bytes] = mapped_column(Hash, ForeignKey("stored_document.digest"))
    handed_in_by: Mapped[UUID | None]
    handed_in_at: Mapped[datetime] = mapped_column(Moment)


class ApprovalMissing(Base):
    """One line of the one notice of correction, and when it was supplied."""

    __tablename__ = "approval_missing"
    __table_args__ = (
        one_of("owes", Owes),
        UniqueConstraint("case", "material"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case: Mapped[UUID] = mapped_column(ForeignKey("approval_case.id"))
    material: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text)
    owes: Mapped[Owes] = mapped_column(StateColumn(Owes))
    already: Mapped[bool] = mapped_column(Boolean)
    """It had been supplied before the notice."""
    supplied_at: Mapped[datetime | None] = mapped_column(Moment)


class ApprovalPause(Base):
    """Time that is not counted, with what the applicant was told."""

    __tablename__ = "approval_pause"
    __table_args__ = (
        one_of("kind", PauseKind),
        CheckConstraint("told_days > 0", name="told_days_count"),
        UniqueConstraint("case", "number"),
        Index("uq_approval_pause_open", "case", unique=True, postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case: Mapped[UUID] = mapped_column(ForeignKey("approval_case.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[PauseKind] = mapped_column(StateColumn(PauseKind))
    reason: Mapped[str] = mapped_column(Text)
    told_days: Mapped[int] = mapped_column(Integer)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class ApprovalRound(Base):
    """One round of opinions: what was asked for, all at once, and when it was handed in revised."""

    __tablename__ = "approval_round"
    __table_args__ = (
        UniqueConstraint("case", "number"),
        Index("uq_approval_round_open", "case", unique=True, postgresql_where="revised_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case: Mapped[UUID] = mapped_column(ForeignKey("approval_case.id"))
    number: Mapped[int] = mapped_column(Integer)
    issues: Mapped[list[Any]] = mapped_column(Structure)
    given_at: Mapped[datetime] = mapped_column(Moment)
    revised_at: Mapped[datetime | None] = mapped_column(Moment)
    words: Mapped[str | None] = mapped_column(Text)


class ApprovalExtension(Base):
    """The one request for more time in a case."""

    __tablename__ = "approval_extension"
    __table_args__ = (
        one_of("state", ExtensionState),
        CheckConstraint("days > 0", name="days_count"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_whole"),
        CheckConstraint("decided_by <> asked_by", name="two_persons"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case: Mapped[UUID] = mapped_column(ForeignKey("approval_case.id"), unique=True)
    case_no: Mapped[str] = mapped_column(String(32))
    state: Mapped[ExtensionState] = mapped_column(
        StateColumn(ExtensionState), default=ExtensionState.ASKED
    )
    days: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    words: Mapped[str | None] = mapped_column(Text)

    @property
    def subject(self) -> str:
        """The number of its case."""
        return self.case_no


class ApprovalEvent(Base):
    """What happened to a case: added to and never changed; rooms above read their clocks off it."""

    __tablename__ = "approval_event"
    __table_args__ = (one_of("kind", EventKind), UniqueConstraint("case", "number"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case: Mapped[UUID] = mapped_column(ForeignKey("approval_case.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[EventKind] = mapped_column(StateColumn(EventKind))
    at: Mapped[datetime] = mapped_column(Moment)
    """The legal moment: of a command, or the computed one at which something followed by itself."""
    details: Mapped[dict[str, Any]] = mapped_column(Structure)
