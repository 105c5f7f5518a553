from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.errors import BadInput
from market.kernel.money import LARGEST_FEN, Money, total
from market.kernel.rounding import Rounding

CAPITALS = {
    "1234567.89": "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分",
    "1000000": "壹佰万元整",
    "10005": "壹万零伍元整",
    "0.50": "伍角整",
    "100100.05": "壹拾万零壹佰元零伍分",
    "10000001": "壹仟万零壹元整",
    "1010": "壹仟零壹拾元整",
    "60007000.03": "陆仟万柒仟元零叁分",
}
MORE_CAPITALS = {
    "0": "零元整",
    "0.05": "伍分",
    "0.15": "壹角伍分",
    "10.50": "壹拾元伍角整",
    "-12.00": "负壹拾贰元整",
    "100005000": "壹亿零伍仟元整",
    "105000000": "壹亿零伍佰万元整",
    "1000000000000": "壹万亿元整",
    "1000500000001": "壹万零伍亿零壹元整",
}


@pytest.mark.parametrize(("yuan", "capitals"), [*CAPITALS.items(), *MORE_CAPITALS.items()])
def test_an_amount_in_capitals(yuan, capitals):
    assert Money.from_yuan(yuan).in_capitals() == capitals
    assert Money.from_capitals(capitals) == Money.from_yuan(yuan)


@given(st.integers(-LARGEST_FEN, LARGEST_FEN) | st.integers(0, 10**9))
def test_capitals_parse_back(fen):
    assert Money.from_capitals(Money(fen).in_capitals()) == Money(fen)


@given(st.integers(0, 9_999_999), st.sampled_from([1, 100, 10_000, 1_000_000, 10**8, 10**10]))
def test_capitals_of_round_amounts_parse_back(number, scale):
    money = Money(number * scale)
    assert Money.from_capitals(money.in_capitals()) == money


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("人民币壹佰圆正", "100"),
        ("壹佰元", "100"),
        ("壹拾元零伍角", "10.50"),
        ("壹拾万零柒仟元零伍角叁分", "107000.53"),
        ("壹拾万柒仟元伍角叁分整", "107000.53"),
    ],
)
def test_capitals_that_banks_write_too(written, yuan):
    assert Money.from_capitals(written) == Money.from_yuan(yuan)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "整",
        "负",
        "元整",
        "壹佰伍元整",
        "壹亿伍元整",
        "壹佰零零伍元整",
        "拾元整",
        "壹佰",
        "100元",
        "伍角伍角",
        "伍分伍角",
        "壹万万元整",
        "壹仟佰元整",
        "零壹元整",
        "一百元整",
        "壹" * 10_000 + "元整",
        "玖" + "万亿" * 6 + "元整",
    ],
)
def test_unclear_capitals_are_bad_input(written):
    with pytest.raises(BadInput) as refused:
        Money.from_capitals(written)
    assert refused.value.code == "capitals-malformed"


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12.30", 1230),
        (" 12.3 ", 1230),
        ("1,234,567.89", 123_456_789),
        ("12.300", 1230),
        ("-0.01", -1),
        (Decimal("12.3"), 1230),
        (Decimal("1E+2"), 10_000),
        ("9999999999999999.99", LARGEST_FEN),
    ],
)
def test_yuan_become_whole_fen(typed, fen):
    assert Money.from_yuan(typed) == Money(fen)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("12.305", "money-below-fen"),
        (Decimal("0.001"), "money-below-fen"),
        (Decimal("1E-30"), "money-below-fen"),
        ("10000000000000000", "money-too-large"),
        ("-10000000000000000", "money-too-large"),
        ("", "money-malformed"),
        ("1e5", "money-malformed"),
        ("1,23", "money-malformed"),
        ("+5", "money-malformed"),
        ("１２", "money-malformed"),
        ("NaN", "money-malformed"),
        ("1" * 5000, "money-malformed"),
        (Decimal("NaN"), "money-malformed"),
        (Decimal("Infinity"), "money-malformed"),
        (Decimal("1E+999999"), "money-malformed"),
        (Decimal("1E-999999"), "money-malformed"),
    ],
)
def test_what_is_no_amount_is_refused_by_its_own_code(typed, code):
    with pytest.raises(BadInput) as refused:
        Money.from_yuan(typed)
    assert refused.value.code == code


def test_money_meets_only_money():
    assert Money(5) + Money(3) == Money(8)
    assert Money(5) - Money(8) == Money(-3)
    assert total([Money(1), Money(2)]) == Money(3)
    assert total([]) == Money(0)
    assert Money(1) < Money(2) <= Money(2)
    for attempt in (
        lambda: Money(1) + 1,
        lambda: 1 - Money(1),
        lambda: Money(1) < 2,
        lambda: Money(1.0),
        lambda: Money(True),
        lambda: Money.from_yuan(1.5),
        lambda: Money(1).times(0.5, Rounding.DOWN),
        lambda: Money(1).times(True, Rounding.DOWN),
    ):
        with pytest.raises(TypeError):
            attempt()


def test_money_ends_at_sixteen_digits_of_yuan():
    assert Money(LARGEST_FEN) > Money(-LARGEST_FEN)
    for fen in (LARGEST_FEN + 1, -LARGEST_FEN - 1):
        with pytest.raises(ValueError, match="sixteen"):
            Money(fen)


@pytest.mark.parametrize(
    ("fen", "rate", "half_up", "down"),
    [
        (1, Fraction(1, 2), 1, 0),
        (3, Fraction(1, 2), 2, 1),
        (-1, Fraction(1, 2), -1, 0),
        (-3, Fraction(1, 2), -2, -1),
        (100, Decimal("0.0149"), 1, 1),
        (100, Fraction(2, 3), 67, 66),
        (7, 3, 21, 21),
    ],
)
def test_a_rate_names_its_rounding(fen, rate, half_up, down):
    assert Money(fen).times(rate, Rounding.HALF_UP) == Money(half_up)
    assert Money(fen).times(rate, Rounding.DOWN) == Money(down)


def test_an_amount_for_people_and_its_exact_ratio():
    assert str(Money(123_456_789)) == "1,234,567.89"
    assert str(Money(-5)) == "-0.05"
    assert str(Money(LARGEST_FEN)) == "9,999,999,999,999,999.99"
    assert Money(1230).yuan == Decimal("12.30")
    assert Money(100).over(Money(300)) == Fraction(1, 3)
