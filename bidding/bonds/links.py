"""Bonds after opening: whose they are, when each goes back, and the order that sends it back."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bidding.bonds.commands import move_token
from bidding.bonds.model import LinkedBond
from bidding.bonds.rules import LINK_TABLE, LinkAction, LinkState, TokenAction
from market.command import Work
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.protocol.encoding import b64u
from market.protocol.settlements import CAUSES, Order, Settled, Settlement

SAME_ACCOUNT: Final = 100
"""Points of indicator K6: bonds of different bidders from one account (deemed collusion)."""


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
    if row.state is LinkState.HELD:
        work.move(row, LINK_TABLE, LinkAction.ORDER)


@dataclass(frozen=True, slots=True)
class KeepSettlement:
    """What the custodian did with one deposit."""

    bond_id: UUID
    settled: Settled


def keep_settlement(work: Work, command: KeepSettlement) -> None:
    """Write down that a bond went back, with its interest; a repeated answer changes nothing."""
    row = work.session.get_one(LinkedBond, command.bond_id, with_for_update=True)
    if row.state is not LinkState.ORDERED:
        return
    if command.settled.principal != row.amount.fen:
        raise Refusal(
            "settlement-differs",
            zh="托管方退还的本金与记录不符，已停止并报告",
            en="The custodian returned another principal than recorded; stopped and reported",
        )
    work.move(row, LINK_TABLE, LinkAction.RELEASE)
    row.interest = Money(command.settled.interest)
    row.overdue_interest = Money(command.settled.overdue_interest)
    row.released_at = command.settled.settled_at


@dataclass(frozen=True, slots=True)
class Forfeit:
    """Keep a bond for one of the listed causes, after the bidder was heard."""

    tender_no: str
    uscc: str
    cause: str
    decision: bytes


def forfeit(work: Work, command: Forfeit) -> None:
    """Decide that a bond is not returned; journaled with the hash of the written decision.

    `no-such-cause` for any cause outside the closed list; losing, objecting or complaining is
    never one.
    """
    if command.cause not in CAUSES:
        raise Refusal("no-such-cause", zh="不属于法定原因", en="Not one of the listed causes")
    row = work.session.scalars(
        select(LinkedBond)
        .where(LinkedBond.tender_no == command.tender_no, LinkedBond.uscc == command.uscc)
        .with_for_update()
    ).one()
    work.move(row, LINK_TABLE, LinkAction.FORFEIT)
    row.forfeit_cause = command.cause
    work.publish(
        "bond-decision",
        command.tender_no,
        {
            "deposit": b64u(row.h_blinded),
            "cause": command.cause,
            "decision_hash": b64u(command.decision),
        },
    )


def release_order(row_h_blinded: bytes, due_on: date) -> Order:
    """What the custodian is told about one bond that goes back."""
    return Order(row_h_blinded, Settlement.RELEASE, due_on, None)
