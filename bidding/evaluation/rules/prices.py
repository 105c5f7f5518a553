"""The price score of government procurement: the lowest price has all points.

`points = base / price × weight`, where the price is the offer after preferences and the base the
lowest such price among the responsive bids. Preferences change the price that is compared, never
the price that is paid. Everything is an exact fraction; the published score is rounded once, half
up to two decimals.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bidding.evaluation.rules.reasons import (
    Cancelled,
    CancelReason,
    Rejection,
    RejectionCause,
    cancel,
    reject,
)
from bidding.rulebook.articles import OFFER_ABOVE_ZERO, ORDER_87_55, SHEETS_FIT
from bidding.rulebook.criteria import Deductions
from bidding.rulebook.figures import published
from bidding.rulebook.limits import JOINT_SHARE
from bidding.rulebook.names import BidNumber
from bidding.rulebook.pricing import Preference
from market.kernel.errors import Refusal
from market.kernel.law import in_force
from market.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Offer:
    """The price of one bid, corrected where it had to be, and the preferences it may claim.

    Refused as "offer-not-positive" when it is not above zero.
    """

    bid: BidNumber
    amount: Money
    preferences: frozenset[Preference] = frozenset()

    def __post_init__(self) -> None:
        """Keep offers that ask for nothing out of every comparison."""
        if self.amount.fen <= 0:
            raise Refusal(
                "offer-not-positive",
                zh=f"投标 {self.bid} 的报价应大于零",
                en=f"The offer of bid {self.bid} must be above zero",
                article=OFFER_ABOVE_ZERO,
                status=422,
            )


@dataclass(frozen=True, slots=True)
class EvaluationPrice:
    """The price at which a bid is compared: fen, exact, so it may be a fraction of a fen."""

    bid: BidNumber
    offer: Money
    share: Fraction
    amount: Fraction


@dataclass(frozen=True, slots=True)
class PriceScore:
    """How the price points of a bid came about; `points` is the published figure."""

    price: EvaluationPrice
    base: Fraction
    weight: Fraction
    exact: Fraction
    points: Decimal

    @property
    def bid(self) -> BidNumber:
        """The bid that was scored."""
        return self.price.bid


def preferences_for(
    *, small: bool, small_share: Fraction, national: bool, on: date
) -> frozenset[Preference]:
    """What a bid may claim by its declarations.

    `small`: everything comes from small or micro firms; `small_share`: their percent of the
    contract in a consortium or by subcontract, where 30 itself is enough.
    """
    claimed: set[Preference] = set()
    if small:
        claimed.add(Preference.SMALL)
    elif in_force(JOINT_SHARE, on).value.holds(small_share):
        claimed.add(Preference.JOINT)
    if national:
        claimed.add(Preference.NATIONAL)
    return frozenset(claimed)


def evaluation_price(offer: Offer, deductions: Deductions) -> EvaluationPrice:
    """The offer less what its preferences take off; not rounded."""
    share = deductions.share(offer.preferences)
    return EvaluationPrice(offer.bid, offer.amount, share, offer.amount.fen * (1 - share))


def price_scores(
    offers: Iterable[Offer], *, weight: Fraction, deductions: Deductions
) -> tuple[PriceScore, ...]:
    """The price points of all responsive bids, by bid number.

    `weight` is the price's points of the scheme; 0 gives everybody 0. `Refusal` "bid-twice" when
    a bid is named twice. No offers, no scores.
    """
    prices = [evaluation_price(offer, deductions) for offer in offers]
    refuse_if_twice([price.bid for price in prices])
    if not prices:
        return ()
    base = min(price.amount for price in prices)
    return tuple(
        _scored(price, base, weight) for price in sorted(prices, key=lambda price: price.bid)
    )


def _scored(price: EvaluationPrice, base: Fraction, weight: Fraction) -> PriceScore:
    exact = base / price.amount * weight
    return PriceScore(price, base, weight, exact, published(exact))


def reject_above_limit(offer: Offer, *, budget: Money, ceiling: Money | None) -> Rejection | None:
    """The rejection of an offer above the ceiling, or above the budget; the limit itself is in."""
    if offer.amount.fen <= limit_of(budget, ceiling).fen:
        return None
    return reject(offer.bid, RejectionCause.PRICE_ABOVE_LIMIT)


def limit_of(budget: Money, ceiling: Money | None) -> Money:
    """The highest price allowed: the ceiling, or the budget where no ceiling was set.

    `Refusal` "ceiling-above-budget" for a ceiling that nobody could pay.
    """
    if ceiling is None:
        return budget
    if ceiling.fen > budget.fen:
        raise Refusal(
            "ceiling-above-budget",
            zh="最高限价不得超过采购预算",
            en="A ceiling cannot be above the budget",
            article=ORDER_87_55,
            status=422,
        )
    return ceiling


def cancelled_if_all_above(offers: Sequence[Offer], *, budget: Money) -> Cancelled | None:
    """The cancellation when there are offers and every one is above the budget."""
    if offers and all(offer.amount.fen > budget.fen for offer in offers):
        return cancel(CancelReason.ALL_ABOVE_BUDGET)
    return None


def refuse_if_twice(bids: Collection[BidNumber]) -> None:
    """Refuse as "bid-twice" when a bid number stands twice in a list."""
    if len(bids) != len(set(bids)):
        raise Refusal(
            "bid-twice",
            zh="同一投标出现两次",
            en="A bid is named twice",
            article=SHEETS_FIT,
            status=422,
        )
