"""The pages of an exchange: found by following links as each role, told apart by what they show.

The table of routes says which pages there are. The crawl starts at home and desk as every role, and
at the first pages of the anonymous host and of the trial bank as nobody, and finds addresses for
each route. Pages of a route that are made of the same parts are one page to whoever looks closely.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import APIRequestContext, APIResponse

from tests.browser.roles import VISITOR, everybody
from tests.browser.sent_forms import forms_on
from tests.browser.visits import Visits
from tests.support.exchange import Exchange
from tests.support.story_panel import mailbox

ROUTES: Final = Path(__file__).parents[1] / "architecture" / "routes.txt"
DEMONSTRATION: Final = (
    "/demo/people",
    "/demo/people/<account>",
    "/demo/tour",
    "/demo/patterns",
    "/demo/clock",
    "/letters/mailbox",
)
ANONYMOUS, BANK = "anonymous host", "bank"
COUNTER: Final = "/bank/counter"
NO_PAGES: Final = re.compile(
    r"^/(api|log|static)/|\.(xml|jsonl?|csv|pdf|xlsx)$|^/healthz$|/(text|file)$"
    r"|/(documents|papers)/<digest>$|<uuid:file>$"
)
UNLINKED: Final[Mapping[str, tuple[str, str]]] = {
    "/agencies/<no>/objection": ("owner", "/agencies/<no>"),
    "/supervision/evaluations/<no>": ("supervisor", "/tenders/<no>/result"),
    "/desk/bond-hearings/<uuid:hearing>/proposal": (
        "complaint officer",
        "/desk/bond-hearings/<uuid:hearing>",
    ),
    f"{ANONYMOUS} /tenders/<no>/question/taken": (VISITOR, f"{ANONYMOUS} /tenders/<no>/question"),
}
"""Pages that exist and that nothing leads to: who opens them, and which route tells what they name.

An objection is linked from agencies in publicity, which whoever is signed in does not read here;
signs of collusion are linked where there is one, a proposal where a held token was shown; that a
question was taken is told once it was sent.
"""
LEADING: Final = ("/tenders/<no>", "/tenders/<no>/result", "/orders/<no>")
"""Public pages from which ways lead on that only somebody signed in has."""
SAMPLES: Final = 6  # addresses of one route that a role opens while looking for others
MORE: Final = 16  # the same where what is looked for may stand far down a list
LONG: Final = ("/agencies/<no>", "/desk/demands/<no>")
"""How routes begin of which more addresses are opened, and looked at as far as they differ."""
WHOLE: Final = os.environ.get("SWEEP") == "whole"
SHAPES: Final = 2 if WHOLE else 1  # pages of one route that are looked at
LONG_SHAPES: Final = MORE if WHOLE else 4  # of a route with a long beginning
KINDS: Final = {"int": r"\d+", "uuid": r"[0-9a-f-]{36}", "path": r".+", "": r"[^/]+"}
BLANK: Final = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>")
PARTS: Final = re.compile(r'<(table|form|details|blockquote|aside|dl)\b|(?:class|name)="([^"]+)"')
LINE: Final = re.compile(r"^(\S+) (/.*?) (public|anonymous|signed-in|needs)\b")
INVITED: Final = re.compile(r"/invitations/[\w-]+")
LINKS: Final = re.compile(r'(?:href|action)="([^"#?]+)')


@dataclass(frozen=True, slots=True)
class Rule:
    """A route of one host: its name in messages, where the host is, how the route is written."""

    name: str
    origin: str
    text: str
    address: re.Pattern[str]
    is_public: bool

    @property
    def has_blanks(self) -> bool:
        """Whether its addresses name something."""
        return "<" in self.text


@dataclass(frozen=True, slots=True)
class Sample:
    """A page that exists: its route, where it is, the role that may open it, its parts.

    `forms` are the addresses its forms are sent to, each with the form's own name.
    """

    rule: str
    url: str
    role: str
    parts: frozenset[str] = frozenset()
    forms: frozenset[tuple[str, str]] = frozenset()

    def __str__(self) -> str:
        return f"{urlsplit(self.url).path} ({self.role})"


def routes(exchange: Exchange) -> list[Rule]:
    """All pages for people: of the platform, of the anonymous host, of the trial bank."""
    pages = [page for page in _ways_in("GET") if not NO_PAGES.search(page[0])]
    found = _rules(exchange, [*pages, *((rule, "public") for rule in DEMONSTRATION)])
    return [*found, _rule(exchange.custodian, COUNTER, f"{BANK} {COUNTER}", is_public=True)]


def senders(exchange: Exchange) -> list[Rule]:
    """All ways by which people send something: routes of forms, on both hosts of the platform."""
    return _rules(exchange, [way for way in _ways_in("POST") if not way[0].startswith("/api/")])


def _ways_in(method: str) -> list[tuple[str, str]]:
    """Routes of one method, each with the first word of its mark."""
    lines = ROUTES.read_text("utf-8").splitlines()
    return [(one[2], one[3]) for line in lines if (one := LINE.match(line)) and one[1] == method]


def _rules(exchange: Exchange, ways: Iterable[tuple[str, str]]) -> list[Rule]:
    """Those that name nothing first: an address is taken for the first that fits."""
    return [
        _rule(exchange.anonymous, rule, f"{ANONYMOUS} {rule}", is_public=True)
        if mark == "anonymous"
        else _rule(exchange.platform, rule, rule, is_public=mark == "public")
        for rule, mark in sorted(ways, key=lambda way: (way[0].count("<"), way[0]))
    ]


def _rule(origin: str, rule: str, name: str, *, is_public: bool) -> Rule:
    parts = BLANK.split(rule)
    regex = re.escape(parts[0])
    for kind, rest in zip(parts[1::2], parts[2::2], strict=True):
        regex += f"({KINDS.get(kind or '', KINDS[''])})" + re.escape(rest)
    return Rule(name, origin, rule, re.compile(regex), is_public)


def crawl(visits: Visits) -> dict[str, list[Sample]]:
    """For each route the pages found; a route that nothing leads to has none."""
    rules = {rule.name: rule for rule in routes(visits.exchange)}
    found: dict[str, list[Sample]] = {name: [] for name in rules}
    requests: dict[str, APIRequestContext] = {}
    for role, person in everybody(visits.exchange).items():
        requests[role] = visits.browser(person, language="en").request
        for sample in _reached(requests[role], role, visits.exchange, list(rules.values())):
            found[sample.rule].append(sample)
    for name, (role, source) in UNLINKED.items():
        for one in found[source]:
            (blank,) = rules[source].address.fullmatch(urlsplit(one.url).path).groups()
            url = rules[name].origin + BLANK.sub(blank, rules[name].text)
            found[name] += _read(requests[role], rules[name], url, role)[0]
            if found[name]:
                break
    return found


def _reached(
    request: APIRequestContext, role: str, exchange: Exchange, rules: Sequence[Rule]
) -> Iterator[Sample]:
    """Pages that a role comes to from home, desk and every page whose address is known.

    Whoever is signed in reads of the public pages those alone that lead on.
    """
    mine = [rule for rule in rules if role == VISITOR or not rule.is_public or rule.name in LEADING]
    waiting = [f"{exchange.platform}/desk"]
    waiting += [rule.origin + rule.text for rule in mine if not rule.has_blanks]
    if role == VISITOR:  # links of letters beyond the mailbox's first page
        waiting += [exchange.platform + one for one in INVITED.findall(mailbox(exchange))]
    seen: dict[str, int] = {}
    known: set[str] = set()
    while waiting:
        url = waiting.pop(0)
        rule = rule_of(url, mine)
        if rule is None or url in known:
            continue
        if seen.get(rule.name, 0) >= (MORE if rule.name.startswith(LONG) else SAMPLES):
            continue
        known.add(url)
        seen[rule.name] = seen.get(rule.name, 0) + 1
        samples, links = _read(request, rule, url, role)
        yield from samples
        waiting += links


def rule_of(url: str, rules: Sequence[Rule]) -> Rule | None:
    """The route that an address belongs to."""
    at = urlsplit(url)
    origin = f"{at.scheme}://{at.netloc}"
    return next((r for r in rules if r.origin == origin and r.address.fullmatch(at.path)), None)


def _read(
    request: APIRequestContext, rule: Rule, url: str, role: str
) -> tuple[list[Sample], list[str]]:
    """The page at an address, if there is one, and the addresses it names."""
    answer: APIResponse = request.get(url, max_redirects=0)
    if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
        return [], []
    text = answer.text()
    body = text[text.find("<main") : text.find("</main")]
    parts = {re.sub(r"[\d_-]+", "", one) for pair in PARTS.findall(body) for one in pair if one}
    links = [urljoin(url, target) for target in LINKS.findall(text)]
    sent = frozenset((one.action, one.name) for one in forms_on(text, url))
    return [Sample(rule.name, url, role, frozenset(parts), sent)], links


def chosen(found: Mapping[str, Sequence[Sample]]) -> list[Sample]:
    """Pages of each route that show different parts, and the desk of every role."""
    picked: list[Sample] = []
    for rule, samples in found.items():
        shown: set[str] = set()
        own: list[Sample] = []
        for one in sorted(samples, key=lambda sample: -len(sample.parts)):
            most = LONG_SHAPES if rule.startswith(LONG) else SHAPES
            if not own or (len(own) < most and one.parts - shown):
                own.append(one)
                shown |= one.parts
        if rule == "/desk":
            own = list({one.role: one for one in samples}.values())
        picked += own
    return picked
