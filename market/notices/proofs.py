"""Where a notice stands in the public journal, as the badge on a page shows it."""

from sqlalchemy.orm import Session

from market.journal.queries import head
from market.notices.queries import journal_entry
from market.web.patterns import Proof


def proof_of(session: Session, subject: str, digest: bytes) -> Proof:
    """The badge of the act that names this notice; without a place yet it says so."""
    entry = journal_entry(session, subject, digest)
    if entry is None:
        return Proof(None, f"/notices/{digest.hex()}")
    url = f"/log/proof/{entry.index}"
    witnessed = head(session, witnesses=1)
    if witnessed is None or entry.index >= witnessed.size:
        return Proof(entry.index, url)
    return Proof(entry.index, url, witnessed.witnesses, witnessed.root, url)
