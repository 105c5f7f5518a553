"""Linked deposits go back with interest when the rules say so, or are kept for a listed cause."""

from dataclasses import dataclass

from sqlalchemy import select

from bidding.custodian.command import Desk
from bidding.custodian.commands.payments import OutgoingPayment, owe, owe_interest
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.ledger import Account, Side, post
from bidding.custodian.model import Deposit, LinkBatch, LinkRow, SettlementRow
from bidding.custodian.rules import (
    DEPOSIT_TABLE,
    DepositAction,
    Purpose,
    demand_interest,
    legal_day,
    overdue_interest,
)
from bidding.custodian.settings import Settings
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.protocol.encoding import JsonObject
from market.protocol.settlements import (
    Order,
    Settled,
    Settlement,
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

    All or none. Refusals: `malformed`, "bad-signature", "deposit-not-linked" (not, or not any
    more, for this tender), "settlement-differs" (something else was done before).
    """
    tender, orders = read_settlement_request(command.request, command.settings.platform_key)
    settled = [_settle(desk, tender, order, command.settings) for order in orders]
    return settlement_answer(tender, settled, command.files.signer)


def _settle(desk: Desk, tender: str, order: Order, settings: Settings) -> Settled:
    row = _linked(desk, tender, order)
    known = desk.session.get(SettlementRow, row.id)
    if known is None:
        known = (
            _release(desk, row, order, settings)
            if order.action is Settlement.RELEASE
            else _forfeit(desk, row, order)
        )
        row.closed_at = desk.now
        desk.session.add(known)
        desk.session.flush()
    elif (known.action, known.due_on, known.cause) != (order.action, order.due_on, order.cause):
        raise Refusal(
            "settlement-differs",
            zh="该保证金此前已按另一指令处理",
            en="This bond was settled before, by another order",
        )
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
        raise Refusal(
            "deposit-not-linked",
            zh="该保证金未关联此项目",
            en="This bond does not stand behind a bid of this tender",
        )
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
    owe(desk, OutgoingPayment(Purpose.RELEASE, row.subject, row.account, row.amount, desk.now))
    owe_interest(desk, row.subject, row.account, interest + overdue, desk.now)
    return SettlementRow(
        deposit_id=row.id,
        action=order.action.value,
        due_on=order.due_on,
        principal=row.amount,
        interest=interest,
        overdue_interest=overdue,
        settled_at=desk.now,
    )


def _forfeit(desk: Desk, row: Deposit, order: Order) -> SettlementRow:
    desk.move(row, DEPOSIT_TABLE, DepositAction.FORFEIT)
    key = (row.denomination, row.epoch)
    post(
        desk,
        row.amount,
        debit=Side(Account.HELD, key),
        credit=Side(Account.FORFEITED, key),
    )
    return SettlementRow(
        deposit_id=row.id,
        action=order.action.value,
        cause=order.cause,
        principal=row.amount,
        interest=Money(0),
        overdue_interest=Money(0),
        settled_at=desk.now,
    )
