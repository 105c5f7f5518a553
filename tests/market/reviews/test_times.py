"""How long an expert of a review has, who is reminded, and that a seat counts in the month."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from market.command import HOUSE
from market.db.outbox import Letter
from market.draws import queries as draws
from market.draws.model import Draw, DrawLeaf
from market.experts.commands.turns import TakeTurn, give_turn_back, take_turn
from market.experts.library import candidates
from market.experts.rules.limits import terms_on
from market.kernel.errors import NotFound, Refusal
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar, legal_day
from market.kernel.workhours import HOUR, WorkHours
from market.reviews import queries
from market.reviews.commands.answering import (
    FinishSeat,
    LeaveSeat,
    NameSeat,
    accept_seat,
    finish_seat,
    lapse_seat,
    leave_seat,
)
from market.reviews.commands.asking import AskReview, ask_review
from market.reviews.commands.seating import remind_seat
from market.reviews.rules import Kind, Leaving, ReviewState, time_to_answer, time_to_work
from tests.bidding.panels.cast import SPECIALTY
from tests.support.people_cast import founded
from tests.support.review_cast import SEALER, TICK, ReviewTable, make_table

CASE = "ZJ-2026-000123"
DRAW = f"{CASE}.review-1"
WORKING = WorkHours(WorkCalendar(SEED))


@pytest.fixture
def table(engine: Engine) -> ReviewTable:
    cast = founded(engine)
    cast.bank()
    made = make_table(cast)
    for name, account in (("bureau", "wang"), ("surveyors", "yan"), ("housing", "shen")):
        cast.register(name, account)
    return made


def ask(table: ReviewTable, kind: Kind = Kind.ORDER, hours: int | None = None) -> UUID:
    where = table.cast.organisations
    wish = AskReview(
        kind=kind,
        case_no=CASE,
        project="PRJ-1",
        seats=3,
        specialties=(SPECIALTY,),
        reason="论证坐标系统",
        owners=(where["bureau"],),
        departments=(where["housing"],),
        judged=(where["surveyors"],),
        task="/desk/orders/x/expert-opinion",
        sealer=SEALER,
        hours=hours,
    )
    return UUID(str(table.office.run(ask_review, wish, HOUSE)["review"]))


def called(table: ReviewTable, count: int = 30, hours: int | None = None) -> queries.ReviewFacts:
    """A review whose experts were drawn and called, and who all said yes."""
    table.enter(count)
    key = ask(table, hours=hours)
    table.draw(DRAW)
    table.beat()
    for one in table.ask(queries.review, key).held:
        table.office.run(accept_seat, NameSeat(one.id), table.experts[one.expert])
    return table.ask(queries.review, key)


def at(table: ReviewTable, moment: datetime | None) -> None:
    assert moment is not None
    table.cast.house.clock.at = moment


@pytest.mark.parametrize(("hours", "working"), [(None, 24 * HOUR), (8, 8 * HOUR), (40, 40 * HOUR)])
def test_an_expert_has_24_working_hours_from_being_seated_or_what_the_asker_gave(
    table: ReviewTable, hours: int | None, working
) -> None:
    for one in called(table, hours=hours).held:
        assert one.work_due == WORKING.after(one.called_at, working)


def test_a_yes_takes_no_longer_than_the_work_itself() -> None:
    day = legal_day(datetime.fromisoformat("2026-11-02T01:00:00+00:00"))
    assert time_to_answer(Kind.ORDER, time_to_work(None, day)) == 8 * HOUR
    assert time_to_answer(Kind.ORDER, time_to_work(4, day)) == 4 * HOUR
    assert time_to_answer(Kind.SELECTION, time_to_work(24, day)) == 24 * HOUR


def test_who_said_yes_and_never_signs_loses_the_seat_to_the_next_and_the_last_instant_counts(
    table: ReviewTable,
) -> None:
    found = called(table)
    first, second, third = found.held
    for one in (second, third):
        table.office.run(finish_seat, FinishSeat(one.id), table.experts[one.expert])
    at(table, first.work_due)
    table.beat()
    assert table.ask(queries.seat, first.id)[1].left_at is None, "its last instant is in time"
    at(table, first.work_due + TICK)
    table.beat()
    later = table.ask(queries.review, found.id)
    assert [(one.expert, one.left_for) for one in later.left] == [(first.expert, Leaving.LATE)]
    assert later.held[0].number == first.number
    assert later.held[0].work_due == WORKING.after(first.work_due + TICK, 24 * HOUR)
    assert not table.beat(), "once"
    table.office.run(lapse_seat, first.id, HOUSE)
    assert table.ask(queries.review, found.id) == later


def test_after_its_time_a_seat_is_over_also_before_anybody_has_noticed(table: ReviewTable) -> None:
    first, second, _ = called(table).held
    at(table, first.work_due)
    table.office.run(finish_seat, FinishSeat(second.id), table.experts[second.expert])
    at(table, first.work_due + TICK)
    me = table.experts[first.expert]
    for handler, command in (
        (finish_seat, FinishSeat(first.id)),
        (leave_seat, LeaveSeat(first.id, Leaving.BUSY, "出差")),
    ):
        with pytest.raises(Refusal, match="review-time-over"):
            table.office.run(handler, command, me)
    table.beat()
    with pytest.raises(NotFound):
        table.office.run(finish_seat, FinishSeat(first.id), me)


def test_a_yes_after_the_time_for_it_is_refused_before_anybody_has_noticed(
    table: ReviewTable,
) -> None:
    table.enter(30)
    key = ask(table)
    table.draw(DRAW)
    table.beat()
    first, second, _ = table.ask(queries.review, key).held
    at(table, first.answer_due)
    table.office.run(accept_seat, NameSeat(first.id), table.experts[first.expert])
    at(table, first.answer_due + TICK)
    with pytest.raises(Refusal, match="review-time-over"):
        table.office.run(accept_seat, NameSeat(second.id), table.experts[second.expert])


def test_whoever_has_not_signed_is_reminded_once_a_working_day_before_the_end(
    table: ReviewTable,
) -> None:
    first, second, third = called(table).held
    table.office.run(finish_seat, FinishSeat(third.id), table.experts[third.expert])
    due = WORKING.after(first.called_at, 16 * HOUR)
    assert WORKING.between(due, first.work_due) == 8 * HOUR
    at(table, due - TICK)
    table.beat()
    assert not reminders(table)
    at(table, due)
    table.beat()
    assert reminders(table) == {f"reminder:{first.id}", f"reminder:{second.id}"}
    assert not table.beat(), "a reminder is written once"
    table.office.run(remind_seat, first.id, HOUSE)
    assert len(reminders(table)) == 2


def test_nobody_is_reminded_of_a_time_that_is_over(table: ReviewTable) -> None:
    found = called(table)
    at(table, found.held[0].work_due + TICK)
    for one in found.held:
        table.office.run(remind_seat, one.id, HOUSE)
    assert not reminders(table)
    table.beat()
    told = {key.split(":")[0] for key in keys_of_letters(table)}
    assert "seat-lapsed" in told, "who lost the seat hears of it"


def keys_of_letters(table: ReviewTable) -> list[str]:
    return list(table.office.read(lambda session: session.scalars(select(Letter.key)).all()))


def reminders(table: ReviewTable) -> set[str]:
    found = [key for key in keys_of_letters(table) if key.startswith("reminder:")]
    return {":".join(key.split(":")[:2]) for key in found}


# --- the month ------------------------------------------------------------------------------------


def counted(table: ReviewTable, expert: str) -> int:
    return table.ask(candidates, table.cast.now)[expert].drawn_this_month


def test_a_seat_in_a_review_counts_in_its_experts_month_until_it_is_left(
    table: ReviewTable,
) -> None:
    found = called(table)
    first, second, _ = found.held
    free = next(no for no in table.experts if no not in {one.expert for one in found.held})
    assert [counted(table, one) for one in (first.expert, second.expert, free)] == [1, 1, 0]
    command = LeaveSeat(first.id, Leaving.ILL, "住院")
    for _ in range(2):
        table.office.run(leave_seat, command, table.experts[first.expert])
    assert [counted(table, one) for one in (first.expert, second.expert)] == [0, 1]
    table.office.run(finish_seat, FinishSeat(second.id), table.experts[second.expert])
    assert counted(table, second.expert) == 1, "work that is given counts"


def leaves(session: Session) -> list[bytes]:
    """The leaves of the frozen pool."""
    found = select(DrawLeaf.leaf).join(Draw, Draw.id == DrawLeaf.draw).where(Draw.no == DRAW)
    return list(session.scalars(found))


@pytest.mark.parametrize("taken", [7, 8])
def test_eight_seats_in_reviews_fill_a_month_and_seven_do_not(
    table: ReviewTable, taken: int
) -> None:
    assert terms_on(legal_day(table.cast.now)).monthly_cap == 8
    table.enter(4)
    full = min(table.experts)
    for number in range(taken):
        for _ in range(2):  # counted once
            table.office.run(take_turn, TakeTurn(f"review/{number}", full), HOUSE)
    assert counted(table, full) == taken
    table.renew()
    ask(table)
    pool = {table.ask(draws.candidate, SEALER, DRAW, leaf) for leaf in table.ask(leaves)}
    assert (full in pool) is (taken == 7)
    table.office.run(give_turn_back, "review/0", HOUSE)
    table.office.run(give_turn_back, "review/0", HOUSE)
    table.office.run(give_turn_back, "never", HOUSE)
    assert counted(table, full) == taken - 1


def test_the_month_begins_anew_with_its_first_instant(table: ReviewTable) -> None:
    table.enter(4)
    one = min(table.experts)
    at(table, datetime.fromisoformat("2026-11-30T23:59:59.999999+08:00"))
    table.office.run(take_turn, TakeTurn("review/1", one), HOUSE)
    assert counted(table, one) == 1
    at(table, table.cast.now + TICK)
    assert counted(table, one) == 0


def test_a_review_that_is_over_lapses_nobody(table: ReviewTable) -> None:
    found = called(table)
    for one in found.held:
        table.office.run(finish_seat, FinishSeat(one.id), table.experts[one.expert])
    assert table.ask(queries.review, found.id).state is ReviewState.FINISHED
    at(table, found.held[0].work_due + TICK)
    assert not table.beat()
