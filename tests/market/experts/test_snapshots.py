"""The library of a day: one canonical structure, one root, and what the root gives away."""

from dataclasses import replace
from datetime import date

import pytest

from market.experts.rules.eligibility import Candidate, Level
from market.experts.rules.periods import Span
from market.experts.rules.relations import (
    Employment,
    Kinship,
    Part,
    Participation,
    Punishment,
    PunishmentKind,
    RecusalFacts,
    Relative,
    Service,
    Shareholding,
)
from market.experts.rules.snapshots import attributes, declarations, salt, snapshot, unit_tag
from market.kernel.errors import BadInput
from market.kernel.ids import Track
from market.protocol import merkle
from market.protocol.encoding import canonical, parse, unb64u

DAY = date(2026, 3, 30)
KEY = bytes(range(32))


def candidate(number, **changes):
    plain = Candidate(
        id=f"E{number}",
        unit="unit-secret",
        specialties=("C03", "A01"),
        region="890102",
        libraries=frozenset({Track.ENGINEERING, Track.GOVERNMENT}),
        level=Level.SENIOR,
        field_since=date(2000, 1, 1),
        born_on=date(1975, 1, 1),
        valid_until=date(2027, 12, 31),
    )
    return replace(plain, **changes)


def declared(number, **facts):
    return RecusalFacts(expert=f"E{number}", person=f"p{number}", unit="unit-secret", **facts)


FACTS = {f"E{number}": declared(number) for number in range(1, 6)}
CROWD = [candidate(number) for number in (3, 1, 2)]


def shot(crowd=CROWD, facts=FACTS, key=KEY):
    return snapshot("library", DAY, key, crowd, facts)


def root_of(made, key=KEY):
    return unb64u(made.root_structure(key)["root"])


def test_entries_stand_ascending_whatever_order_they_come_in():
    assert [entry.id for entry in shot().entries] == ["E1", "E2", "E3"]
    assert shot() == shot(list(reversed(CROWD)))


def test_the_structure_has_exactly_the_members_agreed():
    made = shot().structure()
    assert set(made) == {"type", "suite", "library", "day", "entries"}
    assert made["type"] == "yg/library-snapshot/v1"
    assert all(set(entry) == {"id", "unit_tag", "attributes"} for entry in made["entries"])
    assert parse(canonical(made)) == made


def test_the_root_is_that_of_salted_leaves():
    made = shot()
    leaves = [
        merkle.leaf_hash(salt(KEY, entry.id) + canonical(entry.structure()))
        for entry in made.entries
    ]
    assert root_of(made) == merkle.root(leaves)
    assert made.root_structure(KEY)["size"] == 3
    assert root_of(shot([], {})) == merkle.EMPTY_ROOT


def test_what_the_journal_holds_is_fixed():
    assert shot().root_structure(KEY) == {
        "type": "yg/library-root/v1",
        "suite": "intl-1",
        "library": "library",
        "day": "2026-03-30",
        "size": 3,
        "root": "Fuj3TqJa1yRiKrm8vwWu7Z3vaaZpkeZfxg42n3-jhK8",
        "key_hash": "Yw3NKWbEM2aRElRIu7JbT_QSpJxzLbLIq8G4WBvXEN0",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"academician": True},
        {"applied_and_recommended": False},
        {"blacklisted": True},
        {"born_on": date(1975, 1, 2)},
        {"drawn_this_month": 1},
        {"evaluates_online": False},
        {"field_since": date(2000, 1, 2)},
        {"level": Level.MIDDLE},
        {"libraries": frozenset({Track.GOVERNMENT})},
        {"region": "890103"},
        {"specialties": ("A01",)},
        {"suspended_until": DAY},
        {"unit": "another"},
        {"valid_until": date(2027, 12, 30)},
    ],
)
def test_whatever_eligibility_asks_changes_the_root(change):
    assert root_of(shot([candidate(1, **change)])) != root_of(shot([candidate(1)]))


@pytest.mark.parametrize(
    "facts",
    [
        {"employments": (Employment("o", Span(DAY)),)},
        {"relatives": (Relative("p", Kinship.SPOUSE),)},
        {"shareholdings": (Shareholding("o", controlling=True, span=Span(DAY, DAY)),)},
        {"punishments": (Punishment(DAY, PunishmentKind.CRIMINAL),)},
        {"participations": (Participation("p", Part.DESIGN),)},
        {"services": (Service("o", DAY),)},
        {"ties": ("o",)},
    ],
)
def test_whatever_recusal_asks_changes_the_root(facts):
    changed = {**FACTS, "E1": declared(1, **facts)}
    assert root_of(shot(facts=changed)) != root_of(shot())


def test_the_order_of_declarations_says_nothing():
    jobs = (Employment("b", Span(DAY)), Employment("a", Span(DAY, DAY)))
    one, other = declared(1, employments=jobs), declared(1, employments=jobs[::-1])
    assert declarations(one) == declarations(other)
    assert attributes(candidate(1), one) == attributes(candidate(1), other)


def test_leaving_somebody_out_or_in_changes_the_root():
    assert root_of(shot(CROWD[:2])) != root_of(shot())
    assert root_of(shot([*CROWD, candidate(4)])) != root_of(shot())


def test_a_tag_tells_that_two_share_a_unit_and_nothing_else():
    made = shot([candidate(1), candidate(2), candidate(3, unit="another")])
    tags = [entry.unit_tag for entry in made.entries]
    assert tags[0] == tags[1] != tags[2]
    # Positive control: the name is found where it stands openly.
    assert b"unit-secret" in canonical(declarations(FACTS["E1"]))
    assert b"unit-secret" not in canonical(made.structure())
    assert unit_tag(bytes(32), "unit-secret") != unit_tag(KEY, "unit-secret")


def test_an_expert_twice_in_the_library_is_bad_input():
    with pytest.raises(BadInput, match="expert-twice"):
        shot([candidate(1), candidate(1, level=Level.MIDDLE)])


def test_an_expert_without_declarations_or_a_short_key_is_a_bug():
    with pytest.raises(KeyError):
        shot([candidate(9)])
    with pytest.raises(ValueError, match="32 bytes"):
        shot(key=b"short")
