"""A choice that others keep from its opening or its draw: what it lacks, and for how long.

Without an end one dead timekeeper too many, or a party that never gives its number, would hold
owner and agencies for ever. Nobody decides about it: the time is in the rule, counted from the
moment at which the choice could have been made.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

PATIENCE: Final = timedelta(days=15)
"""Days, not working days: no calendar has to be published for it. [D]"""


class Unmet(StrEnum):
    """What a choice was kept from by others.

    `PARTIES`: too few organisations with a key to draw. `NUMBERS`: the draw's parties have not
    completed it. `RELEASES`: two timekeepers have not released.
    """

    PARTIES = "parties"
    NUMBERS = "numbers"
    RELEASES = "releases"


class Round(Protocol):
    """A selection as far as its end needs it."""

    @property
    def opens_at(self) -> datetime:
        """When its quotes may be opened."""

    @property
    def decides_at(self) -> datetime | None:
        """The last moment for a pick, or of the last round."""


def last_moment(row: Round) -> datetime:
    """The last moment, included, at which what is lacking still comes in time."""
    begins = row.opens_at if row.decides_at is None else max(row.opens_at, row.decides_at)
    return begins + PATIENCE
