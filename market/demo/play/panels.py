"""How a panel comes together: drawn by three parties, called by letter, seated, signed in."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import Page
from market.demo.play.owners import owner
from market.demo.play.troupe import PlayFailed, Troupe, fine
from market.demo.seed.house import account_of
from market.kernel.workdays import SHANGHAI

STRATA: Final = "医疗设备; B02; 3\n机电设备安装; A05; 1"
EXPERTS: Final = 4
CALLED: Final = re.compile(r"(\d{3})\*{4}(\d{4}) mobile · SM14")
"""An invitation in the mailbox, which shows of a number what a screen may show."""
AUDITOR: Final = (Part.SUPERVISOR, Duty.DRAW_PARTY)
PARTIES: Final = (
    (Part.PURCHASER, Duty.DRAW_PARTY),
    AUDITOR,
    (Part.WITNESS, Duty.WITNESS_KEEPER),
)


def representative(troupe: Troupe) -> Person:
    """Who sits on panels for the purchaser."""
    return troupe.person(Part.PURCHASER, Duty.OWNER_REPRESENTATIVE)


def drawn(troupe: Troupe, no: str, evaluation_at: datetime) -> None:
    """The panel's draw, from the frozen pool to the first letters."""
    desk = owner(troupe).get(f"/desk/tenders/{no}/panel/new")
    chosen = dict(zip(*_choices(desk, "representatives"), strict=True))
    plan = {
        "size": str(EXPERTS + 1),
        "strata": STRATA,
        "representatives": chosen[account_of(representative(troupe))],
        "evaluation_at": evaluation_at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        "city_zh": "云汀",
        "city_en": "Yunting",
        "place_zh": "公共资源交易中心三号评审室",
        "place_en": "Room 3 of the trading centre",
        "hours": "4",
        "fee": "600.00",
    }
    fine(desk.submit(plan, has="strata"))
    draw = f"{no}.panel"
    troupe.witnessed(draw, "draw-freeze")
    _party_does(troupe, AUDITOR, "audit", draw)
    _numbers(troupe, draw)


def numbered(troupe: Troupe, no: str) -> None:
    """The dark numbers are drawn and the bids stand under them: the evaluation may begin."""
    numbers_drawn(troupe, no)
    troupe.until(lambda: troupe.entries(no, "score-lock"), beating=True)


def numbers_drawn(troupe: Troupe, no: str) -> None:
    """The dark numbers of the bids, drawn by the panel's parties on the closing record."""
    draw = f"{no}.dark-numbers"
    troupe.until(lambda: troupe.entries(draw, "draw-freeze"), beating=True)
    troupe.witnessed(draw, "draw-freeze")
    _numbers(troupe, draw)


def accepted(troupe: Troupe) -> Sequence[Person]:
    """Every expert called says yes until all seats of the newest panel are taken; who they are."""
    seated: list[Person] = []

    def all_there() -> bool:
        for person in _called(troupe):
            page = troupe.page(person).get("/expert")
            for path in [path for _, path in page.links if "/answer" in path]:
                fine(page.get(path).submit({"accepts": "yes"}, has="accepts"))
                seated.append(person)
        return len(seated) >= EXPERTS

    troupe.until(all_there, beating=True)
    return seated


def invited(troupe: Troupe, coming: int) -> None:
    """The experts of the newest draw have their letters; so many say yes, the others wait."""

    def letters() -> list[tuple[Page, str]]:
        return [
            (page, path)
            for page in (troupe.page(one).get("/expert") for one in _called(troupe))
            for _, path in page.links
            if "/answer" in path
        ]

    def all_sent() -> list[tuple[Page, str]]:
        found = letters()
        return found if len(found) >= EXPERTS else []

    for page, path in troupe.until(all_sent, beating=True)[:coming]:
        fine(page.get(path).submit({"accepts": "yes"}, has="accepts"))


def arrived(troupe: Troupe, no: str, members: Sequence[Person]) -> None:
    """Experts and the purchaser's representative sign in with the declaration."""
    for person in members:
        page = troupe.page(person).get("/expert")
        ways = [path for _, path in page.links if path.endswith("/sign-in") and "expert" in path]
        if not ways:
            raise PlayFailed(f"{account_of(person)} has nowhere to sign in: {page.text[:400]}")
        fine(page.get(ways[0]).submit({"declares": "yes"}, has="declares"))
    page = troupe.page(representative(troupe)).get(f"/desk/tenders/{no}/panel/sign-in")
    fine(page.submit({"declares": "yes"}, has="declares"))


def _numbers(troupe: Troupe, draw: str) -> None:
    for party in PARTIES:
        _party_does(troupe, party, "commit", draw)
    troupe.witnessed(draw, "draw-commit", len(PARTIES))
    for party in PARTIES:
        _party_does(troupe, party, "reveal", draw)


def _party_does(troupe: Troupe, party: tuple[Part, Duty], act: str, draw: str) -> None:
    person = troupe.person(*party)
    key = str(troupe.organisation_key(person.organisation))
    signed = () if act == "reveal" else ("--org-key", key)
    home = troupe.folder(account_of(person))
    troupe.runs(home, "draw", act, draw, *signed, who=person)


def _called(troupe: Troupe) -> list[Person]:
    """The experts to whom a letter went, newest first, as the mailbox shows them."""
    box = troupe.visitor().get("/letters/mailbox?lang=en").text
    people = [expert.person for expert in troupe.cast.experts]
    found = [
        person
        for masked in CALLED.findall(box)
        for person in people
        if (person.mobile[:3], person.mobile[-4:]) == masked
    ]
    return list(dict.fromkeys(found))


def _choices(page: Page, name: str) -> tuple[list[str], list[str]]:
    """Words and values of a field of choices, in the order of the page."""
    values = page.form(has=name).offered[name]
    found = re.findall(rf'name="{name}" value="([^"]+)"[^>]*><span>([^<]+)', page.body.decode())
    return [words for _, words in found], values
