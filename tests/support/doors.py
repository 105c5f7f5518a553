"""Everybody at every door of a running exchange: who is shown a page, who is let in with an act.

`Doors` has a browser for each of the people of the table, an address for each way in, and for each
page the forms that somebody entitled was shown: with these, filled in as they came, others knock.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlencode, urlsplit

import urllib3

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import ONE_BY_ONE, HtmlForm, Page, _Reader
from market.demo.seed.house import account_of
from tests.support.exchange import Exchange
from tests.support.sources import ROOT
from tests.support.story_bidder import firm
from tests.support.story_panel import called

R = TypeVar("R")
HERE: Final = ROOT / "tests" / "architecture"
ROUTES: Final = HERE / "routes.txt"
TABLE: Final = HERE / "permissions.txt"
OPEN: Final = {"public", "anonymous"}
VISITOR: Final = "visitor"
NOBODY: Final = "nobody"
NOWHERE: Final = "00000000-0000-0000-0000-000000000001"
UUID: Final = r"[0-9a-f]{8}-[0-9a-f-]{27}"
BODIES: Final = {"/api/v1/evaluations/<no>/sheet": b'{"cells":[],"seen":0}'}
"""What a call takes that is looked at before the one who calls; `{}` for all others."""
AT_ONCE: Final = 4  # browsers; a platform of two processes answers about as many side by side
ACTS: Final = re.compile(r"<any\(([^)]+)\):\w+>")
MARKS: Final = ("_once", "_csrf")
AWAY: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
PEOPLE: Final = (
    "owner",
    "owner-on-panel",
    "head-of-owner",
    "agent",
    "winner",
    "loser",
    "other-bidder",
    "member",
    "other-expert",
    "centre",
    "supervisor",
    "regulator",
    "notary",
    "bank",
    "technician",
)
"""Everybody of the cast, in the order of the table."""
WINNER, LOSER, OTHER = 5, 6, 9
"""The bidders of the table, as `story_bidder.firm` counts them: two in the walk, one not."""


@dataclass(frozen=True, slots=True)
class Way:
    """One method of one route behind the door."""

    method: str
    rule: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, not followed anywhere."""

    status: int
    leads: str
    body: bytes

    @property
    def is_shown(self) -> bool:
        """Whether somebody is shown something; being led elsewhere is not that."""
        return self.status == HTTPStatus.OK

    @property
    def is_door(self) -> bool:
        """Whether a visitor was led to the sign-in or told to sign in."""
        return self.status == HTTPStatus.UNAUTHORIZED or self.leads.startswith("/sign-in")

    @property
    def is_away(self) -> bool:
        """Whether somebody was turned away for who asks."""
        return self.status in AWAY or self.is_door


def behind_the_door() -> list[Way]:
    """Every way in that asks for a sign-in, in the order of the table of routes."""
    found = []
    for line in ROUTES.read_text(encoding="utf-8").splitlines():
        method, rest = line.split(" ", 1)
        rule, mark = re.split(r" (?=public$|anonymous$|signed-in$|needs )", rest)
        if mark not in OPEN:
            found.append(Way(method, rule))
    return found


def written() -> dict[str, set[str]]:
    """The table: a way in, and who is shown it or let in with it."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    parts = [line.rpartition(": ") for line in lines]
    return {way: set(who.split()) - {NOBODY} for way, _, who in parts}


def cast(exchange: Exchange, no: str) -> dict[str, Person]:
    """Somebody of every side; two of the purchaser, bidders inside and outside, experts too."""
    invited = called(exchange)
    experts = [one.person for one in exchange.cast.experts]
    page = f"/desk/evaluations/{no}"
    member = next(one for one in invited if Doors.enter(exchange, one).get(page).status == 200)
    return {
        "owner": exchange.person(Part.PURCHASER, Duty.PROJECT_OFFICER),
        "owner-on-panel": exchange.person(Part.PURCHASER, Duty.OWNER_REPRESENTATIVE),
        "head-of-owner": exchange.person(Part.PURCHASER, Duty.LEGAL_REPRESENTATIVE),
        "agent": exchange.person(Part.AGENT, Duty.AGENT_MANAGER),
        "winner": exchange.clerk(firm(exchange, WINNER).organisation),
        "loser": exchange.clerk(firm(exchange, LOSER).organisation),
        "other-bidder": exchange.clerk(firm(exchange, OTHER).organisation),
        "member": member,
        "other-expert": next(one for one in experts if one not in invited),
        "centre": exchange.person(Part.TRADING_CENTRE, Duty.REGISTER_KEEPER),
        "supervisor": exchange.person(Part.SUPERVISOR, Duty.SUPERVISION_OFFICER),
        "regulator": exchange.person(Part.SUPERVISOR, Duty.COMPLAINT_OFFICER),
        "notary": exchange.person(Part.NOTARY, Duty.OPENING_OFFICER),
        "bank": exchange.person(Part.BANK, Duty.CUSTODIAN_CLERK),
        "technician": exchange.person(Part.TRADING_CENTRE, Duty.SYSTEM_ADMINISTRATOR),
    }


@dataclass
class Doors:
    """The people of the table with their browsers, and an address for each way in."""

    exchange: Exchange
    no: str
    pages: dict[str, Page]
    samples: dict[str, str] = field(default_factory=dict)
    forms: dict[str, list[HtmlForm]] = field(default_factory=dict)
    _marks: dict[str, dict[str, str]] = field(default_factory=dict)
    _http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(maxsize=AT_ONCE, timeout=60, retries=False)
    )

    def everybody(self, do: Callable[[str], R]) -> dict[str, R]:
        """What comes of it when each of the people does something, some of them at once."""
        with ThreadPoolExecutor(AT_ONCE) as several:
            return dict(zip(self.pages, several.map(do, self.pages), strict=True))

    @staticmethod
    def enter(exchange: Exchange, person: Person) -> Page:
        """A browser of somebody, by the one click of the demonstration."""
        page = Page(exchange.platform).get(f"/demo/people/{account_of(person)}")
        page.submit({}, named="sign-in")
        assert page.url.endswith("/desk"), (page.url, page.status, page.text[:300])
        return page

    # --- addresses --------------------------------------------------------------------------------

    def addresses(self, way: Way) -> list[str]:
        """The route with its blanks filled in from the walk, or with something that is nowhere."""
        rule = way.rule
        if rule in self.samples:
            rule = self.samples[rule]
        acts = ACTS.search(rule)
        rules = [rule]
        if acts is not None:
            names = [one.strip(" '") for one in acts[1].split(",")]
            rules = [ACTS.sub(name, rule) for name in names]
        return [self._filled(one) for one in rules]

    def _filled(self, rule: str) -> str:
        at = rule.replace("<no>", f"{self.no}.panel" if "/draws/" in rule else self.no)
        for blank in ("code", "uscc", "digest"):
            at = at.replace(f"<{blank}>", self.samples.get(blank, NOWHERE))
        at = re.sub(r"<uuid:\w+>", NOWHERE, at)
        return re.sub(r"<[^>]+>", "1", at)

    # --- knocking ---------------------------------------------------------------------------------

    def look(self, who: str, way: Way) -> Answer:
        """What somebody is answered who asks for a page; its forms are kept for others to try.

        Where a way in has several pages, each of them has the same door.
        """
        answers = [self._look(who, path) for path in self.addresses(way)]
        assert len({one.is_shown for one in answers}) == 1, (who, way)
        return answers[0]

    def _look(self, who: str, path: str) -> Answer:
        answer = self._ask(who, "GET", path)
        if answer.is_shown and answer.body.lstrip().startswith(b"<!doctype html"):
            self._keep_forms(path, answer)
        return answer

    def knock(self, who: str, way: Way, path: str) -> Iterator[Answer]:
        """What somebody is answered who sends an act: each form that others were shown there."""
        if path.startswith("/api/"):
            body = BODIES.get(way.rule, b"{}")
            yield self._ask(who, way.method, path, body, "application/json")
            return
        for form in self.forms.get(path) or [HtmlForm(path, "post")]:
            filled = {name: given[-1] for name, given in form.values.items()}
            fields = {"_form": "press", **filled, **self._given(who)}
            kind = "application/x-www-form-urlencoded"
            answer = self._ask(who, way.method, path, urlencode(fields).encode(), kind)
            if not answer.is_away:
                del self._marks[who]  # they served, and would only be answered alike again
            yield answer

    def _keep_forms(self, path: str, answer: Answer) -> None:
        reader = _Reader()
        reader.feed(answer.body.decode())
        for form in reader.forms:
            target = urlsplit(form.action).path or path
            held = self.forms.setdefault(target, [])
            names = [one.values.get("_form") for one in held]
            if form.method == "post" and form.values.get("_form") not in names:
                held.append(form)

    def _given(self, who: str) -> dict[str, str]:
        """The marks of a form that this very browser was shown: the door is not what refuses."""
        if who not in self._marks:
            page = self.pages[who].get("/account" if who != VISITOR else "/sign-in")
            form = next(one for one in page.forms if set(MARKS) <= set(one.values))
            self._marks[who] = {name: form.values[name][0] for name in MARKS}
        return self._marks[who]

    def _ask(
        self, who: str, method: str, path: str, body: bytes | None = None, kind: str = ""
    ) -> Answer:
        known = "; ".join(f"{name}={value}" for name, value in self.pages[who]._cookies.items())
        headers = {**ONE_BY_ONE, "Cookie": known, "Sec-Fetch-Site": "same-origin"}
        if kind:
            headers["Content-Type"] = kind
        url = f"{self.exchange.platform}{path}"
        said = self._http.request(method, url, body=body, headers=headers, redirect=False)
        assert said.status < HTTPStatus.INTERNAL_SERVER_ERROR, (who, method, path, said.data[:800])
        leads = urlsplit(said.headers.get("Location", ""))
        return Answer(said.status, f"{leads.path}?{leads.query}" if leads.path else "", said.data)


# --- things that only pages name ------------------------------------------------------------------

OWN: Final[Mapping[str, tuple[str, str, str]]] = {
    "/account/addresses/<uuid:key>/end": ("owner", "/account", rf"/account/addresses/{UUID}/end"),
    "/account/programs/<uuid:key>/end": (
        "owner",
        "/account/programs",
        rf"/account/programs/{UUID}/end",
    ),
    "/account/sessions/<uuid:key>/end": ("owner", "/account", rf"/account/sessions/{UUID}/end"),
    "/account/roles/<uuid:key>/<any(accept, decline, resign):act>": (
        "owner",
        "/account",
        rf"/account/roles/{UUID}/resign",
    ),
    "/desk/evaluations/<no>/bids/<number>/price/<uuid:file>": (
        "member",
        "/desk/evaluations/{no}/price-corrections",
        rf"/desk/evaluations/{{no}}/bids/\w+/price/{UUID}",
    ),
    "/organisation/people/<uuid:key>/revoke": (
        "head-of-owner",
        "/organisation/people",
        rf"/organisation/people/{UUID}/revoke",
    ),
    "/organisation/keys/<uuid:key>/revoke": (
        "head-of-owner",
        "/organisation",
        rf"/organisation/keys/{UUID}/revoke",
    ),
    "/projects/<code>/documents/<digest>": (
        "owner",
        "/projects/{code}",
        r"/projects/{code}/documents/[\w-]+",
    ),
}
"""Where the address of a thing stands: whose page shows it, and what it looks like there."""


def find_samples(doors: Doors) -> None:
    """Addresses of real things of the walk: with invented ones nobody would be turned away."""
    known = {"no": doors.no, "code": doors.exchange.tender(doors.no)["project"]}
    doors.samples |= known
    doors.samples["uscc"] = firm(doors.exchange, LOSER).uscc
    for rule, (who, page, pattern) in OWN.items():
        shown = doors.pages[who].get(_put(page, known))
        found = re.search(_put(pattern, known), shown.body.decode())
        assert found is not None, (rule, shown.url, shown.status, shown.text[:2000])
        doors.samples[rule] = found[0]


def _put(text: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def write_found(folder: Path, found: Mapping[str, set[str]]) -> None:
    """Write down the table as it was found, for whoever compares."""
    lines = [
        f"{way}: {' '.join(who for who in PEOPLE if who in seen) or NOBODY}"
        for way, seen in found.items()
    ]
    (folder / "permissions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
