"""The freeze: what may be drawn from what by whom, and when a supervisor must sign for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from market.protocol.encoding import Malformed, digest
from market.protocol.freezes import (
    PERMUTATION,
    PICK,
    BeaconChain,
    Replaced,
    Stratum,
    check_leaves,
    freeze_pool,
    frozen_stratum,
    read_freeze,
)
from market.protocol.parties import active_parties, check_parties
from tests.support.draw_cast import DrawScene, parties
from tests.support.log_cast import NOON, NOTARY_USCC, public, seconds, secret


def stratum(size, quota, substitutes=0):
    return Stratum("s", quota, substitutes, size, bytes(32))


@pytest.mark.parametrize(
    ("size", "quota", "substitutes", "is_predictable"),
    [
        (12, 3, 0, False),  # a quarter of twelve is three
        (11, 1, 0, True),  # below the floor of twelve
        (12, 1, 0, False),
        (12, 3, 1, True),  # substitutes count: 4 * 4 > 12
        (16, 3, 1, False),
        (19, 5, 0, True),  # below 4 * quota
        (20, 5, 0, False),
        (39, 5, 5, True),
        (40, 5, 5, False),
        (0, 1, 0, True),
    ],
)
def test_h6_a_pool_is_predictable_when_small_or_when_more_than_a_quarter_is_drawn(
    size, quota, substitutes, is_predictable
):
    assert stratum(size, quota, substitutes).is_predictable is is_predictable


@pytest.mark.parametrize(
    "scene",
    [
        DrawScene(),
        DrawScene(unit_cap=None),
        DrawScene(kind=PERMUTATION, items=tuple(sorted(secret(f"bid/{n}") for n in range(7)))),
        DrawScene(kind=PICK, options=("0.95", "0.96", "0.97", "0.98")),
    ],
    ids=["walk", "walk without cap", "permutation", "pick"],
)
def test_a_freeze_is_read_back_and_named_by_its_hash(scene):
    freeze = scene.freeze()
    assert read_freeze(freeze.json()) == freeze
    assert read_freeze(freeze.json()).hash == freeze.hash
    chain = BeaconChain(secret("chain"), NOON, 30)
    replaced = Replaced(secret("old"), ((secret("leaf"), "退出名册"),))
    fuller = replace(freeze, beacon=chain, replaces=replaced)
    assert read_freeze(fuller.json()) == fuller
    assert fuller.hash != freeze.hash
    unchanged = replace(freeze, replaces=Replaced(secret("old"), ()))
    assert read_freeze(unchanged.json()) == unchanged


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "lottery"},
        {"kind": "pick"},
        {"kind": "permutation"},
        {"options": ["1"]},
        {"walk": None},
        {"strata": []},
        {"reveal_seconds": 0},
        {"draw": ""},
        {"purpose": "Panel"},
        {"parties": []},
        {"beacon": {}},
        {"replaces": {"freeze_hash": "A" * 43, "changes": [{"leaf": "A" * 43, "cause": ""}]}},
        {"replaces": {"freeze_hash": "A" * 43}},
    ],
)
def test_a_freeze_of_any_other_form_is_refused(change):
    with pytest.raises(Malformed):
        read_freeze({**DrawScene().freeze().json(), **change})


def test_two_strata_of_one_name_are_refused():
    value = DrawScene().freeze().json()
    with pytest.raises(Malformed):
        read_freeze({**value, "strata": value["strata"][:1] * 2})


def test_the_freeze_commits_to_the_draws_key_and_to_every_stratum():
    scene = DrawScene()
    freeze = scene.freeze()
    assert freeze.walk is not None
    assert freeze.walk.key_hash == digest(secret("draw/key"))
    assert freeze.strata == freeze_pool(scene.plan, scene.pool())


def test_leaves_are_frozen_strictly_ascending():
    leaves = sorted(secret(f"leaf/{n}") for n in range(4))
    held = frozen_stratum("s", 1, 0, leaves)
    check_leaves(held, leaves)
    for wrong in (leaves[::-1], leaves[:-1], [*leaves, leaves[-1]], [leaves[0], *leaves[:-1]]):
        with pytest.raises(Malformed) as refused:
            check_leaves(held, wrong)
        assert refused.value.code == "wrong-leaves"
    with pytest.raises(ValueError, match="ascending"):
        frozen_stratum("s", 1, 0, [leaves[0], leaves[0]])


def broken_parties():
    supervisor, notary, centre, standby = parties()
    yield "no supervisor", (replace(supervisor, role="owner"), notary, centre)
    yield "one party", (supervisor,)
    yield (
        "two of one organisation",
        (supervisor, replace(notary, organisation=supervisor.organisation)),
    )
    yield "one key twice", (supervisor, replace(notary, key=supervisor.key))
    yield "one name twice", (supervisor, replace(notary, party="supervisor"))
    yield "a stand-in for nobody", (supervisor, notary, replace(standby, stands_in_for="ghost"))
    yield (
        "a stand-in for a stand-in",
        (
            supervisor,
            notary,
            standby,
            replace(standby, party="x", key=public("x"), stands_in_for="notary-2"),
        ),
    )
    yield (
        "a stand-in of another party's organisation",
        (supervisor, notary, centre, replace(standby, organisation=centre.organisation)),
    )
    yield (
        "a supervisor's stand-in who supervises nothing",
        (
            supervisor,
            notary,
            replace(standby, organisation="91350100M000100Y43", stands_in_for="supervisor"),
        ),
    )


@pytest.mark.parametrize(
    "held", [held for _, held in broken_parties()], ids=[name for name, _ in broken_parties()]
)
def test_parties_that_a_draw_may_not_have_are_refused(held):
    check_parties(parties())
    with pytest.raises(Malformed) as refused:
        check_parties(held)
    assert refused.value.code == "bad-parties"


def test_operator_and_centre_alone_do_not_draw():
    supervisor, notary, centre, _ = parties()
    inside = (replace(supervisor, role="centre"), replace(notary, role="operator"), centre)
    with pytest.raises(Malformed):
        check_parties(inside)


def test_a_stand_in_takes_over_when_its_party_lost_its_right():
    names = [item.party for item in active_parties(parties(), frozenset())]
    assert names == ["centre", "notary", "supervisor"]
    left = [item.party for item in active_parties(parties(), frozenset({"notary"}))]
    assert left == ["centre", "notary-2", "supervisor"]
    few = [item.party for item in active_parties(parties(), frozenset({"notary", "notary-2"}))]
    assert few == ["centre", "supervisor"]


@pytest.mark.parametrize("gone", [{"supervisor"}, {"notary", "notary-2", "centre"}])
def test_a_draw_goes_on_only_with_a_supervisor_and_one_more(gone):
    with pytest.raises(Malformed) as refused:
        active_parties(parties(), frozenset(gone))
    assert refused.value.code == "no-party"


def test_a_beacon_round_is_the_first_strictly_after_the_limit():
    chain = BeaconChain(secret("chain"), NOON, 30)
    assert chain.round_after(NOON - timedelta(microseconds=1)) == 1
    assert chain.round_after(NOON) == 2
    assert chain.round_after(seconds(29)) == 2
    assert chain.round_after(seconds(30)) == 3


def test_a_party_is_found_by_its_name():
    freeze = DrawScene().freeze()
    assert freeze.party("notary").organisation == NOTARY_USCC
    with pytest.raises(Malformed) as refused:
        freeze.party("ghost")
    assert refused.value.code == "no-such-party"
