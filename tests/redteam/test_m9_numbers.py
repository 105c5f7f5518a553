"""M9: a drawn number favours some values, or two programs draw different ones from one seed."""

import hmac
from collections import Counter

import pytest

from market.protocol.numbers import RANGE, below, permutation, pick, stream
from tests.support.protocol_cast import secret

SEED = secret("numbers")


def test_values_that_would_favour_a_remainder_are_passed_over() -> None:
    limit = 2**63 + 1  # nearly half of all values would come twice
    fair = RANGE - RANGE % limit
    assert below(iter([fair, RANGE - 1, 5]), limit) == 5
    assert below(iter([fair - 1]), limit) == limit - 1
    assert fair % limit == 0  # what a plain remainder would have answered: the first, too often


def test_a_stream_is_its_definition_computed_by_hand() -> None:
    for counter, value in zip(range(3), stream(SEED, "perm/x"), strict=False):
        block = b"yg/num/v1\x00perm/x" + counter.to_bytes(4, "big")
        assert value == int.from_bytes(hmac.digest(SEED, block, "sha256")[:8], "big")


def test_one_draw_tells_nothing_of_another_purpose() -> None:
    things = sorted(secret(str(number)) for number in range(20))
    assert permutation(SEED, "one", things) != permutation(SEED, "two", things)
    assert permutation(SEED, "one", things) == permutation(SEED, "one", things)


def test_every_option_comes_about_equally_often() -> None:
    options = ("0.95", "0.96", "0.97")
    drawn = Counter(pick(secret(str(number)), "k", options)[1] for number in range(3000))
    assert set(drawn) == set(options)
    assert all(850 < count < 1150 for count in drawn.values())


@pytest.mark.parametrize("limit", [0, -1, RANGE + 1])
def test_there_is_no_number_outside_the_range(limit: int) -> None:
    with pytest.raises(ValueError, match="below"):
        below(iter([1]), limit)
