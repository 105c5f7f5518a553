"""Gathering the case file of a tender: only what is public, and only what a checkpoint holds.

The file stands under the smallest witnessed checkpoint that holds every entry about the tender,
so its bytes stay the same until something new is recorded about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from bidding.opening import queries as openings
from bidding.tenders import queries as tenders
from market.draws.publication import draw_file, published_of_case
from market.draws.sealing import Sealer
from market.journal.queries import (
    PlacedEntry,
    WitnessedHead,
    consistency,
    entries_of,
    first_witnessed_size,
    head,
    inclusion,
)
from market.kernel.errors import NotFound
from market.notices.queries import notice
from market.notices.rules import NoticeKind
from market.protocol.case_checks import NAMED_BY
from market.protocol.case_files import PART_LIMIT, CaseFile, draw_name, write_case_file
from market.protocol.case_pages import write_page
from market.protocol.checkpoints import parse_checkpoint
from market.protocol.draw_files import write_journal
from market.protocol.encoding import canonical, digest, parse, unb64u
from market.protocol.entries import read_entry
from market.protocol.inclusions import Proofs, read_proofs
from market.protocol.members import Members

WORDED: Final = frozenset({NoticeKind.CORRECTION, NoticeKind.CANCELLED, NoticeKind.CONTRACT})
"""Notices whose words go into the file. A tender notice names a contact, a result notice the
panel, an answer quotes a stranger: of these the file has the hashes alone."""


@dataclass(frozen=True, slots=True)
class Gathering:
    """What a case file is made with: witnesses that make a quorum, and the key room of draws."""

    witnesses: int
    sealer: Sealer


def case_file(session: Session, no: str, by: Gathering, size: int | None = None) -> bytes:
    """The case file of a published tender, under the checkpoint of `size` if one is asked for.

    `NotFound` for a tender that is not published or a size that is no witnessed checkpoint;
    "not-yet" before its first entry is witnessed.
    """
    tenders.facts(session, no)
    entries = entries_of(session, no)
    drawn = {draw: entries_of(session, draw) for draw in published_of_case(session, no)}
    under = _head(session, by, size, [*entries, *(one for held in drawn.values() for one in held)])
    shown = [entry for entry in entries if entry.index < under.size]
    if not shown:
        raise _not_yet()
    done = [draw for draw, held in drawn.items() if _is_whole(held, under.size)]
    case = CaseFile(
        no,
        _proofs(session, under, shown),
        *_opening(session, no, {entry.type for entry in shown}),
        {draw_name(draw): _draw(session, draw, by, under) for draw in done},
        _notices(session, shown),
    )
    return write_case_file(case, write_page(case))


def _head(
    session: Session, by: Gathering, size: int | None, entries: Sequence[PlacedEntry]
) -> WitnessedHead:
    """The checkpoint asked for, or the smallest witnessed one that holds all that is witnessed."""
    if size is None:
        newest = head(session, witnesses=by.witnesses)
        known = [] if newest is None else [e.index for e in entries if e.index < newest.size]
        size = first_witnessed_size(session, max(known), by.witnesses) if known else None
        if size is None:
            raise _not_yet()
    found = head(session, size=size, witnesses=by.witnesses)
    if found is None:
        raise NotFound
    return found


def _not_yet() -> NotFound:
    return NotFound("not-yet", zh="尚未载入经见证的日志", en="Not under a witnessed head yet")


def _is_whole(entries: Sequence[PlacedEntry], size: int) -> bool:
    """Whether the checkpoint holds all of a draw."""
    return bool(entries) and all(entry.index < size for entry in entries)


def _proofs(session: Session, under: WitnessedHead, entries: Sequence[PlacedEntry]) -> Proofs:
    return Proofs(
        under.note.encode(),
        tuple(
            (entry.index, entry.entry, tuple(inclusion(session, entry.index, under.size)))
            for entry in entries
        ),
    )


def _opening(session: Session, no: str, kinds: set[str]) -> tuple[bytes | None, bytes | None]:
    """Closing list and opening record, each once its entry is under the checkpoint."""
    try:
        found = openings.opening(session, no)
    except NotFound:
        return None, None
    listed = found.closing_list if "closing" in kinds else None
    record = found.record if "opening-record" in kinds else None
    return listed, None if record is None else canonical(record)


def _draw(session: Session, no: str, by: Gathering, under: WitnessedHead) -> bytes:
    """A draw's file with its later proofs under the checkpoint of the case file."""
    raw = draw_file(session, no, by.witnesses, by.sealer)
    value = parse(raw, limit=PART_LIMIT)
    held = Members(value["journal"])
    before, after = read_proofs(held.take("before")), read_proofs(held.take("after"))
    placed = [_placed(index, raw) for index, raw, _ in after.entries]
    growth = consistency(session, _size_of(before), under.size)
    journal = write_journal(before, _proofs(session, under, placed), growth)
    return canonical({**value, "journal": journal})


def _placed(index: int, raw: bytes) -> PlacedEntry:
    entry = read_entry(raw)
    return PlacedEntry(index, entry.at, entry.kind, entry.subject, raw)


def _size_of(proofs: Proofs) -> int:
    return parse_checkpoint(proofs.checkpoint)[0].size


def _notices(session: Session, entries: Sequence[PlacedEntry]) -> dict[str, bytes]:
    found = dict[str, bytes]()
    for entry in entries:
        data = read_entry(entry.entry).data
        for member in NAMED_BY:
            named = data.get(member)
            if isinstance(named, str) and entry.type in {"notice", "amendment", "contract"}:
                text = notice(session, unb64u(named))
                if text.kind in WORDED:
                    raw = text.write()
                    found[digest(raw).hex()] = raw
    return found
