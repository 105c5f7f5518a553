"""The numbers of law that evaluation keeps to, each with its article and its first day.

They are asked by the day on which the procedure was published. A tender may be stricter than
these numbers, never looser. Figures about prices stand in `pricing` alone; here they are read in
percent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from bidding.rulebook import pricing, sources
from bidding.rulebook.articles import CONFIRMATION_LIMIT, LAW_36, SIGNING_LIMIT
from bidding.rulebook.figures import PERCENT
from bidding.rulebook.numbers import LegalNumber
from bidding.rulebook.pricing import Preference
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


def _span(number: LegalNumber[Fraction]) -> tuple[Dated[Span], ...]:
    """A share of the rulebook in percent, in all its versions."""

    def percent(share: Fraction | None) -> Fraction | None:
        return None if share is None else share * PERCENT

    return tuple(
        Dated(
            Span(percent(one.value.legal_min), percent(one.value.legal_max)),
            one.article,
            one.since,
        )
        for one in number.versions
    )


PRICE_WEIGHTS: Final[Mapping[tuple[Method, Category], tuple[Dated[Span], ...]]] = {
    (Method.COMPREHENSIVE, Category.GOODS): _span(pricing.PRICE_GOODS),
    (Method.COMPREHENSIVE, Category.SERVICES): _span(pricing.PRICE_SERVICES),
    (Method.CONSULTATION, Category.GOODS): _span(pricing.CONSULTED_PRICE_GOODS),
    (Method.CONSULTATION, Category.SERVICES): _span(pricing.CONSULTED_PRICE_SERVICES),
}
"""Points of the price out of 100."""

DEDUCTIONS: Final[Mapping[Preference, tuple[Dated[Span], ...]]] = {
    preference: _span(number) for preference, number in pricing.DEDUCTIONS.items()
}
"""Percent taken off the price that is compared."""

JOINT_SHARE: Final = _span(pricing.JOINT_SHARE)
"""Percent of the contract that small or micro firms must get for `Preference.JOINT`."""


def _low_price_limits() -> Dated[LowPriceLimits]:
    law = pricing.LOW_AGAINST_MEAN.versions[-1]
    mean, second, ceiling = (
        _span(number)[-1].value
        for number in (
            pricing.LOW_AGAINST_MEAN,
            pricing.LOW_AGAINST_SECOND,
            pricing.LOW_AGAINST_CEILING,
        )
    )
    minutes = pricing.LOW_EXPLANATION.versions[-1].value.default
    limits = LowPriceLimits(
        mean_least=mean.least or Fraction(0),
        second_least=second.least or Fraction(0),
        ceiling_least=ceiling.least or Fraction(0),
        most=mean.most or Fraction(PERCENT),
        answer_least=timedelta(minutes=minutes),
    )
    return Dated(limits, law.article, law.since)


LOW_PRICES: Final = (_low_price_limits(),)

FEWEST_BIDS: Final = (Dated(3, LAW_36, sources.PROCUREMENT_LAW.since),)
"""Qualified and responsive bids below this number: the tender is cancelled."""

SIGNING_TIME: Final = (Dated(timedelta(hours=24), SIGNING_LIMIT, sources.PLATFORM_SINCE),)
"""From the call for signatures until a silent member is taken to agree."""

CONFIRMATION_TIME: Final = (Dated(timedelta(hours=1), CONFIRMATION_LIMIT, sources.PLATFORM_SINCE),)
"""From the question until a corrected price that was not confirmed makes its bid invalid."""


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
