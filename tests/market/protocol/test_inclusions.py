"""Proof files: what they prove, and that a touched one proves nothing."""

import pytest

from market.kernel.errors import MarketError
from market.protocol.batches import JOURNAL_SUBJECT, batch_data, batch_tree, salted_leaf
from market.protocol.encoding import Malformed, canonical, parse
from market.protocol.inclusions import (
    check_consistency,
    check_inclusion,
    check_redemption,
    consistency,
    read_proofs,
    redemption,
)
from tests.support.log_cast import Log, make_trust, seconds, secret

TREE = batch_tree(secret("batch"), [salted_leaf(secret(f"salt/{n}"), {"act": n}) for n in range(9)])


def log_of(size=9):
    log = Log()
    for number in range(size):
        log.append("notice", seconds(number), f"tender/{number}", {"number": number})
    log.append("sealed-batch", seconds(size), JOURNAL_SUBJECT, batch_data(0, TREE.root))
    return log


def leaf(number):
    return salted_leaf(secret(f"salt/{number}"), {"act": number})


def redeemed(log, number):
    place = TREE.places[number]
    return redemption(place, TREE.path(place), log.inclusion(9, at=seconds(30)))


def test_an_entry_is_shown_at_its_index_by_the_witnesses_moment():
    log = log_of()
    held = check_inclusion(log.inclusion(4, at=seconds(30)), make_trust())
    assert (held.index, held.entry.subject, held.by) == (4, "tender/4", seconds(30))


def test_an_inclusion_without_enough_witnesses_proves_nothing():
    with pytest.raises(Malformed) as refused:
        check_inclusion(log_of().inclusion(4), make_trust(2))
    assert refused.value.code == "not-witnessed"


def test_every_flipped_byte_of_a_proof_file_is_refused():
    raw = canonical(log_of().inclusion(4))
    for place in range(len(raw)):
        touched = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(MarketError):
            check_inclusion(parse(touched), make_trust())


@pytest.mark.parametrize(
    "change",
    [
        {"index": 3},
        {"index": -1},
        {"index": True},
        {"proof": []},
        {"checkpoint": ""},
        {"entry": {}},
        {"entry": 1},
    ],
)
def test_a_proof_file_of_other_content_is_refused(change):
    with pytest.raises(MarketError):
        check_inclusion({**log_of().inclusion(4), **change}, make_trust())


def test_a_receipts_leaf_is_redeemed_for_its_place_in_the_record():
    held = check_redemption(redeemed(log_of(), 5), leaf(5), make_trust())
    assert (held.batch.tick, held.place) == (0, TREE.places[5])
    assert held.included.index == 9


def test_a_redemption_serves_no_other_leaf_and_no_other_place():
    log = log_of()
    with pytest.raises(MarketError) as refused:
        check_redemption(redeemed(log, 5), leaf(6), make_trust())
    assert refused.value.code == "not-in-tree"
    moved = {**redeemed(log, 5), "place": TREE.places[6]}
    with pytest.raises(MarketError):
        check_redemption(moved, leaf(5), make_trust())


def test_a_redemption_has_twelve_hashes_and_a_batch():
    log = log_of()
    held = redeemed(log, 5)
    for change in ({"path": held["path"][:11]}, {"batch": log.inclusion(4)}, {"place": 4096}):
        with pytest.raises(Malformed):
            check_redemption({**held, **change}, leaf(5), make_trust())


def test_a_log_is_shown_to_continue():
    log = log_of()
    value = consistency(log.checkpoint(4), log.checkpoint(10), log.growth(4, 10))
    old, new = check_consistency(value, make_trust())
    assert (old.checkpoint.size, new.checkpoint.size) == (4, 10)
    with pytest.raises(MarketError):
        check_consistency({**value, "old": value["new"], "new": value["old"]}, make_trust())


def test_a_log_that_was_rewritten_does_not_continue_although_both_heads_are_signed():
    log, forged = log_of(), log_of()
    forged.entries[1] = forged.entries[2]
    value = consistency(log.checkpoint(4), forged.checkpoint(10), forged.growth(4, 10))
    with pytest.raises(MarketError) as refused:
        check_consistency(value, make_trust())
    assert refused.value.code == "not-consistent"


def test_several_proofs_share_one_checkpoint():
    log = log_of()
    held = read_proofs(log.proofs([7, 2], 10, seconds(40)).json())
    found = held.check(make_trust())
    assert [item.index for item in found] == [2, 7]
    rows = [(index + 1, raw, proof) for index, raw, proof in held.entries]
    with pytest.raises(MarketError):
        type(held)(held.checkpoint, tuple(rows)).check(make_trust())
