"""What makes a scoring scheme unlawful, each fault with its article.

All faults are found at once, so that a person mends a scheme in one go; a publication refuses on
the first. Edges: every minimum and maximum of law is itself allowed.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Final

from bidding.rulebook.articles import (
    CONSULTATION_MEASURES,
    ORDER_87_17,
    ORDER_87_54,
    ORDER_87_55,
    ORDER_87_57,
    REGULATION_34,
    SCHEME_FORM,
    SMALL_FIRM_DEDUCTION,
)
from bidding.rulebook.criteria import Criterion, Deductions, Kind, Scheme, TieRule
from bidding.rulebook.figures import is_hundredths, write_figure
from bidding.rulebook.limits import (
    Method,
    deduction,
    low_prices,
    price_weight,
)
from bidding.rulebook.pricing import Preference
from market.kernel.errors import Refusal
from market.kernel.law import Article

FULL_SCORE: Final = Fraction(100)
SIZE_CONDITIONS: Final = frozenset(
    {
        "registered-capital",
        "total-assets",
        "revenue",
        "employees",
        "profit",
        "tax-paid",
    }
)
"""Subjects that measure how big a firm is: neither a qualification nor a criterion (Order 87)."""

_CODE: Final = re.compile(r"[A-Z][A-Z0-9]{0,3}(?:\.[0-9]{1,2})?", re.ASCII)
_SUBJECT: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_LEVELS_LEAST: Final = 2
_CRITERIA_MOST: Final = 200


def faults(scheme: Scheme, *, on: date, qualification: Collection[str] = ()) -> tuple[Refusal, ...]:
    """Every fault of a scheme published on a day; empty when it is lawful.

    `qualification` are the subjects that the tender asks for as qualification conditions.
    """
    found = [*_form(scheme), *_method(scheme, on)]
    for row in scheme.criteria:
        found += _subject(row, qualification)
        found += _levels(row)
        found += _intervals(row) if row.kind is Kind.OBJECTIVE else _no_intervals(row)
    found += [*_ties(scheme), *_deductions(scheme, on), *_triggers(scheme, on)]
    return tuple(found)


def refuse_unless_lawful(scheme: Scheme, *, on: date, qualification: Collection[str] = ()) -> None:
    """Raise the first fault of a scheme; nothing happens when there is none."""
    for fault in faults(scheme, on=on, qualification=qualification):
        raise fault


def _fault(code: str, zh: str, en: str, article: Article, where: str = "") -> Refusal:
    fields = {where: (zh, en)} if where else None
    return Refusal(code, zh=zh, en=en, article=article, status=422, fields=fields)


def _form(scheme: Scheme) -> Iterator[Refusal]:
    codes = [row.code for row in scheme.criteria]
    if len(codes) != len(set(codes)):
        yield _fault("codes-twice", "评分项编号重复", "Two criteria share a code", SCHEME_FORM)
    if len(codes) > _CRITERIA_MOST:
        yield _fault(
            "criteria-too-many",
            f"评分项不得超过 {_CRITERIA_MOST} 项",
            f"At most {_CRITERIA_MOST} criteria",
            SCHEME_FORM,
        )
    for row in scheme.criteria:
        if _CODE.fullmatch(row.code) is None or _SUBJECT.fullmatch(row.subject) is None:
            yield _fault(
                "criterion-code",
                f"评分项 {row.code} 的编号或者指标代码格式不对；写法如 T1、delivery-days",
                f"Criterion {row.code}: write its code like T1, its subject like delivery-days",
                SCHEME_FORM,
                row.code,
            )
        texts = [row.zh, row.en, *(text for level in row.levels for text in (level.zh, level.en))]
        if not all(text.strip() for text in texts):
            yield _fault(
                "criterion-words",
                f"评分项 {row.code} 及其各档次须有中英文说明",
                f"Criterion {row.code} and each of its levels need words in both languages",
                SCHEME_FORM,
                row.code,
            )


def _method(scheme: Scheme, on: date) -> Iterator[Refusal]:
    if scheme.method is Method.LOWEST_PRICE:
        if scheme.criteria or scheme.price_fixed or scheme.price_weight != FULL_SCORE:
            yield _fault(
                "lowest-price-scores-nothing",
                "最低评标价法只比较价格，不设评分项",
                "The lowest-price method compares prices alone; it has no criteria",
                ORDER_87_54,
            )
        return
    if not scheme.criteria:
        yield _fault("no-criteria", "评分方案没有评分项", "There are no criteria", ORDER_87_55)
    if scheme.total_weight != FULL_SCORE:
        total = _total_text(scheme.total_weight)
        yield _fault(
            "weights-not-100",
            f"各项分值之和应为 100 分，现为 {total} 分",
            f"All points must make 100; they make {total}",
            ORDER_87_55,
        )
    yield from _price_weight(scheme, on)


def _price_weight(scheme: Scheme, on: date) -> Iterator[Refusal]:
    weight = scheme.price_weight
    if scheme.price_fixed:
        if weight != 0:
            yield _fault(
                "fixed-price-scored",
                "执行国家统一定价的项目，价格不列为评审因素",
                "Where the state fixes the price, the price is not scored",
                ORDER_87_55,
                "price_weight",
            )
        return
    law = price_weight(scheme.method, scheme.category, on)
    if not law.value.holds(weight) or not is_hundredths(weight):
        span = law.value.words()
        yield _fault(
            "price-weight",
            f"价格分值应为 {span} 分，最多两位小数",
            f"The price must weigh {span} points, with two decimals at most",
            law.article,
            "price_weight",
        )


def _subject(row: Criterion, qualification: Collection[str]) -> Iterator[Refusal]:
    if row.subject in qualification:
        yield _fault(
            "qualification-scored",
            f"资格条件不得作为评分因素（{row.code} {row.zh}）",
            f"A qualification condition cannot be scored ({row.code} {row.en})",
            REGULATION_34,
            row.code,
        )
    if row.subject in SIZE_CONDITIONS:
        yield _fault(
            "size-scored",
            f"企业规模条件不得作为评审因素（{row.code} {row.zh}）",
            f"The size of a firm cannot be scored ({row.code} {row.en})",
            ORDER_87_17,
            row.code,
        )


def _levels(row: Criterion) -> Iterator[Refusal]:
    points = [level.points for level in row.levels]
    if len(points) < _LEVELS_LEAST or row.most <= 0:
        yield _fault(
            "levels-too-few",
            f"评分项 {row.code} 至少设两个档次，且最高档高于 0 分",
            f"Criterion {row.code} needs two levels, the best of them above 0 points",
            REGULATION_34,
            row.code,
        )
    if len(points) != len(set(points)):
        yield _fault(
            "levels-same-points",
            f"评分项 {row.code} 的不同档次应对应不同分值",
            f"Each level of criterion {row.code} needs a point value of its own",
            REGULATION_34,
            row.code,
        )
    if any(value < 0 or not is_hundredths(value) for value in points):
        yield _fault(
            "points-form",
            f"评分项 {row.code} 的分值不得为负，最多两位小数",
            f"Points of criterion {row.code}: not below 0, two decimals at most",
            SCHEME_FORM,
            row.code,
        )


def _intervals(row: Criterion) -> Iterator[Refusal]:
    if not (row.unit_zh.strip() and row.unit_en.strip()):
        yield _fault(
            "unit-missing",
            f"客观评分项 {row.code} 须写明指标单位",
            f"The objective criterion {row.code} needs the unit of its indicator",
            REGULATION_34,
            row.code,
        )
    ordered = sorted(
        row.levels, key=lambda level: (level.low is not None, level.low or Fraction(0))
    )
    covers = bool(ordered) and ordered[0].low is None and ordered[-1].high is None
    meets = all(a.high is not None and a.high == b.low for a, b in pairwise(ordered))
    rises = all(
        level.low is None or level.high is None or level.low < level.high for level in ordered
    )
    edges = [edge for level in ordered for edge in (level.low, level.high) if edge is not None]
    if not all((edge * 10**6).denominator == 1 and abs(edge) < 10**12 for edge in edges):
        yield _fault(
            "interval-form",
            f"评分项 {row.code} 的区间界限最多六位小数",
            f"The edges of criterion {row.code} have six decimals at most",
            SCHEME_FORM,
            row.code,
        )
    if not (covers and meets and rises):
        yield _fault(
            "intervals-do-not-meet",
            f"评分项 {row.code} 的区间应首尾相接，不重叠、不遗漏",
            f"The intervals of criterion {row.code} must meet without a gap or an overlap",
            REGULATION_34,
            row.code,
        )


def _no_intervals(row: Criterion) -> Iterator[Refusal]:
    if any(level.low is not None or level.high is not None for level in row.levels):
        yield _fault(
            "subjective-interval",
            f"主观评分项 {row.code} 不设数值区间；可量化的指标应设为客观评分项",
            f"Criterion {row.code} has intervals: what can be measured is an objective criterion",
            REGULATION_34,
            row.code,
        )


def _ties(scheme: Scheme) -> Iterator[Refusal]:
    rules = scheme.tie_rules
    by_price = scheme.method is Method.LOWEST_PRICE
    allowed = {TieRule.OFFER} if by_price else {TieRule.TECHNICAL, TieRule.BUSINESS}
    if len(rules) != len(set(rules)) or not allowed.issuperset(rules):
        yield _fault(
            "tie-rules",
            "并列处理规则重复或者不适用于本评审方法",
            "A rule for ties stands twice or does not fit the method",
            ORDER_87_57,
            "tie_rules",
        )
    if scheme.method is Method.CONSULTATION and rules[:1] != (TieRule.TECHNICAL,):
        yield _fault(
            "tie-rules-consultation",
            "磋商项目得分、报价均相同的，应首先按技术得分排序",
            "In a consultation equal scores and offers are ordered by technical points first",
            CONSULTATION_MEASURES,
            "tie_rules",
        )


def _deductions(scheme: Scheme, on: date) -> Iterator[Refusal]:
    granted: Deductions = scheme.deductions
    if scheme.reserved == (granted.small is not None) and not scheme.price_fixed:
        yield _fault(
            "small-firm-deduction",
            "非专门面向中小企业的项目应写明小微企业价格扣除比例；专门面向的项目不再扣除",
            "State the deduction for small and micro firms unless the tender is reserved for them",
            SMALL_FIRM_DEDUCTION,
            "deductions",
        )
    for preference in Preference:
        percent = granted.percent(preference)
        if percent is None:
            continue
        law = deduction(preference, on)
        if law is None or not law.value.holds(percent) or not is_hundredths(percent):
            span = "0" if law is None else law.value.words()
            yield _fault(
                "deduction-out-of-range",
                f"价格扣除比例应为 {span}%",
                f"This deduction must be {span} percent",
                SCHEME_FORM if law is None else law.article,
                f"deductions.{preference}",
            )


def _triggers(scheme: Scheme, on: date) -> Iterator[Refusal]:
    law = low_prices(on)
    if law is None or scheme.price_fixed:
        return
    stated, limits = scheme.low_price, law.value
    if stated is None:
        yield _fault(
            "low-price-not-stated",
            "招标文件应写明启动异常低价审查的情形",
            "The documents must state when a low offer is reviewed",
            law.article,
            "low_price",
        )
        return
    for name, percent, least in (
        ("mean", stated.mean, limits.mean_least),
        ("second", stated.second, limits.second_least),
        ("ceiling", stated.ceiling, limits.ceiling_least),
    ):
        if not least <= percent <= limits.most or not is_hundredths(percent):
            yield _fault(
                "low-price-trigger",
                f"启动标准应为 {least}% 至 {limits.most}%",
                f"This trigger must lie between {least} and {limits.most} percent",
                law.article,
                f"low_price.{name}",
            )
    if stated.answer < limits.answer_least:
        minutes = int(limits.answer_least.total_seconds()) // 60
        yield _fault(
            "low-price-answer-short",
            f"供应商说明时间不得少于 {minutes} 分钟",
            f"A supplier needs at least {minutes} minutes to answer",
            law.article,
            "low_price.answer",
        )


def _total_text(value: Fraction) -> str:
    """A total for a sentence, also when somebody typed figures that are no decimals."""
    return write_figure(value) if is_hundredths(value) else str(value)
