"""Numbers of law with their legal edges, and the municipality's own, never looser than the law."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Article, Dated, in_force, platform_rule
from market.kernel.money import Money

N = TypeVar("N", int, Fraction, Money)
Value = int | Fraction | Money

_LOCAL: Final = platform_rule("本市规定", "a rule of this city")
_DEFAULT: Final = platform_rule("本平台默认值", "a default of this platform")


class Measure(StrEnum):
    """What a number counts. A share is a Fraction: 2 % is 1/50; money is Money."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MINUTES = "minutes"
    YEARS = "years"
    PERSONS = "persons"
    SHARE = "share"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Bounds(Generic[N]):
    """A number's default and the lowest and highest value the law allows, both included.

    A side that is None is open. `ValueError` where the default itself lies outside.
    """

    default: N
    legal_min: N | None = None
    legal_max: N | None = None

    def __post_init__(self) -> None:
        if self.nearest(self.default) != self.default:
            raise ValueError(f"the default {self.default} is looser than the law")

    def nearest(self, value: N) -> N:
        """The value itself, or the legal edge it lies beyond."""
        if self.legal_min is not None and value < self.legal_min:
            return self.legal_min
        if self.legal_max is not None and value > self.legal_max:
            return self.legal_max
        return value

    def is_edge(self, value: N) -> bool:
        """Whether the law itself names this value."""
        return value in (self.legal_min, self.legal_max)


@dataclass(frozen=True, slots=True)
class Effective(Generic[N]):
    """What holds for one procedure: the value and the rule that makes it so.

    The article is the law's where the value is its edge; a value of the city's own or a default
    inside the edges is a rule of this platform, and `bounds` still shows what the law says.
    """

    value: N
    article: Article
    bounds: Bounds[N]
    law: Article
    is_local: bool


@dataclass(frozen=True, slots=True)
class LocalRules:
    """The municipality's own values by key; made by `adopt`, which refuses looser ones."""

    values: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))


@dataclass(frozen=True, slots=True)
class LegalNumber(Generic[N]):
    """One number of law under its key, in all its versions."""

    key: str
    zh: str
    en: str
    measure: Measure
    versions: tuple[Dated[Bounds[N]], ...]

    def effective(self, on: date, local: LocalRules) -> Effective[N]:
        """The value for a procedure published on a day.

        A local value that a newer version of the law has made too loose gives way to its edge.
        `LookupError` for a day before the rule began.
        """
        law = in_force(self.versions, on)
        bounds = law.value
        own = local.values.get(self.key)
        value = bounds.default if own is None else bounds.nearest(self._typed(own))
        chosen = _DEFAULT if own is None else _LOCAL
        article = law.article if bounds.is_edge(value) else chosen
        return Effective(value, article, bounds, law.article, own is not None)

    def checked(self, value: Value, on: date) -> N:
        """A value somebody wants to set; `Refusal` "looser-than-law" beyond a legal edge.

        `BadInput` "parameter-of-another-kind" for money where days are meant and the like, and
        "parameter-below-zero".
        """
        law = in_force(self.versions, on)
        typed = self._typed(value)
        if law.value.nearest(typed) != typed:
            raise Refusal(
                "looser-than-law",
                zh=f"{self.key}（{self.zh}）不能设为{shown(typed)}：法定范围为{_range(law.value)}",
                en=f"{self.key} ({self.en}) cannot be {shown(typed)}:"
                f" the law allows {_range(law.value)}",
                article=law.article,
            )
        return typed

    def _typed(self, value: Value) -> N:
        kind = type(self.versions[0].value.default)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BadInput(
                "parameter-of-another-kind",
                zh=f"{self.key}（{self.zh}）的取值类型不对",
                en=f"{self.key} ({self.en}) is of another kind",
            )
        if value < kind(0):
            raise BadInput(
                "parameter-below-zero",
                zh=f"{self.key}（{self.zh}）不能小于零",
                en=f"{self.key} ({self.en}) cannot be below zero",
            )
        return value


def adopt(
    numbers: Iterable[LegalNumber[int] | LegalNumber[Fraction] | LegalNumber[Money]],
    values: Mapping[str, Value],
    on: date,
) -> LocalRules:
    """The municipality's values, each checked against the law in force on a day.

    `BadInput` "unknown-parameter", "parameter-of-another-kind"; `Refusal` "looser-than-law".
    """
    known = {number.key: number for number in numbers}
    for key, value in values.items():
        if key not in known:
            raise BadInput(
                "unknown-parameter", zh=f"没有名为{key}的参数", en=f"There is no parameter {key}"
            )
        known[key].checked(value, on)
    return LocalRules(values)


def at_least(default: int, article: Article, since: date) -> tuple[Dated[Bounds[int]], ...]:
    """A count that the law lets nobody lower."""
    return (Dated(Bounds(default, legal_min=default), article, since),)


def at_most(default: int, article: Article, since: date) -> tuple[Dated[Bounds[int]], ...]:
    """A count that the law lets nobody raise."""
    return (Dated(Bounds(default, legal_max=default), article, since),)


def exactly(default: int, article: Article, since: date) -> tuple[Dated[Bounds[int]], ...]:
    """A count that nobody may change: the length of somebody's right, or a fixed term."""
    return (Dated(Bounds(default, default, default), article, since),)


def shown(value: Value) -> str:
    """A value for a sentence: 5, 2%, 800,000.00."""
    if isinstance(value, Fraction):
        percent = value * 100
        return f"{percent}%" if percent.denominator == 1 else f"{value}"
    return str(value)


def _range(bounds: Bounds[N]) -> str:
    if bounds.legal_min is None and bounds.legal_max is not None:
        return f"≤ {shown(bounds.legal_max)}"
    if bounds.legal_max is None and bounds.legal_min is not None:
        return f"≥ {shown(bounds.legal_min)}"
    if bounds.legal_min is None or bounds.legal_max is None:
        return "…"
    return f"{shown(bounds.legal_min)} - {shown(bounds.legal_max)}"


NO_LOCAL_RULES: Final = LocalRules()
