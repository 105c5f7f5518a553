"""Who draws in a selection: supervisor, owner, trading centre, each with its registered key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from intermediaries.demands import queries as demands
from intermediaries.offers.model import Selection
from market.accounts.queries.organisations import keys, organisations_with
from market.accounts.roles import Role
from market.draws.commands.seating import PartySeat
from market.protocol.parties import LEAST


def drawing_seats(session: Session, row: Selection, now: datetime) -> tuple[PartySeat, ...]:
    """Those who can sign now; a notary too where owner and centre cannot."""
    owner = demands.facts(session, row.demand_no).owner
    supervisors = _ready(session, Role.SUPV, owner, now)
    seats = [PartySeat("supervisor", one, "supervisor") for one in supervisors[:1]]
    if _has_key(session, owner, now):
        seats.append(PartySeat("owner", owner, "owner"))
    centres = _ready(session, Role.CENTER, owner, now)
    seats += [PartySeat("centre", one, "centre") for one in centres[:1]]
    if len(seats) < LEAST:
        notaries = _ready(session, Role.NOTARY, owner, now)
        seats += [PartySeat("notary", one, "notary") for one in notaries[:1]]
    return tuple(seats)


def can_draw(seats: tuple[PartySeat, ...]) -> bool:
    """Whether these are enough: the supervisor and one more."""
    return len(seats) >= LEAST and any(one.party == "supervisor" for one in seats)


def _ready(session: Session, role: Role, owner: UUID, now: datetime) -> list[UUID]:
    """The organisations of a role with a key in force, the owner's own left out."""
    found = [one.id for one in organisations_with(session, role) if one.id != owner]
    return [one for one in found if _has_key(session, one, now)]


def _has_key(session: Session, organisation: UUID, now: datetime) -> bool:
    return any(key.counts_at(now) for key in keys(session, organisation))
