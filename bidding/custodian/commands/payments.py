"""Money on its way out: owed first, paid at the bank outside any transaction, then written off.

The bank knows a payment by its number, so an order repeated after a crash pays nobody twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.custodian.command import Desk, Office
from bidding.custodian.ledger import Account, Side, post
from bidding.custodian.model import Payment
from bidding.custodian.rules import (
    PAYMENT_TABLE,
    REMARKS,
    PaymentAction,
    PaymentState,
    Purpose,
    Source,
)
from market.kernel.errors import MarketError
from market.kernel.money import Money

log = structlog.get_logger()

RUN: Final = 500


@dataclass(frozen=True, slots=True)
class OutgoingPayment:
    """What is owed to an account from a moment on; `about` with the purpose names it once."""

    purpose: Purpose
    about: str
    to_account: str
    amount: Money
    not_before: datetime
    source: Source = Source.BONDS


def owe(desk: Desk, payment: OutgoingPayment) -> None:
    """Put a payment into the queue, in the transaction that made it owed; nothing for nothing."""
    if payment.amount == Money(0):
        return
    desk.session.add(
        Payment(
            purpose=payment.purpose,
            about=payment.about,
            source=payment.source,
            to_account=payment.to_account,
            amount=payment.amount,
            state=PaymentState.DUE,
            not_before=payment.not_before,
        )
    )
    desk.session.flush()


def owe_interest(
    desk: Desk, about: str, to_account: str, amount: Money, not_before: datetime
) -> None:
    """Owe interest out of the custodian's own money, never out of what others deposited."""
    post(desk, amount, debit=Side(Account.INTEREST_COST), credit=Side(Account.INTEREST_DUE))
    owe(
        desk,
        OutgoingPayment(Purpose.INTEREST, about, to_account, amount, not_before, Source.OWN),
    )


@dataclass(frozen=True, slots=True)
class BankOrder:
    """What the bank is told to pay: `number` names it, so that it is carried out once."""

    number: str
    source: Source
    to_account: str
    amount: Money
    remark: str


class Bank(Protocol):
    """A bank that takes orders."""

    def pay(self, order: BankOrder) -> str:
        """Carry out an order and answer the bank's serial number; again, the same number."""


def due_payments(session: Session, now: datetime) -> list[tuple[UUID, BankOrder]]:
    """What is to be paid at a moment, longest owed first."""
    rows = session.scalars(
        select(Payment)
        .where(Payment.state == PaymentState.DUE, Payment.not_before <= now)
        .order_by(Payment.not_before, Payment.id)
        .limit(RUN)
    )
    return [
        (
            row.id,
            BankOrder(row.id.hex, row.source, row.to_account, row.amount, REMARKS[row.purpose]),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class WriteOff:
    """A payment that the bank has carried out under this serial number."""

    payment: UUID
    bank_serial: str


def write_off(desk: Desk, command: WriteOff) -> None:
    """Take a payment out of what is owed; once."""
    row = desk.session.get_one(Payment, command.payment, with_for_update=True)
    if row.state is PaymentState.PAID:
        return
    row.paid_at, row.bank_serial = desk.now, command.bank_serial
    desk.move(row, PAYMENT_TABLE, PaymentAction.PAY)
    if row.source is Source.BONDS:
        post(desk, row.amount, debit=Side(Account.PAYABLE), credit=Side(Account.CASH))
    else:
        post(desk, row.amount, debit=Side(Account.INTEREST_DUE), credit=Side(Account.OWN))


def pay_due(office: Office, bank: Bank) -> int:
    """Have the bank pay everything due; how many. What it refuses stays owed and is tried again."""
    paid = 0
    now = office.clock.now()
    for number, order in office.read(lambda session: due_payments(session, now)):
        try:
            serial = bank.pay(order)
        except MarketError as refusal:
            log.warning("custodian.payment_refused", payment=order.number, code=refusal.code)
            continue
        office.run(write_off, WriteOff(number, serial))
        paid += 1
    return paid
