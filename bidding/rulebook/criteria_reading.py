"""Reading a scoring scheme back from JSON: one form, everything else refused as `BadInput`."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from bidding.rulebook.criteria import (
    SCHEME,
    Criterion,
    Deductions,
    Kind,
    Level,
    LowPriceTriggers,
    Part,
    Scheme,
    TieRule,
)
from bidding.rulebook.figures import read_figure
from bidding.rulebook.limits import Category, Method
from bidding.rulebook.names import CriterionCode
from market.protocol.encoding import Json, JsonObject, check_type, exact, refuse

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

_LONGEST_ANSWER: Final = 7 * 24 * 3600  # seconds; an answer at the site never takes a week


def read_scheme(value: JsonObject) -> Scheme:
    """The scheme that a structure of the protocol means.

    It reads exactly what `Scheme.as_json` writes, so that `read_scheme(x).as_json() == x`. Every
    other form is `BadInput`. Whether the scheme is lawful is not asked here: `faults` does that.
    """
    check_type(value, SCHEME)
    whole = exact(
        value,
        {
            "type": str,
            "suite": str,
            "method": str,
            "category": str,
            "price_fixed": bool,
            "reserved": bool,
            "price_weight": str,
            "criteria": list,
            "tie_rules": list,
            "deductions": dict,
            "low_price": _anything,
        },
    )
    return Scheme(
        method=_member(Method, whole["method"]),
        category=_member(Category, whole["category"]),
        price_weight=_figure(whole["price_weight"]),
        criteria=_each(_criterion, whole["criteria"]),
        tie_rules=_each(lambda rule: _member(TieRule, rule), whole["tie_rules"]),
        deductions=_deductions(whole["deductions"]),
        low_price=_triggers(whole["low_price"]),
        price_fixed=whole["price_fixed"] is True,
        reserved=whole["reserved"] is True,
    )


def _criterion(value: Json) -> Criterion:
    row = exact(
        value,
        {
            "code": str,
            "part": str,
            "kind": str,
            "subject": str,
            "zh": str,
            "en": str,
            "unit_zh": str,
            "unit_en": str,
            "levels": list,
        },
    )
    return Criterion(
        code=CriterionCode(_text(row["code"])),
        part=_member(Part, row["part"]),
        kind=_member(Kind, row["kind"]),
        subject=_text(row["subject"]),
        zh=_text(row["zh"]),
        en=_text(row["en"]),
        unit_zh=_text(row["unit_zh"]),
        unit_en=_text(row["unit_en"]),
        levels=_each(_level, row["levels"]),
    )


def _level(value: Json) -> Level:
    row = exact(value, {"zh": str, "en": str, "points": str, "low": _anything, "high": _anything})
    return Level(
        zh=_text(row["zh"]),
        en=_text(row["en"]),
        points=_figure(row["points"]),
        low=_figure_or_none(row["low"]),
        high=_figure_or_none(row["high"]),
    )


def _deductions(value: Json) -> Deductions:
    row = exact(value, dict.fromkeys(("small", "joint", "national"), _anything))
    return Deductions(
        small=_figure_or_none(row["small"]),
        joint=_figure_or_none(row["joint"]),
        national=_figure_or_none(row["national"]),
    )


def _triggers(value: Json) -> LowPriceTriggers | None:
    if value is None:
        return None
    row = exact(value, {"mean": str, "second": str, "ceiling": str, "answer_seconds": int})
    seconds = row["answer_seconds"]
    if not isinstance(seconds, int) or not 0 <= seconds <= _LONGEST_ANSWER:
        refuse("答复时间超出范围", "The time to answer is out of range")
    return LowPriceTriggers(
        mean=_figure(row["mean"]),
        second=_figure(row["second"]),
        ceiling=_figure(row["ceiling"]),
        answer=timedelta(seconds=seconds),
    )


def _each(read: Callable[[Json], T], value: Json) -> tuple[T, ...]:
    if not isinstance(value, list):
        refuse("应为列表", "A list is needed")
    return tuple(read(item) for item in value)


def _member(kind: type[E], value: Json) -> E:
    try:
        return kind(_text(value))
    except ValueError:
        refuse("没有这样的取值", f"Not a value of {kind.__name__}")


def _figure(value: Json) -> Fraction:
    return read_figure(_text(value))


def _figure_or_none(value: Json) -> Fraction | None:
    return None if value is None else _figure(value)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        refuse("应为文本", "A text is needed")
    return value


def _anything(_value: Json) -> None:
    """Members that are read by their own function."""
