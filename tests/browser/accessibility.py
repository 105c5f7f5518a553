"""What axe-core finds on a page: nothing, or the test fails with where and why.

The script is version 4.14.1 of the npm package axe-core (MPL-2.0, licence beside it), used by
tests alone. It is handed to the page by the driver and not loaded by it, so the page's own
content policy stays in force.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

SCRIPT: Final = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ASK: Final = """
async ([only, tags]) => {
  const run = only.length ? { type: "rule", values: only } : { type: "tag", values: tags };
  const told = { runOnly: run, resultTypes: ["violations"], preload: false };
  const found = await axe.run(document, told);
  return found.violations.flatMap((one) => one.nodes.map((node) =>
    `${one.id}: ${node.target.join(" ")} | ${node.failureSummary.replace(/\\s+/g, " ")}`));
}
"""


@cache
def _script() -> str:
    return SCRIPT.read_text("utf-8")


def findings(page: Page, *rules: str) -> list[str]:
    """What is wrong with a page for people who cannot see, hear or point.

    Of these rules, or of all.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_script())
    found: Any = page.evaluate(ASK, [list(rules), list(TAGS)])
    return [str(one) for one in found]


def assert_accessible(page: Page, *rules: str) -> None:
    """No violation of WCAG 2.2 AA or of axe's best practice."""
    found = findings(page, *rules)
    assert found == [], f"{page.url}: {found}"
