"""The files of the project, for tests that read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("market", "bidding", "intermediaries")
LEFT_OUT = {"__pycache__", "vendor", "node_modules", "var"}
WRITTEN = {".py", ".md", ".html", ".js", ".css", ".mako", ".toml", ".ini", ".yml", ".txt", ".po"}
TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "NOTICE", ".ci/run", "wsgi.py")


def files(*folders: str) -> Iterator[Path]:
    """Every file written by hand in these folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not LEFT_OUT & set(path.relative_to(ROOT).parts):
                yield path


def python(*folders: str) -> list[Path]:
    """Every Python file in these folders."""
    return [path for path in files(*folders) if path.suffix == ".py"]


def texts() -> list[Path]:
    """Every text of the project that people read, code and documents alike."""
    inside = [
        path
        for path in files(*PRODUCT, "migrations", "tests", "docs", "bench", "locales", ".ci")
        if path.suffix in WRITTEN
    ]
    return inside + [ROOT / name for name in TOP if (ROOT / name).exists()]


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(), filename=str(path))


def place(path: Path, line: int | None = None) -> str:
    """How a failure names a place: from the root, with the line if there is one."""
    named = path.relative_to(ROOT).as_posix()
    return named if line is None else f"{named}:{line}"
