"""Credit as everybody and the rooms above read it, always computed from the ledger."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.agencies.queries import AgencyName, agency_name, agency_numbers
from intermediaries.credit.model import CreditMonth, CreditRunning
from intermediaries.credit.reading import read, rows_of
from intermediaries.credit.rules import LEVELS, published
from intermediaries.rulebook.credit import Credit, credit
from intermediaries.rulebook.ledger import LedgerEntry
from intermediaries.rulebook.penalties import Level, Rights
from market.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """The credit of an agency at a moment.

    Score, level and rights are those published for the month; suspension, removal and what the
    ledger says now (`today`) count at once. `entries` are all rows of the ledger up to the moment.
    """

    score: Fraction
    level: Level
    rights: Rights
    suspended_until: date | None
    is_removed: bool
    running: int
    entries: tuple[LedgerEntry, ...]
    month: Credit
    today: Credit

    @property
    def may_take(self) -> bool:
        """Whether it may enrol for another project."""
        most = self.rights.most_running
        return (
            not self.is_removed
            and self.suspended_until is None
            and (most is None or self.running < most)
        )


@dataclass(frozen=True, slots=True)
class Ranked:
    """An agency on the public list: its rank by score, equal scores share one."""

    rank: int
    organisation: UUID
    no: str
    score: Fraction
    level: Level
    suspended_until: date | None


def standing(session: Session, organisation: UUID, now: datetime) -> CreditFacts:
    """The credit of one organisation; who has no entry yet stands at the base."""
    return standings(session, [organisation], now)[organisation]


def standings(
    session: Session, organisations: Collection[UUID], now: datetime
) -> dict[UUID, CreditFacts]:
    """The same for many at once."""
    rows = rows_of(session, organisations)
    counted = session.scalars(
        select(CreditRunning).where(CreditRunning.organisation.in_(list(organisations)))
    )
    running = {row.organisation: row.running for row in counted}
    return {
        one: facts_of([read(row) for row in rows.get(one, [])], running.get(one, 0), now)
        for one in organisations
    }


def facts_of(entries: Iterable[LedgerEntry], running: int, now: datetime) -> CreditFacts:
    """What a ledger says at a moment."""
    kept = tuple(one for one in entries if one.at <= now)
    month, today = published(kept, now), credit(kept, now)
    return CreditFacts(
        month.score,
        month.level,
        month.rights,
        today.suspended_through,
        today.is_removed,
        running,
        kept,
        month,
        today,
    )


def levels(session: Session, organisations: Collection[UUID], now: datetime) -> dict[UUID, Level]:
    """The published levels of many."""
    return {one: facts.level for one, facts in standings(session, organisations, now).items()}


def refuse_unless_may_take(session: Session, organisation: UUID, now: datetime) -> None:
    """Go on only if credit lets the agency enrol; `Refusal` "credit-suspended", "too-many-running".

    The last day of a suspension belongs to it.
    """
    facts = standing(session, organisation, now)
    if facts.is_removed or facts.suspended_until is not None:
        last = facts.suspended_until or facts.today.banned_through
        raise Refusal(
            "credit-suspended",
            zh=f"因信用处理暂停承接业务，至{last}止",
            en=f"Suspended by the rules of credit, through {last}",
            article=LEVELS,
        )
    if not facts.may_take:
        raise Refusal(
            "too-many-running",
            zh=f"信用{facts.level}级机构同时承接的项目不超过{facts.rights.most_running}个",
            en=f"With level {facts.level} no more than {facts.rights.most_running} projects run at"
            " once",
            article=LEVELS,
        )


def ranking(session: Session, now: datetime) -> list[Ranked]:
    """Every agency that everybody may know of, best first; within a score by its number."""
    numbers = agency_numbers(session)
    known = standings(session, list(numbers), now)
    order = sorted(numbers.items(), key=lambda one: (-known[one[0]].score, one[1]))
    lines: list[Ranked] = []
    for place, (organisation, no) in enumerate(order, 1):
        facts = known[organisation]
        same = lines and lines[-1].score == facts.score
        rank = lines[-1].rank if same else place
        line = Ranked(rank, organisation, no, facts.score, facts.level, facts.suspended_until)
        lines.append(line)
    return lines


def agency_credit(session: Session, no: str, now: datetime) -> tuple[AgencyName, CreditFacts]:
    """The credit of the agency with this number; `NotFound` "no-agency"."""
    agency = agency_name(session, no)
    return agency, standing(session, agency.organisation, now)


@dataclass(frozen=True, slots=True)
class MonthScore:
    """The credit of an agency as published for a month: the score times a hundred, the level."""

    first_day: date
    hundredths: int
    level: Level


def months(session: Session, organisation: UUID) -> list[MonthScore]:
    """What was published month by month, newest first."""
    rows = session.scalars(
        select(CreditMonth)
        .where(CreditMonth.organisation == organisation)
        .order_by(CreditMonth.first_day.desc())
    )
    return [MonthScore(row.first_day, row.hundredths, row.level) for row in rows]
