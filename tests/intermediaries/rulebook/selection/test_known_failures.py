"""What went wrong in other systems, by name; and that no hand reaches into a rule."""

from dataclasses import replace

import pytest

from intermediaries.rulebook.selection.choosing import Given, choose
from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.outcome import Cause, Standing, Then
from intermediaries.rulebook.selection.quotes import Pick, Sheet
from market.kernel.errors import Refusal
from tests.support.selection_cast import (
    CHOOSE_BY,
    drawn,
    figure,
    outcome,
    quotes,
    terms,
    winner,
)

PRICED = (Mode.LOWEST, Mode.AVERAGE, Mode.REFPRICE)


def test_the_highest_price_never_wins_the_choice_of_the_lowest():
    for prices in (("9", "8", "7"), ("7", "8", "9"), ("8", "9", "7"), ("10", "9.9", "9.99")):
        of = quotes(*prices)
        found = outcome(terms(Mode.LOWEST), of)
        assert found.winner == min(of, key=lambda quote: quote.price).key
    # As text 10 stands before 9: a comparison of texts would turn it around.
    assert winner(terms(Mode.LOWEST), quotes("10", "9", "11")) == 1


@pytest.mark.parametrize("mode", PRICED)
@pytest.mark.parametrize("place", range(6))
def test_the_last_bidder_is_not_skipped_nor_any_other(mode, place):
    prices = ["9.00", "9.02", "9.04", "9.06", "9.08", "9.10"]
    best = {Mode.LOWEST: "1.00", Mode.AVERAGE: "9.00", Mode.REFPRICE: "8.70"}[mode]
    if mode is Mode.AVERAGE:
        prices = ["8.80", "9.20"] * 3
    asked = [*prices[:place], best, *prices[place + 1 :]]
    if mode is Mode.REFPRICE:  # two low ones, so that the better one is not the dropped one
        asked[(place + 1) % 6] = "8.00"
    of = quotes(*asked)
    assert winner(terms(mode), of) == place
    assert len({row.key for row in outcome(terms(mode), of).rows}) == len(prices)


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.SCHEME])
@pytest.mark.parametrize("funds", list(Funds))
def test_no_quote_is_no_division_by_zero_but_a_failure_with_its_cause(mode, funds):
    for given in (Given(quotes=()), Given(quotes=(), is_extended=True)):
        found = choose(terms(mode, funds), given)
        assert (found.winner, found.rows, found.failure.cause) == (None, (), Cause.NO_QUOTE)
        extends = mode is Mode.RANDOM and not given.is_extended
        assert (found.failure.then is Then.EXTEND) == extends
        assert figure(found, "count") == "0"


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.CREDIT])
def test_an_automatic_choice_never_falls_back_to_the_owner(mode):
    of = quotes("5", "5")
    pick = Pick(of[1].key, "熟悉本单位情况", CHOOSE_BY)
    for given in (Given(quotes=of, pick=pick), Given(quotes=(), pick=pick)):
        with pytest.raises(Refusal, match="no-hand"):
            choose(terms(mode), given)
    assert {item.value for item in Then} == {"extend-one-working-day", "publish-anew"}


def test_points_of_reviewers_reach_into_no_automatic_choice():
    of = quotes("5", "6", "7")
    sheet = Sheet("p1", is_outside=True, points=())
    with pytest.raises(Refusal, match="no-panel"):
        outcome(terms(Mode.LOWEST), of, sheets=(sheet,))


def test_an_average_is_of_the_quotes_and_not_of_averages():
    of = quotes("6", "9", "9", "10")
    found = outcome(terms(Mode.AVERAGE), of)
    assert figure(found, "mean") == "8.50"
    # The averages of halves, and of what is left after the highest and lowest, would be others.
    assert figure(outcome(terms(Mode.AVERAGE), quotes("6", "9", "9", "10", "12")), "mean") == (
        "≈9.3333"
    )


@pytest.mark.parametrize("mode", PRICED)
def test_the_order_in_which_quotes_are_read_changes_nothing(mode):
    of = quotes("9.1", "8.8", "9.1", "8.8", "9.0", "9.3")
    held = outcome(terms(mode), of, drawn(of))
    assert outcome(terms(mode), of[::-1], drawn(of)) == held
    assert [row.key for row in held.rows] == sorted(quote.key for quote in of)


def test_a_draw_of_other_enrolments_is_refused_and_a_choice_without_one_too():
    of = quotes("5", "6", "7")
    with pytest.raises(Refusal, match="foreign-draw"):
        outcome(terms(Mode.LOWEST), of, drawn(of[:2]))
    with pytest.raises(Refusal, match="no-draw"):
        choose(terms(Mode.LOWEST), Given(quotes=of))


def test_an_agency_that_stands_twice_is_refused():
    of = quotes("5", "6", "7")
    twice = (*of, replace(of[0], agency="another"))
    with pytest.raises(Refusal, match="quote-twice"):
        choose(terms(Mode.LOWEST), Given(quotes=twice))
    same = (*of[:2], replace(of[2], agency=of[0].agency))
    with pytest.raises(Refusal, match="quote-twice"):
        choose(terms(Mode.LOWEST), Given(quotes=same))


def test_an_invalid_quote_is_in_no_count_no_mean_and_wins_nothing_but_has_its_row():
    of = quotes("9", "8", "7", "25", "1")
    found = outcome(terms(Mode.AVERAGE), of)
    assert (figure(found, "count"), figure(found, "mean")) == ("4", "6.25")
    assert found.row(of[3].key).standing is Standing.INVALID
    assert "限价" in found.row(of[3].key).words("zh")
