"""Orders for other rooms: the dark numbers of the bids, and ties; drawn like everything else.

Both are permutations (trust protocol, section 5; numbers as its review M9 says): frozen on an
entry that stands in the journal already, committed and revealed by the parties, run again by
`market.verify draw`. What is ordered is frozen as salted leaves, so that the seed, which anybody
can compute once the nonces are in the journal, tells nobody which bid has which number before
the draw is published with its leaves open.

Both journal `draw-freeze`: call them in a command that journals nothing else, a tick for example.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.command import Work
from market.draws.commands.freezing import FreezeOrder, Frozen, freeze_order
from market.draws.commands.seating import PartySeat, parties_of, seat_parties
from market.draws.model import Draw, DrawLeaf
from market.draws.queries import order
from market.draws.rows import draw_row
from market.draws.rules import PROTOCOL, TIE, draw_no
from market.draws.sealing import Sealer
from market.journal.queries import entries_of
from market.kernel.errors import NotFound, Refusal
from market.protocol.encoding import b64u, digest, parse, unb64u
from market.protocol.merkle import leaf_hash
from market.protocol.pools import KEY_LENGTH, Candidate, leaf_data

DARK_NUMBERS: Final = "dark-numbers"
CLOSING: Final = "closing"
PANEL: Final = "panel"
SALT_LENGTH: Final = 32
THING_LENGTH: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawDarkNumbers:
    """Draw the numbers under which the panel reads the bids of a tender.

    `bids`: 32 bytes for each bid of the closing list, in any order, each known from that list to
    whoever holds it (the leaf of its act). No `parties`: those of the tender's panel draw.
    """

    tender_no: str
    bids: tuple[bytes, ...]
    sealer: Sealer
    parties: tuple[PartySeat, ...] = ()


def draw_dark_numbers(work: Work, cmd: DrawDarkNumbers) -> Frozen:
    """Freeze the bids of the closing record; their number is their place in the drawn order.

    The draw is `<tender>.dark-numbers`. Fact when its seed is there: "draw.drawn". Publish it
    with `names_public=True` once all scores are locked, never before. Refusals: "not-in-record"
    while the closing is not in the journal, "no-parties", "second-draw", "bad-parties".
    """
    return _start(work, cmd, DARK_NUMBERS, CLOSING, cmd.bids)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTie:
    """Draw the order of bids of equal rank; `number` counts the ties of a tender from 1.

    `tied`: 32 bytes for each bid; `basis`: the kind of the journal entry about the tender that
    shows the tie, its newest one counts ("score-lock"). No `parties`: those of the panel draw.
    """

    tender_no: str
    number: int
    tied: tuple[bytes, ...]
    basis: str
    sealer: Sealer
    parties: tuple[PartySeat, ...] = ()


def draw_tie(work: Work, cmd: DrawTie) -> Frozen:
    """Freeze the tied bids; who is drawn first stands first.

    The draw is `<tender>.tie-<number>`; the beat publishes it, leaves open, as soon as it is
    drawn: "draw.drawn", then "draw.published". Refusals: "no-tie" under two bids,
    "not-in-record", "no-parties", "second-draw", "bad-parties".
    """
    if len(set(cmd.tied)) < 2:  # noqa: PLR2004  # two are the fewest that can be equal
        raise Refusal(
            "no-tie",
            zh="并列须有两份以上投标",
            en="A tie has two bids at least",
            article=PROTOCOL,
        )
    return _start(work, cmd, f"{TIE}{cmd.number}", cmd.basis, cmd.tied)


def drawn_order(session: Session, sealer: Sealer, no: str) -> tuple[bytes, ...] | None:
    """What was handed in, in drawn order: the first has number 1; None before the seed.

    `NotFound` without such a draw. Who may see it is for the room that asks.
    """
    row, found = draw_row(session, no), order(session, no)
    if found is None:
        return None
    held = {
        leaf: sealer.open(f"draw/{no}", opening)
        for leaf, opening in session.execute(
            select(DrawLeaf.leaf, DrawLeaf.opening).where(
                DrawLeaf.draw == row.id, DrawLeaf.opening.is_not(None)
            )
        )
        if opening is not None
    }
    if any(leaf_hash(held[leaf]) != leaf for leaf in found):
        raise AssertionError("a leaf does not open to itself")
    return tuple(unb64u(str(parse(held[leaf][SALT_LENGTH:])["id"]), THING_LENGTH) for leaf in found)


def order_started(session: Session, case: str, purpose: str) -> bool:
    """Whether there is a draw for this purpose already; there is never a second one."""
    try:
        draw_row(session, draw_no(case, purpose))
    except NotFound:
        return False
    return True


def _start(
    work: Work,
    cmd: DrawDarkNumbers | DrawTie,
    purpose: str,
    basis: str,
    things: tuple[bytes, ...],
) -> Frozen:
    placed = entries_of(work.session, cmd.tender_no, basis)
    if not placed:
        raise Refusal(
            "not-in-record",
            zh="作为依据的记录尚未入日志，稍后再抽取",
            en="The record that this draw rests on is not in the journal yet; a little later",
            article=PROTOCOL,
        )
    rests_on = b64u(digest(placed[-1].entry))
    salting = secrets.token_bytes(KEY_LENGTH)
    opened = {
        leaf_hash(data): data
        for thing in things
        for data in [
            leaf_data(
                salting,
                Candidate(b64u(thing), None, {"basis": basis, "entry_hash": rests_on}),
            )
        ]
    }
    frozen = freeze_order(
        work,
        FreezeOrder(
            case=cmd.tender_no,
            purpose=purpose,
            leaves=tuple(sorted(opened)),
            parties=seat_parties(work, cmd.parties)
            or parties_of(work.session, draw_no(cmd.tender_no, PANEL)),
        ),
    )
    work.session.flush()
    row = work.session.get_one(Draw, frozen.id)
    for leaf in work.session.scalars(select(DrawLeaf).where(DrawLeaf.draw == row.id)):
        leaf.opening = cmd.sealer.seal(f"draw/{row.no}", opened[leaf.leaf])
    return frozen
