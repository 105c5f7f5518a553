"""What is looked at on every page: wide and narrow, light and dark, in each language.

A page is looked at in one language, every second one in the other, and one page of each route;
with `SWEEP=whole` in both, and whatever of a route shows other parts.
"""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Page, Response

from market.demo.people.kinds import Person
from tests.browser.accessibility import findings
from tests.browser.crawling import WHOLE, Sample
from tests.browser.keeping import UNKEPT, lost_with_the_tab
from tests.browser.roles import everybody
from tests.browser.visits import HEIGHTS, Visits

LANGUAGES: Final = ("zh", "en")
COLOURS: Final = "color-contrast"
NOTHING_SENT: Final = frozenset({"/demo/patterns"})
"""Pages whose forms only show what forms look like: nothing of theirs is sent or kept."""
LOADED: Final = {"zh": 1366, "en": 390}
"""How wide the window is while a page loads: nothing may jump in either."""
SHIFTS: Final = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DRAWN: Final = """
new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
"""
SHOWN: Final = f"""
(() => {{
  const spoken = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {{
    const {{ parentElement: near, textContent }} = walk.currentNode;
    const text = textContent.replace(/\\s+/g, " ").trim();
    if (!text || near.closest("script, style, pre, code, textarea")) continue;
    spoken.push([text, near.closest("[lang]").lang]);
  }}
  const files = [...document.querySelectorAll("script[src], link[rel=stylesheet]")];
  return {{
    spoken,
    shift: window.shifted,
    loaded: performance.getEntriesByType("resource").map((one) => one.name),
    unproven: files.filter((one) => !one.integrity).map((one) => one.outerHTML),
    unkept: ({UNKEPT.strip()})(),
  }};
}})()
"""
SQUEEZED: Final = """
(() => {
  const found = [];
  const range = document.createRange();
  const lines = () => new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { currentNode: node } = walk;
    const near = node.parentElement;
    if (near.closest("script, style, svg, pre, code, textarea, .mono")) continue;
    range.selectNodeContents(node);
    if (range.getClientRects().length < 2 || !near.checkVisibility()) continue;
    if (getComputedStyle(near).hyphens === "auto") continue;
    for (const word of node.textContent.matchAll(/(?<![\\w/.-])[A-Za-z]{2,16}(?![\\w/-])/g)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (lines() > 1) found.push(`broken: ${word[0]}`);
    }
  }
  const boxes = "caption, td, th, dt, dd, li, label, legend, .button, button";
  for (const one of document.querySelectorAll(boxes)) {
    if (!one.checkVisibility()) continue;
    const look = getComputedStyle(one);
    const inner = one.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight);
    const text = one.textContent.trim();
    const narrow = one.clientWidth > 0 && inner < 3 * parseFloat(look.fontSize);
    range.selectNodeContents(one);
    if (narrow && /[\\u3400-\\u9fff]{4}/.test(text) && lines() > 2)
      found.push(`squeezed: ${text.slice(0, 30)}`);
    if (one.matches("button, .button") && one.scrollWidth > one.clientWidth + 1)
      found.push(`cut: ${text.slice(0, 30)}`);
  }
  return found;
})()
"""


@dataclass(slots=True)
class Seen:
    """What was seen of one page in one language."""

    sample: Sample
    language: str
    status: int = 0
    policy: str = ""
    overflow: dict[int, int] = field(default_factory=dict)
    squeezed: dict[int, list[str]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    unkept: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    shift: float = 0.0
    bytes: int = 0
    spoken: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.sample} in {self.language}"


class Looker:
    """Looks at pages; files that they load are weighed once."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self._weights: dict[str, int] = {}

    def look(self, samples: Sequence[Sample], person: Person | None) -> Iterator[Seen]:
        """Everything about the pages of one person, in a browser for each language."""
        for place, language in enumerate(LANGUAGES):
            context = self._visits.browser(person, language=language)
            context.add_init_script(SHIFTS)
            page = context.new_page()
            for sample in samples if WHOLE else samples[place :: len(LANGUAGES)]:
                seen = Seen(sample, language)
                width = LOADED[language]
                page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
                answer = page.goto(sample.url)
                page.evaluate(DRAWN)
                self._read(page, answer, seen)
                if sample.rule not in NOTHING_SENT:
                    page, seen.lost = lost_with_the_tab(page)
                yield seen
            context.close()

    def _read(self, page: Page, answer: Response | None, seen: Seen) -> None:
        assert answer is not None
        seen.status = answer.status
        seen.policy = answer.headers.get("content-security-policy", "")
        shown: dict[str, Any] = page.evaluate(SHOWN)
        seen.shift = float(shown["shift"])
        seen.spoken = [(text, lang) for text, lang in shown["spoken"]]
        seen.unproven, seen.unkept = shown["unproven"], shown["unkept"]
        seen.bytes = len(gzip.compress(answer.body())) + sum(
            self._weight(page, url) for url in set(shown["loaded"])
        )
        page.set_viewport_size({"width": 1366, "height": HEIGHTS[1366]})
        seen.findings = findings(page)
        page.emulate_media(color_scheme="dark")
        seen.findings += [f"dark: {one}" for one in findings(page, COLOURS)]
        page.emulate_media(color_scheme="light")
        for width, height in HEIGHTS.items():
            page.set_viewport_size({"width": width, "height": height})
            seen.overflow[width] = int(page.evaluate(WIDE))
            seen.squeezed[width] = page.evaluate(SQUEEZED)

    def _weight(self, page: Page, url: str) -> int:
        """The compressed size of a file that a page loads; asked for once, from our own hosts."""
        if "/static/" not in url and not url.endswith(".css"):
            return 0
        if url not in self._weights:
            self._weights[url] = len(gzip.compress(page.request.get(url).body()))
        return self._weights[url]


def look_at_all(visits: Visits, samples: Sequence[Sample]) -> list[Seen]:
    """Every page in both languages, person by person."""
    looker = Looker(visits)
    return [
        seen
        for role, person in everybody(visits.exchange).items()
        for seen in looker.look([one for one in samples if one.role == role], person)
    ]
