"""A mark changes after the lock on four grounds of law alone, and everything of it is kept."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.evaluation.commands.correcting import (
    ProposeCorrection,
    VoteCorrection,
    propose_correction,
    vote_correction,
)
from bidding.evaluation.commands.low_prices import NameEvaluation
from bidding.evaluation.commands.reporting import SignReport, call_signatures, sign_report
from bidding.evaluation.model import Correction, FormerReport, ScoreSheet
from bidding.evaluation.rules.states import CorrectionState, SheetState
from bidding.evaluation.rules.states import EvaluationState as S
from bidding.tenders.rules import TenderState
from market.protocol.encoding import digest, parse
from tests.bidding.evaluation.cast import Hall


def grossly(hall: Hall, points: str = "38", letter: str = "C", ground: str = "grossly_off"):
    return ProposeCorrection(
        hall.no, ground, "M01", hall.number(letter), "T1", points, "与其余成员评分相差悬殊"
    )


def corrections(hall: Hall) -> list[Correction]:
    with Session(hall.engine) as session:
        return list(session.scalars(select(Correction).order_by(Correction.proposed_at)))


def vote(hall: Hall, *found: bool) -> None:
    one = corrections(hall)[-1].id
    for member, is_off in zip(hall.panel, found, strict=True):
        hall.run(vote_correction, VoteCorrection(hall.no, one, is_off), member)


@pytest.fixture
def ranked(hall: Hall) -> Hall:
    hall.to_ranking()
    return hall


def test_a_score_that_the_panel_finds_grossly_off_is_corrected_and_ranked_anew(
    ranked: Hall,
) -> None:
    before = {line.uscc: line.total for line in ranked.opened().ranking}
    ranked.run(propose_correction, grossly(ranked), ranked.panel[1])
    assert ranked.refused(propose_correction, grossly(ranked), ranked.panel[2]) == "correction-open"
    called = ranked.refused(call_signatures, NameEvaluation(ranked.no), ranked.panel[0])
    assert called == "correction-open"
    vote(ranked, True, True, True, False, False)
    made = corrections(ranked)[0]
    assert (made.state, made.new) == (CorrectionState.APPLIED, "38")
    after = {line.uscc: line.total for line in ranked.opened().ranking}
    assert after[ranked.usccs["C"]] < before[ranked.usccs["C"]]
    assert after[ranked.usccs["A"]] == before[ranked.usccs["A"]]
    assert ranked.state is S.DRAFTING
    with Session(ranked.engine) as session:
        sheet = session.scalars(select(ScoreSheet).where(ScoreSheet.seat == made.seat)).one()
    assert sheet.state is SheetState.HASHED
    assert sheet.digest == digest(sheet.raw)
    assert digest(made.before) != sheet.digest
    last = ranked.acts()[-1]
    assert (last["kind"], last["type"]) == ("score-lock", "yg/score-correction/v1")


def test_a_minority_changes_nothing(ranked: Hall) -> None:
    before = ranked.opened().ranking
    ranked.run(propose_correction, grossly(ranked), ranked.panel[1])
    vote(ranked, True, True, False, False, False)
    assert corrections(ranked)[0].state is CorrectionState.REFUSED
    assert ranked.opened().ranking == before


@pytest.mark.parametrize(
    ("ground", "letter", "points", "code"),
    [
        ("second_thoughts", "C", "38", "re-evaluation-not-allowed"),
        ("sum_wrong", "C", "38", "correction-not-allowed"),
        ("out_of_range", "C", "38", "correction-not-allowed"),
        ("objective_differs", "C", "38", "correction-not-allowed"),
        ("grossly_off", "C", "51", "score-out-of-range"),
    ],
)
def test_no_other_ground_and_no_other_score(
    ranked: Hall, ground: str, letter: str, points: str, code: str
) -> None:
    asked = grossly(ranked, points, letter, ground)
    assert ranked.refused(propose_correction, asked, ranked.panel[0]) == code
    assert corrections(ranked) == []


def test_a_signed_report_is_put_aside_and_the_corrected_one_is_signed_anew(ranked: Hall) -> None:
    ranked.run(call_signatures, NameEvaluation(ranked.no), ranked.panel[0])
    first = ranked.opened().report
    for member in ranked.panel:
        ranked.run(sign_report, SignReport(ranked.no, first.hash), member)
    assert ranked.state is S.REPORTED
    # Once the report is out no member corrects alone: the purchaser calls the same panel.
    assert ranked.refused(propose_correction, grossly(ranked), ranked.panel[0]) == "not-allowed"
    ranked.run(propose_correction, grossly(ranked))
    vote(ranked, True, True, True, True, True)
    assert ranked.state is S.DRAFTING
    with Session(ranked.engine) as session:
        (aside,) = session.scalars(select(FormerReport)).all()
    assert (aside.hash, len(aside.said)) == (first.hash, 5)
    ranked.run(call_signatures, NameEvaluation(ranked.no), ranked.panel[0])
    second = ranked.opened().report
    assert second.hash != first.hash
    (named,) = parse(second.raw)["corrections"]
    assert (named["member"], named["new"]) == ("M01", "38")
    for member in ranked.panel:
        ranked.run(sign_report, SignReport(ranked.no, second.hash), member)
    assert ranked.state is S.REPORTED
    assert ranked.house.facts(ranked.no).state is TenderState.REPORTED
