"""Computed months as everybody reads them: rankings, cases, every point explained, the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.assessment import late
from intermediaries.assessment.model import (
    AssessedCase,
    AssessedMonth,
    AssessedStanding,
    AssessedUnscored,
)
from intermediaries.assessment.rules import (
    INSTANT,
    Month,
    ScoredCase,
    Side,
    UnscoredCase,
    lines,
    read_figures,
)
from intermediaries.orders.queries import unscored
from intermediaries.orders.rules.states import Unscored
from intermediaries.rulebook.scores import Standing
from market.accounts.queries.organisations import OrganisationName, ids_by_uscc, organisation
from market.accounts.queries.organisations import names as organisation_names
from market.kernel.errors import NotFound

BATCH: Final = 500
"""Cases read at once."""


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """A month that was computed."""

    month: Month
    read_at: datetime
    computed_at: datetime
    cases: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation by its code, with its names; the code for one that has withdrawn."""

    code: str
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


def months(session: Session) -> list[MonthFacts]:
    """Every computed month, newest first."""
    rows = session.scalars(select(AssessedMonth).order_by(AssessedMonth.first_day.desc()))
    return [_facts(row) for row in rows]


def month_facts(session: Session, month: Month) -> MonthFacts:
    """One computed month; `NotFound` "no-scores"."""
    row = session.get(AssessedMonth, month.first)
    if row is None:
        raise NotFound("no-scores", zh="该月尚未计分", en="There are no scores of this month")
    return _facts(row)


def newest_day(session: Session) -> date | None:
    """The first day of the newest computed month."""
    return session.scalar(
        select(AssessedMonth.first_day).order_by(AssessedMonth.first_day.desc()).limit(1)
    )


def standings(session: Session, month: Month, side: Side) -> list[Standing[str]]:
    """The ranking of one side, best first, those without a rank last."""
    rows = session.scalars(
        select(AssessedStanding)
        .where(AssessedStanding.first_day == month.first, AssessedStanding.side == side)
        .order_by(AssessedStanding.place)
    )
    return [
        Standing(row.code, row.cases, row.limit * INSTANT, Fraction(row.mean), row.rank)
        for row in rows
    ]


def cases(
    session: Session, month: Month, limit: int, after: int = -1, code: str | None = None
) -> list[tuple[int, ScoredCase]]:
    """Cases of a month with their places, after a place; of one organisation if named."""
    found = select(AssessedCase).where(
        AssessedCase.first_day == month.first, AssessedCase.place > after
    )
    if code is not None:
        found = found.where(
            (AssessedCase.agency_code == code) | (AssessedCase.department_code == code)
        )
    rows = session.scalars(found.order_by(AssessedCase.place).limit(limit))
    return [(row.place, _case(row)) for row in rows]


def case(session: Session, month: Month, order_no: str) -> ScoredCase:
    """One case of a month; `NotFound` "no-scores"."""
    row = session.get(AssessedCase, order_no)
    if row is None or row.first_day != month.first:
        raise NotFound("no-scores", zh="该月没有此案的得分", en="This case has no scores here")
    return _case(row)


def file_lines(session: Session, month: Month) -> Iterator[bytes]:
    """The file of a computed month, read in batches."""
    facts = month_facts(session, month)
    both = [(side, one) for side in Side for one in standings(session, month, side)]
    left = all_unscored(session, month)
    returns = late.of_month(session, month)
    return lines(month, facts.read_at, all_cases(session, month), left, returns, both)


def all_unscored(session: Session, month: Month) -> Iterator[UnscoredCase]:
    """What ended in a computed month without a score, in its order; none in a file without them."""
    rows = session.scalars(
        select(AssessedUnscored)
        .where(AssessedUnscored.first_day == month.first)
        .order_by(AssessedUnscored.place)
        .execution_options(yield_per=BATCH)
    )
    for row in rows:
        yield UnscoredCase(
            order_no=row.order_no,
            item_code=row.item_code,
            agency=row.agency_code,
            department=row.department_code,
            ended_at=row.ended_at,
            why=row.why,
        )


def all_cases(session: Session, month: Month) -> Iterator[ScoredCase]:
    """Every case of a month in its order, read in batches."""
    after = -1
    while True:
        found = cases(session, month, BATCH, after)
        for after, one in found:  # noqa: B007  the last place is where the next batch begins
            yield one
        if len(found) < BATCH:
            return


@dataclass(frozen=True, slots=True)
class NotScored:
    """A bundle that ended in a month without a decision, with the names of both sides."""

    order_no: str
    item_code: str
    department: OrganisationName
    agency: OrganisationName
    ended_at: datetime
    why: Unscored


def not_scored(session: Session, month: Month) -> list[NotScored]:
    """What ended in a month and has no score, by its end, and why."""
    found = unscored(session, month.since, month.until)
    known = organisation_names(
        session, {key for one in found for key in (one.department, one.agency)}
    )
    return [
        NotScored(
            one.order_no,
            one.item_code,
            known[one.department],
            known[one.agency],
            one.ended_at,
            one.why,
        )
        for one in found
    ]


def names(session: Session, codes: list[str]) -> dict[str, Named]:
    """What organisations are called, by their codes."""
    ids: dict[str, UUID] = ids_by_uscc(session, codes)
    found = {}
    for code in codes:
        if code in ids:
            facts = organisation(session, ids[code])
            found[code] = Named(code, facts.name_zh, facts.name_en)
        else:
            found[code] = Named(code, code, code)
    return found


def _facts(row: AssessedMonth) -> MonthFacts:
    return MonthFacts(Month(row.first_day), row.read_at, row.computed_at, row.cases, row.digest)


def _case(row: AssessedCase) -> ScoredCase:
    return ScoredCase(
        order_no=row.order_no,
        item_code=row.item_code,
        agency=row.agency_code,
        department=row.department_code,
        ended_at=row.ended_at,
        on=row.formula_day,
        figures=read_figures(row.figures),
        stars=Fraction(row.stars),
    )
