"""Deposits: exact money from the registered account in time, or straight back with the reason."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bidding.custodian.commands.deposits import expire_order
from bidding.custodian.commands.holders import EnterHolder, PayingAccount, enter_holder
from bidding.custodian.model import BondKeyRow, Deposit, Payment
from bidding.custodian.rules import ADMISSIONS_A_QUARTER, ORDER_LIFE
from market.kernel.errors import MarketError, Refusal
from market.kernel.money import Money
from market.protocol.bondkeys import BID, windows
from market.protocol.custodianship import read_deposit_receipt
from market.protocol.encoding import Malformed, parse
from market.protocol.signing import public_bytes
from tests.bidding.custodian.cast import BOND, EPOCH, NOON
from tests.support.protocol_keys import BID_KEY


def signatures(cast, denomination=BOND):
    def look(session):
        return session.get(BondKeyRow, (denomination, EPOCH, BID)).signatures

    return cast.office.read(look)


def payments(cast):
    def look(session):
        rows = session.scalars(select(Payment)).all()
        return [(row.purpose.value, row.to_account, row.amount) for row in rows]

    return cast.office.read(look)


def test_exact_money_from_the_basic_account_makes_a_token(cast):
    wallet = cast.deposit(cast.wallet(cast.a))
    assert cast.state(wallet) == "PAID"
    assert wallet.token.denomination == BOND
    assert signatures(cast) == 1
    assert payments(cast) == []


def test_the_receipt_is_signed_and_names_the_deposit(cast):
    wallet = cast.deposit(cast.wallet(cast.a))

    def look(session):
        return session.scalar(select(Deposit.receipt).where(Deposit.h_blinded == wallet.name))

    receipt = read_deposit_receipt(parse(cast.office.read(look)), public_bytes(cast.files.signer))
    assert receipt.deposit["uscc"] == cast.a.uscc
    assert receipt.deposit["kind"] == "cash"
    assert len(receipt.leaf) == 32


def test_the_same_blinded_value_is_the_same_order_and_the_same_answer(cast):
    wallet = cast.wallet(cast.a)
    assert cast.order(wallet) == cast.order(wallet)
    cast.credit(wallet.code, cast.a.account)
    first = cast.signature(wallet)
    assert cast.order(wallet) == wallet.name
    assert cast.signature(wallet) == first
    assert signatures(cast) == 1


def test_another_organisation_cannot_bring_the_same_blinded_value(cast):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    with pytest.raises(Refusal, match="blinded-taken"):
        cast.order(wallet, cast.b)


def test_the_same_value_cannot_stand_for_another_amount(cast):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    wallet.denomination = 0
    with pytest.raises(Refusal, match="deposit-differs"):
        cast.order(wallet)


@pytest.mark.parametrize("value", [0, BID_KEY.public.n, BID_KEY.p, BID_KEY.public.n + 1])
def test_what_nobody_could_have_blinded_is_refused(cast, value):
    wallet = cast.wallet(cast.a)
    wallet.blinding = type(wallet.blinding)(value.to_bytes(384, "big"), wallet.blinding.inv)
    with pytest.raises(Malformed, match="bad-blinded"):
        cast.order(wallet)


@pytest.mark.parametrize("fen", [BOND - 1, BOND + 1])
def test_one_fen_too_little_or_too_much_goes_straight_back(cast, fen):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    assert cast.credit(wallet.code, cast.a.account, fen=fen) == "another-amount"
    assert payments(cast) == [("misdirected", cast.a.account, Money(fen))]
    assert cast.state(wallet) == "AWAITED"
    assert cast.credit(wallet.code, cast.a.account) == "deposit"


def test_money_from_another_account_goes_back_to_that_account(cast):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    assert cast.credit(wallet.code, cast.b.account) == "another-account"
    assert payments(cast) == [("misdirected", cast.b.account, Money(BOND))]
    assert signatures(cast) == 0


def test_a_stranger_who_pays_an_order_learns_nothing_of_its_state(cast):
    wallet = cast.deposit(cast.wallet(cast.a))
    assert cast.credit(wallet.code, cast.b.account, fen=1) == "another-account"


def test_the_last_moment_is_in_time_and_a_microsecond_later_is_late(cast):
    first, second = cast.wallet(cast.a), cast.wallet(cast.a)
    cast.order(first)
    cast.order(second)
    last = NOON + ORDER_LIFE
    cast.clock.at = last + timedelta(days=1)
    late = last + timedelta(microseconds=1)
    assert cast.credit(first.code, cast.a.account, at=late) == "late"
    assert cast.credit(first.code, cast.a.account, at=last) == "deposit"
    assert cast.state(second) == "AWAITED"


def test_money_in_time_counts_even_if_the_order_was_already_called_lapsed(cast):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    cast.clock.at = NOON + ORDER_LIFE + timedelta(microseconds=1)

    def number(session):
        return session.scalar(select(Deposit.id).where(Deposit.h_blinded == wallet.name))

    cast.office.run(expire_order, cast.office.read(number))
    cast.office.run(expire_order, cast.office.read(number))
    assert cast.state(wallet) == "EXPIRED"
    assert cast.credit(wallet.code, cast.a.account, at=NOON + ORDER_LIFE) == "deposit"


def test_an_order_is_not_called_lapsed_at_its_last_moment(cast):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    cast.clock.at = NOON + ORDER_LIFE

    def number(session):
        return session.scalar(select(Deposit.id).where(Deposit.h_blinded == wallet.name))

    cast.office.run(expire_order, cast.office.read(number))
    assert cast.state(wallet) == "AWAITED"


def test_a_notice_told_twice_is_booked_once(cast):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    assert cast.credit(wallet.code, cast.a.account, serial="X") == "deposit"
    assert cast.credit(wallet.code, cast.a.account, serial="X") == "deposit"
    assert signatures(cast) == 1
    with pytest.raises(Refusal, match="notice-differs"):
        cast.credit(wallet.code, cast.a.account, serial="X", fen=BOND + 1)


def test_an_order_paid_twice_sends_the_second_payment_back(cast):
    wallet = cast.deposit(cast.wallet(cast.a))
    assert cast.credit(wallet.code, cast.a.account) == "paid-before"
    assert payments(cast) == [("misdirected", cast.a.account, Money(BOND))]


def test_a_code_is_read_however_people_and_banks_write_it(cast):
    for dress in (str.lower, lambda code: code.replace("-", " "), lambda code: f"货款 {code} 谢"):
        wallet = cast.wallet(cast.a)
        cast.order(wallet)
        assert cast.credit(dress(wallet.code), cast.a.account) == "deposit"


def test_without_a_code_the_one_waiting_order_of_the_amount_is_meant(cast):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    assert cast.credit("投标保证金", cast.a.account) == "deposit"


def test_without_a_code_two_waiting_orders_are_nobodys(cast):
    for _ in range(2):
        cast.order(cast.wallet(cast.a))
    assert cast.credit("", cast.a.account) == "no-order"
    assert cast.credit("", "99999999999999") == "no-order"


def test_a_registered_branch_may_pay_and_a_closed_account_may_not(cast):
    accounts = (
        PayingAccount(cast.a.account, "甲公司", "某银行"),
        PayingAccount("80000000000009", "甲公司分公司", "某银行", basic=False),
    )
    enter = EnterHolder(cast.a.uscc, "甲公司", "hash", accounts)
    cast.office.run(enter_holder, enter)
    first, second = cast.wallet(cast.a), cast.wallet(cast.a)
    cast.order(first)
    assert cast.credit(first.code, "80000000000009") == "deposit"
    cast.office.run(enter_holder, EnterHolder(cast.a.uscc, "甲公司", "hash", accounts[:1]))
    cast.order(second)
    assert cast.credit(second.code, "80000000000009") == "another-account"


def test_an_account_belongs_to_one_organisation(cast):
    enter = EnterHolder(cast.b.uscc, "乙", "hash", (PayingAccount(cast.a.account, "乙", "行"),))
    with pytest.raises(Refusal, match="account-of-another"):
        cast.office.run(enter_holder, enter)
    two = (PayingAccount("1", "乙", "行"), PayingAccount("2", "乙", "行"))
    with pytest.raises(Refusal, match="one-basic-account"):
        cast.office.run(enter_holder, EnterHolder(cast.b.uscc, "乙", "hash", two))


def test_admission_costs_signing_in_and_no_money(cast):
    wallet = cast.deposit(cast.wallet(cast.a, 0))
    assert (cast.state(wallet), wallet.token.denomination) == ("PAID", 0)
    assert signatures(cast, 0) == 1
    assert payments(cast) == []


def test_admissions_of_a_quarter_have_an_end(cast, monkeypatch):
    assert ADMISSIONS_A_QUARTER == 200
    monkeypatch.setattr("bidding.custodian.commands.deposits.ADMISSIONS_A_QUARTER", 2)
    for _ in range(2):
        cast.deposit(cast.wallet(cast.a, 0))
    with pytest.raises(Refusal, match="too-many-admissions"):
        cast.order(cast.wallet(cast.a, 0))
    cast.deposit(cast.wallet(cast.b, 0))


def test_a_key_signs_only_in_its_window_and_no_order_outlives_it(cast):
    key_ends = windows(EPOCH, BID).issue_until
    cast.clock.at = key_ends
    with pytest.raises(Refusal, match="bond-key-not-issuing"):
        cast.order(cast.wallet(cast.a))
    cast.clock.at = key_ends - timedelta(microseconds=1)
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    assert cast.credit(wallet.code, cast.a.account, at=key_ends) == "late"


def test_many_at_once_sign_once(cast):
    wallet = cast.wallet(cast.a)
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: cast.order(wallet), range(8)))) == 1
        serials = ["X", "X", "X", "Y", "Y", "Z", "Z", "Z"]
        made = list(
            threads.map(
                lambda serial: cast.credit(wallet.code, cast.a.account, serial=serial, at=NOON),
                serials,
            )
        )
    assert signatures(cast) == 1
    booked = {serial for serial, outcome in zip(serials, made, strict=True) if outcome == "deposit"}
    assert len(booked) == 1
    assert set(made) == {"deposit", "paid-before"}


def test_a_signing_key_that_is_not_the_published_one_gives_nothing_out(cast):
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    right = cast.files._bonds[f"{EPOCH}-{BOND}-bid"]
    cast.files._bonds[f"{EPOCH}-{BOND}-bid"] = cast.files._bonds[f"{EPOCH}-{BOND}-refund"]
    with pytest.raises(MarketError, match="key-lost"):
        cast.credit(wallet.code, cast.a.account, serial="X")
    assert cast.state(wallet) == "AWAITED"
    assert cast.office.read(lambda session: session.scalar(select(func.count(Payment.id)))) == 0
    cast.files._bonds[f"{EPOCH}-{BOND}-bid"] = right
    assert cast.credit(wallet.code, cast.a.account, serial="X") == "deposit"
