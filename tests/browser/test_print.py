"""What is printed on A4: nothing beside the sheet, nothing that only a screen needs."""

import io
from typing import Final

import pypdf
import pytest
from playwright.sync_api import Page, expect

from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.staged import Stage, staged
from tests.browser.visits import Visits
from tests.support.exchange import Exchange

SHEET: Final = {"width": 718, "height": 1047}
"""A4 at 96 dots to the inch, between margins of one centimetre."""
POINTS: Final = (595, 842)
ONLY_ON_SCREEN: Final = (".demo", ".main-nav", ".account", ".skip", ".crumbs", ".buttons")
WIDE: Final = "document.documentElement.scrollWidth"
OUTSIDE: Final = """
(width) => [...document.querySelectorAll("main *")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width && box.right > width + 1;
}).map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`)
"""
CUT: Final = """
[...document.querySelectorAll("main th, main td, main dd, .steps li, .steps b")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
  .map((one) => one.textContent.trim().slice(0, 40))
"""
PAGES: Final = {
    "tender": (Stage.BIDDING, ""),
    "hall": (Stage.RESULT, "/opening"),
    "result": (Stage.RESULT, "/result"),
}


def printed(page: Page) -> pypdf.PdfReader:
    """The page as a PDF of A4 sheets."""
    margin = {"top": "10mm", "right": "10mm", "bottom": "10mm", "left": "10mm"}
    return pypdf.PdfReader(io.BytesIO(page.pdf(format="A4", margin=margin)))  # type: ignore[arg-type]  # the driver's own type


def is_a4(sheet: pypdf.PageObject) -> bool:
    """Whether a sheet has the size of A4, to the next dot of the screen."""
    size = (float(sheet.mediabox.width), float(sheet.mediabox.height))
    return all(abs(one - wanted) <= 1 for one, wanted in zip(size, POINTS, strict=True))


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
    page.set_viewport_size(SHEET)  # type: ignore[arg-type]  # the driver's own type
    page.emulate_media(media="print")
    assert page.evaluate(WIDE) <= SHEET["width"]
    assert page.evaluate(OUTSIDE, SHEET["width"]) == []
    assert page.evaluate(CUT) == []
    for only in ONLY_ON_SCREEN:
        assert page.locator(only).locator("visible=true").count() == 0, only
    sheets = printed(page).pages
    assert all(is_a4(sheet) for sheet in sheets)
    text = "".join("".join(sheet.extract_text() for sheet in sheets).split())
    assert no in text
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
    text = "".join("".join(one.extract_text() for one in printed(page).pages).split())
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
