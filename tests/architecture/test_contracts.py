"""The import contracts of .importlinter hold, and they do break where they should."""

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import sources

CONTRACTS = sources.ROOT / ".importlinter"
LINT = (
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
)

# A house of the barest: what the contracts need to find.
HOUSE = (
    "market/__init__.py",
    "market/command.py",
    "market/db/__init__.py",
    "market/kernel/__init__.py",
    "market/protocol/__init__.py",
    "bidding/__init__.py",
    "bidding/rulebook.py",
    "bidding/bids/__init__.py",
    "bidding/bids/rules.py",
    "bidding/tenders/__init__.py",
)


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small house under our contracts, without the businesses that it does not have."""
    for name in HOUSE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    known = configparser.ConfigParser()
    known.read(CONTRACTS)
    with (tmp_path / ".importlinter").open("w") as words:
        known.write(words)
    if "intermediaries" in known["importlinter"]["root_packages"].split():
        for name in ("intermediaries/__init__.py", "intermediaries/rulebook.py"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("")
    return tmp_path


def test_the_contracts_hold() -> None:
    said = linted(sources.ROOT)
    assert said.returncode == 0, said.stdout
    assert "0 broken" in said.stdout


def test_every_package_of_the_product_stands_under_an_exhaustive_contract() -> None:
    known = configparser.ConfigParser()
    known.read(CONTRACTS)
    there = {name for name in sources.PRODUCT if (sources.ROOT / name / "__init__.py").exists()}
    assert set(known["importlinter"]["root_packages"].split()) == there
    listed = {
        container
        for section in known.values()
        if section.get("exhaustive") == "true"
        for container in section["containers"].split()
    }
    assert there <= listed


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("market/kernel/clock.py", "import market.db", "The house"),
        ("market/db/base.py", "import bidding.bids", "The house"),
        ("bidding/tenders/queries.py", "import bidding.bids", "Bidding"),
        ("bidding/utils.py", "", "Bidding"),
        ("market/helpers.py", "", "The ground floor"),
        ("bidding/bids/rules.py", "import sqlalchemy", "Rules know no framework"),
        ("bidding/bids/commands.py", "import flask", "Commands, queries and tables"),
    ],
)
def test_an_offence_breaks_its_contract(house: Path, file: str, line: str, contract: str) -> None:
    whole = linted(house)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    (house / file).write_text(line)
    broken = linted(house)
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert any(
        row.startswith(contract) and "BROKEN" in row for row in broken.stdout.splitlines()
    ), broken.stdout
