"""Which versions of the sealing page were published: official acts in the journal."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from bidding.sealing.page import sealing_page
from market.command import Work
from market.journal.queries import was_said
from market.protocol.encoding import JsonObject, b64u, canonical

KIND: Final = "script"
SUBJECT: Final = "sealing-page"
_TURN: Final = "sealing:releases"


@dataclass(frozen=True, slots=True)
class PublishPage:
    """The page of this version, by its hash."""

    page_hash: bytes


def is_published(session: Session, page_hash: bytes) -> bool:
    """Whether the journal names this version, or will once the sequencer has placed it."""
    return was_said(session, SUBJECT, KIND, canonical(_said(page_hash)))


def publish_page(work: Work, command: PublishPage) -> bool:
    """Journal a version of the page; false if it is named there already."""
    work.hold(_TURN)
    if command.page_hash != sealing_page().hash:
        raise ValueError("only the page that is served is published")
    if is_published(work.session, command.page_hash):
        return False
    work.publish(KIND, SUBJECT, _said(command.page_hash))
    return True


def _said(page_hash: bytes) -> JsonObject:
    return {"page_hash": b64u(page_hash)}
