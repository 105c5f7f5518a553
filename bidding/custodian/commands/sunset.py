"""Deposits that go back by themselves: twelve months after the last day their key could be spent.

A lost wallet and a kept one look alike by then (review H18). Bids that could not be opened may
still hold tokens of the key; as many deposits as the platform says are held wait, the last in the
public order of their names, until somebody shows the token.
"""

from dataclasses import dataclass

from sqlalchemy import select

from bidding.custodian.command import Desk
from bidding.custodian.commands.bondkeys import key_of
from bidding.custodian.commands.refunds import close_deposit
from bidding.custodian.model import Deposit
from bidding.custodian.rules import (
    DepositAction,
    DepositKind,
    DepositState,
    Purpose,
    is_sunset,
)
from bidding.custodian.settings import Settings
from market.kernel.errors import Refusal
from market.protocol.bondkeys import BID


@dataclass(frozen=True, slots=True)
class ReturnAll:
    """A bidding key whose time is over, and how many of its tokens the platform holds."""

    denomination: int
    epoch: str
    held: int
    settings: Settings


def return_all(desk: Desk, command: ReturnAll) -> int:
    """Send back every deposit of the key that is open, but for those held; how many went back.

    `Refusal` "key-still-used" before twelve months have passed.
    """
    key = key_of(desk.session, command.denomination, command.epoch, BID)
    if not is_sunset(key, desk.now):
        raise Refusal(
            "key-still-used",
            zh="该密钥停用未满12个月，尚不能统一退还",
            en="Twelve months have not passed since this key could last be used",
        )
    rows = desk.session.scalars(
        select(Deposit)
        .where(
            Deposit.denomination == command.denomination,
            Deposit.epoch == command.epoch,
            Deposit.state == DepositState.PAID,
            Deposit.kind == DepositKind.CASH,
        )
        .order_by(Deposit.h_blinded)
        .with_for_update(of=Deposit)
    ).all()
    going = rows[: max(0, len(rows) - command.held)]
    for row in going:
        close_deposit(desk, row, command.settings, DepositAction.SUNSET, Purpose.SUNSET)
    return len(going)
