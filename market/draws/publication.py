"""The draw file: everything of one draw with the journal's proofs, for anybody to run again."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.draws.model import Draw, DrawLeaf, DrawStop
from market.draws.rows import (
    AUDIT,
    COMMIT,
    CONSENT,
    REVEAL,
    commit_indexes,
    draw_row,
    freeze_of,
    leaves,
    pieces,
    steps,
    voids,
    walk_of,
)
from market.draws.rules import DrawState, not_due
from market.draws.sealing import Sealer
from market.journal.queries import (
    PlacedEntry,
    consistency,
    entries_of,
    first_witnessed_size,
    head,
    inclusion,
)
from market.protocol.draw_files import write_attempt, write_draw_file, write_journal
from market.protocol.encoding import JsonObject, b64u, canonical, parse
from market.protocol.freezes import WALK, Freeze
from market.protocol.inclusions import Proofs
from market.protocol.merkle import leaf_hash

SALT_LENGTH = 32
REGISTER_SUBJECT = "register/"
"""Where a register's daily roots stand in the journal: "register/experts"."""


def draw_file(session: Session, no: str, witnesses: int, sealer: Sealer) -> bytes:
    """The canonical bytes of a published draw's file, with its proofs.

    `witnesses` cosignatures make a checkpoint witnessed. `NotFound` "not-yet" until the result
    lies under one; names are opened where the publication said so.
    """
    row = draw_row(session, no)
    if row.state is not DrawState.PUBLISHED or row.result is None:
        raise not_due()
    freeze, ended = freeze_of(row), voids(session, row)
    attempts = [
        write_attempt(
            number,
            pieces(session, row, COMMIT, number),
            pieces(session, row, REVEAL, number),
            void=ended.get(number),
        )
        for number in range(1, row.attempt + 1)
    ]
    bodies = [step.body for step in steps(session, row)]
    return canonical(
        write_draw_file(
            freeze=freeze.json(),
            leaves=leaves(session, row, freeze),
            audits=pieces(session, row, AUDIT),
            consents=pieces(session, row, CONSENT),
            attempts=attempts,
            steps=[parse(body) for body in bodies if body is not None],
            result=parse(row.result),
            opened=_opened(session, row, freeze, sealer),
            earlier=_earlier(session, row),
            journal=_journal(session, row, freeze, witnesses),
        )
    )


def published_of_case(session: Session, case: str) -> Sequence[str]:
    """The numbers of a case's published draws, ascending."""
    return session.scalars(
        select(Draw.no)
        .where(Draw.case_no == case, Draw.state == DrawState.PUBLISHED)
        .order_by(Draw.no)
    ).all()


def _earlier(session: Session, row: Draw) -> list[JsonObject]:
    """The freezes that were replaced, in their order."""
    bodies = session.scalars(
        select(DrawStop.body)
        .where(DrawStop.draw == row.id, DrawStop.body.is_not(None))
        .order_by(DrawStop.number)
    )
    return [parse(body, limit=len(body)) for body in bodies if body is not None]


def opened_ids(session: Session, row: Draw, sealer: Sealer) -> dict[bytes, str]:
    """The ids behind the leaves that the file opens; none where names stay secret."""
    return {
        leaf_hash(one): str(parse(one[SALT_LENGTH:])["id"])
        for one in _opened(session, row, freeze_of(row), sealer)
    }


def _opened(session: Session, row: Draw, freeze: Freeze, sealer: Sealer) -> list[bytes]:
    if not row.names_public:
        return []
    if freeze.kind == WALK:
        shown = {leaf for taken in walk_of(session, row).seats.values() for leaf in taken}
    else:
        shown = {leaf for held in leaves(session, row, freeze) for leaf in held}
    found = session.execute(
        select(DrawLeaf.leaf, DrawLeaf.opening)
        .where(DrawLeaf.draw == row.id, DrawLeaf.leaf.in_(shown))
        .order_by(DrawLeaf.leaf)
    )
    sealed = {one.leaf: one.opening for one in found if one.opening is not None}
    return [sealer.open(f"draw/{row.no}", sealed[leaf]) for leaf in sorted(sealed)]


def _journal(session: Session, row: Draw, freeze: Freeze, witnesses: int) -> JsonObject:
    entries = entries_of(session, row.no)
    commits = commit_indexes(session, row)
    sizes = [first_witnessed_size(session, index, witnesses) for index in commits]
    last = max((entry.index for entry in entries if entry.type == "draw-result"), default=None)
    newest = head(session, witnesses=witnesses)
    known = [size for size in sizes if size is not None]
    if last is None or newest is None or newest.size <= last or len(known) != len(commits):
        raise not_due()
    before = head(session, size=max(known))
    if before is None:
        raise AssertionError("a witnessed head is gone")
    root = _register_entry(session, freeze)
    everything = sorted([*entries, *root], key=lambda entry: entry.index)
    early = [entry for entry in everything if entry.index < before.size]
    late = [entry for entry in everything if entry.index >= before.size]
    return write_journal(
        _proofs(session, before.note, before.size, early),
        _proofs(session, newest.note, newest.size, late),
        consistency(session, before.size, newest.size),
    )


def _register_entry(session: Session, freeze: Freeze) -> list[PlacedEntry]:
    if freeze.walk is None:
        return []
    wanted = b64u(freeze.walk.register.root)
    found = entries_of(session, REGISTER_SUBJECT + freeze.walk.register.register, "library-root")
    return [one for one in found if f'"root":"{wanted}"' in one.entry.decode()][:1]


def _proofs(session: Session, note: str, size: int, entries: Sequence[PlacedEntry]) -> Proofs:
    return Proofs(
        note.encode(),
        tuple(
            (entry.index, entry.entry, tuple(inclusion(session, entry.index, size)))
            for entry in entries
        ),
    )
