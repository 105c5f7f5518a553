"""Tables of panels: the plan, the purchaser's representatives."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bidding.panels.rules import PanelState
from market.db.base import Base
from market.db.types import Hash, Moment, StateColumn, Structure, one_of, version


class Panel(Base):
    """The panel of one tender. `bidders` are the true ones, known from the opening on."""

    __tablename__ = "panel"
    __table_args__ = (
        one_of("state", PanelState),
        CheckConstraint("size >= experts AND experts >= 1", name="experts_in_size"),
        CheckConstraint("(bidders IS NULL) = (rechecked_at IS NULL)", name="rechecked_with_names"),
        CheckConstraint("state <> 'seated' OR seated_at IS NOT NULL", name="seated_when"),
        CheckConstraint(
            "state NOT IN ('complete', 'seated') OR completed_at IS NOT NULL", name="complete_when"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender: Mapped[UUID] = mapped_column(unique=True)
    tender_no: Mapped[str] = mapped_column(String(32), unique=True)
    draw_no: Mapped[str] = mapped_column(String(128), unique=True)
    state: Mapped[PanelState] = mapped_column(StateColumn(PanelState))
    size: Mapped[int]
    experts: Mapped[int]
    strata: Mapped[list[dict[str, object]]] = mapped_column(Structure)
    published_on: Mapped[date]
    evaluation_at: Mapped[datetime] = mapped_column(Moment)
    started_by: Mapped[UUID | None]
    started_at: Mapped[datetime] = mapped_column(Moment)
    bidders: Mapped[list[str] | None] = mapped_column(Structure)
    rechecked_at: Mapped[datetime | None] = mapped_column(Moment)
    completed_at: Mapped[datetime | None] = mapped_column(Moment)
    seated_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The tender's number."""
        return self.tender_no

    @property
    def seats_of_purchaser(self) -> int:
        """How many of the seats the purchaser's representatives have."""
        return self.size - self.experts


class PanelRepresentative(Base):
    """Somebody who sits for the purchaser: named by it, signed in like the others.

    `left_at`: stood back before the evaluation, for a bidder's sake or because another came.
    """

    __tablename__ = "panel_representative"
    __table_args__ = (
        CheckConstraint(
            "(signed_in_at IS NULL) = (declaration_hash IS NULL)", name="declared_at_sign_in"
        ),
    )

    panel: Mapped[UUID] = mapped_column(ForeignKey("panel.id"), primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True)
    named_at: Mapped[datetime] = mapped_column(Moment)
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    declaration_hash: Mapped[bytes | None] = mapped_column(Hash)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
