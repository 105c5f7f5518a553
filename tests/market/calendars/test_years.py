"""The holidays of a year: put forward by one person, in force by another, in the journal."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from market.accounts.roles import Role, permissions
from market.calendars.commands import (
    NameYear,
    ProposeYear,
    approve_year,
    drop_year,
    propose_year,
)
from market.calendars.model import CalendarYear
from market.calendars.queries import CalendarBook, year_missing, years_in_force, years_waiting
from market.calendars.rules import (
    YEAR_TABLE,
    YearAction,
    YearState,
    from_json,
    read_holidays,
    to_json,
    write_holidays,
)
from market.command import HOUSE
from market.journal.model import JournalEntry
from market.kernel.errors import IllegalMove, MarketError
from market.kernel.holidays import HOLIDAYS_2026
from market.kernel.permissions import Permission
from market.kernel.workdays import CalendarNotPublished
from market.protocol.encoding import parse
from tests.support.people_cast import Cast, founded

LINES = """元旦; New Year's Day; 2027-01-01; 2027-01-03
春节; Spring Festival; 2027-02-05; 2027-02-11; 2027-01-31, 2027-02-14
"""
NEW_YEAR = "元旦; New Year's Day; 2027-01-01; 2027-01-03"
PAPER = "https://www.gov.cn/zhengce/2027.htm"


def year(number: int = 2027, lines: str = LINES, **changes: str) -> ProposeYear:
    """A sound schedule, or one with something changed."""
    values = {"document": "国办发明电〔2026〕9号", "paper": PAPER} | changes
    return ProposeYear(number, holidays=read_holidays(lines), **values)


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre with `ceng` and `deng`; `jia` with `wang`."""
    made = founded(engine)
    made.register("jia", "wang")
    return made


def propose(cast: Cast, command: ProposeYear, who: str = "ceng") -> UUID:
    """Put a schedule forward; its key."""
    done = cast.office.run(propose_year, command, cast.actor(who, "centre"))
    return UUID(done["year"])


def approve(cast: Cast, key: UUID, who: str = "deng") -> None:
    """Approve one."""
    cast.office.run(approve_year, NameYear(key), cast.actor(who, "centre"))


def entries(cast: Cast) -> list[JournalEntry]:
    """The journal's entries about parameters."""
    return cast.office.read(
        lambda session: list(
            session.scalars(select(JournalEntry).where(JournalEntry.type == "parameter"))
        )
    )


def test_a_year_counts_when_a_second_person_approves_and_not_before(cast: Cast) -> None:
    book, spring = CalendarBook(), date(2027, 2, 5)
    key = propose(cast, year())
    with pytest.raises(CalendarNotPublished) as refused:
        cast.office.read(book).is_working(spring)
    assert refused.value.year == 2027
    assert entries(cast) == []
    approve(cast, key)
    calendar = cast.office.read(book)
    assert not calendar.is_working(spring)
    assert calendar.is_working(date(2027, 2, 14)), "a Sunday worked instead"
    assert calendar.is_working(date(2027, 2, 12))
    with pytest.raises(CalendarNotPublished):
        calendar.is_working(date(2028, 1, 4))


def test_the_approval_stands_in_the_public_journal_with_its_source(cast: Cast) -> None:
    approve(cast, propose(cast, year()))
    (entry,) = entries(cast)
    said = parse(entry.data)
    assert isinstance(said, dict)
    assert entry.subject == "calendar/2027"
    assert (said["parameter"], said["year"], said["replaces"]) == ("calendar-year", 2027, False)
    assert (said["paper"], said["document"]) == (PAPER, "国办发明电〔2026〕9号")
    assert said["holidays"] == to_json(read_holidays(LINES))


def test_who_put_it_forward_does_not_approve_it(cast: Cast) -> None:
    key = propose(cast, year())
    with pytest.raises(MarketError, match=r"^same-person:"):
        approve(cast, key, "ceng")
    assert entries(cast) == []
    approve(cast, key)


def test_a_second_approval_and_a_drop_afterwards_change_nothing(cast: Cast) -> None:
    key = propose(cast, year())
    approve(cast, key)
    with pytest.raises(IllegalMove):
        approve(cast, key)
    with pytest.raises(IllegalMove):
        cast.office.run(drop_year, NameYear(key), cast.actor("deng", "centre"))
    assert len(entries(cast)) == 1


def test_what_waits_is_dropped_by_either_person_and_put_forward_anew(cast: Cast) -> None:
    for who in ("ceng", "deng"):
        key = propose(cast, year())
        with pytest.raises(MarketError, match=r"^year-waits:"):
            propose(cast, year(), "deng")
        cast.office.run(drop_year, NameYear(key), cast.actor(who, "centre"))
    assert cast.office.read(years_waiting) == []
    approve(cast, propose(cast, year()))


def test_a_changed_notice_replaces_the_year_and_the_old_row_stays(cast: Cast) -> None:
    book = CalendarBook()
    approve(cast, propose(cast, year()))
    assert not cast.office.read(book).is_working(date(2027, 2, 5))
    approve(cast, propose(cast, year(lines=NEW_YEAR), "deng"), "ceng")
    assert cast.office.read(book).is_working(date(2027, 2, 5))
    rows = cast.office.read(
        lambda session: session.scalars(
            select(CalendarYear.state).order_by(CalendarYear.proposed_at, CalendarYear.state)
        ).all()
    )
    assert sorted(rows) == [YearState.IN_FORCE, YearState.REPLACED]
    assert parse(entries(cast)[-1].data)["replaces"] is True  # type: ignore[index,call-overload]


def test_a_year_this_version_knows_by_itself_can_be_corrected(cast: Cast) -> None:
    day = HOLIDAYS_2026.holidays[1].first
    book = CalendarBook()
    assert not cast.office.read(book).is_working(date(2026, 2, 20))
    lines = "元旦; New Year's Day; 2026-01-01; 2026-01-03; 2026-01-04"
    approve(cast, propose(cast, year(2026, lines)))
    assert cast.office.read(book).is_working(date(2026, 2, 20))
    assert cast.office.read(book).is_working(day) is (day.weekday() < 5)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (year(lines="国庆节; National Day; 2027-10-01; 2027-10-07"), "year-incomplete"),
        (year(lines="元旦; New Year's Day; 2027-01-03; 2027-01-01"), "schedule-malformed"),
        (year(lines="元旦; New Year's Day; 2028-01-01; 2028-01-01"), "schedule-malformed"),
        (year(lines=NEW_YEAR + "; 2027-01-04"), "schedule-malformed"),
        (year(paper="http://www.gov.cn/a.htm"), "bad-source"),
        (year(document="  "), "bad-source"),
        (year(2019), "bad-year"),
        (year(2100), "bad-year"),
    ],
)
def test_an_unsound_schedule_is_refused(cast: Cast, command: ProposeYear, code: str) -> None:
    with pytest.raises(MarketError, match=f"^{code}:"):
        propose(cast, command)
    assert cast.office.read(years_waiting) == []


@pytest.mark.parametrize("line", ["元旦", "元旦; ; 2027-01-01; 2027-01-03", "a; b; 1/1; 1/3"])
def test_a_line_of_another_form_is_named(line: str) -> None:
    with pytest.raises(MarketError, match=r"^bad-holidays:") as refused:
        read_holidays(f"{NEW_YEAR}\n{line}")
    assert "Line 2" in refused.value.en


def test_holidays_are_the_same_as_text_and_as_rows() -> None:
    for given in (HOLIDAYS_2026.holidays, read_holidays(LINES)):
        assert read_holidays(write_holidays(given)) == given
        assert from_json(to_json(given)) == given  # type: ignore[arg-type]  # structures are JSON
    assert read_holidays(LINES.replace(";", "；").replace(", ", "，")) == read_holidays(LINES)


def test_nobody_but_the_centre_touches_the_calendar(cast: Cast) -> None:
    may = {role for role in Role if Permission.CALENDAR_YEAR_EDIT in permissions([role])}
    assert may == {Role.CENTER}
    for actor in (cast.actor("wang", "jia"), HOUSE):
        with pytest.raises(MarketError, match=r"^not-allowed:"):
            cast.office.run(propose_year, year(), actor)
        for handler in (approve_year, drop_year):
            with pytest.raises(MarketError, match=r"^not-allowed:"):
                cast.office.run(handler, NameYear(UUID(int=1)), actor)


def test_the_next_year_is_missed_from_november_on(cast: Cast) -> None:
    def missing(day: date) -> int | None:
        return cast.office.read(lambda session: year_missing(session, day))

    assert missing(date(2026, 10, 31)) is None
    assert missing(date(2026, 11, 1)) == 2027
    assert missing(date(2027, 1, 1)) == 2027
    key = propose(cast, year())
    assert missing(date(2026, 11, 1)) is None
    approve(cast, key)
    assert missing(date(2027, 10, 31)) is None
    assert missing(date(2027, 11, 1)) == 2028


def test_the_calendar_is_read_anew_only_when_it_changed(cast: Cast) -> None:
    book = CalendarBook()
    first = cast.office.read(book)
    assert cast.office.read(book) is first
    approve(cast, propose(cast, year()))
    second = cast.office.read(book)
    assert second is not first
    assert cast.office.read(book) is second
    assert {line.year for line in cast.office.read(years_in_force)} >= {2025, 2026, 2027}


LEGAL = {
    (YearState.PROPOSED, YearAction.APPROVE): YearState.IN_FORCE,
    (YearState.PROPOSED, YearAction.DROP): YearState.DROPPED,
    (YearState.IN_FORCE, YearAction.REPLACE): YearState.REPLACED,
}


@pytest.mark.parametrize("state", list(YearState))
@pytest.mark.parametrize("action", list(YearAction))
def test_a_year_moves_along_its_table_and_nowhere_else(
    state: YearState, action: YearAction
) -> None:
    if (state, action) in LEGAL:
        assert YEAR_TABLE.move(state, action).target is LEGAL[state, action]
    else:
        with pytest.raises(IllegalMove):
            YEAR_TABLE.move(state, action)
