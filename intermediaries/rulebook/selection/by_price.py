"""Choosing by price alone: the lowest, the nearest to the average, the nearest to a reference."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from intermediaries.rulebook.selection.counting import ascending, count_of, price_of
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.modes import FEN_IN
from intermediaries.rulebook.selection.outcome import (
    Figure,
    Outcome,
    Row,
    Standing,
    money_figure,
    plain_figure,
)
from intermediaries.rulebook.selection.quotes import Quote
from intermediaries.rulebook.selection.terms import FULL, Terms
from market.kernel.rounding import Rounding, to_places

AVERAGE_DROPS_FROM: Final = 5
REFERENCE_DROPS_FROM: Final = 6
REFERENCE_PLACES: Final = 2
REFERENCE_ROUNDING: Final = Rounding.HALF_UP
"""A reference price has two decimals of the notice's unit; a half goes up."""


def lowest(
    terms: Terms, valid: Sequence[Quote], invalid: Sequence[Row], drawn: Drawn | None
) -> Outcome:
    """The lowest price; equal lowest ones in drawn order."""
    places = places_of(drawn)
    order = sorted(valid, key=lambda quote: (fen(quote), places[quote.key]))
    rows = list[Row]()
    for place, quote in enumerate(order, 1):
        equal = sum(fen(other) == fen(quote) for other in order)
        zh = f"报价由低到高第{place}位" + (f"，{equal}家同价，按抽取次序" if equal > 1 else "")
        en = f"Place {place} from the lowest price" + (
            f", {equal} of the same price in drawn order" if equal > 1 else ""
        )
        rows.append(_row(quote, place, (price_of(terms, quote),), zh, en))
    return chosen(terms, rows, invalid, (count_of(valid),))


def average(
    terms: Terms, valid: Sequence[Quote], invalid: Sequence[Row], drawn: Drawn | None
) -> Outcome:
    """Nearest to the mean, of which from five quotes on the highest and the lowest are no part.

    Of equal distances the price at or below the mean, then drawn order.
    """
    places = places_of(drawn)
    high, low, rest = _parted(valid, places, AVERAGE_DROPS_FROM)
    mean = Fraction(sum(fen(quote) for quote in rest), len(rest))
    order = sorted(
        rest,
        key=lambda quote: (abs(fen(quote) - mean), fen(quote) > mean, places[quote.key]),
    )
    rows = _near(terms, order, mean, ("均价", "the average"))
    rows += _dropped(terms, high, low)
    figures = (count_of(valid), _mean(terms, mean, rest))
    return chosen(terms, rows, invalid, figures)


def reference(
    terms: Terms, valid: Sequence[Quote], invalid: Sequence[Row], drawn: Drawn | None
) -> Outcome:
    """Nearest to the mean times the drawn percentage.

    From six quotes on the highest and the lowest are no part of the mean and cannot win. Of equal
    distances the lower price, then drawn order. A lone quote wins: there is nothing to compare.
    """
    places = places_of(drawn)
    if len(valid) == 1:
        only = valid[0]
        said = ("仅此一家报价，按规则中选", "The only quote: by the rule it is chosen")
        rows = [_row(only, 1, (price_of(terms, only),), *said)]
        return chosen(terms, rows, invalid, (count_of(valid),))
    high, low, rest = _parted(valid, places, REFERENCE_DROPS_FROM)
    mean = Fraction(sum(fen(quote) for quote in rest), len(rest))
    factor = 0 if drawn is None else drawn.factor()
    aim = reference_price(terms, mean, factor)
    order = sorted(rest, key=lambda quote: (abs(fen(quote) - aim), fen(quote), places[quote.key]))
    rows = _near(terms, order, aim, ("参考价", "the reference price"))
    rows += _dropped(terms, high, low)
    figures = (
        count_of(valid),
        _mean(terms, mean, rest),
        plain_figure("factor", factor, "抽取的百分比（%）", "percentage drawn (%)"),
        money_figure(
            "reference",
            aim,
            terms.unit,
            f"参考价＝均价×{factor}%，四舍五入到2位小数",
            f"reference price = mean × {factor} %, a half rounded up at 2 decimals",
        ),
    )
    return chosen(terms, rows, invalid, figures)


def reference_price(terms: Terms, mean: Fraction, factor: int) -> Fraction:
    """The mean in fen times the percentage, rounded at two decimals of the notice's unit; fen."""
    unit = FEN_IN[terms.unit]
    return unit * Fraction(
        to_places(mean * factor / FULL / unit, REFERENCE_PLACES, REFERENCE_ROUNDING)
    )


def chosen(
    terms: Terms, rows: Sequence[Row], invalid: Sequence[Row], figures: tuple[Figure, ...]
) -> Outcome:
    """The outcome whose winner is the row of place 1; no alternates where prices decide."""
    winner = next(row.key for row in rows if row.place == 1)
    return Outcome(terms.mode, winner, (), (), ascending(rows, invalid), figures, None)


def fen(quote: Quote) -> int:
    """The price of a quote that counts, in fen."""
    if quote.price is None:
        raise ValueError("a quote without a price")
    return quote.price.fen


def places_of(drawn: Drawn | None) -> Mapping[bytes, int]:
    """The drawn order, which a selection that has not failed must have."""
    if drawn is None:
        raise ValueError("a selection without its draw")
    return drawn.places()


def _parted(
    valid: Sequence[Quote], places: Mapping[bytes, int], least: int
) -> tuple[Quote | None, Quote | None, list[Quote]]:
    """Highest, lowest and the rest from `least` quotes on; else everything is the rest.

    Exactly one quote is highest and another one lowest: of equal ones the last in drawn order.
    """
    if len(valid) < least:
        return None, None, list(valid)
    low = min(valid, key=lambda quote: (fen(quote), -places[quote.key]))
    others = [quote for quote in valid if quote.key != low.key]
    high = max(others, key=lambda quote: (fen(quote), places[quote.key]))
    return high, low, [quote for quote in others if quote.key != high.key]


def _near(terms: Terms, order: Sequence[Quote], aim: Fraction, names: tuple[str, str]) -> list[Row]:
    rows = list[Row]()
    for place, quote in enumerate(order, 1):
        away = abs(fen(quote) - aim)
        figures = (
            price_of(terms, quote),
            money_figure("distance", away, terms.unit, "距离", "distance"),
        )
        equal = sum(abs(fen(other) - aim) == away for other in order)
        zh = f"距{names[0]}由近到远第{place}位"
        en = f"Place {place} by distance from {names[1]}"
        if equal > 1:
            zh += f"，{equal}家等距，先按低价再按抽取次序"
            en += f"; {equal} of the same distance, the lower price first, then drawn order"
        rows.append(_row(quote, place, figures, zh, en))
    return rows


def _dropped(terms: Terms, high: Quote | None, low: Quote | None) -> list[Row]:
    rows = list[Row]()
    for quote, standing, zh, en in (
        (high, Standing.DROPPED_HIGH, "最高", "highest"),
        (low, Standing.DROPPED_LOW, "最低", "lowest"),
    ):
        if quote is not None:
            said = f"去掉的{zh}报价，不能中选", f"The {en} quote is dropped and cannot be chosen"
            figures = (price_of(terms, quote),)
            rows.append(Row(quote.key, quote.agency, standing, None, figures, *said))
    return rows


def _mean(terms: Terms, mean: Fraction, rest: Sequence[Quote]) -> Figure:
    return money_figure(
        "mean",
        mean,
        terms.unit,
        f"均价＝{len(rest)}个报价之和÷{len(rest)}",
        f"mean: sum of {len(rest)} quotes over {len(rest)}",
    )


def _row(quote: Quote, place: int, figures: tuple[Figure, ...], zh: str, en: str) -> Row:
    standing = Standing.WINNER if place == 1 else Standing.NOT_CHOSEN
    return Row(quote.key, quote.agency, standing, place, figures, zh, en)
