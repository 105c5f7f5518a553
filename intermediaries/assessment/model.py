"""Tables of bundled assessment: months that were computed, their cases, their standings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from intermediaries.assessment.rules import Side
from intermediaries.orders.rules.states import Unscored
from market.db.base import Base
from market.db.types import Hash, Moment, StateColumn, Structure, one_of


class AssessedMonth(Base):
    """A month that was computed: how many cases, and the hash of its file."""

    __tablename__ = "assessed_month"

    first_day: Mapped[date] = mapped_column(Date, primary_key=True)
    read_at: Mapped[datetime] = mapped_column(Moment)
    """As of which moment ratings and rulings were read."""
    computed_at: Mapped[datetime] = mapped_column(Moment)
    cases: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(Hash)
    lists_unscored: Mapped[bool] = mapped_column(default=True, server_default="false")
    """Whether its file names what has no score; a file made before there were such lines stays."""
    lists_returns: Mapped[bool] = mapped_column(default=True, server_default="false")
    """Whether it counts decisions sent back after their own month; likewise."""


class AssessedUnscored(Base):
    """A bundle that ended in a month without a decision to be scored, and why."""

    __tablename__ = "assessed_unscored"
    __table_args__ = (
        one_of("why", Unscored),
        Index("uq_assessed_unscored_place", "first_day", "place", unique=True),
    )

    order_no: Mapped[str] = mapped_column(String(32), primary_key=True)
    first_day: Mapped[date] = mapped_column(ForeignKey("assessed_month.first_day"))
    place: Mapped[int] = mapped_column(Integer)
    agency: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    department: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    agency_code: Mapped[str] = mapped_column(String(64))
    department_code: Mapped[str] = mapped_column(String(64))
    item_code: Mapped[str] = mapped_column(String(16))
    ended_at: Mapped[datetime] = mapped_column(Moment)
    why: Mapped[Unscored] = mapped_column(StateColumn(Unscored))


class AssessedCase(Base):
    """A case of a month: figures and stars; scores follow from them."""

    __tablename__ = "assessed_case"
    __table_args__ = (
        Index("uq_assessed_case_place", "first_day", "place", unique=True),
        Index("ix_assessed_case_agency", "agency", "first_day"),
        Index("ix_assessed_case_department", "department", "first_day"),
    )

    order_no: Mapped[str] = mapped_column(String(32), primary_key=True)
    first_day: Mapped[date] = mapped_column(ForeignKey("assessed_month.first_day"))
    place: Mapped[int] = mapped_column(Integer)
    agency: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    department: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    agency_code: Mapped[str] = mapped_column(String(64))
    department_code: Mapped[str] = mapped_column(String(64))
    """Credit codes as they stood when it was computed."""
    item_code: Mapped[str] = mapped_column(String(16))
    ended_at: Mapped[datetime] = mapped_column(Moment)
    formula_day: Mapped[date] = mapped_column(Date)
    figures: Mapped[dict[str, int]] = mapped_column(Structure)
    stars: Mapped[str] = mapped_column(String(64))
    """An exact fraction, such as 9/2."""


class AssessedReturn(Base):
    """A decision sent back after the scores of its month, in the month in which that counts."""

    __tablename__ = "assessed_return"
    __table_args__ = (
        one_of("side", Side),
        CheckConstraint('"limit" > 0', name="limit_positive"),
        Index("uq_assessed_return_place", "first_day", "place", unique=True),
    )

    order_no: Mapped[str] = mapped_column(ForeignKey("assessed_case.order_no"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    """The number of the fact in its order."""
    first_day: Mapped[date] = mapped_column(ForeignKey("assessed_month.first_day"))
    place: Mapped[int] = mapped_column(Integer)
    side: Mapped[Side] = mapped_column(StateColumn(Side))
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(64))
    """Its credit code as it stood when the month was computed."""
    returned_at: Mapped[datetime] = mapped_column(Moment)
    limit: Mapped[int] = mapped_column(BigInteger)
    """The limit of the returned case, in microseconds of working time."""
    takes: Mapped[str] = mapped_column(String(64))
    """An exact fraction of points."""


class AssessedStanding(Base):
    """A department's or an agency's month; without a rank where its cases are too few."""

    __tablename__ = "assessed_standing"
    __table_args__ = (
        one_of("side", Side),
        CheckConstraint("cases > 0", name="cases_positive"),
        CheckConstraint("rank IS NULL OR rank > 0", name="rank_positive"),
    )

    first_day: Mapped[date] = mapped_column(
        ForeignKey("assessed_month.first_day"), primary_key=True
    )
    side: Mapped[Side] = mapped_column(StateColumn(Side), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The credit code of the organisation."""
    place: Mapped[int] = mapped_column(Integer)
    """Its place on the list, those without a rank last."""
    cases: Mapped[int] = mapped_column(Integer)
    limit: Mapped[int] = mapped_column(BigInteger)
    """The limits of its cases together, in microseconds of working time."""
    mean: Mapped[str] = mapped_column(Text)
    """An exact fraction."""
    rank: Mapped[int | None] = mapped_column(Integer)
