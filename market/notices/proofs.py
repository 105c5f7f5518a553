"""Where an act stands in the public journal, as the badge on a page shows it."""

from sqlalchemy.orm import Session

from market.journal.queries import PlacedEntry, head
from market.notices.queries import journal_entry
from market.web.patterns import Proof


def proof_of(session: Session, subject: str, digest: bytes) -> Proof:
    """The badge of the act that names this notice; without a place yet it says so."""
    return badge(session, journal_entry(session, subject, digest), f"/notices/{digest.hex()}")


def badge(session: Session, entry: PlacedEntry | None, page: str) -> Proof:
    """The badge of an entry; for one without a place yet, `page` is where to look again."""
    if entry is None:
        return Proof(None, page)
    url = f"/log/proof/{entry.index}"
    witnessed = head(session, witnesses=1)
    if witnessed is None or entry.index >= witnessed.size:
        return Proof(entry.index, url)
    return Proof(entry.index, url, witnessed.witnesses, witnessed.root, url)
