from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.scores import (
    CaseFigures,
    Part,
    Weighed,
    agency_score,
    department_score,
    figures,
    points,
    ranking,
    ratio,
)
from market.kernel.errors import Refusal
from market.kernel.workhours import HOUR
from tests.intermediaries.rulebook.clock.cast import at, reviewed

ON = date(2026, 11, 2)
EXAMPLE = CaseFigures(
    agency=74.5 * HOUR,
    department=49 * HOUR,
    experts=12.5 * HOUR,
    agency_limit=80 * HOUR,
    department_limit=40 * HOUR,
    experts_limit=24 * HOUR,
)
STARS = Fraction(9, 2)


@pytest.mark.parametrize(
    ("share", "earned"),
    [
        ("0", 100),
        ("0.5", 100),
        ("0.75", 90),
        ("1", 80),
        ("1.01", 79),
        ("1.225", Fraction("57.5")),
        ("1.8", 0),
        ("1.81", 0),
        ("7", 0),
    ],
)
def test_points_at_every_edge_of_the_share(share, earned):
    assert points(Fraction(share)) == earned


@given(st.fractions(0, 3), st.fractions(0, 3))
def test_more_hours_never_earn_more_points(one, two):
    less, more = sorted((one, two))
    assert 100 >= points(less) >= points(more) >= 0


def test_points_have_no_jump():
    tiny = Fraction(1, 10**9)
    for edge in (Fraction(1, 2), Fraction(1), Fraction(9, 5)):
        assert points(edge) - points(edge + tiny) <= 100 * tiny


def test_both_sides_share_the_same_points_of_the_bundle():
    department, agency = (
        department_score(EXAMPLE, on=ON),
        agency_score(EXAMPLE, STARS, on=ON),
    )
    shared = points(Fraction(136, 144))
    (of_department,) = [row.adds for row in department.rows if row.part is Part.BUNDLE]
    (of_agency,) = [row.adds for row in agency.rows if row.part is Part.BUNDLE]
    assert (of_department, of_agency) == (shared * 6 / 10, shared * 3 / 10)
    assert (department.shown, agency.shown) == (Decimal("72.33"), Decimal("84.04"))


def test_each_round_beyond_the_first_takes_five_and_each_return_ten():
    assert department_score(replace(EXAMPLE, department_rounds=1), on=ON).shown == Decimal("67.33")
    worse = replace(EXAMPLE, department_rounds=2, department_returned=1, agency_rounds=1)
    assert department_score(worse, on=ON).shown == Decimal("52.33")
    assert agency_score(worse, STARS, on=ON).shown == Decimal("79.04")
    returned = replace(EXAMPLE, agency_returned=2)
    assert agency_score(returned, STARS, on=ON).shown == Decimal("64.04")


def test_rows_explain_the_score_and_add_up_to_it():
    score = agency_score(replace(EXAMPLE, agency_rounds=1), STARS, on=ON)
    assert sum(row.adds for row in score.rows) == score.value
    assert [row.part for row in score.rows] == [Part.OWN, Part.BUNDLE, Part.STARS, Part.ROUNDS]
    assert score.rows[0].zh == "计中介机构74.5工时，时限80工时，得82.75分，权重50%"
    assert score.rows[2].en == "rated 4.50 stars, worth 90.00 points, weight 20%"


def test_a_score_is_rounded_only_when_it_is_shown():
    score = agency_score(EXAMPLE, STARS, on=ON)
    assert (
        score.value
        == Fraction(1, 2) * Fraction("82.75") + Fraction(3, 10) * points(Fraction(17, 18)) + 18
    )
    assert score.value != Fraction(score.shown)


@pytest.mark.parametrize("stars", [Fraction(99, 100), Fraction(501, 100)])
def test_stars_stay_on_their_scale(stars):
    with pytest.raises(ValueError, match="stars"):
        agency_score(EXAMPLE, stars, on=ON)


def test_a_limit_of_nothing_has_no_share():
    with pytest.raises(ValueError, match="above zero"):
        ratio(HOUR, timedelta(0))


def test_a_case_without_a_decision_has_no_score():
    story = reviewed(at(2, "09:00"))
    with pytest.raises(Refusal, match="not-decided"):
        figures(story.at(at(3)))
    story.tell(events.Terminated, at(2, "10:00"), "withdrawn")
    with pytest.raises(Refusal, match="not-decided"):
        figures(story.at(at(3)))


def test_a_decision_sent_back_is_deducted_from_whoever_gave_the_reason():
    story = reviewed(at(2, "09:00"))
    story.tell(events.Decided, at(2, "10:00"), events.Outcome.APPROVED)
    story.tell(events.DecisionReturned, at(5), Party.AGENCY, "false report")
    case = figures(story.at(at(6)))
    assert (case.agency_returned, case.department_returned) == (1, 0)
    assert agency_score(case, STARS, on=ON).value == 50 + 30 + 18 - 10


def cases(key, *rows):
    return [Weighed(key, Fraction(score), limit * HOUR) for score, limit in rows]


def test_a_period_is_the_mean_weighted_by_limits_and_not_the_mean_of_scores():
    (one,) = ranking(cases("a", (90, 300), (60, 100), (60, 100)), on=ON)
    assert (one.mean, one.rank, one.limit) == (Fraction(78), 1, 500 * HOUR)
    assert one.mean != Fraction(90 + 60 + 60, 3)


def test_with_fewer_than_three_cases_nobody_is_ranked():
    found = ranking(
        [
            *cases("two", (100, 10), (100, 10)),
            *cases("three", (50, 10), (50, 10), (50, 10)),
        ],
        on=ON,
    )
    assert [(each.key, each.rank) for each in found] == [("three", 1), ("two", None)]
    assert found[1].words("zh") == "业务量不足，不排名"
    assert found[0].words("en") == "rank 1"


def test_equal_means_share_a_rank_and_the_next_is_left_out():
    rows = [
        *cases("low", *[(50, 10)] * 3),
        *cases("one", *[(70, 10)] * 3),
        *cases("two", *[(70, 30)] * 3),
        *cases("best", *[(80, 10)] * 3),
    ]
    found = ranking(rows, on=ON)
    assert [(each.key, each.rank) for each in found] == [
        ("best", 1),
        ("one", 2),
        ("two", 2),
        ("low", 4),
    ]


def test_the_order_of_cases_changes_no_mean_and_no_rank():
    rows = [*cases("a", (1, 3), (7, 2), (9, 5)), *cases("b", (4, 1), (2, 8), (6, 6))]
    found = {
        frozenset((each.key, each.mean, each.rank) for each in ranking(order, on=ON))
        for order in list(permutations(rows))[::40]
    }
    assert len(found) == 1


def test_ten_thousand_cases_of_a_month_are_ranked_in_one_go_and_the_same_again():
    chance = Random(5)
    rows = [
        Weighed(
            f"agency {chance.randrange(200)}",
            Fraction(chance.randrange(100_000), chance.randrange(1, 200)),
            timedelta(microseconds=chance.randrange(1, 10**12)),
        )
        for _ in range(10_000)
    ]
    found = ranking(rows, on=ON)
    assert found == ranking(rows, on=ON)
    assert sum(each.cases for each in found) == 10_000
    assert all(one.mean >= two.mean for one, two in pairwise(found))
