"""Letters on their way out: written with the act, sent afterwards, at least once."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Moment


class Letter(Base):
    """One letter to one address handle; `key` is the fact, so the receiver knows a repetition."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_unsent", "next_try_at", postgresql_where="sent_at IS NULL"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    address: Mapped[UUID]
    """A handle of market.accounts, never an address: rooms that write letters know no numbers."""
    template: Mapped[str] = mapped_column(String(64))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Moment)
    next_try_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    carrier_reference: Mapped[str | None] = mapped_column(String(200))
