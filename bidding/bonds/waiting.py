"""Bonds of winners that fell out by their own doing: they wait for a proposal, and not for ever.

Whoever refused the contract may lose its bond, but only after a hearing. If nobody proposes that
within five working days the bond goes back; if the hearing decides that it goes back, it does so
within five working days of the decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bonds.model import BondHearing, LinkedBond
from bidding.bonds.queries import in_hearing
from bidding.bonds.rules import REASONS_DAYS_UNKNOWN, HearingState, LinkState
from bidding.rulebook.due import due
from bidding.rulebook.events import Event
from bidding.rulebook.periods import Period
from bidding.rulebook.platform_rules import BOND_PROPOSAL, HEARD_REFUND
from bidding.tenders import queries as tenders
from bidding.tenders.rules import ENDED, TenderState
from market.command import Work
from market.kernel.workdays import NotYetPublished, days_after, legal_day

REFUND_DAYS_UNKNOWN = 5
"""Calendar days instead of working days where their year is not published: never later."""
OVER = frozenset({*ENDED, TenderState.CONTRACTED})
"""States of a tender after which no rule gives a bond its day any more."""


@dataclass(frozen=True, slots=True)
class AwaitProposal:
    """The winner of a tender that fell out and for whose bond there may be a cause to keep it."""

    tender_no: str
    uscc: str


def await_proposal(work: Work, command: AwaitProposal) -> None:
    """Let its bond wait for a proposal; a bond that has a day, or waits already, is left alone."""
    until = _last_day(work, command.tender_no, BOND_PROPOSAL, REASONS_DAYS_UNKNOWN)
    rows = work.session.scalars(
        select(LinkedBond)
        .where(
            LinkedBond.tender_no == command.tender_no,
            LinkedBond.uscc == command.uscc,
            LinkedBond.state == LinkState.HELD,
            LinkedBond.due_on.is_(None),
            LinkedBond.wait_until.is_(None),
        )
        .with_for_update()
    )
    for row in rows:
        row.wait_until = until


def waited_out(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Bonds about which nobody proposed anything by the last day, which is in time itself."""
    heard = select(BondHearing.bond).where(
        BondHearing.bond == LinkedBond.id, BondHearing.state == HearingState.PROPOSED
    )
    return session.scalars(
        select(LinkedBond.id)
        .where(
            LinkedBond.state == LinkState.HELD,
            LinkedBond.due_on.is_(None),
            LinkedBond.wait_until < legal_day(now),
            ~heard.exists(),
        )
        .order_by(LinkedBond.wait_until, LinkedBond.id)
        .limit(limit)
    ).all()


def return_unproposed(work: Work, bond: UUID) -> None:
    """Nobody proposed to keep it in time: it goes back now. Twice is once."""
    row = work.session.get_one(LinkedBond, bond, with_for_update=True)
    today = legal_day(work.now)
    waits = row.state is LinkState.HELD and row.due_on is None and row.wait_until is not None
    if not waits or row.wait_until is None or row.wait_until >= today:
        return
    if not in_hearing(work.session, row.id):
        _give_day(work, row, today, BOND_PROPOSAL)


def return_heard(work: Work, row: LinkedBond) -> None:
    """A hearing decided that this bond goes back: its day, where no other rule gives it one.

    While its tender runs and its bidder is still in it, award notice and contract give the day.
    """
    if row.state is not LinkState.HELD or row.due_on is not None:
        return
    if row.wait_until is not None or tenders.facts(work.session, row.tender_no).state in OVER:
        last = _last_day(work, row.tender_no, HEARD_REFUND, REFUND_DAYS_UNKNOWN)
        _give_day(work, row, last, HEARD_REFUND)


def _give_day(work: Work, row: LinkedBond, day: date, rule: Period) -> None:
    row.due_on, row.due_rule = day, rule.id
    work.note(row.tender_no, "bond.due", rule=rule.id)


def _last_day(work: Work, tender_no: str, rule: Period, unknown: int) -> date:
    today = legal_day(work.now)
    on = legal_day(tenders.facts(work.session, tender_no).published_at)
    found = due(rule, Event.DETERMINATION, today, work.calendar, on=on).day
    return days_after(today, unknown) if isinstance(found, NotYetPublished) else found
