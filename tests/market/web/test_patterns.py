"""The holder bar: labels stand where they fit, and never run into the next stretch."""

from fractions import Fraction

import pytest

from market.web.patterns import Holding, stretches


def held(hours: int, label: str) -> Holding:
    return Holding("owner", "owner", Fraction(hours), label)


@pytest.mark.parametrize(("share", "shown"), [(168, False), (169, True)])
def test_a_chinese_label_is_shown_from_the_width_that_holds_it(share: int, *, shown: bool) -> None:
    first, _ = stretches([held(share, "等业主资料 3.5"), held(1000 - share, "编制")])
    assert first.shows_label is shown


def test_latin_letters_need_less_room_than_chinese_ones() -> None:
    latin, chinese = stretches([held(80, "input"), held(80, "等业主资料")])
    assert (latin.shows_label, chinese.shows_label) == (True, True)
    latin, chinese, _ = stretches([held(80, "input"), held(80, "等业主资料"), held(840, "")])
    assert (latin.shows_label, chinese.shows_label) == (True, False)
