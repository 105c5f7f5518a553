"""A timekeeper's one table: the occasions it made a key for, and what it has released."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from market.db.base import NAMING
from market.db.types import Moment


class Base(DeclarativeBase):
    """Every table of a timekeeper."""

    metadata = MetaData(naming_convention=NAMING)


class OccasionRow(Base):
    """One occasion: its recipient as it was signed, its identity sealed to the vault.

    `release` holds the signed bytes once the time has come; it is written once.
    """

    __tablename__ = "occasion"
    __table_args__ = (
        UniqueConstraint("subject", "round", "opens_at"),
        CheckConstraint("(release IS NULL) = (released_at IS NULL)", name="released_whole"),
        CheckConstraint("released_at >= opens_at", name="never_early"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))
    round: Mapped[int]
    opens_at: Mapped[datetime] = mapped_column(Moment, index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    recipient: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_identity: Mapped[bytes] = mapped_column(LargeBinary)
    release: Mapped[bytes | None] = mapped_column(LargeBinary)
    released_at: Mapped[datetime | None] = mapped_column(Moment)
