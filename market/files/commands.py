"""Writing down that a document is kept; its bytes are already in the folder by then."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from market.command import Work
from market.files.model import DocumentName, StoredDocument
from market.files.rules import shown_name
from market.files.store import Stored


@dataclass(frozen=True, slots=True)
class KeepDocument:
    """A document put into the folder by `FileStore.put`, and what its bringer calls it."""

    stored: Stored
    typed_name: str
    organisation: UUID


def keep_document(work: Work, cmd: KeepDocument) -> bytes:
    """Write the document down and answer its SHA-256; a document already known stays as it is.

    Not a use case of its own: the command that needs the document calls it, in its transaction
    and with its permission. The last name an organisation gives is the one it sees.
    """
    stored = cmd.stored
    work.session.execute(
        insert(StoredDocument)
        .values(
            digest=stored.digest,
            size=stored.size,
            media_type=stored.media_type,
            kept_at=work.now,
        )
        .on_conflict_do_nothing()
    )
    name = shown_name(cmd.typed_name, stored.media_type)
    work.session.execute(
        insert(DocumentName)
        .values(digest=stored.digest, organisation=cmd.organisation, name=name, named_at=work.now)
        .on_conflict_do_update(
            index_elements=[DocumentName.digest, DocumentName.organisation],
            set_={"name": name, "named_at": work.now},
        )
    )
    return stored.digest
