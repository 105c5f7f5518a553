"""What is known of a document: for rooms that hold its hash and have decided who may see it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.files.media import MediaType
from market.files.model import DocumentName, StoredDocument
from market.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A kept document as one organisation named it; `size` in bytes."""

    digest: bytes
    name: str
    size: int
    media_type: MediaType


def document(session: Session, digest: bytes, organisation: UUID) -> DocumentFacts:
    """The document of this hash as `organisation` handed it in; `NotFound` if it never did."""
    row = session.execute(
        select(StoredDocument, DocumentName.name)
        .join(DocumentName, DocumentName.digest == StoredDocument.digest)
        .where(StoredDocument.digest == digest, DocumentName.organisation == organisation)
    ).one_or_none()
    if row is None:
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")
    kept, name = row
    return DocumentFacts(digest, name, kept.size, kept.media_type)
