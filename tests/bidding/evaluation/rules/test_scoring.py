"""From sheets to scores: the worked example, equal objective items, and the mean over all."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.evaluation.rules.prices import price_scores
from bidding.evaluation.rules.scoring import aggregate, is_objective, objective_differences
from bidding.evaluation.rules.sheets import Mark, objective_points
from bidding.rulebook.criteria import Deductions
from bidding.rulebook.names import BidNumber
from market.kernel.errors import Refusal
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
    technical,
    three_offers,
)

BIDS = (A, B, C)


def prices(offers=None):
    known = three_offers() if offers is None else offers
    return price_scores(known, weight=scheme().price_weight, deductions=scheme().deductions)


def scored(sheets=None, bids=BIDS, facts=None, known=None, under=None):
    return aggregate(
        under or scheme(),
        five_sheets() if sheets is None else sheets,
        bids=bids,
        facts=DELIVERY_DAYS if facts is None else facts,
        prices=prices() if known is None else known,
    )


def refused(**changes):
    with pytest.raises(Refusal) as refusal:
        scored(**changes)
    return refusal.value.code


def test_the_worked_example_gives_84_33_and_86_40_and_86_85():
    assert [(one.bid, str(one.total)) for one in scored()] == [
        ("A", "84.33"),
        ("B", "86.40"),
        ("C", "86.85"),
    ]


def test_the_parts_of_the_worked_example_are_shown():
    parts = [(str(one.technical), str(one.business), str(one.price.points)) for one in scored()]
    assert parts == [
        ("41.00", "15.00", "28.33"),
        ("44.40", "12.00", "30.00"),
        ("47.60", "18.00", "21.25"),
    ]


def test_each_member_arrives_at_a_whole_score_and_the_bid_gets_their_mean():
    first = scored()[0]
    assert [member for member, _ in first.members] == list(MEMBERS)
    assert [points for _, points in first.members] == [
        Fraction(value) for value in ("83.33", "84.33", "84.33", "85.33", "84.33")
    ]
    assert first.exact == Fraction("84.33")


def test_a_mean_is_rounded_once_and_half_up():
    sheets = five_sheets()[:3]
    sheets = [one.with_mark(Mark(A, T1, Fraction(40))) for one in sheets]
    sheets[0] = sheets[0].with_mark(Mark(A, T1, Fraction(41)))
    # 40 and a third, 15 and 28.33: 83.66333… is published as 83.66.
    assert scored(sheets)[0].exact == Fraction(40 * 3 + 1, 3) + 15 + Fraction("28.33")
    assert scored(sheets)[0].total == Decimal("83.66")
    sheets[1] = sheets[1].with_mark(Mark(A, T1, Fraction(41)))
    assert scored(sheets)[0].total == Decimal("84.00")


def test_an_objective_item_has_one_value_for_all_members():
    business = scored()[0].criteria[1]
    assert is_objective(business)
    assert {points for _, points in business.given} == {15}


@pytest.mark.parametrize("place", range(5))
def test_a_member_who_differs_on_an_objective_item_stops_the_sum(place):
    sheets = five_sheets()
    sheets[place] = sheets[place].with_mark(Mark(B, B1, Fraction(18)))
    assert refused(sheets=sheets) == "objective-differs"
    computed = objective_points(scheme(), DELIVERY_DAYS, BIDS)
    assert objective_differences(sheets, computed) == ((MEMBERS[place], B, B1),)
    assert objective_differences(five_sheets(), computed) == ()


def test_members_who_agree_against_the_fact_are_stopped_too():
    sheets = [one.with_mark(Mark(B, B1, Fraction(18))) for one in five_sheets()]
    assert refused(sheets=sheets) == "objective-differs"


def test_no_sheet_is_left_out_and_none_counts_twice():
    assert refused(sheets=[]) == "no-sheets"
    assert refused(sheets=[*five_sheets(), five_sheets()[0]]) == "member-twice"
    holed = five_sheets()
    holed[4] = replace(holed[4], marks=holed[4].marks[1:])
    assert refused(sheets=holed) == "sheet-incomplete"


def test_prices_and_bids_must_fit_each_other():
    assert refused(known=prices(three_offers()[:2])) == "price-missing"
    assert refused(known=[*prices(), prices()[0]]) == "price-missing"


def test_a_bid_that_fell_out_after_the_lock_is_no_longer_counted():
    left = three_offers()[:2]
    total = {one.bid: str(one.total) for one in scored(bids=(A, B), known=prices(left))}
    assert total == {"A": "84.33", "B": "86.40"}


def test_a_bid_that_nobody_scored_cannot_appear():
    assert refused(bids=(*BIDS, BidNumber("D"))) == "sheet-incomplete"


def test_where_the_state_fixes_the_price_only_the_criteria_count():
    fixed = scheme(price_fixed=True, price_weight=Fraction(0), deductions=Deductions())
    scores = scored(sheets=five_sheets(fixed), known=(), under=fixed)
    assert [str(one.total) for one in scores] == ["56.00", "56.40", "65.60"]
    assert all(one.price is None for one in scores)


@given(st.permutations(five_sheets()), st.permutations(BIDS), st.permutations(prices()))
@settings(deadline=None, max_examples=25)
def test_neither_the_order_of_sheets_nor_of_bids_changes_a_score(sheets, bids, known):
    assert scored(sheets, bids, DELIVERY_DAYS, known) == scored()


@given(
    st.lists(
        st.sampled_from([level.points for level in technical().levels]), min_size=5, max_size=5
    )
)
@settings(deadline=None, max_examples=50)
def test_the_mean_lies_between_the_lowest_and_the_highest_member(given_points):
    sheets = [
        one.with_mark(Mark(A, T1, points))
        for one, points in zip(five_sheets(), given_points, strict=True)
    ]
    score = scored(sheets)[0]
    whole = [points for _, points in score.members]
    assert min(whole) <= score.exact <= max(whole)
    assert abs(Fraction(score.total) - score.exact) <= Fraction(1, 200)
