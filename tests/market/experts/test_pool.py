"""The pool of a stratum: the library less the ineligible less those who must recuse."""

from dataclasses import replace
from datetime import date

import pytest

from market.experts.rules.eligibility import Candidate, Level, Wanted
from market.experts.rules.findings import Rule, Screening, refuse_unless_complete
from market.experts.rules.limits import terms_on
from market.experts.rules.pool import pool
from market.experts.rules.relations import Activity, Bidder, Parties, RecusalFacts
from market.kernel.errors import Refusal
from market.kernel.ids import Track

ON = date(2026, 6, 15)
TERMS = terms_on(ON)
WANTED = Wanted(track=Track.GOVERNMENT, specialties=frozenset({"A01"}))
ACTIVITY = Activity(Track.GOVERNMENT, "project", ON)
PARTIES = Parties(owners=("owner",), bidders=(Bidder(organisation="bidder"),))
FIT = Candidate(
    id="E1",
    unit="u1",
    specialties=("A01",),
    region="890102",
    libraries=frozenset({Track.GOVERNMENT}),
    level=Level.SENIOR,
    field_since=date(2000, 1, 1),
    born_on=date(1975, 1, 1),
    valid_until=date(2027, 12, 31),
)
LIBRARY = [
    replace(FIT, id="E4", unit="bidder"),
    FIT,
    replace(FIT, id="E2", blacklisted=True, unit="bidder"),
    replace(FIT, id="E3", unit="owner"),
]
DECLARED = {
    each.id: RecusalFacts(expert=each.id, person=f"p-{each.id}", unit=each.unit) for each in LIBRARY
}


def drawn_from(library=LIBRARY):
    return pool(library, DECLARED, WANTED, ACTIVITY, PARTIES, TERMS)


def test_eligibility_speaks_before_recusal_and_everybody_is_told_once():
    found = drawn_from()
    assert found.kept == ("E1",)
    assert [(each.candidate, each.rule) for each in found.left_out] == [
        ("E2", Rule.D06),
        ("E3", Rule.R10),
        ("E4", Rule.R5),
    ]
    assert found.counts() == {"D06": 1, "R10": 1, "R5": 1}


def test_making_the_pool_twice_gives_the_same_pool():
    assert drawn_from() == drawn_from(list(reversed(LIBRARY)))


def test_an_expert_twice_in_the_library_is_refused():
    with pytest.raises(Refusal, match="pool-incomplete"):
        drawn_from([*LIBRARY, FIT])


def test_a_pool_that_misses_adds_or_doubles_somebody_is_refused():
    whole = ("E1", "E2", "E3", "E4")
    found = drawn_from()
    refuse_unless_complete(found, whole)
    for wrong in (
        Screening((), found.left_out),
        Screening(("E1", "E9"), found.left_out),
        Screening(("E1", "E1"), found.left_out),
        Screening(("E1", "E2"), found.left_out),
    ):
        with pytest.raises(Refusal, match="pool-incomplete"):
            refuse_unless_complete(wrong, whole)
