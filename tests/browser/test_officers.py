"""Officers at browsers: keys in one click, a seat, the rehearsal, the opening; the hall beside."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import pyrage
import pytest
from playwright.sync_api import Browser, Page, expect

from bidding.client.officerbook import unlock_pool
from market.demo.people.kinds import Duty
from market.demo.play.owners import seats_typed
from market.demo.seed.house import account_of
from tests.browser.officer_support import OfficerAtBrowser, officer_at_browser
from tests.support.exchange import Exchange, running_exchange
from tests.support.story_bidder import Firm, firm
from tests.support.story_opening import closed, is_there
from tests.support.story_owner import (
    OFFICERS,
    Officer,
    admitted_project,
    drafted,
    fine,
    officer_does,
    officers,
    owner,
)

LANGUAGES = ("zh", "en")
POOL = 200
LIVE = 3_000  # milliseconds in which the hall shows what has happened
ROUND = 60_000

LIES = "tests.browser.foreign_client"
COUNT_TURNS = """
() => {
  const button = document.querySelector("[data-officer] > form button");
  window.turns = 0;
  setInterval(() => { window.turns += Number(button.disabled); }, 10);
}
"""
"""Counts how often the page itself gets a turn while its button waits for the work to be done."""


@dataclass
class Chapter:
    """What the steps hand on to each other: the tender, who sits at which machine, who bids."""

    no: str = ""
    screens: list[OfficerAtBrowser] = field(default_factory=list)
    programs: list[Officer] = field(default_factory=list)
    firms: list[Firm] = field(default_factory=list)
    hall: Page | None = None


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A whole exchange with real processes."""
    with running_exchange() as running:
        yield running


@pytest.fixture(scope="module")
def chapter(exchange: Exchange, chrome: Browser) -> Iterator[Chapter]:
    """Two officers at browsers, one in each language; the other three have their programs."""
    made = Chapter(programs=officers(exchange, OFFICERS[2:]))
    with ExitStack() as sitting:
        for (role, part), language in zip(OFFICERS[:2], LANGUAGES, strict=True):
            person = exchange.person(part, Duty.OPENING_OFFICER)
            at = officer_at_browser(exchange, chrome, person, role, language)
            made.screens.append(sitting.enter_context(at))
        yield made


def test_1_one_click_makes_a_key_file_that_any_age_program_opens(chapter: Chapter) -> None:
    for each in chapter.screens:
        each.make_keys()
        text = pyrage.passphrase.decrypt(each.pool.read_bytes(), each.word).decode()
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert len(lines) == len(set(lines)) == POOL
        assert len(unlock_pool(each.pool, each.word)) == POOL
        page = each.page
        page.set_input_files("#tried", each.pool)
        page.fill("#typed", f" {each.word.upper().replace('-', ' ')} ")
        page.locator("[data-trial] button").click()
        expect(page.locator("[data-said]")).to_contain_text(str(POOL), timeout=ROUND)


def test_1b_the_page_stays_answerable_while_a_passphrase_is_worked_on(
    exchange: Exchange, chapter: Chapter
) -> None:
    each = chapter.screens[1]
    page = each.go("/desk/officer/keys")
    page.evaluate(COUNT_TURNS)
    with page.expect_event("worker"), page.expect_download():
        page.locator("[data-officer] > form button").click()
    expect(page.locator("[data-passphrase]")).to_be_visible()
    assert page.evaluate("window.turns") > 10
    # It knew the passphrase: when the work is done, it is gone.
    exchange.wait_for(lambda: page.evaluate("true") and not page.workers, 10)


def test_2_a_key_is_given_to_a_seat_with_the_organisations_proof(
    exchange: Exchange, chapter: Chapter
) -> None:
    no = chapter.no = drafted(exchange, admitted_project(exchange, "监护仪"), "监护仪")
    sitting = [*chapter.screens, *chapter.programs]
    typed = seats_typed([(each.role, each.person) for each in sitting])
    desk = owner(exchange).get(f"/desk/tenders/{no}/officers")
    fine(desk.submit(typed, has="organisation_1"))
    for each in chapter.screens:
        waiting = each.go("/desk").locator(f"a[href='/desk/officer/{no}']")
        expect(waiting).to_be_visible()
        each.acts(no)
        expect(each.go(f"/desk/officer/{no}").locator("dd.mono")).to_contain_text("age1")
    for program in chapter.programs:
        person = account_of(program.person)
        officer_does(exchange, program, "join", no, "--role", program.role, "--person", person)


def test_3_a_wrong_passphrase_is_told_and_nothing_typed_is_lost_but_it_is_not_sent(
    exchange: Exchange, chapter: Chapter
) -> None:
    fine(owner(exchange).get(f"/desk/tenders/{chapter.no}/officers").submit(action="/rehearsal"))
    first = chapter.screens[0]
    page = first.fill(chapter.no)
    page.fill("#passphrase", "aaaa-bbbb-cccc-dddd-eeee")
    first.press()
    expect(page.locator(".summary")).to_contain_text("口令不对", timeout=ROUND)
    expect(page.locator("#passphrase")).to_have_value("aaaa-bbbb-cccc-dddd-eeee")
    page.fill("#passphrase", first.word)
    first.press()
    expect(page.locator("[data-line]")).to_contain_text("1", timeout=ROUND)


def test_4_the_rehearsal_is_done_in_the_browser(exchange: Exchange, chapter: Chapter) -> None:
    chapter.screens[1].acts(chapter.no)
    for program in chapter.programs:
        officer_does(exchange, program, "rehearse", chapter.no)
    fine(owner(exchange).get(f"/desk/tenders/{chapter.no}/officers").submit(action="/manifest"))
    fine(owner(exchange).get(f"/desk/tenders/{chapter.no}/publication").submit())
    exchange.witnessed(chapter.no, "notice")


def test_5_the_hall_counts_down_and_shows_the_closing_by_itself(
    exchange: Exchange, chrome: Browser, chapter: Chapter
) -> None:
    chapter.firms = [firm(exchange, number) for number in (3, 4, 5)]
    liar = replace(firm(exchange, 6), program=LIES)
    for at, each in enumerate([*chapter.firms, liar]):
        each.buy()
        each.bid(chapter.no, 2_000_000 + at * 100_000)
    hall = chapter.hall = chrome.new_context(locale="en-US").new_page()
    hall.goto(f"{exchange.platform}/tenders/{chapter.no}/opening")
    expect(hall.locator("[data-hall]")).to_be_visible()
    closed(exchange, chapter.no)
    exchange.witnessed(chapter.no, "closing")
    expect(hall.locator("[data-state]")).to_have_attribute("data-state", "collecting", timeout=LIVE)
    closing = exchange.entries(chapter.no, "closing")[0]
    assert _checked_by_itself(hall) == closing["index"]


def test_6_a_foreign_share_is_refused_and_reported_and_the_hall_sees_officers_come(
    exchange: Exchange, chapter: Chapter
) -> None:
    first, second = chapter.screens
    hall = chapter.hall
    assert hall is not None
    for count, each in enumerate((first, second), start=1):
        page = each.fill(chapter.no)
        each.press()
        told = page.locator("[data-told] li").first
        expect(told).to_contain_text(re.compile(r"4|3"), timeout=ROUND)
        expect(page.locator("[data-before]")).to_be_hidden()
        expect(hall.locator("[data-officers-here]")).to_have_text(str(count), timeout=LIVE)
    refused = first.page.locator("[data-told] li.refusal")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("foreign-share")
    expect(second.page.locator("[data-told] li.refusal")).to_have_count(0)


def test_7_all_rounds_open_with_one_passphrase_and_the_record_appears_in_the_hall(
    exchange: Exchange, chapter: Chapter
) -> None:
    no, hall = chapter.no, chapter.hall
    assert hall is not None
    officer_does(exchange, chapter.programs[0], "open", no)
    officer_does(exchange, chapter.programs[1], "open", no)
    for number in (2, 3):
        _until_round(exchange, no, number)
        for each in chapter.screens:
            items = each.page.locator("[data-told] li:not(.refusal)")
            expect(items).to_have_count(number, timeout=ROUND)
        officer_does(exchange, chapter.programs[0], "open", no)
    exchange.wait_for(lambda: exchange.beat() or is_there(exchange, no, "opening"), 60)
    expect(hall.locator("[data-state]")).to_have_attribute("data-state", "done", timeout=LIVE)
    expect(hall.locator("[data-bids] tbody tr")).to_have_count(3)
    expect(hall.locator("[data-out] tbody tr")).to_have_count(1)
    record = exchange.entries(no, "opening-record")[0]
    expect(hall.locator(f"[data-proof='{record['index']}']")).to_be_visible(timeout=ROUND)
    assert _checked_by_itself(hall) == record["index"]
    for each in chapter.screens:
        expect(each.page.locator("[data-further]")).to_be_visible(timeout=ROUND)


def _checked_by_itself(hall: Page) -> int:
    """The entry whose badge stands in the hall, once the hall's own script has checked it."""
    said = hall.locator("[data-proof-said]")
    expect(said).to_contain_text("signed by the log", timeout=ROUND)
    return int(hall.locator("[data-proof]").get_attribute("data-proof") or -1)


def _until_round(exchange: Exchange, no: str, number: int) -> None:
    def there() -> bool:
        exchange.beat()
        found: int = exchange.ask(f"/tenders/{no}/opening.json")["round"]
        return found == number

    exchange.wait_for(there, 60)


def test_8_neither_passphrase_nor_key_was_ever_on_the_wire(
    exchange: Exchange, chapter: Chapter
) -> None:
    for each in chapter.screens:
        assert each.sent.holds("/opening/shares")  # what was kept is the whole traffic
        assert each.sent.holds("yg/share-batch/v1")
        secrets = [each.word, each.word.replace("-", ""), "AGE-SECRET-KEY"]
        held = exchange.organisation_key(each.uscc).read_text()
        secrets.append(re.findall(r'"secret":"([^"]+)"', held)[0])
        assert not [one[:8] for one in secrets if each.sent.holds(one)]
        assert each.sent.troubles == []
