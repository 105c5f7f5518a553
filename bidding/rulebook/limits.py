"""The numbers of law that evaluation keeps to, each with its article and its first day.

They are asked by the day on which the procedure was published. A tender may be stricter than
these numbers, never looser.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from bidding.rulebook import sources
from bidding.rulebook.articles import (
    CONSULTATION_24,
    LAW_36,
    LOW_PRICE_NOTICE,
    NATIONAL_PRODUCT,
    ORDER_87_55,
    SIGNING_LIMIT,
    SMALL_FIRM_DEDUCTION,
)
from market.kernel.law import Dated, in_force

V = TypeVar("V")


class Category(StrEnum):
    """What is bought: it decides how much the price must weigh."""

    GOODS = "goods"
    SERVICES = "services"


class Method(StrEnum):
    """How bids are compared."""

    COMPREHENSIVE = "comprehensive"
    CONSULTATION = "consultation"
    LOWEST_PRICE = "lowest_price"


class Preference(StrEnum):
    """What lowers the price that is compared, never the price that is paid.

    `SMALL`: goods or services wholly of small or micro firms (a prison enterprise or a disabled
    persons' unit counts as one). `JOINT`: a consortium or subcontract that gives small or micro
    firms a set share. `NATIONAL`: a national product.
    """

    SMALL = "small"
    JOINT = "joint"
    NATIONAL = "national"


@dataclass(frozen=True, slots=True)
class Span:
    """A closed interval; a side that is None is open to everything."""

    least: Fraction | None = None
    most: Fraction | None = None

    def holds(self, value: Fraction) -> bool:
        """Whether the value lies inside, both edges included."""
        return (self.least is None or value >= self.least) and (
            self.most is None or value <= self.most
        )

    def words(self) -> str:
        """The interval as a person reads it: "30-60", "≥ 30", "≤ 65"."""
        if self.least is not None and self.most is not None:
            return f"{self.least}" if self.least == self.most else f"{self.least}-{self.most}"
        return f"≥ {self.least}" if self.least is not None else f"≤ {self.most}"


@dataclass(frozen=True, slots=True)
class LowPriceLimits:
    """What the documents may say on abnormally low offers: percents, and the time to answer.

    Each trigger may be raised from its `least` up to `most`, the same for the three.
    """

    mean_least: Fraction
    second_least: Fraction
    ceiling_least: Fraction
    most: Fraction
    answer_least: timedelta


PRICE_WEIGHTS: Final[Mapping[tuple[Method, Category], tuple[Dated[Span], ...]]] = {
    (Method.COMPREHENSIVE, Category.GOODS): (
        Dated(Span(least=Fraction(30)), ORDER_87_55, sources.ORDER_87.since),
    ),
    (Method.COMPREHENSIVE, Category.SERVICES): (
        Dated(Span(least=Fraction(10)), ORDER_87_55, sources.ORDER_87.since),
    ),
    (Method.CONSULTATION, Category.GOODS): (
        Dated(Span(Fraction(30), Fraction(60)), CONSULTATION_24, sources.CONSULTATION.since),
    ),
    (Method.CONSULTATION, Category.SERVICES): (
        Dated(Span(Fraction(10), Fraction(30)), CONSULTATION_24, sources.CONSULTATION.since),
    ),
}
"""Points of the price out of 100."""

DEDUCTIONS: Final[Mapping[Preference, tuple[Dated[Span], ...]]] = {
    Preference.SMALL: (
        Dated(
            Span(Fraction(10), Fraction(20)), SMALL_FIRM_DEDUCTION, sources.SMALL_FIRMS_2022.since
        ),
    ),
    Preference.JOINT: (
        Dated(Span(Fraction(4), Fraction(6)), SMALL_FIRM_DEDUCTION, sources.SMALL_FIRMS_2022.since),
    ),
    Preference.NATIONAL: (
        Dated(Span(Fraction(20), Fraction(20)), NATIONAL_PRODUCT, sources.NATIONAL_PRODUCTS.since),
    ),
}
"""Percent taken off the price that is compared."""

JOINT_SHARE: Final = (
    Dated(Span(least=Fraction(30)), SMALL_FIRM_DEDUCTION, sources.SMALL_FIRMS_2022.since),
)
"""Percent of the contract that small or micro firms must get for `Preference.JOINT`."""

LOW_PRICES: Final = (
    Dated(
        LowPriceLimits(
            mean_least=Fraction(50),
            second_least=Fraction(50),
            ceiling_least=Fraction(45),
            most=Fraction(65),
            answer_least=timedelta(minutes=30),
        ),
        LOW_PRICE_NOTICE,
        sources.LOW_PRICES.since,
    ),
)

FEWEST_BIDS: Final = (Dated(3, LAW_36, sources.PROCUREMENT_LAW.since),)
"""Qualified and responsive bids below this number: the tender is cancelled."""

SIGNING_TIME: Final = (Dated(timedelta(hours=24), SIGNING_LIMIT, sources.PLATFORM_SINCE),)
"""From the call for signatures until a silent member is taken to agree."""


def price_weight(method: Method, category: Category, on: date) -> Dated[Span]:
    """The points the price must have under a scoring method on a day.

    `LookupError` for the lowest-price method, which scores nothing.
    """
    return in_force(PRICE_WEIGHTS[method, category], on)


def deduction(preference: Preference, on: date) -> Dated[Span] | None:
    """The percents a preference may be worth on a day, or None where it did not exist yet."""
    return _known(DEDUCTIONS[preference], on)


def low_prices(on: date) -> Dated[LowPriceLimits] | None:
    """The limits for reviewing low offers on a day, or None before the rule existed."""
    return _known(LOW_PRICES, on)


def fewest_bids(on: date) -> Dated[int]:
    """How many bids must be left for a tender to go on."""
    return in_force(FEWEST_BIDS, on)


def _known(versions: tuple[Dated[V], ...], on: date) -> Dated[V] | None:
    try:
        return in_force(versions, on)
    except LookupError:
        return None
