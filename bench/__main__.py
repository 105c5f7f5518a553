"""Measure the goals: `python -m bench [GOAL]`; exits 1 when one that must hold does not."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench import clock, notices, sealing, tenders
from bench.goals import Measure

FOLDER: Final = Path("var/bench")
GOALS: Final[dict[str, tuple[str, Callable[[Path], list[Measure]]]]] = {
    "P7": ("list pages", lambda folder: [*notices.run(folder), *tenders.run(folder)]),
    "P16": ("sealing in the browser", sealing.run),
    "CLOCK": ("bundled clock, a month of cases", clock.run),
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
        title, run = GOALS[goal]
        sys.stdout.write(f"{goal} {title}\n")
        for measure in run(FOLDER):
            measure.show()
            missed += not measure.holds
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
