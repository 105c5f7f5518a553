"""Measure the goals: `python -m bench [GOAL]`; exits 1 when one that must hold does not.

What was seen is written to docs/bench, a page for each goal; `BENCH_DOCS` names another folder. A
trial is short: `BENCH_PAIRS=2 BENCH_SECONDS=0.5 BENCH_ROWS=20000`; its page says that it is one.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench import clock, notices, orders, scores, sealing, tenders
from bench.goals import Measure
from bench.told import page, this_machine
from market.kernel.clock import MachineClock

FOLDER: Final = Path("var/bench")
DOCS: Final = Path(os.environ.get("BENCH_DOCS", "docs/bench"))
GOALS: Final[dict[str, tuple[str, str, Callable[[Path], list[Measure]]]]] = {
    "P7": (
        "list pages",
        f"{notices.CONDITIONS}; {tenders.CONDITIONS}",
        lambda folder: [*notices.run(folder), *tenders.run(folder)],
    ),
    "P16": ("sealing in the browser", sealing.CONDITIONS, sealing.run),
    "CLOCK": ("bundled clock, a month of cases", clock.CONDITIONS, clock.run),
    "ORDERS": ("orders of a department", orders.CONDITIONS, orders.run),
    "SCORES": ("scores of a month", scores.CONDITIONS, scores.run),
}


def main(arguments: Sequence[str]) -> int:
    """Run the goals named, else all."""
    wanted = [word.upper() for word in arguments if word] or list(GOALS)
    if unknown := [word for word in wanted if word not in GOALS]:
        sys.stderr.write(f"no such goal: {', '.join(unknown)}; there are {', '.join(GOALS)}\n")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    missed = 0
    for goal in wanted:
        title, conditions, run = GOALS[goal]
        machine, when = this_machine(), f"{MachineClock().now():%Y-%m-%d %H:%M} UTC"
        sys.stdout.write(f"{goal} {title}\n  {machine}\n")
        measures = run(FOLDER)
        for measure in measures:
            measure.show()
            missed += not measure.holds
        DOCS.mkdir(parents=True, exist_ok=True)
        told = page(goal, title, conditions, machine, when, measures)
        (DOCS / f"{goal}.md").write_text(told, "utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
