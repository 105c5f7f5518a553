"""Exact figures: reading, rounding by name, and writing for people and for canonical JSON."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from market.kernel.errors import BadInput
from market.kernel.rounding import Rounding, to_places

CENT: Final = 100
PLACES: Final = 2
PERCENT: Final = 100
_FIGURE: Final = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:\.\d{0,5}[1-9])?", re.ASCII)


def read_figure(text: str) -> Fraction:
    """The number that a plain decimal text means: "30", "12.5", "-0.05".

    Only the shortest form is read, with at most twelve digits before and six after the point, so
    that every figure has one text. Anything else is `BadInput` "figure-malformed".
    """
    if _FIGURE.fullmatch(text) is None or text == "-0":
        raise BadInput(
            "figure-malformed",
            zh=f"数字格式不对：{text[:40]}；写法如 30、12.5、0.05",
            en=f"Not a figure: {text[:40]}; write it like 30, 12.5 or 0.05",
        )
    return Fraction(text)


def write_figure(value: Fraction) -> str:
    """The one text that `read_figure` reads back; `ValueError` for more than six decimals."""
    millionths = value * 10**6
    if millionths.denominator != 1:
        raise ValueError(f"not a decimal of six places: {value}")
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(millionths.numerator), 10**6)
    decimals = f"{rest:06d}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def is_hundredths(value: Fraction) -> bool:
    """Whether a figure has at most two decimals, as points of a score sheet have."""
    return (value * CENT).denominator == 1


def published(value: Fraction) -> Decimal:
    """A score as it is published: two decimals, half up. The last step, never one in between."""
    return to_places(value, PLACES, Rounding.HALF_UP)


def yuan_text(fen: Fraction | int) -> str:
    """An amount of fen in yuan for a sentence: "1,347,500.00", half up to whole fen."""
    return f"{to_places(Fraction(fen) / CENT, PLACES, Rounding.HALF_UP):,}"


def percent_text(share: Fraction) -> str:
    """A share in percent for a sentence: 3/20 is "15%"; more than six decimals are cut half up."""
    return f"{write_figure(Fraction(to_places(share * PERCENT, 6, Rounding.HALF_UP)))}%"


def ratio_text(value: Fraction) -> str:
    """Points with two decimals for a sentence: "28.33"."""
    return str(published(value))
