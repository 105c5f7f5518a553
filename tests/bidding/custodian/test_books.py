"""The books agree with themselves after whatever happens, and a planted fault is found."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from bidding.custodian.commands.payments import pay_due
from bidding.custodian.commands.reports import BooksDisagree, make_report, published
from bidding.custodian.commands.sunset import ReturnAll, return_all
from bidding.custodian.ledger import Account, Side, disagreements, key_accounts, post
from bidding.custodian.model import Payment, Posting
from market.kernel.errors import MarketError, NotFound, Refusal
from market.kernel.money import Money
from market.protocol.bondkeys import BID, windows
from market.protocol.encoding import parse
from market.protocol.settlements import Order, Settlement
from market.protocol.signing import check_signature, public_bytes
from tests.bidding.custodian.cast import BOND, EPOCH, NOON, Cast, day, link_of

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["buy", "stray", "refund", "link", "release", "forfeit", "pay", "again", "later"]
        ),
        st.integers(0, 7),
    ),
    min_size=4,
    max_size=14,
)


class Play:
    """One run of whatever a list of steps says; every command is audited by the office."""

    def __init__(self, cast):
        self.cast = cast
        self.open, self.linked, self.claims = [], [], []
        self.tenders = 0

    def step(self, what, number):
        getattr(self, what)(number)

    def buy(self, number):
        firm = (self.cast.a, self.cast.b)[number % 2]
        self.open.append(self.cast.deposit(self.cast.wallet(firm, 0 if number == 7 else BOND)))

    def stray(self, number):
        self.cast.credit("", self.cast.a.account, fen=number + 1)

    def refund(self, number):
        money = [wallet for wallet in self.open if wallet.denomination]
        if money:
            wallet = money[number % len(money)]
            self.open.remove(wallet)
            claim = self.cast.claim(self.cast.refund_token(wallet), wallet.name)
            self.claims.append((claim, wallet.firm))
            self.cast.refund(claim, wallet.firm)

    def again(self, number):
        if self.claims:
            self.cast.refund(*self.claims[number % len(self.claims)])

    def link(self, number):
        if self.open:
            wallet = self.open.pop(number % len(self.open))
            self.tenders += 1
            tender = f"ZC-{self.tenders}"
            answer = self.cast.links(tender, [link_of(wallet)])[wallet.public]
            assert answer.good
            self.linked.append((tender, answer.h_blinded))

    def release(self, number):
        if self.linked:
            tender, name = self.linked.pop(number % len(self.linked))
            order = Order(name, Settlement.RELEASE, day("2026-12-01"), None)
            assert self.cast.settle(tender, [order]) == self.cast.settle(tender, [order])

    def forfeit(self, number):
        if self.linked:
            tender, name = self.linked.pop(number % len(self.linked))
            self.cast.settle(tender, [Order(name, Settlement.FORFEIT, None, "F2")])

    def pay(self, _number):
        pay_due(self.cast.office, PaysAll())

    def later(self, number):
        self.cast.clock.at += timedelta(hours=number + 1)


class PaysAll:
    """A bank that carries out every order."""

    def pay(self, order):
        return f"B{order.number}"


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_the_books_agree_after_every_step_of_any_story(databases, tmp_path_factory, steps):
    with databases.fresh("custodian") as url:
        cast = Cast(url, tmp_path_factory.mktemp("custodian"))
        play = Play(cast)
        for what, number in steps:
            play.step(what, number)
        row = next(row for row in cast.office.read(key_accounts) if row.denomination == BOND)
        assert row.deposits == row.outstanding + row.held + row.refunded + row.forfeited
        assert row.outstanding == len([item for item in play.open if item.denomination])
        cast.program.engine.dispose()


FAULTS = {
    "does not add up": "UPDATE posting SET amount = amount + 1 WHERE account = 'cash'",
    "is owed": "UPDATE posting SET amount = amount - 1 WHERE account = 'outstanding'",
    "came in": "UPDATE notice SET amount = amount + 1",
    "signatures for": "UPDATE bond_key SET signatures = signatures + 1",
    "does not equal its deposits": "UPDATE deposit SET state = 'FORFEITED'",
    "more refunds": "DELETE FROM refund_signature",
    "payments that are due": "DELETE FROM payment",
}


@pytest.mark.parametrize("found", FAULTS)
def test_a_planted_fault_is_found(cast, found):
    first, _ = cast.bought(cast.a, 2)
    cast.refund(cast.claim(cast.refund_token(first), first.name), cast.a)
    assert cast.office.read(disagreements) == []
    with cast.program.engine.begin() as connection:
        connection.execute(text(FAULTS[found]))
    assert [line for line in cast.office.read(disagreements) if found in line]


def test_a_lost_deposit_is_found(cast):
    """A signature given away without money shows as a signature too many."""
    cast.bought(cast.a)
    with cast.program.engine.begin() as connection:
        connection.execute(text("UPDATE notice SET deposit_id = NULL"))
        connection.execute(text("DELETE FROM deposit"))
    problems = cast.office.read(disagreements)
    assert [line for line in problems if "1 signatures for 0 deposits" in line]
    assert [line for line in problems if "outstanding does not equal" in line]


def test_an_entry_of_nothing_is_not_written_and_none_runs_backwards(cast):
    def write(desk, amount):
        post(desk, amount, debit=Side(Account.CASH), credit=Side(Account.PAYABLE))

    cast.office.run(write, Money(0))
    assert cast.office.read(lambda session: session.scalar(select(func.count(Posting.id)))) == 0
    with pytest.raises(ValueError, match="the way it says"):
        cast.office.run(write, Money(-1))
    with pytest.raises(ValueError, match="with key"):
        Side(Account.HELD)


def test_a_quarter_is_reported_after_its_end_signed_and_once(cast):
    first, second = cast.bought(cast.a, 2)
    cast.refund(cast.claim(cast.refund_token(first), first.name), cast.a)
    with pytest.raises(NotFound, match="not-yet"):
        cast.office.read(lambda session: published(session, EPOCH))
    cast.clock.at = NOON + timedelta(days=60)
    make_report(cast.office, cast.files, EPOCH)
    raw = cast.office.read(lambda session: published(session, EPOCH))
    make_report(cast.office, cast.files, EPOCH)
    assert cast.office.read(lambda session: published(session, EPOCH)) == raw
    told = parse(raw)
    check_signature(told, public_bytes(cast.files.signer))
    row = next(item for item in told["keys"] if item["denomination"] == BOND)
    assert (row["deposits"], row["outstanding"], row["refunded"]) == (2, 1, 1)
    assert (row["permits"], row["refund_signatures"], row["refunds"]) == (1, 1, 1)
    assert (row["cash"], row["crowd"]) == (BOND, False)
    assert cast.state(second) == "PAID"


def test_books_that_disagree_are_never_signed(cast):
    cast.bought(cast.a)
    with cast.program.engine.begin() as connection:
        connection.execute(text(FAULTS["came in"]))
    with pytest.raises(BooksDisagree):
        make_report(cast.office, cast.files, EPOCH)


def test_what_a_lost_wallet_held_goes_back_twelve_months_after_the_last_day(cast):
    wallets = cast.bought(cast.a, 3)
    over = windows(EPOCH, BID).spend_until.replace(year=2028 + 1)
    command = ReturnAll(BOND, EPOCH, 1, cast.settings)
    cast.clock.at = over - timedelta(days=400)
    with pytest.raises(Refusal, match="key-still-used"):
        cast.office.run(return_all, command)
    cast.clock.at = over
    assert cast.office.run(return_all, command) == 2
    assert cast.office.run(return_all, command) == 0
    last = max(wallets, key=lambda wallet: wallet.name)
    assert [cast.state(wallet) for wallet in wallets if wallet is not last] == ["RETURNED"] * 2
    assert cast.state(last) == "PAID"


def test_a_bank_that_refuses_leaves_the_money_owed(cast):
    class Closed:
        def pay(self, _order):
            raise MarketError("closed", zh="停业", en="closed")

    cast.credit("", cast.a.account, fen=700)
    assert pay_due(cast.office, Closed()) == 0
    due = cast.office.read(lambda session: session.scalars(select(Payment)).one().state.value)
    assert due == "DUE"
    assert pay_due(cast.office, PaysAll()) == 1
    assert pay_due(cast.office, PaysAll()) == 0
