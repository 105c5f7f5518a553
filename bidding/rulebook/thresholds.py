"""From which amount which procedure is a duty."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from bidding.rulebook.numbers import NO_LOCAL_RULES, Bounds, LegalNumber, LocalRules, Measure
from bidding.rulebook.procedures import EngineeringKind
from bidding.rulebook.sources import MUST_TENDER, PROCUREMENT_LAW, THRESHOLDS_2020
from market.kernel.law import Article, Dated
from market.kernel.money import Money


def _most(key: str, zh: str, en: str, yuan: str, law: tuple[Article, date]) -> LegalNumber[Money]:
    """A threshold a city may lower, which makes it stricter, and not raise."""
    amount = Money.from_yuan(yuan)
    return LegalNumber(key, zh, en, Measure.MONEY, (Dated(Bounds(amount, legal_max=amount), *law),))


_MUST: Final = (MUST_TENDER.remembered(5), MUST_TENDER.since)
_CONSTRUCTION: Final = _most(
    "ENG.must_tender_construction",
    "必须招标的施工单项合同估算价",
    "construction that must be tendered",
    "4000000",
    _MUST,
)
_GOODS: Final = _most(
    "ENG.must_tender_goods",
    "必须招标的设备材料采购单项合同估算价",
    "goods that must be tendered",
    "2000000",
    _MUST,
)
_SERVICES: Final = _most(
    "ENG.must_tender_services",
    "必须招标的勘察、设计、监理单项合同估算价",
    "survey, design and supervision that must be tendered",
    "1000000",
    _MUST,
)
MUST_BE_TENDERED: Final[Mapping[EngineeringKind, LegalNumber[Money]]] = MappingProxyType(
    {
        EngineeringKind.CONSTRUCTION: _CONSTRUCTION,
        EngineeringKind.GOODS: _GOODS,
        EngineeringKind.SURVEY_OR_DESIGN: _SERVICES,
        EngineeringKind.SUPERVISION: _SERVICES,
    }
)


def _set_by_province(key: str, zh: str, en: str, yuan: str) -> LegalNumber[Money]:
    """A threshold each province sets; that of the central budget stands until it is entered."""
    bounds = Bounds(Money.from_yuan(yuan))
    dated = Dated(bounds, THRESHOLDS_2020.remembered(), THRESHOLDS_2020.since)
    return LegalNumber(key, zh, en, Measure.MONEY, (dated,))


OPEN_TENDER: Final = _set_by_province(
    "GP.open_tender_threshold",
    "货物、服务公开招标数额标准",
    "open-tender threshold of goods and services",
    "2000000",
)
PROCUREMENT: Final = _set_by_province(
    "GP.procurement_threshold",
    "货物、服务采购限额标准",
    "procurement threshold of goods and services",
    "1000000",
)
ADD_ON: Final = LegalNumber(
    "N12",
    "追加采购占原合同金额的最高比例",
    "highest add-on, share of the original contract",
    Measure.SHARE,
    (
        Dated(
            Bounds(Fraction(10, 100), legal_max=Fraction(10, 100)),
            PROCUREMENT_LAW.article(49),
            PROCUREMENT_LAW.since,
        ),
    ),
)


def must_be_tendered(
    kind: EngineeringKind, estimate: Money, on: date, local: LocalRules = NO_LOCAL_RULES
) -> bool:
    """Whether state-funded engineering of this estimate must be tendered; the edge itself must."""
    return estimate >= MUST_BE_TENDERED[kind].effective(on, local).value


def needs_open_tender(amount: Money, on: date, local: LocalRules = NO_LOCAL_RULES) -> bool:
    """Whether goods or services reach the open-tender threshold; the edge itself does."""
    return amount >= OPEN_TENDER.effective(on, local).value


def is_procurement(amount: Money, on: date, local: LocalRules = NO_LOCAL_RULES) -> bool:
    """Whether goods or services outside the catalogue reach the procurement threshold."""
    return amount >= PROCUREMENT.effective(on, local).value
