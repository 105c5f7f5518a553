"""Tables of documents: what is kept, and under which name an organisation handed it in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment, StateColumn, one_of
from market.files.media import MediaType


class StoredDocument(Base):
    """One document, known by the SHA-256 of its bytes; it never changes and is never replaced."""

    __tablename__ = "stored_document"
    __table_args__ = (
        CheckConstraint("octet_length(digest) = 32", name="digest_whole"),
        CheckConstraint("size > 0", name="size_positive"),
        one_of("media_type", MediaType),
    )

    digest: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[MediaType] = mapped_column(StateColumn(MediaType))
    kept_at: Mapped[datetime] = mapped_column(Moment)


class DocumentName(Base):
    """The name shown for a document that an organisation handed in.

    Apart from the document, so that whoever hands in the same bytes later does not learn what
    somebody else called them, nor that there was somebody else.
    """

    __tablename__ = "document_name"

    digest: Mapped[bytes] = mapped_column(
        Hash, ForeignKey("stored_document.digest"), primary_key=True
    )
    organisation: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    named_at: Mapped[datetime] = mapped_column(Moment)
