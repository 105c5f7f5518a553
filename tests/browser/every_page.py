"""Every page of the exchange: found by following links as each role, then looked at closely.

The table of routes says which pages there are; the crawl finds an address for each by starting
at home and desk as every role. A page is looked at once in each language: wide and narrow, light
and dark, without loading it anew.
"""

import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import APIRequestContext, BrowserContext, Page, Response

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from tests.browser.accessibility import findings
from tests.browser.keeping import unkept
from tests.browser.visits import HEIGHTS, Visits

ROUTES: Final = Path(__file__).parents[1] / "architecture" / "routes.txt"
DEMONSTRATION: Final = ("/demo/people", "/demo/tour", "/demo/patterns", "/demo/clock")
ROLES: Final[dict[str, tuple[Part, Duty]]] = {
    "owner": (Part.PURCHASER, Duty.PROJECT_OFFICER),
    "representative": (Part.PURCHASER, Duty.OWNER_REPRESENTATIVE),
    "legal representative": (Part.PURCHASER, Duty.LEGAL_REPRESENTATIVE),
    "agent": (Part.AGENT, Duty.AGENT_MANAGER),
    "officer": (Part.NOTARY, Duty.OPENING_OFFICER),
    "supervisor": (Part.SUPERVISOR, Duty.SUPERVISION_OFFICER),
    "complaint officer": (Part.SUPERVISOR, Duty.COMPLAINT_OFFICER),
    "draw party": (Part.SUPERVISOR, Duty.DRAW_PARTY),
    "centre": (Part.TRADING_CENTRE, Duty.REGISTER_KEEPER),
    "administrator": (Part.TRADING_CENTRE, Duty.SYSTEM_ADMINISTRATOR),
}
NO_PAGES: Final = re.compile(
    r"^/(api|log|static)/|\.(xml|json|csv|pdf)$|^/healthz$|/text$|/documents/<digest>$|<uuid:file>$"
)
SAMPLES: Final = 8  # addresses of one route that a role opens while looking for others
KINDS: Final = {"int": r"\d+", "uuid": r"[0-9a-f-]{36}", "path": r".+", "": r"[^/]+"}
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
LOADED: Final = "performance.getEntriesByType('resource').map((one) => one.name)"
UNPROVEN: Final = """
[...document.querySelectorAll("script, link[rel=stylesheet]")]
  .filter((one) => !one.integrity).map((one) => one.outerHTML)
"""
SPOKEN: Final = """
(() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement: near, textContent } = walk.currentNode;
    const text = textContent.replace(/\\s+/g, " ").trim();
    if (!text || near.closest("script, style, pre, code, textarea")) continue;
    found.push([text, near.closest("[lang]").lang]);
  }
  return found;
})()
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A page that exists: its route, an address, and the role that may open it."""

    rule: str
    path: str
    role: str


@dataclass(slots=True)
class Seen:
    """What was seen of one page in one language."""

    sample: Sample
    language: str
    status: int = 0
    policy: str = ""
    overflow: dict[int, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    unkept: list[str] = field(default_factory=list)
    shift: float = 0.0
    bytes: int = 0
    spoken: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.sample.path} ({self.sample.role}, {self.language})"


def routes() -> list[str]:
    """The addresses of all pages for people, as the table of routes writes them."""
    lines = [line.split() for line in ROUTES.read_text("utf-8").splitlines() if line]
    rules = [rule for method, rule, *mark in lines if method == "GET" and mark != ["anonymous"]]
    pages = {rule for rule in rules if not NO_PAGES.search(rule)}
    return [*sorted(pages, key=lambda rule: ("<" in rule, rule)), *DEMONSTRATION]


def pattern(rule: str) -> re.Pattern[str]:
    """What an address of this route looks like."""
    parts = re.split(r"<(?:(\w+):)?\w+>", rule)
    regex = re.escape(parts[0])
    for kind, rest in zip(parts[1::2], parts[2::2], strict=True):
        regex += KINDS.get(kind or "", KINDS[""]) + re.escape(rest)
    return re.compile(regex)


def everybody(visits: Visits) -> dict[str, Person | None]:
    """One person of each role, and a visitor."""
    found: dict[str, Person | None] = {"visitor": None}
    found |= {name: visits.person(*who) for name, who in ROLES.items()}
    cast = visits.exchange.cast
    found |= {f"bidder {n}": visits.exchange.clerk(firm) for n, firm in enumerate(cast.bidders())}
    found["expert"] = cast.experts[0].person
    return found


def crawl(visits: Visits) -> dict[str, list[Sample]]:
    """For each route the pages found; a route that nothing leads to has none."""
    rules = {rule: pattern(rule) for rule in routes()}
    found: dict[str, list[Sample]] = {rule: [] for rule in rules}
    for role, person in everybody(visits).items():
        context = visits.browser(person, language="en")
        for sample in _reached(context.request, visits.exchange.platform, role, rules):
            found[sample.rule].append(sample)
    return found


def _reached(
    request: APIRequestContext, origin: str, role: str, rules: dict[str, re.Pattern[str]]
) -> Iterator[Sample]:
    waiting = ["/", "/desk", *(rule for rule in rules if "<" not in rule)]
    seen: dict[str, int] = {}
    known: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        rule = next((r for r, look in rules.items() if look.fullmatch(path)), None)
        if rule is None or path in known or seen.get(rule, 0) >= SAMPLES:
            continue
        known.add(path)
        seen[rule] = seen.get(rule, 0) + 1
        answer = request.get(origin + path, max_redirects=0)
        if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield Sample(rule, path, role)
        for target in re.findall(r'(?:href|action)="([^"#?]+)', answer.text()):
            at = urlsplit(urljoin(origin + path, target))
            if f"{at.scheme}://{at.netloc}" == origin and at.path not in waiting:
                waiting.append(at.path)


def chosen(found: dict[str, list[Sample]]) -> list[Sample]:
    """One page of each route, and the desk of every role."""
    first = [samples[0] for samples in found.values() if samples]
    return [*first, *(one for one in found["/desk"][1:] if not one.role.startswith("bidder"))]


class Looker:
    """Looks at pages in a browser of each role and language; files are weighed once."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self._people = everybody(visits)
        self._contexts: dict[tuple[str, str], BrowserContext] = {}
        self._weights: dict[str, int] = {}

    def look(self, sample: Sample, language: str) -> Seen:
        """Everything about one page in one language."""
        context = self._context(sample.role, language)
        page = context.new_page()
        answer = page.goto(self._visits.exchange.platform + sample.path)
        page.evaluate(DRAWN)
        seen = Seen(sample, language)
        self._read(page, answer, seen)
        page.close()
        return seen

    def _read(self, page: Page, answer: Response | None, seen: Seen) -> None:
        assert answer is not None
        seen.status = answer.status
        seen.policy = answer.headers.get("content-security-policy", "")
        seen.shift = float(page.evaluate("window.shifted"))
        seen.bytes = len(gzip.compress(answer.body())) + sum(
            self._weight(page, url) for url in set(page.evaluate(LOADED))
        )
        seen.unproven = page.evaluate(UNPROVEN)
        seen.unkept = unkept(page)
        seen.spoken = [(text, lang) for text, lang in page.evaluate(SPOKEN)]
        seen.findings = findings(page)
        page.emulate_media(color_scheme="dark")
        seen.findings += [f"dark: {one}" for one in findings(page, "color-contrast")]
        for width, height in HEIGHTS.items():
            page.set_viewport_size({"width": width, "height": height})
            seen.overflow[width] = int(page.evaluate(WIDE))

    def _weight(self, page: Page, url: str) -> int:
        """The compressed size of a file that a page loads; asked for once, from our own hosts."""
        if "/static/" not in url:
            return 0
        if url not in self._weights:
            self._weights[url] = len(gzip.compress(page.request.get(url).body()))
        return self._weights[url]

    def _context(self, role: str, language: str) -> BrowserContext:
        key = (role, language)
        if key not in self._contexts:
            context = self._visits.browser(self._people[role], language=language)
            context.add_init_script(SHIFTS)
            self._contexts[key] = context
        return self._contexts[key]


def look_at_all(visits: Visits, samples: Sequence[Sample]) -> list[Seen]:
    """Every page in both languages."""
    looker = Looker(visits)
    return [looker.look(sample, language) for sample in samples for language in ("zh", "en")]
