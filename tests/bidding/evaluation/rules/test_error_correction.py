"""Correcting a bid's arithmetic: four rules, one order."""

from dataclasses import replace
from fractions import Fraction

import pytest

from bidding.evaluation.rules.error_correction import (
    CORRECTION_WORDS,
    CorrectionRule,
    Line,
    WrittenOffer,
    corrected,
    suspected_shift,
)
from market.kernel.errors import BadInput
from market.kernel.money import Money
from tests.bidding.evaluation.makers import yuan

R = CorrectionRule


def line(item, quantity, price):
    return Line(item, Fraction(quantity), Fraction(price) * 100)


TABLE = (line("主机", 2, 400), line("软件", 1, 200))


def rules(result):
    return [step.rule for step in result.steps]


def test_a_bid_without_contradictions_is_left_alone():
    result = corrected(WrittenOffer(yuan("1000"), yuan("1000"), yuan("1000"), TABLE))
    assert result.amount == yuan("1000")
    assert result.steps == ()
    assert not result.must_be_confirmed


def test_the_opening_form_prevails_over_the_rest_of_the_file():
    result = corrected(WrittenOffer(yuan("1000"), file=yuan("999")))
    assert result.amount == yuan("1000")
    assert rules(result) == [R.FORM_PREVAILS]


def test_capitals_prevail_over_figures():
    result = corrected(WrittenOffer(yuan("1000"), capitals=Money.from_capitals("壹仟壹佰元整")))
    assert result.amount == yuan("1100")
    assert rules(result) == [R.CAPITALS_PREVAIL]
    assert result.must_be_confirmed


def test_a_misplaced_decimal_changes_the_unit_price_and_not_the_total():
    table = (line("主机", 2, 4000), line("软件", 1, 200))
    written = WrittenOffer(yuan("1000"), lines=table, misplaced={"主机": -1})
    result = corrected(written)
    assert result.amount == yuan("1000")
    assert rules(result) == [R.DECIMAL_MISPLACED]
    assert result.lines == TABLE
    assert result.steps[0].item == "主机"


def test_unit_prices_prevail_over_a_total_that_is_not_their_sum():
    result = corrected(WrittenOffer(yuan("990"), lines=TABLE))
    assert result.amount == yuan("1000")
    assert rules(result) == [R.UNIT_PRICES_PREVAIL]


def test_several_errors_are_corrected_in_the_order_of_the_law():
    written = WrittenOffer(
        form=yuan("990"),
        capitals=yuan("980"),
        file=yuan("970"),
        lines=(line("主机", 2, 40), line("软件", 1, 200)),
        misplaced={"主机": 1},
    )
    result = corrected(written)
    assert rules(result) == list(CorrectionRule)
    assert result.amount == yuan("1000")


def test_a_correction_that_is_done_again_finds_nothing():
    first = corrected(WrittenOffer(yuan("990"), yuan("980"), yuan("970"), TABLE))
    again = corrected(WrittenOffer(first.amount, first.amount, first.amount, first.lines))
    assert again.amount == first.amount
    assert again.steps == ()


def test_a_sum_of_parts_of_a_fen_is_rounded_half_up_once():
    halves = tuple(Line(item, Fraction(1), Fraction(1, 2)) for item in "甲乙丙")
    result = corrected(WrittenOffer(Money(2), lines=halves))
    assert result.amount == Money(2)
    assert result.steps == ()


@pytest.mark.parametrize("places", [0, 7, -7])
def test_a_decimal_moves_by_one_to_six_places(places):
    with pytest.raises(BadInput) as refusal:
        corrected(WrittenOffer(yuan("1"), lines=TABLE, misplaced={"主机": places}))
    assert refusal.value.code == "misplaced-item"


@pytest.mark.parametrize("places", [6, -6])
def test_six_places_are_allowed(places):
    written = WrittenOffer(yuan("1000"), lines=TABLE, misplaced={"软件": places})
    assert corrected(written).steps[0].rule is R.DECIMAL_MISPLACED


def test_a_finding_names_one_item_of_the_table():
    stranger = WrittenOffer(yuan("1"), lines=TABLE, misplaced={"没有": 1})
    doubled = WrittenOffer(yuan("1"), lines=(TABLE[0], TABLE[0]))
    for written, code in ((stranger, "misplaced-item"), (doubled, "items-twice")):
        with pytest.raises(BadInput) as refusal:
            corrected(written)
        assert refusal.value.code == code


def test_a_table_that_adds_up_to_too_much_is_refused_and_never_crashes():
    huge = replace(TABLE[0], quantity=Fraction(10**17))
    with pytest.raises(BadInput) as refusal:
        corrected(WrittenOffer(yuan("1"), lines=(huge,)))
    assert refusal.value.code == "amount-too-large"


def test_the_one_shift_that_explains_a_total_is_proposed_to_the_panel():
    table = (line("主机", 2, 40), line("软件", 1, 200))
    assert suspected_shift(WrittenOffer(yuan("1000"), lines=table)) == ("主机", 1)
    assert suspected_shift(WrittenOffer(yuan("1000"), lines=TABLE)) is None
    assert suspected_shift(WrittenOffer(yuan("1001"), lines=table)) is None
    twins = (line("甲", 1, 1), line("乙", 1, 1))
    assert suspected_shift(WrittenOffer(yuan("11"), lines=twins)) is None


def test_every_rule_has_words():
    assert CORRECTION_WORDS.keys() == set(CorrectionRule)
