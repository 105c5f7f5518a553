"""What the purchaser, the centre and the officers do in stories: by pages and by the client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import Page
from market.demo.play.owners import seats_typed
from market.demo.seed.house import account_of
from market.kernel.ids import Track
from tests.support.exchange import Exchange
from tests.support.papers import make_pdf

BUDGET: Final = "3300000.00"
CEILING: Final = "3200000.00"
BOND: Final = 50_000_00
WITHOUT_BOND: Final = 0
OFFICERS: Final = (
    ("owner", Part.PURCHASER),
    ("centre", Part.TRADING_CENTRE),
    ("supervisor", Part.SUPERVISOR),
    ("notary", Part.NOTARY),
    ("witness", Part.WITNESS),
)
SMALL: Final = (OFFICERS[0], OFFICERS[2], OFFICERS[3])
CRITERIA: Final = """\
T1; technical; subjective; implementation-plan; 实施方案; Implementation plan
= 50; 方案完整; complete
= 40; 方案较完整; mostly complete
= 20; 方案不完整; incomplete
B1; business; objective; delivery-days; 交货期; Delivery time; 天; days
= 20; 少于30天; under 30 days; ..30
= 12; 30天以上; 30 days and more; 30.."""


@dataclass(frozen=True, slots=True)
class Officer:
    """One seat of a story: who sits there, and the programs and files this person has."""

    role: str
    person: Person
    uscc: str
    home: Path

    @property
    def pool(self) -> list[str]:
        """The options that name this officer's keys."""
        held, word = self.home / "pool.age", self.home / "word"
        return ["--pool", str(held), "--passphrase-file", str(word)]


def officers(exchange: Exchange, seats: Sequence[tuple[str, Part]] = OFFICERS) -> list[Officer]:
    """The officers of a story, each with a profile and a pool of keys made by the client."""
    found = []
    for role, part in seats:
        person = exchange.person(part, Duty.OPENING_OFFICER)
        uscc = exchange.cast.the(part).uscc
        home = exchange.home(f"officer-{account_of(person)}")
        if not (home / "pool.age").exists():
            pool = str(home / "pool.age")
            made = exchange.client(home, "officer", "keygen", "--count", "20", "--out", pool).facts
            (word,) = [said for said in made["warnings"] if said.startswith("Passphrase")]
            (home / "word").touch(mode=0o600)
            (home / "word").write_text(word.rpartition(": ")[2])
        found.append(Officer(role, person, uscc, home))
    return found


def officer_does(exchange: Exchange, officer: Officer, act: str, no: str, *more: str) -> dict:
    """An act of an officer's program that must succeed; what it told."""
    signed = [*officer.pool, "--org-key", str(exchange.organisation_key(officer.uscc))]
    words = ["officer", act, no, *more, *signed]
    return exchange.client(officer.home, *words, who=officer.person).facts


def owner(exchange: Exchange) -> Page:
    """The purchaser's procurement officer at a browser."""
    return exchange.page(exchange.person(Part.PURCHASER, Duty.PROJECT_OFFICER))


def centre(exchange: Exchange) -> Page:
    """The trading centre's entry checker at a browser."""
    return exchange.page(exchange.person(Part.TRADING_CENTRE, Duty.REGISTER_KEEPER))


def fine(page: Page) -> Page:
    """The page, after a step that must not be refused."""
    assert page.status == HTTPStatus.OK, (page.url, page.status, page.text[:600])
    assert not page.summary, (page.url, page.summary)
    return page


def admitted_project(exchange: Exchange, name: str) -> str:
    """A project entered with approval and money by the owner and let in by the centre; its code."""
    code = entered_project(exchange, name)
    fine(owner(exchange).get(f"/projects/{code}").submit(action="/submit"))
    fine(centre(exchange).get(f"/projects/{code}").submit(action="/admit"))
    return code


def entered_project(exchange: Exchange, name: str) -> str:
    """A project with approval and money, not yet handed in; its code."""
    desk = owner(exchange)
    typed = {
        "name_zh": f"{name}采购",
        "name_en": f"Purchase of {name}",
        "region": "890102",
        "kind": "goods",
        "funds": "fiscal",
        "budget": BUDGET,
        "tendered": "yes",
        "in_catalogue": "yes",
        "track": str(Track.GOVERNMENT),
    }
    fine(desk.get("/projects/new").submit(typed, has="name_zh"))
    code = desk.url.rsplit("/", 1)[-1]
    paper = make_pdf(exchange.folder / "approval.pdf", "批复 / Approval", name)
    approval = {
        "number": "云财采〔2026〕1号",
        "authority": "云汀市财政局",
        "approved_on": "2026-01-05",
    }
    fine(
        desk.get(f"/projects/{code}/approvals/new").submit(approval, {"paper": paper}, has="number")
    )
    funds = {"amount": BUDGET, "source": "本级财政"}
    fine(desk.get(f"/projects/{code}/funds/new").submit(funds, {"paper": paper}, has="amount"))
    return code


def drafted(exchange: Exchange, code: str, title: str, bond: int = BOND) -> str:
    """A tender prepared piece by piece on the owner's pages, without officers; its number."""
    desk = owner(exchange)
    fine(desk.get("/desk/tenders/new").submit({"project": code}, has="project"))
    no = desk.url.rsplit("/", 1)[-1]
    words = {
        "title_zh": title,
        "title_en": f"{title} (tender)",
        "need_zh": "彩色多普勒超声诊断系统 4 台，含安装与三年保修",
        "need_en": "Four colour Doppler ultrasound systems, installed, three years of warranty",
        "qualification_zh": "具有医疗器械经营许可",
        "qualification_en": "Licensed to deal in medical devices",
        "qualification_subjects": "medical-device-licence",
        "contact": "0890-0000000",
    }
    _piece(desk, no, "description", words)
    _piece(desk, no, "terms", {"ceiling": CEILING, "bond": str(bond), "validity_days": "90"})
    _piece(desk, no, "scheme", {"criteria": CRITERIA, "ties": ["technical"]})
    fine(desk.get(f"/desk/tenders/{no}/timetable").submit({}, has="bid_deadline"))
    paper = make_pdf(exchange.folder / "tender.pdf", "招标文件 / Tender documents", title)
    fine(desk.get(f"/desk/tenders/{no}/documents").submit({}, {"file": paper}, has="file"))
    return no


def _piece(desk: Page, no: str, piece: str, values: dict) -> None:
    fine(desk.get(f"/desk/tenders/{no}/{piece}").submit(values, has=next(iter(values))))


def seated(exchange: Exchange, no: str, sitting: Sequence[Officer]) -> None:
    """Officers named by the owner, keys given, rehearsed, the manifest in the journal."""
    desk = owner(exchange)
    page = desk.get(f"/desk/tenders/{no}/officers")
    typed = seats_typed([(each.role, each.person) for each in sitting])
    fine(page.submit(typed, has="organisation_1"))
    for each in sitting:
        person = account_of(each.person)
        officer_does(exchange, each, "join", no, "--role", each.role, "--person", person)
    fine(desk.get(f"/desk/tenders/{no}/officers").submit(action="/rehearsal"))
    for each in sitting:
        officer_does(exchange, each, "rehearse", no)
    fine(desk.get(f"/desk/tenders/{no}/officers").submit(action="/manifest"))


def published(exchange: Exchange, title: str, sitting: Sequence[Officer], bond: int = BOND) -> str:
    """A tender that takes bids; its number."""
    no = drafted(exchange, admitted_project(exchange, title), title, bond)
    seated(exchange, no, sitting)
    fine(owner(exchange).get(f"/desk/tenders/{no}/publication").submit())
    exchange.witnessed(no, "notice")
    return no


def deadline(exchange: Exchange, no: str) -> datetime:
    """Until when a tender takes bids."""
    return datetime.fromisoformat(exchange.tender(no)["deadline"])
