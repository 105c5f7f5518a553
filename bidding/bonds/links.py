"""Bonds after opening: whose they are, when each goes back, and the order that sends it back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from bidding.bonds.commands import move_token
from bidding.bonds.displacing import displace
from bidding.bonds.model import NO_ACCOUNT, BondHearing, LinkedBond
from bidding.bonds.queries import OrderedBond, in_hearing
from bidding.bonds.rules import LINK_TABLE, LinkAction, LinkState, TokenAction
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.protocol.links import Linked
from market.protocol.settlements import Order, Settled, Settlement


@dataclass(frozen=True, slots=True)
class KeepLink:
    """A good answer of the custodian for one bid of a tender."""

    tender_no: str
    bid_pub: bytes
    nullifier: bytes
    uscc: str
    h_blinded: bytes
    kind: str
    amount: Money
    account_commitment: bytes


def keep_link(work: Work, command: KeepLink) -> None:
    """Hold the bond of an opened bid in its bidder's name; the same link again changes nothing."""
    known = work.session.scalar(select(LinkedBond.id).where(LinkedBond.bid_pub == command.bid_pub))
    if known is not None:
        return
    displace(work, command.h_blinded)
    move_token(work, command.nullifier, TokenAction.LINK)
    work.session.add(
        LinkedBond(
            tender_no=command.tender_no,
            bid_pub=command.bid_pub,
            uscc=command.uscc,
            h_blinded=command.h_blinded,
            kind=command.kind,
            amount=command.amount,
            account_commitment=command.account_commitment,
            state=LinkState.HELD,
        )
    )


@dataclass(frozen=True, slots=True)
class SetDue:
    """The legal day, inclusive, on which bonds of a tender are due, and the rule that says so.

    `usccs` names the bidders; None means every bond of the tender that has no day yet.
    """

    tender_no: str
    due_on: date
    rule: str
    usccs: frozenset[str] | None = None


def set_due(work: Work, command: SetDue) -> None:
    """Give bonds their day; a day once given is never moved later."""
    rows = work.session.scalars(
        select(LinkedBond)
        .where(LinkedBond.tender_no == command.tender_no, LinkedBond.state == LinkState.HELD)
        .with_for_update()
    )
    for row in rows:
        if command.usccs is not None and row.uscc not in command.usccs:
            continue
        if row.due_on is None or command.due_on < row.due_on:
            row.due_on = command.due_on
            row.due_rule = command.rule


def order_release(work: Work, bond_id: UUID) -> None:
    """Decide that a bond goes back now; the custodian is asked outside this transaction."""
    row = work.session.get_one(LinkedBond, bond_id, with_for_update=True)
    if row.state is LinkState.HELD and not in_hearing(work.session, row.id):
        work.move(row, LINK_TABLE, LinkAction.ORDER)


@dataclass(frozen=True, slots=True)
class KeepSettlement:
    """What the custodian did with one deposit."""

    bond_id: UUID
    settled: Settled


def keep_settlement(work: Work, command: KeepSettlement) -> None:
    """Write down that a bond went back, with its interest, or was kept; once.

    `settlement-differs` for another principal than the bond's: nothing is written but that.
    """
    row = work.session.get_one(LinkedBond, command.bond_id, with_for_update=True)
    if row.state is not LinkState.ORDERED and (
        row.state is not LinkState.FORFEITED or row.kept_at is not None
    ):
        return
    if command.settled.principal != row.amount.fen:
        raise Refusal(
            "settlement-differs",
            zh="托管方退还的本金与记录不符，已停止并报告",
            en="The custodian returned another principal than recorded; stopped and reported",
        )
    row.difference = None
    if row.state is LinkState.FORFEITED:
        row.kept_at = command.settled.settled_at
        return
    work.move(row, LINK_TABLE, LinkAction.RELEASE)
    row.interest = Money(command.settled.interest)
    row.overdue_interest = Money(command.settled.overdue_interest)
    row.released_at = command.settled.settled_at


@dataclass(frozen=True, slots=True)
class KeepDifference:
    """A code of the custodian for one bond that it left as it is."""

    bond_id: UUID
    code: str


def keep_difference(work: Work, command: KeepDifference) -> None:
    """Write down why a bond was not settled, for the people who must look."""
    row = work.session.get_one(LinkedBond, command.bond_id, with_for_update=True)
    if row.difference != command.code:
        row.difference = command.code
        work.note(row.tender_no, "bond.difference", code=command.code)


@dataclass(frozen=True, slots=True)
class KeepLateLink:
    """The custodian's answer about a held token whose bond is to be kept."""

    hearing_id: UUID
    nullifier: bytes
    amount: Money
    linked: Linked


def keep_late_link(work: Work, command: KeepLateLink) -> None:
    """Hold the bond of a held token as forfeited; again, nothing changes.

    Where the custodian finds no deposit the reason stays with the hearing, and it is asked again.
    """
    hearing = work.session.get_one(BondHearing, command.hearing_id, with_for_update=True)
    known = work.session.scalar(select(LinkedBond.id).where(LinkedBond.bid_pub == hearing.bid_pub))
    if known is not None:
        return
    found = command.linked
    if found.h_blinded is None or found.kind is None:
        hearing.difference = found.reason
        return
    hearing.difference = None
    displace(work, found.h_blinded)
    move_token(work, command.nullifier, TokenAction.LINK)
    work.session.add(
        LinkedBond(
            tender_no=hearing.tender_no,
            bid_pub=hearing.bid_pub,
            uscc=hearing.uscc,
            h_blinded=found.h_blinded,
            kind=found.kind,
            amount=command.amount,
            account_commitment=found.account_commitment or NO_ACCOUNT,
            state=LinkState.FORFEITED,
            forfeit_cause=hearing.cause,
        )
    )


def order_of(bond: OrderedBond) -> Order:
    """What the custodian is told about one bond: it goes back, or it is kept for its cause."""
    if bond.cause is not None:
        return Order(bond.h_blinded, Settlement.FORFEIT, None, bond.cause.partition(".")[0])
    return Order(bond.h_blinded, Settlement.RELEASE, bond.due_on, None)
