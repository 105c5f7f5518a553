"""When letters go, how often they are tried, what they say."""

from datetime import UTC, datetime, timedelta

import pytest

from market.messages.letters import TEMPLATES, compose, fields
from market.messages.rules import (
    AT_ONCE,
    LIFETIME,
    earliest,
    is_lapsed,
    masked,
    next_morning,
    next_try,
    segments,
    signed_text,
)

MICRO = timedelta(microseconds=1)
EIGHT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
"""08:00 in Shanghai."""
TWENTY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TOMORROW = EIGHT + timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (EIGHT - MICRO, EIGHT),
        (EIGHT, EIGHT),
        (TWENTY - MICRO, TWENTY - MICRO),
        (TWENTY, TOMORROW),
        (TOMORROW - timedelta(hours=8), TOMORROW),
    ],
)
def test_ordinary_letters_go_from_eight_to_twenty(now: datetime, goes: datetime) -> None:
    assert earliest("SM01", now) == goes


@pytest.mark.parametrize("template", sorted(AT_ONCE))
def test_what_a_deadline_waits_for_goes_at_night(template: str) -> None:
    assert earliest(template, TWENTY) == TWENTY


def test_the_next_morning_is_that_of_the_next_legal_day() -> None:
    assert next_morning(EIGHT) == TOMORROW
    assert next_morning(datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)) == TOMORROW
    assert next_morning(datetime(2026, 3, 2, 16, 0, tzinfo=UTC)) == TOMORROW + timedelta(days=1)


def test_tries_come_after_one_five_thirty_minutes_and_never_more_than_six_hours_apart() -> None:
    waits = [(next_try(tries, EIGHT) - EIGHT).total_seconds() / 60 for tries in range(1, 10)]
    assert waits == [1, 5, 30, 60, 120, 240, 360, 360, 360]


def test_a_letter_lapses_after_seven_days() -> None:
    assert not is_lapsed(EIGHT, EIGHT + LIFETIME - MICRO)
    assert is_lapsed(EIGHT, EIGHT + LIFETIME)


@pytest.mark.parametrize(("length", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_a_long_text_takes_several_messages(length: int, count: int) -> None:
    assert segments("字" * length) == count


def test_a_sign_outside_the_plane_counts_two() -> None:
    assert segments("𠮷" * 35) == 1
    assert segments("𠮷" * 35 + "a") == 2


@pytest.mark.parametrize(
    ("address", "shown"),
    [("13812340000", "138****0000"), ("wang@example.com", "w***@example.com")],
)
def test_the_middle_of_an_address_is_not_shown(address: str, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_template_says_the_same_in_both_languages(template: str) -> None:
    zh, en = TEMPLATES[template]
    names = fields(template)
    assert all("{" + name + "}" in zh for name in names)
    assert all("{" + name + "}" in en for name in names)
    filled = compose(template, dict.fromkeys(names, "7"))
    assert "{" not in filled.zh + filled.en
    assert "!" not in filled.en
    assert segments(signed_text(zh, "zh")) <= 2


def test_no_template_has_a_place_for_a_project_a_bidder_or_an_amount() -> None:
    everything = set().union(*(fields(template) for template in TEMPLATES))
    assert not everything & {"project", "bidder", "amount", "price", "supplier"}


def test_a_value_may_differ_between_the_languages_and_none_may_be_missing() -> None:
    words = compose("AC01", {"organisation": ("甲", "Jia"), "role": "X"})
    assert ("甲" in words.zh, "Jia" in words.en) == (True, True)
    with pytest.raises(KeyError):
        compose("AC01", {"role": "X"})
    with pytest.raises(KeyError):
        compose("SM99")


def test_the_platform_signs_its_letters() -> None:
    assert signed_text("您好", "zh") == "【阳光交易】您好"
    assert signed_text("Hello", "en") == "[Yangguang] Hello"
