"""The order of bids: score, then the lower offer, then the documents' rules, then a public draw.

Under the lowest-price method the price after preferences takes the place of the score. What still
stands side by side after every rule needs a draw, whose result is handed in and never made here.
Fewer than three bids: no order, the tender is cancelled.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from bidding.evaluation.rules.prices import (
    EvaluationPrice,
    Offer,
    evaluation_price,
    refuse_if_twice,
)
from bidding.evaluation.rules.reasons import Cancelled, CancelReason, cancelled_if_few
from bidding.evaluation.rules.scoring import BidScore
from bidding.rulebook.articles import DRAW_FITS, REGULATION_43, SHEETS_FIT
from bidding.rulebook.criteria import Scheme, TieRule
from bidding.rulebook.limits import Method
from bidding.rulebook.names import BidNumber
from market.kernel.errors import Refusal
from market.kernel.money import Money

ZERO = Decimal("0.00")


class Decider(StrEnum):
    """What set a bid apart from the one above it (the first: from the one below it)."""

    SCORE = "score"
    EVALUATION_PRICE = "evaluation_price"
    OFFER = "offer"
    TECHNICAL = "technical"
    BUSINESS = "business"
    DRAW = "draw"


@dataclass(frozen=True, slots=True)
class Contender:
    """What is known of a bid when it is ranked; the score is 0 under the lowest-price method."""

    bid: BidNumber
    offer: Money
    price: EvaluationPrice
    total: Decimal = ZERO
    technical: Decimal = ZERO
    business: Decimal = ZERO
    price_points: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Place:
    """One place, counted from 1, and what decided it."""

    rank: int
    contender: Contender
    decided_by: Decider

    @property
    def bid(self) -> BidNumber:
        """The bid in this place."""
        return self.contender.bid


@dataclass(frozen=True, slots=True)
class Ranking:
    """All bids in order, first place first."""

    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class NeedsDraw:
    """Bids that stand side by side after every rule: each group needs an order by draw.

    Groups stand in the order of their places, the bids of a group by number.
    """

    groups: tuple[tuple[BidNumber, ...], ...]


def contenders(
    scheme: Scheme, offers: Collection[Offer], scores: Collection[BidScore]
) -> tuple[Contender, ...]:
    """Offers and scores put together, by bid number.

    `Refusal` "offers-and-scores-differ" when they are not of the same bids; under the
    lowest-price method there are no scores.
    """
    refuse_if_twice([offer.bid for offer in offers])
    by_bid = {score.bid: score for score in scores}
    scored = scheme.method is not Method.LOWEST_PRICE
    expected = {offer.bid for offer in offers} if scored else set()
    if by_bid.keys() != expected or len(by_bid) != len(scores):
        raise Refusal(
            "offers-and-scores-differ",
            zh="报价与得分不对应",
            en="Offers and scores are not of the same bids",
            article=SHEETS_FIT,
        )
    return tuple(
        _contender(offer, evaluation_price(offer, scheme.deductions), by_bid.get(offer.bid))
        for offer in sorted(offers, key=lambda offer: offer.bid)
    )


def rank(
    scheme: Scheme,
    bids: Collection[Contender],
    *,
    drawn: Sequence[BidNumber] = (),
    fewest: int = 3,
) -> Ranking | NeedsDraw | Cancelled:
    """The order of the bids, or what is missing for one.

    `drawn` is the result of the draw: every bid that stands side by side, group after group.
    `Refusal` "draw-does-not-fit" when it names other bids, "bid-twice" for a bid named twice.
    The order in which bids are handed in changes nothing.
    """
    refuse_if_twice([bid.bid for bid in bids])
    few = cancelled_if_few(len(bids), reason=CancelReason.FEW_RESPONSIVE, fewest=fewest)
    if few is not None:
        return few
    steps = _steps(scheme)
    ordered = sorted(bids, key=lambda bid: (_key(steps, bid), bid.bid))
    together = [list(group) for _, group in groupby(ordered, key=lambda bid: _key(steps, bid))]
    tied = tuple(tuple(bid.bid for bid in group) for group in together if len(group) > 1)
    if tied and not drawn:
        return NeedsDraw(tied)
    _check_draw(tied, drawn)
    place_in_draw = {bid: place for place, bid in enumerate(drawn)}
    final = [
        bid
        for group in together
        for bid in sorted(group, key=lambda bid: place_in_draw.get(bid.bid, 0))
    ]
    return Ranking(
        tuple(
            Place(place + 1, bid, _decider(steps, final, place)) for place, bid in enumerate(final)
        )
    )


def due_candidate(ranking: Ranking, *, passed_over: Collection[BidNumber] = ()) -> Place:
    """The bid that the purchaser must choose: the first, or the next after those that fell out.

    `Refusal` "no-candidate-left" when all fell out.
    """
    for place in ranking.places:
        if place.bid not in passed_over:
            return place
    raise Refusal(
        "no-candidate-left",
        zh="没有可以依次确定的候选人，应当重新开展采购活动",
        en="No candidate is left in the order: the procurement starts again",
        article=REGULATION_43,
    )


def refuse_unless_due(
    ranking: Ranking, chosen: BidNumber, *, passed_over: Collection[BidNumber] = ()
) -> Place:
    """The place of the chosen bid, if it is its turn; "not-in-order" otherwise."""
    due = due_candidate(ranking, passed_over=passed_over)
    if due.bid != chosen:
        raise Refusal(
            "not-in-order",
            zh=f"应当按排名顺序确定中标人，现应确定第 {due.rank} 名（投标 {due.bid}）",
            en=f"The winner is determined in ranked order: it is the turn of rank {due.rank}, "
            f"bid {due.bid}",
            article=REGULATION_43,
        )
    return due


def _contender(offer: Offer, price: EvaluationPrice, score: BidScore | None) -> Contender:
    if score is None:
        return Contender(offer.bid, offer.amount, price)
    return Contender(
        offer.bid,
        offer.amount,
        price,
        total=score.total,
        technical=score.technical,
        business=score.business,
        price_points=ZERO if score.price is None else score.price.points,
    )


def _steps(scheme: Scheme) -> tuple[Decider, ...]:
    first = (
        (Decider.EVALUATION_PRICE,)
        if scheme.method is Method.LOWEST_PRICE
        else (Decider.SCORE, Decider.OFFER)
    )
    return first + tuple(_BY_RULE[rule] for rule in scheme.tie_rules)


_BY_RULE = {
    TieRule.TECHNICAL: Decider.TECHNICAL,
    TieRule.BUSINESS: Decider.BUSINESS,
    TieRule.OFFER: Decider.OFFER,
}


def _key(steps: Sequence[Decider], bid: Contender) -> tuple[Fraction, ...]:
    """What a bid is sorted by: smaller stands higher."""
    return tuple(_measure(step, bid) for step in steps)


def _measure(step: Decider, bid: Contender) -> Fraction:
    match step:
        case Decider.SCORE:
            return -Fraction(bid.total)
        case Decider.EVALUATION_PRICE:
            return bid.price.amount
        case Decider.OFFER:
            return Fraction(bid.offer.fen)
        case Decider.TECHNICAL:
            return -Fraction(bid.technical)
        case Decider.BUSINESS:
            return -Fraction(bid.business)
        case Decider.DRAW:
            return Fraction(0)


def _decider(steps: Sequence[Decider], final: Sequence[Contender], place: int) -> Decider:
    if len(final) == 1:
        return steps[0]
    neighbour = final[place - 1] if place else final[1]
    for step in steps:
        if _measure(step, final[place]) != _measure(step, neighbour):
            return step
    return Decider.DRAW


def _check_draw(tied: Sequence[Sequence[BidNumber]], drawn: Sequence[BidNumber]) -> None:
    rest = list(drawn)
    for group in tied:
        if sorted(rest[: len(group)]) != sorted(group):
            break
        rest = rest[len(group) :]
    else:
        if not rest:
            return
    raise Refusal(
        "draw-does-not-fit",
        zh="抽签结果与并列的投标不对应",
        en="The draw does not name exactly the bids that stand side by side",
        article=DRAW_FITS,
    )
