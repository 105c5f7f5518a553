"""The drawn short list of a choice by credit, for the owner who picks and for everybody."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from intermediaries.offers.model import Shortlist
from intermediaries.offers.queries import RowShown, shown_rows
from intermediaries.offers.rows import known
from market.protocol.draw_files import FILE_LIMIT
from market.protocol.encoding import Json, parse, unb64u


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the short list: its enrolment's hash, and its row of the reckoning."""

    quote: bytes
    row: RowShown


@dataclass(frozen=True, slots=True)
class ShortlistShown:
    """The short list in drawn order, with everybody else's row; the owner's pick if it is there.

    `until`: the last moment for the pick, included.
    """

    candidates: tuple[Candidate, ...]
    rows: tuple[RowShown, ...]
    until: datetime
    made_at: datetime
    file_hash: bytes
    picked: Candidate | None
    reason: str | None
    picked_at: datetime | None


def shortlist(session: Session, no: str) -> ShortlistShown | None:
    """The short list of the newest round; None where there is none, or not yet."""
    row = known(session, no)
    held = session.get(Shortlist, row.id)
    if held is None or row.decides_at is None:
        return None
    rows = shown_rows(session, row.id, held.file)
    order = shortlist_of(held)
    candidates = tuple(Candidate(quote, rows[quote]) for quote in order)
    return ShortlistShown(
        candidates=candidates,
        rows=tuple(rows[key] for key in rows if key not in order),
        until=row.decides_at,
        made_at=held.made_at,
        file_hash=held.file_hash,
        picked=next((one for one in candidates if one.quote == held.picked), None),
        reason=held.reason,
        picked_at=held.picked_at,
    )


def shortlist_of(held: Shortlist) -> tuple[bytes, ...]:
    """The enrolments of the short list by their hashes, in drawn order."""
    outcome = parse(held.file, limit=FILE_LIMIT)["outcome"]
    listed: Json = outcome["shortlist"] if isinstance(outcome, dict) else None
    return tuple(unb64u(str(one), 32) for one in listed) if isinstance(listed, list) else ()
