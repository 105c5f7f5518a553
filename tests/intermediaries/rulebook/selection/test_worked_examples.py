"""The worked examples of the reference, to the figure (Q16, Q17)."""

import pytest

from intermediaries.rulebook.selection.modes import Funds, Mode, Unit
from intermediaries.rulebook.selection.outcome import Cause, Standing, Then
from tests.support.selection_cast import (
    drawn,
    figure,
    key,
    outcome,
    quotes,
    row_figure,
    seed_where,
    terms,
    winner,
)

SIX = quotes("10.0", "9.6", "9.4", "9.0", "8.6", "8.0")


def test_q16_the_average_of_four_quotes_is_9_225_and_9_10_wins_with_a_distance_of_0_125():
    four = quotes("9.80", "9.40", "9.10", "8.60")
    found = outcome(terms(Mode.AVERAGE), four)
    assert figure(found, "mean") == "9.225"
    assert [row_figure(found, quote, "distance") for quote in four] == [
        "0.575",
        "0.175",
        "0.125",
        "0.625",
    ]
    assert found.winner == four[2].key
    assert "均价" in found.row(four[2].key).words("zh")


@pytest.mark.parametrize(
    ("factor", "aim", "wins"), [(95, "8.69", 4), (96, "8.78", 4), (97, "8.88", 3), (98, "8.97", 3)]
)
@pytest.mark.parametrize("unit", list(Unit))
def test_q16_the_reference_price_of_six_quotes_for_each_drawn_percentage(factor, aim, wins, unit):
    draw = seed_where(SIX, lambda held: held.factor() == factor)
    found = outcome(terms(Mode.REFPRICE, unit=unit), SIX, draw)
    assert figure(found, "factor") == str(factor)
    if unit is Unit.WAN:
        assert (figure(found, "mean"), figure(found, "reference")) == ("9.15", aim)
    assert found.winner == SIX[wins].key
    assert found.row(SIX[0].key).standing is Standing.DROPPED_HIGH
    assert found.row(SIX[5].key).standing is Standing.DROPPED_LOW


def test_a_reference_price_in_yuan_has_two_decimals_of_a_yuan():
    draw = seed_where(SIX, lambda held: held.factor() == 97)
    assert figure(outcome(terms(Mode.REFPRICE, unit=Unit.YUAN), SIX, draw), "reference") == (
        "88,755.00"
    )


def test_of_two_equal_lowest_quotes_each_wins_by_some_seed_and_the_third_by_none():
    three = quotes("8.0", "8.0", "9.1")
    found = {winner(terms(Mode.LOWEST), three, drawn(three, seed)) for seed in range(40)}
    assert found == {0, 1}


@pytest.mark.parametrize("mode", [Mode.CREDIT, Mode.SCHEME])
@pytest.mark.parametrize("funds", list(Funds))
def test_q17_credit_and_scheme_with_one_enrolment_fail(mode, funds):
    found = outcome(terms(mode, funds), quotes("5"))
    assert found.winner is None
    assert (found.failure.cause, found.failure.then) == (Cause.TOO_FEW, Then.ANEW)
    assert "广东" in found.failure.words("zh")
    assert "Guangdong" in found.failure.words("en")


def test_q17_a_fiscal_random_draw_with_two_goes_on_for_one_working_day_and_then_fails():
    two = quotes("5", "5")
    first = outcome(terms(Mode.RANDOM), two)
    assert (first.winner, first.failure.cause, first.failure.then) == (
        None,
        Cause.TOO_FEW,
        Then.EXTEND,
    )
    again = outcome(terms(Mode.RANDOM), two, is_extended=True)
    assert (again.winner, again.failure.then) == (None, Then.ANEW)
    assert "延长1个工作日" in first.failure.words("zh")
    assert "海州" in again.failure.words("zh")


def test_a_fiscal_random_draw_with_three_names_a_winner_and_two_alternates():
    three = quotes("5", "5", "5")
    draw = drawn(three)
    found = outcome(terms(Mode.RANDOM), three, draw)
    order = sorted(draw.places(), key=draw.places().get)
    assert (found.winner, *found.alternates) == tuple(order)
    five = [key(number) for number in range(5)]
    assert len(outcome(terms(Mode.RANDOM), quotes(*"55555")).alternates) == 2
    assert len(set(five)) == 5


def test_each_outcome_cites_where_its_mode_comes_from_and_claims_no_more():
    three = quotes("5", "6", "7")
    assert "海州" in outcome(terms(Mode.LOWEST), three).article.cite("zh")
    assert outcome(terms(Mode.AVERAGE), three).article.cite("zh") == "本平台规则"
    assert outcome(terms(Mode.AVERAGE), three).article.cite("en") == "rule of this platform"
