"""What purchaser, centre and officers do: a project, its tender, its seats, its publication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bidding.client.officers import join, rehearse
from bidding.tenders.chairs import ROWS
from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import Page
from market.demo.play.troupe import Troupe, fine, paper
from market.demo.seed.house import account_of
from market.kernel.ids import Track
from market.kernel.workdays import SHANGHAI
from market.protocol.encoding import moment

BUDGET: Final = "3300000.00"
CEILING: Final = "3200000.00"
BOND: Final = 50_000_00  # fen
SEATS: Final = (
    ("owner", Part.PURCHASER),
    ("supervisor", Part.SUPERVISOR),
    ("notary", Part.NOTARY),
)
"""Three officers of three organisations, two of whom open."""
CRITERIA: Final = """\
T1; technical; subjective; implementation-plan; 实施方案; Implementation plan
= 30; 方案完整; complete
= 24; 方案较完整; mostly complete
= 12; 方案不完整; incomplete
T2; technical; subjective; after-sales; 培训与售后服务; Training and service
= 20; 优于采购需求; better than asked for
= 16; 满足采购需求; as asked for
= 8; 有欠缺; falls short
B1; business; objective; delivery-days; 交货期; Delivery time; 天; days
= 20; 少于30天; under 30 days; ..30
= 12; 30天以上; 30 days and more; 30.."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is bought: its name and what exactly is needed, in both languages."""

    zh: str
    en: str
    need_zh: str
    need_en: str


def owner(troupe: Troupe) -> Page:
    """The purchaser's procurement officer at a browser."""
    return troupe.page(troupe.person(Part.PURCHASER, Duty.PROJECT_OFFICER))


def officers(troupe: Troupe) -> Sequence[tuple[str, Person]]:
    """Role and person of each seat."""
    return [(role, troupe.person(part, Duty.OPENING_OFFICER)) for role, part in SEATS]


def admitted_project(troupe: Troupe, need: Need) -> str:
    """A project entered with approval and money, and let in by the centre; its code."""
    desk = owner(troupe)
    typed = {
        "name_zh": f"{need.zh}采购",
        "name_en": f"Purchase of {need.en}",
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
    file = paper(troupe.folder("papers"), "approval.pdf", "批复 / Approval")
    approval = {
        "number": "云财采〔2026〕1号",
        "authority": "云汀市财政局",
        "approved_on": "2025-12-22",
    }
    page = desk.get(f"/projects/{code}/approvals/new")
    fine(page.submit(approval, {"paper": file}, has="number"))
    funds = {"amount": BUDGET, "source": "本级财政"}
    fine(desk.get(f"/projects/{code}/funds/new").submit(funds, {"paper": file}, has="amount"))
    fine(desk.get(f"/projects/{code}").submit(action="/submit"))
    centre = troupe.page(troupe.person(Part.TRADING_CENTRE, Duty.REGISTER_KEEPER))
    fine(centre.get(f"/projects/{code}").submit(action="/admit"))
    return code


def drafted(troupe: Troupe, need: Need, deadline: datetime | None = None) -> str:
    """A tender prepared piece by piece, without officers; its number.

    Without a deadline it is the earliest that the rules allow.
    """
    code = admitted_project(troupe, need)
    desk = owner(troupe)
    fine(desk.get("/desk/tenders/new").submit({"project": code}, has="project"))
    no = desk.url.rsplit("/", 1)[-1]
    words = {
        "title_zh": need.zh,
        "title_en": need.en,
        "need_zh": need.need_zh,
        "need_en": need.need_en,
        "qualification_zh": "具有医疗器械经营许可",
        "qualification_en": "Licensed to deal in medical devices",
        "qualification_subjects": "medical-device-licence",
        "contact": "0890-0000000",
    }
    _piece(desk, no, "description", words)
    terms = {"ceiling": CEILING, "bond": str(BOND), "validity_days": "90"}
    _piece(desk, no, "terms", terms)
    _piece(desk, no, "scheme", {"criteria": CRITERIA, "ties": ["technical"]})
    dates = {} if deadline is None else {"bid_deadline": _wall(deadline)}
    fine(desk.get(f"/desk/tenders/{no}/timetable").submit(dates, has="bid_deadline"))
    title = f"招标文件：{need.zh} / Tender documents: {need.en}"
    file = paper(troupe.folder("papers"), f"{no}.pdf", title, need.need_zh)
    fine(desk.get(f"/desk/tenders/{no}/documents").submit({}, {"file": file}, has="file"))
    return no


def published(troupe: Troupe, need: Need, deadline: datetime | None = None) -> str:
    """A tender that takes bids; its number."""
    no = drafted(troupe, need, deadline)
    _seated(troupe, no)
    fine(owner(troupe).get(f"/desk/tenders/{no}/publication").submit())
    troupe.witnessed(no, "notice")
    return no


def deadline_of(troupe: Troupe, no: str) -> datetime:
    """Until when a tender takes bids."""
    return moment(str(troupe.ask(f"/api/v1/tenders/{no}")["deadline"]))


def _seated(troupe: Troupe, no: str) -> None:
    """Officers named, keys given, rehearsed; the manifest in the public record."""
    desk, sitting = owner(troupe), officers(troupe)
    page = desk.get(f"/desk/tenders/{no}/officers")
    fine(page.submit(seats_typed(sitting), has="organisation_1"))
    for role, one in sitting:
        profile = troupe.profile(troupe.folder(account_of(one)), one)
        signer, pool = troupe.signer(one), troupe.pool(one)
        join(profile, no, role, account_of(one), signer, pool, renew=False)
    fine(desk.get(f"/desk/tenders/{no}/officers").submit(action="/rehearsal"))
    for _role, one in sitting:
        profile = troupe.profile(troupe.folder(account_of(one)), one)
        rehearse(profile, no, troupe.signer(one), troupe.pool(one))
    fine(desk.get(f"/desk/tenders/{no}/officers").submit(action="/manifest"))


def seats_typed(sitting: Sequence[tuple[str, Person]]) -> dict[str, str]:
    """What an owner types to name these officers; the other rows of the page are emptied."""
    typed: dict[str, str] = {}
    for number in range(1, ROWS + 1):
        role, one = sitting[number - 1] if number <= len(sitting) else ("", None)
        typed[f"part_{number}"] = role
        typed[f"organisation_{number}"] = "" if one is None else one.organisation
        typed[f"person_{number}"] = "" if one is None else account_of(one)
    return typed


def _piece(desk: Page, no: str, piece: str, values: Mapping[str, str | Sequence[str]]) -> None:
    fine(desk.get(f"/desk/tenders/{no}/{piece}").submit(values, has=next(iter(values))))


def _wall(when: datetime) -> str:
    return when.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


NEAR: Final = timedelta(seconds=61)
"""Behind a deadline: its grace of sixty seconds is over."""
