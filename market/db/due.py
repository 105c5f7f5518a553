"""What a listener owes for a fact: written with the fact, done afterwards, never forgotten."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Moment


class Due(Base):
    """One listener's debt for one fact about one subject; without `done_at` it is open."""

    __tablename__ = "due"
    __table_args__ = (
        UniqueConstraint("listener", "fact", "subject"),
        Index("ix_due_open", "stated_at", postgresql_where="done_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    fact: Mapped[str] = mapped_column(String(64))
    subject: Mapped[UUID]
    listener: Mapped[str] = mapped_column(String(64))
    stated_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
