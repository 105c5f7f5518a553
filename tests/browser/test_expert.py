"""An expert's way, told in Chinese and in English: letter, declaration, score sheet, report.

The letters are those for the tender that takes questions, whose panel is drawn here; the sheets
are those of the demonstration's evaluation. The clock moves far, so this file stands at the end.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from market.demo.people.kinds import Person
from market.demo.staged import Stage
from market.kernel.workdays import legal_day, start_of
from tests.browser.expert_support import (
    CODE,
    letter_to,
    no_of,
    panel_called,
    report_called,
    sheets_locked,
    still_scoring,
)
from tests.browser.keyboard import Keyboard
from tests.browser.looking import look
from tests.browser.visits import ZOOM, Visits
from tests.support.exchange import Exchange
from tests.support.story_owner import deadline

LANGUAGES = ("zh", "en")
SENT = "main form button[type=submit]"
KEPT = re.compile(r"(已保存|saved) \d\d:\d\d:\d\d")
ODD = re.compile("(可评分值：|Scores allowed:) 30 · 24 · 12")


pytestmark = pytest.mark.timeout(900)  # the exchange may have to be started first


@dataclass
class Chapter:
    """What the steps hand on: who was called by letter, who scores, and in which evaluation."""

    no: str
    called: Sequence[Person]
    judges: Sequence[Person] = ()
    dissent: str = field(default="方案分差过大 / The plans differ by less than their points.")

    def each(self) -> Iterator[tuple[Person, str]]:
        """The experts who score, each with a language."""
        return zip(self.judges, LANGUAGES, strict=False)

    @property
    def path(self) -> str:
        """Where the panel works."""
        return f"/desk/evaluations/{self.no}"


@pytest.fixture(scope="module")
def chapter(exchange: Exchange) -> Chapter:
    """The panel is drawn and called; in the evaluation two experts have not scored yet."""
    return Chapter(no_of(exchange, Stage.EVALUATING), panel_called(exchange))


@pytest.fixture
def judges(visit: Visits, chapter: Chapter) -> Chapter:
    """The chapter, once it is known who still scores."""
    chapter.judges = chapter.judges or still_scoring(visit, chapter.no, len(LANGUAGES))
    return chapter


def test_1_the_letter_leads_to_an_answer_and_a_wrong_code_loses_nothing_typed(
    visit: Visits, chapter: Chapter
) -> None:
    page = visit("/letters/mailbox", zoom=ZOOM)
    letter = letter_to(page, chapter.called[0])
    found = CODE.search(letter.inner_text())
    assert found is not None
    letter.locator("a[href*='/invitations/']").click()
    page.wait_for_url("**/invitations/*")
    look(page)
    keys = Keyboard(page)
    keys.skip_to_content()
    keys.choose("accepts", "yes")
    keys.type_into("[name=code]", f"{(int(found[0]) + 1) % 1_000_000:06d}")
    keys.press_on(SENT)
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator("[name=accepts][value=yes]")).to_be_checked()
    look(page)
    keys.skip_to_content()
    keys.type_into("[name=code]", found[0])
    keys.press_on(SENT)
    expect(page.locator(".note.good")).to_be_visible()
    expect(page.locator(SENT)).to_have_count(0)
    look(page)


def test_2_who_is_signed_in_answers_from_the_desk_by_keyboard(
    visit: Visits, chapter: Chapter
) -> None:
    page = visit("/desk", chapter.called[1], language="en", zoom=ZOOM)
    look(page)
    keys = Keyboard(page)
    keys.skip_to_content()
    keys.press_on("main a[href$='/answer']")
    keys.at("answer")
    look(page)
    keys.skip_to_content()
    keys.choose("accepts", "yes")
    keys.press_on(SENT)
    keys.at("expert")
    expect(page.locator("a[href$='/sign-in']")).to_be_visible()
    look(page)


def test_3_signing_in_on_the_day_needs_the_declaration(
    exchange: Exchange, visit: Visits, chapter: Chapter
) -> None:
    day = start_of(legal_day(deadline(exchange, no_of(exchange, Stage.QUESTIONS))))
    exchange.advance_to(max(exchange.now(), day))
    for person, language in zip(chapter.called, LANGUAGES, strict=False):
        page = visit("/expert", person, language=language, zoom=ZOOM)
        keys = Keyboard(page)
        keys.skip_to_content()
        keys.press_on("main a[href$='/sign-in']")
        keys.at("sign-in")
        look(page)
        keys.skip_to_content()
        keys.press_on(SENT)
        expect(page.locator(".summary")).to_be_visible()
        look(page)
        keys.skip_to_content()
        keys.tick("declares")
        keys.press_on(SENT)
        keys.at("expert")
        expect(page.locator("a[href$='/sign-in']")).to_have_count(0)
        look(page)


def test_4_the_bids_stand_side_by_side_at_150_percent_and_in_a_box_on_a_telephone(
    visit: Visits, judges: Chapter
) -> None:
    for person, language in judges.each():
        page = visit(judges.path, person, language=language, zoom=ZOOM)
        look(page)
        heads = page.locator(".sheet thead th:not(:first-child)")
        boxes = [one.bounding_box() for one in heads.all()]
        assert len(boxes) == 3
        assert len({box["y"] for box in boxes if box}) == 1
        assert all(box["x"] + box["width"] <= 911 for box in boxes if box)
        narrow = visit(judges.path, person, language=language, width=390)
        look(narrow)
        hidden = "(box) => box.scrollWidth > box.clientWidth"
        assert narrow.locator(".sheet-scroll").evaluate(hidden)
        paper = page.locator(".offered a").first
        answer = page.request.get(page.url[: page.url.index("/desk")] + _target(paper))
        assert answer.body().startswith(b"%PDF")


def test_5_the_sheet_is_filled_in_by_keyboard_alone_and_keeps_itself(
    visit: Visits, judges: Chapter
) -> None:
    for person, language in judges.each():
        page = visit(judges.path, person, language=language, zoom=ZOOM)
        keys = Keyboard(page)
        keys.skip_to_content()
        keys.reach("input.mark")
        _walks(keys)
        keys.page.keyboard.type("31")
        expect(_cell(page, "01", "T1")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("[id$=mark_01_T1-wrong]")).to_have_text(ODD)
        expect(_sum(page, "01")).to_contain_text("20")
        look(page)
        keys.page.keyboard.press("Control+a")
        for points, place in (("30", ("01", "T1")), ("16", ("01", "T2")), ("24", ("02", "T1"))):
            expect(_cell(page, *place)).to_be_focused()
            keys.page.keyboard.type(points)
            keys.page.keyboard.press("Enter")
            keys.see()
        expect(_sum(page, "01")).to_have_text("66")
        expect(page.locator(".kept")).to_have_text(KEPT)
        look(page)


def _walks(keys: Keyboard) -> None:
    """Arrows lead from cell to cell and stop at the edges; the focus is never under a head."""
    here = [("Right", "02", "T1"), ("Right", "03", "T1"), ("Right", "03", "T1")]
    here += [("Down", "03", "T2"), ("Down", "03", "T2"), ("Left", "02", "T2")]
    here += [("Left", "01", "T2"), ("Left", "01", "T2"), ("Up", "01", "T1"), ("Up", "01", "T1")]
    for arrow, number, criterion in here:
        keys.page.keyboard.press(f"Arrow{arrow}")
        expect(_cell(keys.page, number, criterion)).to_be_focused()
        keys.see()


def test_6_a_closed_tab_loses_nothing(visit: Visits, judges: Chapter) -> None:
    person = judges.judges[0]
    context = visit.browser(person, zoom=ZOOM)
    page = context.new_page()
    page.goto(visit.exchange.platform + judges.path)
    _cell(page, "02", "T2").fill("8")
    page.close()
    again = context.new_page()

    def is_there() -> bool:
        again.goto(visit.exchange.platform + judges.path)
        return _cell(again, "02", "T2").input_value() == "8"

    visit.exchange.wait_for(is_there, 10)
    expect(_cell(again, "01", "T1")).to_have_value("30")
    expect(_cell(again, "02", "T1")).to_have_value("24")
    expect(_sum(again, "02")).to_have_text("52")


def test_7_two_windows_that_differ_are_both_shown_and_the_reader_decides(
    visit: Visits, judges: Chapter
) -> None:
    person = judges.judges[1]
    context = visit.browser(person, language="en", zoom=ZOOM)
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(visit.exchange.platform + judges.path)
    _cell(first, "03", "T1").fill("24")
    _cell(first, "03", "T2").fill("16")
    expect(first.locator(".kept")).to_have_text(KEPT)
    _cell(second, "03", "T1").fill("12")
    expect(second.locator(".clash")).to_have_text("other window: 24")
    expect(second.locator(".kept")).to_have_class(re.compile("trouble"))
    expect(_cell(second, "03", "T1")).to_have_value("12")
    expect(_cell(second, "03", "T2")).to_have_value("16")
    look(second)
    keys = Keyboard(second)
    _cell(second, "03", "T1").focus()
    second.keyboard.press("Control+a")
    second.keyboard.type("30")
    expect(second.locator(".clash")).to_have_count(0)
    expect(second.locator(".kept")).to_have_text(KEPT)
    keys.see()
    first.reload()
    expect(_cell(first, "03", "T1")).to_have_value("30")


def test_8_a_sheet_with_a_gap_is_not_locked_and_a_whole_one_is_locked_for_good(
    visit: Visits, judges: Chapter
) -> None:
    for person, language in judges.each():
        page = visit(judges.path, person, language=language, zoom=ZOOM)
        last = _cell(page, "02", "T2")
        last.fill("7")
        expect(page.locator(".kept")).to_have_text(KEPT)
        _locks(page)
        expect(page.locator(".summary li")).to_have_count(1)
        expect(_cell(page, "02", "T2")).to_have_value("7")
        look(page)
        page.locator(".summary a").first.press("Enter")
        expect(_cell(page, "02", "T2")).to_be_focused()
        Keyboard(page).see()
        for cell in page.locator("input.mark").all():
            level = "30" if (cell.get_attribute("data-criterion") or "") == "T1" else "20"
            cell.fill(level)
        _locks(page)
        expect(page.locator(".note.good")).to_be_visible()
        expect(page.locator("input.mark")).to_have_count(0)
        look(page)


def _locks(page: Page) -> None:
    """The box, which stays ticked after a refusal, and the button, which says what it does."""
    keys = Keyboard(page)
    page.locator("input.mark").last.focus()
    if page.locator("[name=lock]").is_checked():
        keys.reach("[name=lock]")
    else:
        keys.tick("lock")
    words = page.locator(".kept").get_attribute("data-lock-now") or ""
    expect(page.locator(SENT)).to_have_text(words)
    keys.press_on(SENT)


def test_9_the_report_is_compiled_read_and_signed_or_dissented_from(
    exchange: Exchange, visit: Visits, judges: Chapter
) -> None:
    sheets_locked(exchange, judges.no)
    report_called(exchange, judges.no)
    for person, language in judges.each():
        page = visit(judges.path, person, language=language, zoom=ZOOM)
        look(page)
        report = page.request.get(page.url + "/report.pdf")
        assert report.body().startswith(b"%PDF")
        keys = Keyboard(page)
        keys.skip_to_content()
        if language == "en":
            keys.type_into("[name=dissent]", judges.dissent)
        keys.press_on(SENT)
        page.wait_for_load_state()
        expect(page.locator("[name=dissent]")).to_have_count(0)
        expect(page.get_by_text(judges.dissent)).to_have_count(int(language == "en"))
        look(page)


def _cell(page: Page, number: str, criterion: str) -> Locator:
    return page.locator(f"[name='mark_{number}_{criterion}']")


def _sum(page: Page, number: str) -> Locator:
    return page.locator(f"output.sum[data-number='{number}']")


def _target(link: Locator) -> str:
    return link.get_attribute("href") or ""
