"""Complaints to the management office about results of selections."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intermediaries.orders.rules.states import ResultComplaintState
from market.db.base import Base
from market.db.types import Moment, StateColumn, one_of


class ResultComplaint(Base):
    """A complaint about the answer to an objection to a result, or about its absence; one for each.

    `due` is empty while the year it falls into has no calendar; `ended_at` is the moment of the
    decision, the withdrawal or the settlement.
    """

    __tablename__ = "service_order_complaint"
    __table_args__ = (
        one_of("state", ResultComplaintState),
        CheckConstraint(
            "(state IN ('dismissed', 'upheld')) = (decision IS NOT NULL)", name="state_decided"
        ),
        CheckConstraint("(decision IS NULL) = (decided_by IS NULL)", name="decided_whole"),
        CheckConstraint("(state IN ('open', 'held')) = (ended_at IS NULL)", name="state_ended"),
        CheckConstraint("(held_at IS NULL) = (hold_reason IS NULL)", name="held_whole"),
        CheckConstraint("state <> 'held' OR held_at IS NOT NULL", name="state_held"),
        UniqueConstraint("objection"),
        Index("ix_service_order_complaint_order", "order", "filed_at"),
        Index("ix_service_order_complaint_pending", "due",
              postgresql_where="state IN ('open', 'held')"),
        Index("ix_service_order_complaint_look", "look_at",
              postgresql_where="look_at IS NOT NULL"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order: Mapped[UUID] = mapped_column(ForeignKey("service_order.id"))
    order_no: Mapped[str] = mapped_column(String(32))
    objection: Mapped[UUID] = mapped_column(ForeignKey("service_order_objection.id"))
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    text: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(Moment)
    due: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[ResultComplaintState] = mapped_column(
        StateColumn(ResultComplaintState), default=ResultComplaintState.OPEN
    )
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    hold_reason: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    look_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the house looks whether the decision is late, or the calendar has come."""

    @property
    def subject(self) -> str:
        """The number of its order."""
        return self.order_no
