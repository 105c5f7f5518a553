from dataclasses import replace
from datetime import timedelta

import pytest

from market.kernel.errors import MarketError
from market.protocol.amendments import (
    Amendment,
    Effect,
    check_history,
    read_amendment,
    stands,
)
from tests.support.protocol_cast import DEADLINE, TENDER, secret

OLD, NEW = secret("manifest"), secret("manifest 2")
FIRST = Amendment(TENDER, 1, Effect.EXPLAINS, secret("text"), OLD, DEADLINE)
SECOND = Amendment(
    TENDER, 2, Effect.REQUIRES_NEW, secret("text 2"), NEW, DEADLINE + timedelta(days=5)
)
THIRD = replace(SECOND, version=3, effect=Effect.EXPLAINS)


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def test_h16_a_word_of_explanation_kills_no_bid():
    assert stands(0, [FIRST])
    assert stands(0, [])


def test_h16_a_bid_made_before_new_ones_are_required_is_released():
    assert not stands(0, [FIRST, SECOND])
    assert not stands(1, [FIRST, SECOND, THIRD])
    assert stands(2, [FIRST, SECOND, THIRD])
    assert stands(3, [FIRST, SECOND, THIRD])


def test_an_amendment_is_read_as_it_was_journaled():
    for amendment in (FIRST, SECOND):
        assert read_amendment(amendment.to_json()) == amendment


@pytest.mark.parametrize(
    "change", [{"version": 0}, {"effect": "kills"}, {"deadline": None}, {"more": 1}]
)
def test_an_amendment_of_another_form_is_refused(change):
    refused("malformed", read_amendment, {**FIRST.to_json(), **change})


def test_h16_an_honest_history_is_taken():
    check_history(OLD, [])
    check_history(OLD, [FIRST, SECOND, THIRD])


@pytest.mark.parametrize(
    "history",
    [
        [SECOND],
        [FIRST, FIRST],
        [replace(FIRST, manifest_hash=NEW)],
        [FIRST, SECOND, replace(THIRD, manifest_hash=OLD)],
        [FIRST, replace(SECOND, deadline=DEADLINE - timedelta(microseconds=1))],
    ],
)
def test_h16_a_history_that_swaps_the_manifest_or_shortens_time_is_refused(history):
    refused("bad-amendment", check_history, OLD, history)
