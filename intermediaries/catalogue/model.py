"""Tables of the catalogue: an item keeps its code, what it says comes in versions."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from intermediaries.catalogue.rules import Category, Qualification
from market.db.base import Base
from market.db.types import Moment, MoneyColumn, StateColumn, Structure, one_of
from market.kernel.money import Money


class ServiceItem(Base):
    """One service item under a code that never changes."""

    __tablename__ = "service_item"
    __table_args__ = (one_of("category", Category),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    category: Mapped[Category] = mapped_column(StateColumn(Category))
    entered_at: Mapped[datetime] = mapped_column(Moment)


class ServiceItemVersion(Base):
    """What an item says from a day on, and why it was written so; never changed afterwards."""

    __tablename__ = "service_item_version"
    __table_args__ = (
        one_of("qualification", Qualification),
        CheckConstraint("standard_days > 0", name="days_positive"),
        CheckConstraint("0 <= price_low AND price_low <= price_high", name="prices_in_order"),
        CheckConstraint(
            "(law_zh IS NULL) = (law_en IS NULL) AND (law_zh IS NULL) = (article IS NULL)",
            name="basis_whole",
        ),
        CheckConstraint("NOT is_condition OR law_zh IS NOT NULL", name="condition_by_law"),
        Index("uq_service_item_version_number", "item", "number", unique=True),
        Index("ix_service_item_version_day", "from_day"),
        Index("ix_service_item_version_search", "search", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    item: Mapped[UUID] = mapped_column(ForeignKey("service_item.id"))
    number: Mapped[int] = mapped_column(Integer)
    from_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    offered: Mapped[bool] = mapped_column(Boolean)
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    scope_zh: Mapped[str] = mapped_column(Text)
    scope_en: Mapped[str] = mapped_column(Text)
    law_zh: Mapped[str | None] = mapped_column(String(200))
    law_en: Mapped[str | None] = mapped_column(String(200))
    article: Mapped[str | None] = mapped_column(String(20))
    verified: Mapped[bool] = mapped_column(Boolean)
    standard_days: Mapped[int] = mapped_column(Integer)
    price_low: Mapped[Money] = mapped_column(MoneyColumn)
    price_high: Mapped[Money] = mapped_column(MoneyColumn)
    approvals: Mapped[list[str]] = mapped_column(Structure)
    qualification: Mapped[Qualification | None] = mapped_column(StateColumn(Qualification))
    levels: Mapped[list[str]] = mapped_column(Structure)
    is_condition: Mapped[bool] = mapped_column(Boolean)
    search: Mapped[str] = mapped_column(TSVECTOR)
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(Moment)
