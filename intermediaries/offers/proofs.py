"""The selection file as it is handed out: with the journal's proofs of notice and result."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from intermediaries.offers.judging import judged
from intermediaries.offers.model import SelectionResult
from intermediaries.offers.queries import file_of
from intermediaries.offers.round_prices import offers_of
from intermediaries.offers.rows import known, live
from intermediaries.rulebook.selection.modes import Mode
from market.journal.queries import PlacedEntry, WitnessedHead, entries_of, head
from market.journal.queries import inclusion as path_of
from market.protocol.draw_files import FILE_LIMIT
from market.protocol.encoding import Json, JsonObject, b64u, canonical, parse
from market.protocol.entries import read_entry
from market.protocol.inclusions import inclusion
from market.protocol.selection_files import standing_hash

PRICES_MOST: Final = 256
"""Prices of rounds whose entries a file proves; of more the verifier says that they are not."""


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
                yield _proof(session, entry, top)
    if top is not None and known(session, no).mode is Mode.MULTIROUND:
        yield from (_proof(session, entry, top) for entry in _prices(session, no, top))


def _proof(session: Session, entry: PlacedEntry, top: WitnessedHead) -> JsonObject:
    path = path_of(session, entry.index, top.size)
    return inclusion(entry.entry, entry.index, path, top.note.encode())


def _prices(session: Session, no: str, top: WitnessedHead) -> list[PlacedEntry]:
    """The first entries of prices named in this round's rounds, as many as one file shows."""
    row = known(session, no)
    made = {b64u(one.commitment) for held in offers_of(session, row).values() for one in held}
    found = (
        entry
        for entry in entries_of(session, no, "selection")
        if entry.index < top.size and read_entry(entry.entry).data.get("price") in made
    )
    return list(islice(found, PRICES_MOST))


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
