"""The price score of construction tendering in its common published form: near the benchmark wins.

`A` is the mean price, without the `trim` highest and lowest when there are more than five;
`base = A × (1 − lowering %)`; a price loses points for every percent it lies away from the base,
more above it than below. All parameters stand in the tender documents; the lowering is drawn in
public from the published list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bidding.evaluation.rules.prices import Offer, refuse_if_twice
from bidding.rulebook.articles import ENGINEERING_BENCHMARK
from bidding.rulebook.figures import PERCENT, published
from bidding.rulebook.names import BidNumber
from market.kernel.errors import Refusal
from market.kernel.money import Money

TRIM_ABOVE: Final = 5
"""With so many prices or fewer, the mean is over all of them."""
TRIM_MOST: Final = 2
"""So that six prices leave two."""
LOWERING_MOST: Final = Fraction(6)


@dataclass(frozen=True, slots=True)
class BenchmarkRule:
    """The published parameters: points at the base, and points lost for each percent.

    `lowering` is the drawn percent, from 0 to 6, both included; `above` is lost for each percent
    above the base and must be more than `below`. Anything else is refused: "benchmark-rule".
    """

    full: Fraction
    lowering: Fraction
    above: Fraction
    below: Fraction
    trim: int = 1

    def __post_init__(self) -> None:
        """Keep to the parameters that documents may publish."""
        lawful = (
            0 < self.full <= PERCENT
            and 0 <= self.lowering <= LOWERING_MOST
            and 0 <= self.below < self.above
            and 0 <= self.trim <= TRIM_MOST
        )
        if not lawful:
            raise Refusal(
                "benchmark-rule",
                zh="评标基准价参数不对：下浮 0% 至 6%，高于基准价时扣分应更多，去除数不超过 2",
                en="Benchmark: lowering 0 to 6 percent, more lost above than below, trim at most 2",
                article=ENGINEERING_BENCHMARK,
                status=422,
            )


@dataclass(frozen=True, slots=True)
class BenchmarkScore:
    """How the points of one price came about; `deviation` is in percent of the base, signed."""

    bid: BidNumber
    offer: Money
    base: Fraction
    deviation: Fraction
    exact: Fraction
    points: Decimal


def mean_price(fen: Sequence[int], trim: int) -> Fraction:
    """The mean of the effective prices in fen, trimmed when there are more than five.

    `Refusal` "no-prices" when there are none.
    """
    if not fen:
        raise Refusal(
            "no-prices",
            zh="没有有效报价，不能计算评标基准价",
            en="There are no effective prices to take a mean of",
            article=ENGINEERING_BENCHMARK,
        )
    kept = sorted(fen)[trim : len(fen) - trim] if len(fen) > TRIM_ABOVE else list(fen)
    return Fraction(sum(kept), len(kept))


def benchmark_scores(offers: Iterable[Offer], rule: BenchmarkRule) -> tuple[BenchmarkScore, ...]:
    """The price points of all effective bids, by bid number; never below 0.

    Refused: "bid-twice", "no-prices".
    """
    known = sorted(offers, key=lambda offer: offer.bid)
    refuse_if_twice([offer.bid for offer in known])
    mean = mean_price([offer.amount.fen for offer in known], rule.trim)
    base = mean * (1 - rule.lowering / PERCENT)
    return tuple(_scored(offer, base, rule) for offer in known)


def _scored(offer: Offer, base: Fraction, rule: BenchmarkRule) -> BenchmarkScore:
    deviation = (offer.amount.fen - base) / base * PERCENT
    lost = deviation * rule.above if deviation > 0 else -deviation * rule.below
    exact = max(Fraction(0), rule.full - lost)
    return BenchmarkScore(offer.bid, offer.amount, base, deviation, exact, published(exact))
