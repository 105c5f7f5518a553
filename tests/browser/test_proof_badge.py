"""The proof badge: the page's own script checks the entry against the checkpoint and says so."""

import json

from playwright.sync_api import Route, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.visits import Visits

SAID = "[data-proof-said]"


def test_the_browser_itself_finds_the_entry_in_the_record(visit: Visits) -> None:
    for language, words in (("zh", "有日志与见证人签名"), ("en", "signed by the log")):
        page = visit("/record/0", language=language)
        expect(page.locator(SAID)).to_contain_text(words)
        assert_accessible(page)


def test_an_entry_that_was_changed_on_the_way_is_told(visit: Visits) -> None:
    page = visit.browser(language="en").new_page()

    def lie(route: Route) -> None:
        answer = route.fetch()
        proof = answer.json()
        proof["entry"]["subject"] = "another"
        route.fulfill(response=answer, body=json.dumps(proof))

    page.route("**/log/proof/0", lie)
    page.goto(f"{visit.exchange.platform}/record/0")
    said = page.locator(SAID)
    expect(said).to_contain_text("could not confirm")
    expect(said).to_have_class("checked fails")


def test_the_proof_of_another_entry_is_no_proof(visit: Visits) -> None:
    page = visit.browser(language="en").new_page()
    other = visit.exchange.answer("/log/proof/1")[1]
    page.route("**/log/proof/0", lambda route: route.fulfill(body=other))
    page.goto(f"{visit.exchange.platform}/record/0")
    expect(page.locator(SAID)).to_have_class("checked fails")


def test_without_an_answer_the_page_says_what_to_do(visit: Visits) -> None:
    page = visit.browser(language="en").new_page()
    page.route("**/log/proof/0", lambda route: route.abort())
    page.goto(f"{visit.exchange.platform}/record/0")
    expect(page.locator(SAID)).to_contain_text("Load the page again")


def test_a_page_with_a_badge_leads_to_the_entry(visit: Visits) -> None:
    page = visit("/demo/patterns", language="en")
    expect(page.locator(SAID)).to_contain_text("signed by the log")
    page.get_by_role("link", name="Check it yourself").first.click()
    assert page.url.endswith("/record/0")
