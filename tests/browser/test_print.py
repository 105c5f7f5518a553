"""What is printed on A4: nothing beside the sheet, nothing that only a screen needs."""

import io
from typing import Final

import pypdf
import pytest
from playwright.sync_api import Page, expect

from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.staged import Stage, staged
from tests.browser.paper import is_a4, lay_on_paper, printed, words_on
from tests.browser.visits import Visits
from tests.support.exchange import Exchange

ONLY_ON_SCREEN: Final = (".demo-clock", ".main-nav", ".account", ".skip", ".crumbs", ".buttons")
DEMO: Final = {"zh": "演示环境", "en": "Demonstration"}
PAGES: Final = {
    "tender": (Stage.BIDDING, ""),
    "hall": (Stage.RESULT, "/opening"),
    "result": (Stage.RESULT, "/result"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_sheets_and_leaves_the_screen_behind(
    visit: Visits, exchange: Exchange, name: str, language: str
) -> None:
    stage, end = PAGES[name]
    no = next(one.no for one in staged(exchange.var) if one.stage is stage)
    page = visit(f"/tenders/{no}{end}", language=language)
    for only in ONLY_ON_SCREEN[:3]:
        expect(page.locator(only)).to_be_visible()
    lay_on_paper(page)
    for only in ONLY_ON_SCREEN:
        assert page.locator(only).locator("visible=true").count() == 0, only
    sheets = printed(page).pages
    assert all(is_a4(sheet) for sheet in sheets)
    text = words_on(sheets)
    assert no in text
    first = words_on(sheets[:1])
    assert first.startswith(DEMO[language]), "a demonstration's paper says what it is"
    assert "/record/" in text, "a proof on paper says where it is found"


def test_a_printed_opening_record_has_room_for_signatures(
    visit: Visits, exchange: Exchange
) -> None:
    no = next(one.no for one in staged(exchange.var) if one.stage is Stage.RESULT)
    page = visit(f"/tenders/{no}/opening")
    expect(page.locator(".signatures")).to_be_hidden()
    page.emulate_media(media="print")
    cells = page.locator(".signatures tbody td")
    assert cells.count() == 2
    widths = {round((one.bounding_box() or {"width": 0})["width"]) for one in cells.all()}
    assert max(widths) - min(widths) <= 1
    assert page.locator(".views").locator("visible=true").count() == 0


def test_dates_that_are_folded_on_the_screen_stand_on_paper(
    visit: Visits, exchange: Exchange
) -> None:
    no = next(one.no for one in staged(exchange.var) if one.stage is Stage.BIDDING)
    page = visit(f"/tenders/{no}", language="en")
    rows = page.locator("details.more-dates tbody tr th")
    first = "".join(rows.first.inner_text().split())
    without = pypdf_text(page, "details.more-dates { display: none }")
    assert pypdf_text(page).count(first) > without.count(first)


def pypdf_text(page: Page, style: str = "") -> str:
    """All words of a printed page, without the room between them."""
    sheet = page.evaluate_handle(
        """(style) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(style);
        document.adoptedStyleSheets = [sheet]; return sheet; }""",
        style,
    )
    text = words_on(printed(page).pages)
    sheet.evaluate("() => { document.adoptedStyleSheets = []; }")
    return text


def test_the_award_notice_is_a_sheet_of_a4(visit: Visits, exchange: Exchange) -> None:
    no = next(one.no for one in staged(exchange.var) if one.stage is Stage.RESULT)
    owner = visit.person(Part.PURCHASER, Duty.PROJECT_OFFICER)
    page = visit("/desk", owner)
    answer = page.request.get(f"{exchange.platform}/desk/tenders/{no}/award-notice.pdf")
    assert answer.status == 200
    sheets = pypdf.PdfReader(io.BytesIO(answer.body())).pages
    assert all(is_a4(sheet) for sheet in sheets)
    assert no in sheets[0].extract_text()
    assert words_on(sheets[:1]).startswith(DEMO["zh"])
