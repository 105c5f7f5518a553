"""Bonds and hearings as lists for those who may see them: after opening, never before."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bidding.bonds.model import BondHearing, LinkedBond
from bidding.bonds.rules import HearingState, LinkState
from bidding.bonds.waiting import OVER
from bidding.rulebook.bonds import FORFEITURES
from bidding.tenders import queries as tenders
from market.accounts.queries import organisations
from market.kernel.errors import NotFound
from market.kernel.money import Money


@dataclass(frozen=True, slots=True)
class BondLine:
    """One bond: its tender, its bidder, where it stands and when it is due."""

    id: UUID
    tender_no: str
    uscc: str
    name_zh: str
    name_en: str
    amount: Money
    state: LinkState
    due_on: date | None
    interest: Money | None
    done_at: datetime | None
    difference: str | None
    heard: bool
    wait_until: date | None = None

    def name(self, language: str) -> str:
        """Its bidder's name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class HearingLine:
    """One hearing; `is_held` when it is about a token that was never opened."""

    id: UUID
    tender_no: str
    owner: UUID
    uscc: str
    name_zh: str
    name_en: str
    is_held: bool
    state: HearingState
    opened_at: datetime
    cause: str | None
    facts: str | None
    reasons_until: datetime | None
    reasons: str | None
    reasons_at: datetime | None
    decision: str | None
    decided_at: datetime | None
    difference: str | None

    def name(self, language: str) -> str:
        """The bidder's name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en

    def cause_words(self, language: str) -> str:
        """The cause in "zh" or "en", as the rulebook has it."""
        for known in FORFEITURES:
            if known.id == self.cause:
                return known.zh if language == "zh" else known.en
        return ""

    def may_decide(self, now: datetime) -> bool:
        """Whether the bidder was heard or let its time pass."""
        waits = self.state is HearingState.PROPOSED and self.reasons_until is not None
        return waits and (
            self.reasons is not None or self.reasons_until is None or now > self.reasons_until
        )


def own_bonds(session: Session, organisation: UUID) -> list[BondLine]:
    """The bonds of an organisation whose bids were opened, newest tender first."""
    uscc = organisations.organisation(session, organisation).uscc
    return _bonds(session, LinkedBond.uscc == uscc)


def bonds_of_tender(session: Session, no: str) -> list[BondLine]:
    """The bonds of a tender after its opening."""
    return _bonds(session, LinkedBond.tender_no == no)


def on_their_way(session: Session) -> list[BondLine]:
    """Bonds that have a day and are not back, or are to be handed over; the oldest day first."""
    waiting = (LinkedBond.state.in_([LinkState.HELD, LinkState.ORDERED])) & (
        LinkedBond.due_on.is_not(None)
    )
    kept = (LinkedBond.state == LinkState.FORFEITED) & LinkedBond.kept_at.is_(None)
    found = _bonds(session, waiting | kept)
    return sorted(found, key=lambda line: (line.due_on or date.max, line.tender_no, line.uscc))


def differences(session: Session) -> list[BondLine]:
    """Bonds that the custodian left as they are, with its code."""
    return _bonds(session, LinkedBond.difference.is_not(None))


def unproposed(session: Session, owner: UUID) -> list[BondLine]:
    """Bonds of winners of an owner's tenders that fell out, while nothing was proposed on them."""
    waiting = (
        (LinkedBond.state == LinkState.HELD)
        & LinkedBond.due_on.is_(None)
        & LinkedBond.wait_until.is_not(None)
    )
    return [
        line
        for line in _bonds(session, waiting)
        if not line.heard and tenders.facts(session, line.tender_no).owner == owner
    ]


def taken(session: Session, organisation: UUID) -> list[BondLine]:
    """An organisation's bonds that an earlier tender took, while their own tenders run."""
    return [
        line
        for line in own_bonds(session, organisation)
        if line.state is LinkState.DISPLACED
        and tenders.facts(session, line.tender_no).state not in OVER
    ]


def hearings(
    session: Session, *, uscc: str | None = None, owner: UUID | None = None
) -> list[HearingLine]:
    """Hearings, the undecided first, newest first: of a bidder, of an owner's tenders, or all."""
    asked = select(BondHearing).order_by(
        BondHearing.decided_at.is_not(None), BondHearing.opened_at.desc(), BondHearing.id
    )
    if uscc is not None:
        asked = asked.where(BondHearing.uscc == uscc)
    if owner is not None:
        asked = asked.where(BondHearing.owner == owner)
    return [_hearing(session, row) for row in session.scalars(asked)]


def hearing(session: Session, key: UUID) -> HearingLine:
    """One hearing; `NotFound`."""
    row = session.get(BondHearing, key)
    if row is None:
        raise NotFound
    return _hearing(session, row)


def _hearing(session: Session, row: BondHearing) -> HearingLine:
    bidder = organisations.organisation_by_uscc(session, row.uscc)
    return HearingLine(
        row.id,
        row.tender_no,
        row.owner,
        row.uscc,
        bidder.name("zh"),
        bidder.name("en"),
        row.held is not None,
        row.state,
        row.opened_at,
        row.cause,
        row.facts,
        row.reasons_until,
        row.reasons,
        row.reasons_at,
        row.decision,
        row.decided_at,
        row.difference,
    )


def _bonds(session: Session, which: ColumnElement[bool]) -> list[BondLine]:
    heard = (
        select(BondHearing.id)
        .where(BondHearing.bond == LinkedBond.id, BondHearing.state == HearingState.PROPOSED)
        .exists()
    )
    rows = session.execute(
        select(LinkedBond, heard)
        .where(which)
        .order_by(LinkedBond.tender_no.desc(), LinkedBond.uscc, LinkedBond.id)
    ).all()
    return [_bond(session, row, is_heard) for row, is_heard in rows]


def _bond(session: Session, row: LinkedBond, is_heard: bool) -> BondLine:  # noqa: FBT001  a column
    bidder = organisations.organisation_by_uscc(session, row.uscc)
    interest = None
    if row.interest is not None:
        interest = row.interest + (row.overdue_interest or Money(0))
    return BondLine(
        row.id,
        row.tender_no,
        row.uscc,
        bidder.name("zh"),
        bidder.name("en"),
        row.amount,
        row.state,
        row.due_on,
        interest,
        row.released_at or row.kept_at,
        row.difference,
        is_heard,
        row.wait_until,
    )
