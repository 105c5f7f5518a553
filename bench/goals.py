"""What a goal answers: a line for each measure, and whether what must hold held."""

import sys
from dataclasses import dataclass

from bench.pairs import Ratio


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured line. `at_least` and `at_most` are the edges that must hold, both within."""

    name: str
    told: str
    value: float
    worst: float
    """The bad end of the interval: this is what is compared."""
    at_least: float | None = None
    at_most: float | None = None
    is_void: bool = False

    @property
    def holds(self) -> bool:
        """Whether the bad end of the interval meets the goal in a run that says something."""
        enough = self.at_least is None or self.worst >= self.at_least
        return enough and (self.at_most is None or self.worst <= self.at_most) and not self.is_void

    @property
    def edge(self) -> str:
        """What must hold."""
        return f">= {self.at_least:g}" if self.at_least is not None else f"<= {self.at_most:g}"

    @property
    def word(self) -> str:
        """What became of it."""
        return "void" if self.is_void else "met" if self.holds else "not met"

    def show(self) -> None:
        """Print the line."""
        sys.stdout.write(f"  {self.name:<44} {self.told:<30} {self.edge:<9} {self.word}\n")
        sys.stdout.flush()


def at_least(name: str, ratio: Ratio, edge: float) -> Measure:
    """A ratio whose lower end must reach an edge."""
    return Measure(name, str(ratio), ratio.median, ratio.low, at_least=edge, is_void=ratio.is_void)


def at_most(name: str, ratio: Ratio, edge: float) -> Measure:
    """A ratio whose upper end must stay within an edge."""
    return Measure(name, str(ratio), ratio.median, ratio.high, at_most=edge, is_void=ratio.is_void)


def counted(name: str, value: float, edge: float, unit: str = "") -> Measure:
    """A figure without noise that must stay within an edge."""
    return Measure(name, f"{value:g}{unit}", value, value, at_most=edge)
