"""Trees of fixed depth: they look the same whatever they hold, and prove exactly what they hold."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.protocol.fixed_trees import (
    BATCH_DEPTH,
    COVER_DEPTH,
    DEPOSIT_DEPTH,
    FixedTree,
    check_path,
    fill,
)
from market.protocol.merkle import NotProved, node_hash
from tests.support.log_cast import secret

DEPTHS = (COVER_DEPTH, BATCH_DEPTH, DEPOSIT_DEPTH)


def leaves_of(count):
    return [secret(f"leaf/{number}") for number in range(count)]


def hand_root(depth, seed, leaves):
    """The definition read literally: a subtree without a leaf is filled, any other is hashed."""

    def node(level, index):
        span = range(index << level, (index + 1) << level)
        if not any(place in span for place in leaves):
            named = b"yg/fill/v1\x00" + bytes([depth, level]) + index.to_bytes(4, "big")
            return hmac.new(seed, named, hashlib.sha256).digest()
        if level == 0:
            return leaves[index]
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node(depth, 0)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_the_root_is_that_of_the_definition_and_every_leaf_is_in_it(depth, count):
    tree = FixedTree(depth, secret("seed"), leaves_of(count))
    placed = dict(zip(tree.places, leaves_of(count), strict=True))
    assert tree.root == hand_root(depth, secret("seed"), placed)
    for place, leaf in placed.items():
        path = tree.path(place)
        assert len(path) == depth
        check_path(depth, leaf, place, path, tree.root)


def test_a_full_batch_holds_4096_and_one_more_waits_for_the_next():
    tree = FixedTree(BATCH_DEPTH, secret("seed"), leaves_of(4096))
    assert sorted(tree.places) == list(range(4096))
    check_path(
        BATCH_DEPTH,
        leaves_of(4096)[4095],
        tree.places[4095],
        tree.path(tree.places[4095]),
        tree.root,
    )
    with pytest.raises(ValueError, match="many"):
        FixedTree(BATCH_DEPTH, secret("seed"), leaves_of(4097))


def test_an_empty_place_has_a_path_of_the_same_look():
    for count in (0, 50):
        tree = FixedTree(BATCH_DEPTH, secret("seed"), leaves_of(count))
        free = next(place for place in range(4096) if place not in tree.places)
        path = tree.path(free)
        assert [len(step) for step in path] == [32] * 12
        assert len(set(path)) == 12


def test_the_bits_of_true_nodes_and_of_fill_are_alike():
    busy, empty = (FixedTree(BATCH_DEPTH, secret("seed"), leaves_of(count)) for count in (2000, 0))
    for tree in (busy, empty):
        bits = b"".join(step for place in range(64) for step in tree.path(place * 64))
        ones = sum(byte.bit_count() for byte in bits)
        assert abs(ones / (8 * len(bits)) - 0.5) < 0.01


def test_the_same_seed_and_leaves_give_the_same_root_and_another_seed_another():
    roots = {FixedTree(12, secret(seed), leaves_of(9)).root for seed in ("a", "b", "a")}
    assert len(roots) == 2


def test_one_seed_fills_trees_of_different_depth_differently():
    assert fill(secret("s"), 12, 0, 0) != fill(secret("s"), 20, 0, 0)
    assert fill(secret("s"), 12, 0, 0) != fill(secret("s"), 12, 1, 0)
    assert fill(secret("s"), 12, 0, 0) != fill(secret("s"), 12, 0, 1)


def test_where_an_act_stands_tells_nothing_of_when_it_came():
    places = [FixedTree(12, secret(f"seed/{number}"), leaves_of(2)).places for number in range(400)]
    earlier_first = sum(first < second for first, second in places)
    assert 150 < earlier_first < 250
    assert len({first for first, _ in places}) > 350


@given(st.sampled_from(DEPTHS), st.integers(1, 20), st.data())
def test_any_flipped_bit_or_other_place_is_refused(depth, count, data):
    tree = FixedTree(depth, secret("seed"), leaves_of(count))
    which = data.draw(st.integers(0, count - 1))
    place, leaf = tree.places[which], leaves_of(count)[which]
    parts = [leaf, tree.root, *tree.path(place)]
    touched = data.draw(st.integers(0, len(parts) - 1))
    parts[touched] = parts[touched][:31] + bytes([parts[touched][31] ^ 1])
    with pytest.raises(NotProved):
        check_path(depth, parts[0], place, parts[2:], parts[1])
    other = data.draw(st.integers(-1, 2**depth).filter(lambda one: one != place))
    with pytest.raises(NotProved):
        check_path(depth, leaf, other, tree.path(place), tree.root)


@pytest.mark.parametrize(
    "change", [lambda path: path[:-1], lambda path: (*path, bytes(32)), lambda _: ()]
)
def test_a_path_of_another_length_is_refused(change):
    tree = FixedTree(12, secret("seed"), leaves_of(1))
    with pytest.raises(NotProved):
        check_path(
            12, leaves_of(1)[0], tree.places[0], change(tree.path(tree.places[0])), tree.root
        )


def test_an_inner_node_does_not_pass_for_a_leaf():
    tree = FixedTree(12, secret("seed"), leaves_of(1))
    place, path = tree.places[0], tree.path(tree.places[0])
    pair = (leaves_of(1)[0], path[0]) if place % 2 == 0 else (path[0], leaves_of(1)[0])
    with pytest.raises(NotProved):
        check_path(12, node_hash(*pair), place >> 1, path[1:], tree.root)


def test_making_a_deposit_tree_costs_what_it_holds_and_not_a_million():
    tree = FixedTree(DEPOSIT_DEPTH, secret("seed"), leaves_of(100))
    assert sum(len(level) for level in tree._levels) <= 100 * 21


@pytest.mark.parametrize(
    ("depth", "seed", "leaves"),
    [(12, b"short", []), (0, bytes(32), []), (33, bytes(32), []), (12, bytes(32), [b"x"])],
)
def test_a_tree_is_made_of_sound_parts(depth, seed, leaves):
    with pytest.raises(ValueError, match="32"):
        FixedTree(depth, seed, leaves)


@pytest.mark.parametrize("place", [-1, 4096])
def test_there_is_no_path_from_a_place_outside(place):
    with pytest.raises(IndexError):
        FixedTree(12, secret("seed"), []).path(place)
