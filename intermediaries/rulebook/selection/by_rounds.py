"""Bidding in rounds: three of three minutes, each price at most one's own before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from intermediaries.rulebook.selection.by_price import chosen, fen, places_of
from intermediaries.rulebook.selection.counting import count_of, invalid_row, price_of
from intermediaries.rulebook.selection.lots import Drawn
from intermediaries.rulebook.selection.outcome import Outcome, Row, Standing, plain_figure
from intermediaries.rulebook.selection.quotes import Fault, Offer, Quote
from intermediaries.rulebook.selection.terms import ROUND_MINUTES, ROUNDS, Terms
from market.kernel.errors import BadInput

_LENGTH: Final = timedelta(minutes=ROUND_MINUTES)


@dataclass(frozen=True, slots=True)
class Last:
    """An agency's last good price, when it was last changed, how many offers were passed over."""

    price: Offer
    passed_over: int


def round_of(terms: Terms, at: datetime) -> int | None:
    """The round, from 1, in which a moment lies; None outside of all three.

    A round ends with its last moment included, where the next begins; the first includes its
    beginning.
    """
    if terms.rounds_from is None:
        raise ValueError("terms without rounds")
    since = at - terms.rounds_from
    if not timedelta() <= since <= ROUNDS * _LENGTH:
        return None
    return max(1, -(-since // _LENGTH))


def is_good(terms: Terms, offer: Offer, before: Offer | None) -> bool:
    """Whether an offer stands: in a round, within the limits, at most one's own before."""
    in_time = round_of(terms, offer.at) is not None and terms.is_within(offer.price)
    return in_time and (before is None or offer.price <= before.price)


def last_price(terms: Terms, offers: Sequence[Offer]) -> Last | None:
    """What an agency's offers come to; None without a good one.

    A price named again changes nothing, so `price.at` is the moment of the last change.
    `BadInput` "offers-unordered" for offers that do not stand in the order of time.
    """
    if any(later.at < earlier.at for earlier, later in pairwise(offers)):
        raise BadInput(
            "offers-unordered",
            zh="同一家的报价未按时间先后排列",
            en="The offers of an agency do not stand in the order of time",
        )
    held: Offer | None = None
    passed_over = 0
    for offer in offers:
        if not is_good(terms, offer, held):
            passed_over += 1
        elif held is None or offer.price < held.price:
            held = offer
    return None if held is None else Last(held, passed_over)


def sift_rounds(terms: Terms, quotes: Sequence[Quote]) -> tuple[list[Quote], list[Row]]:
    """The agencies with a good price, which becomes their quote's, and the rows of the others."""
    valid, invalid = list[Quote](), list[Row]()
    for quote in quotes:
        last = None if quote.fault else last_price(terms, quote.offers)
        if last is None:
            bare = replace(quote, price=None)
            invalid.append(invalid_row(terms, bare, quote.fault or Fault.NO_PRICE))
        else:
            valid.append(replace(quote, price=last.price.price))
    return valid, invalid


def in_rounds(
    terms: Terms, valid: Sequence[Quote], invalid: Sequence[Row], drawn: Drawn | None
) -> Outcome:
    """The lowest last price; of equal ones the earlier last change, then drawn order."""
    places = places_of(drawn)
    lasts = {quote.key: _last(terms, quote) for quote in valid}
    order = sorted(
        valid, key=lambda quote: (fen(quote), lasts[quote.key].price.at, places[quote.key])
    )
    rows = list[Row]()
    for place, quote in enumerate(order, 1):
        last = lasts[quote.key]
        number = round_of(terms, last.price.at) or 0
        zh = f"最后报价由低到高第{place}位，最后一次改价在第{number}轮"
        en = f"Place {place} from the lowest last price, last changed in round {number}"
        equal = sum(fen(other) == fen(quote) for other in order)
        if equal > 1:
            zh += f"；{equal}家同价，先改价的在前"
            en += f"; {equal} of the same price, the earlier change first"
        figures = (
            price_of(terms, quote),
            plain_figure("round", number, "最后改价的轮次", "round of the last change"),
            plain_figure("passed-over", last.passed_over, "无效报价（次）", "offers passed over"),
        )
        standing = Standing.WINNER if place == 1 else Standing.NOT_CHOSEN
        rows.append(Row(quote.key, quote.agency, standing, place, figures, zh, en))
    return chosen(terms, rows, invalid, (count_of(valid),))


def _last(terms: Terms, quote: Quote) -> Last:
    last = last_price(terms, quote.offers)
    if last is None:
        raise ValueError("a quote without a good price")
    return last
