"""How many are needed for each mode and kind of funds: one fewer fails, exactly so many do not."""

from dataclasses import replace
from fractions import Fraction

import pytest

from intermediaries.rulebook.selection.modes import Funds, Mode
from intermediaries.rulebook.selection.outcome import Cause, Standing, Then
from intermediaries.rulebook.selection.quotes import Fault, Offer, Sheet
from intermediaries.rulebook.selection.sources import CITY_LEAST
from market.kernel.money import Money
from tests.support.selection_cast import ROUNDS_FROM, WAN, outcome, quotes, terms, wan

FISCAL, PRIVATE = Funds.FISCAL, Funds.PRIVATE
LEAST = {
    (Mode.DIRECT, FISCAL): 1,
    (Mode.DIRECT, PRIVATE): 1,
    (Mode.RANDOM, FISCAL): 3,
    (Mode.RANDOM, PRIVATE): 1,
    (Mode.LOWEST, FISCAL): 3,
    (Mode.LOWEST, PRIVATE): 1,
    (Mode.AVERAGE, FISCAL): 3,
    (Mode.AVERAGE, PRIVATE): 3,
    (Mode.REFPRICE, FISCAL): 3,
    (Mode.REFPRICE, PRIVATE): 1,
    (Mode.MULTIROUND, FISCAL): 2,
    (Mode.MULTIROUND, PRIVATE): 2,
    (Mode.CREDIT, FISCAL): 2,
    (Mode.CREDIT, PRIVATE): 2,
    (Mode.SCHEME, FISCAL): 2,
    (Mode.SCHEME, PRIVATE): 2,
}


def enrolled(mode, count):
    """So many enrolments that are good for every mode; a direct choice has its own price."""
    price = None if mode is Mode.DIRECT else wan("5")
    return tuple(
        replace(
            quote,
            price=price,
            credit=Fraction(90),
            offers=(Offer(ROUNDS_FROM, Money(5 * WAN)),),
        )
        for quote in quotes(*["5"] * count)
    )


def sheets(mode, of):
    if mode is not Mode.SCHEME:
        return ()
    points = tuple((quote.key, Fraction(30)) for quote in of)
    return tuple(Sheet(f"p{number}", is_outside=True, points=points) for number in range(3))


@pytest.mark.parametrize(("mode", "funds"), list(LEAST))
def test_both_edges_of_how_many_are_needed(mode, funds):
    least = LEAST[mode, funds]
    enough = enrolled(mode, least)
    assert outcome(terms(mode, funds), enough, sheets=sheets(mode, enough)).failure is None
    few = outcome(terms(mode, funds), enrolled(mode, least - 1))
    assert few.failure.cause is (Cause.TOO_FEW if least > 1 else Cause.NO_QUOTE)
    assert few.winner is None
    assert all(row.standing is Standing.NOT_CHOSEN for row in few.rows)


def test_the_table_above_has_every_mode_with_both_kinds_of_funds():
    assert set(LEAST) == {(mode, funds) for mode in Mode for funds in Funds}


def test_only_a_random_draw_goes_on_for_a_day_because_sealed_prices_open_at_their_moment():
    for (mode, funds), least in LEAST.items():
        few = outcome(terms(mode, funds), enrolled(mode, least - 1))
        assert (few.failure.then is Then.EXTEND) == (mode is Mode.RANDOM)


def test_a_direct_choice_is_the_agency_that_was_named_and_no_other():
    both = enrolled(Mode.DIRECT, 2)
    found = outcome(terms(Mode.DIRECT), both)
    assert found.winner == both[0].key
    assert "承担过前期勘察" in found.row(both[0].key).words("zh")
    assert "指名的是另一家" in found.row(both[1].key).words("zh")
    assert outcome(terms(Mode.DIRECT), both[1:]).failure.cause is Cause.NO_QUOTE


def test_more_enrolments_are_needed_where_the_notice_says_so_with_fiscal_funds_alone():
    for mode in (Mode.RANDOM, Mode.LOWEST, Mode.AVERAGE, Mode.REFPRICE):
        few = outcome(terms(mode, min_quotes=4), enrolled(mode, 3)).failure
        assert (few.cause, few.article) == (Cause.TOO_FEW, CITY_LEAST)
        law = outcome(terms(mode), enrolled(mode, 2)).failure
        assert law.article != CITY_LEAST
        assert outcome(terms(mode, min_quotes=4), enrolled(mode, 4)).failure is None
        assert outcome(terms(mode, PRIVATE, min_quotes=4), enrolled(mode, 3)).failure is None


@pytest.mark.parametrize("fault", list(Fault))
def test_an_enrolment_with_a_fault_does_not_count_and_says_why_in_both_languages(fault):
    of = enrolled(Mode.LOWEST, 4)
    found = outcome(terms(Mode.LOWEST), (replace(of[0], fault=fault), *of[1:]))
    row = found.row(of[0].key)
    assert (row.standing, row.place) == (Standing.INVALID, None)
    assert row.words("zh").startswith("不计入：")
    assert row.words("en").startswith("Does not count: ")
    assert outcome(terms(Mode.LOWEST), (replace(of[0], fault=fault), *of[1:3])).failure


@pytest.mark.parametrize("mode", [Mode.LOWEST, Mode.CREDIT])
def test_prices_at_the_limits_are_inside_and_a_fen_beyond_is_not(mode):
    held = terms(mode, floor=Money(5 * WAN), fixed=None)
    rest = enrolled(mode, 3)
    for price, inside in (
        (Money(5 * WAN), True),
        (Money(5 * WAN - 1), False),
        (Money(20 * WAN), True),
        (Money(20 * WAN + 1), False),
        (Money(0), False),
        (None, False),
    ):
        of = (replace(rest[0], price=price), *rest[1:])
        assert (outcome(held, of).row(of[0].key).standing is not Standing.INVALID) == inside


def test_in_a_random_draw_the_owners_price_holds_whatever_was_typed():
    of = tuple(replace(quote, price=Money(1)) for quote in enrolled(Mode.RANDOM, 3))
    found = outcome(terms(Mode.RANDOM), of)
    assert {row.figures[0].shown for row in found.rows} == {"5.00"}
