"""What happened the first time: the stored outcome of a command that may be sent twice."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment, Structure


class OnceOutcome(Base):
    """The answer given under one key, written in the command's own transaction."""

    __tablename__ = "once_outcome"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(Hash)
    outcome: Mapped[dict[str, object]] = mapped_column(Structure)
    at: Mapped[datetime] = mapped_column(Moment)
