"""What other rooms and the public may know of bonds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bonds.model import NO_ACCOUNT, BondHearing, LinkedBond, Nullifier, PublishedKey
from bidding.bonds.rules import (
    HearingState,
    LinkState,
    TokenState,
    refuse_unless_same_tender,
)
from market.kernel.money import Money
from market.protocol.bondkeys import BondKey, KeyRing, read_bond_key
from market.protocol.encoding import JsonObject, parse


def key_ring(session: Session, *more: BondKey) -> KeyRing:
    """Every journaled bond key, with `more` put to the test beside them."""
    rows = session.scalars(select(PublishedKey.structure))
    return KeyRing([*(read_bond_key(parse(raw)) for raw in rows), *more])


def published_keys(session: Session) -> list[JsonObject]:
    """The journaled structures, by denomination, quarter and purpose."""
    return [key.to_json() for key in key_ring(session).all()]


def token_state(session: Session, name: bytes) -> TokenState:
    """Where a token stands, by its nullifier; `ABSENT` if it was never shown."""
    row = session.get(Nullifier, name)
    return TokenState.ABSENT if row is None else row.state


def refuse_used_elsewhere(session: Session, name: bytes, tender_no: str) -> None:
    """Refuse (`token-used`) a token that was ever live for another tender; nothing is changed."""
    row = session.get(Nullifier, name)
    if row is not None:
        refuse_unless_same_tender(row.state, row.tender_no, tender_no)


@dataclass(frozen=True, slots=True)
class BondAfterOpening:
    """A linked bond as the record of the opening and the desks show it."""

    bid_pub: bytes
    uscc: str
    amount: Money
    kind: str
    state: LinkState
    due_on: date | None
    due_rule: str | None
    account_commitment: bytes


def bonds_of(session: Session, tender_no: str) -> list[BondAfterOpening]:
    """The linked bonds of a tender; none before its opening."""
    rows = session.scalars(
        select(LinkedBond).where(LinkedBond.tender_no == tender_no).order_by(LinkedBond.uscc)
    )
    return [
        BondAfterOpening(
            row.bid_pub,
            row.uscc,
            row.amount,
            row.kind,
            row.state,
            row.due_on,
            row.due_rule,
            row.account_commitment,
        )
        for row in rows
    ]


def displaced(session: Session, tender_no: str) -> dict[bytes, str]:
    """Bids of a tender whose deposit an earlier tender took: bid key to credit code."""
    return {
        bond.bid_pub: bond.uscc
        for bond in bonds_of(session, tender_no)
        if bond.state is LinkState.DISPLACED
    }


@dataclass(frozen=True, slots=True)
class OrderedBond:
    """A bond about which the custodian is to be told: it goes back by a day, or has a cause."""

    id: UUID
    tender_no: str
    h_blinded: bytes
    due_on: date | None
    cause: str | None


def ordered_bonds(session: Session, limit: int) -> list[OrderedBond]:
    """Bonds to be sent back, oldest day first, and bonds to be kept.

    Those the custodian left as they are come last, so that they hold no other up.
    """
    rows = session.scalars(
        select(LinkedBond)
        .where(
            ((LinkedBond.state == LinkState.ORDERED) & LinkedBond.due_on.is_not(None))
            | ((LinkedBond.state == LinkState.FORFEITED) & LinkedBond.kept_at.is_(None))
        )
        .order_by(LinkedBond.difference.is_not(None), LinkedBond.due_on, LinkedBond.id)
        .limit(limit)
    )
    return [
        OrderedBond(row.id, row.tender_no, row.h_blinded, row.due_on, row.forfeit_cause)
        for row in rows
    ]


def in_hearing(session: Session, bond: UUID) -> bool:
    """Whether it is being heard whether this bond is kept: until then it does not go back."""
    open_one = select(BondHearing.id).where(
        BondHearing.bond == bond, BondHearing.state == HearingState.PROPOSED
    )
    return session.scalar(open_one) is not None


def bonds_with_day(session: Session, limit: int) -> Sequence[UUID]:
    """Held bonds that have a day and no hearing: nothing more has to happen before they go back."""
    heard = select(BondHearing.bond).where(
        BondHearing.bond == LinkedBond.id, BondHearing.state == HearingState.PROPOSED
    )
    return session.scalars(
        select(LinkedBond.id)
        .where(
            LinkedBond.state == LinkState.HELD,
            LinkedBond.due_on.is_not(None),
            ~heard.exists(),
        )
        .order_by(LinkedBond.due_on, LinkedBond.id)
        .limit(limit)
    ).all()


ADMISSION: Final = "admission"
"""The kind of a deposit without money: nobody paid, so nothing tells who did."""


@dataclass(frozen=True, slots=True)
class BondPayer:
    """From which account, as a digest of this tender alone, a bidder's bond was paid."""

    tender_no: str
    uscc: str
    account_commitment: bytes


def payers(session: Session, tender_nos: Collection[str]) -> list[BondPayer]:
    """Who paid the linked bonds of these tenders, for the sign K6 (`bidding.evaluation.signs`).

    Only linked bonds are asked, so before the opening there is nothing to find.
    """
    rows = session.execute(
        select(LinkedBond.tender_no, LinkedBond.uscc, LinkedBond.account_commitment)
        .where(
            LinkedBond.tender_no.in_(tender_nos),
            LinkedBond.kind != ADMISSION,
            LinkedBond.account_commitment != NO_ACCOUNT,
        )
        .order_by(LinkedBond.tender_no, LinkedBond.uscc)
    )
    return [BondPayer(no, uscc, account) for no, uscc, account in rows]
