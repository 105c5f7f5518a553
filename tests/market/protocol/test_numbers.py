"""Numbers out of a seed: reproduced by hand, even, in range, and never favouring a remainder."""

import hashlib
import hmac
from collections import Counter
from itertools import islice, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.protocol.numbers import below, check_ascending, distinct, permutation, pick, stream
from tests.support.log_cast import secret

SEED = secret("numbers")


def hand_value(seed, label, counter):
    message = b"yg/num/v1" + b"\x00" + label.encode() + counter.to_bytes(4, "big")
    return int.from_bytes(hmac.new(seed, message, hashlib.sha256).digest()[:8], "big")


def test_a_stream_is_what_the_definition_says():
    label = "perm/dark-numbers"
    assert list(islice(stream(SEED, label), 5)) == [hand_value(SEED, label, n) for n in range(5)]


def test_streams_of_other_labels_and_seeds_are_others():
    first = next(stream(SEED, "a"))
    assert first != next(stream(SEED, "b"))
    assert first != next(stream(secret("other"), "a"))


def test_a_label_has_at_most_128_bytes():
    assert next(stream(SEED, "x" * 128)) >= 0
    with pytest.raises(ValueError, match="128"):
        next(stream(SEED, "x" * 129))


@pytest.mark.parametrize(
    ("values", "limit", "drawn"),
    [
        ([2**64 - 1, 5], 3, 5 % 3),  # 2^64 mod 3 = 1: the last value is passed over
        ([2**64 - 2], 3, (2**64 - 2) % 3),
        ([2**64 - 6, 7], 10, 7),  # 2^64 mod 10 = 6: values from 2^64 - 6 on are passed over
        ([2**64 - 7], 10, (2**64 - 7) % 10),
        ([2**64 - 1], 2**63, 2**63 - 1),
        ([2**64 - 1], 2**64, 2**64 - 1),
        ([2**64 - 1], 1, 0),
    ],
)
def test_values_that_would_favour_a_remainder_are_passed_over(values, limit, drawn):
    assert below(iter(values), limit) == drawn


@pytest.mark.parametrize("limit", [0, -1, 2**64 + 1])
def test_there_is_no_number_below_nothing(limit):
    with pytest.raises(ValueError, match="below"):
        below(iter([1]), limit)


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**64))
def test_a_number_is_in_its_range(seed, limit):
    assert 0 <= below(stream(seed, "x"), limit) < limit


def test_a_permutation_is_fisher_yates_from_the_last_place_down():
    things = sorted(secret(f"thing/{number}") for number in range(7))
    order = list(things)
    for counter, place in enumerate(range(6, 0, -1)):
        value = hand_value(SEED, "perm/x", counter)
        assert value < 2**64 - 2**64 % (place + 1)
        other = value % (place + 1)
        order[place], order[other] = order[other], order[place]
    assert permutation(SEED, "x", things) == tuple(order)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_thing_have_one_order(count):
    things = [secret("only")][:count]
    assert permutation(SEED, "x", things) == tuple(things)


@pytest.mark.parametrize("things", [[b"b", b"a"], [b"a", b"a"], [b"a", b"c", b"b"]])
def test_nobody_chooses_the_order_a_permutation_starts_from(things):
    with pytest.raises(ValueError, match="ascending"):
        permutation(SEED, "x", things)
    with pytest.raises(ValueError, match="ascending"):
        check_ascending(things)


def test_every_order_of_four_comes_about_equally_often():
    things = [b"a", b"b", b"c", b"d"]
    counted = Counter(permutation(secret(f"even/{n}"), "x", things) for n in range(4800))
    assert set(counted) == set(permutations(things))
    expected = 4800 / 24
    assert sum((count - expected) ** 2 / expected for count in counted.values()) < 49.7  # p 0.001


def test_an_option_is_picked_by_its_index_in_the_published_list():
    options = ("95", "96", "97", "98")
    index, option = pick(SEED, "k", options)
    assert index == hand_value(SEED, "pick/k", 0) % 4
    assert option == options[index]
    counted = Counter(pick(secret(f"pick/{n}"), "k", options)[0] for n in range(2000))
    assert sum((count - 500) ** 2 / 500 for count in counted.values()) < 16.3  # p 0.001


def test_there_is_nothing_to_pick_from_nothing():
    with pytest.raises(ValueError, match="nothing"):
        pick(SEED, "k", ())


@given(st.binary(min_size=32, max_size=32), st.integers(0, 200), st.integers(0, 200))
def test_distinct_numbers_differ_and_stay_in_range(seed, count, more):
    found = distinct(seed, "place/12", count + more, count)
    assert len(set(found)) == count
    assert all(0 <= number < count + more for number in found)


def test_distinct_numbers_are_the_beginning_of_a_shuffle():
    values = stream(SEED, "x")
    places = list(range(20))
    for place in range(20):
        other = place + below(values, 20 - place)
        places[place], places[other] = places[other], places[place]
    for count in (0, 1, 7, 20):
        assert distinct(SEED, "x", 20, count) == tuple(places[:count])


def test_a_few_distinct_numbers_do_not_depend_on_how_many_follow():
    assert distinct(SEED, "x", 2**20, 3) == distinct(SEED, "x", 2**20, 9)[:3]


@pytest.mark.parametrize("count", [-1, 5])
def test_there_are_not_more_distinct_numbers_than_numbers(count):
    with pytest.raises(ValueError, match="many"):
        distinct(SEED, "x", 4, count)
