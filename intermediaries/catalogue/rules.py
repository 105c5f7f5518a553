"""Service items of the supermarket: what law lets be asked for, and what a change must keep to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Article, Standing, platform_rule
from market.kernel.money import Money

BASIS_NEEDED: Final = Article(
    "优化营商环境条例第四十三条", "Business Environment Regulation art. 43"
)
"""No legal basis, no condition of an approval; conditions, process, time and fees are public."""
FORESEEN: Final = platform_rule(
    "事项变更须自次日起生效并说明理由", "A change of an item begins on a later day and says why"
)
LONGEST: Final = 365  # working days
MOST_APPROVALS: Final = 20
APPROVAL_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9.-]{1,31}")


class Category(StrEnum):
    """The twelve categories of services."""

    FEASIBILITY = "IC01"
    ENERGY = "IC02"
    ENVIRONMENT = "IC03"
    WATER = "IC04"
    SOIL = "IC05"
    SAFETY = "IC06"
    SEISMIC = "IC07"
    LIGHTNING = "IC08"
    DESIGN = "IC09"
    DRAWINGS = "IC10"
    SURVEYING = "IC11"
    CONSULTING = "IC12"


class Qualification(StrEnum):
    """What a law lets be asked of whoever does a service; where no law asks, nobody may."""

    ENGINEERING_SURVEY = "engineering-survey"
    ENGINEERING_DESIGN = "engineering-design"
    DRAWING_REVIEW = "drawing-review"
    SURVEYING = "surveying"
    SAFETY_ASSESSMENT = "safety-assessment"
    LIGHTNING_TESTING = "lightning-testing"
    CONSTRUCTION_TESTING = "construction-testing"
    TESTING_LABORATORY = "testing-laboratory"
    AUDIT_FIRM = "audit-firm"
    VALUATION_FIRM = "valuation-firm"


class Level(StrEnum):
    """The level of a qualification; `ONE` where it has no levels."""

    A = "A"
    B = "B"
    C = "C"
    FIRST = "first"
    SECOND = "second"
    GENERAL = "general"
    SPECIAL = "special"
    ONE = "one"


_L: Final = Level
LEVELS: Final[Mapping[Qualification, tuple[Level, ...]]] = MappingProxyType(
    {
        Qualification.ENGINEERING_SURVEY: (_L.A, _L.B, _L.C),
        Qualification.ENGINEERING_DESIGN: (_L.A, _L.B, _L.C),
        Qualification.DRAWING_REVIEW: (_L.FIRST, _L.SECOND),
        Qualification.SURVEYING: (_L.A, _L.B),
        Qualification.SAFETY_ASSESSMENT: (_L.ONE,),
        Qualification.LIGHTNING_TESTING: (_L.A, _L.B),
        Qualification.CONSTRUCTION_TESTING: (_L.GENERAL, _L.SPECIAL),
        Qualification.TESTING_LABORATORY: (_L.ONE,),
        Qualification.AUDIT_FIRM: (_L.ONE,),
        Qualification.VALUATION_FIRM: (_L.ONE,),
    }
)
"""Which levels each qualification has."""


def _law(zh: str, en: str) -> Article:
    return Article(zh, en, Standing.MEMORY)


QUALIFICATION_LAW: Final[Mapping[Qualification, Article]] = MappingProxyType(
    {
        Qualification.ENGINEERING_SURVEY: _law("建筑法第十三条", "Construction Law art. 13"),
        Qualification.ENGINEERING_DESIGN: _law("建筑法第十三条", "Construction Law art. 13"),
        Qualification.DRAWING_REVIEW: _law(
            "建设工程勘察设计管理条例第三十三条", "Survey and Design Regulation art. 33"
        ),
        Qualification.SURVEYING: _law("测绘法第二十七条", "Surveying and Mapping Law art. 27"),
        Qualification.SAFETY_ASSESSMENT: _law("安全生产法第七十二条", "Work Safety Law art. 72"),
        Qualification.LIGHTNING_TESTING: _law(
            "气象灾害防御条例第二十四条", "Meteorological Disaster Regulation art. 24"
        ),
        Qualification.CONSTRUCTION_TESTING: _law(
            "建设工程质量管理条例第三十一条", "Construction Quality Regulation art. 31"
        ),
        Qualification.TESTING_LABORATORY: _law("计量法第二十二条", "Metrology Law art. 22"),
        Qualification.AUDIT_FIRM: _law(
            "注册会计师法第二十五条", "Certified Accountants Law art. 25"
        ),
        Qualification.VALUATION_FIRM: Article("资产评估法第十六条", "Asset Appraisal Law art. 16"),
    }
)
"""Why each may be asked for at all."""


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The law and article that call for a service; `article` as its number, "16" or "13(6)".

    `verified`: the text was read; otherwise each citation says that it was not.
    """

    law_zh: str
    law_en: str
    article: str
    verified: bool = False

    def cite(self, language: str) -> str:
        """The basis in "zh" or "en", never claiming too much."""
        standing = Standing.SOURCED if self.verified else Standing.MEMORY
        zh = f"《{self.law_zh}》第{self.article}条"
        return Article(zh, f"{self.law_en}, art. {self.article}", standing).cite(language)


@dataclass(frozen=True, slots=True)
class Requirement:
    """The qualification a service asks for, and which of its levels are enough."""

    kind: Qualification
    levels: tuple[Level, ...]

    def is_met_by(self, kind: Qualification, level: Level) -> bool:
        """Whether a certificate of this kind and level is enough."""
        return kind is self.kind and level in self.levels


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTerms:
    """What one version of an item says. `standard_days` are working days, prices a guide only.

    `approvals` are codes of approval items that the service is for; `is_condition` says that an
    approval cannot be had without it. An item that is not `offered` takes no new demands.
    """

    name_zh: str
    name_en: str
    scope_zh: str
    scope_en: str
    basis: LegalBasis | None
    standard_days: int
    price_low: Money
    price_high: Money
    approvals: tuple[str, ...] = ()
    requirement: Requirement | None = None
    is_condition: bool = False
    offered: bool = True

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en

    def scope(self, language: str) -> str:
        """What is done, in "zh" or "en"."""
        return self.scope_zh if language == "zh" else self.scope_en


def refuse_unless_sound(terms: ItemTerms) -> None:
    """Go on only with an item that law allows and people can read.

    `Refusal` "condition-without-basis" (Business Environment Regulation, article 43);
    `BadInput`s "item-incomplete", "days-out-of-range", "price-guide-reversed", "bad-approval-code",
    "condition-of-nothing", "levels-unknown".
    """
    texts = (terms.name_zh, terms.name_en, terms.scope_zh, terms.scope_en)
    if not all(text.strip() for text in texts):
        raise _bad("item-incomplete", "名称和内容须有中英文", "Name and scope need both languages")
    if not 1 <= terms.standard_days <= LONGEST:
        words = (f"应为1至{LONGEST}个工作日", f"1 to {LONGEST} working days")
        raise _bad("days-out-of-range", *words, standard_days=words)
    if not Money(0) <= terms.price_low <= terms.price_high:
        words = ("最高参考价不得低于最低参考价", "The upper guide price is below the lower one")
        raise _bad("price-guide-reversed", *words, price_high=words)
    _check_approvals(terms)
    _check_requirement(terms.requirement)


def _check_approvals(terms: ItemTerms) -> None:
    codes = terms.approvals
    wrong = [code for code in codes if APPROVAL_CODE.fullmatch(code) is None]
    if wrong or len(set(codes)) != len(codes) or len(codes) > MOST_APPROVALS:
        words = (
            f"审批事项编码应为大写字母、数字、点和短横，互不重复，最多{MOST_APPROVALS}个",
            f"Codes of capitals, digits, dots and hyphens, each once, at most {MOST_APPROVALS}",
        )
        raise _bad("bad-approval-code", *words, approvals=words)
    if not terms.is_condition:
        return
    if terms.basis is None:
        raise Refusal(
            "condition-without-basis",
            zh="没有法律、行政法规或国务院决定依据的中介服务，不得作为办理行政审批的条件：请填写依据，或不设为条件",
            en="A service without a legal basis cannot be a condition of an approval: name the"
            " basis, or let it be none",
            article=BASIS_NEEDED,
            fields={"is_condition": ("没有法律依据", "There is no legal basis")},
        )
    if not codes:
        words = (
            "作为条件的，须写明是哪一审批事项的条件",
            "Say of which approval it is a condition",
        )
        raise _bad("condition-of-nothing", *words, approvals=words)


def _check_requirement(asked: Requirement | None) -> None:
    if asked is None:
        return
    if not asked.levels or not set(asked.levels) <= set(LEVELS[asked.kind]):
        words = ("请选择该资质已有的等级", "Choose levels that this qualification has")
        raise _bad("levels-unknown", *words, levels=words)


def refuse_unless_in_order(from_day: date, today: date, last: date | None) -> None:
    """Go on only if a version begins on a day that may still be announced.

    A new item may begin today; a change begins tomorrow at the earliest, and not before a change
    that is announced already. `Refusal`s "day-passed", "day-before-last".
    """
    if from_day < today or (last is not None and from_day == today):
        raise Refusal(
            "day-passed",
            zh="生效日须晚于今天" if last else "生效日不得早于今天",
            en="A change begins tomorrow at the earliest" if last else "This day has passed",
            article=FORESEEN,
            fields={"from_day": ("请改为更晚的日期", "Choose a later day")},
        )
    if last is not None and from_day < last:
        raise Refusal(
            "day-before-last",
            zh=f"已公布自{last.isoformat()}起的变更，新的变更不得早于该日",
            en=f"A change from {last.isoformat()} on is announced: begin on that day or later",
            article=FORESEEN,
            fields={"from_day": ("早于已公布的变更", "Before an announced change")},
        )


def _bad(code: str, zh: str, en: str, **fields: tuple[str, str]) -> BadInput:
    return BadInput(code, zh=zh, en=en, fields=fields)
