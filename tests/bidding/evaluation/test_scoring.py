"""Scoring under table numbers: alone, kept as typed, locked once, nothing seen too early."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import product

import pytest

from bidding.evaluation.commands.checking import (
    Fault,
    GiveFindings,
    SetIndicator,
    give_findings,
    set_indicator,
)
from bidding.evaluation.commands.scoring import (
    KeepMarks,
    LockSheet,
    TypedMark,
    keep_marks,
    lock_sheet,
)
from bidding.evaluation.queries import member_view, open_view, purchaser_view
from bidding.evaluation.rules.reasons import RejectionCause
from bidding.evaluation.rules.states import (
    EVALUATION,
    LOW_PRICE_QUESTION,
    SHEET,
    SIGNATURE,
    EvaluationAction,
    QuestionAction,
    SheetAction,
    SheetState,
    SignatureAction,
)
from bidding.evaluation.rules.states import EvaluationState as S
from market.kernel.errors import IllegalMove, NotFound
from tests.bidding.evaluation.cast import Hall


def leaves(value: object) -> Iterator[str]:
    """Every text and figure in a view."""
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from leaves(getattr(value, one.name))
    elif isinstance(value, dict):
        for key, held in value.items():
            yield from leaves(key)
            yield from leaves(held)
    elif isinstance(value, list | tuple | set | frozenset):
        for held in value:
            yield from leaves(held)
    else:
        yield str(value)


def markers(hall: Hall) -> set[str]:
    """What would give a bidder away: code, price in fen and in yuan, name."""
    found = set(hall.usccs.values())
    found |= {"180000000", "200000000", "240000000", "1,800,000", "2,000,000"}
    return found | {f"bidder{letter}" for letter in hall.usccs}


def test_a_member_sees_no_name_and_no_price_before_the_lock(hall: Hall) -> None:
    def seen() -> str:
        return "\n".join(leaves(hall.view(hall.panel[0])))

    for stage in (lambda: None, hall.qualify, hall.comply):
        stage()
        assert not [one for one in markers(hall) if one in seen()]
        with pytest.raises(NotFound):
            hall.opened()
    # Positive control: what may be seen is there, and after the lock the markers are found.
    assert "方案0" in seen()
    hall.lock_all()
    after = "\n".join(leaves(hall.opened()))
    assert all(code in after for code in hall.usccs.values())
    assert "180000000" in after


def test_nobody_but_a_member_sees_the_panels_view(hall: Hall) -> None:
    hall.to_scoring()
    for person in (hall.clerk.person, hall.bidders["A"].person, None):
        with pytest.raises(NotFound):
            hall.ask(member_view, hall.no, person)
        with pytest.raises(NotFound):
            hall.ask(open_view, hall.no, person)


def test_the_purchaser_sees_bidders_at_the_check_then_nothing_until_the_report(hall: Hall) -> None:
    mine = hall.clerk.organisation
    assert len(hall.ask(purchaser_view, hall.no, mine).bidders) == 3
    hall.to_scoring()
    between = hall.ask(purchaser_view, hall.no, mine)
    assert (between.bidders, between.result) == ((), None)
    with pytest.raises(NotFound):
        hall.ask(purchaser_view, hall.no, hall.house.stranger.organisation)


def test_a_draft_is_kept_and_another_members_is_not_touched(hall: Hall) -> None:
    hall.to_scoring()
    first, second = hall.panel[:2]
    mark = TypedMark(hall.number("A"), "T1", "44")
    kept = hall.run(keep_marks, KeepMarks(hall.no, 1, (mark,)), first)
    assert kept["version"] == 2
    assert hall.view(first).sheet.marks == {hall.number("A"): {"T1": "44"}}
    assert hall.view(second).sheet.marks == {}
    empty = TypedMark(hall.number("A"), "T1", " ")
    hall.run(keep_marks, KeepMarks(hall.no, 2, (empty,)), first)
    assert hall.view(first).sheet.marks == {hall.number("A"): {}}


def test_a_second_window_is_told_kindly_and_overwrites_nothing(hall: Hall) -> None:
    hall.to_scoring()
    member = hall.panel[0]
    number = hall.number("A")
    hall.run(keep_marks, KeepMarks(hall.no, 1, (TypedMark(number, "T1", "44"),)), member)
    stale = KeepMarks(hall.no, 1, (TypedMark(number, "T1", "38"),))
    assert hall.refused(keep_marks, stale, member) == "sheet-changed"
    assert hall.refused(lock_sheet, LockSheet(hall.no, 1), member) == "sheet-changed"
    assert hall.view(member).sheet.marks == {number: {"T1": "44"}}


def test_points_are_those_of_a_level_and_an_objective_criterion_takes_none(hall: Hall) -> None:
    hall.to_scoring()
    member, number = hall.panel[0], hall.number("A")

    def kept(code: str, points: str) -> str:
        return hall.refused(
            keep_marks, KeepMarks(hall.no, 1, (TypedMark(number, code, points),)), member
        )

    assert kept("T1", "50.5") == "score-out-of-range"
    assert kept("T1", "51") == "score-out-of-range"
    assert kept("T1", "37") == "score-out-of-range"
    assert kept("T1", "many") == "figure-malformed"
    assert kept("B1", "20") == "criterion-objective"
    assert kept("X9", "1") == "criterion-unknown"
    for points in ("50", "38"):
        version = hall.view(member).sheet.version
        mark = TypedMark(number, "T1", points)
        hall.run(keep_marks, KeepMarks(hall.no, version, (mark,)), member)


def test_a_sheet_with_a_hole_is_not_locked_and_a_locked_one_not_changed(hall: Hall) -> None:
    hall.to_scoring()
    member = hall.panel[0]
    part = LockSheet(hall.no, 1, hall.marks(0)[:2])
    assert hall.refused(lock_sheet, part, member) == "sheet-incomplete"
    assert hall.view(member).sheet.marks == {}
    hall.lock(member, 0)
    sheet = hall.view(member).sheet
    assert sheet.state is SheetState.LOCKED
    # Twice is once, and what was locked stays.
    hall.run(lock_sheet, LockSheet(hall.no, sheet.version, hall.marks(1)), member)
    assert hall.view(member).sheet == sheet
    late = KeepMarks(hall.no, sheet.version, hall.marks(1))
    assert hall.refused(keep_marks, late, member) == "sheet-locked"


def test_four_locked_sheets_open_nothing_and_the_fifth_opens_all(hall: Hall) -> None:
    hall.to_scoring()
    for place, member in enumerate(hall.panel[:4]):
        hall.lock(member, place)
        assert hall.state is S.SCORING
        assert len([act for act in hall.acts() if act["kind"] == "score-lock"]) == 1
    hall.lock(hall.panel[4], 4)
    assert hall.state is S.LOW_PRICES
    assert len([act for act in hall.acts() if act["kind"] == "score-lock"]) == 2


def test_the_majority_decides_what_does_not_respond(hall: Hall) -> None:
    hall.qualify()
    fault = Fault(hall.number("A"), RejectionCause.NOT_RESPONSIVE, "第三章 2.1")
    for member in hall.panel[:2]:
        hall.run(give_findings, GiveFindings(hall.no, (fault,)), member)
    # A member may think again while others have not spoken.
    hall.run(give_findings, GiveFindings(hall.no, (fault,)), hall.panel[0])
    for member in hall.panel[2:4]:
        hall.run(give_findings, GiveFindings(hall.no), member)
    assert hall.state is S.COMPLIANCE
    hall.run(give_findings, GiveFindings(hall.no), hall.panel[4])
    assert hall.state is S.SCORING
    assert len(hall.view(hall.panel[0]).offers) == 3


def test_three_of_five_against_leave_two_bids_and_cancel_the_tender(hall: Hall) -> None:
    hall.qualify()
    fault = Fault(hall.number("A"), RejectionCause.NOT_RESPONSIVE, "第三章 2.1")
    for place, member in enumerate(hall.panel):
        hall.run(give_findings, GiveFindings(hall.no, (fault,) if place < 3 else ()), member)
    assert hall.state is S.CANCELLED
    assert hall.house.facts(hall.no).ending.cause == "few_responsive"


def test_what_a_bid_states_itself_is_not_entered_by_a_member(hall: Hall) -> None:
    hall.qualify()
    number = hall.number("A")
    stated = SetIndicator(hall.no, number, "B1", "12")
    assert hall.refused(set_indicator, stated, hall.panel[0]) == "indicator-stated"
    assert hall.refused(set_indicator, stated, hall.clerk) == "no-evaluation"
    other = SetIndicator(hall.no, number, "T1", "12")
    assert hall.refused(set_indicator, other, hall.panel[0]) == "criterion-unknown"
    assert hall.view(hall.panel[0]).figures[number, "B1"] == 15


@pytest.mark.parametrize(
    ("table", "actions"),
    [
        (EVALUATION, EvaluationAction),
        (SHEET, SheetAction),
        (LOW_PRICE_QUESTION, QuestionAction),
        (SIGNATURE, SignatureAction),
    ],
    ids=["evaluation", "sheet", "question", "signature"],
)
def test_every_pair_without_a_row_is_refused(table, actions) -> None:
    rows = {(row.source, row.action) for row in table}
    states = type(table.start)
    assert rows
    for state, action in product(states, actions):
        if (state, action) in rows:
            assert table.move(state, action)
        else:
            with pytest.raises(IllegalMove):
                table.move(state, action)
