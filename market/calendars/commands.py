"""Putting the holidays of a year forward, and in force: two persons, one entry in the journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from market.accounts.rules import refuse_unless_second_person
from market.calendars.model import CalendarYear
from market.calendars.rules import (
    FIRST_YEAR,
    HOLIDAYS,
    LAST_YEAR,
    YEAR_TABLE,
    YearAction,
    YearState,
    refuse_unless_complete,
    to_json,
)
from market.command import Work
from market.kernel.errors import BadInput, NotFound, NotSignedIn, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import Holiday, YearSchedule

SOURCE = "https://"


@dataclass(frozen=True, slots=True)
class ProposeYear:
    """The holidays of a year, with the number and the address of the notice that states them."""

    year: int
    document: str
    paper: str
    holidays: tuple[Holiday, ...]


def propose_year(work: Work, cmd: ProposeYear) -> Mapping[str, Any]:
    """Put the holidays of a year forward; they count when another person approves.

    A year in force may be put forward anew, as when its notice was changed: dates that were
    published stay as they were, dates computed later follow the new schedule. `BadInput`s
    "schedule-malformed", "year-incomplete", "bad-year", "bad-source"; `Refusal` "year-waits" while
    one of the same year waits.
    """
    work.need(Permission.CALENDAR_YEAR_EDIT)
    if work.actor.person is None:
        raise NotSignedIn
    _refuse_unsound(cmd)
    work.hold(f"calendar:{cmd.year}")
    if _row(work, cmd.year, YearState.PROPOSED) is not None:
        raise Refusal(
            "year-waits",
            zh=f"{cmd.year}年的安排已提出，正待第二人核准：先核准或撤下",
            en=f"A schedule of {cmd.year} waits for a second person: approve or drop it first",
        )
    row = CalendarYear(
        id=uuid4(),
        year=cmd.year,
        document=cmd.document.strip(),
        paper=cmd.paper.strip(),
        holidays=to_json(cmd.holidays),
        proposed_by=work.actor.person,
        proposed_at=work.now,
    )
    work.session.add(row)
    work.note(row.subject, "calendar-year.proposed")
    return {"year": str(row.id)}


@dataclass(frozen=True, slots=True)
class NameYear:
    """A schedule that was put forward."""

    key: UUID


def approve_year(work: Work, cmd: NameYear) -> None:
    """Put a schedule in force and journal it; the one before it is replaced.

    `Refusal` "same-person"; `IllegalMove` for one that does not wait.
    """
    row = _waiting(work, cmd)
    refuse_unless_second_person(row.proposed_by, work.actor.person)
    before = _row(work, row.year, YearState.IN_FORCE)
    if before is not None:
        work.move(before, YEAR_TABLE, YearAction.REPLACE)
        work.session.flush()
    work.move(row, YEAR_TABLE, YearAction.APPROVE)
    row.decided_by, row.decided_at = work.actor.person, work.now
    work.publish(
        "parameter",
        row.subject,
        {
            "parameter": "calendar-year",
            "year": row.year,
            "document": row.document,
            "paper": row.paper,
            "holidays": row.holidays,
            "replaces": before is not None,
        },
    )


def drop_year(work: Work, cmd: NameYear) -> None:
    """Take back a schedule that waits; either person may."""
    row = _waiting(work, cmd)
    work.move(row, YEAR_TABLE, YearAction.DROP)
    row.decided_by, row.decided_at = work.actor.person, work.now


def _waiting(work: Work, cmd: NameYear) -> CalendarYear:
    work.need(Permission.CALENDAR_YEAR_EDIT)
    year = work.session.scalar(select(CalendarYear.year).where(CalendarYear.id == cmd.key))
    if year is None:
        raise NotFound("no-year", zh="没有此年度安排", en="There is no such schedule")
    work.hold(f"calendar:{year}")
    return work.session.get_one(CalendarYear, cmd.key, with_for_update=True)


def _row(work: Work, year: int, state: YearState) -> CalendarYear | None:
    return work.session.scalar(
        select(CalendarYear)
        .where(CalendarYear.year == year, CalendarYear.state == state)
        .with_for_update()
    )


def _refuse_unsound(cmd: ProposeYear) -> None:
    if not FIRST_YEAR <= cmd.year <= LAST_YEAR:
        zh, en = f"年份须在{FIRST_YEAR}至{LAST_YEAR}之间", f"Use a year {FIRST_YEAR} to {LAST_YEAR}"
        raise BadInput("bad-year", zh=zh, en=en, fields={"year": (zh, en)})
    if not cmd.paper.strip().startswith(SOURCE) or not cmd.document.strip():
        zh = "须写明通知文号和以 https:// 开头的原文地址"
        en = "Give the number of the notice and its address, which begins with https://"
        raise BadInput("bad-source", zh=zh, en=en, article=HOLIDAYS, fields={"paper": (zh, en)})
    try:
        schedule = YearSchedule(cmd.year, cmd.paper.strip(), cmd.holidays)
    except BadInput as wrong:
        fields = {"holidays": (wrong.words("zh"), wrong.words("en"))}
        raise BadInput(wrong.code, zh=wrong.zh, en=wrong.en, fields=fields) from wrong
    refuse_unless_complete(schedule)
