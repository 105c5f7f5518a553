"""What becomes of linked bonds: back with interest, or kept for a listed cause; once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from bidding.custodian.commands.settlements import Settle, settle
from bidding.custodian.model import Payment
from bidding.custodian.rules import demand_interest, overdue_interest
from market.kernel.money import Money
from market.protocol.encoding import canonical
from market.protocol.settlements import Order, Settlement, settlement_request
from market.protocol.signing import new_key
from tests.bidding.custodian.cast import BOND, NOON, PLATFORM, day, link_of

DUE = day("2026-12-31")


def release(name, due=DUE):
    return Order(name, Settlement.RELEASE, due, None)


def forfeit(name, cause="F1"):
    return Order(name, Settlement.FORFEIT, None, cause)


def linked(cast, tender="ZC-1"):
    (wallet,) = cast.bought(cast.a)
    assert cast.links(tender, [link_of(wallet)])[wallet.public].good
    return wallet


def refused(cast, tender, orders, key=PLATFORM):
    body = canonical(settlement_request(tender, orders, key))
    said = cast.client().post("/settlements", data=body)
    assert said.status_code != 200
    return said.json["code"]


def left(cast, tender, order):
    """The code of an order that was left alone."""
    (refused,) = cast.settlement(tender, [order]).refused
    assert refused.h_blinded == order.h_blinded
    return refused.code


def payments(cast):
    def look(session):
        rows = session.scalars(select(Payment).order_by(Payment.purpose))
        return [
            (row.purpose.value, row.source.value, row.to_account, row.amount.fen) for row in rows
        ]

    return cast.office.read(look)


def test_worked_example_of_bank_interest():
    """500,000 yuan at 0.05 % for 47 days of a year of 360: 32.64 yuan."""
    got = demand_interest(
        Money.from_yuan("500000"), Decimal("0.0005"), day("2026-01-01"), day("2026-02-17")
    )
    assert got == Money.from_yuan("32.64")


def test_worked_example_of_overdue_interest():
    """200,000 yuan at 3 % and a fifth for 12 days of a year of 365: 236.71 yuan."""
    got = overdue_interest(
        Money.from_yuan("200000"), Decimal("0.03"), day("2026-03-01"), day("2026-03-13")
    )
    assert got == Money.from_yuan("236.71")


def test_nothing_is_overdue_on_the_due_day_and_one_day_is_the_day_after():
    money, rate = Money.from_yuan("800000"), Decimal("0.03")
    assert overdue_interest(money, rate, DUE, DUE) == Money(0)
    assert overdue_interest(money, rate, DUE, DUE - timedelta(days=9)) == Money(0)
    assert overdue_interest(money, rate, DUE, DUE + timedelta(days=1)) == Money(7890)


def test_a_release_in_time_brings_principal_and_bank_interest(cast):
    wallet = linked(cast)
    cast.clock.at = NOON + timedelta(days=20)
    done = cast.settle("ZC-1", [release(wallet.name)])[wallet.name]
    # 50,000.00 * 0.0005 * 20 / 360 = 1.388… yuan
    assert (done.principal, done.interest, done.overdue_interest) == (BOND, 139, 0)
    assert cast.state(wallet) == "REFUNDED"
    assert payments(cast) == [
        ("interest", "own", cast.a.account, 139),
        ("release", "bonds", cast.a.account, BOND),
    ]


def test_a_release_after_the_due_day_costs_a_fifth_more_than_the_base_rate(cast):
    wallet = linked(cast)
    cast.clock.at = datetime(2027, 1, 2, 16, 0, tzinfo=UTC)  # 3 January, midnight in Beijing
    done = cast.settle("ZC-1", [release(wallet.name)])[wallet.name]
    # 50,000.00 * 0.036 * 3 / 365 = 14.794… yuan
    assert done.overdue_interest == 1479


def test_the_due_day_ends_at_midnight_in_beijing(cast):
    wallet = linked(cast)
    cast.clock.at = datetime(2026, 12, 31, 15, 59, 59, 999_999, tzinfo=UTC)
    assert cast.settle("ZC-1", [release(wallet.name)])[wallet.name].overdue_interest == 0


def test_the_same_order_again_has_the_same_answer_and_pays_once(cast):
    wallet = linked(cast)
    first = cast.settle("ZC-1", [release(wallet.name)])
    cast.clock.at = NOON + timedelta(days=100)
    assert cast.settle("ZC-1", [release(wallet.name)]) == first
    assert [row[0] for row in payments(cast)] == ["release"]


def test_eight_orders_at_once_pay_once(cast):
    wallet = linked(cast)
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: cast.settle("ZC-1", [release(wallet.name)]), range(8)))
    assert all(item == made[0] for item in made)
    assert len(payments(cast)) == 1


def test_another_order_for_a_settled_bond_is_refused(cast):
    wallet = linked(cast)
    cast.settle("ZC-1", [release(wallet.name)])
    assert left(cast, "ZC-1", forfeit(wallet.name)) == "settlement-differs"
    moved = release(wallet.name, DUE + timedelta(days=1))
    assert left(cast, "ZC-1", moved) == "settlement-differs"


def test_a_forfeited_bond_goes_to_the_treasury_once_and_is_never_released(cast):
    wallet = linked(cast)
    done = cast.settle("ZC-1", [forfeit(wallet.name)])[wallet.name]
    assert (done.principal, done.interest) == (BOND, 0)
    assert cast.settle("ZC-1", [forfeit(wallet.name)])[wallet.name] == done
    assert cast.state(wallet) == "FORFEITED"
    treasury = cast.settings.house.treasury_account
    assert payments(cast) == [("forfeit", "bonds", treasury, BOND)]
    assert left(cast, "ZC-1", release(wallet.name)) == "settlement-differs"


def test_only_what_is_linked_for_the_tender_is_settled(cast):
    wallet = linked(cast)
    (loose,) = cast.bought(cast.a)
    assert left(cast, "ZC-2", release(wallet.name)) == "deposit-not-linked"
    assert left(cast, "ZC-1", release(loose.name)) == "deposit-not-linked"
    assert refused(cast, "ZC-1", [release(wallet.name)], new_key()) == "bad-signature"


def test_one_wrong_order_holds_no_other_up_and_says_which_it_was(cast):
    wallet = linked(cast)
    (loose,) = cast.bought(cast.b)
    answer = cast.settlement("ZC-1", [release(wallet.name), release(loose.name)])
    assert [item.h_blinded for item in answer.settled] == [wallet.name]
    assert [(item.h_blinded, item.code) for item in answer.refused] == [
        (loose.name, "deposit-not-linked")
    ]
    assert (cast.state(wallet), cast.state(loose)) == ("REFUNDED", "PAID")
    assert [row[0] for row in payments(cast)] == ["release"]


def test_without_a_treasury_account_a_forfeited_bond_stays_in_the_books(cast):
    wallet = linked(cast)
    house = replace(cast.settings.house, treasury_account="")
    request = settlement_request("ZC-1", [forfeit(wallet.name)], PLATFORM)
    cast.office.run(settle, Settle(request, replace(cast.settings, house=house), cast.files))
    assert (cast.state(wallet), payments(cast)) == ("FORFEITED", [])


def test_a_bond_taken_by_an_earlier_closing_is_not_settled_for_the_later(cast):
    (wallet,) = cast.bought(cast.a)
    earlier, later = cast.closing("ZC-1"), cast.closing("ZC-2")
    cast.links("ZC-2", [link_of(wallet)], later)
    cast.links("ZC-1", [link_of(wallet)], (cast.log.inclusion(1), earlier[1]))
    assert left(cast, "ZC-2", release(wallet.name)) == "deposit-not-linked"
    cast.settle("ZC-1", [release(wallet.name)])


def test_an_admission_is_settled_without_money(cast):
    wallet = cast.deposit(cast.wallet(cast.a, 0))
    cast.links("ZC-1", [link_of(wallet)])
    done = cast.settle("ZC-1", [release(wallet.name)])[wallet.name]
    assert (done.principal, done.interest, done.overdue_interest) == (0, 0, 0)
    assert payments(cast) == []
