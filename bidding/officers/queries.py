"""What others may know of a tender's officers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.officers.model import OfficerPanel, OfficerSeat
from bidding.officers.rules import PanelState
from market.accounts.queries import organisations
from market.accounts.roles import Role
from market.accounts.rules import interest_groups as related
from market.kernel.workdays import legal_day


@dataclass(frozen=True, slots=True)
class ManifestFacts:
    """A journaled manifest: its bytes, its name, and where its officers stand."""

    no: str
    raw: bytes
    hash: bytes
    state: PanelState
    k: int


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """One seat as its owner and its officer see it; the person is named by id alone."""

    i: int
    role: str
    organisation: UUID
    person: UUID
    has_key: bool
    has_rehearsed: bool
    recipient: str | None = None
    """The sealing key that was given; public, it stands in the manifest."""


def manifest(session: Session, tender_no: str) -> ManifestFacts | None:
    """The manifest of a tender; None until it is journaled."""
    row = session.get(OfficerPanel, tender_no)
    if row is None or row.manifest is None or row.manifest_hash is None:
        return None
    return ManifestFacts(row.tender_no, row.manifest, row.manifest_hash, row.state, row.k)


def panel_state(session: Session, tender_no: str) -> PanelState | None:
    """How far the officers of a tender are; None while none are named."""
    row = session.get(OfficerPanel, tender_no)
    return None if row is None else row.state


def owner(session: Session, tender_no: str) -> UUID | None:
    """Whose tender the officers open; None while none are named."""
    row = session.get(OfficerPanel, tender_no)
    return None if row is None else row.owner


def seats(session: Session, tender_no: str) -> list[SeatFacts]:
    """The seats of a tender in their order."""
    rows = session.scalars(
        select(OfficerSeat).where(OfficerSeat.tender_no == tender_no).order_by(OfficerSeat.i)
    )
    return [
        SeatFacts(
            row.i,
            row.role,
            row.organisation,
            row.person,
            row.statement is not None,
            row.rehearsed is not None,
            row.recipient,
        )
        for row in rows
    ]


def seats_of_person(session: Session, person: UUID) -> list[tuple[str, SeatFacts]]:
    """The seats a person holds, with the tenders' numbers."""
    rows = session.scalars(select(OfficerSeat.tender_no).where(OfficerSeat.person == person))
    return [
        (no, seat)
        for no in sorted(set(rows))
        for seat in seats(session, no)
        if seat.person == person
    ]


def rehearsal(session: Session, tender_no: str) -> bytes | None:
    """The rehearsal's sheet while there is one."""
    row = session.get(OfficerPanel, tender_no)
    return None if row is None else row.rehearsal


def interest_groups(
    session: Session, owner: UUID, agent: UUID | None, seated: Collection[UUID], at: datetime
) -> list[frozenset[str]]:
    """Credit codes that count as one, whatever part their officers are said to play.

    Owner with agent, the trading centres, and whoever of the seated holds another or is held with
    it, directly or through others.
    """
    given = frozenset({owner} if agent is None else {owner, agent})
    centres = {held.id for held in organisations.organisations_with(session, Role.CENTER)}
    day = legal_day(at)
    ties = [organisations.interests(session, one, day) for one in sorted({*given, *seated})]
    alone = 1  # who is tied to nobody is no group
    groups = [given, frozenset(centres), *(tied for tied in related(ties) if len(tied) > alone)]
    return [
        frozenset(organisations.organisation(session, one).uscc for one in group)
        for group in groups
        if group
    ]
