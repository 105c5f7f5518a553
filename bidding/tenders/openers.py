"""Who opens the bids of a tender, read from its manifest: what everybody sees of it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from bidding.officers.parts import part
from bidding.officers.queries import manifest
from market.protocol.manifest import read_manifest
from market.web.language import language

CROWD: Final = 20
"""Organisations with unspent tokens of one key from which on it is called a crowd (protocol, 2)."""


@dataclass(frozen=True, slots=True)
class Opener:
    """One seat: its part and its organisation, in the reader's language where there is one."""

    part: str
    organisation: str
    uscc: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Openers:
    """The officers of a tender: any `k` of them open together; `hash` names their manifest."""

    k: int
    seats: tuple[Opener, ...]
    hash: bytes
    organisations: int


def openers(session: Session, no: str) -> Openers | None:
    """The officers in the journaled manifest; None without one."""
    found = manifest(session, no)
    if found is None:
        return None
    made = read_manifest(found.raw)
    seats = tuple(
        Opener(
            part(seat.role, language()),
            seat.organisation.name,
            seat.organisation.uscc,
            seat.key.recipient,
        )
        for seat in made.seats
    )
    several = len({seat.organisation.uscc for seat in made.seats})
    return Openers(made.k, seats, found.hash, several)
