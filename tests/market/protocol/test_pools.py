"""The pool of a draw: who is in it follows from the plan, and one candidate has one leaf."""

import hashlib
import hmac

import pytest

from market.protocol.encoding import Malformed, b64u, canonical
from market.protocol.merkle import leaf_hash, root
from market.protocol.pools import (
    NO_STRATUM,
    Candidate,
    Condition,
    leaf_data,
    make_pool,
    read_candidate,
    read_plan,
    register_leaves,
    register_root,
    stratum_name,
    unit_tag,
)
from tests.support.draw_cast import K_DRAW, K_REGISTER, make_plan, register
from tests.support.log_cast import secret

ONE = Candidate("E0001", "U001", {"specialty": ["A01"], "years": 9})


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def test_a_leaf_is_salt_and_value_salted_from_the_draws_key():
    value = {
        "id": "E0001",
        "unit_tag": b64u(mac(K_DRAW, b"yg/draw-unit/v1\x00U001")),
        "attributes": {"specialty": ["A01"], "years": 9},
    }
    salt = mac(K_DRAW, b"yg/draw-salt/v1\x00E0001")
    assert leaf_data(K_DRAW, ONE) == salt + canonical(value)


def test_c4_one_candidate_has_one_leaf_so_nobody_stands_under_many_salts():
    assert len({leaf_data(K_DRAW, ONE) for _ in range(10)}) == 1
    assert leaf_data(secret("other"), ONE) != leaf_data(K_DRAW, ONE)


def test_a_firm_that_is_its_own_unit_does_not_give_its_salt_away():
    firm = Candidate("91350100M000100Y43", "91350100M000100Y43", {})
    assert leaf_data(K_DRAW, firm)[:32] != unit_tag(K_DRAW, "91350100M000100Y43")


def test_a_candidate_without_a_unit_has_no_tag():
    assert b'"unit_tag":null' in leaf_data(K_DRAW, Candidate("E1", None, {}))


def test_a_register_root_covers_every_record_in_one_order():
    records = register(9)
    leaves = register_leaves(K_REGISTER, records)
    assert list(leaves) == sorted(leaves)
    assert register_root(K_REGISTER, records[::-1]) == root(leaves)
    salt = mac(K_REGISTER, b"yg/register-salt/v1\x00E0001")
    record = {"id": "E0001", "unit": "U000", "attributes": dict(records[1].attributes)}
    assert leaf_hash(salt + canonical(record)) in leaves


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition("years", "is", 9), True),
        (Condition("years", "is", 8), False),
        (Condition("years", "is", "9"), False),
        (Condition("years", "at-least", 9), True),
        (Condition("years", "at-least", 10), False),
        (Condition("years", "at-most", 9), True),
        (Condition("years", "at-most", 8), False),
        (Condition("years", "at-least", "1"), False),
        (Condition("until", "at-least", "2026-11-23"), True),
        (Condition("until", "at-least", "2026-11-24"), False),
        (Condition("until", "at-most", "2026-11-23"), True),
        (Condition("until", "at-most", "2026-11-22"), False),
        (Condition("region", "is", "九州"), True),
        (Condition("region", "at-least", "九"), False),
        (Condition("region", "one-of", ["九州", "青州"]), True),
        (Condition("region", "one-of", ["青州"]), False),
        (Condition("specialty", "one-of", ["C03", "B02"]), True),
        (Condition("specialty", "one-of", ["C03"]), False),
        (Condition("specialty", "is", "A01"), False),
        (Condition("missing", "is", 0), False),
        (Condition("missing", "one-of", ["x"]), False),
        (Condition("missing", "at-most", 5), False),
    ],
)
def test_a_condition_holds_at_its_limit_and_not_beyond(condition, holds):
    held = {"years": 9, "until": "2026-11-23", "region": "九州", "specialty": ["A01", "B02"]}
    assert condition.holds(Candidate("E1", None, held)) is holds


def test_the_first_rule_that_holds_counts_and_whoever_fits_nowhere_is_counted_too():
    plan = make_plan()
    assert plan.rule_against(Candidate("E0002", "U000", {"years": 1})) == "r10"
    assert plan.rule_against(Candidate("E9", "U005", {"years": 30})) == "r10"
    assert plan.rule_against(Candidate("E9", None, {"years": 7})) == "d01"
    assert plan.rule_against(Candidate("E9", None, {"years": 8})) == NO_STRATUM
    assert plan.rule_against(Candidate("E9", None, {"years": 8, "specialty": ["B02"]})) is None


def test_everybody_of_the_register_is_in_the_pool_or_counted_out():
    pool = make_pool(make_plan(), K_DRAW, register())
    placed = {leaf for leaves in pool.strata.values() for leaf in leaves}
    assert len(placed) + sum(pool.excluded.values()) == len(register())
    assert placed == set(pool.opened)
    for leaves in pool.strata.values():
        assert list(leaves) == sorted(set(leaves))


def test_who_fits_two_strata_stands_in_the_first_unless_repeats_are_declared():
    both = Candidate("E9", None, {"years": 9, "specialty": ["A01", "B02"]})
    assert make_plan().strata_of(both) == ("A01 水利",)
    assert make_plan(repeats=True).strata_of(both) == ("A01 水利", "B02 造价")
    pool = make_pool(make_plan(repeats=True), K_DRAW, [both])
    assert pool.strata["A01 水利"] == pool.strata["B02 造价"]


def test_a_plan_is_read_back_and_committed_to_with_the_draws_key():
    plan = make_plan()
    assert read_plan(plan.json()) == plan
    assert plan.commitment(K_DRAW) != plan.commitment(secret("other"))
    assert plan.commitment(K_DRAW) != make_plan(4).commitment(K_DRAW)
    salt = mac(K_DRAW, b"yg/draw-plan/v1\x00")
    assert plan.commitment(K_DRAW) == leaf_hash(salt + canonical(plan.json()))


def with_stratum(**change):
    value = make_plan().json()
    return {**value, "strata": [{**value["strata"][0], **change}]}


def with_exclusion(**change):
    value = make_plan().json()
    return {**value, "exclusions": [{**value["exclusions"][0], **change}]}


@pytest.mark.parametrize(
    "value",
    [
        with_stratum(quota=0),
        with_stratum(stratum=""),
        with_stratum(stratum="水" * 22),
        with_stratum(requires=[{"attribute": "x", "operator": "like", "value": 1}]),
        with_stratum(requires=[{"attribute": "x", "operator": "one-of", "value": "A"}]),
        with_stratum(requires=[{"attribute": "x", "operator": "is", "value": True}]),
        with_stratum(requires=[{"attribute": "x", "operator": "is", "value": ["A"]}]),
        with_exclusion(ids=["b", "a"]),
        with_exclusion(ids=["a", "a"]),
        with_exclusion(rule="no-stratum"),
        with_exclusion(rule="R 10"),
        {**make_plan().json(), "strata": []},
        {**make_plan().json(), "strata": make_plan().json()["strata"][:1] * 2},
        {**make_plan().json(), "exclusions": make_plan().json()["exclusions"][:1] * 2},
        {**make_plan().json(), "repeats": 0},
    ],
)
def test_a_plan_of_any_other_form_is_refused(value):
    with pytest.raises(Malformed):
        read_plan(value)


def test_a_stratums_name_has_sixty_four_bytes_at_most():
    assert stratum_name("x" * 64) == "x" * 64
    assert stratum_name("水" * 21) == "水" * 21
    with pytest.raises(Malformed):
        stratum_name("x" * 65)


@pytest.mark.parametrize(
    "value",
    [
        {"id": "E1", "unit": None, "attributes": []},
        {"id": "E1", "unit": None, "attributes": {"x": None}},
        {"id": "E1", "unit": None, "attributes": {"x": True}},
        {"id": "E1", "unit": "", "attributes": {}},
        {"id": "", "unit": None, "attributes": {}},
        {"id": "E1", "attributes": {}},
    ],
)
def test_a_record_of_any_other_form_is_refused(value):
    assert read_candidate(ONE.json()) == ONE
    with pytest.raises(Malformed):
        read_candidate(value)


def test_a_key_has_thirty_two_bytes():
    with pytest.raises(ValueError, match="32"):
        leaf_data(b"short", ONE)
