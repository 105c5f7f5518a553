"""The histories: numbered without a gap, one head, and tables that are what the models say."""

import os
import re
import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from market.db import schema
from tests.support import sources
from tests.support.databases import HISTORIES, Databases

NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.py")
SECTIONS = {"platform": "alembic", "custodian": "custodian", "timekeeper": "timekeeper"}


@pytest.mark.parametrize("name", HISTORIES)
def test_versions_are_numbered_without_a_gap_and_end_in_one_head(name: str) -> None:
    history = HISTORIES[name]
    found = sorted(path.name for path in (history.folder / "versions").glob("*.py"))
    assert [file for file in found if not NAME.fullmatch(file)] == []
    numbers = [file[:4] for file in found]
    assert numbers == [f"{number:04d}" for number in range(1, len(found) + 1)]
    script = ScriptDirectory.from_config(schema.configuration(history, "unused"))
    assert script.get_heads() == numbers[-1:]
    assert [step.revision for step in script.walk_revisions()] == numbers[::-1]


@pytest.mark.parametrize("name", HISTORIES)
def test_two_branches_that_both_add_a_version_meet_in_one_line(name: str) -> None:
    """`.current-head` makes git ask, instead of the database later."""
    history = HISTORIES[name]
    found = sorted(path.stem for path in (history.folder / "versions").glob("*.py"))
    head = history.folder / ".current-head"
    noted = head.read_text().split() if head.exists() else []
    assert noted == found[-1:], f"write the name of the newest version into {sources.place(head)}"


@pytest.mark.parametrize("name", HISTORIES)
def test_models_and_migrated_tables_agree(name: str, databases: Databases) -> None:
    """In a process of its own: tables that other tests declare are not the product's."""
    history = HISTORIES[name]
    if name == "custodian" and not (sources.ROOT / "bidding" / "custodian" / "model.py").exists():
        pytest.skip("the custodian has no tables")
    with databases.fresh(name) as url:
        said = subprocess.run(
            [
                *(sys.executable, "-m", "alembic", "-c", "migrations/alembic.ini"),
                *("-n", SECTIONS[name], "check"),
            ],
            cwd=sources.ROOT,
            env=os.environ | {history.variable: url},
            capture_output=True,
            text=True,
            check=False,
        )
    assert said.returncode == 0, said.stdout + said.stderr
