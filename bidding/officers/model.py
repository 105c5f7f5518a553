"""Tables of officers: seats, sealing keys ever named, rehearsal, manifest."""

from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.officers.rules import PanelState
from market.db.base import Base
from market.db.types import Hash, StateColumn, one_of, version


class OfficerPanel(Base):
    """The officers of one tender, known by its number; the manifest once it is journaled."""

    __tablename__ = "officer_panel"
    __table_args__ = (
        one_of("state", PanelState),
        CheckConstraint("(state = 'ready') = (manifest IS NOT NULL)", name="ready_with_manifest"),
        CheckConstraint(
            "(manifest IS NULL) = (manifest_hash IS NULL)", name="manifest_with_its_hash"
        ),
        CheckConstraint(
            "(state IN ('rehearsing', 'rehearsed', 'ready')) = (rehearsal IS NOT NULL)",
            name="rehearsal_begun",
        ),
    )

    tender_no: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[PanelState] = mapped_column(StateColumn(PanelState))
    owner: Mapped[UUID]
    agent: Mapped[UUID | None]
    k: Mapped[int]
    rehearsal: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The rehearsal's envelope and header, canonical JSON; nothing in it is secret."""
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    manifest_hash: Mapped[bytes | None] = mapped_column(Hash, unique=True)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The tender's number."""
        return self.tender_no


class OfficerSeat(Base):
    """One seat: an organisation's person, and its sealing key with the organisation's proof."""

    __tablename__ = "officer_seat"
    __table_args__ = (
        UniqueConstraint("tender_no", "i"),
        UniqueConstraint("tender_no", "person"),
        CheckConstraint("(recipient IS NULL) = (statement IS NULL)", name="key_with_proof"),
        CheckConstraint("i >= 1", name="counted_from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender_no: Mapped[str] = mapped_column(String(32))
    i: Mapped[int]
    role: Mapped[str] = mapped_column(String(16))
    organisation: Mapped[UUID]
    person: Mapped[UUID]
    recipient: Mapped[str | None] = mapped_column(String(128), unique=True)
    statement: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The signed officer-key statement, canonical JSON."""
    org_key_id: Mapped[str | None] = mapped_column(String(64))
    rehearsed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The officer's rehearsal batch, canonical JSON."""


class SeenRecipient(Base):
    """A sealing key that some rehearsal or manifest named: it never serves again."""

    __tablename__ = "officer_recipient"

    recipient: Mapped[str] = mapped_column(String(128), primary_key=True)
    tender_no: Mapped[str] = mapped_column(String(32))
