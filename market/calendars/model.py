"""Tables of the calendar: one row for each schedule of a year that was ever put forward."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from market.calendars.rules import FIRST_YEAR, LAST_YEAR, YearState
from market.db.base import Base
from market.db.types import Moment, StateColumn, Structure, one_of, version


class CalendarYear(Base):
    """The holidays of one year as its official paper states them; never changed, only replaced."""

    __tablename__ = "calendar_year"
    __table_args__ = (
        one_of("state", YearState),
        CheckConstraint(f"year BETWEEN {FIRST_YEAR} AND {LAST_YEAR}", name="year_known"),
        CheckConstraint("decided_by <> proposed_by OR state = 'dropped'", name="two_persons"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_whole"),
        Index(
            "ux_calendar_year_in_force", "year", unique=True, postgresql_where="state = 'in-force'"
        ),
        Index(
            "ux_calendar_year_proposed", "year", unique=True, postgresql_where="state = 'proposed'"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    year: Mapped[int] = mapped_column(Integer)
    document: Mapped[str] = mapped_column(String(80))
    """The number of the notice, as it is cited."""
    paper: Mapped[str] = mapped_column(String(400))
    """The address at which the notice stands."""
    holidays: Mapped[list[Any]] = mapped_column(Structure)
    state: Mapped[YearState] = mapped_column(StateColumn(YearState), default=YearState.PROPOSED)
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in trail and journal."""
        return f"calendar/{self.year}"
