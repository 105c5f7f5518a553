"""Choosing by scheme: reviewers score the scheme, the price scores itself, the highest sum wins."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, NoReturn

from intermediaries.rulebook.selection.by_price import chosen, fen, places_of
from intermediaries.rulebook.selection.counting import count_of, price_of
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.outcome import Outcome, Row, Standing, plain_figure
from intermediaries.rulebook.selection.quotes import Quote, Sheet
from intermediaries.rulebook.selection.sources import PANEL_RULE
from intermediaries.rulebook.selection.terms import FULL, Terms
from market.kernel.errors import Refusal

REVIEWERS: Final = 3
OUTSIDE: Final = Fraction(2, 3)
"""Share of the reviewers who are from outside, at least."""


def check_sheets(terms: Terms, valid: Sequence[Quote], sheets: Sequence[Sheet]) -> None:
    """Refuse a panel or its points (`panel-misfit`).

    Three different reviewers at least, two thirds of them from outside; each scores every valid
    scheme once, from 0 to the published points, both allowed.
    """
    outside = sum(sheet.is_outside for sheet in sheets)
    if len({sheet.reviewer for sheet in sheets}) != len(sheets) or len(sheets) < REVIEWERS:
        _refuse("评审人员少于3人或有重复", "fewer than three different reviewers")
    if outside < OUTSIDE * len(sheets):
        _refuse("外部评审人员不足三分之二", "fewer than two thirds of the reviewers are outside")
    wanted, most = sorted(quote.key for quote in valid), terms.scheme_weight or 0
    for sheet in sheets:
        if sorted(key for key, _ in sheet.points) != wanted:
            _refuse("评分与有效方案不对应", "a sheet does not score each valid scheme once")
        if any(not 0 <= points <= most for _, points in sheet.points):
            _refuse(f"方案分应在0与{most}之间", f"points for a scheme lie from 0 to {most}")


def by_scheme(
    terms: Terms,
    valid: Sequence[Quote],
    invalid: Sequence[Row],
    drawn: Drawn | None,
    sheets: Sequence[Sheet],
) -> Outcome:
    """The highest sum of scheme and price; of equal ones the lower price, then drawn order.

    Scheme: the mean over all reviewers. Price: lowest price over one's own, times its points.
    Nothing is rounded before it is compared.
    """
    check_sheets(terms, valid, sheets)
    places, weight = places_of(drawn), terms.scheme_weight or 0
    base = min(fen(quote) for quote in valid)
    scheme = {quote.key: _mean(quote, sheets) for quote in valid}
    price = {quote.key: Fraction((FULL - weight) * base, fen(quote)) for quote in valid}
    order = sorted(
        valid,
        key=lambda quote: (
            -scheme[quote.key] - price[quote.key],
            fen(quote),
            places[quote.key],
        ),
    )
    rows = list[Row]()
    for place, quote in enumerate(order, 1):
        both = scheme[quote.key] + price[quote.key]
        equal = sum(scheme[other.key] + price[other.key] == both for other in order)
        zh, en = f"总分由高到低第{place}位", f"Place {place} from the highest total"
        if equal > 1:
            zh += f"；{equal}家同分，低价在前，再按抽取次序"
            en += f"; {equal} of the same total, the lower price first, then drawn order"
        figures = (
            price_of(terms, quote),
            plain_figure("scheme", scheme[quote.key], "方案分", "points of the scheme"),
            plain_figure("price-points", price[quote.key], "价格分", "points of the price"),
            plain_figure("total", both, "总分", "total"),
        )
        standing = Standing.WINNER if place == 1 else Standing.NOT_CHOSEN
        rows.append(Row(quote.key, quote.agency, standing, place, figures, zh, en))
    reviewers = plain_figure("reviewers", len(sheets), "评审人员（人）", "reviewers")
    return chosen(terms, rows, invalid, (count_of(valid), reviewers))


def _mean(quote: Quote, sheets: Sequence[Sheet]) -> Fraction:
    return sum((dict(sheet.points)[quote.key] for sheet in sheets), Fraction()) / len(sheets)


def _refuse(zh: str, en: str) -> NoReturn:
    raise Refusal(
        "panel-misfit",
        zh=f"评审不合规则：{zh}",
        en=f"The panel breaks the rule: {en}",
        article=PANEL_RULE,
    )
