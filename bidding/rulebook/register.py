"""Everything in the rulebook by its id: for the pages of the law, and for a city's own values."""

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from bidding.rulebook import (
    bonds,
    engineering,
    granting,
    interest,
    nontender,
    panels,
    platform_rules,
    pricing,
    procurement,
    remedies,
    thresholds,
)
from bidding.rulebook.numbers import LegalNumber, LocalRules, Value, adopt
from bidding.rulebook.periods import Period
from market.kernel.money import Money

AnyNumber = LegalNumber[int] | LegalNumber[Fraction] | LegalNumber[Money]

PERIODS: Final[Mapping[str, Period]] = MappingProxyType(
    {
        period.id: period
        for catalogue in (engineering, procurement, remedies, nontender, granting, platform_rules)
        for period in catalogue.PERIODS.values()
    }
)
"""Every period by id: E01, G05, N02, LD01, A02, Y01."""


def _by_key(numbers: Iterable[AnyNumber]) -> Mapping[str, AnyNumber]:
    found: dict[str, AnyNumber] = {}
    for number in numbers:
        if found.setdefault(number.key, number) is not number:
            raise ValueError(f"two numbers under {number.key}")
    return MappingProxyType(found)


NUMBERS: Final[Mapping[str, AnyNumber]] = _by_key(
    (
        *(period.number for period in PERIODS.values()),
        *bonds.BID_BOND.values(),
        bonds.ENGINEERING_CAP,
        bonds.SURVEY_CAP,
        *bonds.PERFORMANCE_BOND.values(),
        interest.OVERDUE_SURCHARGE,
        panels.ENGINEERING_SEATS,
        panels.TENDER_SEATS,
        panels.LARGE_TENDER_SEATS,
        panels.NONTENDER_SEATS,
        panels.LARGE_NONTENDER_SEATS,
        panels.LARGE_BUDGET,
        panels.ENGINEERING_EXPERTS,
        panels.TENDER_EXPERTS,
        panels.NONTENDER_EXPERTS,
        pricing.PRICE_GOODS,
        pricing.PRICE_SERVICES,
        pricing.CONSULTED_PRICE_GOODS,
        pricing.CONSULTED_PRICE_SERVICES,
        *pricing.DEDUCTIONS.values(),
        pricing.JOINT_SHARE,
        pricing.LOW_AGAINST_MEAN,
        pricing.LOW_AGAINST_SECOND,
        pricing.LOW_AGAINST_CEILING,
        pricing.LOW_EXPLANATION,
        *thresholds.MUST_BE_TENDERED.values(),
        thresholds.OPEN_TENDER,
        thresholds.PROCUREMENT,
        thresholds.ADD_ON,
    )
)
"""Every number a city may look at, by key: the parameters, and each period's length."""


def local_rules(values: Mapping[str, Value], on: date) -> LocalRules:
    """A city's own values, refused where one is unknown or looser than the law of that day."""
    return adopt(NUMBERS.values(), values, on)
