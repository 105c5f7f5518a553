"""The preparation of a tender at a browser: dates that answer at once, in both languages."""

import re

import pytest
from playwright.sync_api import Page, expect

from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from tests.browser.accessibility import assert_accessible
from tests.browser.visits import Visits

WORDS = {
    "zh": {"moved": "个日期变动", "same": "各日期与已保存的一致", "rule": "政府采购法"},
    "en": {"moved": "dates move", "same": "Every date is as saved", "rule": "Procurement Law"},
}
WAIT = 10_000  # milliseconds, on a busy machine


def on(visit: Visits, path: str, **look) -> Page:
    """A page of the owner's clerk."""
    return visit(path, visit.person(Part.PURCHASER, Duty.PROJECT_OFFICER), **look)


def number(visit: Visits, state: str) -> str:
    """The number of one of the owner's tenders in a state, in English words."""
    page = on(visit, "/desk/tenders", language="en")
    row = page.locator("tbody tr").filter(has=page.get_by_text(state, exact=True)).first
    return re.search(r"ZC-\d{4}-\d{6}", row.inner_text())[0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_date_that_is_changed_moves_the_others_at_once_and_is_offered_anew(
    visit: Visits, language: str
) -> None:
    words, path = WORDS[language], f"/desk/tenders/{number(visit, 'draft')}/timetable"
    page = on(visit, path, language=language)
    deadline, said = page.locator("[name=bid_deadline]"), page.locator(".moves")
    expect(said).to_contain_text(words["same"])
    deadline.fill("2026-03-06T10:00")
    expect(said).to_contain_text(words["moved"], timeout=WAIT)
    part = page.locator('[data-live="bid_deadline"]')
    expect(part.locator(".wrong")).to_contain_text(words["rule"])
    expect(deadline).to_have_attribute("aria-invalid", "true")
    expect(deadline).to_be_focused()
    assert_accessible(page)
    offer = part.locator(".offer a")
    wanted = offer.get_attribute("data-value")
    offer.press("Enter")
    expect(deadline).to_have_value(wanted)
    expect(part.locator(".wrong")).to_have_count(0, timeout=WAIT)
    expect(page).to_have_url(re.compile(re.escape(path) + "$"))
    page.reload()
    expect(page.locator(".draft-note")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_amendment_says_at_once_what_it_does(visit: Visits, language: str) -> None:
    no = number(visit, "open for bids")
    page = on(visit, f"/desk/tenders/{no}/amendment", language=language)
    page.fill("[name=zh]", "更正一处")
    page.check("[name=kind][value=requires_new]")
    expect(page.locator("#reckoned .note")).to_be_visible(timeout=WAIT)
    expect(page.locator("[name=zh]")).to_have_value("更正一处")
    page.check("[name=kind][value=explains]")
    page.check("[name=unaffected]")
    expect(page.locator("#reckoned table")).to_have_count(0, timeout=WAIT)


@pytest.mark.long  # the sweep looks at each of these pages too
@pytest.mark.parametrize(("language", "dark"), [("zh", False), ("en", True)])
def test_every_page_of_the_way_is_accessible_and_fits(
    visit: Visits, language: str, *, dark: bool
) -> None:
    draft, running = number(visit, "draft"), number(visit, "open for bids")
    pieces = ("description", "terms", "scheme", "documents", "timetable", "preview", "publication")
    paths = [f"/desk/tenders/{draft}", *(f"/desk/tenders/{draft}/{piece}" for piece in pieces)]
    acts = ("questions", "amendment", "termination")
    paths += [f"/desk/tenders/{running}", *(f"/desk/tenders/{running}/{act}" for act in acts)]
    paths.append(f"/tenders/{running}")
    page = on(visit, "/desk/tenders", language=language, dark=dark)
    for path in paths:
        page.goto(visit.exchange.platform + path)
        assert_accessible(page)
        page.set_viewport_size({"width": 390, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path
        page.set_viewport_size({"width": 1366, "height": 768})
