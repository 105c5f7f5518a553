"""Double entry: every movement of money is written twice, and the books must agree with themselves.

Accounts: `cash` is others' money at the bank; `outstanding`, `held` and `forfeited` are owed, each
for one key; `payable` is owed and on its way out. `own` is the custodian's money for interest,
`interest-due` the interest promised with it, `interest-cost` what interest has cost.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Function,
    String,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from bidding.custodian.command import Desk
from bidding.custodian.model import (
    BondKeyRow,
    Deposit,
    Notice,
    Payment,
    Posting,
    Refund,
    RefundSignature,
)
from bidding.custodian.rules import DepositKind, DepositState, PaymentState, Purpose, Source
from market.kernel.money import Money
from market.protocol.bondkeys import BID, REFUND

Key = tuple[int, str]


class Account(StrEnum):
    """The accounts of the books."""

    CASH = "cash"
    OUTSTANDING = "outstanding"
    HELD = "held"
    FORFEITED = "forfeited"
    PAYABLE = "payable"
    OWN = "own"
    INTEREST_DUE = "interest-due"
    INTEREST_COST = "interest-cost"


OWED: Final = (Account.OUTSTANDING, Account.HELD, Account.FORFEITED, Account.PAYABLE)
OF_KEYS: Final = frozenset({Account.OUTSTANDING, Account.HELD, Account.FORFEITED})


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an entry: an account, and its key where it is an account of keys."""

    account: Account
    key: Key | None = None

    def __post_init__(self) -> None:
        if (self.account in OF_KEYS) != (self.key is not None):
            raise ValueError(f"{self.account} with key {self.key}")


def post(desk: Desk, amount: Money, *, debit: Side, credit: Side) -> None:
    """Write one entry of two lines; nothing is written for nothing."""
    if amount < Money(0):
        raise ValueError("an entry goes the way it says")
    if amount == Money(0):
        return
    entry = uuid4()
    for side, signed in ((debit, amount), (credit, Money(-amount.fen))):
        denomination, epoch = side.key or (None, None)
        desk.session.add(
            Posting(
                entry=entry,
                at=desk.now,
                account=side.account,
                denomination=denomination,
                epoch=epoch,
                amount=signed,
            )
        )


@dataclass(frozen=True, slots=True)
class KeyAccount:
    """One key of bidding in the books, counted in deposits; `cash` is what is owed on it in fen."""

    denomination: int
    epoch: str
    signatures: int
    deposits: int
    outstanding: int
    held: int
    refunded: int
    forfeited: int
    permits: int
    refund_signatures: int
    refunds: int
    owed: int
    crowd: int
    """Organisations with unspent deposits of the key."""


def key_accounts(session: Session) -> list[KeyAccount]:
    """Every key's account, by quarter and denomination."""
    counted = _deposits(session)
    crowds = _crowds(session)
    permits = _permits(session)
    refunds = _refunds(session)
    signatures = {
        (row.denomination, row.epoch, row.purpose): row.signatures
        for row in session.scalars(select(BondKeyRow))
    }
    owed = balances(session)
    made = []
    for denomination, epoch, purpose in sorted(signatures, key=lambda name: (name[1], name[0])):
        if purpose != BID:
            continue
        key = (denomination, epoch)
        states = counted.get(key, {})
        gone = (DepositState.REFUNDED, DepositState.RETURNED)
        made.append(
            KeyAccount(
                denomination,
                epoch,
                signatures[denomination, epoch, BID],
                sum(states.values()),
                states.get(DepositState.PAID, 0),
                states.get(DepositState.LINKED, 0),
                sum(states.get(state, 0) for state in gone),
                states.get(DepositState.FORFEITED, 0),
                permits.get(key, 0),
                signatures.get((denomination, epoch, REFUND), 0),
                refunds.get(key, 0),
                -sum(owed.get((account, key), 0) for account in OF_KEYS),
                crowds.get(key, 0),
            )
        )
    return made


def balances(session: Session) -> dict[tuple[str, Key | None], int]:
    """The balance of every account, in fen: positive what is held, negative what is owed."""
    rows = session.execute(
        select(Posting.account, Posting.denomination, Posting.epoch, _fen(Posting.amount)).group_by(
            Posting.account, Posting.denomination, Posting.epoch
        )
    )
    found: dict[tuple[str, Key | None], int] = {}
    for account, denomination, epoch, amount in rows:
        key = None if denomination is None or epoch is None else (denomination, epoch)
        found[account, key] = int(amount)
    return found


def disagreements(session: Session) -> list[str]:
    """Everything in which the books contradict themselves; an empty list is the only good one."""
    return [
        *_unbalanced(session),
        *_keys_disagree(session),
        *_cash_disagrees(session),
        *_payments_disagree(session),
    ]


def _unbalanced(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(Posting.entry).group_by(Posting.entry).having(_fen(Posting.amount) != 0)
    )
    for (entry,) in rows:
        yield f"entry {entry} does not add up"


def _keys_disagree(session: Session) -> Iterator[str]:
    held = balances(session)
    states = _deposits(session, cash_alone=True)
    handed_over = _handed_over(session)
    for row in key_accounts(session):
        key = (row.denomination, row.epoch)
        name = f"{row.denomination} {row.epoch}"
        if row.deposits != row.refunded + row.forfeited + row.held + row.outstanding:
            yield f"key {name}: deposits are not refunded, forfeited, held or outstanding"
        if row.signatures != row.deposits:
            yield f"key {name}: {row.signatures} signatures for {row.deposits} deposits"
        if row.refund_signatures > row.permits or row.refunds > row.refund_signatures:
            yield f"key {name}: more refunds than signatures, or more signatures than permits"
        for account, state in (
            (Account.OUTSTANDING, DepositState.PAID),
            (Account.HELD, DepositState.LINKED),
            (Account.FORFEITED, DepositState.FORFEITED),
        ):
            there = states.get(key, {}).get(state, 0) * row.denomination
            if account is Account.FORFEITED:
                there -= handed_over.get(key, 0)
            if -held.get((account, key), 0) != there:
                yield f"key {name}: {account} does not equal its deposits"


def _cash_disagrees(session: Session) -> Iterator[str]:
    held = balances(session)
    cash = held.get((Account.CASH, None), 0)
    owed = -sum(amount for (account, _), amount in held.items() if account in OWED)
    if cash != owed:
        yield f"cash is {cash} and {owed} is owed"
    came = _sum(session, Notice.amount)
    went = _sum(
        session,
        Payment.amount,
        Payment.state == PaymentState.PAID,
        Payment.source == Source.BONDS,
    )
    if cash != came - went:
        yield f"cash is {cash}, but {came} came in and {went} went out"


def _payments_disagree(session: Session) -> Iterator[str]:
    held = balances(session)
    for source, account in ((Source.BONDS, Account.PAYABLE), (Source.OWN, Account.INTEREST_DUE)):
        due = _sum(
            session,
            Payment.amount,
            Payment.state == PaymentState.DUE,
            Payment.source == source,
        )
        if due != -held.get((account, None), 0):
            yield f"{account} does not equal the payments that are due"


def _fen(column: InstrumentedAttribute[Money]) -> Function[int]:
    """The sum of a column of money as a bare number of fen."""
    return func.sum(type_coerce(column, BigInteger))


def _sum(
    session: Session, column: InstrumentedAttribute[Money], *which: ColumnElement[bool]
) -> int:
    return int(session.scalar(select(_fen(column)).where(*which)) or 0)


def _deposits(session: Session, *, cash_alone: bool = False) -> dict[Key, dict[DepositState, int]]:
    asked = (
        select(Deposit.denomination, Deposit.epoch, Deposit.state, func.count())
        .where(Deposit.booked_at.is_not(None))
        .group_by(Deposit.denomination, Deposit.epoch, Deposit.state)
    )
    if cash_alone:
        asked = asked.where(Deposit.kind == DepositKind.CASH)
    found: dict[Key, dict[DepositState, int]] = {}
    for denomination, epoch, state, count in session.execute(asked):
        found.setdefault((denomination, epoch), {})[state] = count
    return found


def _handed_over(session: Session) -> Mapping[Key, int]:
    """Fen of forfeited bonds that are on their way to the treasury, or there."""
    rows = session.execute(
        select(Deposit.denomination, Deposit.epoch, _fen(Payment.amount))
        .join(Payment, Payment.about == cast(Deposit.id, String))
        .where(Payment.purpose == Purpose.FORFEIT)
        .group_by(Deposit.denomination, Deposit.epoch)
    )
    return {(denomination, epoch): int(amount) for denomination, epoch, amount in rows}


def _crowds(session: Session) -> Mapping[Key, int]:
    rows = session.execute(
        select(Deposit.denomination, Deposit.epoch, func.count(Deposit.holder_id.distinct()))
        .where(Deposit.state == DepositState.PAID)
        .group_by(Deposit.denomination, Deposit.epoch)
    )
    return {(denomination, epoch): count for denomination, epoch, count in rows}


def _refunds(session: Session) -> Mapping[Key, int]:
    rows = session.execute(
        select(Deposit.denomination, Deposit.epoch, func.count())
        .join(Refund, Refund.deposit_id == Deposit.id)
        .group_by(Deposit.denomination, Deposit.epoch)
    )
    return {(denomination, epoch): count for denomination, epoch, count in rows}


def _permits(session: Session) -> Mapping[Key, int]:
    rows = session.execute(
        select(RefundSignature.denomination, RefundSignature.epoch, func.count()).group_by(
            RefundSignature.denomination, RefundSignature.epoch
        )
    )
    return {(denomination, epoch): count for denomination, epoch, count in rows}
