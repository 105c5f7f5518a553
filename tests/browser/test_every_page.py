"""Every page of all three hosts as its role: in both languages, light and dark, wide and narrow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, StorageState, expect

from market.accounts.authority import NAME as AUTHORITY
from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play import matters
from market.demo.play.bidders import PLAN
from market.demo.play.driver import Page
from market.demo.play.evaluations import DOUBT
from market.demo.play.everything import QUESTION
from market.demo.play.panels import STRATA
from market.demo.seed.house import account_of
from market.web.catalogue import catalogues, messages
from tests.browser.accessibility import assert_accessible
from tests.browser.crawling import (
    BANK,
    COUNTER,
    Sample,
    chosen,
    crawl,
    senders,
)
from tests.browser.every_form import lost_by_ending, lost_by_refusal, ways
from tests.browser.every_page import WIDE, Seen, look_at_all
from tests.browser.not_there import UNREACHED, UNSENT, unexplained
from tests.browser.visits import Visits
from tests.support.exchange import Exchange
from tests.support.story_owner import fine

FIRST_LOAD = 100 * 1024  # bytes, compressed; LIMITS
SHIFT = 0.05  # sum of layout shifts; half of what is called good
CHINESE = re.compile(r"[\u3400-\u9fff]+")
TYPED = (
    *(QUESTION, PLAN, DOUBT, *matters.WORDS.values(), *matters.TOO_NARROW.values()),
    *(matters.ASKED, matters.ANSWERED, matters.DEFICIENT, matters.NOT_RIGHT, matters.RIGHT),
    *("云财采〔2026〕1号", "本级财政", "云财采备2026-0001", "合同签订后 25 日"),
    *(line.partition(";")[0] for line in STRATA.splitlines()),
)
"""What people of the demonstration typed, in whatever language."""

pytestmark = pytest.mark.timeout(1800)  # for the look at everything, on a machine that is busy


@dataclass
class Everything:
    """What was found and seen."""

    visits: Visits
    found: dict[str, list[Sample]]
    seen: list[Seen]
    troubles: list[str]


@pytest.fixture(scope="module")
def everything(
    exchange: Exchange, chrome: Browser, known_people: dict[tuple[str, str], StorageState]
) -> Iterator[Everything]:
    """All pages, looked at once for all tests of this file."""
    visits = Visits(exchange, chrome, known_people)
    _forgets_a_password(exchange)
    found = crawl(visits)
    seen = look_at_all(visits, chosen(found))
    yield Everything(visits, found, seen, visits.troubles)
    visits.end()


def test_links_lead_to_every_page(everything: Everything) -> None:
    missing = {rule for rule, samples in everything.found.items() if not samples}
    assert unexplained(missing, UNREACHED) == []
    assert [str(one) for one in everything.seen if one.status != 200] == []


def test_nobody_is_shut_out(everything: Everything) -> None:
    wrong = [f"{one}: {words}" for one in everything.seen for words in one.findings]
    assert not wrong, "\n".join(wrong)


def test_nothing_overflows(everything: Everything) -> None:
    wrong = [
        f"{one} at {width}: {more} pixels"
        for one in everything.seen
        for width, more in one.overflow.items()
        if more > 0
    ]
    assert not wrong, "\n".join(wrong)


def test_no_word_is_torn_and_no_column_squeezed(everything: Everything) -> None:
    wrong = [
        f"{one} at {width}: {words}"
        for one in everything.seen
        for width, found in one.squeezed.items()
        for words in found
    ]
    assert not wrong, "\n".join(wrong)


def test_no_page_does_what_it_may_not(everything: Everything) -> None:
    assert everything.troubles == []
    assert [str(one) for one in everything.seen if not one.policy or "unsafe" in one.policy] == []
    ours = [one for one in everything.seen if not one.sample.rule.startswith(BANK)]
    assert [f"{one}: {tag}" for one in ours for tag in one.unproven] == []


def test_typed_text_is_kept_by_every_form(everything: Everything) -> None:
    """But at the counter, which is another organisation's and does without scripts."""
    ours = [one for one in everything.seen if not one.sample.rule.startswith(BANK)]
    assert [f"{one}: {form}" for one in ours for form in one.unkept] == []


def test_a_closed_tab_loses_nothing_of_any_form(everything: Everything) -> None:
    assert [f"{one}: {field}" for one in everything.seen for field in one.lost] == []


def test_there_is_a_form_for_every_way_of_sending(everything: Everything) -> None:
    met = {way.rule.name for way in ways(everything.visits, everything.found)}
    missing = {rule.name for rule in senders(everything.visits.exchange)} - met
    assert unexplained(missing, UNSENT) == []


def test_every_form_that_is_refused_shows_all_text_again(everything: Everything) -> None:
    met = ways(everything.visits, everything.found)
    assert len(met) > 60
    assert lost_by_refusal(everything.visits, met) == []


def test_every_form_of_an_ended_session_has_its_text_after_the_sign_in(
    everything: Everything,
) -> None:
    met = ways(everything.visits, everything.found)
    assert lost_by_ending(everything.visits, met) == []


def test_the_first_load_is_small(everything: Everything) -> None:
    assert {str(one): one.bytes for one in everything.seen if one.bytes > FIRST_LOAD} == {}
    assert min(one.bytes for one in everything.seen) > 1000


def test_nothing_jumps_while_a_page_loads(everything: Everything) -> None:
    assert {str(one): one.shift for one in everything.seen if one.shift > SHIFT} == {}


def test_english_pages_speak_english(everything: Everything, exchange: Exchange) -> None:
    """Beside what somebody typed or is called, which is marked or known from the cast."""
    names = _names(exchange)
    wrong = [
        f"{one}: {text}"
        for one in everything.seen
        if one.language == "en"
        for text, lang in one.spoken
        if not lang.startswith("zh") and CHINESE.search(_without(names, text))
    ]
    assert not wrong, "\n".join(wrong)


def test_chinese_pages_speak_chinese(everything: Everything) -> None:
    """No sentence of ours stands on a Chinese page as it is written in the code."""
    sentences = {
        message.id
        for _path, catalogue in catalogues("zh")
        for message in messages(catalogue)
        if message.string != message.id
    }
    wrong = [
        f"{one}: {text}"
        for one in everything.seen
        if one.language == "zh"
        for text, lang in one.spoken
        if lang.startswith("zh") and text in sentences
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_counter_shows_what_is_wrong_and_keeps_what_was_typed(
    visit: Visits, exchange: Exchange, language: str
) -> None:
    page = visit.browser(language=language, width=390).new_page()
    page.goto(exchange.custodian + COUNTER)
    typed = {"from_account": exchange.cast.bidders()[0].basic_account, "amount": "?", "remark": "A"}
    for name, words in typed.items():
        page.fill(f"[name={name}]", words)
    page.locator("form button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert {name: page.input_value(f"[name={name}]") for name in typed} == typed
    assert page.evaluate(WIDE) <= 0
    assert_accessible(page)


def _forgets_a_password(exchange: Exchange) -> None:
    """Somebody of the purchaser asks for a new password; whoever releases it has a page for it."""
    person = exchange.person(Part.PURCHASER, Duty.DRAW_PARTY)
    page = Page(exchange.platform).get("/sign-in/lost")
    fine(page.submit({"account": account_of(person)}, has="account"))


def _names(exchange: Exchange) -> list[str]:
    cast = exchange.cast
    names = {*TYPED, *(one.name_zh for one in (*cast.organisations, *cast.persons))}
    return sorted(names | {AUTHORITY.split()[0]}, key=len, reverse=True)


def _without(names: list[str], text: str) -> str:
    if CHINESE.search(text) is None:
        return ""
    for name in names:
        text = text.replace(name, "")
    return text
