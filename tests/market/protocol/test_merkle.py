"""Trees and proofs: against published vectors, against the definition, and refused when touched."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.protocol.merkle import (
    EMPTY_ROOT,
    Frontier,
    Leaves,
    NotProved,
    consistency_proof,
    frontier_from,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "rfc9162-inclusion.json").read_text("utf-8")
)
ALL_SIZES = range(41)


def leaves_of(size):
    return [leaf_hash(f"entry {number}".encode()) for number in range(size)]


def defined_root(leaves):
    """MTH of RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(defined_root(leaves[:k]), defined_root(leaves[k:]))


def defined_consistency(m, leaves, *, whole=True):
    """SUBPROOF of RFC 9162 section 2.1.4.1, word for word."""
    n = len(leaves)
    if m == n:
        return [] if whole else [defined_root(leaves)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*defined_consistency(m, leaves[:k], whole=whole), defined_root(leaves[k:])]
    return [*defined_consistency(m - k, leaves[k:], whole=False), defined_root(leaves[:k])]


def defined_inclusion(m, leaves):
    """PATH of RFC 9162 section 2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*defined_inclusion(m, leaves[:k]), defined_root(leaves[k:])]
    return [*defined_inclusion(m - k, leaves[k:]), defined_root(leaves[:k])]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case[0])
def test_the_published_inclusion_vectors_are_judged_as_published(case):
    _, index, size, leaf, tree_root, proof, holds = case
    decoded = [base64.b64decode(step) for step in proof]
    arguments = (
        base64.b64decode(leaf),
        int(index),
        int(size),
        decoded,
        base64.b64decode(tree_root),
    )
    if holds:
        verify_inclusion(*arguments)
    else:
        with pytest.raises(NotProved):
            verify_inclusion(*arguments)


def test_the_published_vectors_are_all_there():
    assert len(VECTORS["cases"]) == 98
    assert sum(case[-1] for case in VECTORS["cases"]) == 6


@pytest.mark.parametrize("size", ALL_SIZES)
def test_root_and_inclusion_are_those_of_the_definition(size):
    leaves = leaves_of(size)
    nodes = Leaves(leaves)
    assert root(leaves) == defined_root(leaves)
    for index in range(size):
        proof = inclusion_proof(nodes, index, size)
        assert list(proof) == defined_inclusion(index, leaves)
        verify_inclusion(leaves[index], index, size, proof, root(leaves))


@pytest.mark.parametrize("new", ALL_SIZES)
def test_growth_is_proved_for_every_earlier_size_and_refused_for_every_other_root(new):
    leaves = leaves_of(new)
    nodes = Leaves(leaves)
    for old in range(new + 1):
        proof = consistency_proof(nodes, old, new)
        if old > 0:
            assert list(proof) == defined_consistency(old, leaves)
        verify_consistency(old, root(leaves[:old]), new, root(leaves), proof)
        for wrong in range(new + 1):
            if wrong != old:
                with pytest.raises(NotProved):
                    verify_consistency(old, root(leaves[:wrong]), new, root(leaves), proof)


def test_a_log_that_changed_an_old_entry_is_not_a_continuation():
    honest, forged = leaves_of(20), leaves_of(20)
    forged[3] = leaf_hash(b"something else")
    with pytest.raises(NotProved):
        verify_consistency(
            9, root(honest[:9]), 20, root(forged), consistency_proof(Leaves(forged), 9, 20)
        )


def test_a_log_does_not_shrink():
    leaves = leaves_of(5)
    with pytest.raises(NotProved):
        verify_consistency(5, root(leaves), 4, root(leaves[:4]), ())


def test_two_heads_of_one_size_need_one_root_and_no_proof():
    leaves = leaves_of(4)
    verify_consistency(4, root(leaves), 4, root(leaves), ())
    with pytest.raises(NotProved):
        verify_consistency(4, root(leaves), 4, root(leaves_of(4)[::-1]), ())
    with pytest.raises(NotProved):
        verify_consistency(4, root(leaves), 4, root(leaves), (leaves[0],))


def test_from_the_empty_log_anything_may_grow_but_only_from_its_own_root():
    leaves = leaves_of(4)
    verify_consistency(0, EMPTY_ROOT, 4, root(leaves), ())
    with pytest.raises(NotProved):
        verify_consistency(0, leaves[0], 4, root(leaves), ())
    with pytest.raises(NotProved):
        verify_consistency(0, EMPTY_ROOT, 4, root(leaves), (leaves[0],))


@given(st.integers(1, 300), st.data())
def test_any_flipped_bit_of_an_inclusion_is_refused(size, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    parts = [leaves[index], root(leaves), *inclusion_proof(Leaves(leaves), index, size)]
    which = data.draw(st.integers(0, len(parts) - 1))
    bit = data.draw(st.integers(0, 255))
    parts[which] = bytes(
        byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(parts[which])
    )
    with pytest.raises(NotProved):
        verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(st.integers(2, 300), st.data())
def test_any_flipped_bit_of_a_growth_is_refused(new, data):
    leaves = leaves_of(new)
    old = data.draw(st.integers(1, new - 1))
    parts = [
        root(leaves[:old]),
        root(leaves),
        *consistency_proof(Leaves(leaves), old, new),
    ]
    which = data.draw(st.integers(0, len(parts) - 1))
    place = data.draw(st.integers(0, 31))
    parts[which] = (
        parts[which][:place] + bytes([parts[which][place] ^ 1]) + parts[which][place + 1 :]
    )
    with pytest.raises(NotProved):
        verify_consistency(old, parts[0], new, parts[1], parts[2:])


@given(st.integers(1, 300), st.data())
def test_a_proof_serves_no_other_place(size, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size).filter(lambda place: place != index))
    proof = inclusion_proof(Leaves(leaves), index, size)
    with pytest.raises(NotProved):
        verify_inclusion(leaves[index], other, size, proof, root(leaves))


def test_growing_leaf_by_leaf_gives_the_same_roots_and_every_complete_node_once():
    frontier, seen = Frontier(), {}
    for size, leaf in enumerate(leaves_of(70), 1):
        frontier, made = frontier.append(leaf)
        for level, index, held in made:
            assert seen.setdefault((level, index), held) is held
        assert frontier.root() == root(leaves_of(size))
        assert frontier == frontier_from(Leaves(leaves_of(size)), size)
    nodes = Leaves(leaves_of(70))
    assert seen == {key: nodes.node(*key) for key in seen}
    assert len(seen) == 70 + 35 + 17 + 8 + 4 + 2 + 1


def test_the_empty_frontier_has_the_empty_root():
    assert Frontier().root() == EMPTY_ROOT == frontier_from(Leaves([]), 0).root()


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index, size):
    with pytest.raises(IndexError):
        inclusion_proof(Leaves(leaves_of(3)), index, size)


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_there_is_no_proof_that_a_log_shrank(old, new):
    with pytest.raises(IndexError):
        consistency_proof(Leaves(leaves_of(5)), old, new)


def test_a_subtree_that_is_not_full_has_no_hash():
    with pytest.raises(IndexError):
        Leaves(leaves_of(3)).node(1, 1)


def test_something_shorter_than_a_hash_is_refused_by_its_own_code():
    leaves = leaves_of(2)
    with pytest.raises(NotProved) as refused:
        verify_inclusion(leaves[0], 0, 2, (leaves[1][:31],), root(leaves))
    assert refused.value.code == "bad-hash"
