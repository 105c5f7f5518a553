"""Choosing without comparing prices: the owner's one agency, or the draw alone."""

from collections.abc import Sequence
from typing import Final

from intermediaries.rulebook.selection.by_price import places_of
from intermediaries.rulebook.selection.counting import ascending, count_of, price_of
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.outcome import Outcome, Row, Standing
from intermediaries.rulebook.selection.quotes import Quote
from intermediaries.rulebook.selection.terms import Terms

ALTERNATES: Final = 2


def direct(terms: Terms, valid: Sequence[Quote], invalid: Sequence[Row]) -> Outcome:
    """The one agency that the owner named and that accepted."""
    (only,) = valid
    row = Row(
        only.key,
        only.agency,
        Standing.WINNER,
        1,
        (price_of(terms, only),),
        f"业主直接选取，书面理由：{terms.reason}",
        f"Named by the owner, who writes: {terms.reason}",
    )
    return Outcome(
        terms.mode, only.key, (), (), ascending([row], invalid), (count_of(valid),), None
    )


def at_random(
    terms: Terms, valid: Sequence[Quote], invalid: Sequence[Row], drawn: Drawn | None
) -> Outcome:
    """The first in drawn order; the next two are its alternates."""
    places = places_of(drawn)
    order = sorted(valid, key=lambda quote: places[quote.key])
    rows = list[Row]()
    for place, quote in enumerate(order, 1):
        standing, zh, en = Standing.NOT_CHOSEN, "", ""
        if place == 1:
            standing = Standing.WINNER
        elif place <= 1 + ALTERNATES:
            standing, zh = Standing.ALTERNATE, f"，为第{place - 1}备选"
            en = f", alternate {place - 1}"
        said = f"抽取次序第{place}位{zh}", f"Place {place} in drawn order{en}"
        rows.append(Row(quote.key, quote.agency, standing, place, (price_of(terms, quote),), *said))
    alternates = tuple(quote.key for quote in order[1 : 1 + ALTERNATES])
    shown = ascending(rows, invalid)
    return Outcome(terms.mode, order[0].key, alternates, (), shown, (count_of(valid),), None)
