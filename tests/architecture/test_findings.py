"""Every finding of the protocol's own review has its row in the threat model, and what shows it."""

import re

import pytest

from tests.support import sources

FOUND = {"C": 5, "H": 22, "M": 14, "O": 10, "D": 13}
"""How many there are of each kind: critical, high, medium, operation, wording."""
IDS = [f"{kind}{number}" for kind, count in FOUND.items() for number in range(1, count + 1)]
PLAYED = (
    {f"C{number}" for number in range(1, 6)}
    | {f"H{number}" for number in (1, 3, 4, 5, 6, 9, 10, 11, 12, 13, 15, 16, 19, 21)}
    | {f"M{number}" for number in range(1, 12)}
)
"""Those that are played as an attack; the others show their defence or say what is missing."""
ROW = re.compile(r"^\| ([CHMOD]\d+) \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`([a-z0-9_/]+/test_[a-z0-9_]+\.py)`")
TESTS = sources.ROOT / "tests"
ROWS = [
    (name, row.split(" | "))
    for name, row in ROW.findall((sources.ROOT / "docs" / "threat-model.md").read_text())
]


def test_each_finding_has_exactly_one_row() -> None:
    assert sorted(name for name, _ in ROWS) == sorted(IDS)


@pytest.mark.parametrize(("name", "cells"), ROWS)
def test_a_row_names_tests_that_exist_or_words_what_is_true(name: str, cells: list[str]) -> None:
    if name.startswith("D"):
        assert len(cells) == 2
        assert min(map(len, cells)) > 15
        return
    assert len(cells) == 3
    shown = TEST.findall(cells[-1])
    assert shown
    assert [place for place in shown if not (TESTS / place).is_file()] == []


@pytest.mark.parametrize(("name", "cells"), ROWS)
def test_what_is_played_as_an_attack_has_a_test_of_its_name(name: str, cells: list[str]) -> None:
    own = f"redteam/test_{name.lower()}_"
    assert (name in PLAYED) == any(place.startswith(own) for place in TEST.findall(cells[-1]))


def test_every_attack_that_is_played_is_of_a_finding_and_says_so() -> None:
    played = sorted((TESTS / "redteam").glob("test_*.py"))
    named = {path.name.split("_")[1].upper() for path in played}
    assert named == PLAYED
    for path in played:
        name = path.name.split("_")[1].upper()
        assert path.read_text().startswith((f'"""{name}:', f'"""{name} ')), path.name
