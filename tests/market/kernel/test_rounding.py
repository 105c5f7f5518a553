from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.rounding import Rounding, to_places, to_whole


@given(st.fractions())
def test_half_up_is_within_a_half_and_down_never_grows(value):
    nearest = to_whole(value, Rounding.HALF_UP)
    assert abs(nearest - value) <= Fraction(1, 2)
    down = to_whole(value, Rounding.DOWN)
    assert abs(down) <= abs(value) < abs(down) + 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(28333, 1000), "28.33"),
        (Fraction(28335, 1000), "28.34"),
        (Fraction(283, 10), "28.30"),
        (Decimal("-0.005"), "-0.01"),
        (Decimal("0.004"), "0.00"),
        (Fraction(10**40 + 1, 2), f"{10**40 // 2}.50"),
    ],
)
def test_two_decimals_half_up_as_scores_are_published(value, text):
    assert f"{to_places(value, 2, Rounding.HALF_UP):f}" == text


def test_decimal_places_are_never_negative():
    with pytest.raises(ValueError, match="places"):
        to_places(Fraction(1), -1, Rounding.DOWN)
