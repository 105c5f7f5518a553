"""Segments: every working second of a bundle with its holder, who is charged, and why.

Facts are kept, segments are computed: again and again, with the same outcome however often and
however late. Reading until an earlier moment gives a prefix of what a later reading gives, its
last segment cut off there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from intermediaries.rulebook.clock.events import Event
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import BundleState
from intermediaries.rulebook.clock.turns import feed
from intermediaries.rulebook.clock.walk import NONE, Walk
from intermediaries.rulebook.clock.words import RULES
from intermediaries.rulebook.periods import NO_LOCAL_PERIODS, LocalPeriods
from market.kernel.law import Dated
from market.kernel.workdays import WorkCalendar
from market.kernel.workhours import USUAL_WINDOWS, Windows, WorkHours


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch under one holder: from `start` (included) to `end` (not), `worked` of it worked.

    `no` counts from 1 and never changes. `cause` names the facts the turn rests on, `rule` the row;
    `number` is the round or request, `about` the things meant.
    """

    no: int
    shows: BundleState
    holder: Party
    liable: Party
    start: datetime
    end: datetime
    worked: timedelta
    cause: tuple[str, ...]
    rule: str
    number: int
    about: str

    def why(self, language: str) -> str:
        """Why this hour is whose, in "zh" or "en", with its source."""
        return RULES[self.rule].words(language, self.number, self.about)


def segments(
    events: Iterable[Event],
    calendar: WorkCalendar,
    windows: tuple[Dated[Windows], ...] = USUAL_WINDOWS,
    *,
    until: datetime,
    local: LocalPeriods = NO_LOCAL_PERIODS,
) -> tuple[Segment, ...]:
    """All segments from T0 to the end of the case, or to `until` while it runs.

    For many cases make `WorkHours` once and use `walked` with `cut`. Facts later than `until` are
    not read. Refused as `feed` refuses; `CalendarNotPublished` in a year without holidays.
    """
    return cut(walked(events, WorkHours(calendar, windows), until=until, local=local))


def walked(
    events: Iterable[Event],
    hours: WorkHours,
    *,
    until: datetime,
    local: LocalPeriods = NO_LOCAL_PERIODS,
) -> Walk:
    """The walk along all facts up to `until`, standing there; facts come in recorded order."""
    walk = Walk(hours, local)
    for event in events:
        if event.at > until:
            break
        feed(walk, event)
    walk.run_to(until)
    return walk


def cut(walk: Walk) -> tuple[Segment, ...]:
    """The segments behind a walk."""
    return tuple(
        Segment(
            no,
            stretch.charge.shows,
            stretch.charge.holder,
            stretch.charge.liable,
            stretch.start,
            stretch.end,
            stretch.worked,
            stretch.charge.cause,
            stretch.charge.rule,
            stretch.charge.number,
            stretch.charge.about,
        )
        for no, stretch in enumerate(walk.stretches, 1)
    )


def held(of: Iterable[Segment]) -> Mapping[Party, timedelta]:
    """The working time each party held the ball."""
    return _summed((segment.holder, segment.worked) for segment in of)


def liable(of: Iterable[Segment]) -> Mapping[Party, timedelta]:
    """The working time each party is charged with, before counter-entries."""
    return _summed((segment.liable, segment.worked) for segment in of)


def _summed(rows: Iterable[tuple[Party, timedelta]]) -> Mapping[Party, timedelta]:
    sums: dict[Party, timedelta] = defaultdict(lambda: NONE)
    for party, worked in rows:
        sums[party] += worked
    return {party: sums[party] for party in Party}
