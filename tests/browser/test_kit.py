"""The tools of these tests notice what they are there for: each has a positive control."""

from playwright.sync_api import Page

from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from tests.browser.accessibility import assert_accessible, findings
from tests.browser.visits import Visits


def test_somebody_is_signed_in_with_one_click_and_in_both_languages(visit: Visits) -> None:
    clerk = visit.person(Part.PURCHASER, Duty.PROJECT_OFFICER)
    for language, tongue in (("zh", "zh-CN"), ("en", "en")):
        page = visit("/desk", clerk, language=language, dark=True, width=390)
        assert page.locator("html").get_attribute("lang") == tongue
        assert page.locator("h1").is_visible()
        assert_accessible(page)


def test_whatever_a_page_may_not_do_is_noticed(visit: Visits) -> None:
    page = visit("/")
    page.evaluate("setTimeout(() => { throw new Error('torn'); }, 0)")
    page.evaluate("console.error('wrong')")
    page.evaluate("void fetch('http://127.0.0.1:9/elsewhere').catch(() => 0)")
    page.evaluate("document.head.append(Object.assign(document.createElement('style')))")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )
    _let_it_happen(page)
    said = " ".join(visit.troubles)
    for word in ("torn", "wrong", "127.0.0.1:9", "content policy: script-src"):
        assert word in said, visit.troubles
    visit.troubles.clear()


def test_a_page_that_shuts_people_out_is_found(visit: Visits) -> None:
    page = visit("/")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/static/sun.svg\">'")
    assert any(one.startswith("image-alt") for one in findings(page))
    page.reload()
    page.evaluate(
        "document.styleSheets[0].insertRule('p { color: #bbb !important }',"
        " document.styleSheets[0].cssRules.length)"
    )
    assert any(one.startswith("color-contrast") for one in findings(page, "color-contrast"))


def _let_it_happen(page: Page) -> None:
    page.evaluate("new Promise((done) => setTimeout(done, 50))")
