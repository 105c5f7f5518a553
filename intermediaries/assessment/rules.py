"""A month of bundled assessment: which cases belong to it, when it is computed, its file.

A case belongs to the month of its decision. It is computed when every rating of the month has been
given or is neutral, and read as it stood at that moment: computing it again gives the same bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from intermediaries.orders.rules.states import Unscored
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.periods import RATING, closes
from intermediaries.rulebook.scores import (
    FORMULA,
    CaseFigures,
    Score,
    Standing,
    agency_score,
    department_score,
)
from market.kernel.errors import BadInput
from market.kernel.law import in_force
from market.kernel.workdays import WorkCalendar, days_after, legal_day, start_of
from market.protocol.encoding import Json, JsonObject, canonical, stamp, structure

INSTANT: Final = timedelta(microseconds=1)
_TIMES: Final = (
    "agency",
    "department",
    "experts",
    "agency_limit",
    "department_limit",
    "experts_limit",
)
_COUNTS: Final = (
    "agency_rounds",
    "department_rounds",
    "agency_returned",
    "department_returned",
)


class Side(StrEnum):
    """Who is ranked."""

    DEPARTMENT = "department"
    AGENCY = "agency"

    @property
    def party(self) -> Party:
        """Who it is on the clock."""
        return Party.DEPARTMENT if self is Side.DEPARTMENT else Party.AGENCY


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month by its first day."""

    first: date

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return start_of(self.first)

    @property
    def until(self) -> datetime:
        """The moment at which it is over."""
        return start_of(self.next.first)

    @property
    def next(self) -> "Month":
        """The month after it."""
        return Month(days_after(self.first, 31).replace(day=1))

    @property
    def name(self) -> str:
        """As it stands in addresses: 2026-11."""
        return f"{self.first.year:04d}-{self.first.month:02d}"

    def read_at(self, calendar: WorkCalendar) -> datetime:
        """The moment at which it is read: just after the last rating of its last day was due."""
        last = self.until - INSTANT
        return closes(RATING, last, calendar, on=legal_day(last)) + INSTANT


def month_of(at: datetime) -> Month:
    """The month in which a moment lies."""
    return Month(legal_day(at).replace(day=1))


def read_month(text: str) -> Month:
    """A month as `Month.name` writes it; `BadInput` "bad-month"."""
    try:
        month = Month(date.fromisoformat(f"{text}-01"))
    except ValueError:
        month = None
    if month is None or month.name != text:
        raise BadInput("bad-month", zh="月份的写法如 2026-11", en="Write a month like 2026-11")
    return month


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredCase:
    """A case with everything that its scores follow from.

    `agency` and `department` are credit codes, `on` the day whose formula holds.
    """

    order_no: str
    item_code: str
    agency: str
    department: str
    ended_at: datetime
    on: date
    figures: CaseFigures
    stars: Fraction

    @property
    def department_score(self) -> Score:
        """What the department gets for it."""
        return department_score(self.figures, on=self.on)

    @property
    def agency_score(self) -> Score:
        """What the agency gets for it."""
        return agency_score(self.figures, self.stars, on=self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnscoredCase:
    """A bundle that ended without a decision: nothing to score, and why."""

    order_no: str
    item_code: str
    agency: str
    department: str
    ended_at: datetime
    why: Unscored


@dataclass(frozen=True, slots=True, kw_only=True)
class LateReturn:
    """A decision sent back by a higher level when the scores of its month were already computed.

    `number` is its fact in the order, `month` that of the returned case and `limit` its limit,
    `who` the credit code of the side whose reason it was, `takes` the points it would have cost
    in the case.
    """

    order_no: str
    number: int
    month: Month
    side: Side
    who: str
    returned_at: datetime
    limit: timedelta
    takes: Fraction


def cost_of_return(on: date) -> Fraction:
    """The points that one returned decision takes, by the formula in force on a day."""
    return in_force(FORMULA, on).value.per_return


def plain_figures(figures: CaseFigures) -> dict[str, int]:
    """Figures as they are kept: working times in microseconds, counts."""
    times = {name: getattr(figures, name) // INSTANT for name in _TIMES}
    return times | {name: getattr(figures, name) for name in _COUNTS}


def read_figures(kept: dict[str, int]) -> CaseFigures:
    """Figures from what was kept."""
    return CaseFigures(
        agency=kept["agency"] * INSTANT,
        department=kept["department"] * INSTANT,
        experts=kept["experts"] * INSTANT,
        agency_limit=kept["agency_limit"] * INSTANT,
        department_limit=kept["department_limit"] * INSTANT,
        experts_limit=kept["experts_limit"] * INSTANT,
        agency_rounds=kept["agency_rounds"],
        department_rounds=kept["department_rounds"],
        agency_returned=kept["agency_returned"],
        department_returned=kept["department_returned"],
    )


def lines(
    month: Month,
    read_at: datetime,
    cases: Iterable[ScoredCase],
    unscored: Iterable[UnscoredCase],
    returns: Iterable[LateReturn],
    standings: Iterable[tuple[Side, Standing[str]]],
) -> Iterator[bytes]:
    """The file of a month, line by line: its head, cases, what has no score, returns, standings.

    Cases and what has none stand by their ends; one that has none says why and counts nowhere.
    Decisions of earlier months that were sent back stand by the moments at which they were.
    """
    yield _line(structure("scores", month=month.name, read_at=stamp(read_at)))
    for case in cases:
        yield _line(_case(case))
    for left in unscored:
        yield _line(_unscored(left))
    for late in returns:
        yield _line(_late(late))
    for side, one in standings:
        yield _line(_standing(side, one))


def _line(value: JsonObject) -> bytes:
    return canonical(value) + b"\n"


def _case(case: ScoredCase) -> JsonObject:
    figures: dict[str, Json] = {**plain_figures(case.figures)}
    return {
        "order": case.order_no,
        "item": case.item_code,
        "agency": case.agency,
        "department": case.department,
        "ended": stamp(case.ended_at),
        "on": case.on.isoformat(),
        "figures": figures,
        "stars": str(case.stars),
        "agency_score": str(case.agency_score.value),
        "department_score": str(case.department_score.value),
    }


def _unscored(one: UnscoredCase) -> JsonObject:
    return {
        "order": one.order_no,
        "item": one.item_code,
        "agency": one.agency,
        "department": one.department,
        "ended": stamp(one.ended_at),
        "not_scored": one.why.value,
    }


def _late(one: LateReturn) -> JsonObject:
    return {
        "order": one.order_no,
        "fact": one.number,
        "month": one.month.name,
        "returned": stamp(one.returned_at),
        "side": one.side.value,
        "who": one.who,
        "limit": one.limit // INSTANT,
        "takes": str(one.takes),
    }


def _standing(side: Side, one: Standing[str]) -> JsonObject:
    return {
        "side": side.value,
        "who": one.key,
        "cases": one.cases,
        "limit": one.limit // INSTANT,
        "mean": str(one.mean),
        "rank": one.rank,
    }
