"""Where a bidder, once known, stands among all who have a part in the tender."""

from uuid import UUID

from sqlalchemy.orm import Session

from bidding.officers import queries as officers
from bidding.opening.sides import Side, side_of_capacity, side_of_preparation
from bidding.panels.rules import PURPOSE
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations, people
from market.draws import queries as draws
from market.draws.rules import draw_no
from market.kernel.errors import NotFound
from market.projects import queries as projects


def sides_of(
    session: Session, tender: TenderFacts, bidder: organisations.OrganisationFacts
) -> frozenset[Side]:
    """Every other side on which this bidder stands in this tender; empty for an honest one."""
    return frozenset(
        {
            *_running(tender, bidder.id),
            *(side for one in bidder.capacities if (side := side_of_capacity(one)) is not None),
            *_officers(session, tender, bidder.id),
            *_drawing(session, tender, bidder.uscc),
            *_preparing(session, tender, bidder.uscc),
            *_people(session, tender, bidder.id),
        }
    )


def _running(tender: TenderFacts, bidder: UUID) -> set[Side]:
    if bidder == tender.owner:
        return {Side.OWNER}
    return {Side.AGENT} if bidder == tender.agent else set()


def _officers(session: Session, tender: TenderFacts, bidder: UUID) -> set[Side]:
    seats = officers.seats(session, tender.no)
    return {Side.OFFICER} if any(seat.organisation == bidder for seat in seats) else set()


def _drawing(session: Session, tender: TenderFacts, uscc: str) -> set[Side]:
    """Main parties and stand-ins alike: a stand-in may have thrown the deciding nonce."""
    try:
        drawn = draws.facts(session, draw_no(tender.no, PURPOSE))
    except NotFound:
        return set()  # no panel is drawn yet, so nobody had a part in it
    found = any(party.organisation == uscc for party in drawn.freeze.parties)
    return {Side.DRAW_PARTY} if found else set()


def _preparing(session: Session, tender: TenderFacts, uscc: str) -> set[Side]:
    parties = projects.facts(session, tender.project).parties
    return {side_of_preparation(party.kind) for party in parties if party.uscc == uscc}


def _people(session: Session, tender: TenderFacts, bidder: UUID) -> set[Side]:
    """People of the bidder with a duty in the project, or a seat, for somebody else."""
    staff = organisations.staff(session, bidder)
    duties = people.duties(session, tender.project)
    seats = officers.seats(session, tender.no)
    busy = {duty.person for duty in duties if duty.organisation != bidder}
    busy |= {seat.person for seat in seats if seat.organisation != bidder}
    return {Side.PERSON} if staff & busy else set()
