"""Linked deposits go back with interest when the rules say so, or are kept for a listed cause."""

from dataclasses import dataclass

from sqlalchemy import select

from bidding.custodian.command import Desk
from bidding.custodian.commands.accounts import payee
from bidding.custodian.commands.payments import OutgoingPayment, owe, owe_interest
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.ledger import Account, Side, post
from bidding.custodian.model import Deposit, LinkBatch, LinkRow, SettlementRow
from bidding.custodian.rules import (
    DEPOSIT_TABLE,
    DepositAction,
    DepositKind,
    Purpose,
    demand_interest,
    legal_day,
    next_pay_run,
    overdue_interest,
)
from bidding.custodian.settings import Settings
from market.kernel.money import Money
from market.protocol.encoding import JsonObject
from market.protocol.settlements import (
    DIFFERS,
    NOT_LINKED,
    NotSettled,
    Order,
    Settled,
    Settlement,
    SettlementAnswer,
    read_settlement_request,
    settlement_answer,
)


@dataclass(frozen=True, slots=True)
class Settle:
    """The platform's signed orders for deposits of one tender."""

    request: JsonObject
    settings: Settings
    files: KeyFiles


def settle(desk: Desk, command: Settle) -> JsonObject:
    """Carry out orders about linked deposits: `yg/settlement-answer/v1`; again, the same answer.

    Each bond for itself: one that cannot be settled says why and holds no other up
    ("deposit-not-linked": not, or not any more, for this tender; "settlement-differs": something
    else was done before). Refusals of the whole request: `malformed`, "bad-signature".
    """
    tender, orders = read_settlement_request(command.request, command.settings.platform_key)
    settled, refused = list[Settled](), list[NotSettled]()
    for order in orders:
        try:
            settled.append(_settle(desk, tender, order, command.settings))
        except _LeftAlone as left:
            refused.append(NotSettled(order.h_blinded, left.code))
    answer = SettlementAnswer(tender, tuple(settled), tuple(refused))
    return settlement_answer(answer, command.files.signer)


class _LeftAlone(Exception):
    """A bond that is left as it is; raised before anything of it is changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _settle(desk: Desk, tender: str, order: Order, settings: Settings) -> Settled:
    row = _linked(desk, tender, order)
    known = desk.session.get(SettlementRow, row.id)
    if known is None:
        known = (
            _release(desk, row, order, settings)
            if order.action is Settlement.RELEASE
            else _forfeit(desk, row, order, settings)
        )
        row.closed_at = desk.now
        desk.session.add(known)
        desk.session.flush()
    elif (known.action, known.due_on, known.cause) != (order.action, order.due_on, order.cause):
        raise _LeftAlone(DIFFERS)
    return Settled(
        order.h_blinded,
        known.principal.fen,
        known.interest.fen,
        known.overdue_interest.fen,
        known.settled_at,
    )


def _linked(desk: Desk, tender: str, order: Order) -> Deposit:
    row = desk.session.scalar(
        select(Deposit)
        .join(LinkRow, LinkRow.deposit_id == Deposit.id)
        .join(LinkBatch, LinkBatch.closing_hash == LinkRow.closing_hash)
        .where(Deposit.h_blinded == order.h_blinded, LinkBatch.tender == tender)
        .with_for_update(of=Deposit)
    )
    if row is None:
        raise _LeftAlone(NOT_LINKED)
    return row


def _release(desk: Desk, row: Deposit, order: Order, settings: Settings) -> SettlementRow:
    if row.account is None or row.booked_at is None or order.due_on is None:
        raise AssertionError("a linked deposit was booked, and a release has its day")
    today = legal_day(desk.now)
    interest = demand_interest(row.amount, settings.demand_rate, legal_day(row.booked_at), today)
    overdue = overdue_interest(row.amount, settings.base_rate, order.due_on, today)
    desk.move(row, DEPOSIT_TABLE, DepositAction.RELEASE)
    held = Side(Account.HELD, (row.denomination, row.epoch))
    post(desk, row.amount, debit=held, credit=Side(Account.PAYABLE))
    account = payee(desk.session, row)
    owe(desk, OutgoingPayment(Purpose.RELEASE, row.subject, account, row.amount, desk.now))
    owe_interest(desk, row.subject, account, interest + overdue, desk.now)
    return SettlementRow(
        deposit_id=row.id,
        action=order.action.value,
        due_on=order.due_on,
        principal=row.amount,
        interest=interest,
        overdue_interest=overdue,
        settled_at=desk.now,
    )


def _forfeit(desk: Desk, row: Deposit, order: Order, settings: Settings) -> SettlementRow:
    """Keep a bond: to the treasury, for forfeited bonds are public revenue and nobody's gain.

    A guarantee has no money here: its issuer is called upon outside these books.
    """
    desk.move(row, DEPOSIT_TABLE, DepositAction.FORFEIT)
    forfeited = Side(Account.FORFEITED, (row.denomination, row.epoch))
    held = Side(Account.HELD, (row.denomination, row.epoch))
    post(desk, row.amount, debit=held, credit=forfeited)
    treasury = settings.house.treasury_account
    if row.kind is DepositKind.CASH and treasury:
        run = next_pay_run(desk.now)
        post(desk, row.amount, debit=forfeited, credit=Side(Account.PAYABLE))
        owe(desk, OutgoingPayment(Purpose.FORFEIT, row.subject, treasury, row.amount, run))
    return SettlementRow(
        deposit_id=row.id,
        action=order.action.value,
        cause=order.cause,
        principal=row.amount,
        interest=Money(0),
        overdue_interest=Money(0),
        settled_at=desk.now,
    )
