"""The scoring scheme that a tender publishes: what is scored, for how many points, and how.

A criterion measures one indicator and gives one fixed point value to each interval of it
(Regulation art. 34): a member never chooses "between three and five". An objective criterion is a
number that the house itself can place; a subjective one has levels in words.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from bidding.rulebook.figures import PERCENT, write_figure
from bidding.rulebook.limits import Category, Method
from bidding.rulebook.names import CriterionCode
from bidding.rulebook.pricing import Preference
from market.protocol.encoding import Json, JsonObject, canonical, digest, structure

SCHEME: Final = "scoring-scheme"
"""The kind of structure that a scheme is in canonical JSON."""


class Part(StrEnum):
    """The part of a bid that a criterion belongs to; the price is the third part."""

    TECHNICAL = "technical"
    BUSINESS = "business"


class Kind(StrEnum):
    """Whether a criterion is a fact, the same for everybody, or a judgement."""

    OBJECTIVE = "objective"
    SUBJECTIVE = "subjective"


class TieRule(StrEnum):
    """What the documents let decide between bids that are equal: the better one goes first.

    `OFFER` (the lower offer) is a rule of choice only under the lowest-price method, where the
    prices compared are those after deductions; elsewhere the law itself looks at the offer first.
    """

    TECHNICAL = "technical"
    BUSINESS = "business"
    OFFER = "offer"


@dataclass(frozen=True, slots=True)
class Level:
    """One interval of an indicator and its one point value.

    For an objective criterion the indicator lies in [`low`, `high`): the lower edge belongs to
    the level, the upper one to the next; None is open to everything. A subjective level has no
    edges, only words.
    """

    zh: str
    en: str
    points: Fraction
    low: Fraction | None = None
    high: Fraction | None = None

    def holds(self, value: Fraction) -> bool:
        """Whether an indicator lies in this interval."""
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of the scheme.

    `subject` is the code of what is measured ("iso-9001", "delivery-days"): a subject that the
    tender already asks for as a qualification cannot be scored again. `unit` is the indicator's
    unit in both languages, empty for a subjective criterion.
    """

    code: CriterionCode
    part: Part
    kind: Kind
    subject: str
    zh: str
    en: str
    levels: tuple[Level, ...]
    unit_zh: str = ""
    unit_en: str = ""

    @property
    def most(self) -> Fraction:
        """The points of the best level: what the criterion weighs."""
        return max((level.points for level in self.levels), default=Fraction(0))

    def allows(self, points: Fraction) -> bool:
        """Whether some level has exactly these points."""
        return any(level.points == points for level in self.levels)

    def level_of(self, value: Fraction) -> Level:
        """The level in which an indicator lies.

        `LookupError` where no level holds it, which a lawful objective criterion never does.
        """
        for level in self.levels:
            if level.holds(value):
                return level
        raise LookupError(f"no level of {self.code} holds {value}")


@dataclass(frozen=True, slots=True)
class Deductions:
    """Percent that each preference takes off the price that is compared; None: not granted here.

    A small firm's share replaces a joint one, it is not added to it. A national product's share
    is added, for it concerns the goods and not the firm.
    """

    small: Fraction | None = None
    joint: Fraction | None = None
    national: Fraction | None = None

    def percent(self, preference: Preference) -> Fraction | None:
        """The percent of one preference, or None where this tender does not grant it."""
        match preference:
            case Preference.SMALL:
                return self.small
            case Preference.JOINT:
                return self.joint
            case Preference.NATIONAL:
                return self.national
            case Preference.WORKS:
                return None  # goods and services alone are tendered by a scheme

    def share(self, claimed: Collection[Preference]) -> Fraction:
        """The share of the offer, from 0 up to below 1, that a bid with these claims saves."""

        def granted(preference: Preference) -> Fraction:
            percent = self.percent(preference) if preference in claimed else None
            return Fraction(0) if percent is None else percent

        firm = max(granted(Preference.SMALL), granted(Preference.JOINT))
        return (firm + granted(Preference.NATIONAL)) / PERCENT


@dataclass(frozen=True, slots=True)
class LowPriceTriggers:
    """What the documents say on abnormally low offers: three percents and the time to answer.

    An offer is reviewed when it is *below* `mean` percent of the mean offer, below `second`
    percent of the second-lowest offer, or below `ceiling` percent of the ceiling.
    """

    mean: Fraction = Fraction(50)
    second: Fraction = Fraction(50)
    ceiling: Fraction = Fraction(45)
    answer: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Scheme:
    """All that decides the order of bids, as the tender documents state it.

    Points of the criteria and of the price make 100. Under the lowest-price method the price has
    all of them and there are no criteria; where the state fixes the price (`price_fixed`) it has
    none. A tender `reserved` for small and micro firms deducts nothing for being one. Whether a
    scheme is lawful says `faults` (criteria_faults.py), asked before it is published.
    """

    method: Method
    category: Category
    price_weight: Fraction
    criteria: tuple[Criterion, ...]
    tie_rules: tuple[TieRule, ...] = ()
    deductions: Deductions = Deductions()
    low_price: LowPriceTriggers | None = None
    price_fixed: bool = False
    reserved: bool = False

    def criterion(self, code: CriterionCode) -> Criterion | None:
        """The criterion with this code, or None."""
        return next((row for row in self.criteria if row.code == code), None)

    def weight_of(self, part: Part) -> Fraction:
        """The points of one part of the bid."""
        return sum((row.most for row in self.criteria if row.part is part), Fraction(0))

    @property
    def total_weight(self) -> Fraction:
        """Points of all criteria and of the price: 100 in a lawful scheme."""
        return self.price_weight + sum((row.most for row in self.criteria), Fraction(0))

    def as_json(self) -> JsonObject:
        """The scheme as a structure of the protocol; `read_scheme` reads it back."""
        return structure(
            SCHEME,
            method=self.method.value,
            category=self.category.value,
            price_fixed=self.price_fixed,
            reserved=self.reserved,
            price_weight=write_figure(self.price_weight),
            criteria=[_criterion_json(row) for row in self.criteria],
            tie_rules=[rule.value for rule in self.tie_rules],
            deductions={
                "small": _figure_or_none(self.deductions.small),
                "joint": _figure_or_none(self.deductions.joint),
                "national": _figure_or_none(self.deductions.national),
            },
            low_price=_triggers_json(self.low_price),
        )

    def digest(self) -> bytes:
        """SHA-256 over the canonical JSON: what every score sheet names."""
        return digest(canonical(self.as_json()))


def _criterion_json(row: Criterion) -> JsonObject:
    return {
        "code": row.code,
        "part": row.part.value,
        "kind": row.kind.value,
        "subject": row.subject,
        "zh": row.zh,
        "en": row.en,
        "unit_zh": row.unit_zh,
        "unit_en": row.unit_en,
        "levels": [_level_json(level) for level in row.levels],
    }


def _level_json(level: Level) -> JsonObject:
    return {
        "zh": level.zh,
        "en": level.en,
        "points": write_figure(level.points),
        "low": _figure_or_none(level.low),
        "high": _figure_or_none(level.high),
    }


def _triggers_json(triggers: LowPriceTriggers | None) -> Json:
    if triggers is None:
        return None
    return {
        "mean": write_figure(triggers.mean),
        "second": write_figure(triggers.second),
        "ceiling": write_figure(triggers.ceiling),
        "answer_seconds": int(triggers.answer.total_seconds()),
    }


def _figure_or_none(value: Fraction | None) -> Json:
    return None if value is None else write_figure(value)
