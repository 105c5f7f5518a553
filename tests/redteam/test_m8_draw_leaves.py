"""M8: leaves of a draw are hashed so that a node passes for a candidate or order is not shown."""

from dataclasses import replace

import pytest

from market.protocol.encoding import digest
from market.protocol.merkle import leaf_hash, node_hash, root
from market.protocol.numbers import check_ascending, permutation
from market.protocol.pools import leaf_data
from tests.market.draws.parties_at_work import candidates
from tests.support.protocol_cast import secret

KEY = secret("pool")
DATA = [leaf_data(KEY, one) for one in candidates()]
LEAVES = sorted(leaf_hash(data) for data in DATA)


def test_a_leaf_is_hashed_once_and_as_a_leaf() -> None:
    assert root(LEAVES[:1]) == LEAVES[0]
    assert root(LEAVES[:2]) == node_hash(LEAVES[0], LEAVES[1])
    assert leaf_hash(DATA[0]) == digest(b"\x00" + DATA[0])
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


def test_an_inner_node_does_not_pass_for_a_candidate() -> None:
    inner = node_hash(LEAVES[0], LEAVES[1])
    assert root([inner, LEAVES[2]]) == root(LEAVES[:3])  # as hashes the trees agree …
    preimage = b"\x01" + LEAVES[0] + LEAVES[1]
    assert digest(preimage) == inner
    assert all(not data.startswith(b"\x01" + LEAVES[0]) for data in DATA)
    assert leaf_hash(preimage) != inner  # … but no candidate's data gives that leaf


def test_the_order_is_that_of_the_published_leaves_and_of_nothing_else() -> None:
    check_ascending(LEAVES)
    seed = secret("seed")
    drawn = permutation(seed, "dark", LEAVES)
    assert sorted(drawn) == LEAVES
    for crooked in (LEAVES[::-1], [*LEAVES, LEAVES[-1]], [LEAVES[1], LEAVES[0], *LEAVES[2:]]):
        with pytest.raises(ValueError, match="ascending"):
            permutation(seed, "dark", crooked)


def test_one_person_has_one_leaf_and_another_record_another() -> None:
    one = candidates()[0]
    assert leaf_data(KEY, one) == leaf_data(KEY, one)
    assert leaf_data(KEY, replace(one, id=one.id + "x")) != leaf_data(KEY, one)
    assert len(set(LEAVES)) == len(LEAVES)
