"""The guided tour, and a newcomer on it: a bid sealed in the browser and seen in the hall.

It moves the clock far, so it stands last among the tests that share the exchange.
"""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import account_of
from market.demo.staged import Stage, staged
from tests.browser.accessibility import assert_accessible
from tests.browser.officer_support import PATIENCE, OfficerAtBrowser, Sent
from tests.browser.sealing_support import bidder_at_browser
from tests.browser.visits import Visits
from tests.support.exchange import Exchange
from tests.support.story_bidder import firm
from tests.support.story_opening import is_there
from tests.support.story_owner import BOND, deadline

PRICE = 2_950_000
NEWCOMER = 5  # the bidder of the cast who has bid nowhere yet
TEN_MINUTES = 600.0  # seconds of machine time

pytestmark = pytest.mark.timeout(900)


def stops(page: Page) -> Sequence[str]:
    return page.locator(".tour .act a").evaluate_all("all => all.map((one) => one.href)")


def test_ten_stops_each_of_which_leads_somewhere(visit: Visits) -> None:
    page = visit("/demo/tour", language="en")
    links = stops(page)
    assert len(links) == 10
    assert_accessible(page)
    for number, link in enumerate(links, start=1):
        item = page.locator(f"#step-{number}")
        by = item.locator(".be a").first
        person = None
        if by.count():
            account = (by.get_attribute("href") or "").rsplit("/", 1)[-1].partition("?")[0]
            person = next(one for one in visit.exchange.cast.persons if account_of(one) == account)
        shown = visit.browser(person, language="en").new_page()
        answer = shown.goto(link)
        assert answer is not None
        assert answer.status == 200, (number, link, answer.status)


def test_the_tour_stays_while_one_is_one_person_after_the_other(visit: Visits) -> None:
    page = visit("/demo/tour")
    for number in (8, 3):
        step = page.locator(f"#step-{number}")
        with page.context.expect_page() as opened:
            step.locator(".be a").first.press("Enter")
        shown = opened.value
        name = shown.locator("h1").inner_text()
        shown.locator("main .button:not(.second)").press("Enter")
        shown.wait_for_url(lambda at: "/demo/people/" not in at)
        assert shown.url == step.locator(".act a").evaluate("(one) => one.href")
        expect(shown.locator(".error-code")).to_have_count(0)
        expect(shown.locator("header .account .who")).to_have_text(name)
        shown.close()
    assert page.url.endswith("/demo/tour")


def test_one_tender_stands_at_each_stage(exchange: Exchange) -> None:
    stages = {one.stage: one for one in staged(exchange.var)}
    assert set(stages) == set(Stage)
    wanted = {
        Stage.QUESTIONS: {"published"},
        Stage.BIDDING: {"published"},
        Stage.OPENING: {"closed", "opening"},
        Stage.EVALUATING: {"evaluating"},
        Stage.RESULT: {"awarded"},
        Stage.CONTRACT: {"contracted", "archived"},
    }
    for stage, states in wanted.items():
        assert exchange.tender(stages[stage].no)["state"] in states, stage
    assert exchange.answer(f"/tenders/{stages[Stage.DRAFTING].no}")[0] == 404


def test_a_newcomer_seals_a_bid_and_sees_it_in_the_hall(
    visit: Visits, exchange: Exchange, chrome: Browser, tmp_path: Path
) -> None:
    begun = time.monotonic()
    page = visit("/demo/tour", language="en")
    no = stops(page)[0].rsplit("/", 1)[-1]
    with bidder_at_browser(exchange, chrome, firm(exchange, NEWCOMER), "en") as bidder:
        bidder.arrive(stops(page)[4])
        bidder.begin()
        bidder.check(no)
        bidder.press("bond")
        bidder.pay(BOND)
        bidder.press("offer")
        bidder.offer(PRICE)
        bidder.press("send")
        bidder.seal()
        assert bidder.receipt()["act"]["seq"] == 0
        assert bidder.seen.troubles == []
    exchange.advance_to(deadline(exchange, no))
    exchange.wait_for(lambda: _is_closed(exchange, no), 120)
    hall = visit(f"/tenders/{no}/opening", language="en")
    for part in (Part.NOTARY, Part.SUPERVISOR):
        _opens(visit, exchange.person(part, Duty.OPENING_OFFICER), no, tmp_path)
    exchange.wait_for(lambda: exchange.beat() or is_there(exchange, no, "opening"), 180)
    row = hall.locator("[data-bids] tr", has_text="2,950,000.00")
    expect(row).to_be_visible(timeout=60_000)
    assert_accessible(hall)
    assert time.monotonic() - begun < TEN_MINUTES


def _opens(visit: Visits, person: Person, no: str, folder: Path) -> None:
    """An officer's seat with the files that stand on the officer's own page; it goes on alone.

    Every round is handed in from there as soon as the officers of the round before have come.
    """
    exchange, account = visit.exchange, account_of(person)
    own = folder / account
    own.mkdir()
    shutil.copy(exchange.var / "people" / account / "keys.age", own / "keys.age")
    word = (exchange.var / "people" / account / "passphrase").read_text()
    context = visit.browser(person, language="en")
    at = OfficerAtBrowser(
        exchange, person, person.organisation, "", own, context, context.new_page(), Sent(), word
    )
    at.fill(no)
    at.press()
    expect(at.page.locator("[data-told] li").first).to_be_visible(timeout=PATIENCE)


def _is_closed(exchange: Exchange, no: str) -> bool:
    exchange.beat()
    return bool(exchange.entries(no, "closing"))
