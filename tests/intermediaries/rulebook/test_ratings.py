from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from intermediaries.rulebook.ratings import (
    DepartmentItem,
    DepartmentRating,
    OwnerItem,
    OwnerRating,
    Rating,
    Weights,
    mean,
    rating,
)
from market.kernel.errors import BadInput, Refusal
from market.kernel.holidays import seed_calendar
from market.kernel.workdays import SHANGHAI, CalendarNotPublished

CALENDAR = seed_calendar()
DECIDED = datetime(2026, 11, 2, 16, tzinfo=SHANGHAI)
LAST = datetime(2026, 11, 17, tzinfo=SHANGHAI)
ON = DECIDED.date()
INSTANT = timedelta(microseconds=1)


def owner(quality=5, time=5, norms=5, attitude=5, charge=5, reason=""):
    stars = (quality, time, norms, attitude, charge)
    return OwnerRating(dict(zip(OwnerItem, stars, strict=True)), reason)


def department(quality=5, time=5, reason=""):
    return DepartmentRating({DepartmentItem.QUALITY: quality, DepartmentItem.TIME: time}, reason)


def rated(one, two, at=LAST):
    return rating(one, two, decided=DECIDED, at=at, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("stars", "value"),
    [
        ((5, 1, 1, 1, 1), "2.2"),
        ((1, 5, 1, 1, 1), "2.2"),
        ((1, 1, 5, 1, 1), "1.6"),
        ((1, 1, 1, 5, 1), "1.6"),
        ((1, 1, 1, 1, 5), "1.4"),
        ((5, 5, 5, 5, 5), "5"),
    ],
)
def test_the_owner_rates_five_items_by_their_weights(stars, value):
    assert owner(*stars, reason="late").value(ON) == Fraction(value)


def test_the_department_rates_two_and_the_owner_weighs_more():
    assert department(5, 3).value(ON) == Fraction("4.2")
    assert rated(owner(5, 5, 5, 5, 5), department(5, 3)).value == Fraction("4.68")
    assert rated(owner(4, 4, 4, 4, 4), department(5, 5)).value == Fraction("4.4")


@pytest.mark.parametrize("low", [1, 2])
def test_two_stars_or_fewer_need_a_reason_and_something_put_right(low):
    for make in (
        lambda reason: owner(attitude=low, reason=reason),
        lambda r: department(5, low, r),
    ):
        with pytest.raises(Refusal, match="rating-needs-reason") as refused:
            make(" ")
        assert "reason" in refused.value.fields
        assert make("rude").opens_rectification
    assert not owner(attitude=3).opens_rectification


@pytest.mark.parametrize("stars", [0, 6, True, 4.5])
def test_stars_are_whole_and_from_one_to_five(stars):
    with pytest.raises(BadInput, match="rating-malformed"):
        owner(quality=stars, reason="so")
    with pytest.raises(BadInput, match="rating-malformed"):
        department(quality=stars, reason="so")


def test_no_item_is_left_out():
    with pytest.raises(BadInput, match="rating-malformed"):
        OwnerRating({OwnerItem.QUALITY: 5})
    with pytest.raises(BadInput, match="rating-malformed"):
        DepartmentRating({})


def test_what_is_missing_is_neutral_after_ten_working_days_and_open_until_then():
    assert rated(owner(), None, LAST) is None
    late = rated(owner(), None, LAST + INSTANT)
    assert late.value == Fraction("0.6") * 5 + Fraction("0.4") * Fraction("3.5")
    assert (late.owner_gave, late.department_gave) == (True, False)
    nobody = rated(None, None, LAST + INSTANT)
    assert (nobody.value, nobody.is_given) == (Fraction("3.5"), False)
    assert rated(None, department(), LAST + INSTANT).value == Fraction("4.1")


def test_both_ratings_count_at_once_and_a_year_without_holidays_is_refused():
    december = datetime(2026, 12, 25, 16, tzinfo=SHANGHAI)
    known = {"decided": december, "at": december, "calendar": CALENDAR}
    assert rating(owner(), department(), **known).value == 5
    with pytest.raises(CalendarNotPublished):
        rating(owner(), None, **known)


def given(value):
    return Rating(Fraction(value), Fraction(value), Fraction(value), True, True)


NEUTRAL = Rating(Fraction(7, 2), Fraction(7, 2), Fraction(7, 2), False, False)


def test_neutral_ratings_count_only_when_five_were_given():
    four = mean([given(5)] * 4 + [NEUTRAL] * 4, ON)
    assert (four.stars, four.counted, four.given) == (5, 4, 4)
    five = mean([given(5)] * 5 + [NEUTRAL] * 5, ON)
    assert (five.stars, five.counted, five.given) == (Fraction("4.25"), 10, 5)


def test_whoever_was_never_rated_has_no_mean():
    assert mean([], ON).stars is None
    assert mean([NEUTRAL] * 9, ON).stars is None


def test_weights_that_do_not_add_up_are_a_mistake():
    half = Fraction(1, 2)
    with pytest.raises(ValueError, match="add up"):
        Weights({OwnerItem.QUALITY: half}, {DepartmentItem.TIME: half}, half, half, half, 5)
