"""Sealed batches and closing lists: acts enter without showing, and cannot be left out unseen."""

import pytest

from market.protocol.batches import (
    JOURNAL_SUBJECT,
    Listed,
    batch_data,
    batch_tree,
    check_in_batch,
    check_listed,
    check_next_batch,
    closing_order,
    list_root,
    read_batch,
    read_closing_list,
    salted_leaf,
    write_closing_list,
)
from market.protocol.encoding import Malformed, canonical
from market.protocol.entries import read_entry, write_entry
from market.protocol.merkle import NotProved, leaf_hash, root
from tests.support.log_cast import NOON, seconds, secret

TENDER = "ZC-2026-000123"


def batch(tick=0, at=NOON, count=3, subject=JOURNAL_SUBJECT):
    tree = batch_tree(secret(f"batch/{tick}"), [leaf(number) for number in range(count)])
    return tree, read_entry(write_entry("sealed-batch", at, subject, batch_data(tick, tree.root)))


def leaf(number):
    return salted_leaf(secret(f"salt/{number}"), {"act": number})


def test_a_leaf_is_the_hash_of_salt_and_act():
    assert leaf(1) == leaf_hash(secret("salt/1") + canonical({"act": 1}))
    with pytest.raises(ValueError, match="salt"):
        salted_leaf(bytes(31), {})


def test_the_entry_of_a_batch_looks_the_same_for_none_and_for_thousands():
    sizes = {len(batch(count=count)[1].raw) for count in (0, 1, 50, 4096)}
    assert len(sizes) == 1


def test_an_act_is_found_at_its_place():
    tree, entry = batch()
    held = read_batch(entry)
    for number in range(3):
        check_in_batch(held, leaf(number), tree.places[number], tree.path(tree.places[number]))
    with pytest.raises(NotProved):
        check_in_batch(held, leaf(9), tree.places[0], tree.path(tree.places[0]))


def test_a_batch_is_about_no_tender():
    with pytest.raises(Malformed):
        read_batch(batch(subject="tender/ZC-2026-000123")[1])


def test_another_entry_is_no_batch():
    with pytest.raises(Malformed) as refused:
        read_batch(read_entry(write_entry("notice", NOON, JOURNAL_SUBJECT, {})))
    assert refused.value.code == "wrong-type"


@pytest.mark.parametrize(
    "data", [{"tick": 0}, {"tick": -1, "root": "A" * 43}, {"tick": 0, "root": "A", "n": 1}]
)
def test_a_batch_says_tick_and_root_and_nothing_else(data):
    with pytest.raises(Malformed):
        read_batch(read_entry(write_entry("sealed-batch", NOON, JOURNAL_SUBJECT, data)))


def test_ticks_follow_each_other_without_a_gap():
    rows = [read_batch(batch(tick, seconds(5 * tick))[1]) for tick in range(3)]
    check_next_batch(rows[0], rows[1])
    same_moment = read_batch(batch(1, NOON)[1])
    check_next_batch(rows[0], same_moment)
    for before, after in ((0, 2), (1, 1), (1, 0)):
        with pytest.raises(Malformed) as refused:
            check_next_batch(rows[before], rows[after])
        assert refused.value.code == "tick-missing"
    with pytest.raises(Malformed):
        check_next_batch(rows[0], read_batch(batch(1, seconds(-1))[1]))


def listed(number, at=None):
    return Listed(seconds(number) if at is None else at, leaf(number), 7, number)


def test_the_closing_order_is_by_moment_then_by_leaf():
    acts = [listed(3), listed(1), listed(2, seconds(3))]
    first, *rest = closing_order(acts)
    assert first == listed(1)
    assert [act.leaf for act in rest] == sorted(act.leaf for act in acts if act != listed(1))


def test_a_closing_list_is_read_back_in_its_order():
    acts = [listed(2), listed(1)]
    value = write_closing_list(TENDER, acts)
    assert read_closing_list(value) == (TENDER, closing_order(acts))
    assert read_closing_list(write_closing_list(TENDER, [])) == (TENDER, ())
    assert list_root([act.leaf for act in acts]) == root([act.leaf for act in acts])


def test_a_closing_list_in_another_order_or_with_an_act_twice_is_refused():
    value = write_closing_list(TENDER, [listed(1), listed(2)])
    for acts in (value["acts"][::-1], [value["acts"][0], value["acts"][0]]):
        with pytest.raises(Malformed):
            read_closing_list({**value, "acts": acts})
    same_place = [listed(1), Listed(seconds(2), leaf(2), 7, 1)]
    with pytest.raises(Malformed):
        read_closing_list(write_closing_list(TENDER, same_place))


def test_h11_a_receipt_whose_leaf_is_not_in_the_closing_list_proves_an_omission():
    _, acts = read_closing_list(write_closing_list(TENDER, [listed(1), listed(2)]))
    assert check_listed(acts, leaf(2)) == listed(2)
    with pytest.raises(Malformed) as refused:
        check_listed(acts, leaf(3))
    assert refused.value.code == "omitted"
