"""Payment orders: the holder brings a blinded value, names no tender, and is told what to pay."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bidding.custodian.command import Desk
from bidding.custodian.commands.bondkeys import count_signature, key_of, sign
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.ledger import Account, Side, post
from bidding.custodian.model import Deposit, Holder
from bidding.custodian.rules import (
    ADMISSIONS_A_QUARTER,
    DEPOSIT_TABLE,
    OPEN_ORDERS,
    DepositAction,
    DepositKind,
    DepositState,
    order_lapses,
    refuse_other_owner,
)
from market.kernel.errors import Refusal
from market.protocol.blind import check_blinded
from market.protocol.bondkeys import BID, BondKey, check_issuing
from market.protocol.chance import fresh
from market.protocol.custodianship import DepositReceipt
from market.protocol.deposits import deposit as deposit_leaf
from market.protocol.encoding import canonical
from market.protocol.fixed_trees import SALT_LENGTH
from market.protocol.paymentcode import payment_code
from market.protocol.tokens import blinded_hash

SWEEP: Final = 500


@dataclass(frozen=True, slots=True)
class OrderDeposit:
    """What a signed-in holder asks for: an amount in fen, a quarter, and what is to be signed."""

    holder: UUID
    denomination: int
    epoch: str
    blinded: bytes
    files: KeyFiles


def order_deposit(desk: Desk, command: OrderDeposit) -> bytes:
    """Open a payment order, or find the one of this blinded value; its name `H(blinded)`.

    An admission (amount nothing) is signed at once: signing in was its price. Refusals:
    "blinded-taken", "deposit-differs" (the same value for another key), "unknown-bond-key",
    "bond-key-not-issuing", "bad-blinded", "too-many-orders", "too-many-admissions".
    """
    name = blinded_hash(command.blinded)
    desk.hold(f"deposit:{name.hex()}", f"orders:{command.holder}")
    known = desk.session.scalar(select(Deposit).where(Deposit.h_blinded == name))
    if known is not None:
        _refuse_other(known, command)
        return name
    key = key_of(desk.session, command.denomination, command.epoch, BID)
    check_issuing(key, desk.now)
    check_blinded(key.key, command.blinded)
    _refuse_flood(desk, command)
    row = Deposit(
        holder_id=command.holder,
        holder=desk.session.get_one(Holder, command.holder),
        denomination=command.denomination,
        epoch=command.epoch,
        h_blinded=name,
        blinded=command.blinded,
        code=payment_code(name),
        kind=DepositKind.CASH if command.denomination else DepositKind.ADMISSION,
        state=DepositState.AWAITED,
        ordered_at=desk.now,
        expires_at=order_lapses(desk.now, key),
    )
    desk.session.add(row)
    desk.session.flush()
    desk.note(row.subject, "deposit.ordered")
    if not command.denomination:
        book(desk, row, key, _basic_account(row.holder), command.files)
    return name


def book(desk: Desk, row: Deposit, key: BondKey, account: str, files: KeyFiles) -> None:
    """Enter a deposit into the books and sign: one transaction, or neither.

    The signature is made and checked here and not kept: its holder has it made again.
    """
    sign(files, key, row.blinded)
    count_signature(desk.session, key)
    receipt = DepositReceipt(
        deposit_leaf(
            h_blinded=row.h_blinded,
            denomination=row.denomination,
            epoch=row.epoch,
            uscc=row.holder.uscc,
            account_hash=files.account_hash(account),
            kind=row.kind,
            booked_at=desk.now,
        ),
        fresh(SALT_LENGTH),
    )
    row.booked_at, row.account = desk.now, account
    row.receipt = canonical(receipt.sign(files.signer))
    desk.move(row, DEPOSIT_TABLE, DepositAction.BOOK)
    post(
        desk,
        row.amount,
        debit=Side(Account.CASH),
        credit=Side(Account.OUTSTANDING, (row.denomination, row.epoch)),
    )
    desk.session.flush()


def signature_of(session: Session, row: Deposit, files: KeyFiles) -> bytes | None:
    """The custodian's answer for a booked deposit, for its holder alone; None before booking."""
    if row.booked_at is None:
        return None
    return sign(files, key_of(session, row.denomination, row.epoch, BID), row.blinded)


def lapsed_orders(session: Session, now: datetime) -> list[UUID]:
    """Orders whose last moment has passed, oldest first."""
    return list(
        session.scalars(
            select(Deposit.id)
            .where(Deposit.state == DepositState.AWAITED, Deposit.expires_at < now)
            .order_by(Deposit.expires_at)
            .limit(SWEEP)
        )
    )


def expire_order(desk: Desk, deposit_id: UUID) -> None:
    """Make visible that an order has lapsed; money credited in time is still taken."""
    row = desk.session.get_one(Deposit, deposit_id, with_for_update={"of": Deposit})
    if row.state is DepositState.AWAITED and row.expires_at < desk.now:
        desk.move(row, DEPOSIT_TABLE, DepositAction.EXPIRE)


def _refuse_other(known: Deposit, command: OrderDeposit) -> None:
    if known.holder_id != command.holder:
        raise refuse_other_owner()
    if (known.denomination, known.epoch) != (command.denomination, command.epoch):
        raise Refusal(
            "deposit-differs",
            zh="此盲化值已用于另一面额或季度的缴款单",
            en="This blinded value has an order of another amount or quarter",
        )


def _refuse_flood(desk: Desk, command: OrderDeposit) -> None:
    own = select(func.count()).where(Deposit.holder_id == command.holder)
    if command.denomination == 0:
        made = desk.session.scalar(
            own.where(Deposit.denomination == 0, Deposit.epoch == command.epoch)
        )
        if (made or 0) >= ADMISSIONS_A_QUARTER:
            raise Refusal(
                "too-many-admissions",
                zh=f"本季度准入令牌已达{ADMISSIONS_A_QUARTER}个上限",
                en=f"This organisation has had {ADMISSIONS_A_QUARTER} admission tokens this "
                "quarter, the most there are",
                status=429,
            )
        return
    waiting = desk.session.scalar(
        own.where(Deposit.state == DepositState.AWAITED, Deposit.expires_at >= desk.now)
    )
    if (waiting or 0) >= OPEN_ORDERS:
        raise Refusal(
            "too-many-orders",
            zh=f"待缴款单已达{OPEN_ORDERS}个上限，缴款或等待过期后再试",
            en=f"{OPEN_ORDERS} orders wait for money, the most there may be; pay them or let "
            "them lapse",
            status=429,
        )


def _basic_account(holder: Holder) -> str:
    return next(
        account.number for account in holder.accounts if account.basic and account.closed_at is None
    )
