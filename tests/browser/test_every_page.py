"""Every page as its role, in both languages, light and dark, wide and narrow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, StorageState

from market.accounts.authority import NAME as AUTHORITY
from market.demo.play.bidders import PLAN
from market.demo.play.everything import QUESTION
from market.web.catalogue import catalogues, messages
from tests.browser.every_page import Sample, Seen, chosen, crawl, look_at_all
from tests.browser.visits import Visits
from tests.support.exchange import Exchange

FIRST_LOAD = 100 * 1024  # bytes, compressed; LIMITS
SHIFT = 0.05  # sum of layout shifts; half of what is called good
CHINESE = re.compile(r"[\u3400-\u9fff]+")
HEARING = "no bond of the seed is heard about"
CHALLENGE = "nobody has challenged or complained"
INVITED = "no invitation is open on the first morning"
UNREACHED = {
    "/desk/bond-hearings/<uuid:hearing>": HEARING,
    "/desk/bond-hearings/<uuid:hearing>/proposal": HEARING,
    "/desk/bonds/hearings/<uuid:hearing>": HEARING,
    "/desk/challenges/<challenge>/complaint": CHALLENGE,
    "/desk/challenges/<challenge>/withdrawal": CHALLENGE,
    "/desk/complaints/<complaint>/withdrawal": CHALLENGE,
    "/desk/tenders/<no>/challenges/<challenge>/remedy": CHALLENGE,
    "/supervision/complaints/<complaint>": CHALLENGE,
    "/desk/evaluations/<no>/corrections": "no report of the seed waits for a correction",
    "/desk/tenders/<no>/panel/sign-in": "every member of the seed has signed in",
    "/desk/evaluations/<no>/price-corrections": "no sheets of the seed wait locked",
    "/desk/tenders/<no>/price-answer": "no price of the seed is abnormally low",
    "/desk/tenders/<no>/price-confirmation": "no bid of the seed contradicts itself",
    "/supervision/evaluations/<no>": "no two bonds of the seed came from one account",
    "/expert/invitations/<uuid:invitation>/answer": INVITED,
    "/expert/invitations/<uuid:invitation>/sign-in": INVITED,
    "/expert/invitations/<uuid:invitation>/withdrawal": INVITED,
    "/supervision/invitations/<uuid:invitation>/delivery": INVITED,
    "/invitations/<token>": "the link stands in a letter alone",
    "/organisation/people/<uuid:key>/release": "nobody has lost a password",
}
"""Routes that no page of the demonstration's first morning leads to, and why."""

pytestmark = [pytest.mark.timeout(900), pytest.mark.long]


@dataclass
class Everything:
    """What was found and seen."""

    found: dict[str, list[Sample]]
    seen: list[Seen]
    troubles: list[str]


@pytest.fixture(scope="module")
def everything(
    exchange: Exchange, chrome: Browser, known_people: dict[tuple[str, str], StorageState]
) -> Iterator[Everything]:
    """All pages, looked at once for all tests of this file."""
    visits = Visits(exchange, chrome, known_people)
    found = crawl(visits)
    seen = look_at_all(visits, chosen(found))
    yield Everything(found, seen, visits.troubles)
    visits.end()


def test_links_lead_to_every_page(everything: Everything) -> None:
    missing = {rule for rule, samples in everything.found.items() if not samples}
    assert missing == set(UNREACHED), sorted(missing ^ set(UNREACHED))
    assert {one.status for one in everything.seen} == {200}


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


def test_no_page_does_what_it_may_not(everything: Everything) -> None:
    assert everything.troubles == []
    assert [str(one) for one in everything.seen if not one.policy or "unsafe" in one.policy] == []
    assert [f"{one}: {tag}" for one in everything.seen for tag in one.unproven] == []


def test_typed_text_is_kept_by_every_form(everything: Everything) -> None:
    assert [f"{one}: {form}" for one in everything.seen for form in one.unkept] == []


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


def _names(exchange: Exchange) -> list[str]:
    cast = exchange.cast
    typed = {QUESTION, PLAN}
    names = (
        typed | {one.name_zh for one in cast.organisations} | {one.name_zh for one in cast.persons}
    )
    return sorted(names | {AUTHORITY.split()[0]}, key=len, reverse=True)


def _without(names: list[str], text: str) -> str:
    if CHINESE.search(text) is None:
        return ""
    for name in names:
        text = text.replace(name, "")
    return text
