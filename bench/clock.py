"""The bundled clock: a month of ten thousand cases, read and scored, costs ten times a thousand.

Nothing is measured but arithmetic: no database, no page. The limit is the time per case in a small
set; the product is the time per case in a set ten times as large, in alternating slices.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Final

from bench.goals import Measure, at_most
from bench.pairs import alternate, ratio_of
from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.reading import read
from intermediaries.rulebook.scores import Weighed, agency_score, figures, ranking
from market.kernel.holidays import seed_calendar
from market.kernel.workdays import SHANGHAI, legal_day
from market.kernel.workhours import HOUR, WorkHours

SMALL: Final = 1_000
LARGE: Final = 10 * SMALL
PAIRS: Final = 5
AGENCIES: Final = 200
CONDITIONS: Final = (
    f"processor time of {SMALL:,} and of {LARGE:,} cases read, scored and ranked in {PAIRS} pairs; "
    "no database and no page"
)
STARS: Final = Fraction(9, 2)
EDGE: Final = 1.3
"""A case in a large set costs at most so many times a case in a small one."""

HOURS: Final = WorkHours(seed_calendar())
FIRST: Final = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)


def case(number: int) -> list[events.Event]:
    """A decided case with experts and a round of revision; no two are alike."""
    start = FIRST + timedelta(hours=number % 2000, minutes=number % 53)

    def after(hours: int) -> datetime:
        return HOURS.after(start, hours * HOUR + timedelta(minutes=number % 41))

    return [
        events.Committed("1", start, ("site plan",), 80 * HOUR, 40 * HOUR, 24 * HOUR),
        events.InputsDelivered("2", after(9), ("site plan",)),
        events.DraftDelivered("3", after(70)),
        events.DraftAccepted("4", after(75)),
        events.Submitted("5", after(76)),
        events.CaseAccepted("6", after(80)),
        events.ExpertsInvited("7", after(90), (events.ExpertCall("one"), events.ExpertCall("two"))),
        events.ExpertSigned("8", after(100), "one"),
        events.ExpertSigned("9", after(118), "two"),
        events.OpinionIssued("10", after(119), (events.Issue("noise", events.Origin.NEW_VISIBLE),)),
        events.Revised("11", after(130)),
        events.FileFinal("12", after(135)),
        events.Decided("13", after(140), events.Outcome.APPROVED),
    ]


def scored(cases: Iterable[list[events.Event]]) -> int:
    """Read, score and rank cases; how many agencies stand in the ranking."""
    rows = []
    for number, facts in enumerate(cases):
        until = facts[-1].at
        figured = figures(read(facts, HOURS, until=until))
        score = agency_score(figured, STARS, on=legal_day(until)).value
        rows.append(Weighed(number % AGENCIES, score, figured.limit))
    return len(ranking(rows, on=legal_day(FIRST)))


def run(folder: Path) -> list[Measure]:
    """The measure; nothing is written into `folder`."""
    del folder
    sets = {size: [case(number) for number in range(size)] for size in (SMALL, LARGE)}

    def per_case(size: int) -> float:
        began = time.process_time()
        if scored(sets[size]) != AGENCIES:
            raise AssertionError("an agency is missing")
        return (time.process_time() - began) / size

    pairs = alternate(lambda: per_case(SMALL), lambda: per_case(LARGE), PAIRS)
    return [at_most("a case of 10,000 over a case of 1,000", ratio_of(pairs), EDGE)]
