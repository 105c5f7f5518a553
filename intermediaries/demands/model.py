"""Tables of demands: the demand, rounds of its check, what changed after publication, doubts."""

from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    Time,
)
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from intermediaries.catalogue.rules import Category
from intermediaries.demands.rules.contents import ContractTemplate
from intermediaries.demands.rules.states import DemandState
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.sources import FISCAL_LEAST
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, Structure, one_of, version
from market.kernel.money import Money

_WHOLE = (
    "item IS NOT NULL AND background IS NOT NULL AND scope IS NOT NULL AND funds IS NOT NULL"
    " AND mode IS NOT NULL AND ceiling IS NOT NULL AND working_days IS NOT NULL"
    " AND revision_hours IS NOT NULL AND enrol_days IS NOT NULL AND contract IS NOT NULL"
    " AND payment IS NOT NULL AND payment_days IS NOT NULL AND declared_at IS NOT NULL"
    " AND submitted_at IS NOT NULL"
)
_PUBLISHED = (
    "published_at IS NOT NULL AND enrol_opens IS NOT NULL AND enrol_closes IS NOT NULL"
    " AND opens_at IS NOT NULL AND terms_hash IS NOT NULL AND search IS NOT NULL"
)


class Demand(Base):
    """One demand. What is empty in a draft is there from its check on; dates from publication."""

    __tablename__ = "demand"
    __table_args__ = (
        one_of("state", DemandState),
        one_of("category", Category),
        one_of("funds", Funds),
        one_of("mode", Mode),
        one_of("contract", ContractTemplate),
        CheckConstraint("ceiling > 0", name="ceiling_positive"),
        CheckConstraint("fixed > 0 AND fixed <= ceiling", name="fixed_within"),
        CheckConstraint("working_days > 0", name="days_positive"),
        CheckConstraint("revision_hours > 0", name="revision_positive"),
        CheckConstraint("enrol_days > 0", name="window_positive"),
        CheckConstraint("amendment IN (0, 1)", name="extended_once"),
        CheckConstraint("round > 0", name="round_counted"),
        CheckConstraint("(department IS NULL) = (approval_item IS NULL)", name="approval_whole"),
        CheckConstraint(
            "state IN ('draft', 'returned') OR published_at IS NULL AND state = 'withdrawn'"
            f" OR ({_WHOLE})",
            name="submitted_whole",
        ),
        CheckConstraint(
            "state NOT IN ('enrolling', 'closed', 'selected', 'failed')"
            f" AND published_at IS NULL OR ({_PUBLISHED})",
            name="published_whole",
        ),
        CheckConstraint(
            "state NOT IN ('closed', 'selected') OR closed_at IS NOT NULL", name="state_closed"
        ),
        CheckConstraint(
            "(state IN ('failed', 'withdrawn')) = (ended_at IS NOT NULL)", name="state_ended"
        ),
        CheckConstraint("enrol_opens < enrol_closes", name="window_in_order"),
        CheckConstraint("enrol_closes < opens_at", name="opening_after_closing"),
        Index("ix_demand_owner", "owner", "item", "submitted_at"),
        Index(
            "ix_demand_public", "published_at", "no", postgresql_where="published_at IS NOT NULL"
        ),
        Index("ix_demand_closing", "enrol_closes", postgresql_where="state = 'enrolling'"),
        Index("ix_demand_item", "item_code", postgresql_where="state = 'enrolling'"),
        Index("ix_demand_search", "search", postgresql_using="gin"),
        Index(
            "uq_demand_follows",
            "follows",
            unique=True,
            postgresql_where="follows IS NOT NULL AND state <> 'withdrawn'",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    owner: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    project: Mapped[UUID | None]
    project_code: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[DemandState] = mapped_column(StateColumn(DemandState), default=DemandState.DRAFT)
    item: Mapped[UUID | None] = mapped_column(ForeignKey("service_item.id"))
    item_code: Mapped[str | None] = mapped_column(String(16))
    category: Mapped[Category | None] = mapped_column(StateColumn(Category))
    """Code and category of the item, which never change."""
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    background: Mapped[str | None] = mapped_column(Text)
    scope: Mapped[str | None] = mapped_column(Text)
    deliverables: Mapped[list[str]] = mapped_column(Structure, default=list)
    staff: Mapped[str | None] = mapped_column(Text)
    funds: Mapped[Funds | None] = mapped_column(StateColumn(Funds))
    ceiling: Mapped[Money | None] = mapped_column(MoneyColumn)
    working_days: Mapped[int | None]
    revision_hours: Mapped[int | None]
    mode: Mapped[Mode | None] = mapped_column(StateColumn(Mode))
    fixed: Mapped[Money | None] = mapped_column(MoneyColumn)
    list_size: Mapped[int | None]
    short_size: Mapped[int | None]
    choose_days: Mapped[int | None]
    """Working days after the opening for the owner's pick."""
    rounds_time: Mapped[time | None] = mapped_column(Time)
    """Wall time in Shanghai, on the working day after enrolment closes."""
    scheme_weight: Mapped[int | None]
    scheme: Mapped[dict[str, Any] | None] = mapped_column(Structure)
    """How schemes are reviewed, as the terms write it."""
    named: Mapped[str | None] = mapped_column(String(18))
    reason: Mapped[str | None] = mapped_column(Text)
    enrol_days: Mapped[int | None]
    rating_rule: Mapped[str | None] = mapped_column(Text)
    contract: Mapped[ContractTemplate | None] = mapped_column(StateColumn(ContractTemplate))
    contract_terms: Mapped[str | None] = mapped_column(Text)
    payment: Mapped[str | None] = mapped_column(Text)
    payment_days: Mapped[int | None]
    department: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    approval_item: Mapped[str | None] = mapped_column(String(32))
    declared_at: Mapped[datetime | None] = mapped_column(Moment)
    declared_by: Mapped[UUID | None]
    touched: Mapped[dict[str, str]] = mapped_column(Structure, default=dict)
    """Of each section the moment of its last change."""

    follows: Mapped[UUID | None] = mapped_column(ForeignKey("demand.id"))
    """The failed demand in whose place it was begun."""
    started_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    separate: Mapped[str | None] = mapped_column(Text)
    """Why this is no part of other demands for the same service, in the owner's words."""
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    enrol_opens: Mapped[datetime | None] = mapped_column(Moment)
    enrol_closes: Mapped[datetime | None] = mapped_column(Moment)
    """Inclusive, to the microsecond."""
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    choose_by: Mapped[datetime | None] = mapped_column(Moment)
    rounds_from: Mapped[datetime | None] = mapped_column(Moment)
    terms_hash: Mapped[bytes | None] = mapped_column(Hash)
    min_quotes: Mapped[int] = mapped_column(
        Integer, default=FISCAL_LEAST[-1].value, server_default="3"
    )
    """Valid enrolments that fiscal funds need, as the city said on the day of publication."""
    round: Mapped[int] = mapped_column(Integer, default=1)
    amendment: Mapped[int] = mapped_column(Integer, default=0)
    search: Mapped[str | None] = mapped_column(TSVECTOR)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    selected_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail and in the journal: the number."""
        return self.no


class DemandCheck(Base):
    """One round of the operator's check: handed in, due, decided with all reasons."""

    __tablename__ = "demand_check"
    __table_args__ = (
        CheckConstraint(
            "(decided_at IS NULL) = (passed IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decision_whole",
        ),
        Index("uq_demand_check_open", "demand", unique=True, postgresql_where="decided_at IS NULL"),
        Index("ix_demand_check_demand", "demand", "handed_in_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    demand: Mapped[UUID] = mapped_column(ForeignKey("demand.id"))
    handed_in_at: Mapped[datetime] = mapped_column(Moment)
    due: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[UUID | None]
    passed: Mapped[bool | None]
    reasons: Mapped[list[dict[str, str]]] = mapped_column(Structure)


class DemandDoubt(Base):
    """A submission that, with others, reaches the procurement threshold: who sees it decides."""

    __tablename__ = "demand_doubt"
    __table_args__ = (
        CheckConstraint("total >= threshold", name="reached"),
        Unique("demand", "found_at"),
        Index("ix_demand_doubt_found", "found_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    demand: Mapped[UUID] = mapped_column(ForeignKey("demand.id"))
    found_at: Mapped[datetime] = mapped_column(Moment)
    others: Mapped[list[str]] = mapped_column(Structure)
    """Numbers of the other demands."""
    total: Mapped[Money] = mapped_column(MoneyColumn)
    threshold: Mapped[Money] = mapped_column(MoneyColumn)
    separate: Mapped[str] = mapped_column(Text)
    """What the owner said to it."""
