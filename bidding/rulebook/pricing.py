"""Numbers about prices in government procurement: weights, deductions, abnormally low offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from bidding.rulebook.numbers import (
    NO_LOCAL_RULES,
    Bounds,
    LegalNumber,
    LocalRules,
    Measure,
    at_least,
)
from bidding.rulebook.sources import (
    CONSULTATION,
    LOW_PRICES,
    NATIONAL_PRODUCTS,
    ORDER_87,
    SMALL_FIRMS_2020,
    SMALL_FIRMS_2022,
)
from market.kernel.law import Article, Dated

_PERCENT: Final = 100


def _percent(
    key: str,
    names: tuple[str, str],
    default: int,
    edges: tuple[int | None, int | None],
    law: tuple[Article, date],
) -> LegalNumber[Fraction]:
    low, high = (None if edge is None else Fraction(edge, _PERCENT) for edge in edges)
    bounds = Bounds(Fraction(default, _PERCENT), low, high)
    return LegalNumber(key, *names, Measure.SHARE, (Dated(bounds, *law),))


# --- The weight of the price ----------------------------------------------------------------------

_WEIGHTS: Final = (ORDER_87.remembered(55), ORDER_87.since)
_CONSULTED: Final = (CONSULTATION.remembered(24), CONSULTATION.since)

PRICE_GOODS: Final = _percent(
    "GP.price_goods_min",
    ("货物项目价格分权重", "weight of the price, goods"),
    30,
    (30, None),
    _WEIGHTS,
)
PRICE_SERVICES: Final = _percent(
    "GP.price_service_min",
    ("服务项目价格分权重", "weight of the price, services"),
    10,
    (10, None),
    _WEIGHTS,
)
CONSULTED_PRICE_GOODS: Final = _percent(
    "GP.consultation_price_goods",
    ("磋商货物项目价格分权重", "weight of the price in a consultation, goods"),
    30,
    (30, 60),
    _CONSULTED,
)
CONSULTED_PRICE_SERVICES: Final = _percent(
    "GP.consultation_price_services",
    ("磋商服务项目价格分权重", "weight of the price in a consultation, services"),
    10,
    (10, 30),
    _CONSULTED,
)

# --- Deductions from the price that is compared ---------------------------------------------------


class Preference(StrEnum):
    """Whom a deduction favours. It lowers the compared price only, never the contract price.

    `SMALL`: goods or services of small or micro firms. `JOINT`: a consortium or subcontract that
    gives them at least thirty percent. `WORKS`: works by them. `NATIONAL`: a national product.
    """

    SMALL = "small"
    JOINT = "joint"
    WORKS = "works"
    NATIONAL = "national"


DEDUCTIONS: Final[Mapping[Preference, LegalNumber[Fraction]]] = MappingProxyType(
    {
        Preference.SMALL: _percent(
            "GP.sme_deduct",
            ("小微企业价格扣除", "deduction for small and micro firms"),
            15,
            (10, 20),
            (SMALL_FIRMS_2022.article(), SMALL_FIRMS_2022.since),
        ),
        Preference.JOINT: _percent(
            "GP.sme_joint_deduct",
            ("联合体或分包价格扣除", "deduction for consortia and subcontracts"),
            5,
            (4, 6),
            (SMALL_FIRMS_2022.article(), SMALL_FIRMS_2022.since),
        ),
        Preference.WORKS: _percent(
            "GP.sme_works_deduct",
            ("小微企业工程项目价格扣除", "deduction for small and micro firms, works"),
            4,
            (3, 5),
            (SMALL_FIRMS_2020.remembered(), SMALL_FIRMS_2020.since),
        ),
        Preference.NATIONAL: _percent(
            "GP.national_deduct",
            ("本国产品价格扣除", "deduction for national products"),
            20,
            (20, 20),
            (NATIONAL_PRODUCTS.remembered(), NATIONAL_PRODUCTS.since),
        ),
    }
)
JOINT_SHARE: Final = _percent(
    "GP.sme_joint_share",
    ("联合体或分包中小微企业份额", "share of small and micro firms in a consortium or subcontract"),
    30,
    (30, None),
    (SMALL_FIRMS_2022.article(), SMALL_FIRMS_2022.since),
)

# --- Abnormally low offers ------------------------------------------------------------------------

_LOW: Final = (LOW_PRICES.article(), LOW_PRICES.since)
_HIGHEST_TRIGGER: Final = 65

LOW_AGAINST_MEAN: Final = _percent(
    "GP.low1",
    ("低于平均报价的比例", "share of the mean offer below which a price is reviewed"),
    50,
    (50, _HIGHEST_TRIGGER),
    _LOW,
)
LOW_AGAINST_SECOND: Final = _percent(
    "GP.low2",
    ("低于次低报价的比例", "share of the second-lowest offer below which a price is reviewed"),
    50,
    (50, _HIGHEST_TRIGGER),
    _LOW,
)
LOW_AGAINST_CEILING: Final = _percent(
    "GP.low3",
    ("低于最高限价的比例", "share of the ceiling below which a price is reviewed"),
    45,
    (45, _HIGHEST_TRIGGER),
    _LOW,
)
LOW_EXPLANATION: Final = LegalNumber(
    "GP.low_explain_min",
    "异常低价说明时间",
    "time to explain an abnormally low price",
    Measure.MINUTES,
    at_least(30, *_LOW),
)


@dataclass(frozen=True, slots=True)
class LowPriceShares:
    """An offer strictly below any of these shares is reviewed; `explain_minutes` to answer.

    Shares of: the mean of all offers that passed compliance, the second-lowest offer, and the
    ceiling (the budget where none was set).
    """

    mean: Fraction
    second: Fraction
    ceiling: Fraction
    explain_minutes: int


def low_price_triggers(
    on: date,
    *,
    local: LocalRules = NO_LOCAL_RULES,
    mean: Fraction | None = None,
    second: Fraction | None = None,
    ceiling: Fraction | None = None,
) -> LowPriceShares | None:
    """The triggers for documents published on a day; what the purchaser does not raise is default.

    None for a day before the rule began. `Refusal` "looser-than-law" below the default or above
    65 %.
    """
    if on < LOW_PRICES.since:
        return None
    return LowPriceShares(
        _chosen(LOW_AGAINST_MEAN, mean, on, local),
        _chosen(LOW_AGAINST_SECOND, second, on, local),
        _chosen(LOW_AGAINST_CEILING, ceiling, on, local),
        LOW_EXPLANATION.effective(on, local).value,
    )


def _chosen(
    number: LegalNumber[Fraction], value: Fraction | None, on: date, local: LocalRules
) -> Fraction:
    if value is None:
        return number.effective(on, local).value
    return number.checked(value, on)
