"""How a demand finds its agency in stories: pages of people, keys and programs of organisations."""

import json
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final

import urllib3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.demo.people.kinds import Duty, Organisation, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import ONE_BY_ONE, Page
from market.demo.seed.house import account_of
from market.kernel.holidays import SEED
from market.kernel.workdays import WorkCalendar, at_time, legal_day
from market.kernel.workhours import WorkHours
from market.protocol.encoding import b64u, canonical, parse, unb64u
from market.protocol.enrolments import Enrolment, quote_binding, seal_quote, sign_enrolment
from market.protocol.offers import salted_facts
from market.protocol.signing import load_private, public_bytes
from market.protocol.timekeeping import read_time_manifest
from tests.support.exchange import Exchange
from tests.support.story_owner import centre, fine, owner

CALENDAR: Final = WorkCalendar(SEED)
HOURS: Final = WorkHours(CALENDAR)
MORNING: Final = time(9)
ITEM: Final = "IC01-001"
APPROVAL: Final = "LX-02"
DEPARTMENT: Final = (Part.APPROVING_DEPARTMENT, Duty.CASE_OFFICER)
PARTIES: Final = (
    (Part.SUPERVISOR, Duty.DRAW_PARTY),
    (Part.PURCHASER, Duty.DRAW_PARTY),
    (Part.TRADING_CENTRE, Duty.DRAW_OPERATOR),
)


@dataclass
class Agency:
    """An agency of the cast: its clerk at a browser, its key, the token of its program."""

    exchange: Exchange
    organisation: Organisation
    sent: list[bytes] = field(default_factory=list)
    """Every enrolment it sent, as it was sent."""

    @property
    def clerk(self) -> Person:
        """Whoever enrols and serves for it."""
        return self.exchange.cast.with_duty(Duty.AGENCY_CLERK, self.organisation.uscc)[0]

    @property
    def page(self) -> Page:
        """Its clerk's browser."""
        return self.exchange.page(self.clerk)

    @property
    def key(self) -> Ed25519PrivateKey:
        """The signing key, as the organisation keeps it."""
        return key_of(self.exchange, self.organisation.uscc)

    def offer(self, yuan: str) -> None:
        """Offer the service of the story, by its page."""
        typed = {"item": ITEM, "price": yuan, "promise_days": "15"}
        form = fine(self.page.get("/desk/agency/services/new"))
        fine(form.submit(typed, has="promise_days"))

    def enrol(self, no: str, fen: int) -> Any:
        """Seal a quote to the timekeepers, sign it, send it; what the platform answered."""
        body = self.sealed(no, fen)
        self.sent.append(body)
        return self.send(no, body)

    def sealed(self, no: str, fen: int) -> bytes:
        """What the program of an agency makes of the public state of a selection."""
        state = self.state(no)
        manifest = read_time_manifest(state["manifest"])
        public, ciphertext = public_bytes(self.key), bytearray()
        bound = quote_binding(no, manifest.hash, state["amendment"], public)
        envelope = seal_quote(bound, manifest, salted_facts({"price": fen}), ciphertext.extend)
        last = state["last"]
        made = Enrolment(
            no,
            state["round"],
            unb64u(state["terms_hash"]),
            manifest.hash,
            state["amendment"],
            self.organisation.uscc,
            0 if last is None else last["seq"] + 1,
            None if last is None else unb64u(last["hash"]),
            envelope,
            public,
        )
        act = sign_enrolment(made, self.key).raw
        return canonical({"act": b64u(act), "ciphertext": b64u(bytes(ciphertext))})

    def send(self, no: str, body: bytes) -> Any:
        """Hand an enrolment in."""
        return self._call("POST", no, body)

    def state(self, no: str) -> Any:
        """What its program is told before it seals."""
        return self._call("GET", no, None)

    def _call(self, method: str, no: str, body: bytes | None) -> Any:
        answer = urllib3.request(
            method,
            f"{self.exchange.platform}/api/v1/demands/{no}/enrolments",
            body=body,
            headers={
                **ONE_BY_ONE,
                "Authorization": f"Bearer {self.exchange.token(self.clerk)}",
                "Content-Type": "application/json",
            },
            retries=False,
        )
        assert answer.status == HTTPStatus.OK, (answer.status, answer.data[:600])
        return json.loads(answer.data)


def key_of(exchange: Exchange, uscc: str) -> Ed25519PrivateKey:
    """The signing key of an organisation, as it lies in its own folder."""
    held = parse(exchange.organisation_key(uscc).read_bytes())
    return load_private(unb64u(str(held["secret"])))


def agency(exchange: Exchange, place: int) -> Agency:
    """The agency at a place of the cast."""
    return Agency(exchange, exchange.cast.of_kind(Part.AGENCY)[place])


def let_in(exchange: Exchange, entering: Agency) -> None:
    """An entry that waits for its check is passed by the centre; publicity begins."""
    desk = fine(centre(exchange).get("/desk/entries"))
    fine(fine(desk.link(entering.organisation.name_zh)).submit(action="/pass"))


def department(exchange: Exchange) -> Page:
    """The case officer of the approving department at a browser."""
    return exchange.page(exchange.person(*DEPARTMENT))


def to_morning(exchange: Exchange, days: int = 1) -> None:
    """Nine o'clock of the working day so many working days from now."""
    day = CALENDAR.add_working_days(legal_day(exchange.now()), days)
    exchange.advance_to(at_time(day, MORNING))


def pass_hours(exchange: Exchange, hours: float) -> None:
    """Let so many working hours pass for everybody."""
    exchange.advance_to(HOURS.after(exchange.now(), timedelta(hours=hours)))


def demanded(
    exchange: Exchange, project: str, title: str, pieces: dict[str, dict[str, Any]]
) -> str:
    """A demand written page by page, handed in, checked by the centre, published; its number."""
    desk = owner(exchange)
    typed = {"item": ITEM, "title_zh": title, "title_en": f"{title} (demand)", "project": project}
    fine(desk.get("/desk/demands/new").submit(typed, has="title_zh"))
    no = desk.url.split("/desk/demands/")[1].split("/")[0]
    for part, values in pieces.items():
        form = fine(desk.get(f"/desk/demands/{no}/{part}"))
        fine(form.submit(values, has=next(iter(values))))
    assert not desk.get(f"/desk/demands/{no}/preview").summary
    fine(fine(desk.get(f"/desk/demands/{no}/submission")).submit(button="提交"))
    checker = fine(centre(exchange).get(f"/desk/demand-checks/{no}"))
    fine(checker.submit(action="/publication"))
    return no


def keyed(exchange: Exchange, one: Agency, no: str) -> Any:
    """The state of a selection once all three timekeepers have given their keys for it."""

    def ready() -> Any:
        exchange.beat()
        found = one.state(no)
        return found if found["manifest"] is not None else None

    return exchange.wait_for(ready, 60)


def chosen(exchange: Exchange, no: str, opens_at: datetime) -> dict[str, Any]:
    """From the closing to the published result: list, draw, releases, rule; the result's entry."""
    exchange.advance_to(opens_at)
    draw = f"{no}.selection.1"
    exchange.wait_for(lambda: exchange.beat() or exchange.entries(draw, "draw-freeze"), 60)
    exchange.witnessed(draw, "draw-freeze")
    for party in PARTIES:
        _party_does(exchange, party, "commit", draw)
    exchange.wait_for(lambda: len(exchange.entries(draw, "draw-commit")) == len(PARTIES), 60)
    exchange.witnessed(draw, "draw-commit")
    for party in PARTIES:
        _party_does(exchange, party, "reveal", draw)
    path = f"/api/v1/demands/{no}/selection"
    exchange.wait_for(lambda: exchange.beat() or exchange.answer(path)[0] == HTTPStatus.OK, 120)
    return exchange.witnessed(no, "result")


def _party_does(exchange: Exchange, party: tuple[Part, Duty], act: str, draw: str) -> None:
    person = exchange.person(*party)
    home = exchange.home(f"party-{account_of(person)}")
    words = ["draw", act, draw]
    if act != "reveal":
        words += ["--org-key", str(exchange.organisation_key(exchange.cast.the(party[0]).uscc))]
    exchange.client(home, *words, who=person).facts  # noqa: B018  fails unless it was done
