"""Whoever is kept out of a pool is kept out by a fact under the register's root, or it shows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from market.protocol.audits import audit
from market.protocol.encoding import Malformed, canonical, parse
from market.protocol.exclusions import (
    DECLARED,
    Claim,
    Fact,
    audit_exclusions,
    fact_data,
    fact_leaves,
    facts_root,
    read_recusals,
    standing,
    supports,
)
from market.protocol.pools import Candidate, Condition, Exclusion
from tests.support.recusal_cast import (
    AGENT,
    CASE,
    FACTS_KEY,
    NAMED,
    ON,
    OWNER,
    PREPARER,
    REGULATOR,
    candidates,
    claim,
    facts_of,
    plan,
    recusals,
    scene,
)

SOMEBODY = candidates()[20]


def codes(made=None, given=None, held=None) -> list[str]:
    found = audit_exclusions(
        plan() if made is None else made,
        candidates() if held is None else held,
        recusals() if given is None else given,
    )
    return [item.code for item in found]


def test_every_exclusion_of_an_honest_plan_is_backed():
    assert codes() == []
    assert audit(scene().freeze(), scene().inputs()) == ()


def test_c4_an_eligible_expert_dropped_by_a_false_recusal_is_found():
    thinned = {**NAMED, "r10": {*NAMED["r10"], SOMEBODY.id}}
    # The positive control: the pool itself is consistent, so the root and the counts tell nothing.
    assert audit(scene(thinned).freeze(), scene(thinned).inputs()) == ()
    for false in (
        None,
        claim(SOMEBODY.id, "r10"),
        claim(SOMEBODY.id, "r10", None),
        replace(claim("E0001", "r10"), id=SOMEBODY.id),
    ):
        given = recusals()
        extra = () if false is None else (false,)
        assert codes(plan(thinned), replace(given, claims=(*given.claims, *extra))) == [
            "recusal-not-proved"
        ]


def test_c4_a_fact_made_up_after_the_root_is_found():
    made_up = Fact("employments", (AGENT, ["2024-01-01", None]))
    thinned = {**NAMED, "r10": {*NAMED["r10"], SOMEBODY.id}}
    leaves = fact_leaves(FACTS_KEY, SOMEBODY.id, (*facts_of(SOMEBODY.id), made_up))
    false = Claim(SOMEBODY.id, "r10", fact_data(FACTS_KEY, SOMEBODY.id, made_up), leaves)
    given = replace(recusals(), claims=(*recusals().claims, false))
    assert codes(plan(thinned), given) == ["recusal-not-proved"]
    # The positive control: had the register's root held it, it would be a recusal.
    held = facts_root(leaves)
    changed = [
        replace(one, attributes={**one.attributes, DECLARED: held})
        if one.id == SOMEBODY.id
        else one
        for one in candidates()
    ]
    assert codes(plan(thinned), given, changed) == []


def test_c4_a_made_up_condition_is_found():
    region = Exclusion("d06-month", frozenset(), frozenset(), (Condition("level", "is", 3),))
    honest = plan()
    for exclusions in (
        (*honest.exclusions, replace(region, rule="d07")),
        tuple(region if item.rule == "d06-month" else item for item in honest.exclusions),
        tuple(item for item in honest.exclusions if item.rule != "d05-title"),
    ):
        assert "conditions-differ" in codes(replace(honest, exclusions=exclusions))


def test_c4_nobody_is_kept_out_by_unit():
    honest = plan()
    whole = Exclusion("r12", frozenset(), frozenset({SOMEBODY.unit}), ())
    made = replace(honest, exclusions=(*honest.exclusions, whole))
    assert codes(made) == ["recusal-not-proved"]


def test_a_claim_beside_the_plan_and_one_given_twice_are_found():
    given = recusals()
    assert codes(plan({})) != []
    assert "claim-too-many" in codes(
        given=replace(given, claims=(*given.claims, claim(SOMEBODY.id, "r4")))
    )
    assert codes(given=replace(given, claims=(*given.claims, given.claims[0]))) != []


@pytest.mark.parametrize(
    ("rule", "fact", "holds"),
    [
        ("r2", Fact("unit", ("DEPT",)), True),
        ("r10", Fact("employments", (REGULATOR, ["2026-03-20", None])), True),
        ("r10", Fact("employments", (REGULATOR, ["2026-03-21", None])), False),
        ("r10", Fact("employments", (AGENT, ["2020-01-01", "2026-03-20"])), True),
        ("r10", Fact("employments", (AGENT, ["2020-01-01", "2026-03-19"])), False),
        ("r10", Fact("employments", ("OTHER", ["2020-01-01", None])), False),
        ("r10", Fact("relatives", (OWNER, "spouse")), False),
        ("r11", Fact("employments", (PREPARER, ["2020-01-01", None])), True),
        ("r11", Fact("participations", ("371400-GP-2026-0002", "design")), False),
        ("r4", Fact("punishments", ("2026-03-20", "criminal")), True),
        ("r4", Fact("punishments", ("2026-03-21", "criminal")), False),
        ("r13", Fact("services", (OWNER, "2026-02-18")), True),
        ("r13", Fact("services", (OWNER, "2026-02-17")), False),
        ("r13", Fact("services", (OWNER, "2026-03-21")), False),
        ("r13", Fact("services", ("OTHER", "2026-03-01")), False),
        ("r13", Fact("services", (OWNER,)), False),
        ("r4", Fact("punishments", ("soon", "criminal")), False),
        ("r99", Fact("unit", (OWNER,)), False),
    ],
)
def test_a_fact_makes_a_rule_hold_up_to_its_edges(rule, fact, holds):
    case = replace(CASE, departments=("DEPT",))
    assert supports(rule, SOMEBODY, fact, case) is holds


def test_the_unit_of_the_record_alone_is_enough_where_it_names_a_party():
    assert supports("r10", candidates()[0], None, CASE)
    assert not supports("r10", SOMEBODY, None, CASE)
    assert not supports("r10", Candidate("E1", None, {}), None, CASE)


def test_the_auditor_learns_one_fact_of_a_person_and_can_guess_no_other():
    said = canonical(recusals().json()).decode()
    opened = b"".join(item.fact or b"" for item in recusals().claims)
    assert "spouse" not in said
    assert b"spouse" not in opened
    assert AGENT.encode() in opened  # the positive control: what is opened is found
    spouse = facts_of("E0001")[1]
    register_key = scene().inputs().register_key
    (held,) = [item for item in recusals().claims if item.id == "E0001"]
    guess = fact_leaves(register_key, "E0001", (spouse,))[0]
    assert guess not in held.leaves
    assert fact_leaves(FACTS_KEY, "E0001", (spouse,))[0] in held.leaves


def test_what_is_handed_out_is_read_back_and_another_form_refused():
    raw = canonical(recusals().json())
    assert read_recusals(parse(raw)) == recusals()
    with pytest.raises(Malformed):
        read_recusals({**parse(raw), "more": 1})
    broken = {**recusals().json(), "case": {**CASE.json(), "on": "tomorrow"}}
    with pytest.raises(Malformed):
        read_recusals(broken)


def test_the_conditions_of_a_day_turn_over_with_it():
    assert standing(ON, 8) == standing(date(2026, 3, 20), 8)
    assert standing(ON, 8) != standing(ON + timedelta(days=1), 8)
    assert standing(ON, 8) != standing(ON, 7)
