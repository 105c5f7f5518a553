"""Deposit roots and cover roots: in time or not, signed, and accounted for to the last place."""

from datetime import timedelta

import pytest

from market.protocol.batches import salted_leaf
from market.protocol.deposits import (
    CUSTODIAN_SUBJECT,
    check_covers,
    check_deposit,
    check_deposit_in_time,
    cover_key,
    covers_tree,
    deposit,
    deposit_tree,
    deposits_statement,
    read_deposits_root,
)
from market.protocol.encoding import Malformed
from market.protocol.entries import read_entry, write_entry
from market.protocol.merkle import NotProved
from market.protocol.signing import signed
from tests.support.log_cast import NOON, private, public, seconds, secret

TENDER = "ZC-2026-000123"


def one(number=0, kind="cash"):
    return deposit(
        h_blinded=secret(f"blinded/{number}"),
        denomination=5_000_000,
        epoch="2026Q4",
        uscc="91350100M000100Y43",
        account_hash=secret("account"),
        kind=kind,
        booked_at=NOON,
    )


def leaf(number=0):
    return salted_leaf(secret(f"salt/{number}"), one(number))


def journaled(tree, at=NOON, key="custodian", tick=0):
    data = signed(deposits_statement(NOON, tick, tree.root), private(key))
    return read_entry(write_entry("deposits-root", at, CUSTODIAN_SUBJECT, data))


def test_a_deposit_counts_at_the_deadline_and_a_microsecond_later_does_not():
    tree = deposit_tree(secret("tick"), [leaf(0), leaf(1)])
    held = read_deposits_root(journaled(tree), public("custodian"))
    proof = (leaf(1), tree.places[1], tree.path(tree.places[1]))
    check_deposit_in_time(held, *proof, NOON)
    with pytest.raises(Malformed) as refused:
        check_deposit_in_time(held, *proof, NOON - timedelta(microseconds=1))
    assert refused.value.code == "deposit-late"


def test_h2_it_is_the_journals_moment_that_counts_and_not_the_custodians():
    tree = deposit_tree(secret("tick"), [leaf(0)])
    held = read_deposits_root(journaled(tree, at=seconds(60)), public("custodian"))
    assert held.at == NOON
    with pytest.raises(Malformed):
        check_deposit_in_time(held, leaf(0), tree.places[0], tree.path(tree.places[0]), seconds(59))


def test_a_deposit_booked_after_the_root_is_not_under_it():
    tree = deposit_tree(secret("tick"), [leaf(0)])
    held = read_deposits_root(journaled(tree), public("custodian"))
    with pytest.raises(NotProved):
        check_deposit_in_time(held, leaf(7), tree.places[0], tree.path(tree.places[0]), seconds(9))


def test_a_root_that_another_key_signed_is_refused():
    tree = deposit_tree(secret("tick"), [])
    with pytest.raises(Malformed) as refused:
        read_deposits_root(journaled(tree, key="platform"), public("custodian"))
    assert refused.value.code == "bad-signature"


def test_the_entry_looks_the_same_with_and_without_deposits():
    sizes = {
        len(journaled(deposit_tree(secret("tick"), [leaf(n) for n in range(count)])).raw)
        for count in (0, 1, 300)
    }
    assert len(sizes) == 1


def test_a_root_says_nothing_beyond_time_tick_and_root():
    tree = deposit_tree(secret("tick"), [])
    statement = {**deposits_statement(NOON, 0, tree.root), "count": 0}
    entry = read_entry(
        write_entry("deposits-root", NOON, "custodian", signed(statement, private("custodian")))
    )
    with pytest.raises(Malformed):
        read_deposits_root(entry, public("custodian"))


@pytest.mark.parametrize("kind", ["cash", "guarantee", "admission"])
def test_a_deposit_has_one_of_three_kinds(kind):
    assert check_deposit(one(kind=kind))["kind"] == kind


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "gold"},
        {"denomination": -1},
        {"denomination": "5"},
        {"uscc": "91350100M000100Y4"},
        {"h_blinded": "AA"},
        {"epoch": "2026"},
        {"tender": TENDER},
        {"booked_at": "2026"},
    ],
)
def test_a_deposit_of_any_other_form_is_refused(change):
    with pytest.raises(Malformed):
        check_deposit({**one(), **change})
    with pytest.raises(Malformed):
        check_deposit([])


def covers(count=4):
    made = [(secret(f"cover-salt/{n}"), public(f"cover/{n}")) for n in range(count)]
    leaves = [salted_leaf(salt, cover_key(TENDER, pub)) for salt, pub in made]
    return made, covers_tree(secret("covers"), leaves).root


def test_h14_exactly_the_covers_of_the_root_are_revealed():
    made, root = covers()
    check_covers(TENDER, root, secret("covers"), made)
    friend = (secret("friend"), public("friend"))
    for wrong in (made[:-1], [*made, friend], [*made[:-1], friend], made[::-1]):
        with pytest.raises(Malformed) as refused:
            check_covers(TENDER, root, secret("covers"), wrong)
        assert refused.value.code == "covers-differ"


def test_covers_of_another_tender_or_seed_are_not_these():
    made, root = covers()
    with pytest.raises(Malformed):
        check_covers("ZC-2026-000124", root, secret("covers"), made)
    with pytest.raises(Malformed):
        check_covers(TENDER, root, secret("other"), made)


def test_sixty_four_covers_fit_and_sixty_five_do_not():
    made, root = covers(64)
    check_covers(TENDER, root, secret("covers"), made)
    with pytest.raises(Malformed):
        check_covers(TENDER, root, secret("covers"), [*made, made[0]])


def test_a_tender_without_covers_has_a_root_too():
    made, root = covers(0)
    check_covers(TENDER, root, secret("covers"), made)
