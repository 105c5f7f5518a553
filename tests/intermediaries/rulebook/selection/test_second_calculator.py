"""The rules against a second calculator that shares no line with them, over random cases."""

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from intermediaries.rulebook.selection.modes import Funds, Mode, Unit
from market.kernel.money import Money
from tests.support import second_selection as second
from tests.support.selection_cast import PURPOSE, drawn, label_of, outcome, quotes, terms

CASES = 4000


def order_of(of, draw):
    places = draw.places()
    return sorted(range(len(of)), key=lambda index: places[of[index].key])


def cases(seed, least):
    """Random prices, drawn from few values often, so that ties and dropped quotes are common."""
    chance = random.Random(seed)
    for number in range(CASES):
        count = chance.randint(least, 9)
        spread = chance.choice((3, 20, 10_000, 2_000_000))
        base = chance.randint(1, 15_000_000)
        prices = [base + chance.randint(0, spread) for _ in range(count)]
        of = tuple(
            replace(quote, price=Money(price))
            for quote, price in zip(quotes(*["1"] * count), prices, strict=True)
        )
        yield number, prices, of, drawn(of, f"{seed}/{number}")


def test_the_lowest_price_agrees():
    held = terms(Mode.LOWEST, Funds.PRIVATE)
    for number, prices, of, draw in cases("lowest", 1):
        expected = second.lowest(prices, order_of(of, draw))
        assert label_of(outcome(held, of, draw).winner, of) == expected, (number, prices)


def test_the_average_agrees():
    held = terms(Mode.AVERAGE)
    for number, prices, of, draw in cases("average", 3):
        expected = second.average(prices, order_of(of, draw))
        assert label_of(outcome(held, of, draw).winner, of) == expected, (number, prices)


@pytest.mark.parametrize("unit", list(Unit))
def test_the_reference_price_agrees(unit):
    held = terms(Mode.REFPRICE, Funds.PRIVATE, unit=unit)
    for number, prices, of, draw in cases(f"reference/{unit}", 1):
        percent = second.percentage(draw.seed, PURPOSE)
        assert draw.factor() == percent
        expected = second.reference(prices, order_of(of, draw), percent, unit.value)
        assert label_of(outcome(held, of, draw).winner, of) == expected, (number, prices, percent)


def test_the_short_list_by_credit_agrees():
    chance = random.Random("credit")
    for number in range(CASES // 20):
        count = chance.randint(2, 8)
        hundredths = [
            chance.choice((6000, 8000, 9499, 9500, 12000, chance.randint(1, 12_000)))
            for _ in range(count)
        ]
        of = tuple(
            replace(quote, price=None, credit=Fraction(held, 100))
            for quote, held in zip(quotes(*["5"] * count), hundredths, strict=True)
        )
        sizes = (size := chance.randint(2, 8)), chance.randint(1, size)
        draw = drawn(of, f"credit/{number}")
        held = terms(Mode.CREDIT, list_size=sizes[0], short_size=sizes[1])
        found = [label_of(key, of) for key in outcome(held, of, draw).shortlist]
        expected = second.short_list(hundredths, order_of(of, draw), sizes, draw.seed, PURPOSE)
        assert found == expected, (number, hundredths, sizes)
