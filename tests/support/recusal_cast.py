"""A register whose records carry what was declared, a plan with recusals, and what backs them."""

from dataclasses import replace
from datetime import date

from market.protocol.encoding import JsonObject
from market.protocol.exclusions import (
    DECLARED,
    Claim,
    Fact,
    RecusalCase,
    Recusals,
    fact_data,
    fact_leaves,
    facts_root,
    standing,
)
from market.protocol.pools import Candidate, Condition, Exclusion, Plan, PlannedStratum
from tests.support.draw_cast import DRAW, DrawScene
from tests.support.log_cast import CENTRE_USCC, NOTARY_USCC, SUPERVISOR_USCC, secret

FACTS_KEY = secret("facts/key")
ON = date(2026, 3, 20)
OWNER, AGENT, PREPARER, REGULATOR = "OWNER", "AGENT", NOTARY_USCC, SUPERVISOR_USCC
CASE = RecusalCase(
    project="371400-GP-2026-0001",
    on=ON,
    owners=(OWNER,),
    agents=(AGENT,),
    preparers=(PREPARER,),
    regulators=(REGULATOR,),
    same_owner_days=30,
    monthly_cap=8,
)
FACTS: dict[str, tuple[Fact, ...]] = {
    "E0001": (
        Fact("employments", (AGENT, ["2024-01-01", None])),
        Fact("relatives", ("p/9", "spouse")),
    ),
    "E0002": (Fact("punishments", ("2020-05-01", "administrative")),),
    "E0003": (Fact("services", (OWNER, "2026-02-18")),),
    "E0004": (Fact("participations", ("371400-GP-2026-0001", "design")),),
    "E0005": (Fact("employments", (CENTRE_USCC, ["2020-01-01", "2026-03-19"])),),
}
NAMED = {"r10": {"E0000", "E0001"}, "r4": {"E0002"}, "r13": {"E0003"}, "r11": {"E0004"}}
BACKED_BY = {"E0001": 0, "E0002": 0, "E0003": 0, "E0004": 0}


def facts_of(number: str) -> tuple[Fact, ...]:
    """What somebody declared; whoever is not listed above has one employment long ago."""
    return FACTS.get(
        number, (Fact("employments", (f"OLD-{number}", ["2000-01-01", "2001-01-01"])),)
    )


def candidates(size: int = 30) -> tuple[Candidate, ...]:
    """E0000 works for the owner; everybody else for a unit of his own."""
    return tuple(_candidate(f"E{number:04d}", number) for number in range(size))


def _candidate(number: str, place: int) -> Candidate:
    return Candidate(
        number,
        OWNER if place == 0 else f"U{place:03d}",
        {
            "specialties": ["A01"],
            "gp_library": 1,
            "level": 3,
            "experienced_from": "2010-01-01",
            "good_until": "2030-01-01",
            "barred": 0,
            "drawn_this_month": 0,
            DECLARED: facts_root(fact_leaves(FACTS_KEY, number, facts_of(number))),
        },
    )


def plan(named: dict[str, set[str]] | None = None) -> Plan:
    """Two seats; the law's conditions; those who must recuse themselves."""
    held = NAMED if named is None else named
    return Plan(
        DRAW,
        (PlannedStratum("A01", 2, 1, (Condition("specialties", "one-of", ["A01"]),)),),
        (
            *standing(ON, 8),
            *(Exclusion(rule, frozenset(held[rule]), frozenset(), ()) for rule in sorted(held)),
        ),
        repeats=False,
    )


def claim(number: str, rule: str, place: int | None = 0) -> Claim:
    """A claim resting on the fact at `place`, or on the record's unit alone."""
    if place is None:
        return Claim(number, rule, None, ())
    facts = facts_of(number)
    leaves = fact_leaves(FACTS_KEY, number, facts)
    return Claim(number, rule, fact_data(FACTS_KEY, number, facts[place]), leaves)


def recusals() -> Recusals:
    """What backs the honest plan."""
    rows = sorted((one, rule) for rule, ids in NAMED.items() for one in ids)
    return Recusals(CASE, tuple(claim(one, rule, BACKED_BY.get(one)) for one, rule in rows))


def scene(named: dict[str, set[str]] | None = None) -> DrawScene:
    """A draw over this register."""
    return replace(DrawScene(), candidates=candidates(), plan=plan(named))


def notice() -> JsonObject:
    """What the journal says of the tender."""
    return {"owner": OWNER, "agent": AGENT, "project": CASE.project}
