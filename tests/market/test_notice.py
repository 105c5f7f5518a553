"""Whatever others made and this repository carries stands in NOTICE, with its licence beside it.

Distributions that are installed and not carried: tests/architecture/test_docs.py.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sources import ROOT

NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")
VENDOR = ROOT / "market" / "web" / "static" / "vendor"
BUNDLES = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
LICENCES = (VENDOR / "licences.txt").read_text(encoding="utf-8")
AXE = ROOT / "tests" / "browser" / "vendor" / "axe.min.js"

FOLDERS = ("market", "bidding", "bench", "browser", "docs", "locales", "migrations", "tests")
NOT_OURS_TO_SHIP = {"node_modules", "__pycache__"}
FONTS = {".ttf", ".otf", ".ttc", ".woff", ".woff2", ".eot"}
PACKED = {".wasm", ".gz", ".zip", ".jar", ".so", ".dll", ".exe", ".whl", ".tgz"}
OWN_RECORDS = {"vendor.json"}
CLAIM = re.compile(
    rb"Copyright \((?:c|C)\)|Copyright \xc2\xa9|@licen[cs]e\b|SPDX-Licen[cs]e-Identifier"
)
"""How others write that a text is theirs; our own files carry one LICENSE for all."""
SEALING_PAGE = "bidding/sealing/sealing.html"
FOREIGN_FIGURES = ("age_testkit.json", "rfc9162-inclusion.json", "rfc9474.json")


def carried() -> Iterator[Path]:
    """Every file of the repository."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not NOT_OURS_TO_SHIP & set(path.relative_to(ROOT).parts):
                yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_named(path: Path) -> bool:
    """Whether NOTICE says the whole address of a file."""
    return re.search(rf"(?<![\w/.-]){re.escape(name(path))}(?![\w/-])", NOTICE) is not None


def test_every_file_in_a_folder_of_vendors_is_named() -> None:
    found = [one for one in carried() if "vendor" in one.relative_to(ROOT).parts]
    assert len(found) >= 7
    unnamed = [name(one) for one in found if one.name not in OWN_RECORDS and not is_named(one)]
    assert unnamed == []


def test_every_font_is_named_by_its_family_with_a_licence_beside_it() -> None:
    found = [one for one in carried() if one.suffix.lower() in FONTS]
    assert found
    for font in found:
        family = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", font.stem.split("-")[0])
        assert re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])", " ", family) in NOTICE, name(font)
        assert is_named(font.parent / "OFL.txt"), name(font)
        assert "SIL OPEN FONT LICENSE" in (font.parent / "OFL.txt").read_text(encoding="utf-8")


def test_nothing_packed_that_nobody_can_read_is_carried() -> None:
    assert [name(one) for one in carried() if one.suffix.lower() in PACKED] == []


def test_whatever_claims_to_be_somebody_elses_is_named() -> None:
    claims = [
        one
        for one in carried()
        if one != Path(__file__).resolve()
        and one.suffix not in FONTS
        and CLAIM.search(one.read_bytes()) is not None
    ]
    assert AXE in claims, "the search finds what is known to be there"
    assert [name(one) for one in claims if not is_named(one)] == []


@pytest.mark.parametrize("bundle", BUNDLES["bundles"], ids=lambda one: one["file"])
def test_every_part_of_every_bundle_stands_with_version_and_licence(bundle: dict) -> None:
    assert is_named(VENDOR / bundle["file"])
    for part in bundle["parts"]:
        said = f"{part['name']} {part['version']}: {part['licence']}"
        assert f"\n{said}\n" in NOTICE, said
        text = LICENCES.split(f"== {said}\n")[1].split("\n== ")[0]
        assert "Copyright" in text, said
        assert len(text) > 900, said


def test_no_part_is_named_that_no_bundle_has() -> None:
    """What is asked for by name is in a bundle; what comes with it is locked, and no tool."""
    parts = {part["name"] for bundle in BUNDLES["bundles"] for part in bundle["parts"]}
    asked = json.loads((ROOT / "browser" / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "browser" / "package-lock.json").read_text(encoding="utf-8"))
    shipped = {
        path.removeprefix("node_modules/")
        for path, one in locked["packages"].items()
        if path and not one.get("dev")
    }
    assert set(asked["dependencies"]) <= parts <= shipped
    told = NOTICE.split("Parts of others inside this repository")[1]
    rows = re.findall(r"^(\S+) \S+: \S+$", told, re.MULTILINE)
    assert set(rows) == parts


def test_the_licences_of_the_bundles_are_whole() -> None:
    digest = hashlib.sha256((VENDOR / "licences.txt").read_bytes()).hexdigest()
    assert digest == BUNDLES["licences"]["sha256"]
    assert is_named(VENDOR / BUNDLES["licences"]["file"])


def test_the_sealing_page_which_holds_the_same_parts_is_named_too() -> None:
    assert is_named(ROOT / SEALING_PAGE)


def test_axe_is_named_with_its_version_and_its_licence_lies_beside_it() -> None:
    version = re.match(r"/\*! axe v([\d.]+)\n", AXE.read_text(encoding="utf-8"))[1]
    assert f"axe-core {version}" in NOTICE
    assert "MPL-2.0 (tests/browser/vendor/axe-core-LICENSE.txt)" in NOTICE
    licence = (AXE.parent / "axe-core-LICENSE.txt").read_text(encoding="utf-8")
    assert licence.startswith("Mozilla Public License, version 2.0")
    assert len(licence) > 15_000


def test_axe_is_no_part_of_the_product() -> None:
    found = [one for one in carried() if b"axe.min.js" in one.read_bytes()]
    assert found
    assert {one.relative_to(ROOT).parts[0] for one in found} == {"tests"}


@pytest.mark.parametrize("figures", FOREIGN_FIGURES)
def test_figures_of_others_are_named_with_their_origin(figures: str) -> None:
    path = ROOT / "tests" / "vectors" / figures
    known = json.loads(path.read_text(encoding="utf-8"))
    assert known.keys() & {"source", "origin"}
    assert is_named(path)


def test_every_vector_that_says_an_origin_is_known_here() -> None:
    found = {
        one.name
        for one in (ROOT / "tests" / "vectors").glob("*.json")
        if json.loads(one.read_text(encoding="utf-8")).keys() & {"source", "origin"}
    }
    assert found == set(FOREIGN_FIGURES)


def test_every_file_that_notice_names_is_there() -> None:
    named = re.findall(r"(?:market|bidding|tests|browser)/[\w./-]*\w", NOTICE)
    assert len(named) >= 8
    assert [one for one in named if not (ROOT / one).is_file()] == []


def test_every_licence_that_lies_in_the_repository_is_named() -> None:
    texts = [one for one in carried() if re.search(r"licen[cs]es?\b|^OFL", one.name, re.IGNORECASE)]
    assert len(texts) >= 3
    assert [name(one) for one in texts if not is_named(one)] == []
