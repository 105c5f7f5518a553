"""Two things measured in alternating slices of one run; their ratio with its interval.

Machines drift by a factor of two between runs and within one; what is measured side by side in
alternating slices drifts together, and the ratio stays.
"""

import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from secrets import SystemRandom  # noqa: TID251  resampling of figures; no draw
from typing import Final

CHANCE: Final = SystemRandom()
WHOLE_PAIRS: Final = 12
WHOLE_SECONDS: Final = 2.0
PAIRS: Final = int(os.environ.get("BENCH_PAIRS", str(WHOLE_PAIRS)))
"""How often limit and product are measured in turn; fewer is a trial."""
SECONDS: Final = float(os.environ.get("BENCH_SECONDS", str(WHOLE_SECONDS)))
"""How long a slice of load lasts."""
RESAMPLED: Final = 2000
COVERED: Final = 0.95
UNSTEADY: Final = 0.35
"""A limit whose own slices vary by more than this share of their mean makes a run void."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the pairs' ratios with a bootstrap 95 % interval, both edges within."""

    median: float
    low: float
    high: float
    limit_varies: float
    """Coefficient of variation of the limit's own slices."""

    @property
    def is_void(self) -> bool:
        """Whether the limit itself was too unsteady to say anything."""
        return self.limit_varies > UNSTEADY

    def __str__(self) -> str:
        """The ratio as people read it."""
        return f"{self.median:.2f} [{self.low:.2f}-{self.high:.2f}]"


def alternate(
    limit: Callable[[], float], product: Callable[[], float], pairs: int
) -> list[tuple[float, float]]:
    """So many pairs of measurements, whichever first by chance, after one discarded pair."""
    found: list[tuple[float, float]] = []
    for _ in range(pairs + 1):
        if CHANCE.random() < 1 / 2:
            first = limit()
            found.append((first, product()))
        else:
            second = product()
            found.append((limit(), second))
    return found[1:]


def ratio_of(pairs: Sequence[tuple[float, float]]) -> Ratio:
    """Product over limit."""
    ratios = [product / limit for limit, product in pairs]
    medians = sorted(
        statistics.median(CHANCE.choices(ratios, k=len(ratios))) for _ in range(RESAMPLED)
    )
    edge = int(RESAMPLED * (1 - COVERED) / 2)
    limits = [limit for limit, _ in pairs]
    return Ratio(
        median=statistics.median(ratios),
        low=medians[edge],
        high=medians[-edge - 1],
        limit_varies=statistics.pstdev(limits) / statistics.fmean(limits),
    )
