"""Tables of deliveries: each try of each letter, and the mailbox of the demonstration."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Moment, StateColumn, one_of
from market.messages.carriers import Channel


class Outcome(StrEnum):
    """What became of one try."""

    TAKEN = "taken"
    FAILED = "failed"
    NO_ADDRESS = "no-address"


class LetterTry(Base):
    """One try to hand a letter to a carrier; neither text nor address is here."""

    __tablename__ = "letter_try"
    __table_args__ = (
        one_of("outcome", Outcome),
        Index("ix_letter_try_letter", "letter", "at"),
        Index("ix_letter_try_address", "address", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    letter: Mapped[UUID] = mapped_column(ForeignKey("letter.id"))
    address: Mapped[UUID]
    carrier: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[Outcome] = mapped_column(StateColumn(Outcome))
    detail: Mapped[str] = mapped_column(String(200))


class MailboxItem(Base):
    """A letter in the demonstration's mailbox; production has the table and never a row."""

    __tablename__ = "mailbox_item"
    __table_args__ = (one_of("channel", Channel), Index("ix_mailbox_item_arrival", "arrived_at"))

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    template: Mapped[str] = mapped_column(String(64))
    channel: Mapped[Channel] = mapped_column(StateColumn(Channel))
    to: Mapped[str] = mapped_column(String(254))
    """The address with its middle left out: also a demonstration shows nobody's number."""
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(Text)
    arrived_at: Mapped[datetime] = mapped_column(Moment)
    times: Mapped[int] = mapped_column(default=1)
    """How often it arrived: a repetition under the same key is counted, not shown twice."""
