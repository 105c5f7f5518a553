"""What an absence costs, the first time and again within a year."""

from datetime import date

import pytest

from market.experts.rules.credit import absence, free_again
from market.experts.rules.limits import terms_on

ON = date(2026, 6, 15)
TERMS = terms_on(ON)


def test_a_first_absence_costs_three_points():
    effect = absence([], ON, TERMS)
    assert (effect.points, effect.suspended_until) == (-3, None)


@pytest.mark.parametrize(
    ("earlier", "points"),
    [
        (date(2026, 6, 14), -5),
        (date(2026, 6, 15), -5),
        (date(2025, 6, 15), -5),
        (date(2025, 6, 14), -3),
        (date(2026, 6, 16), -3),
    ],
)
def test_a_second_within_a_year_costs_five_and_a_suspension(earlier, points):
    effect = absence([date(2020, 1, 1), earlier], ON, TERMS)
    assert effect.points == points
    assert effect.suspended_until == (date(2026, 12, 15) if points == -5 else None)


def test_the_day_after_the_suspension_is_free():
    until = absence([date(2026, 1, 1)], ON, TERMS).suspended_until
    assert until is not None
    assert free_again(until) == date(2026, 12, 16)


def test_a_suspension_from_the_end_of_august_ends_with_february():
    effect = absence([date(2026, 8, 1)], date(2026, 8, 31), TERMS)
    assert effect.suspended_until == date(2027, 2, 28)


def test_a_city_may_be_harder():
    terms = terms_on(ON, {"absence_points": -10, "suspension_months": 12})
    assert absence([], ON, terms).points == -10
    assert absence([ON], ON, terms).suspended_until == date(2027, 6, 15)
