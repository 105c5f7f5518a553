"""Changing a score afterwards: four grounds, each with its fact, and nothing else."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from bidding.evaluation.rules.prices import price_scores
from bidding.evaluation.rules.score_corrections import (
    GROUND_WORDS,
    CorrectionGround,
    ScoreCorrection,
    corrected_sheet,
    refuse_unless_ground,
    sum_is_wrong,
)
from bidding.evaluation.rules.scoring import aggregate
from bidding.evaluation.rules.sheets import Mark, objective_points
from bidding.rulebook.names import BidNumber, MemberNumber
from market.kernel.errors import MarketError
from tests.bidding.evaluation.makers import (
    B1,
    DELIVERY_DAYS,
    MEMBERS,
    T1,
    A,
    B,
    C,
    five_sheets,
    scheme,
    three_offers,
)

G = CorrectionGround
COMPUTED = objective_points(scheme(), DELIVERY_DAYS, (A, B, C))
FOR, AGAINST = dict.fromkeys(MEMBERS, True), dict.fromkeys(MEMBERS, False)


def correction(ground, *, criterion=T1, points=45, bid=A, member=MEMBERS[0], reason="明显误读"):
    return ScoreCorrection(ground, member, bid, criterion, Fraction(points), reason)


def correct(wanted, sheets=None, votes=None):
    return corrected_sheet(
        sheets or five_sheets(), scheme(), wanted, computed=COMPUTED, votes=votes
    )


def refused(wanted, sheets=None, votes=None):
    with pytest.raises(MarketError) as refusal:
        correct(wanted, sheets, votes)
    return refusal.value.code


def with_mark(criterion, points):
    sheets = five_sheets()
    sheets[0] = sheets[0].with_mark(Mark(A, criterion, Fraction(points)))
    return sheets


def test_a_score_outside_its_range_is_corrected_and_one_inside_is_not():
    sheets = with_mark(T1, 51)
    assert correct(correction(G.OUT_OF_RANGE), sheets).points(A, T1) == 45
    assert refused(correction(G.OUT_OF_RANGE)) == "correction-not-allowed"
    assert refused(correction(G.OUT_OF_RANGE), with_mark(T1, 50)) == "correction-not-allowed"


def test_a_correction_gives_points_of_a_level_and_no_others():
    sheets = with_mark(T1, 51)
    assert refused(correction(G.OUT_OF_RANGE, points=52), sheets) == "score-out-of-range"


def test_an_objective_item_that_differs_is_set_to_the_fact_and_to_nothing_else():
    sheets = with_mark(B1, 18)
    right = correction(G.OBJECTIVE_DIFFERS, criterion=B1, points=15)
    assert correct(right, sheets).points(A, B1) == 15
    assert refused(replace(right, points=Fraction(12)), sheets) == "correction-not-allowed"
    assert refused(right) == "correction-not-allowed"
    assert refused(correction(G.OBJECTIVE_DIFFERS), sheets) == "correction-not-allowed"


def test_a_score_grossly_off_needs_a_majority_and_a_reason():
    wanted = correction(G.GROSSLY_OFF)
    assert correct(wanted, votes=FOR).points(A, T1) == 45
    three = {**AGAINST, **dict.fromkeys(MEMBERS[:3], True)}
    two = {**AGAINST, **dict.fromkeys(MEMBERS[:2], True)}
    assert correct(wanted, votes=three).points(A, T1) == 45
    assert refused(wanted, votes=two) == "correction-not-allowed"
    assert refused(wanted) == "vote-incomplete"
    assert refused(replace(wanted, reason="  "), votes=FOR) == "reason-missing"


def test_a_fact_is_never_grossly_off_and_nothing_changes_into_itself():
    fact = correction(G.GROSSLY_OFF, criterion=B1, points=20)
    same = correction(G.GROSSLY_OFF, points=40)
    assert refused(fact, votes=FOR) == "correction-not-allowed"
    assert refused(same, votes=FOR) == "correction-not-allowed"


def test_a_wrong_sum_is_summed_again_and_changes_no_mark():
    assert refused(correction(G.SUM_WRONG)) == "correction-not-allowed"
    prices = price_scores(
        three_offers(), weight=scheme().price_weight, deductions=scheme().deductions
    )
    scores = aggregate(scheme(), five_sheets(), bids=(A, B, C), facts=DELIVERY_DAYS, prices=prices)
    right = {score.bid: score.total for score in scores}
    assert not sum_is_wrong(right, scores)
    assert sum_is_wrong({**right, A: Decimal("84.34")}, scores)
    assert sum_is_wrong({A: right[A]}, scores)


def test_a_score_that_was_never_given_is_not_corrected():
    assert refused(correction(G.OUT_OF_RANGE, bid=BidNumber("Z"))) == "correction-not-allowed"
    stranger = correction(G.OUT_OF_RANGE, member=MemberNumber("M9"))
    assert refused(stranger) == "correction-not-allowed"


def test_a_correction_made_twice_is_refused_the_second_time():
    sheets = with_mark(T1, 51)
    sheets[0] = correct(correction(G.OUT_OF_RANGE), sheets)
    assert refused(correction(G.OUT_OF_RANGE), sheets) == "correction-not-allowed"


@pytest.mark.parametrize("ground", list(CorrectionGround))
def test_the_four_grounds_of_law_are_known(ground):
    assert refuse_unless_ground(ground.value) is ground
    assert all(GROUND_WORDS[ground])


@pytest.mark.parametrize("ground", ["", "owner_prefers_b", "sample_test", "site_visit"])
def test_any_other_ground_is_refused_with_its_article(ground):
    with pytest.raises(MarketError) as refusal:
        refuse_unless_ground(ground)
    assert refusal.value.code == "re-evaluation-not-allowed"
    assert "第四十四条" in refusal.value.words("zh")
