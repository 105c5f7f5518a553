"""Choosing by scheme: who may review, the edges of their points, the sum."""

from fractions import Fraction

import pytest

from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.quotes import Sheet
from market.kernel.errors import Refusal
from tests.support.selection_cast import outcome, quotes, row_figure, terms

OF = quotes("8", "10")
TERMS = terms(Mode.SCHEME)


def sheets(*rows, outside=None):
    """Sheets of rows of points, one point for each quote; all from outside unless said."""
    from_outside = [True] * len(rows) if outside is None else outside
    return tuple(
        Sheet(
            f"p{number}",
            from_outside[number],
            tuple((quote.key, Fraction(points)) for quote, points in zip(OF, row, strict=True)),
        )
        for number, row in enumerate(rows)
    )


def test_scheme_is_the_mean_of_all_reviewers_and_price_the_lowest_over_ones_own():
    found = outcome(TERMS, OF, sheets=sheets((40, 55), (41, 55), (42, "58.5")))
    assert [row_figure(found, quote, "scheme") for quote in OF] == ["41", "≈56.1667"]
    assert [row_figure(found, quote, "price-points") for quote in OF] == ["40", "32"]
    assert found.winner == OF[1].key


def test_points_from_zero_to_the_published_ones_are_taken_and_beyond_they_are_not():
    outcome(TERMS, OF, sheets=sheets((0, 60), (0, 60), (0, 60)))
    for odd in ("60.01", "-0.01"):
        with pytest.raises(Refusal, match="panel-misfit") as refused:
            outcome(TERMS, OF, sheets=sheets((0, odd), (0, 60), (0, 60)))
    assert "本平台规则" in refused.value.words("zh")


def test_fewer_than_three_reviewers_or_two_thirds_from_outside_are_refused():
    row = (40, 50)
    outcome(TERMS, OF, sheets=sheets(row, row, row, outside=[True, True, False]))
    for rows, outside in (
        ((row, row), [True, True]),
        ((row, row, row), [True, False, False]),
        ((row, row, row, row), [True, True, False, False]),
        ((), []),
    ):
        with pytest.raises(Refusal, match="panel-misfit"):
            outcome(TERMS, OF, sheets=sheets(*rows, outside=outside))


def test_a_reviewer_twice_and_a_sheet_that_leaves_a_scheme_out_are_refused():
    made = sheets((40, 50), (40, 50), (40, 50))
    twice = (made[0], made[0], made[1])
    short = (*made[:2], Sheet("p9", is_outside=True, points=made[2].points[:1]))
    for odd in (twice, short):
        with pytest.raises(Refusal, match="panel-misfit"):
            outcome(TERMS, OF, sheets=odd)
