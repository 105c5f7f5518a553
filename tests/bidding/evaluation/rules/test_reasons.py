"""Closed lists of causes: every one with words and an article, none without its clause."""

import pytest

from bidding.evaluation.rules.reasons import (
    CANCELLATIONS,
    REJECTIONS,
    Cancelled,
    CancelReason,
    Finder,
    RejectionCause,
    cancel,
    cancelled_if_few,
    reject,
)
from market.kernel.errors import BadInput
from market.kernel.law import Standing
from tests.bidding.evaluation.makers import A

NEED_CLAUSE = {
    RejectionCause.QUALIFICATION,
    RejectionCause.NOT_RESPONSIVE,
    RejectionCause.CONDITIONS,
    RejectionCause.COLLUSION,
    RejectionCause.OTHER,
}


def test_every_cause_and_every_reason_has_a_row():
    assert REJECTIONS.keys() == set(RejectionCause)
    assert CANCELLATIONS.keys() == set(CancelReason)


@pytest.mark.parametrize("cause", list(RejectionCause))
def test_a_rejection_states_its_cause_and_article_in_both_languages(cause):
    rejection = reject(A, cause, clause="第二章第3条")
    row = REJECTIONS[cause]
    assert row.zh in rejection.words("zh")
    assert row.en in rejection.words("en")
    assert row.article.cite("zh") in rejection.words("zh")
    assert "第二章第3条" in rejection.words("en")


@pytest.mark.parametrize("cause", list(RejectionCause))
def test_a_cause_that_leaves_something_open_asks_for_its_clause(cause):
    if cause in NEED_CLAUSE:
        with pytest.raises(BadInput) as refusal:
            reject(A, cause, clause="  ")
        assert refusal.value.code == "clause-missing"
    else:
        assert reject(A, cause).words("zh").startswith(REJECTIONS[cause].zh + "（")


def test_an_article_that_was_not_verified_says_so():
    row = REJECTIONS[RejectionCause.SIGNATURE]
    assert row.article.standing is Standing.MEMORY
    assert "条文未核实" in reject(A, RejectionCause.SIGNATURE).words("zh")
    assert "条文未核实" not in reject(A, RejectionCause.BOND).words("zh")


@pytest.mark.parametrize(("left", "cancelled"), [(0, True), (2, True), (3, False), (4, False)])
def test_three_bids_are_enough_and_two_are_not(left, cancelled):
    result = cancelled_if_few(left, reason=CancelReason.FEW_QUALIFIED)
    assert (result == Cancelled(CancelReason.FEW_QUALIFIED, left)) is cancelled
    assert (result is None) is not cancelled


def test_a_cancellation_by_count_tells_the_count():
    words = Cancelled(CancelReason.FEW_RESPONSIVE, 2)
    assert "现有 2 家" in words.words("zh")
    assert "2 left" in words.words("en")


@pytest.mark.parametrize("reason", list(CancelReason))
def test_a_purchaser_chooses_only_reasons_that_are_no_count_and_says_what_happened(reason):
    if CANCELLATIONS[reason].finder is Finder.HOUSE:
        with pytest.raises(BadInput) as refusal:
            cancel(reason, clause="x")
        assert refusal.value.code == "count-decides"
        return
    cancelled = cancel(reason, clause="预算被撤销")
    assert "预算被撤销" in cancelled.words("zh")
    assert "预算被撤销" in cancelled.words("en")
    if CANCELLATIONS[reason].needs_clause:
        with pytest.raises(BadInput) as refusal:
            cancel(reason, clause=" ")
        assert refusal.value.code == "clause-missing"
