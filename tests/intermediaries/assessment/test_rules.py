"""Months: their edges, when they are read, how they are written."""

from dataclasses import fields
from datetime import date, timedelta
from fractions import Fraction

import pytest

from intermediaries.assessment.rules import (
    INSTANT,
    Month,
    Side,
    month_of,
    plain_figures,
    read_figures,
    read_month,
)
from intermediaries.rulebook.scores import CaseFigures, Weighed, ranking
from market.kernel.errors import BadInput
from market.kernel.holidays import seed_calendar
from market.kernel.workdays import end_of, start_of
from market.kernel.workhours import HOUR

NOVEMBER = Month(date(2026, 11, 1))


def test_a_month_ends_where_the_next_begins() -> None:
    assert NOVEMBER.until == start_of(date(2026, 12, 1)) == NOVEMBER.next.since
    assert NOVEMBER.next.next == Month(date(2027, 1, 1))
    assert month_of(NOVEMBER.since - INSTANT) == Month(date(2026, 10, 1))
    assert month_of(NOVEMBER.since) == NOVEMBER
    assert month_of(NOVEMBER.until - INSTANT) == NOVEMBER
    assert month_of(NOVEMBER.until) == NOVEMBER.next


def test_a_month_is_read_when_the_last_rating_of_its_last_day_was_due() -> None:
    last = end_of(date(2026, 12, 14))  # Monday 30 November and ten working days
    assert NOVEMBER.read_at(seed_calendar()) == last + INSTANT


@pytest.mark.parametrize("text", ["2026-11", "0999-01"])
def test_a_month_is_read_as_it_is_written(text: str) -> None:
    assert read_month(text).name == text


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-1", "26-11", "2026-11-01", "", "２０２６-11", "2026-11\n", "x" * 500]
)
def test_nothing_else_is_a_month(text: str) -> None:
    with pytest.raises(BadInput, match="bad-month"):
        read_month(text)


def test_figures_survive_being_kept() -> None:
    values = {
        one.name: place + 1 if "rounds" in one.name else HOUR * (place + 1)
        for place, one in enumerate(fields(CaseFigures))
        if "returned" not in one.name
    }
    made = CaseFigures(**values, agency_returned=3, department_returned=9)
    kept = plain_figures(made)
    assert read_figures(kept) == made
    assert len(set(kept.values())) == len(kept)
    assert timedelta(microseconds=kept["agency"]) == made.agency


def test_two_cases_are_not_ranked_and_three_are() -> None:
    few = [Weighed("few", Fraction(90), HOUR)] * 2
    enough = [Weighed("enough", Fraction(10), HOUR)] * 3
    ranks = {one.key: one.rank for one in ranking([*few, *enough], on=NOVEMBER.first)}
    assert ranks == {"few": None, "enough": 1}
    assert {side.value for side in Side} == {"agency", "department"}
