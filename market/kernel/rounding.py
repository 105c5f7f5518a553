"""Rounding by name: exact fractions in, whole numbers or fixed decimals out, never a float."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import assert_never


class Rounding(StrEnum):
    """`HALF_UP`: to the nearest, a half away from zero. `DOWN`: the rest is cut off."""

    HALF_UP = "half_up"
    DOWN = "down"


def to_whole(value: Fraction | Decimal, rounding: Rounding) -> int:
    """The whole number for a value, the sign kept."""
    exact = Fraction(value)
    match rounding:
        case Rounding.HALF_UP:
            size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
        case Rounding.DOWN:
            size = abs(exact.numerator) // exact.denominator
        case _:
            assert_never(rounding)
    return -size if exact < 0 else size


def to_places(value: Fraction | Decimal, places: int, rounding: Rounding) -> Decimal:
    """The value with exactly `places` decimals, trailing zeros kept: 28.30, not 28.3."""
    if places < 0:
        raise ValueError(f"{places} decimal places")
    # Built from text: arithmetic on Decimal would round to the precision of the context.
    return Decimal(f"{to_whole(Fraction(value) * 10**places, rounding)}E-{places}")
