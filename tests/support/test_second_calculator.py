"""The second calculator against the worked examples of the law reference, figure by figure."""

import pytest

from tests.support.second_calculator import (
    abnormally_low,
    corrected_offer,
    evaluated_prices,
    half_up,
    price_points,
    raised_points,
    rank_by_price,
    rank_by_score,
    total,
    total_with_replaced,
)

A, B, C = 90_000_000, 100_000_000, 120_000_000
WANG = 1_000_000  # ten thousand yuan, in fen


def test_with_the_deduction_the_micro_firm_takes_the_full_weight() -> None:
    assert price_points([A, B, C], [0, 1500, 0], 3000) == [2833, 3000, 2125]
    assert evaluated_prices([A, B, C], [0, 1500, 0])[1] == 85_000_000 * 10_000


def test_without_the_deduction_the_lowest_offer_does() -> None:
    assert price_points([A, B, C], [0, 0, 0], 3000) == [3000, 2700, 2250]


def test_in_works_a_small_firms_points_are_raised_by_a_share_of_themselves() -> None:
    assert raised_points([A, B, C], [0, 500, 0], 3000) == [3000, 2835, 2250]


def test_an_exact_half_goes_up_and_a_hair_less_does_not() -> None:
    assert half_up(5, 2) == 3
    assert half_up(4_999_999, 2_000_000) == 2
    assert price_points([1, 2], [0, 0], 1001) == [1001, 501]
    assert price_points([1, 2], [0, 0], 1000) == [1000, 500]


def test_the_offer_of_sixty_four_is_suspected_by_all_three_triggers_and_no_other_is() -> None:
    offers = [180 * WANG, 150 * WANG, 145 * WANG, 64 * WANG]
    assert abnormally_low(offers, 200 * WANG) == [set(), set(), set(), {1, 2, 3}]


@pytest.mark.parametrize(
    ("offers", "ceiling", "fired"),
    [
        ([50, 100], 100, [set(), set()]),
        ([49, 100], 100, [{2}, set()]),
        ([45, 45], 100, [set(), set()]),
        ([44, 44], 100, [{3}, {3}]),
        ([40, 80, 120], 80, [set(), set(), set()]),
        ([39, 78, 120], 80, [{1}, set(), set()]),
        ([44], 100, [{3}]),
    ],
)
def test_an_offer_on_the_line_is_not_below_it(
    offers: list[int], ceiling: int, fired: list[set[int]]
) -> None:
    assert abnormally_low(offers, ceiling) == fired


def test_the_purchaser_may_be_stricter_up_to_sixty_five_and_never_looser() -> None:
    assert abnormally_low([64, 100], 1000, (65, 65, 65))[0] == {2, 3}
    for wrong in (
        (66, 50, 45),
        (50, 66, 45),
        (50, 50, 66),
        (49, 50, 45),
        (50, 49, 45),
        (50, 50, 44),
    ):
        with pytest.raises(ValueError, match=r"\d+"):
            abnormally_low([1, 2], 3, wrong)


def test_the_higher_technical_score_beats_the_price_leader() -> None:
    scores = [
        total([[4100, 1500]], set(), 2833),
        total([[4440, 1200]], set(), 3000),
        total([[4760, 1800]], set(), 2125),
    ]
    assert scores == [8433, 8640, 8685]
    assert rank_by_score(scores, [A, B, C], [(), (), ()]) == [3, 2, 1]


def test_the_mean_is_over_all_members_and_is_rounded_once() -> None:
    assert total([[1], [2]], set(), 0) == 2
    assert total([[1], [1], [2]], set(), 0) == 1
    assert total([[0], [0], [900]], set(), 100) == 400


def test_members_who_differ_on_an_objective_criterion_have_made_an_error() -> None:
    assert total([[5, 7], [5, 8]], {0}, 0) == 13
    with pytest.raises(ValueError, match="1"):
        total([[5, 7], [5, 8]], {1}, 0)


def test_the_others_stand_in_for_a_member_who_will_not_explain() -> None:
    assert total_with_replaced([100, 200, 900], {2}, 0) == 150
    assert total_with_replaced([100, 200, 900], set(), 0) == 400


def test_equal_scores_fall_to_the_lower_offer_then_to_the_documents_then_stand_side_by_side() -> (
    None
):
    assert rank_by_score([90, 90], [8, 7], [(), ()]) == [2, 1]
    assert rank_by_score([90, 90], [7, 7], [(3,), (4,)]) == [2, 1]
    assert rank_by_score([90, 90, 80], [7, 7, 1], [(4,), (4,), (9,)]) == [1, 1, 3]


def test_by_price_the_deduction_counts_and_the_offer_as_made_does_not() -> None:
    assert rank_by_price([A, B, C], [0, 1500, 0], [(), (), ()]) == [2, 1, 3]
    assert rank_by_price([85, 100], [0, 1500], [(), ()]) == [1, 1]


def test_errors_are_corrected_in_the_order_of_the_law() -> None:
    lines = [(100, 3), (50, 4)]
    assert corrected_offer(500, 500, lines, set(), 500) == (500, lines, False)
    assert corrected_offer(600, 500, lines, set(), 500) == (500, lines, False)
    assert corrected_offer(600, 600, lines, set(), 500) == (500, lines, False)
    assert corrected_offer(500, 500, [(1000, 3), (50, 4)], {0}, 500) == (500, lines, False)
    assert corrected_offer(500, 500, [(1000, 3), (50, 4)], set(), 500) == (
        3200,
        [(1000, 3), (50, 4)],
        True,
    )
