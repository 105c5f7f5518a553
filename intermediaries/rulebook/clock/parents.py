"""A parent of several bundles: an approval that needs several services at once.

What a party is charged with there is the union of its intervals in all bundles, never their sum:
an hour in which it kept two bundles waiting is one hour.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.segments import Segment
from market.kernel.workhours import NOTHING, WorkHours

Interval = tuple[datetime, datetime]


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
