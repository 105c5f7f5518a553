"""When the bonds of a tender go back.

The losers' after the award notice, the winner's after its contract, that of a winner that fell out
through no doing of its own after that, everybody's when the tender comes to nothing.
"""

from datetime import date
from typing import Final
from uuid import UUID

from bidding.bonds.links import SetDue, set_due
from bidding.bonds.queries import bonds_of
from bidding.bonds.waiting import AwaitProposal, await_proposal
from bidding.contracts.model import Award
from bidding.contracts.rows import lapsed
from bidding.contracts.rules import KEEPS_BOND
from bidding.rulebook import procurement
from bidding.rulebook.due import due
from bidding.rulebook.events import Event
from bidding.rulebook.periods import Period
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.command import Work
from market.kernel.workdays import NotYetPublished, days_after, legal_day

REFUND_DAYS: Final = 5


def refund(
    work: Work,
    tender: TenderFacts,
    event: Event,
    usccs: frozenset[str],
    *,
    since: date | None = None,
) -> None:
    """Give the bonds of these bidders their last day: five working days.

    Where the working days of a year are not published yet the day is five calendar days on,
    which is never later.
    """
    start = since or legal_day(work.now)
    rule = procurement.REFUND if event is not Event.TERMINATION else procurement.TERMINATED_REFUND
    last = last_day(work, tender, rule, event, start) or days_after(start, REFUND_DAYS)
    set_due(work, SetDue(tender.no, last, rule.id, usccs))


def refund_losers(work: Work, tender: TenderFacts, winner: str) -> None:
    """The award notice is issued: every bond goes back but the winner's and those that wait."""
    refund(work, tender, Event.AWARD_NOTICE, _everybody(work, tender) - {winner})


def refund_ended(work: Work, tender_id: UUID) -> None:
    """A tender came to nothing: every bond that was linked by then goes back.

    All but that of a winner who refused the contract: it waits for the decision about it.
    """
    tender = tenders.facts_by_id(work.session, tender_id)
    refund(work, tender, Event.TERMINATION, _everybody(work, tender))
    work.note(tender.no, "contracts.refunds-due")


def refund_fallen(work: Work, tender: TenderFacts, award: Award) -> None:
    """The winner fell out: its bond goes back, or waits if it fell out by its own doing."""
    if award.lapse_cause in KEEPS_BOND:
        await_proposal(work, AwaitProposal(tender.no, award.winner))
    else:
        refund(work, tender, Event.AWARD_NOTICE, frozenset({award.winner}))


def last_day(
    work: Work, tender: TenderFacts, rule: Period, event: Event, since: date
) -> date | None:
    """Where a period leads for this tender; None while its year is not published."""
    found = due(rule, event, since, work.calendar, on=legal_day(tender.published_at))
    return None if isinstance(found.day, NotYetPublished) else found.day


def _everybody(work: Work, tender: TenderFacts) -> frozenset[str]:
    """The bidders of a tender, but those whose bond waits for the decision about it."""
    kept = {one.winner for one in lapsed(work.session, tender.id) if one.lapse_cause in KEEPS_BOND}
    return frozenset({bond.uscc for bond in bonds_of(work.session, tender.no)} - kept)
