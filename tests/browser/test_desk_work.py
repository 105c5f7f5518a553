"""What waits on each desk, the most urgent first, is done where its line leads, by keyboard alone.

The agent hands two projects in, the trading centre lets them in, the agent begins their tenders;
two bidders read their results and challenge; the department examines what they complain about.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from market.demo.people.kinds import Duty, Organisation
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.everything import FIRMS, PRICES
from market.demo.staged import Stage, staged
from tests.browser.keyboard import Keyboard
from tests.browser.looking import look
from tests.browser.visits import Visits
from tests.support.exchange import Exchange
from tests.support.story_owner import entered_project, fine, owner

LANGUAGES: Final = ("zh", "en")
SENT: Final = "main form button[type=submit]"
WAITING: Final = """
[...document.querySelectorAll("main .desk li")].map((one) => one.querySelector("time")?.dateTime)
"""
NUMBER: Final = r"ZY-\d{4}-\d{6}"
STAGES: Final = ("process", "result")
"""What each of the two bidders challenges."""
WORDS: Final = {
    "matters": "评分细则适用有误 / The scale was applied wrongly",
    "facts": "见结果公告 / See the result notice",
    "basis": "政府采购法第五十二条 / Government Procurement Law, article 52",
}
RESULT: Final = {
    "zh": ("名次", "得分", "保证金", "质疑"),
    "en": ("Rank", "points", "bond", "Challenge the result"),
}
BACK: Final = re.compile(r"goes back|went back|send it back|退还|退回")


@dataclass
class Matters:
    """A project and a losing bidder for each language, and the challenges that they filed."""

    projects: tuple[str, ...]
    no: str
    losers: tuple[Organisation, ...]
    challenges: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def matters(exchange: Exchange) -> Matters:
    """Two projects for which the agent acts, not handed in; the tender whose result is out."""
    codes = tuple(entered_project(exchange, name) for name in ("除颤仪", "呼吸机"))
    for code in codes:
        page = owner(exchange).get(f"/projects/{code}/agent")
        agent = next(one for one in page.form(has="agent").offered["agent"] if one != "none")
        fine(page.submit({"agent": agent}, has="agent"))
    no = next(one.no for one in staged(exchange.var) if one.stage is Stage.RESULT)
    bids = sorted(zip(PRICES, FIRMS, strict=True))
    losers = tuple(exchange.cast.bidders()[firm] for _, firm in bids[1:])
    return Matters(codes, no, losers)


def urgent_first(page: Page, least: int) -> None:
    """So many things wait at least; what is due first stands first, what has no date last."""
    dues = page.evaluate(WAITING)
    assert len(dues) >= least, (page.url, dues)
    dated = [datetime.fromisoformat(due) for due in dues if due]
    assert dated == sorted(dated), page.url
    assert not any(dues[len(dated) :]), page.url


def leads(keys: Keyboard, href: str) -> None:
    """A line of the desk is followed, and the page behind it looked at."""
    keys.skip_to_content()
    keys.press_on(f"main a[href='{href}']")
    keys.page.wait_for_url(re.compile(re.escape(href) + r"(#.*)?$"))
    look(keys.page, narrow=True)
    keys.skip_to_content()


def test_1_the_agent_hands_in_what_waits_on_its_desk(visit: Visits, matters: Matters) -> None:
    agent = visit.person(Part.AGENT, Duty.AGENT_MANAGER)
    desks = [visit("/desk", agent, language=language) for language in LANGUAGES]
    for page in desks:
        look(page, narrow=True)
        urgent_first(page, len(LANGUAGES))
    for page, code in zip(desks, matters.projects, strict=True):
        leads(Keyboard(page), f"/projects/{code}")
        Keyboard(page).press_on("form[action$='/submit'] button")
        expect(page.locator("form[action$='/submit']")).to_have_count(0)
    again = visit("/desk", agent)
    for code in matters.projects:
        expect(again.locator(f"main .desk a[href='/projects/{code}']")).to_have_count(0)


def test_2_the_trading_centre_lets_in_what_waits_on_its_desk(
    visit: Visits, matters: Matters
) -> None:
    centre = visit.person(Part.TRADING_CENTRE, Duty.REGISTER_KEEPER)
    desks = [visit("/desk", centre, language=language) for language in LANGUAGES]
    for page in desks:
        look(page, narrow=True)
        urgent_first(page, len(LANGUAGES))
    for page, code in zip(desks, matters.projects, strict=True):
        leads(Keyboard(page), f"/projects/{code}")
        Keyboard(page).press_on("form[action$='/admit'] button")
        expect(page.locator("form[action$='/admit']")).to_have_count(0)
    again = visit("/desk", centre)
    for code in matters.projects:
        expect(again.locator(f"main .desk a[href='/projects/{code}']")).to_have_count(0)


def test_3_an_admitted_project_leads_the_agent_to_its_tender(
    visit: Visits, matters: Matters
) -> None:
    agent = visit.person(Part.AGENT, Duty.AGENT_MANAGER)
    for language, code in zip(LANGUAGES, matters.projects, strict=True):
        page = visit(f"/projects/{code}", agent, language=language)
        look(page, narrow=True)
        keys = Keyboard(page)
        keys.skip_to_content()
        expect(page.locator("main a.button:not(.second)")).to_have_count(1)
        keys.press_on("main a.button:not(.second)")
        page.wait_for_url(re.compile(r"/desk/tenders/new\?project="))
        expect(page.locator(f"[name=project][value='{code}']:checked")).to_have_count(1)
        look(page, narrow=True)
        keys.skip_to_content()
        keys.press_on(SENT)
        no = keys.at(r"ZC-\d{4}-\d{6}")
        desk = visit("/desk", agent, language=language)
        urgent_first(desk, 1)
        expect(desk.locator(f"main .desk a[href^='/desk/tenders/{no}']").first).to_be_visible()


def test_4_a_bidder_reads_rank_points_window_and_bond_and_challenges_from_there(
    visit: Visits, matters: Matters
) -> None:
    for language, firm, stage in zip(LANGUAGES, matters.losers, STAGES, strict=True):
        clerk = visit.exchange.clerk(firm)
        page = visit("/desk", clerk, language=language)
        urgent_first(page, 1)
        keys = Keyboard(page)
        leads(keys, f"/desk/tenders/{matters.no}/own-result")
        main = page.locator("main")
        for words in RESULT[language]:
            expect(main).to_contain_text(words, ignore_case=True)
        expect(main).to_contain_text(BACK)
        keys.press_on("main a[href$='/challenges/new']")
        page.wait_for_url("**/challenges/new")
        look(page, narrow=True)
        keys.skip_to_content()
        keys.choose("stage", stage)
        for name, text in WORDS.items():
            keys.type_into(f"[name={name}]", text)
        keys.press_on(SENT)
        keys.at("challenges")
        look(page, narrow=True)
        found = re.search(NUMBER, main.inner_text())
        assert found is not None
        matters.challenges.append(found[0])
        bonds = visit("/desk/bonds", clerk, language=language)
        expect(bonds.locator("main")).to_contain_text(matters.no)


def test_5_the_department_examines_complaints_from_its_desk(
    visit: Visits, exchange: Exchange, matters: Matters
) -> None:
    complaints = [_complained(exchange, matters, at) for at in range(len(LANGUAGES))]
    officer = visit.person(Part.SUPERVISOR, Duty.COMPLAINT_OFFICER)
    desks = [visit("/desk", officer, language=language) for language in LANGUAGES]
    for page in desks:
        look(page, narrow=True)
        urgent_first(page, len(LANGUAGES))
    for page, href in zip(desks, complaints, strict=True):
        keys = Keyboard(page)
        leads(keys, href)
        expect(page.locator("[name=decline]")).to_have_count(1)
        keys.press_on(SENT)
        expect(page.locator("[name=decline]")).to_have_count(0)
        page.goto(exchange.platform + href)
        expect(page.locator("[name=outcome]").first).to_be_visible()
        look(page, narrow=True)


def _complained(exchange: Exchange, matters: Matters, at: int) -> str:
    """A challenge is answered, and complained about; where the department finds the complaint."""
    number = matters.challenges[at]
    page = fine(owner(exchange).get(f"/desk/tenders/{matters.no}/challenges/{number}"))
    answer = {"finding": "not_upheld", "answer": "经复核无误 / Checked again: it is right"}
    fine(page.submit(answer, has="answer"))
    clerk = exchange.page(exchange.clerk(matters.losers[at]))
    fine(clerk.get(f"/desk/challenges/{number}/complaint").submit(WORDS, has="matters"))
    (complaint, *_) = re.findall(r"TS-\d{4}-\d{6}", clerk.get("/desk/complaints").text)
    return f"/supervision/complaints/{complaint}"
