"""A changed basic account: entered by the house and proved with a fen, or it gets no money."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding.custodian.commands.holders import EnterHolder, PayingAccount, enter_holder
from bidding.custodian.commands.payments import BankOrder, pay_due
from bidding.custodian.model import Payment
from market.kernel.errors import Refusal
from market.protocol.settlements import Order, Settlement
from tests.bidding.custodian.cast import BOND, CHEAP, PASSWORD, day, link_of

NEW = "80000000000099"


def move_account(cast, firm, number=NEW):
    """The house enters another basic account for a holder; the old one is closed in the books."""
    account = PayingAccount(number, "甲公司", "某银行")
    entered = EnterHolder(firm.uscc, "甲公司", CHEAP.hash(PASSWORD), (account,))
    cast.office.run(enter_holder, entered)


def prove(cast, number=NEW):
    """One fen with six digits, as the holder sends it."""
    assert cast.credit("123456", number, fen=1) == "proof"


def owed(cast):
    def look(session):
        rows = session.scalars(select(Payment).where(Payment.purpose != "proof"))
        return sorted((row.purpose.value, row.to_account) for row in rows)

    return cast.office.read(look)


def test_a_refund_goes_to_the_new_account_once_it_is_proved_and_not_before(cast):
    (wallet,) = cast.bought(cast.a)
    old, refund = cast.a.account, cast.refund_token(wallet)
    move_account(cast, cast.a)
    with pytest.raises(Refusal, match="account-differs"):
        cast.refund(cast.claim(refund, wallet.name, NEW), cast.a)
    prove(cast)
    with pytest.raises(Refusal, match="account-differs"):
        cast.refund(cast.claim(refund, wallet.name, old), cast.a)
    claim = cast.claim(refund, wallet.name, NEW)
    assert cast.refund(claim, cast.a) == cast.refund(claim, cast.a)
    assert owed(cast) == [("interest", NEW), ("refund", NEW)]


def test_a_proof_from_before_the_change_proves_nothing(cast):
    (wallet,) = cast.bought(cast.a)
    refund = cast.refund_token(wallet)
    prove(cast, cast.a.account)
    cast.clock.at += timedelta(hours=1)
    move_account(cast, cast.a)
    with pytest.raises(Refusal, match="account-differs"):
        cast.refund(cast.claim(refund, wallet.name, NEW), cast.a)


def test_an_account_that_stands_is_never_left_for_another(cast):
    (wallet,) = cast.bought(cast.a)
    refund = cast.refund_token(wallet)
    prove(cast, cast.b.account)
    for account in (cast.b.account, NEW):
        with pytest.raises(Refusal, match="account-differs"):
            cast.refund(cast.claim(refund, wallet.name, account), cast.a)


def test_a_release_owed_to_a_closed_account_follows_the_proof_and_is_paid_once(cast):
    (wallet,) = cast.bought(cast.a)
    assert cast.links("ZC-1", [link_of(wallet)])[wallet.public].good
    move_account(cast, cast.a)
    cast.clock.at += timedelta(days=20)
    cast.settle("ZC-1", [Order(wallet.name, Settlement.RELEASE, day("2026-12-31"), None)])
    assert owed(cast) == [("interest", cast.a.account), ("release", cast.a.account)]
    prove(cast)
    prove(cast)
    assert owed(cast) == [("interest", NEW), ("release", NEW)]
    bank = Remembers()
    assert pay_due(cast.office, bank) == 4  # two fens of the proofs go back as well
    assert (NEW, BOND) in {(order.to_account, order.amount.fen) for order in bank.orders}
    assert pay_due(cast.office, bank) == 0


class Remembers:
    """A bank that carries out every order and keeps it."""

    def __init__(self) -> None:
        self.orders: list[BankOrder] = []

    def pay(self, order: BankOrder) -> str:
        """Carry it out."""
        self.orders.append(order)
        return f"B{order.number}"
