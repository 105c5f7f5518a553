from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bidding.rulebook.interest import days_overdue, demand_interest, overdue_interest
from bidding.rulebook.register import local_rules
from market.kernel.errors import Refusal
from market.kernel.money import Money

ON = date(2026, 3, 2)
HALF_MILLION = Money.from_yuan("500000")
FIFTH_MILLION = Money.from_yuan("200000")


def test_an_engineering_bond_of_half_a_million_for_47_days():
    assert demand_interest(HALF_MILLION, Decimal("0.0005"), 47) == Money.from_yuan("32.64")


def test_a_procurement_refund_twelve_days_late():
    found = overdue_interest(FIFTH_MILLION, Decimal("0.03"), 12, on=ON)
    assert found == Money.from_yuan("236.71")


def test_nothing_is_owed_where_the_supplier_caused_the_delay_or_there_is_none():
    rate = Decimal("0.03")
    assert overdue_interest(FIFTH_MILLION, rate, 12, on=ON, supplier_caused=True) == Money(0)
    assert overdue_interest(FIFTH_MILLION, rate, 0, on=ON) == Money(0)
    assert demand_interest(HALF_MILLION, Decimal("0.0005"), 0) == Money(0)


def test_interest_is_rounded_half_up_once_at_the_end():
    assert demand_interest(Money(36_000), Fraction(1, 100), 5) == Money(5)
    assert demand_interest(Money(36_000), Fraction(1, 200), 1) == Money(1)
    assert demand_interest(Money(35_999), Fraction(1, 200), 1) == Money(0)


def test_a_city_may_make_delay_dearer_and_not_cheaper():
    dearer = local_rules({"GP.overdue_surcharge": Fraction(1, 2)}, ON)
    found = overdue_interest(FIFTH_MILLION, Decimal("0.03"), 12, on=ON, local=dearer)
    assert found == Money.from_yuan("295.89")
    with pytest.raises(Refusal, match="looser-than-law"):
        local_rules({"GP.overdue_surcharge": Fraction(19, 100)}, ON)


def test_days_of_delay_begin_the_day_after_the_last_day():
    due = date(2026, 10, 9)
    assert days_overdue(due, date(2026, 10, 8)) == 0
    assert days_overdue(due, due) == 0
    assert days_overdue(due, date(2026, 10, 10)) == 1
    assert days_overdue(due, date(2026, 10, 21)) == 12


@pytest.mark.parametrize(
    ("principal", "rate", "days"),
    [(Money(-1), Fraction(1), 1), (Money(1), Fraction(-1), 1), (Money(1), Fraction(1), -1)],
)
def test_interest_never_runs_backwards(principal, rate, days):
    with pytest.raises(ValueError, match="forward"):
        demand_interest(principal, rate, days)
