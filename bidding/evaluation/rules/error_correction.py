"""Correcting a bid's own arithmetic, in the one order the law gives.

1. The opening form prevails over the rest of the file. 2. The amount in capitals prevails over
the figures. 3. Where the decimal of a unit price is clearly misplaced, the total stands and the
unit price is corrected. 4. Where the total is not the sum of the unit prices, the unit prices
stand. Several at once: in this order. The corrected price binds the bidder once it confirms it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final

from bidding.rulebook.articles import ORDER_87_59
from market.kernel.errors import BadInput
from market.kernel.money import LARGEST_FEN, Money
from market.kernel.rounding import Rounding, to_whole

SHIFT_MOST: Final = 6
"""Places by which a decimal can be misplaced; more is another number, not a slip."""


class CorrectionRule(StrEnum):
    """The four rules, in their order."""

    FORM_PREVAILS = "form_prevails"
    CAPITALS_PREVAIL = "capitals_prevail"
    DECIMAL_MISPLACED = "decimal_misplaced"
    UNIT_PRICES_PREVAIL = "unit_prices_prevail"


CORRECTION_WORDS: Final[Mapping[CorrectionRule, tuple[str, str]]] = {
    CorrectionRule.FORM_PREVAILS: (
        "开标一览表与投标文件其他内容不一致，以开标一览表为准",
        "The opening form differs from the rest of the file; the opening form prevails",
    ),
    CorrectionRule.CAPITALS_PREVAIL: (
        "大写金额与小写金额不一致，以大写金额为准",
        "The amount in capitals differs from the figures; the capitals prevail",
    ),
    CorrectionRule.DECIMAL_MISPLACED: (
        "单价金额小数点明显错位，以总价为准，修改单价",
        "The decimal of a unit price is misplaced; the total stands and the unit price changes",
    ),
    CorrectionRule.UNIT_PRICES_PREVAIL: (
        "总价与按单价汇总金额不一致，以单价计算结果为准",
        "The total is not the sum of the unit prices; the unit prices prevail",
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the price table; the unit price is in fen and may be a part of a fen."""

    item: str
    quantity: Fraction
    unit_price: Fraction


@dataclass(frozen=True, slots=True)
class WrittenOffer:
    """Every way in which a bid states its price.

    `form` is the total of the opening form in figures, `capitals` the same in capitals, `file`
    the total elsewhere in the bid, None where it is not stated. `misplaced` is the panel's
    finding: by how many places the decimal of an item's unit price must move, right is positive.
    """

    form: Money
    capitals: Money | None = None
    file: Money | None = None
    lines: tuple[Line, ...] = ()
    misplaced: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CorrectionStep:
    """One rule applied: what stood there and what stands now, both in fen.

    `item` names the row of the price table where the rule is about a unit price.
    """

    rule: CorrectionRule
    before: Fraction
    after: Fraction
    item: str = ""


@dataclass(frozen=True, slots=True)
class CorrectedOffer:
    """The price after correction and each step that led there, in order."""

    amount: Money
    steps: tuple[CorrectionStep, ...]
    lines: tuple[Line, ...]

    @property
    def must_be_confirmed(self) -> bool:
        """Whether the bidder must confirm: something that it wrote was corrected."""
        return any(step.before != step.after for step in self.steps)


def corrected(written: WrittenOffer) -> CorrectedOffer:
    """The price of a bid after the four rules.

    Lines are summed exactly and the sum is rounded half up to a whole fen. `BadInput`
    "items-twice" for two rows of one name, "misplaced-item" for a finding on an item that is not
    in the table or by no or too many places,
    "amount-too-large" when the table adds up to more than an amount can be.
    """
    _check_findings(written)
    total, steps = _stated_total(written)
    lines, shifts = _shifted(written)
    steps += shifts
    if lines:
        summed = _whole_fen(sum_of(lines))
        if summed != total:
            rule = CorrectionRule.UNIT_PRICES_PREVAIL
            steps.append(CorrectionStep(rule, Fraction(total), Fraction(summed)))
            total = summed
    if abs(total) > LARGEST_FEN:
        raise BadInput(
            "amount-too-large",
            zh="分项报价表的合计金额过大",
            en="The price table adds up to more than an amount can be",
            article=ORDER_87_59,
        )
    return CorrectedOffer(Money(total), tuple(steps), lines)


def sum_of(lines: tuple[Line, ...]) -> Fraction:
    """The exact sum of a price table in fen."""
    return sum((line.quantity * line.unit_price for line in lines), Fraction(0))


def suspected_shift(written: WrittenOffer) -> tuple[str, int] | None:
    """The one item and shift that would make the table agree with the total, for the panel.

    None when the table agrees already, or when no single shift or more than one explains it.
    """
    total = _stated_total(written)[0]
    if not written.lines or _whole_fen(sum_of(written.lines)) == total:
        return None
    places = [shift for shift in range(-SHIFT_MOST, SHIFT_MOST + 1) if shift]
    whole = sum_of(written.lines)
    found = [
        (line.item, shift)
        for line in written.lines
        for shift in places
        if _whole_fen(whole + line.quantity * (moved(line.unit_price, shift) - line.unit_price))
        == total
    ]
    return found[0] if len(found) == 1 else None


def moved(unit_price: Fraction, places: int) -> Fraction:
    """A unit price with its decimal moved, right for positive places."""
    return unit_price * Fraction(10) ** places


def _whole_fen(amount: Fraction) -> int:
    return to_whole(amount, Rounding.HALF_UP)


def _stated_total(written: WrittenOffer) -> tuple[int, list[CorrectionStep]]:
    total = written.form.fen
    steps: list[CorrectionStep] = []
    if written.file is not None and written.file.fen != total:
        before = Fraction(written.file.fen)
        steps.append(CorrectionStep(CorrectionRule.FORM_PREVAILS, before, Fraction(total)))
    if written.capitals is not None and written.capitals.fen != total:
        after = Fraction(written.capitals.fen)
        steps.append(CorrectionStep(CorrectionRule.CAPITALS_PREVAIL, Fraction(total), after))
        total = written.capitals.fen
    return total, steps


def _shifted(written: WrittenOffer) -> tuple[tuple[Line, ...], list[CorrectionStep]]:
    lines: list[Line] = []
    steps: list[CorrectionStep] = []
    for line in written.lines:
        places = written.misplaced.get(line.item)
        if places is None:
            lines.append(line)
            continue
        price = moved(line.unit_price, places)
        rule = CorrectionRule.DECIMAL_MISPLACED
        steps.append(CorrectionStep(rule, line.unit_price, price, line.item))
        lines.append(Line(line.item, line.quantity, price))
    return tuple(lines), steps


def _check_findings(written: WrittenOffer) -> None:
    items = [line.item for line in written.lines]
    if len(items) != len(set(items)):
        raise BadInput(
            "items-twice",
            zh="分项报价表中有同名的项，请加以区分",
            en="Two rows of the price table have the same name: tell them apart",
            article=ORDER_87_59,
        )
    known = written.misplaced.keys() <= set(items)
    sound = all(0 < abs(places) <= SHIFT_MOST for places in written.misplaced.values())
    if not (known and sound):
        raise BadInput(
            "misplaced-item",
            zh=f"小数点错位的认定应指向分项报价表中的一项，移动 1 至 {SHIFT_MOST} 位",
            en=f"Name one item of the table; its decimal moves by 1 to {SHIFT_MOST} places",
            article=ORDER_87_59,
        )
