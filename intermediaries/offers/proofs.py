"""The selection file as it is handed out: with the journal's proofs of notice and result."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from intermediaries.offers.judging import judged
from intermediaries.offers.model import SelectionResult
from intermediaries.offers.queries import file_of
from intermediaries.offers.rows import known, live
from market.journal.queries import PlacedEntry, entries_of, head
from market.journal.queries import inclusion as path_of
from market.protocol.draw_files import FILE_LIMIT
from market.protocol.encoding import Json, JsonObject, b64u, canonical, parse
from market.protocol.entries import read_entry
from market.protocol.inclusions import inclusion
from market.protocol.selection_files import standing_hash


def handed_out(session: Session, no: str, witnesses: int) -> bytes:
    """The file of a published result, with the proofs that a witnessed head holds by now."""
    made = parse(file_of(session, no), limit=FILE_LIMIT)
    return canonical({**made, "journal": list[Json](_proofs(session, no, witnesses))})


def result_entry(session: Session, no: str) -> PlacedEntry | None:
    """Where the result of the newest round stands in the journal; None while it waits there."""
    return next(_named(session, no, "result", "selection"), None)


def _proofs(session: Session, no: str, witnesses: int) -> Iterator[JsonObject]:
    top = head(session, witnesses=witnesses)
    for kind, member in (("notice", "terms"), ("enrolments", "standing"), ("result", "selection")):
        for entry in _named(session, no, kind, member):
            if top is not None and entry.index < top.size:
                path = path_of(session, entry.index, top.size)
                yield inclusion(entry.entry, entry.index, path, top.note.encode())


def _named(session: Session, no: str, kind: str, member: str) -> Iterator[PlacedEntry]:
    """The entries of a kind about this round: those that name its terms, standing or outcome."""
    row = known(session, no)
    held = session.get(SelectionResult, row.id)
    hashes = {
        "terms": row.terms_hash,
        "standing": standing_hash(judged(live(session, row.id))),
        "selection": held.outcome_hash if held else b"",
    }
    wanted = b64u(hashes[member])
    for entry in entries_of(session, no, kind):
        if read_entry(entry.entry).data.get(member) == wanted:
            yield entry
