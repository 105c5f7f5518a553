"""SCORES: a month of 10,000 cases, scored by one command; against reading its facts, and 1,000.

The cases stand in the database with their facts. Each time the command computes the month from
these, and would refuse if the bytes of its file came out different from the first time.
"""

import os
import time
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from bench.goals import Measure, at_most
from bench.orders import RUNNING, filled
from bench.pairs import alternate, ratio_of
from intermediaries.assessment.commands import ComputeMonth, compute_month
from intermediaries.assessment.rules import Month
from intermediaries.orders.queries import finished
from market.command import HOUSE
from market.db.launcher import servers
from market.kernel.holidays import seed_calendar
from tests.support.offices import make_office

MONTH: Final = Month(date(2026, 11, 1))
LARGE: Final = int(os.environ.get("BENCH_CASES", "10000"))
SMALL: Final = LARGE // 10
PAIRS: Final = 5
READING: Final = 5.0
"""A month costs at most so many times the reading of its facts."""
LINEAR: Final = 1.3
"""A case of a large month costs at most so many times a case of a small one."""
CONDITIONS: Final = (
    f"months of {SMALL:,} and of {LARGE:,} cases in the database, {PAIRS} pairs; the command reads"
    " facts and ratings, computes every score and both rankings, and compares its file's hash"
)


def run(folder: Path) -> list[Measure]:
    """Fill both databases, unless that was done; compute each once; then measure."""
    calendar = seed_calendar()
    with ExitStack() as stack:
        running = stack.enter_context(servers(folder))
        engines = dict[int, Engine]()
        for size in (SMALL, LARGE):
            url = running.database_url(f"bench_scores_{size}")
            filled(url, size)
            engines[size] = create_engine(url)
            stack.callback(engines[size].dispose)

        def scored(size: int) -> float:
            office = make_office(engines[size], MONTH.read_at(calendar)).office
            began = time.perf_counter()  # machine time: how long the command takes
            said = office.run(compute_month, ComputeMonth(MONTH), HOUSE)
            took = time.perf_counter() - began
            if said["cases"] < size - 2 * RUNNING:
                raise AssertionError(f"only {said['cases']} of {size} cases were scored")
            return took / int(said["cases"])

        def read_alone(size: int) -> float:
            began = time.perf_counter()
            with Session(engines[size]) as session:
                cases = sum(
                    1 for _ in finished(session, MONTH.since, MONTH.until, calendar=calendar)
                )
            return (time.perf_counter() - began) / cases

        for size in engines:
            scored(size)
        reading = alternate(partial(read_alone, LARGE), partial(scored, LARGE), PAIRS)
        linear = alternate(partial(scored, SMALL), partial(scored, LARGE), PAIRS)
        return [
            at_most(f"a month of {LARGE:,} over reading its facts", ratio_of(reading), READING),
            at_most(f"a case of {LARGE:,} over a case of {SMALL:,}", ratio_of(linear), LINEAR),
        ]
