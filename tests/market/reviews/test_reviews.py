"""Experts are drawn for a review, called in drawn order, replaced by it, and named by nobody."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine

from market.accounts.model.organisations import Organisation
from market.command import HOUSE, Listener
from market.draws import queries as draws
from market.draws.rules import DrawState
from market.experts.commands.register import EnterExpert, EnterExperts, enter_experts
from market.experts.rules.periods import Span
from market.experts.rules.relations import Employment, Kinship, RecusalFacts, Relative
from market.journal.queries import entries_of
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar
from market.kernel.workhours import WorkHours
from market.protocol.audits import Finding
from market.protocol.draw_files import read_draw_file
from market.protocol.encoding import b64u
from market.protocol.entries import read_entry
from market.protocol.reruns import rerun
from market.protocol.statements import Account
from market.reviews import queries
from market.reviews.commands.answering import (
    FinishSeat,
    LeaveSeat,
    NameSeat,
    accept_seat,
    finish_seat,
    leave_seat,
)
from market.reviews.commands.asking import AskReview, FillSeats, ask_review, fill_seats
from market.reviews.commands.ending import EndReview, end_review
from market.reviews.rules import ANSWER_TIME, Kind, Leaving, ReviewAction, ReviewState
from tests.bidding.panels.cast import SPECIALTY, candidate
from tests.support.people_cast import founded
from tests.support.review_cast import SEALER, TICK, ReviewTable, make_table

S, A = ReviewState, ReviewAction
LEGAL = {
    (S.DRAWING, A.CALL): S.CALLED,
    (S.DRAWING, A.END): S.ENDED,
    (S.CALLED, A.FINISH): S.FINISHED,
    (S.CALLED, A.END): S.ENDED,
    (S.FINISHED, A.END): S.ENDED,
}
CASE = "ZJ-2026-000123"
DRAW = f"{CASE}.review-1"
told: list[tuple[str, UUID]] = []


def listener(fact: str) -> Listener:
    return Listener(fact, f"test.{fact}", lambda _, key: told.append((fact, key)))


@pytest.fixture
def table(engine: Engine) -> ReviewTable:
    told.clear()
    cast = founded(engine)
    cast.bank()
    made = make_table(cast, listener("review.called"), listener("review.seated"))
    for name, account in (("bureau", "wang"), ("surveyors", "yan"), ("housing", "shen")):
        cast.register(name, account)
    return made


def wish(table: ReviewTable, **changes) -> AskReview:
    where = table.cast.organisations
    values = {
        "kind": Kind.ORDER,
        "case_no": CASE,
        "project": "PRJ-1",
        "seats": 3,
        "specialties": (SPECIALTY,),
        "reason": "论证坐标系统",
        "owners": (where["bureau"],),
        "departments": (where["housing"],),
        "judged": (where["surveyors"],),
        "task": "/desk/orders/x/expert-opinion",
        "sealer": SEALER,
    }
    return AskReview(**(values | changes))


def ask(table: ReviewTable, **changes) -> UUID:
    return UUID(str(table.office.run(ask_review, wish(table, **changes), HOUSE)["review"]))


def called(table: ReviewTable, count: int = 30, **changes) -> queries.ReviewFacts:
    """A review whose experts were drawn and called."""
    table.enter(count)
    key = ask(table, **changes)
    table.draw(DRAW)
    table.beat()
    return table.ask(queries.review, key)


def held(found: queries.ReviewFacts) -> Sequence[str]:
    return [one.expert for one in found.held]


def test_experts_are_called_in_the_drawn_order_once_the_parties_have_drawn(
    table: ReviewTable,
) -> None:
    table.enter(30)
    key = ask(table)
    assert not table.beat(), "nobody is called before the draw"
    table.draw(DRAW)
    table.beat()
    found = table.ask(queries.review, key)
    assert (found.state, len(found.held), found.empty) == (ReviewState.CALLED, 3, 0)
    drawn = [
        table.ask(draws.candidate, SEALER, DRAW, one.leaf) for one in table.ask(draws.seats, DRAW)
    ]
    assert held(found) == drawn
    assert [fact for fact, _ in told] == ["review.called"]
    assert not table.beat(), "called once"


@pytest.mark.parametrize("seats", [0, 1, 2, 4, 16, 17])
def test_a_review_has_an_odd_number_from_three_to_fifteen(table: ReviewTable, seats: int) -> None:
    table.enter(20)
    with pytest.raises(Refusal, match="review-size"):
        ask(table, seats=seats)


def test_too_few_candidates_are_said_before_anything_is_frozen(table: ReviewTable) -> None:
    table.enter(2)
    with pytest.raises(Refusal, match="pool-too-small"):
        ask(table)
    assert not table.ask(entries_of, DRAW)
    assert not table.ask(queries.reviews_of, Kind.ORDER, CASE)


def test_exactly_as_many_as_there_are_seats_are_drawn_with_the_supervisors_consent(
    table: ReviewTable,
) -> None:
    found = called(table, count=3)
    assert sorted(held(found)) == [candidate(number).id for number in range(3)]


def test_staff_of_owner_department_and_judged_are_in_no_pool(table: ReviewTable) -> None:
    uscc = table.cast.usccs
    barred = {}
    for number, name in enumerate(("bureau", "housing", "surveyors")):
        one = candidate(number)
        job = Employment(uscc[name], Span(date(2020, 1, 1), None))
        barred[one.id] = RecusalFacts(
            expert=one.id, person=f"person:{number}", unit=one.unit, employments=(job,)
        )
    table.enter(6, **barred)
    key = ask(table)
    table.draw(DRAW)
    table.beat()
    found = table.ask(queries.review, key)
    assert sorted(held(found)) == [candidate(number).id for number in (3, 4, 5)]


def test_who_is_tied_to_the_agency_is_drawn_and_passed_over_before_the_call(
    table: ReviewTable,
) -> None:
    """Such a tie is no fact of the register's root, so the walk shows the skip instead."""
    uscc = table.cast.usccs["surveyors"]
    gone = Employment(uscc, Span(date(2023, 1, 1), date(2025, 12, 31)))
    facts = {
        one.id: RecusalFacts(
            expert=one.id, person=f"person:{number}", unit=one.unit, employments=(gone,)
        )
        for number in range(2)
        for one in [candidate(number)]
    }
    table.enter(5, **facts)
    key = ask(table)
    table.draw(DRAW)
    table.beat()
    found = table.ask(queries.review, key)
    assert sorted(held(found)) == [candidate(number).id for number in (2, 3, 4)]
    assert not found.left, "who was never called never sat"


def test_kin_of_the_agencys_head_do_not_sit(table: ReviewTable) -> None:
    cast = table.cast
    with table.office.sessions() as session:
        row = session.get(Organisation, cast.organisations["surveyors"])
        row.head_mark = b"h" * 32
        session.commit()
    head = f"person:{b64u(b'h' * 32)}"
    one = candidate(0)
    kin = RecusalFacts(
        expert=one.id,
        person="person:0",
        unit=one.unit,
        relatives=(Relative(head, Kinship.SPOUSE),),
    )
    table.enter(4, **{one.id: kin})
    key = ask(table)
    table.draw(DRAW)
    table.beat()
    assert one.id not in held(table.ask(queries.review, key))


def test_who_gives_a_seat_back_is_replaced_by_the_next_in_the_order(table: ReviewTable) -> None:
    found = called(table)
    first = found.held[0]
    me = table.experts[first.expert]
    table.step()
    command = LeaveSeat(first.id, Leaving.BUSY, "出差")
    table.office.run(leave_seat, command, me)
    table.office.run(leave_seat, command, me)
    table.beat()
    later = table.ask(queries.review, found.id)
    assert [one.expert for one in later.left] == [first.expert]
    assert len(later.held) == 3
    assert first.expert not in held(later)
    assert [one.number for one in later.held] == [1, 2, 3], "the seat keeps its number"
    assert [fact for fact, _ in told] == ["review.called", "review.seated"]
    table.witness()
    (skip,) = [read_entry(one.entry).data for one in table.ask(entries_of, DRAW, "draw-step")]
    assert skip["code"] == "declined"
    with pytest.raises(NotFound):
        table.office.run(accept_seat, NameSeat(first.id), me)


def test_a_seat_is_its_experts_own_and_is_left_for_a_reason_of_ones_own(
    table: ReviewTable,
) -> None:
    found = called(table)
    first, second = found.held[:2]
    other = table.experts[second.expert]
    for handler, command in (
        (leave_seat, LeaveSeat(first.id, Leaving.BUSY, "出差")),
        (accept_seat, NameSeat(first.id)),
        (finish_seat, FinishSeat(first.id)),
    ):
        with pytest.raises(NotFound):
            table.office.run(handler, command, other)
    me = table.experts[first.expert]
    for wrong in (LeaveSeat(first.id, Leaving.SILENT, "x"), LeaveSeat(first.id, Leaving.ILL, " ")):
        with pytest.raises(BadInput, match="leaving-malformed"):
            table.office.run(leave_seat, wrong, me)


def test_silence_past_a_working_day_passes_the_seat_on_and_its_last_instant_does_not(
    table: ReviewTable,
) -> None:
    found = called(table)
    first, second, third = found.held
    table.office.run(accept_seat, NameSeat(second.id), table.experts[second.expert])
    table.office.run(accept_seat, NameSeat(third.id), table.experts[third.expert])
    due = WorkHours(WorkCalendar(SEED)).after(first.called_at, ANSWER_TIME)
    assert first.answer_due == due
    table.cast.house.clock.at = due
    assert not table.beat()
    table.cast.house.clock.at = due + TICK
    table.beat()
    later = table.ask(queries.review, found.id)
    assert [(one.expert, one.left_for) for one in later.left] == [(first.expert, Leaving.SILENT)]
    assert {second.expert, third.expert} < set(held(later))


def test_the_last_one_done_finishes_the_review_and_nobody_leaves_then(table: ReviewTable) -> None:
    found = called(table)
    for one in found.held:
        assert table.ask(queries.review, found.id).state is ReviewState.CALLED
        me = table.experts[one.expert]
        table.office.run(finish_seat, FinishSeat(one.id), me)
        table.office.run(finish_seat, FinishSeat(one.id), me) if one is not found.held[-1] else None
        with pytest.raises(Refusal, match="review-done"):
            table.office.run(leave_seat, LeaveSeat(one.id, Leaving.BUSY, "出差"), me)
    assert table.ask(queries.review, found.id).state is ReviewState.FINISHED
    table.renew()  # their seats count in the month, and the register says so
    second = ask(table)
    assert table.ask(queries.review, second).number == 2


def test_a_second_review_waits_for_the_first(table: ReviewTable) -> None:
    table.enter(30)
    ask(table)
    table.step()
    with pytest.raises(Refusal, match="review-running"):
        ask(table)


def test_seats_that_nobody_is_left_for_are_drawn_once_more(table: ReviewTable) -> None:
    found = called(table, count=3)
    me = table.experts[found.held[0].expert]
    with pytest.raises(Refusal, match="no-empty-seat"):
        table.office.run(fill_seats, FillSeats(found.id, (SPECIALTY,), SEALER), HOUSE)
    table.office.run(leave_seat, LeaveSeat(found.held[0].id, Leaving.ILL, "住院"), me)
    table.beat()
    assert table.ask(queries.review, found.id).empty == 1
    table.renew()
    table.office.run(fill_seats, FillSeats(found.id, (SPECIALTY,), SEALER), HOUSE)
    assert table.ask(queries.review, found.id).empty == 0, "it is on its way"
    table.draw(f"{DRAW}-2")
    table.beat()
    later = table.ask(queries.review, found.id)
    assert held(later) == held(found)[1:]
    (seat,) = table.ask(draws.seats, f"{DRAW}-2")
    assert not seat.callable, "more were passed over than there are seats: a supervisor signs"


def test_an_audit_that_finds_fault_stops_the_draw_and_another_may_be_frozen(
    table: ReviewTable,
) -> None:
    table.enter(30)
    key = ask(table)
    table.audit(DRAW, Finding("conditions-differ", "不同", "differ"))
    assert table.ask(draws.facts, DRAW).state is DrawState.STOPPED
    assert table.ask(queries.review, key).empty == 3
    table.step()
    table.office.run(fill_seats, FillSeats(key, (SPECIALTY,), SEALER), HOUSE)
    table.draw(f"{DRAW}-2")
    table.beat()
    assert table.ask(queries.review, key).state is ReviewState.CALLED


@pytest.mark.parametrize("names", [True, False])
def test_the_draw_file_is_run_again_and_opens_who_sat_only_where_names_are_public(
    table: ReviewTable, names: bool
) -> None:
    found = called(table)
    table.step()
    end = EndReview(found.id, names=names)
    table.office.run(end_review, end, HOUSE)
    table.office.run(end_review, end, HOUSE)
    table.beat()
    assert table.ask(draws.facts, DRAW).state is DrawState.PUBLISHED
    file, account = read_draw_file(table.file(DRAW)), Account()
    rerun(file, account)
    assert account.proved
    assert len(file.opened) == (3 if names else 0)


def test_a_draw_needs_a_supervisor_and_one_more_with_a_key(engine: Engine) -> None:
    cast = founded(engine)
    cast.bank()
    for name, account in (("bureau", "wang"), ("surveyors", "yan"), ("housing", "shen")):
        cast.register(name, account)
    table = ReviewTable(cast, lambda: None)
    table.enter(10)
    with pytest.raises(Refusal, match="no-drawing-parties"):
        ask(table)


def test_a_register_that_changed_since_its_root_is_renewed_before_a_draw(
    table: ReviewTable,
) -> None:
    table.enter(10)
    one = candidate(0, region="371100")
    facts = RecusalFacts(expert=one.id, person="person:0", unit=one.unit)
    entry = EnterExpert(table.experts[one.id].person, one, facts, "高级工程师", "Senior engineer")
    table.office.run(enter_experts, EnterExperts([entry]), table.cast.actor("ceng", "centre"))
    with pytest.raises(Refusal, match="register-changed"):
        ask(table)
    table.renew()
    ask(table)
