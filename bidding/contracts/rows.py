"""The rows of awards for a command: locked, and only for those whose business it is."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.contracts.model import Award, ContractHold
from bidding.contracts.rules import AwardState, Held
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.command import Work
from market.kernel.errors import NotFound


def owners(work: Work, no: str) -> TenderFacts:
    """The tender, for its purchaser; `NotFound` for everybody else."""
    tender = tenders.facts(work.session, no)
    if work.actor.organisation != tender.owner:
        raise NotFound
    return tender


def standing(work: Work, tender: UUID) -> Award | None:
    """The award that stands, locked; None before there is one and after it has lapsed."""
    found: Award | None = work.session.scalar(
        select(Award)
        .where(Award.tender == tender, Award.state != AwardState.LAPSED)
        .with_for_update()
    )
    return found


def lapsed(session: Session, tender: UUID) -> list[Award]:
    """The awards of a tender that have lapsed, oldest first."""
    return list(
        session.scalars(
            select(Award)
            .where(Award.tender == tender, Award.state == AwardState.LAPSED)
            .order_by(Award.lapsed_at)
        )
    )


def held_by(session: Session, tender: UUID) -> list[Held]:
    """Everything that holds the contract of a tender back, by number."""
    rows = session.scalars(
        select(ContractHold)
        .where(ContractHold.tender == tender)
        .order_by(ContractHold.challenge_no)
    )
    return [Held(row.challenge_no, row.until_lapse) for row in rows]
