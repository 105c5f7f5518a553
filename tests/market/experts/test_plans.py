"""The plan that any party runs leaves out exactly whom the rules leave out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from market.demo.people.everybody import everybody
from market.experts.rules.declared import read_declarations
from market.experts.rules.eligibility import Candidate, Level, Wanted
from market.experts.rules.evidence import declared_root, panel_recusals, recusal_case
from market.experts.rules.limits import terms_on
from market.experts.rules.plans import WantedStratum, panel_plan, record
from market.experts.rules.pool import pool
from market.experts.rules.relations import Activity, RecusalFacts
from market.experts.rules.snapshots import declarations
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import Track
from market.protocol.exclusions import audit_exclusions
from market.protocol.pools import Exclusion, make_pool, read_plan

CAST = everybody()
ON = CAST.activity_on
TERMS = terms_on(ON)
PARTIES = replace(CAST.parties(), bidders=())
ACTIVITY = Activity(Track.GOVERNMENT, "371400-GP-2026-0001", ON)
ONE = Candidate(
    id="E1", unit="U1", specialties=("C01",), region="371400",
    libraries=frozenset({Track.GOVERNMENT}), level=Level.SENIOR, field_since=date(2000, 1, 1),
    born_on=date(1980, 1, 1), valid_until=date(2030, 1, 1),
)  # fmt: skip


def stratum(*codes: str) -> WantedStratum:
    wanted = Wanted(track=Track.GOVERNMENT, specialties=frozenset(codes))
    return WantedStratum("/".join(codes), 2, 2, wanted)


def record_of(one: Candidate):
    return record(one, ON, TERMS, "declared")


def plan_for(library, *strata: WantedStratum, declared=None):
    facts = declared or {
        one.id: RecusalFacts(expert=one.id, person=f"p/{one.id}", unit=one.unit) for one in library
    }
    return panel_plan("D.panel", strata, facts.values(), ACTIVITY, PARTIES, TERMS)


def test_over_four_hundred_people_plan_and_rules_keep_the_same():
    library = tuple(one.candidate for one in CAST.experts)
    declared = {one.candidate.id: one.declared for one in CAST.experts}
    codes = sorted({code for one in library for code in one.specialties})[:4]
    strata = (stratum(*codes[:2]), stratum(*codes[2:]))
    plan = plan_for(library, *strata, declared=declared)
    kept = {
        item.name: set(pool(library, declared, item.wanted, ACTIVITY, PARTIES, TERMS).kept)
        for item in strata
    }
    for one in library:
        first = next((name for name, ids in kept.items() if one.id in ids), None)
        assert plan.strata_of(record_of(one)) == (() if first is None else (first,))
    assert read_plan(plan.json()) == plan
    made = make_pool(plan, bytes(32), [record_of(one) for one in library])
    assert sum(map(len, made.strata.values())) + sum(made.excluded.values()) == len(library)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({}, None),
        ({"born_on": date(ON.year - 70, ON.month, ON.day)}, "d05-age.d06-term"),
        ({"born_on": date(ON.year - 70, ON.month, ON.day) + timedelta(days=1)}, None),
        ({"born_on": date(1930, 1, 1), "academician": True}, None),
        ({"valid_until": ON}, None),
        ({"valid_until": ON - timedelta(days=1)}, "d05-age.d06-term"),
        ({"suspended_until": ON}, "d06-suspended"),
        ({"suspended_until": ON - timedelta(days=1)}, None),
        ({"blacklisted": True}, "d06-blacklist"),
        ({"drawn_this_month": 8}, "d06-month"),
        ({"drawn_this_month": 7}, None),
        ({"level": Level.JUNIOR}, "d05-title"),
        ({"level": Level.MIDDLE, "field_since": ON.replace(year=ON.year - 8)}, None),
        (
            {
                "level": Level.MIDDLE,
                "field_since": ON.replace(year=ON.year - 8) + timedelta(days=1),
            },
            "d05-years",
        ),
        ({"libraries": frozenset({Track.ENGINEERING})}, "d04-library"),
    ],
)
def test_each_limit_of_eligibility_has_the_same_edge_in_the_plan(changed, rule):
    one = replace(ONE, **changed)
    assert plan_for((one,), stratum("C01")).rule_against(record_of(one)) == rule


def test_every_recusal_of_four_hundred_people_is_backed_by_one_fact_of_theirs():
    library = tuple(one.candidate for one in CAST.experts)
    declared = {one.candidate.id: one.declared for one in CAST.experts}
    key = bytes(range(32))
    codes = sorted({code for one in library for code in one.specialties})[:4]
    plan = plan_for(library, stratum(*codes), declared=declared)
    records = [record(one, ON, TERMS, declared_root(key, declared[one.id])) for one in library]
    case = recusal_case(ACTIVITY, PARTIES, TERMS)
    given = panel_recusals(plan, case, key, records, declared)
    assert len(given.claims) == sum(len(item.ids) for item in plan.exclusions) > 5
    assert len({item.rule for item in given.claims}) > 1
    assert audit_exclusions(plan, records, given) == ()
    # The positive control: nobody is kept out whose facts say nothing.
    free = next(one for one in library if not any(one.id in item.ids for item in plan.exclusions))
    false = Exclusion("r12", frozenset({free.id}), frozenset(), ())
    with pytest.raises(Refusal, match="recusal-unbacked"):
        panel_recusals(
            replace(plan, exclusions=(*plan.exclusions, false)), case, key, records, declared
        )


def test_a_record_tells_neither_birthday_nor_name():
    said = str(record_of(replace(ONE, born_on=date(1971, 7, 19))).json())
    assert "1971" not in said
    assert "2030-01-01" in said  # the positive control: what is told is found


def test_declarations_are_read_as_they_were_written():
    for one in CAST.experts[:60]:
        assert declarations(read_declarations(declarations(one.declared))) == declarations(
            one.declared
        )
    with pytest.raises(BadInput, match="bad-declarations"):
        read_declarations({"expert": "E1"})
