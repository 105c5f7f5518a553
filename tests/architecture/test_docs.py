"""Documents that tell the truth: links lead somewhere, licences are named, commands exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from market import settings
from tests.support import sources, write_docs, write_notice

LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)

DOCUMENTS = [path for path in sources.texts() if path.suffix == ".md"]
MAKEFILE = (sources.ROOT / "Makefile").read_text()


def test_every_link_inside_the_repository_leads_somewhere() -> None:
    lost = [
        f"{sources.place(path)}: {link}"
        for path in DOCUMENTS
        for link in LINK.findall(CODE.sub("", path.read_text()))
        if "://" not in link and not link.startswith("mailto:")
        if not (path.parent / link).exists()
    ]
    assert lost == []


def test_notice_names_every_distribution_with_version_and_licence() -> None:
    named = {name: version for name, (version, _) in write_notice.listed().items()}
    assert named == write_notice.pinned()
    assert len(named) > 20
    wrong = {
        name: licence
        for name, (_, licence) in write_notice.listed().items()
        if write_notice.licence_of(name) not in {None, licence}
    }
    assert wrong == {}


def test_no_part_of_the_product_is_under_a_licence_that_forbids_ours() -> None:
    strict = re.compile(r"(?<![L])\bA?GPL|Affero|proprietary|non-?commercial", re.IGNORECASE)
    refused = {
        name: licence
        for name, (_, licence) in write_notice.listed().items()
        if strict.search(licence)
    }
    assert refused == {}


def test_the_licence_is_the_one_that_pyproject_names() -> None:
    licence = (sources.ROOT / "LICENSE").read_text()
    assert licence.lstrip().startswith("Apache License\n")
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert 'license = "Apache-2.0"' in (sources.ROOT / "pyproject.toml").read_text()


def test_every_command_of_the_makefile_is_explained_by_its_help() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is missing")
    said = subprocess.run(
        [make, "--no-print-directory", "help"],
        cwd=sources.ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    explained = set(re.findall(r"^  ([a-z-]+) ", said, re.MULTILINE))
    assert explained == set(TARGET.findall(MAKEFILE))


def test_every_make_command_named_in_a_document_exists() -> None:
    targets = set(TARGET.findall(MAKEFILE))
    unknown = [
        f"{sources.place(path)}: make {name}"
        for path in DOCUMENTS
        for name in re.findall(r"`make ([a-z-]+)", path.read_text())
        if name not in targets
    ]
    assert unknown == []


def test_the_example_of_an_environment_lacks_the_secret_and_nothing_else() -> None:
    lines = (sources.ROOT / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    with pytest.raises(settings.MissingSetting, match="MARKET_SECRET_KEY"):
        settings.read(example)
    assert not settings.read(example | {"MARKET_SECRET_KEY": "x" * 32}).is_demo


def test_secrets_and_data_are_never_committed() -> None:
    ignored = Path(sources.ROOT / ".gitignore").read_text().split()
    assert {"var/", ".venv/"} <= set(ignored)


def test_the_papers_made_from_the_code_say_what_the_code_says() -> None:
    """`make docs` writes them."""
    assert (sources.ROOT / "docs" / "states.md").read_text() == write_docs.states()
    assert (sources.ROOT / "docs" / "laws.md").read_text() == write_docs.laws()
    assert (sources.ROOT / "docs" / "glossary.md").read_text() == write_docs.glossary()
