"""The trial bank's own acts: accounts, transfers, orders of the custodian, notices to it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from bidding.custodian.command import Desk, Office
from bidding.custodian.commands.booking import BankNotice, BookNotice, book_notice
from bidding.custodian.commands.holders import forget_attempts
from bidding.custodian.commands.payments import BankOrder
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.rules import Source
from bidding.custodian.settings import House
from bidding.custodian.trialbank.model import BankAccount, BankSignIn, Transfer, set_up
from market.kernel.errors import NotSignedIn, Refusal
from market.kernel.money import Money
from market.protocol.encoding import Json, b64u, canonical, digest

SESSION: Final = timedelta(hours=8)
NAME: Final = "九州试验银行"
STATEMENT: Final = 200
LISTED: Final = 1_000
TOKEN_BYTES: Final = 32


def found_bank(engine: Engine) -> None:
    """Make the trial bank's tables if they are not there."""
    set_up(engine)


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account with a balance to begin with; a known one keeps the balance it has."""

    number: str
    name: str
    balance: Money
    password_hash: str | None = None


def open_account(desk: Desk, command: OpenAccount) -> None:
    """Open an account, or bring name and password of a known one up to date."""
    row = desk.session.get(BankAccount, command.number, with_for_update=True)
    if row is None:
        row = BankAccount(number=command.number, balance=command.balance)
        desk.session.add(row)
    row.name = command.name
    row.password_hash = command.password_hash or row.password_hash


@dataclass(frozen=True, slots=True)
class Move:
    """One transfer. `key` names it: the same key again is the same transfer.

    `over_the_counter` plays another bank: the paying account need not be known or filled.
    """

    from_account: str
    to_account: str
    amount: Money
    remark: str
    key: str
    at: datetime | None = None
    over_the_counter: bool = False
    from_name: str = ""


def move_money(desk: Desk, command: Move) -> str:
    """Move money; the bank's serial number, the same for the same key.

    Refusals: "no-account", "no-cover", "once-differs", "amount-not-positive".
    """
    key = digest(command.key.encode())
    said: list[Json] = [
        command.from_account,
        command.to_account,
        command.amount.fen,
        command.remark,
    ]
    fingerprint = digest(canonical(said))
    desk.hold(f"transfer:{key.hex()}")
    known = desk.session.scalar(select(Transfer).where(Transfer.key == key))
    if known is not None:
        if known.fingerprint != fingerprint:
            raise Refusal(
                "once-differs",
                zh="同一提交标识已用于另一笔转账",
                en="This submission mark was used for another transfer",
            )
        return known.serial
    if command.amount <= Money(0):
        raise Refusal("amount-not-positive", zh="金额应大于零", en="The amount is above zero")
    payer = _take(desk, command)
    taker = desk.session.get(BankAccount, command.to_account, with_for_update=True)
    if taker is not None:
        taker.balance += command.amount
    row = Transfer(
        serial=f"T{secrets.token_hex(10).upper()}",
        key=key,
        fingerprint=fingerprint,
        from_account=command.from_account,
        from_name=payer,
        to_account=command.to_account,
        amount=command.amount,
        remark=command.remark,
        at=command.at or desk.now,
    )
    desk.session.add(row)
    return row.serial


def _take(desk: Desk, command: Move) -> str:
    """Take the money from the paying account; the name on it."""
    row = desk.session.get(BankAccount, command.from_account, with_for_update=True)
    if row is None:
        if command.over_the_counter:
            return command.from_name or command.from_account
        raise Refusal("no-account", zh="付款账户不存在", en="The paying account does not exist")
    if command.over_the_counter:
        return row.name
    if row.balance < command.amount:
        raise Refusal("no-cover", zh="余额不足", en="The account does not hold so much")
    row.balance -= command.amount
    return row.name


def password_of(session: Session, number: str) -> str | None:
    """The hash of an account's password; None without one."""
    row = session.get(BankAccount, number)
    return None if row is None else row.password_hash


@dataclass(frozen=True, slots=True)
class LetIntoBank:
    """An account whose password was right; what was counted under these names is forgotten."""

    number: str
    attempts: tuple[bytes, ...] = ()


def accounts(session: Session) -> list[BankAccount]:
    """The customers of the bank, those who may use e-banking, by name."""
    question = select(BankAccount).where(BankAccount.password_hash.is_not(None))
    return [*session.scalars(question.order_by(BankAccount.name).limit(LISTED))]


def let_into_bank(desk: Desk, command: LetIntoBank) -> str:
    """A bearer token of e-banking; run at the machine's moment."""
    forget_attempts(desk, command.attempts)
    token = b64u(secrets.token_bytes(TOKEN_BYTES))
    desk.session.add(
        BankSignIn(
            token_hash=digest(token.encode()), account=command.number, until=desk.now + SESSION
        )
    )
    return token


def account_of(session: Session, token: str, machine_now: datetime) -> str:
    """Whose a token is; `NotSignedIn`."""
    row = session.get(BankSignIn, digest(token.encode()))
    if row is None or row.until <= machine_now:
        raise NotSignedIn
    return row.account


def statement(session: Session, number: str) -> tuple[int, list[Transfer]]:
    """Balance in fen and the newest transfers of an account."""
    row = session.get_one(BankAccount, number)
    moved = session.scalars(
        select(Transfer)
        .where(or_(Transfer.from_account == number, Transfer.to_account == number))
        .order_by(Transfer.at.desc(), Transfer.serial)
        .limit(STATEMENT)
    )
    return row.balance.fen, list(moved)


def undelivered(session: Session, account: str) -> list[BankNotice]:
    """Credits on the custodian's account that it was not told of, oldest first."""
    rows = session.scalars(
        select(Transfer)
        .where(Transfer.to_account == account, Transfer.delivered_at.is_(None))
        .order_by(Transfer.at, Transfer.serial)
    )
    return [notice_of(row) for row in rows]


def notice_of(row: Transfer) -> BankNotice:
    """What the custodian is told of a transfer."""
    return BankNotice(
        row.serial, row.from_account, row.from_name, NAME, row.amount, row.remark, row.at
    )


def tell_again(session: Session, serial: str) -> BankNotice:
    """The notice of a transfer once more, as a bank does after a disturbance."""
    return notice_of(session.get_one(Transfer, serial))


def mark_delivered(desk: Desk, serial: str) -> None:
    """Write down that the custodian has booked a notice."""
    row = desk.session.get_one(Transfer, serial, with_for_update=True)
    row.delivered_at = row.delivered_at or desk.now


def deliver(office: Office, house: House, files: KeyFiles) -> dict[str, str]:
    """Tell the custodian of every credit it does not know; what it made of each, by serial."""
    made = {}
    for notice in office.read(lambda session: undelivered(session, house.account)):
        made[notice.serial] = office.run(book_notice, BookNotice(notice, files))
        office.run(mark_delivered, notice.serial)
    return made


@dataclass(frozen=True, slots=True)
class TrialBank:
    """The trial bank as the custodian's own bank."""

    office: Office
    house: House

    def pay(self, order: BankOrder) -> str:
        """Carry out an order; refusals as in `move_money`."""
        source = self.house.account if order.source is Source.BONDS else self.house.own_account
        return self.office.run(
            move_money,
            Move(source, order.to_account, order.amount, order.remark, f"order:{order.number}"),
        )
