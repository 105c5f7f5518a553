"""Tables of orders: the order, its awards, signatures, facts, papers, objections, ratings."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from intermediaries.orders.rules.states import (
    AskedPauseState,
    Cause,
    OrderState,
    Purpose,
    RectificationState,
    ResultObjectionState,
    Side,
)
from intermediaries.orders.rules.supplement import SupplementState
from intermediaries.rulebook.clock.events import PauseCode
from intermediaries.rulebook.clock.parties import Party
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, Structure, one_of, version
from market.kernel.money import Money


class ServiceOrder(Base):
    """One order under the number of its demand; agency and price are those of the present award."""

    __tablename__ = "service_order"
    __table_args__ = (
        one_of("state", OrderState),
        one_of("holder", Party),
        one_of("failed_for", Cause),
        CheckConstraint("(state = 'failed') = (failed_for IS NOT NULL)", name="failed_whole"),
        CheckConstraint("working_days > 0", name="days_positive"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint(
            "(state IN ('awarded', 'contracting', 'failed')) = (began_at IS NULL)",
            name="began_when",
        ),
        CheckConstraint(
            "(state IN ('completed', 'rated', 'closed', 'terminated')) = (ended_at IS NOT NULL)",
            name="ended_when",
        ),
        CheckConstraint("state <> 'submitted' OR approval_case IS NOT NULL", name="submitted_when"),
        CheckConstraint("(state = 'closed') = (filed_at IS NOT NULL)", name="filed_when"),
        Index("ix_service_order_owner", "owner", "state", "turn_due"),
        Index("ix_service_order_owner_no", "owner", "no"),
        Index("ix_service_order_agency", "agency", "state", "turn_due"),
        Index("ix_service_order_agency_no", "agency", "no"),
        Index("ix_service_order_department", "department", "state", "turn_due"),
        Index("ix_service_order_department_no", "department", "no"),
        Index("ix_service_order_state", "state", "turn_due"),
        Index("ix_service_order_approval", "project", "approval_item"),
        Index("ix_service_order_look", "look_at", postgresql_where="look_at IS NOT NULL"),
        Index("ix_service_order_ended", "ended_at", "no", postgresql_where="ended_at IS NOT NULL"),
        Index(
            "uq_service_order_running",
            "project",
            "item_code",
            unique=True,
            postgresql_where="state IN ('serving', 'submitted')",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[OrderState] = mapped_column(StateColumn(OrderState), default=OrderState.AWARDED)
    owner: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    project: Mapped[UUID | None] = mapped_column(ForeignKey("project.id"))
    project_code: Mapped[str | None] = mapped_column(String(32))
    item_code: Mapped[str] = mapped_column(String(16))
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    scope: Mapped[list[str]] = mapped_column(Structure)
    working_days: Mapped[int] = mapped_column(Integer)
    is_fiscal: Mapped[bool] = mapped_column(Boolean)
    department: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    approval_item: Mapped[str | None] = mapped_column(String(32))
    agency: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    agency_no: Mapped[str] = mapped_column(String(32))
    price: Mapped[Money] = mapped_column(MoneyColumn)
    place: Mapped[int] = mapped_column(Integer, default=0)
    """Of the present award: 0 the selected agency, from 1 the alternates in their order."""
    selection_hash: Mapped[bytes] = mapped_column(Hash)
    awarded_at: Mapped[datetime] = mapped_column(Moment)
    objections_end: Mapped[datetime | None] = mapped_column(Moment)
    confirm_until: Mapped[datetime] = mapped_column(Moment)
    sign_until: Mapped[datetime] = mapped_column(Moment)
    inputs: Mapped[list[str] | None] = mapped_column(Structure)
    clauses: Mapped[str | None] = mapped_column(Text)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when the contract lies ready to be signed."""
    contract_hash: Mapped[bytes | None] = mapped_column(Hash)
    began_at: Mapped[datetime | None] = mapped_column(Moment)
    approval_case: Mapped[UUID | None] = mapped_column(ForeignKey("approval_case.id"), unique=True)
    case_no: Mapped[str | None] = mapped_column(String(32))
    case_seen: Mapped[int] = mapped_column(Integer, default=0)
    """The last event of the approval case that has been read into the clock."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    filed_at: Mapped[datetime | None] = mapped_column(Moment)
    told_unfiled_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_for: Mapped[Cause | None] = mapped_column(StateColumn(Cause))
    holder: Mapped[Party | None] = mapped_column(StateColumn(Party))
    turn_due: Mapped[datetime | None] = mapped_column(Moment)
    """Who holds it and until when: for the order of desks alone, pages reckon anew."""
    look_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the house looks at it next, to write down what time has done."""
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its number."""
        return self.no

    @property
    def uses_approval(self) -> bool:
        """Whether its deliverable goes to a department: item, department and project are named."""
        return not (self.project is None or self.approval_item is None or self.department is None)


class OrderAward(Base):
    """One agency that was asked, in the order of the selection; what became of it."""

    __tablename__ = "service_order_award"
    __table_args__ = (
        one_of("ended_for", Cause),
        CheckConstraint("(ended_at IS NULL) = (ended_for IS NULL)", name="ended_whole"),
        CheckConstraint("reason IS NULL OR ended_for IS NOT NULL", name="reason_of_end"),
        UniqueConstraint("order", "place"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    place: Mapped[int] = mapped_column(Integer)
    agency: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    agency_no: Mapped[str] = mapped_column(String(32))
    price: Mapped[Money] = mapped_column(MoneyColumn)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_for: Mapped[Cause | None] = mapped_column(StateColumn(Cause))
    reason: Mapped[str | None] = mapped_column(Text)
    """Why the agency gave up, in its own words."""


class OrderSignature(Base):
    """A side's signature under the contract, or a supplement: the whole statement as signed."""

    __tablename__ = "service_order_signature"
    __table_args__ = (
        one_of("side", Side),
        CheckConstraint("supplement >= 0", name="supplement_counts"),
        UniqueConstraint("order", "place", "supplement", "side"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    place: Mapped[int] = mapped_column(Integer)
    supplement: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """The number of the supplement; 0 the contract itself."""
    side: Mapped[Side] = mapped_column(StateColumn(Side))
    person: Mapped[UUID]
    key_id: Mapped[str] = mapped_column(String(64))
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime] = mapped_column(Moment)


class OrderSupplement(Base):
    """A change of the contract: offered by one side, in force once both have signed."""

    __tablename__ = "service_order_supplement"
    __table_args__ = (
        one_of("state", SupplementState),
        one_of("side", Side),
        CheckConstraint("number > 0", name="number_counts"),
        CheckConstraint("more_days >= 0", name="days_not_negative"),
        CheckConstraint("(state = 'offered') = (ended_at IS NULL)", name="state_ended"),
        CheckConstraint(
            "(state IN ('withdrawn', 'declined')) = (end_reason IS NOT NULL)", name="end_reasoned"
        ),
        UniqueConstraint("order", "number"),
        Index("uq_service_order_supplement_offered", "order", unique=True,
              postgresql_where="state = 'offered'"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    order_no: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[SupplementState] = mapped_column(StateColumn(SupplementState))
    side: Mapped[Side] = mapped_column(StateColumn(Side))
    reason: Mapped[str] = mapped_column(Text)
    price_before: Mapped[Money] = mapped_column(MoneyColumn)
    price_change: Mapped[Money] = mapped_column(MoneyColumn)
    deliverables: Mapped[list[str]] = mapped_column(Structure)
    more_days: Mapped[int] = mapped_column(Integer)
    previous: Mapped[bytes] = mapped_column(Hash)
    hash: Mapped[bytes] = mapped_column(Hash)
    offered_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def subject(self) -> str:
        """The number of its order."""
        return self.order_no


class OrderEvent(Base):
    """A fact of the clock: added to and never changed; segments are computed from these alone."""

    __tablename__ = "service_order_event"
    __table_args__ = (
        UniqueConstraint("order", "number"),
        CheckConstraint("number > 0", name="number_counts"),
        Index(
            "ix_service_order_event_disputes",
            "kind",
            "order",
            postgresql_where="kind IN ('Objected', 'Ruled')",
        ),
        Index(
            "ix_service_order_event_returned", "at", postgresql_where="kind = 'DecisionReturned'"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Moment)
    said: Mapped[dict[str, Any]] = mapped_column(Structure)
    person: Mapped[UUID | None]
    recorded_at: Mapped[datetime] = mapped_column(Moment)


class OrderPaper(Base):
    """A file of an order, with the fact it belongs to."""

    __tablename__ = "service_order_paper"
    __table_args__ = (
        one_of("purpose", Purpose),
        Index("ix_service_order_paper_order", "order", "event"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    event: Mapped[int | None] = mapped_column(Integer)
    purpose: Mapped[Purpose] = mapped_column(StateColumn(Purpose))
    about: Mapped[str] = mapped_column(Text)
    document: Mapped[bytes] = mapped_column(Hash, ForeignKey("stored_document.digest"))
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    brought_at: Mapped[datetime] = mapped_column(Moment)


class ResultObjection(Base):
    """An objection to the result of the selection, and its answer."""

    __tablename__ = "service_order_objection"
    __table_args__ = (
        one_of("state", ResultObjectionState),
        CheckConstraint(
            "(state IN ('dismissed', 'upheld')) = (answer IS NOT NULL)", name="state_answered"
        ),
        UniqueConstraint("order", "organisation"),
        Index("ix_service_order_objection_open", "due", postgresql_where="state = 'open'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    order_no: Mapped[str] = mapped_column(String(32))
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(Moment)
    due: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[ResultObjectionState] = mapped_column(
        StateColumn(ResultObjectionState), default=ResultObjectionState.OPEN
    )
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by: Mapped[UUID | None]

    @property
    def subject(self) -> str:
        """The number of its order."""
        return self.order_no


class AskedPause(Base):
    """A pause that somebody asked for, with its code and evidence."""

    __tablename__ = "service_order_pause"
    __table_args__ = (
        one_of("state", AskedPauseState),
        one_of("code", PauseCode),
        one_of("side", Side),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_whole"),
        CheckConstraint("decided_by <> asked_by", name="two_persons"),
        Index("uq_service_order_pause_asked", "order", unique=True,
              postgresql_where="state = 'asked'"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    order_no: Mapped[str] = mapped_column(String(32))
    state: Mapped[AskedPauseState] = mapped_column(
        StateColumn(AskedPauseState), default=AskedPauseState.ASKED
    )
    code: Mapped[PauseCode] = mapped_column(StateColumn(PauseCode))
    side: Mapped[Side] = mapped_column(StateColumn(Side))
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[bytes] = mapped_column(Hash, ForeignKey("stored_document.digest"))
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    words: Mapped[str | None] = mapped_column(Text)

    @property
    def subject(self) -> str:
        """The number of its order."""
        return self.order_no


class OrderExpert(Base):
    """An expert whom the department called; on the clock and on pages a number, never a name."""

    __tablename__ = "service_order_expert"
    __table_args__ = (
        UniqueConstraint("order", "name"),
        CheckConstraint("(signed_at IS NULL) = (opinion IS NULL)", name="signed_whole"),
        Index("ix_service_order_expert_waiting", "person", postgresql_where="signed_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    name: Mapped[str] = mapped_column(String(32))
    person: Mapped[UUID]
    called_at: Mapped[datetime] = mapped_column(Moment)
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    opinion: Mapped[str | None] = mapped_column(Text)


class OrderRating(Base):
    """What the owner or the department gave: stars by item, and the reason where one is needed."""

    __tablename__ = "service_order_rating"
    __table_args__ = (one_of("side", Side), UniqueConstraint("order", "side"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    side: Mapped[Side] = mapped_column(StateColumn(Side))
    stars: Mapped[dict[str, int]] = mapped_column(Structure)
    reason: Mapped[str] = mapped_column(Text)
    person: Mapped[UUID]
    given_at: Mapped[datetime] = mapped_column(Moment)


class Rectification(Base):
    """What a low rating has to be followed by."""

    __tablename__ = "service_order_rectification"
    __table_args__ = (
        one_of("state", RectificationState),
        one_of("side", Side),
        CheckConstraint("(state = 'reported') = (report IS NOT NULL)", name="state_reported"),
        UniqueConstraint("order", "side"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    order_no: Mapped[str] = mapped_column(String(32))
    side: Mapped[Side] = mapped_column(StateColumn(Side))
    state: Mapped[RectificationState] = mapped_column(
        StateColumn(RectificationState), default=RectificationState.OPEN
    )
    opened_at: Mapped[datetime] = mapped_column(Moment)
    report: Mapped[str | None] = mapped_column(Text)
    reported_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def subject(self) -> str:
        """The number of its order."""
        return self.order_no
