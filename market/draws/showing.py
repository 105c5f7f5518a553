"""A draw as anybody may see it: what the journal says of it, and once it is published, the result.

Nothing here comes from a sealed row before the publication: every line stands in the public log,
where the same reader could have read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.accounts.queries.organisations import ids_by_uscc, organisation
from market.draws.model import Draw
from market.draws.publication import opened_ids
from market.draws.queries import DrawFacts, facts
from market.draws.rows import draw_row, walk_of
from market.draws.rules import DrawState
from market.draws.sealing import Sealer
from market.draws.trouble import Stop, stops
from market.journal.queries import entries_of
from market.protocol.encoding import JsonObject, digest, parse, unb64u
from market.protocol.entries import read_entry
from market.protocol.freezes import PERMUTATION, WALK

EVENTS_SHOWN: Final = 400
STEP: Final = "draw-step"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the journal about the draw: its place, its hash, and what it says."""

    index: int
    at: datetime
    kind: str
    hash: bytes
    data: JsonObject

    @property
    def party(self) -> str | None:
        """Who gave it: the party, or the supervisor who signed."""
        found = self.data.get("by") if self.kind == "draw-consent" else self.data.get("party")
        return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class Side:
    """A party with the moments at which it did its part in the attempt at hand."""

    party: str
    role: str
    name_zh: str
    name_en: str
    stands_in_for: str | None
    audited_at: datetime | None
    committed_at: datetime | None
    revealed_at: datetime | None
    lapsed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seated:
    """Who or what was drawn in a stratum, in order: what is open, else the leaf; places empty."""

    stratum: str
    drawn: tuple[tuple[bytes, str | None], ...]
    short: int


@dataclass(frozen=True, slots=True)
class PublicDraw:
    """A draw for everybody; `seated` is None before the publication."""

    facts: DrawFacts
    sides: tuple[Side, ...]
    events: tuple[Event, ...]
    steps: tuple[Event, ...]
    stops: tuple[Stop, ...]
    seated: tuple[Seated, ...] | None


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A draw in the list of all."""

    no: str
    case: str
    purpose: str
    state: DrawState
    frozen_at: datetime
    published_at: datetime | None


def public_draw(session: Session, no: str, sealer: Sealer) -> PublicDraw:
    """What everybody may see of a draw; `NotFound`."""
    found, row = facts(session, no), draw_row(session, no)
    events = public_events(session, no)
    told = tuple(one for one in events if one.kind != STEP)
    return PublicDraw(
        found,
        tuple(_sides(session, found, told)),
        told,
        tuple(one for one in events if one.kind == STEP),
        stops(session, no),
        None if row.state is not DrawState.PUBLISHED else _seated(session, row, sealer),
    )


def public_events(session: Session, no: str) -> tuple[Event, ...]:
    """What the journal says of a draw, in its order."""
    return tuple(
        Event(one.index, one.at, one.type, digest(one.entry), read_entry(one.entry).data)
        for one in entries_of(session, no)[:EVENTS_SHOWN]
    )


def public_list(
    session: Session,
    limit: int,
    after: tuple[datetime, str] | None,
    case: str | None,
    hidden: Sequence[str] = (),
) -> Sequence[DrawLine]:
    """The draws, newest first, from behind `after` (frozen at, number); of one case if given.

    `hidden`: how the purposes begin that are left out.
    """
    question = select(Draw).order_by(Draw.frozen_at.desc(), Draw.no.desc()).limit(limit)
    for begins in hidden:
        question = question.where(~Draw.purpose.startswith(begins, autoescape=True))
    if case:
        question = question.where(Draw.case_no == case)
    if after is not None:
        at, no = after
        question = question.where((Draw.frozen_at < at) | ((Draw.frozen_at == at) & (Draw.no < no)))
    return [
        DrawLine(one.no, one.case_no, one.purpose, one.state, one.frozen_at, one.published_at)
        for one in session.scalars(question)
    ]


def _sides(session: Session, found: DrawFacts, events: Sequence[Event]) -> list[Side]:
    ids = ids_by_uscc(session, tuple(one.organisation for one in found.freeze.parties))
    names = {
        uscc: (held.name_zh, held.name_en)
        for uscc, key in ids.items()
        for held in [organisation(session, key)]
    }
    frozen_at = max((one.index for one in events if one.kind == "draw-freeze"), default=0)

    def when(kind: str, party: str, attempt: int | None = None) -> datetime | None:
        return next(
            (
                one.at
                for one in events
                if one.index > frozen_at
                and (one.kind, one.party) == (kind, party)
                and attempt in (None, one.data.get("attempt"))
            ),
            None,
        )

    return [
        Side(
            one.party,
            one.role,
            *names.get(one.organisation, (one.organisation, one.organisation)),
            one.stands_in_for,
            when("draw-audit", one.party),
            when("draw-commit", one.party, found.attempt),
            when("draw-reveal", one.party, found.attempt),
            when("draw-void", one.party),
        )
        for one in found.freeze.parties
    ]


def _seated(session: Session, row: Draw, sealer: Sealer) -> tuple[Seated, ...]:
    known = opened_ids(session, row, sealer)
    if row.kind == WALK:
        walk = walk_of(session, row)
        return tuple(
            Seated(name, tuple((leaf, known.get(leaf)) for leaf in held), walk.short(name))
            for name, held in walk.seats.items()
        )
    if row.kind != PERMUTATION or row.result is None:
        return ()
    from_result = parse(row.result).get("order")
    order = from_result if isinstance(from_result, list) else []
    leaves = [unb64u(str(one)) for one in order]
    return (Seated(row.purpose, tuple((leaf, known.get(leaf)) for leaf in leaves), 0),)
