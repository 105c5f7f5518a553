"""Writes the papers that are made from the code: docs/states.md, laws.md and glossary.md.

    python -m tests.support.write_docs

A test compares them, so that they never lag behind.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import bidding
import intermediaries
import market
from bidding.rulebook.register import NUMBERS, PERIODS
from intermediaries.rulebook.penalties import CREDIT
from intermediaries.rulebook.periods import PERIODS as SUPERMARKET
from market.approvals.rules.law import PERIODS as APPROVALS
from market.glossary.terms import GROUPS
from market.kernel.transitions import Table

DOCS = Path(__file__).resolve().parents[2] / "docs"


def tables() -> list[tuple[str, Table]]:
    """Every table of states of the product, by the module it stands in and its name."""
    found = {}
    for package in (market, bidding, intermediaries):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "rules" not in module.name.split(".") and not module.name.endswith(".states"):
                continue
            held = importlib.import_module(module.name)
            for name, value in vars(held).items():
                if isinstance(value, Table):
                    found.setdefault(id(value), (f"{module.name}.{name}", value))
    return sorted(found.values(), key=lambda item: item[0])


def states() -> str:
    """docs/states.md."""
    return "\n".join(_states()) + "\n"


def _states() -> Iterator[str]:
    yield "# States"
    yield ""
    yield "Written from the tables by `make docs`; every pair without a row is refused."
    for name, table in tables():
        yield ""
        yield f"## {table.name}"
        yield ""
        yield f"`{name}`"
        yield ""
        yield "```mermaid"
        yield table.as_mermaid()
        yield "```"
        yield ""
        yield "| from | action | to | who may | by |"
        yield "|---|---|---|---|---|"
        for row in table:
            cited = f"{row.law.zh} / {row.law.cite('en')}"
            yield f"| {row.source} | {row.action} | {row.target} | `{row.by}` | {cited} |"


def laws() -> str:
    """docs/laws.md."""
    return "\n".join(_laws()) + "\n"


def _laws() -> Iterator[str]:
    yield "# Numbers of law"
    yield ""
    yield "Written from the rulebook by `make docs`. A municipality may be stricter, never looser."
    yield ""
    yield "## Periods"
    yield ""
    yield "| id | 名称 | name | from | to |"
    yield "|---|---|---|---|---|"
    for key, period in PERIODS.items():
        yield f"| {key} | {period.zh} | {period.en} | {period.starts[1]} | {period.ends[1]} |"
    yield ""
    yield "## Numbers"
    yield ""
    yield "| key | name | default | at least | at most | since | article |"
    yield "|---|---|---|---|---|---|---|"
    for key, number in NUMBERS.items():
        for version in number.versions:
            cited = f"{version.article.zh} / {version.article.cite('en')}"
            held = version.value
            edges = " | ".join(
                "" if edge is None else str(edge) for edge in (held.legal_min, held.legal_max)
            )
            since = version.since.isoformat()
            yield f"| {key} | {number.en} | {held.default} | {edges} | {since} | {cited} |"
    yield ""
    yield from _supermarket_laws()


def _supermarket_laws() -> Iterator[str]:
    yield "## Periods of the supermarket"
    yield ""
    yield "| id | 名称 | name | days | counted in | at most | since | article |"
    yield "|---|---|---|---|---|---|---|---|"
    for key, supermarket in SUPERMARKET.items():
        for each in supermarket.versions:
            cited = f"{each.article.zh} / {each.article.cite('en')}"
            days, most = (
                "" if n is None else n for n in (each.value.default, each.value.legal_max)
            )
            yield (
                f"| {key} | {supermarket.zh} | {supermarket.en} | {days} | {supermarket.unit}"
                f" | {most} | {each.since.isoformat()} | {cited} |"
            )
    yield ""
    yield "## Periods of approvals"
    yield ""
    yield "| id | 名称 | name | working days at most | since | article |"
    yield "|---|---|---|---|---|---|"
    for key, (zh, en, approval) in APPROVALS.items():
        for dated in approval:
            cited = f"{dated.article.zh} / {dated.article.cite('en')}"
            yield f"| {key} | {zh} | {en} | {dated.value} | {dated.since.isoformat()} | {cited} |"
    yield ""
    yield "## Credit of agencies"
    yield ""
    yield "| act | 名称 | points | since |"
    yield "|---|---|---|---|"
    for rules in CREDIT:
        since = rules.since.isoformat()
        for act, points in rules.value.points.items():
            yield f"| {act.en} | {act.zh} | {points} | {since} |"
        days = rules.value
        yield (
            f"\nStatement {days.statement_days}, decision {days.decision_days}, appeal"
            f" {days.appeal_days}, its answer {days.answer_days} working days; half after"
            f" {days.half_after} months, gone after {days.gone_after}."
        )


def glossary() -> str:
    """docs/glossary.md."""
    return "\n".join(_glossary()) + "\n"


def _glossary() -> Iterator[str]:
    yield "# Glossary"
    yield ""
    yield "Written by `make docs` from the page `/glossary`, which says what each term means."
    for group in GROUPS:
        yield ""
        yield f"## {group.zh} / {group.en}"
        yield ""
        yield "| 中文 | English | in code |"
        yield "|---|---|---|"
        for term in group.terms:
            code = ", ".join(f"`{word}`" for word in term.code.split(", ") if word)
            yield f"| {term.zh} | {term.en} | {code} |"


def main() -> int:
    """Write all; the exit code."""
    (DOCS / "glossary.md").write_text(glossary())
    (DOCS / "states.md").write_text(states())
    (DOCS / "laws.md").write_text(laws())
    sys.stdout.write(f"docs/states.md: {len(tables())} tables\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
