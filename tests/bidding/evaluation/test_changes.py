"""What breaks the course: a winner falls out, a member is replaced, the evaluation rests."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bidding.evaluation.commands.checking import GiveFindings, give_findings
from bidding.evaluation.commands.determining import DetermineWinner, determine_winner
from bidding.evaluation.commands.low_prices import NameEvaluation, close_low_prices
from bidding.evaluation.commands.reporting import SignReport, call_signatures, sign_report
from bidding.evaluation.commands.resting import (
    PostponeEvaluation,
    ResumeEvaluation,
    postpone_evaluation,
    resume_evaluation,
)
from bidding.evaluation.commands.scoring import LockSheet, TypedMark, lock_sheet
from bidding.evaluation.commands.substitution import follow_panel
from bidding.evaluation.commands.succession import TakeNext, take_next
from bidding.evaluation.model import Evaluation, EvaluationSeat, Report, ScoreSheet
from bidding.evaluation.queries import next_candidate, result
from bidding.evaluation.rules.course import LONGEST_REST, PostponementReason, ReplacementReason
from bidding.evaluation.rules.states import EvaluationState as S
from bidding.evaluation.rules.states import SheetState
from bidding.panels.model import Panel, PanelRepresentative
from market.command import HOUSE, Actor
from market.kernel.errors import NotFound
from market.protocol.encoding import digest, parse
from tests.bidding.evaluation.cast import Hall

HEALTH = ReplacementReason.HEALTH


def swap(hall: Hall, place: int, came: Actor | None) -> None:
    """A member of the panel leaves; somebody else has signed in, or nobody yet."""
    with Session(hall.engine) as session, session.begin():
        panel = session.scalars(select(Panel.id)).one()
        gone = hall.panel[place].person
        session.execute(delete(PanelRepresentative).where(PanelRepresentative.person == gone))
        if came is not None:
            at = hall.clock.at
            session.add(
                PanelRepresentative(
                    panel=panel,
                    person=came.person,
                    named_at=at,
                    signed_in_at=at,
                    declaration_hash=digest(b"declared"),
                )
            )

    def follow(work, _):
        row = work.session.scalars(select(Evaluation)).one()
        follow_panel(work, row, HEALTH)

    hall.run(follow, None, HOUSE)


def substitute(hall: Hall) -> Actor:
    return Actor("expert6", frozenset(), hall.house.cast.enrol("expert6"))


def rest(hall: Hall, for_: timedelta) -> PostponeEvaluation:
    until = hall.clock.at + for_
    return PostponeEvaluation(hall.no, PostponementReason.SYSTEM_DOWN, "机房停电", until)


# --- the next in the order ------------------------------------------------------------------------


def test_when_the_winner_refuses_the_next_in_the_ranking_is_taken(hall: Hall) -> None:
    hall.to_winner()
    assert hall.ask(next_candidate, hall.no).uscc == hall.usccs["B"]
    refused = TakeNext(hall.no, "refused", "中标人书面放弃")
    assert hall.run(take_next, refused)["winner"] == hall.number("B")
    assert hall.ask(result, hall.no).winner.uscc == hall.usccs["B"]
    hall.run(take_next, TakeNext(hall.no, "unable", "不可抗力"))
    assert hall.ask(result, hall.no).winner.uscc == hall.usccs["A"]
    assert hall.ask(next_candidate, hall.no) is None
    assert hall.refused(take_next, refused) == "no-candidate-left"
    assert hall.ask(result, hall.no).winner.uscc == hall.usccs["A"]


def test_nobody_is_next_before_there_is_a_winner_and_a_cause_has_words(hall: Hall) -> None:
    hall.to_report()
    assert hall.refused(take_next, TakeNext(hall.no, "refused", "x")) == "illegal-move"
    hall.run(determine_winner, DetermineWinner(hall.no, hall.number("C")))
    assert hall.refused(take_next, TakeNext(hall.no, "refused", " ")) == "reason-missing"


# --- a substitute ---------------------------------------------------------------------------------


def test_a_substitute_scores_all_afresh_and_the_report_names_it(hall: Hall) -> None:
    hall.to_scoring()
    hall.lock(hall.panel[4], 4)
    came = substitute(hall)
    swap(hall, 4, came)
    with pytest.raises(NotFound):
        hall.view(hall.panel[4])
    view = hall.view(came)
    assert (view.member, view.sheet.state, view.sheet.marks) == ("M06", SheetState.OPEN, {})
    with Session(hall.engine) as session:
        states = session.scalars(select(ScoreSheet.state)).all()
    assert sorted(one.value for one in states) == ["open"] * 5 + ["void"]
    for place, member in enumerate(hall.panel[:4]):
        hall.lock(member, place)
    assert hall.state is S.SCORING
    seen = hall.view(came).sheet.version
    hall.run(lock_sheet, LockSheet(hall.no, seen, hall_marks(hall, came)), came)
    assert hall.state is S.LOW_PRICES
    hall.run(close_low_prices, NameEvaluation(hall.no), came)
    hall.run(call_signatures, NameEvaluation(hall.no), came)
    raw = parse(hall.ask(_report))
    assert [one["by"] for one in raw["replaced"]] == ["M06"]
    assert len(raw["sheets"]) == 5


def hall_marks(hall: Hall, member: Actor):
    return tuple(TypedMark(offer.number, "T1", "44") for offer in hall.view(member).offers)


def _report(session):
    return session.scalars(select(Report.raw)).one()


def test_nothing_closes_while_a_seat_waits_for_its_substitute(hall: Hall) -> None:
    hall.qualify()
    came = substitute(hall)
    swap(hall, 4, None)
    for member in hall.panel[:4]:
        hall.run(give_findings, GiveFindings(hall.no), member)
    assert hall.state is S.COMPLIANCE
    swap(hall, 4, came)
    hall.run(give_findings, GiveFindings(hall.no), came)
    assert hall.state is S.SCORING
    with Session(hall.engine) as session:
        seats = session.scalars(select(EvaluationSeat).order_by(EvaluationSeat.number)).all()
    assert [one.left_because for one in seats].count(HEALTH) == 1
    assert seats[-1].follows in {one.id for one in seats if one.left_at is not None}


# --- a rest ---------------------------------------------------------------------------------------


def test_while_an_evaluation_rests_the_panel_waits_and_at_its_end_goes_on(hall: Hall) -> None:
    hall.qualify()
    hall.run(postpone_evaluation, rest(hall, timedelta(hours=2)))
    member = hall.panel[0]
    hall.clock.at += timedelta(hours=2) - timedelta(microseconds=1)
    assert hall.refused(give_findings, GiveFindings(hall.no), member) == "evaluation-postponed"
    hall.clock.at += timedelta(microseconds=1)
    hall.run(give_findings, GiveFindings(hall.no), member)


def test_a_rest_can_end_early_and_has_an_end_and_a_reason(hall: Hall) -> None:
    none = rest(hall, timedelta(0))
    assert hall.refused(postpone_evaluation, none) == "rest-wrong"
    long = rest(hall, LONGEST_REST + timedelta(microseconds=1))
    assert hall.refused(postpone_evaluation, long) == "rest-wrong"
    assert hall.refused(resume_evaluation, ResumeEvaluation(hall.no)) == "not-resting"
    hall.run(postpone_evaluation, rest(hall, LONGEST_REST))
    stranger = hall.house.stranger
    assert hall.refused(resume_evaluation, ResumeEvaluation(hall.no), stranger) == "no-evaluation"
    hall.clock.at += timedelta(seconds=1)
    hall.run(resume_evaluation, ResumeEvaluation(hall.no))
    hall.qualify()
    assert hall.state is S.COMPLIANCE


def test_nobodys_time_to_sign_runs_while_the_evaluation_rests(hall: Hall) -> None:
    hall.to_ranking()
    hall.run(call_signatures, NameEvaluation(hall.no), hall.panel[0])
    before = hall.opened().report
    hall.run(postpone_evaluation, rest(hall, timedelta(days=2)))
    assert hall.opened().report.until - before.until == timedelta(days=2)
    word = SignReport(hall.no, before.hash)
    assert hall.refused(sign_report, word, hall.panel[0]) == "evaluation-postponed"
