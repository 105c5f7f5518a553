"""The table of notices."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment, StateColumn, one_of
from market.notices.rules import NoticeKind


class Notice(Base):
    """One notice as published; nothing of it ever changes."""

    __tablename__ = "notice"
    __table_args__ = (
        one_of("kind", NoticeKind),
        Index("ix_notice_published", "published_at", "digest"),
        Index("ix_notice_kind", "kind", "published_at", "digest"),
        Index("ix_notice_subject", "subject", "published_at"),
        Index("ix_notice_search", "search", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[NoticeKind] = mapped_column(StateColumn(NoticeKind))
    subject: Mapped[str] = mapped_column(String(200))
    page: Mapped[str] = mapped_column(String(300))
    title_zh: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(Moment)
    period_end: Mapped[datetime | None] = mapped_column(Moment)
    digest: Mapped[bytes] = mapped_column(Hash, unique=True)
    search: Mapped[str] = mapped_column(TSVECTOR)
