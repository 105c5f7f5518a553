"""The demonstration's clock: the database's, shifted; it only moves forward and survives restarts.

The shift is one row in a schema of its own, which exists in the demonstration's database alone.
Other organisations' programs (custodian, witness) follow by asking the platform for the shift.
"""

from datetime import UTC, datetime, timedelta

import urllib3
from sqlalchemy import Engine, text

from market.kernel.clock import Clock
from market.kernel.errors import Refusal

FIRST_MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""2026-03-02 09:00 Asia/Shanghai, the first moment of the demonstration."""

BEGIN = datetime(2026, 1, 12, 1, 0, tzinfo=UTC)
"""Where a demonstration begins that plays its tenders to their stages before its first morning."""

FARTHEST = timedelta(days=366)
"""How far one move goes: a slip of the finger must not end the demonstration for good."""

_TABLE = """
CREATE SCHEMA IF NOT EXISTS demo;
CREATE TABLE IF NOT EXISTS demo.clock (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    shift interval NOT NULL
)
"""


class DemoClock:
    """`clock_timestamp()` plus the stored shift."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def now(self) -> datetime:
        """The demonstration's moment."""
        with self._engine.connect() as connection:
            moment: datetime = connection.execute(
                text("SELECT clock_timestamp() + shift FROM demo.clock")
            ).scalar_one()
        return moment.astimezone(UTC)

    def shift(self) -> timedelta:
        """How far the demonstration's time is from the machine's; negative where it lies behind."""
        with self._engine.connect() as connection:
            found: timedelta = connection.execute(text("SELECT shift FROM demo.clock")).scalar_one()
        return found

    def set_up(self, begin: datetime = FIRST_MORNING) -> None:
        """Make the row on the first start, so that this is the demonstration's moment."""
        with self._engine.connect() as connection:
            for statement in _TABLE.split(";"):
                connection.execute(text(statement))
            connection.execute(
                text(
                    "INSERT INTO demo.clock (shift) VALUES (:first - clock_timestamp())"
                    " ON CONFLICT DO NOTHING"
                ),
                {"first": begin},
            )

    def advance_to(self, moment: datetime) -> datetime:
        """Move forward to `moment`.

        `Refusal` "clock-only-forward" for the past, "clock-too-far" beyond 366 days from now.
        """
        now = self.now()
        if moment < now:
            raise Refusal(
                "clock-only-forward",
                zh="演示时钟只能向前拨",
                en="The demonstration's clock only moves forward",
            )
        if moment > now + FARTHEST:
            raise Refusal(
                "clock-too-far",
                zh="演示时钟一次最多向前拨 366 天",
                en="One move takes the demonstration's clock at most 366 days forward",
            )
        with self._engine.connect() as connection:
            connection.execute(
                text("UPDATE demo.clock SET shift = shift + :by"), {"by": moment - now}
            )
        return self.now()


class FollowingClock:
    """The clock of another organisation's program: it follows the demonstration's."""

    def __init__(self, platform_url: str, machine: Clock) -> None:
        self._url = f"{platform_url}/demo/clock.json"
        self._machine = machine
        self._http = urllib3.PoolManager(retries=3, timeout=5)

    def now(self) -> datetime:
        """The machine's moment, shifted as the platform's demonstration clock says."""
        answer = self._http.request("GET", self._url).json()
        return self._machine.now() + timedelta(microseconds=int(answer["shift_microseconds"]))
