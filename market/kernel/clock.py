"""Where `now` comes from: a clock is handed in, never asked from the computer by a rule."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Something that tells the legal moment."""

    def now(self) -> datetime:
        """The moment, aware, UTC, to the microsecond."""


class StoppedClock:
    """A clock that stands where it was set; for tests."""

    def __init__(self, at: datetime) -> None:
        self.at = aware(at)

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at


def aware(moment: datetime) -> datetime:
    """The same moment in UTC; `ValueError` for a naive one, which means nothing."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(UTC)


class MachineClock:
    """The machine's own clock: for programs of other organisations, whose time is their testimony.

    The platform never uses it: its clock is the database's (market/db/clock.py).
    """

    def now(self) -> datetime:
        """What this machine says."""
        return datetime.now(UTC)  # noqa: TID251  a witness testifies by its own clock
