"""The order of bids: score, offer, the documents' rules, a draw; and three at least."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.evaluation.rules.prices import price_scores
from bidding.evaluation.rules.ranking import (
    Decider,
    NeedsDraw,
    Ranking,
    contenders,
    due_candidate,
    rank,
    refuse_unless_due,
)
from bidding.evaluation.rules.reasons import Cancelled, CancelReason
from bidding.evaluation.rules.scoring import aggregate
from bidding.rulebook.criteria import TieRule
from bidding.rulebook.limits import fewest_bids
from bidding.rulebook.names import BidNumber
from market.kernel.errors import Refusal
from tests.bidding.evaluation.makers import (
    DELIVERY_DAYS,
    ON,
    A,
    B,
    C,
    contender,
    five_sheets,
    lowest_price,
    offer,
    scheme,
    three_offers,
)

D = BidNumber("D")


def dec(text):
    return Decimal(text)


def worked():
    prices = price_scores(
        three_offers(), weight=scheme().price_weight, deductions=scheme().deductions
    )
    scores = aggregate(scheme(), five_sheets(), bids=(A, B, C), facts=DELIVERY_DAYS, prices=prices)
    return contenders(scheme(), three_offers(), scores)


def order(result):
    assert isinstance(result, Ranking)
    return [(place.rank, place.bid, place.decided_by) for place in result.places]


def test_the_worked_example_puts_c_before_b_before_a():
    assert order(rank(scheme(), worked())) == [
        (1, C, Decider.SCORE),
        (2, B, Decider.SCORE),
        (3, A, Decider.SCORE),
    ]


def test_equal_scores_put_the_lower_offer_first_and_not_the_lower_price_compared():
    bids = [
        contender("A", 100, dec("80.00")),
        contender("B", 110, dec("80.00"), share=Fraction(15, 100)),
        contender("C", 90, dec("70.00")),
    ]
    assert order(rank(scheme(), bids)) == [
        (1, A, Decider.OFFER),
        (2, B, Decider.OFFER),
        (3, C, Decider.SCORE),
    ]


def twins(**parts):
    first = contender("A", 100, dec("80.00"), **{k: dec(v[0]) for k, v in parts.items()})
    second = contender("B", 100, dec("80.00"), **{k: dec(v[1]) for k, v in parts.items()})
    return [first, second, contender("C", 90, dec("70.00"))]


def test_equal_scores_and_offers_go_by_the_rules_of_the_documents():
    by_technical = rank(scheme(), twins(technical=("40.00", "41.00")))
    assert order(by_technical)[0] == (1, B, Decider.TECHNICAL)
    both = scheme(tie_rules=(TieRule.BUSINESS, TieRule.TECHNICAL))
    by_business = rank(both, twins(technical=("40.00", "41.00"), business=("11.00", "10.00")))
    assert order(by_business)[0] == (1, A, Decider.BUSINESS)


def test_without_a_rule_that_decides_a_draw_is_needed():
    assert rank(scheme(tie_rules=()), twins(technical=("40.00", "41.00"))) == NeedsDraw(((A, B),))
    assert rank(scheme(), twins()) == NeedsDraw(((A, B),))


def test_a_draw_decides_between_equals_and_nobody_else():
    result = rank(scheme(), twins(), drawn=(B, A))
    assert order(result) == [(1, B, Decider.DRAW), (2, A, Decider.DRAW), (3, C, Decider.SCORE)]
    assert rank(scheme(), twins(), drawn=(B, A)) == result


@pytest.mark.parametrize("drawn", [(A,), (A, C), (A, B, C), (B, B), (D, A)])
def test_a_draw_that_names_other_bids_is_refused(drawn):
    with pytest.raises(Refusal) as refusal:
        rank(scheme(), twins(), drawn=drawn)
    assert refusal.value.code == "draw-does-not-fit"


def test_a_draw_that_nobody_needs_is_refused():
    with pytest.raises(Refusal) as refusal:
        rank(scheme(), worked(), drawn=(A, B))
    assert refusal.value.code == "draw-does-not-fit"


def test_each_group_of_equals_is_drawn_for_itself():
    bids = [*twins()[:2], contender("C", 90, dec("70.00")), contender("D", 90, dec("70.00"))]
    assert rank(scheme(), bids) == NeedsDraw(((A, B), (C, D)))
    drawn = order(rank(scheme(), bids, drawn=(B, A, D, C)))
    assert [bid for _, bid, _ in drawn] == [B, A, D, C]
    with pytest.raises(Refusal):
        rank(scheme(), bids, drawn=(D, C, B, A))


def test_the_lowest_price_compared_goes_first_under_the_lowest_price_method():
    offers = [offer("A", 900_000), *three_offers()[1:]]
    result = rank(lowest_price(), contenders(lowest_price(), offers, ()))
    assert order(result) == [
        (1, B, Decider.EVALUATION_PRICE),
        (2, A, Decider.EVALUATION_PRICE),
        (3, C, Decider.EVALUATION_PRICE),
    ]


def test_equal_prices_compared_go_by_the_offer_where_the_documents_say_so():
    bids = [
        contender("A", 85),
        contender("B", 100, share=Fraction(15, 100)),
        contender("C", 200),
    ]
    assert rank(lowest_price(), bids) == NeedsDraw(((A, B),))
    by_offer = order(rank(lowest_price(tie_rules=(TieRule.OFFER,)), bids))
    assert by_offer[0] == (1, A, Decider.OFFER)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_fewer_than_three_bids_cancel_the_tender_with_its_reason(left):
    result = rank(scheme(), worked()[:left])
    assert result == Cancelled(CancelReason.FEW_RESPONSIVE, left)
    assert "第三十六条" in result.words("zh")


def test_three_bids_are_enough():
    assert isinstance(rank(scheme(), worked()), Ranking)
    assert fewest_bids(ON).value == 3


def test_a_single_bid_can_be_ranked_where_a_procedure_allows_it():
    assert order(rank(scheme(), worked()[:1], fewest=1)) == [(1, A, Decider.SCORE)]


def test_scores_and_offers_are_of_the_same_bids():
    for known in (three_offers()[:2], [*three_offers(), offer("D", 1)]):
        with pytest.raises(Refusal) as refusal:
            contenders(scheme(), known, ())
        assert refusal.value.code == "offers-and-scores-differ"
    with pytest.raises(Refusal) as refusal:
        rank(scheme(), [*worked(), worked()[0]])
    assert refusal.value.code == "bid-twice"


def test_the_winner_is_determined_in_ranked_order():
    ranking = rank(scheme(), worked())
    assert due_candidate(ranking).bid == C
    assert due_candidate(ranking, passed_over={C}).bid == B
    assert refuse_unless_due(ranking, C).rank == 1
    assert refuse_unless_due(ranking, A, passed_over={B, C}).rank == 3
    with pytest.raises(Refusal) as refusal:
        refuse_unless_due(ranking, B)
    assert refusal.value.code == "not-in-order"
    assert "第四十三条" in refusal.value.words("zh")


def test_when_all_candidates_fell_out_nobody_is_left():
    with pytest.raises(Refusal) as refusal:
        due_candidate(rank(scheme(), worked()), passed_over={A, B, C})
    assert refusal.value.code == "no-candidate-left"


FIELDS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(7000, 7002), st.integers(40, 41)),
    min_size=3,
    max_size=7,
)


def drawn_up(fields):
    return [
        contender(f"B{place}", price, Decimal(total) / 100, Decimal(technical))
        for place, (price, total, technical) in enumerate(fields)
    ]


@given(FIELDS, st.data())
@settings(deadline=None)
def test_the_order_in_which_bids_are_handed_in_changes_nothing(fields, data):
    bids = drawn_up(fields)
    assert rank(scheme(), data.draw(st.permutations(bids))) == rank(scheme(), bids)


@given(FIELDS)
@settings(deadline=None)
def test_nobody_stands_above_a_better_score(fields):
    bids = drawn_up(fields)
    result = rank(scheme(), bids)
    if isinstance(result, NeedsDraw):
        result = rank(scheme(), bids, drawn=[bid for group in result.groups for bid in group])
    totals = [place.contender.total for place in result.places]
    assert totals == sorted(totals, reverse=True)
    assert sorted(place.bid for place in result.places) == sorted(bid.bid for bid in bids)
    assert [place.rank for place in result.places] == list(range(1, len(bids) + 1))
