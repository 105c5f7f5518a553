"""Walls that an import contract cannot draw: tables, programs of their own, the order in a room."""

import re
from collections.abc import Iterator
from functools import cache

import grimp
import pytest

from tests.support import sources

PACKAGES = tuple(name for name in sources.PRODUCT if (sources.ROOT / name / "__init__.py").exists())

# Who besides a room may read its tables, and why.
READERS = {
    # Whatever a command does is written down by the command core, in the same transaction.
    "market.journal.model": {"market.command"},
}
# The roof gathers all tables for the migrations.
GATHERERS = {"market.factory", "market.features"}

# Programs of other organisations, or run by them: all that they may see of this house.
PROGRAMS = {
    "bidding.client": (),
    # Their clocks follow the platform's in the demonstration, and only there.
    "bidding.custodian": ("market.demo.clock",),
    "intermediaries.timekeeper": ("market.demo.clock",),
}
SEEN_BY_PROGRAMS = (
    "market.protocol",
    "market.kernel",
    "market.db",
    "market.command",
    "market.settings",
)

# The furniture of a room from the floor up.
FURNITURE = {"rules": 0, "model": 1, "queries": 2, "commands": 3, "web": 4, "api": 4, "ticks": 4}
DOORS = ("web", "api", "ticks")

# Packages that are no rooms: nobody enters them, everybody uses them, or they stand alone.
NO_ROOMS = {"db", "demo", "jobs", "kernel", "protocol", "verify", "web", "witness"}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def imports() -> Iterator[tuple[str, str]]:
    """Every direct import, as (who, what)."""
    for importer in sorted(graph().modules):
        for imported in sorted(graph().find_modules_directly_imported_by(importer)):
            yield importer, imported


def room_of(module: str) -> str | None:
    """The room a module stands in: bidding.bids for bidding.bids.web; None outside the rooms."""
    found = re.match(r"(market|bidding|intermediaries)\.(\w+)(?=\.)", module)
    if found is None or (found[1] == "market" and found[2] in NO_ROOMS):
        return None
    return found[0]


def piece_of(module: str) -> str:
    """The piece of furniture a module is or belongs to: rules for bidding.bids.rules.states."""
    return module.split(".")[2]


def test_tables_are_read_only_by_their_room() -> None:
    strangers = [
        f"{importer} reads {imported}"
        for importer, imported in imports()
        if (tables := re.match(r"(.+)\.model(?=\.|$)", imported))
        and not within(importer, tables[1])
        and importer not in READERS.get(imported, set()) | GATHERERS
    ]
    assert strangers == []
    assert any(imported.endswith(".model") for _, imported in imports())


def test_programs_of_other_organisations_see_only_the_common_ground() -> None:
    strangers = [
        f"{importer} imports {imported}"
        for importer, imported in imports()
        for program, more in PROGRAMS.items()
        if within(importer, program)
        and not any(within(imported, seen) for seen in (program, *SEEN_BY_PROGRAMS, *more))
    ]
    assert strangers == []


def test_nobody_in_the_house_looks_into_a_program_of_another_organisation() -> None:
    strangers = [
        f"{importer} imports {imported}"
        for importer, imported in imports()
        for program in PROGRAMS
        # The demonstration plays everybody, so it alone may hold several organisations' programs.
        if within(imported, program)
        and not (within(importer, program) or within(importer, "market.demo"))
    ]
    assert strangers == []


def test_the_offline_verifier_needs_the_protocol_and_the_rules_alone() -> None:
    strangers = [
        f"{importer} imports {imported}"
        for importer, imported in imports()
        if within(importer, "market.verify")
        and not any(
            within(imported, seen) for seen in ("market.verify", "market.protocol", "market.kernel")
        )
        and not re.match(r"(bidding|intermediaries)\.(rulebook\b|\w+\.rules\b)", imported)
    ]
    assert strangers == []


def test_inside_a_room_each_piece_looks_only_down() -> None:
    wrong = [
        f"{importer} imports {imported}"
        for importer, imported in imports()
        if room_of(importer) is not None
        and room_of(importer) == room_of(imported)
        and FURNITURE.get(piece_of(importer), 9) < FURNITURE.get(piece_of(imported), 0)
    ]
    assert wrong == []


def test_the_doors_of_a_room_are_opened_from_above_alone() -> None:
    inside = [
        f"{importer} imports {imported}"
        for importer, imported in imports()
        if (room := room_of(imported)) is not None
        and piece_of(imported) in DOORS
        and room_of(importer) != room
        and importer.split(".")[-1] not in {"feature", "features", "factory"}
    ]
    assert inside == []


@pytest.mark.parametrize(
    ("module", "room"),
    [
        ("bidding.bids.rules.states", "bidding.bids"),
        ("bidding.bids.model", "bidding.bids"),
        ("bidding.feature", None),
        ("market.experts.web", "market.experts"),
        ("market.web.api", None),
        ("market", None),
    ],
)
def test_every_module_knows_its_room(module: str, room: str | None) -> None:
    assert room_of(module) == room
