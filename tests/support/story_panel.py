"""How a panel comes together in stories: frozen, drawn by its parties, called by letter, seated."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.driver import Page
from market.demo.seed.house import account_of
from market.kernel.workdays import SHANGHAI
from tests.support.exchange import Exchange
from tests.support.story_owner import fine, owner

STRATA: Final = "医疗设备; B02; 3\n机电设备安装; A05; 1"
EXPERTS: Final = 4
OLDER: Final = re.compile(r"/letters/mailbox\?older=[^&]+")
CALLED: Final = re.compile(r"(\d{3})\*{4}(\d{4}) mobile · SM14")
"""An invitation in the mailbox, which shows of a number what a screen may show."""
AUDITOR: Final = (Part.SUPERVISOR, Duty.DRAW_PARTY)
PARTIES: Final = (
    (Part.PURCHASER, Duty.DRAW_PARTY),
    AUDITOR,
    (Part.WITNESS, Duty.WITNESS_KEEPER),  # of two notaries the first by credit code; one stands in
)


def drawn(exchange: Exchange, no: str, evaluation_at: datetime) -> str:
    """The panel's draw, from the frozen pool to the first letters; its number."""
    representative = exchange.person(Part.PURCHASER, Duty.OWNER_REPRESENTATIVE)
    desk = owner(exchange).get(f"/desk/tenders/{no}/panel/new")
    options = dict(zip(*_choices(desk, "representatives"), strict=True))
    plan = {
        "size": str(EXPERTS + 1),
        "strata": STRATA,
        "representatives": options[account_of(representative)],
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
    exchange.witnessed(draw, "draw-freeze")
    _party_does(exchange, AUDITOR, "audit", draw)
    for party in PARTIES:
        _party_does(exchange, party, "commit", draw)
    exchange.wait_for(lambda: len(exchange.entries(draw, "draw-commit")) == len(PARTIES), 60)
    exchange.witnessed(draw, "draw-commit")
    for party in PARTIES:
        _party_does(exchange, party, "reveal", draw)
    return draw


def numbered(exchange: Exchange, no: str) -> str:
    """The dark numbers, drawn by the panel's parties on the closing record; the draw's number."""
    draw = f"{no}.dark-numbers"
    exchange.wait_for(lambda: exchange.beat() or exchange.entries(draw, "draw-freeze"), 60)
    exchange.witnessed(draw, "draw-freeze")
    for party in PARTIES:
        _party_does(exchange, party, "commit", draw)
    exchange.wait_for(lambda: len(exchange.entries(draw, "draw-commit")) == len(PARTIES), 60)
    exchange.witnessed(draw, "draw-commit")
    for party in PARTIES:
        _party_does(exchange, party, "reveal", draw)
    exchange.wait_for(lambda: exchange.beat() or exchange.entries(no, "score-lock"), 60)
    return draw


def mailbox(exchange: Exchange) -> str:
    """Every page of the mailbox one after another, the newest letters first."""
    page = exchange.visitor().get("/letters/mailbox")
    read = page.text
    while further := [path for _, path in page.links if OLDER.fullmatch(path)]:
        page = page.get(further[0])
        read += page.text
    return read


def called(exchange: Exchange) -> list[Person]:
    """The experts to whom a letter went, newest first, as the mailbox shows them."""
    box = mailbox(exchange)
    people = [expert.person for expert in exchange.cast.experts]
    found = [
        person
        for masked in CALLED.findall(box)
        for person in people
        if (person.mobile[:3], person.mobile[-4:]) == masked
    ]
    return list(dict.fromkeys(found))


def declined_by_link(exchange: Exchange, person: Person) -> Page:
    """Somebody says no through the link and with the code of the letter, not signed in."""
    box = mailbox(exchange)
    letter = re.search(
        rf"{person.mobile[:3]}\*{{4}}{person.mobile[-4:]} mobile · SM14 .*?(\d{{6}})[。.].*?"
        r"(/invitations/[\w-]+)",
        box,
        re.DOTALL,
    )
    assert letter is not None, box[:2000]
    page = Page(exchange.platform).get(letter[2])
    wrong = f"{(int(letter[1]) + 1) % 1_000_000:06d}"
    no = {"accepts": "no", "reason": "busy"}
    assert page.submit({**no, "code": wrong}, has="accepts").summary
    return fine(page.get(letter[2]).submit({**no, "code": letter[1]}, has="accepts"))


def declined_signed_in(exchange: Exchange, person: Person, *, twice: bool = False) -> Page:
    """Somebody says no on the own page; `twice`: looks at it again afterwards."""
    page = exchange.page(person).get("/expert")
    answers = [path for _, path in page.links if "/answer" in path]
    if twice:
        assert not answers
        return page
    return fine(page.get(answers[0]).submit({"accepts": "no", "reason": "ill"}, has="accepts"))


def accepted(exchange: Exchange, no: str) -> list[Person]:
    """Every expert called says yes until all seats are taken; who they are."""
    seated: list[Person] = []

    def all_there() -> bool:
        for person in called(exchange):
            page = exchange.page(person).get("/expert")
            answers = [path for words, path in page.links if "/answer" in path]
            for path in answers:
                fine(page.get(path).submit({"accepts": "yes"}, has="accepts"))
                seated.append(person)
        exchange.beat()
        return len(seated) >= EXPERTS

    exchange.wait_for(all_there, 120)
    return seated


def arrived(exchange: Exchange, no: str, members: Sequence[Person]) -> None:
    """Experts and the purchaser's representative sign in with the declaration."""
    for person in members:
        page = exchange.page(person).get("/expert")
        (path,) = [path for _, path in page.links if path.endswith("/sign-in")][:1]
        fine(page.get(path).submit({"declares": "yes"}, has="declares"))
    representative = exchange.person(Part.PURCHASER, Duty.OWNER_REPRESENTATIVE)
    page = exchange.page(representative).get(f"/desk/tenders/{no}/panel/sign-in")
    fine(page.submit({"declares": "yes"}, has="declares"))


def _party_does(
    exchange: Exchange, party: tuple[Part, Duty], act: str, draw: str
) -> dict[str, Any]:
    """An act of a drawing party's program that must succeed."""
    part, duty = party
    person = exchange.person(part, duty)
    uscc = exchange.cast.the(part).uscc
    home = exchange.home(f"party-{account_of(person)}")
    words = ["draw", act, draw]
    if act != "reveal":
        words += ["--org-key", str(exchange.organisation_key(uscc))]
    return exchange.client(home, *words, who=person).facts


def _choices(page: Page, name: str) -> tuple[list[str], list[str]]:
    """Words and values of a field of choices, in the order of the page."""
    values = page.form(has=name).offered[name]
    found = re.findall(rf'name="{name}" value="([^"]+)"[^>]*><span>([^<]+)', page.body.decode())
    assert [value for value, _ in found] == values
    return [words for _, words in found], values
