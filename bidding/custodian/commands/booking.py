"""Money that came in: matched with an order to the fen, or sent straight back with the reason."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from bidding.custodian.command import Desk
from bidding.custodian.commands.accounts import redirect
from bidding.custodian.commands.bondkeys import key_of
from bidding.custodian.commands.deposits import book
from bidding.custodian.commands.payments import OutgoingPayment, owe
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.ledger import Account, Side, post
from bidding.custodian.model import Deposit, HolderAccount, Notice
from bidding.custodian.rules import (
    PROOF_AMOUNT,
    DepositState,
    Misdirected,
    Purpose,
)
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.protocol.bondkeys import BID
from market.protocol.encoding import Malformed
from market.protocol.paymentcode import read_payment_code

PROOF_REMARK: Final = re.compile(r"[0-9]{6}", re.ASCII)
_CODE: Final = re.compile(r"(?:[0-9A-Za-z][- ]?){15}[0-9A-Za-z]", re.ASCII)
OPEN: Final = (DepositState.AWAITED, DepositState.EXPIRED)
DEPOSIT, PROOF, RETURNED = "deposit", "proof", "returned"


@dataclass(frozen=True, slots=True)
class BankNotice:
    """What the bank says of one credit on the account of bonds.

    `serial` is the bank's own number of it, `credited_at` the moment the bank had the money.
    """

    serial: str
    from_account: str
    from_name: str
    from_bank: str
    amount: Money
    remark: str
    credited_at: datetime


@dataclass(frozen=True, slots=True)
class BookNotice:
    """A notice of the bank, and the keys to sign with."""

    notice: BankNotice
    files: KeyFiles


def book_notice(desk: Desk, command: BookNotice) -> str:
    """Make something of money that came in, once for each serial number of the bank.

    The answer: "deposit", "proof", or the reason why it goes back. Refusals: "notice-differs"
    (the bank used a serial number twice), "key-lost" (booked when the key is there again).
    """
    notice = command.notice
    desk.hold(f"notice:{notice.serial}")
    known = desk.session.get(Notice, notice.serial)
    if known is not None:
        _refuse_differing(known, notice)
        return known.reason or known.outcome
    if notice.amount <= Money(0):
        raise ValueError("a credit brings money")
    row = Notice(
        serial=notice.serial,
        from_account=notice.from_account,
        from_name=notice.from_name,
        from_bank=notice.from_bank,
        amount=notice.amount,
        remark=notice.remark,
        credited_at=notice.credited_at,
        booked_at=desk.now,
        outcome=RETURNED,
    )
    if _is_proof(desk, notice):
        row.outcome = PROOF
        _send_back(desk, notice, Purpose.PROOF)
    else:
        order = _order_of(desk, notice)
        row.deposit_id = None if order is None else order.id
        reason = Misdirected.NO_ORDER if order is None else _judge(order, notice)
        if order is not None and reason is None:
            row.outcome = DEPOSIT
            key = key_of(desk.session, order.denomination, order.epoch, BID)
            book(desk, order, key, notice.from_account, command.files)
        else:
            row.reason = reason
            _send_back(desk, notice, Purpose.MISDIRECTED)
    desk.session.add(row)
    if row.outcome == PROOF:
        desk.session.flush()
        redirect(desk, notice.from_account)
    return row.reason or row.outcome


def code_in(remark: str) -> str | None:
    """The payment code that stands in a remark, however the bank dressed it; None without one."""
    for found in (remark, *_CODE.findall(remark)):
        try:
            return read_payment_code(found)
        except Malformed:
            continue
    return None


def _order_of(desk: Desk, notice: BankNotice) -> Deposit | None:
    """The order that is meant.

    By its code; without a readable code, by account and amount if exactly one such order waits.
    """
    locked = select(Deposit).with_for_update(of=Deposit)
    code = code_in(notice.remark)
    if code is not None:
        asked = locked.where(Deposit.code == code).order_by(Deposit.ordered_at)
        return desk.session.scalars(asked).first()
    waiting = desk.session.scalars(
        locked.join(HolderAccount, HolderAccount.holder_id == Deposit.holder_id).where(
            HolderAccount.number == notice.from_account,
            HolderAccount.closed_at.is_(None),
            Deposit.state.in_(OPEN),
            Deposit.denomination == notice.amount.fen,
            Deposit.expires_at >= notice.credited_at,
        )
    ).all()
    return waiting[0] if len(waiting) == 1 else None


def _judge(order: Deposit, notice: BankNotice) -> Misdirected | None:
    """Why money does not fit its order; None if it does. A stranger learns nothing of the order."""
    accounts = {held.number for held in order.holder.accounts if held.closed_at is None}
    if notice.from_account not in accounts:
        return Misdirected.ANOTHER_ACCOUNT
    if order.state not in OPEN:
        return Misdirected.PAID_BEFORE
    if notice.credited_at > order.expires_at:
        return Misdirected.LATE
    if notice.amount != order.amount:
        return Misdirected.ANOTHER_AMOUNT
    return None


def _is_proof(desk: Desk, notice: BankNotice) -> bool:
    if notice.amount != PROOF_AMOUNT or PROOF_REMARK.fullmatch(notice.remark.strip()) is None:
        return False
    registered = select(HolderAccount.id).where(
        HolderAccount.number == notice.from_account, HolderAccount.closed_at.is_(None)
    )
    return desk.session.scalar(registered) is not None


def _send_back(desk: Desk, notice: BankNotice, purpose: Purpose) -> None:
    post(desk, notice.amount, debit=Side(Account.CASH), credit=Side(Account.PAYABLE))
    owe(
        desk,
        OutgoingPayment(purpose, notice.serial, notice.from_account, notice.amount, desk.now),
    )


def _refuse_differing(known: Notice, notice: BankNotice) -> None:
    first = (known.from_account, known.amount, known.remark, known.credited_at)
    if first != (notice.from_account, notice.amount, notice.remark, notice.credited_at):
        raise Refusal(
            "notice-differs",
            zh="银行流水号重复但内容不同，已停止入账，请与银行核对",
            en="The bank used a serial number for two things; nothing was booked, ask the bank",
        )
