"""Chance for a selection: every number in it follows from the seed of one re-runnable draw.

The draw is a permutation of all enrolments, frozen when enrolment has closed and before a quote
is open. Its order settles random choices and ties; the percentage of a reference price and the
lots of a choice by credit come from other streams of the same seed, so that a number which is
only sometimes needed is fixed all the same before anybody could want another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from market.kernel.errors import Refusal
from market.protocol.numbers import below, check_ascending, permutation, pick, stream

FACTORS: Final = (95, 96, 97, 98)
"""Percentages of which one is drawn for the reference price."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw that was run: its seed, its purpose, the keys that were frozen, ascending."""

    seed: bytes
    purpose: str
    keys: tuple[bytes, ...]

    def __post_init__(self) -> None:
        check_ascending(self.keys)

    def check_of(self, keys: Sequence[bytes]) -> None:
        """Refuse (`foreign-draw`) unless exactly these enrolments were frozen."""
        if tuple(sorted(keys)) != self.keys:
            raise Refusal(
                "foreign-draw",
                zh="抽取冻结的不是这些报名",
                en="The draw was not frozen on exactly these enrolments",
            )

    def places(self) -> dict[bytes, int]:
        """The place of each key in drawn order, the first is 0."""
        order = permutation(self.seed, self.purpose, self.keys)
        return {key: place for place, key in enumerate(order)}

    def factor(self) -> int:
        """The percentage of the reference price; stream "pick/<purpose>"."""
        return pick(self.seed, self.purpose, FACTORS)[1]

    def by_lots(self, lots: Sequence[tuple[bytes, int]], count: int) -> tuple[bytes, ...]:
        """`count` keys, or all that hold a lot, drawn by lots without putting back, in order.

        Lots are numbered from 0 through the keys in the order given; a number below what is left
        is drawn from the stream "lots/<purpose>", and whoever holds it leaves with all his lots.
        """
        values, left, drawn = stream(self.seed, f"lots/{self.purpose}"), list(lots), list[bytes]()
        while len(drawn) < count and (whole := sum(number for _, number in left)):
            rest = below(values, whole)
            for place, (key, number) in enumerate(left):
                if rest < number:
                    drawn.append(key)
                    del left[place]
                    break
                rest -= number
        return tuple(drawn)


def lots_of(credit: Fraction, *, times: int) -> int:
    """One lot for each hundredth of a point, counted so many times; none below zero.

    `ValueError` for credit that is not whole hundredths: proportion would need a rounding.
    """
    number = credit * 100
    if number.denominator != 1:
        raise ValueError(f"credit of {credit} is not in whole hundredths")
    return max(0, number.numerator) * times
