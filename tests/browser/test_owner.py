"""A purchaser's way in Chinese and an agent's in English, the whole preparation by keyboard alone.

Project, draft piece by piece, dates that are reckoned while they are typed, officers, preview,
publication; then a question answered and an amendment whose dates are shown before it is made.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.owners import CRITERIA
from market.kernel.ids import Track
from market.kernel.workdays import SHANGHAI
from tests.browser.keyboard import Keyboard
from tests.browser.looking import look
from tests.browser.owner_support import Sitting, admits, asks, sitting
from tests.browser.seat_support import names_officers, refused
from tests.browser.visits import Visits
from tests.support.exchange import Exchange
from tests.support.papers import make_pdf
from tests.support.story_owner import BOND, BUDGET, CEILING

SENT = "main form button[type=submit]"
PROJECT = r"projects/[\w]+-[\w-]+"
NEXT = "main a.button:not(.second)"
WORDS = {
    "title_zh": "学校听力筛查设备",
    "title_en": "Hearing screening for schools",
    "need_zh": "听力筛查仪 20 台，含安装与三年保修",
    "need_en": "Twenty hearing screening units, installed, three years of warranty",
    "qualification_zh": "具有医疗器械经营许可",
    "qualification_en": "Licensed to deal in medical devices",
    "contact": "0890-0000000",
}
PIECES = ("description", "terms", "scheme", "documents", "officers")
QUESTION = "是否接受进口产品？ / Are imported products accepted?"
ANSWER = {"zh": "按招标文件执行。", "en": "As the documents say."}
CHANGE = {"zh": "交货地点改为三处。", "en": "Goods are now delivered to three sites."}


pytestmark = pytest.mark.timeout(900)  # the exchange may have to be started first


@dataclass
class Way:
    """One run: who prepares, in which language, and what came of it so far."""

    language: str
    person: Person
    code: str = ""
    no: str = ""


@dataclass
class Chapter:
    """Both runs, the papers on the reader's machine, the officers."""

    ways: Sequence[Way]
    paper: Path
    officers: Sequence[Sitting] = field(default=())

    def each(self) -> Iterator[Way]:
        """The runs."""
        return iter(self.ways)


@pytest.fixture(scope="module")
def chapter(exchange: Exchange, tmp_path_factory: pytest.TempPathFactory) -> Chapter:
    """A project officer of the purchaser, and a manager of the agent."""
    paper = make_pdf(tmp_path_factory.mktemp("papers") / "paper.pdf", "文件 / Document", "阳光")
    owner = exchange.person(Part.PURCHASER, Duty.PROJECT_OFFICER)
    agent = exchange.person(Part.AGENT, Duty.AGENT_MANAGER)
    return Chapter((Way("zh", owner), Way("en", agent)), paper)


def test_1_a_project_is_entered_with_its_papers_and_handed_in(
    exchange: Exchange, visit: Visits, chapter: Chapter
) -> None:
    owner = exchange.person(Part.PURCHASER, Duty.PROJECT_OFFICER)
    for way in chapter.each():
        page = visit("/projects/new", owner, language=way.language)
        keys = Keyboard(page)
        look(page, narrow=True)
        _project(keys)
        way.code = keys.at(PROJECT)
        if way.person is not owner:
            _names_agent(keys)
        _adds(keys, "approvals/new", chapter.paper, number="云财采〔2026〕9号", authority="财政局")
        _adds(keys, "funds/new", chapter.paper, amount=BUDGET, source="本级财政")
        look(page, narrow=True)
        keys.skip_to_content()
        keys.press_on("form[action$='/submit'] button")
        expect(page.locator("form[action$='/submit']")).to_have_count(0)
        admits(exchange, way.code)


def _project(keys: Keyboard) -> None:
    keys.skip_to_content()
    keys.type_into("[name=name_zh]", WORDS["title_zh"])
    keys.type_into("[name=name_en]", WORDS["title_en"])
    keys.type_into("[name=region]", "890102")
    keys.choose("kind", "goods")
    keys.choose("funds", "fiscal")
    keys.type_into("[name=budget]", BUDGET)
    keys.tick("tendered")
    keys.tick("in_catalogue")
    keys.choose("track", str(Track.GOVERNMENT))
    keys.press_on(SENT)


def _names_agent(keys: Keyboard) -> None:
    keys.skip_to_content()
    keys.press_on("main a[href$='/agent']")
    keys.at("agent")
    look(keys.page, narrow=True)
    agent = keys.page.locator("[name=agent]:not([value=none])").first.get_attribute("value")
    keys.skip_to_content()
    keys.choose("agent", agent or "")
    keys.press_on(SENT)
    keys.at(PROJECT)


def _adds(keys: Keyboard, what: str, paper: Path, **words: str) -> None:
    keys.skip_to_content()
    keys.press_on(f"main a[href$='/{what}']")
    keys.at(what)
    look(keys.page, narrow=True)
    keys.skip_to_content()
    for name, text in words.items():
        keys.type_into(f"[name={name}]", text)
    if keys.page.locator("[name=approved_on]").count():
        keys.type_date("[name=approved_on]", date(2026, 1, 5))
    keys.choose_file("[name=paper]", paper)
    keys.press_on(SENT)
    keys.at(PROJECT)


def test_2_a_draft_names_every_missing_piece_and_leads_to_each(
    visit: Visits, chapter: Chapter
) -> None:
    for way in chapter.each():
        page = visit("/desk/tenders", way.person, language=way.language)
        look(page, narrow=True)
        keys = Keyboard(page)
        keys.skip_to_content()
        keys.press_on("main a[href$='/tenders/new']")
        keys.at("tenders/new")
        look(page, narrow=True)
        keys.skip_to_content()
        keys.choose("project", way.code)
        keys.press_on(SENT)
        way.no = keys.at(r"ZC-[\d-]+")
        look(page, narrow=True)
        page.goto(f"{visit.exchange.platform}/desk/tenders/{way.no}/publication")
        look(page, narrow=True)
        expect(page.locator(SENT)).to_have_count(0)
        links = page.locator("main ul.lines a").evaluate_all("all => all.map((one) => one.href)")
        assert {link.rsplit("/", 1)[-1] for link in links} == set(PIECES)
        assert {page.request.get(link).status for link in links} == {200}


def test_3_the_need_typed_in_half_survives_a_closed_tab(visit: Visits, chapter: Chapter) -> None:
    for way in chapter.each():
        context = visit.browser(way.person, language=way.language)
        page = context.new_page()
        where = f"{visit.exchange.platform}/desk/tenders/{way.no}/description"
        page.goto(where)
        keys = Keyboard(page)
        keys.skip_to_content()
        keys.type_into("[name=need_zh]", WORDS["need_zh"])
        page.close()
        page = context.new_page()
        page.goto(where)
        expect(page.locator("[name=need_zh]")).to_have_value(WORDS["need_zh"])
        look(page, narrow=True)
        keys = Keyboard(page)
        keys.skip_to_content()
        for name, text in WORDS.items():
            keys.type_into(f"[name={name}]", text)
        keys.press_on(SENT)
        keys.at("terms")


def test_4_money_scoring_and_documents_follow_page_by_page(visit: Visits, chapter: Chapter) -> None:
    for way in chapter.each():
        page = visit(f"/desk/tenders/{way.no}/terms", way.person, language=way.language)
        keys = Keyboard(page)
        look(page, narrow=True)
        keys.skip_to_content()
        keys.type_into("[name=ceiling]", "too much")
        keys.choose("bond", str(BOND))
        keys.press_on(SENT)
        refused(page, "ceiling", "too much")
        keys.type_into("[name=ceiling]", CEILING, here=True)
        keys.press_on(SENT)
        keys.at("scheme")
        look(page, narrow=True)
        keys.skip_to_content()
        keys.type_into("[name=criteria]", CRITERIA.replace("= 30;", "= 31;"))
        keys.tick("ties", "technical")
        keys.press_on(SENT)
        expect(page.locator(".summary")).to_be_visible()
        look(page, narrow=True)
        keys.skip_to_content()
        keys.type_into("[name=criteria]", CRITERIA)
        keys.press_on(SENT)
        keys.at("documents")
        _document(keys, chapter.paper)


def _document(keys: Keyboard, paper: Path) -> None:
    look(keys.page, narrow=True)
    keys.skip_to_content()
    keys.choose_file("[name=file]", paper)
    keys.press_on(SENT)
    expect(keys.page.get_by_role("rowheader", name=paper.name)).to_be_visible()
    look(keys.page, narrow=True)
    keys.skip_to_content()
    keys.press_on("main a.button:not(.second)")
    keys.at("timetable")


def test_5_a_date_that_is_typed_moves_the_others_and_one_too_early_offers_another(
    exchange: Exchange, visit: Visits, chapter: Chapter
) -> None:
    today = exchange.now().astimezone(SHANGHAI)
    for way in chapter.each():
        page = visit(f"/desk/tenders/{way.no}/timetable", way.person, language=way.language)
        keys = Keyboard(page)
        look(page, narrow=True)
        still = page.locator(".moves").inner_text()
        keys.skip_to_content()
        keys.type_moment("[name=bid_deadline]", _at(today + timedelta(days=5)))
        offer = page.locator("[data-live=bid_deadline] .offer a")
        expect(offer).to_be_visible()
        expect(page.locator("[name=bid_deadline]")).to_have_attribute("aria-invalid", "true")
        look(page, narrow=True)
        value = offer.get_attribute("data-value") or ""
        keys.press_on("[data-live=bid_deadline] .offer a")
        expect(page.locator("[name=bid_deadline]")).to_have_value(value)
        expect(page.locator("[name=bid_deadline]")).to_be_focused()
        expect(offer).to_have_count(0)
        expect(page.locator("[name=bid_deadline]")).not_to_have_attribute("aria-invalid", "true")
        keys.see()
        later = _at(datetime.fromisoformat(value) + timedelta(weeks=3))
        keys.type_moment("[name=bid_deadline]", later, here=True)
        expect(page.locator("#reckoned .moved").first).to_be_visible()
        expect(page.locator(".moves")).not_to_have_text(still)
        look(page, narrow=True)
        keys.press_on(SENT)
        keys.at("officers")


def _at(when: datetime) -> datetime:
    return when.replace(hour=9, minute=30)


def test_6_officers_are_named_rehearse_and_the_manifest_stands(
    exchange: Exchange, visit: Visits, chapter: Chapter
) -> None:
    chapter.officers = sitting(exchange)
    for way in chapter.each():
        page = visit(f"/desk/tenders/{way.no}/officers", way.person, language=way.language)
        keys = Keyboard(page)
        look(page, narrow=True)
        names_officers(keys, chapter.officers, way.language)
        expect(page.locator(".scroll tbody tr")).to_have_count(len(chapter.officers))
        for one in chapter.officers:
            one.join(way.no)
        page.reload()
        look(page, narrow=True)
        keys.skip_to_content()
        keys.press_on("form[action$='/rehearsal'] button")
        expect(page.locator("form[action$='/rehearsal']")).to_have_count(0)
        for one in chapter.officers:
            one.rehearse(way.no)
        page.reload()
        look(page, narrow=True)
        keys.skip_to_content()
        keys.press_on("form[action$='/manifest'] button")
        keys.at(way.no)
        look(page, narrow=True)


def test_7_the_preview_reads_as_the_notice_and_the_tender_is_published(
    visit: Visits, chapter: Chapter
) -> None:
    for way in chapter.each():
        page = visit(f"/desk/tenders/{way.no}", way.person, language=way.language)
        keys = Keyboard(page)
        keys.skip_to_content()
        keys.press_on(NEXT)
        keys.at("preview")
        expect(page.locator("article[lang=en]")).to_contain_text(WORDS["need_en"])
        expect(page.locator("article[lang=zh-CN]")).to_contain_text(WORDS["need_zh"])
        look(page, narrow=True)
        keys.skip_to_content()
        keys.press_on(NEXT)
        keys.at("publication")
        look(page, narrow=True)
        keys.skip_to_content()
        keys.press_on(SENT)
        keys.at(way.no)
        title = WORDS["title_zh" if way.language == "zh" else "title_en"]
        expect(page.locator("h1")).to_have_text(title)
        look(page, narrow=True)


def test_8_a_question_is_answered_to_everybody(
    exchange: Exchange, visit: Visits, chapter: Chapter
) -> None:
    for way in chapter.each():
        asks(exchange, way.no, QUESTION)
        page = visit("/desk", way.person, language=way.language)
        look(page, narrow=True)
        expect(page.locator(f"main a[href*='/{way.no}/questions']").first).to_be_visible()
        page.goto(f"{exchange.platform}/desk/tenders/{way.no}")
        look(page, narrow=True)
        keys = Keyboard(page)
        keys.skip_to_content()
        keys.press_on(f"main a[href$='/{way.no}/questions']")
        keys.at("questions")
        look(page, narrow=True)
        keys.skip_to_content()
        keys.press_on("tbody a")
        keys.at(r"questions/[\da-f-]+")
        look(page, narrow=True)
        keys.skip_to_content()
        keys.type_into("[name=zh]", ANSWER["zh"])
        keys.press_on(SENT)
        refused(page, "en", "")
        expect(page.locator("[name=zh]")).to_have_value(ANSWER["zh"])
        keys.type_into("[name=en]", ANSWER["en"], here=True)
        keys.press_on(SENT)
        keys.at("questions")
        public = visit(f"/tenders/{way.no}", language=way.language)
        expect(public.get_by_text(ANSWER[way.language])).to_be_visible()
        expect(public.get_by_text(QUESTION)).to_be_visible()


def test_9_an_amendment_shows_what_follows_before_it_is_published(
    visit: Visits, chapter: Chapter
) -> None:
    for way in chapter.each():
        page = visit(f"/desk/tenders/{way.no}/amendment", way.person, language=way.language)
        keys = Keyboard(page)
        look(page, narrow=True)
        expect(page.locator("#reckoned table")).to_have_count(0)
        keys.skip_to_content()
        keys.choose("kind", "explains")
        keys.type_into("[name=zh]", CHANGE["zh"])
        keys.type_into("[name=en]", CHANGE["en"])
        expect(page.locator("#reckoned .note.warning")).to_be_visible()
        before = page.locator("time[datetime]").nth(1).get_attribute("datetime") or ""
        later = datetime.fromisoformat(before).astimezone(SHANGHAI) + timedelta(weeks=2)
        keys.type_moment("[name=deadline]", _at(later))
        moved = page.locator("#reckoned .moved")
        expect(moved.first).to_be_visible()
        look(page, narrow=True)
        keys.press_on(SENT)
        keys.at(way.no)
        shown = page.get_by_text(re.compile(CHANGE[way.language]))
        expect(shown.first).to_be_visible()
        look(page, narrow=True)
