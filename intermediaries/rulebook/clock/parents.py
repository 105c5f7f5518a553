"""A parent of several bundles: an approval that needs several services at once.

What a party is charged with there is the union of its intervals in all bundles, never their sum:
an hour in which it kept two bundles waiting is one hour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from intermediaries.rulebook.clock.events import Outcome
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.reading import Reading
from intermediaries.rulebook.clock.segments import Segment
from market.kernel.workhours import NOTHING, WorkHours

Interval = tuple[datetime, datetime]


class ParentState(StrEnum):
    """How far an approval with several services has come."""

    RUNNING = "running"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"
    """One service ended without a decision, and none was refused or runs."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One service of an approval: its order, its code in the catalogue, its clock, begun."""

    no: str
    service: str
    began_at: datetime
    reading: Reading

    @property
    def ended_at(self) -> datetime | None:
        """The decision, or the end without one; None while it runs."""
        return self.reading.ended_at


@dataclass(frozen=True, slots=True)
class Parent:
    """Several bundles as one: from the first T0 to the last decision.

    `united` is what each party is charged with, `ended_at` None while one of the bundles runs.
    """

    state: ParentState
    began_at: datetime
    ended_at: datetime | None
    united: Mapping[Party, timedelta]


def attempts(bundles: Iterable[Bundle]) -> list[tuple[Bundle, ...]]:
    """The bundles of a project and an approval item, as the attempts at that approval.

    A bundle belongs to what still ran when it began. After a time in which nothing ran it begins
    a new attempt where the last one was refused or its own service was decided there already; a
    service that comes later, or again after an end without a decision, belongs to the one before.
    """
    found: list[list[Bundle]] = []
    for one in sorted(bundles, key=lambda each: (each.began_at, each.no)):
        if found and _belongs(found[-1], one):
            found[-1].append(one)
        else:
            found.append([one])
    return [tuple(each) for each in found]


def parent_of(bundles: Sequence[Bundle], hours: WorkHours) -> Parent:
    """What the bundles of one attempt come to together, as far as each was read.

    Of a service that was begun again the newest bundle decides the state; the hours of all count.
    `ValueError` for no bundle.
    """
    ends = [one.ended_at for one in bundles]
    over = [end for end in ends if end is not None]
    return Parent(
        _state(bundles),
        min(one.began_at for one in bundles),
        max(over) if len(over) == len(ends) else None,
        united((charged_segments(one.reading) for one in bundles), hours),
    )


def charged_segments(reading: Reading) -> tuple[Segment, ...]:
    """The segments of a bundle with who is charged after all counter-entries.

    Summed by party they are the bundle's own account.
    """
    target = {entry.segment: entry.target for entry in reading.counter_entries}
    return tuple(replace(one, liable=target.get(one.no, one.liable)) for one in reading.segments)


def intervals(bundles: Iterable[Iterable[Segment]], party: Party) -> tuple[Interval, ...]:
    """When a party is charged in any of the bundles: apart from each other, in their order."""
    stretches = sorted(
        (segment.start, segment.end)
        for bundle in bundles
        for segment in bundle
        if segment.liable is party
    )
    merged: list[Interval] = []
    for start, end in stretches:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def united(bundles: Iterable[Iterable[Segment]], hours: WorkHours) -> Mapping[Party, timedelta]:
    """The working time each party is charged with in the parent."""
    kept = [tuple(bundle) for bundle in bundles]
    return {
        party: sum((hours.between(start, end) for start, end in intervals(kept, party)), NOTHING)
        for party in Party
    }


def _newest(bundles: Iterable[Bundle]) -> dict[str, Bundle]:
    """The last begun bundle of each service."""
    ordered = sorted(bundles, key=lambda each: (each.began_at, each.no))
    return {one.service: one for one in ordered}


def _belongs(attempt: Sequence[Bundle], one: Bundle) -> bool:
    if any(each.ended_at is None or one.began_at <= each.ended_at for each in attempt):
        return True
    newest = _newest(attempt)
    if any(each.reading.outcome is Outcome.REFUSED for each in newest.values()):
        return False
    before = newest.get(one.service)
    return before is None or before.reading.outcome is None


def _state(bundles: Sequence[Bundle]) -> ParentState:
    newest = _newest(bundles).values()
    outcomes = [one.reading.outcome for one in newest]
    if Outcome.REFUSED in outcomes:
        return ParentState.REFUSED
    if any(one.ended_at is None for one in newest):
        return ParentState.RUNNING
    return ParentState.ENDED if None in outcomes else ParentState.APPROVED
