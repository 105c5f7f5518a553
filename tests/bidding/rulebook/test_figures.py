"""Exact figures: one text for every number, rounding once and by name."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.rulebook.figures import (
    is_hundredths,
    percent_text,
    published,
    ratio_text,
    read_figure,
    write_figure,
    yuan_text,
)
from market.kernel.errors import BadInput


@pytest.mark.parametrize("text", ["0", "30", "12.5", "0.05", "-3", "-0.05", "999999999999.999999"])
def test_a_figure_in_its_shortest_form_is_read_and_written_back(text):
    assert write_figure(read_figure(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "-0", "030", "1.0", "1.", ".5", "+1", " 1", "1e3", "１２", "0.0000001", "1" * 13, "NaN"],
)
def test_any_other_writing_of_a_figure_is_refused(text):
    with pytest.raises(BadInput) as refusal:
        read_figure(text)
    assert refusal.value.code == "figure-malformed"


@given(st.integers(-(10**17), 10**17))
@settings(deadline=None)
def test_every_figure_of_six_decimals_has_exactly_one_text(millionths):
    value = Fraction(millionths, 10**6)
    assert read_figure(write_figure(value)) == value


def test_a_third_has_no_decimal_text():
    with pytest.raises(ValueError, match="not a decimal"):
        write_figure(Fraction(1, 3))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(28_3349, 10_000), "28.33"),
        (Fraction(28_335, 1000), "28.34"),
        (Fraction(30), "30.00"),
        (Fraction(0), "0.00"),
    ],
)
def test_a_published_score_is_rounded_half_up_to_two_decimals(value, shown):
    assert published(value) == Decimal(shown)
    assert ratio_text(value) == shown


def test_points_have_two_decimals_at_most():
    assert is_hundredths(Fraction("12.34"))
    assert not is_hundredths(Fraction("12.345"))


def test_amounts_and_shares_are_written_for_people():
    assert yuan_text(134_750_000) == "1,347,500.00"
    assert yuan_text(Fraction(1, 2)) == "0.01"
    assert percent_text(Fraction(3, 20)) == "15%"
    assert percent_text(Fraction(1, 3)) == "33.333333%"
