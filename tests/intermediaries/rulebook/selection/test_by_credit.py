"""Choosing by credit: list, lots, short list, the owner's pick and its limit."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from intermediaries.rulebook.selection.lots import lots_of
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.outcome import Cause, Standing
from intermediaries.rulebook.selection.quotes import Pick
from market.kernel.errors import BadInput, Refusal
from tests.support.selection_cast import (
    CHOOSE_BY,
    drawn,
    figure,
    label_of,
    outcome,
    quotes,
    row_figure,
    terms,
)

TICK = timedelta(microseconds=1)


def credited(*points):
    return tuple(
        replace(quote, price=None, credit=Fraction(held))
        for quote, held in zip(quotes(*["5"] * len(points)), points, strict=True)
    )


FIVE = credited("100", "95", "94.99", "80", "70.5")
TERMS = terms(Mode.CREDIT, list_size=4, short_size=2)


def test_the_tail_is_cut_and_the_others_hold_lots_by_credit_doubled_at_level_a():
    found = outcome(TERMS, FIVE)
    assert [row_figure(found, quote, "lots") for quote in FIVE[:4]] == [
        "20000",
        "19000",
        "9499",
        "8000",
    ]
    assert found.row(FIVE[4].key).standing is Standing.CUT
    assert figure(found, "lots") == "56499"
    assert "A级，持19000个号（加倍）" in found.row(FIVE[1].key).words("zh")
    assert "加倍" not in found.row(FIVE[2].key).words("zh")


def test_until_the_owner_picks_the_short_list_waits():
    found = outcome(TERMS, FIVE)
    assert found.is_waiting
    assert (len(found.shortlist), found.alternates) == (2, ())
    assert not outcome(TERMS, FIVE, as_of=CHOOSE_BY).winner


def test_the_owner_picks_one_of_the_short_list_with_a_reason_in_time():
    second = outcome(TERMS, FIVE).shortlist[1]
    for at in (CHOOSE_BY - TICK, CHOOSE_BY):
        found = outcome(TERMS, FIVE, pick=Pick(second, "同类项目经验最多", at))
        assert found.winner == second
        assert "同类项目经验最多" in found.row(second).words("zh")
    with pytest.raises(Refusal, match="pick-late"):
        outcome(TERMS, FIVE, pick=Pick(second, "同类项目经验最多", CHOOSE_BY + TICK))


def test_nobody_beyond_the_short_list_is_picked_and_nobody_without_a_reason():
    found = outcome(TERMS, FIVE)
    beyond = next(quote.key for quote in FIVE if quote.key not in found.shortlist)
    with pytest.raises(Refusal, match="not-on-short-list"):
        outcome(TERMS, FIVE, pick=Pick(beyond, "理由", CHOOSE_BY))
    with pytest.raises(BadInput, match="reason-missing"):
        outcome(TERMS, FIVE, pick=Pick(found.shortlist[0], " \n", CHOOSE_BY))


def test_when_the_owner_is_silent_the_first_drawn_is_chosen_a_microsecond_after_the_limit():
    found = outcome(TERMS, FIVE, as_of=CHOOSE_BY + TICK)
    assert found.winner == found.shortlist[0]
    assert "逾期未选" in found.row(found.winner).words("zh")


def test_the_share_of_first_places_follows_the_lots():
    count = Counter(
        label_of(outcome(TERMS, FIVE, drawn(FIVE, seed)).shortlist[0], FIVE) for seed in range(3000)
    )
    for number, lots in enumerate((20000, 19000, 9499, 8000)):
        assert abs(count[number] / 3000 - lots / 56499) < 0.035
    assert count[4] == 0


def test_a_short_list_longer_than_the_enrolments_takes_all_and_without_lots_it_fails():
    both = credited("80", "0")
    found = outcome(terms(Mode.CREDIT, list_size=5, short_size=5), both)
    assert found.shortlist == (both[0].key,)
    none = outcome(TERMS, credited("0", "0"))
    assert (none.winner, none.failure.cause) == (None, Cause.TOO_FEW)


def test_credit_that_is_missing_or_finer_than_a_hundredth_is_refused():
    for odd in (replace(FIVE[0], credit=None), replace(FIVE[0], credit=Fraction(1, 3))):
        with pytest.raises(BadInput, match="credit-missing"):
            outcome(TERMS, (odd, *FIVE[1:]))


def test_lots_of_a_hundredth_and_below_zero():
    assert lots_of(Fraction(1, 100), times=1) == 1
    assert lots_of(Fraction(1, 100), times=2) == 2
    assert lots_of(Fraction(-5), times=2) == 0
    with pytest.raises(ValueError, match="hundredths"):
        lots_of(Fraction(1, 1000), times=1)
