"""A second calculator of selections, written from the published rules alone.

It shares no line with the product and imports nothing of it: prices are whole fen, fractions are
compared by multiplying crosswise. `order` is the drawn order: indexes of the quotes, first drawn
first. Rules: those published by Haizhou (lowest, reference price) and Guangdong (credit), and this
platform's own for the average.
"""

import hmac

FEN_OF_TWO_DECIMALS = {"yuan": 1, "wan": 10_000}
"""What the second decimal of a price is worth, in fen."""


def lowest(prices: list[int], order: list[int]) -> int:
    """The lowest; equal lowest ones at random."""
    least = min(prices)
    return next(index for index in order if prices[index] == least)


def average(prices: list[int], order: list[int]) -> int:
    """Nearest to the mean, without highest and lowest from five quotes on.

    In a tie of distance a price up to the mean comes first. The dropped two need no care here:
    neither can be nearer than what is left, and an equal price is an equal price.
    """
    row = sorted(prices)
    kept = row[1:-1] if len(row) >= 5 else row
    whole, count = sum(kept), len(kept)
    best = None
    for index in order:
        gap = prices[index] * count - whole
        rank = (abs(gap), gap > 0)
        if best is None or rank < best[0]:
            best = (rank, index)
    if best is None:
        raise ValueError("nobody")
    return best[1]


def reference(prices: list[int], order: list[int], percent: int, unit: str) -> int:
    """Nearest to mean times percent at two decimals; then the lower price, then at random.

    From six quotes on one highest and one lowest are out; a lone quote is taken.
    """
    inside = list(order)
    if len(prices) >= 6:
        low = [index for index in inside if prices[index] == min(prices)][-1]
        inside.remove(low)
        top = max(prices[index] for index in inside)
        inside.remove([index for index in inside if prices[index] == top][-1])
    step = FEN_OF_TWO_DECIMALS[unit]
    over = len(inside) * 100 * step
    aim = (2 * sum(prices[index] for index in inside) * percent + over) // (2 * over) * step
    return min(
        inside, key=lambda index: (abs(prices[index] - aim), prices[index], inside.index(index))
    )


class Numbers:
    """Numbers of a seed, as the protocol's page on the draw says."""

    def __init__(self, seed: bytes, label: str) -> None:
        self._seed, self._label, self._counter = seed, label.encode(), 0

    def below(self, limit: int) -> int:
        """The next fair number."""
        while True:
            text = b"yg/num/v1\0" + self._label + self._counter.to_bytes(4, "big")
            self._counter += 1
            value = int.from_bytes(hmac.new(self._seed, text, "sha256").digest()[:8], "big")
            if value < 2**64 // limit * limit:
                return value % limit


def percentage(seed: bytes, purpose: str) -> int:
    """95, 96, 97 or 98."""
    return 95 + Numbers(seed, f"pick/{purpose}").below(4)


def short_list(
    hundredths: list[int], order: list[int], sizes: tuple[int, int], seed: bytes, purpose: str
) -> list[int]:
    """The list by credit (equal credit at random), each lot written out, the short list drawn.

    A lot for each hundredth of a point, two from 95 points on; whoever is drawn leaves with all.
    """
    listed = sorted(order, key=lambda index: -hundredths[index])[: sizes[0]]
    urn = [
        index
        for index in listed
        for _ in range(hundredths[index] * (2 if hundredths[index] >= 9500 else 1))
    ]
    numbers, drawn = Numbers(seed, f"lots/{purpose}"), []
    while urn and len(drawn) < sizes[1]:
        drawn.append(urn[numbers.below(len(urn))])
        urn = [index for index in urn if index != drawn[-1]]
    return drawn
