"""What was measured, where and under which conditions, as a page of docs/bench.

A figure says nothing without its machine, so each page begins with it, and says plainly when the
machine was not quiet or when the run was shorter than a whole one.
"""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bench.goals import Measure
from bench.pairs import PAIRS, SECONDS, WHOLE_PAIRS, WHOLE_SECONDS

QUIET: Final = 0.25
"""Load of the machine before a run, for each of its processors, above which it is not quiet."""
CPU: Final = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run ran on; `load` is the average of the minute before it began."""

    processor: str
    cores: int
    memory: int
    """GiB."""
    system: str
    python: str
    load: float

    @property
    def is_quiet(self) -> bool:
        """Whether nobody else was at work."""
        return self.load <= QUIET * self.cores

    def __str__(self) -> str:
        """One line of a page."""
        return (
            f"{self.processor}, {self.cores} processors, {self.memory} GiB; {self.system}; "
            f"Python {self.python}; load {self.load:.2f} before the run"
        )


def this_machine() -> Machine:
    """The machine at hand."""
    known = CPU.read_text().splitlines() if CPU.exists() else []
    models = [line.partition(":")[2].strip() for line in known if line.startswith("model name")]
    return Machine(
        processor=models[0] if models else platform.machine(),
        cores=os.cpu_count() or 1,
        memory=round(psutil.virtual_memory().total / 2**30),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load=os.getloadavg()[0],
    )


def page(
    goal: str, title: str, conditions: str, on: Machine, when: str, measures: Sequence[Measure]
) -> str:
    """The page of one goal; `when` is the day and hour of the run."""
    lines = [
        f"# {goal}: {title}",
        "",
        f"`make bench GOAL={goal}`, {when}.",
        "",
        f"- Machine: {on}",
        f"- Measured: {conditions}",
    ]
    if not on.is_quiet:
        lines.append("- **The machine was not quiet: these figures are no answer to the goal.**")
    if PAIRS < WHOLE_PAIRS or SECONDS < WHOLE_SECONDS:
        lines.append(
            f"- **A trial: {PAIRS} pairs of {SECONDS:g} s instead of {WHOLE_PAIRS} of "
            f"{WHOLE_SECONDS:g} s.**"
        )
    lines += ["", "| measure | seen | goal | |", "|---|---|---|---|"]
    lines += [f"| {one.name} | {one.told} | {one.edge} | {one.word} |" for one in measures]
    lines += [
        "",
        "A ratio is the median of its pairs with the 95 % interval; the bad end of the interval is",
        "compared with the goal. *void*: the limit itself was too unsteady in this run.",
    ]
    return "\n".join(lines) + "\n"
