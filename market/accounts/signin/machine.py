"""The machine's time, from the database, so that every web process agrees about sessions."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.command import Office


class MachineClock:
    """`clock_timestamp()`, which no demonstration moves."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def now(self) -> datetime:
        """The database server's moment."""
        return self._office.read(_moment)


def _moment(session: Session) -> datetime:
    found: datetime = session.scalars(select(func.clock_timestamp())).one()
    return found.astimezone(UTC)
