"""Whoever is not signed in: searches, a tender, its result, the hall, files checked, words, feeds.

Each way in Chinese and in English, at the tenders of the demonstration.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from market.demo.staged import Stage, Staged, staged
from tests.browser.keyboard import Keyboard
from tests.browser.looking import look
from tests.browser.visits import Visits
from tests.support.exchange import Exchange

LANGUAGES: Final = ("zh", "en")
BOARDS: Final = ("/tenders", "/notices")
LINES: Final = "#results tbody tr, #results .lines li"
STAYED: Final = "window.stayed = true"
PROOF: Final = "[data-proof-said]"
COUNT: Final = re.compile(r"\((\d+)\)")
NOWHERE: Final = "nothing-is-called-like-this"
CHECKED: Final[Mapping[str, str]] = {"zh": "有日志与见证人签名", "en": "signed by the log"}
DROP: Final = """
([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name));
  document.querySelector("[data-drop]").dispatchEvent(
    new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}
"""

pytestmark = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def stages(exchange: Exchange) -> dict[Stage, Staged]:
    """One tender of the seed at each stage."""
    return {one.stage: one for one in staged(exchange.var)}


def title(one: Staged, language: str) -> str:
    """What a tender is called for this reader."""
    return one.zh if language == "zh" else one.en


def word(one: Staged, language: str) -> str:
    """A word of its title as somebody types it: two characters, or the longest English word."""
    return one.zh[-4:-2] if language == "zh" else max(re.findall(r"[A-Za-z]+", one.en), key=len)


def sums(page: Page, name: str) -> list[int]:
    """How many lines each choice of a list tells."""
    told = page.locator(f"#{name} option").all_inner_texts()
    return [int(found[1]) for text in told if (found := COUNT.search(text))]


def asked(page: Page, **wanted: str) -> None:
    """Wait until the address asks for exactly this."""
    page.wait_for_url(
        lambda at: {k: v[0] for k, v in parse_qs(urlsplit(at).query).items()} == wanted
    )


def test_home_leads_to_a_search_with_what_was_typed(
    visit: Visits, stages: dict[Stage, Staged], language: str
) -> None:
    wanted = stages[Stage.RESULT]
    page = visit("/", language=language)
    look(page, narrow=True)
    keys = Keyboard(page)
    keys.skip_to_content()
    keys.type_into("#q", wanted.no)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/notices?q={wanted.no}*")
    expect(page.locator("#q")).to_have_value(wanted.no)
    expect(page.locator("#results .lines")).to_contain_text(wanted.no)


@pytest.mark.parametrize("board", BOARDS)
def test_typing_narrows_a_board_without_loading_it_anew(
    visit: Visits, stages: dict[Stage, Staged], language: str, board: str
) -> None:
    wanted = stages[Stage.BIDDING]
    page = visit(board, language=language)
    facet = "state" if board == "/tenders" else "kind"
    before = page.locator(LINES).count(), sum(sums(page, facet))
    page.evaluate(STAYED)
    typed = word(wanted, language)
    page.locator("#q").press_sequentially(typed)
    asked(page, q=typed)
    expect(page.locator("#results")).to_contain_text(title(wanted, language))
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")
    after = page.locator(LINES).count(), sum(sums(page, facet))
    assert 0 < after[0] < before[0]
    assert 0 < after[1] < before[1]
    assert page.evaluate("window.stayed")
    expect(page.locator("#q")).to_be_focused()
    page.fill("#q", NOWHERE)
    expect(page.locator("#results .empty")).to_be_visible()
    assert set(sums(page, facet)) == {0}
    page.fill("#q", "")
    asked(page)
    expect(page.locator(LINES)).to_have_count(before[0])


def test_choices_narrow_by_keyboard_alone_and_the_address_can_be_sent_on(
    visit: Visits, stages: dict[Stage, Staged], language: str
) -> None:
    wanted = stages[Stage.BIDDING]
    page = visit("/tenders", language=language)
    page.evaluate(STAYED)
    keys = Keyboard(page)
    keys.skip_to_content()
    keys.type_into("#q", word(wanted, language))
    keys.choose("state", "published")
    asked(page, q=word(wanted, language), state="published")
    keys.reach("#results a")
    assert page.evaluate("window.stayed")
    look(page, narrow=True)
    told = page.locator("#results").inner_text()
    page.reload()
    assert page.locator("#results").inner_text() == told
    expect(page.locator("#state")).to_have_value("published")
    keys.skip_to_content()
    keys.press_on(f"#results a[href$='/{wanted.no}']")
    page.wait_for_url(f"**/tenders/{wanted.no}")


@pytest.mark.parametrize("board", BOARDS)
def test_an_answer_that_was_overtaken_is_not_shown(
    visit: Visits, stages: dict[Stage, Staged], language: str, board: str
) -> None:
    wanted = stages[Stage.BIDDING]
    page = visit(board, language=language)
    held: list[Callable[[], None]] = []

    def late(route: Route) -> None:
        answer = route.fetch()
        held.append(lambda: route.fulfill(response=answer))

    page.route(f"**{board}?q={NOWHERE}", late)
    page.fill("#q", NOWHERE)
    while not held:
        page.wait_for_timeout(20)
    page.fill("#q", wanted.no)
    held[0]()
    asked(page, q=wanted.no)
    expect(page.locator("#results")).to_contain_text(wanted.no)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#results .empty")).to_have_count(0)
    asked(page, q=wanted.no)


def test_without_an_answer_the_button_still_asks(
    visit: Visits, stages: dict[Stage, Staged], language: str
) -> None:
    wanted = stages[Stage.BIDDING]
    page = visit("/tenders", language=language)
    page.route("**/tenders?**", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.fill("#q", wanted.no)
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")
    page.unroute("**/tenders?**")
    page.press("#q", "Enter")
    page.wait_for_url(f"**/tenders?q={wanted.no}*")
    expect(page.locator(LINES)).to_have_count(1)


def test_a_feed_keeps_what_was_searched(
    visit: Visits, stages: dict[Stage, Staged], language: str
) -> None:
    no = stages[Stage.RESULT].no
    page = visit("/notices", language=language)
    page.fill("#q", no)
    asked(page, q=no)
    page.select_option("#kind", index=1)
    kind = page.input_value("#kind")
    asked(page, q=no, kind=kind)
    feed = page.locator("#results a[href*='atom.xml']")
    expect(feed).to_have_attribute("href", re.compile(f"q={no}.*kind={kind}|kind={kind}.*q={no}"))
    shown = page.locator("#results .lines li").count()
    answer = page.request.get(visit.exchange.platform + (feed.get_attribute("href") or ""))
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert answer.text().count("<entry>") == shown


def test_a_tender_tells_its_dates_their_reasons_and_gives_its_documents(
    visit: Visits, stages: dict[Stage, Staged], language: str
) -> None:
    wanted = stages[Stage.BIDDING]
    page = visit(f"/tenders/{wanted.no}", language=language)
    expect(page.locator("h1")).to_have_text(title(wanted, language))
    rows = page.locator("table.timetable").first.locator("tbody tr")
    assert rows.count() > 3
    reasons = rows.locator("td.small").all_inner_texts()
    assert all(reasons[1:]), "only the publication itself needs no reason"
    article = "条" if language == "zh" else "art."
    assert any(article in one.lower() for one in reasons), reasons
    expect(page.locator(PROOF)).to_contain_text(CHECKED[language])
    look(page, narrow=True)
    papers = page.locator("a[href*='/documents/']")
    assert papers.count() > 0
    for at in range(papers.count()):
        answer = page.request.get(
            visit.exchange.platform + (papers.nth(at).get_attribute("href") or "")
        )
        assert answer.status == 200
        assert answer.body()
    feed = page.locator("aside a[href$='atom.xml']").get_attribute("href") or ""
    assert wanted.no in page.request.get(visit.exchange.platform + feed).text()


def test_a_result_shows_its_prices_as_a_chart_and_as_a_table(
    visit: Visits, stages: dict[Stage, Staged], language: str
) -> None:
    no = stages[Stage.RESULT].no
    page = visit(f"/tenders/{no}", language=language)
    page.locator(f"aside a[href='/tenders/{no}/result']").press("Enter")
    page.wait_for_url("**/result")
    expect(page.locator(PROOF)).to_contain_text(CHECKED[language])
    look(page, narrow=True)
    drawn = page.locator(".price-bars text").all_text_contents()
    rows = page.locator("#prices ~ .scroll tbody tr")
    assert len(drawn) == rows.count() * 2
    for name, price in zip(drawn[::2], drawn[1::2], strict=True):
        row = rows.filter(has_text=name)
        expect(row).to_have_count(1)
        expect(row).to_contain_text(price)
    widths = page.locator(".price-bars rect:not(.rest)").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().width)"
    )
    amounts = [float(re.sub(r"[^\d.]", "", price)) for price in drawn[1::2]]
    assert [x for _, x in sorted(zip(amounts, widths, strict=True))] == sorted(widths)
    table = page.request.get(f"{visit.exchange.platform}/tenders/{no}/prices.csv").text()
    assert len(table.strip().splitlines()) == rows.count() + 1


def test_the_opening_hall_is_read_by_anybody(
    visit: Visits, stages: dict[Stage, Staged], language: str
) -> None:
    no = stages[Stage.RESULT].no
    page = visit(f"/tenders/{no}/result", language=language)
    page.locator("aside a[href$='/opening']").press("Enter")
    page.wait_for_url("**/opening")
    prices = page.locator("[data-bids] tbody tr")
    assert prices.count() > 2
    expect(page.locator(PROOF)).to_contain_text(CHECKED[language])
    look(page, narrow=True)
    page.locator(".views a").press("Enter")
    expect(page.locator(".projector")).to_be_visible()
    look(page)


def test_a_draw_file_that_is_dropped_is_checked_in_the_browser(
    visit: Visits, stages: dict[Stage, Staged], language: str
) -> None:
    page = visit("/draws", language=language)
    no = f"{stages[Stage.RESULT].no}.panel"
    page.locator(f"main a[href='/draws/{no}']").press("Enter")
    page.wait_for_url(f"**/draws/{no}")
    link = page.locator("a[download]")
    raw = page.request.get(visit.exchange.platform + (link.get_attribute("href") or "")).text()
    page.locator("main a[href='/verify']").first.press("Enter")
    page.wait_for_url("**/verify")
    look(page, narrow=True)
    page.evaluate(DROP, ["draw.json", raw])
    none = "先选择信任文件" if language == "zh" else "Choose a trust file first"
    expect(page.locator("[data-results]")).to_contain_text(none)
    page.locator("[data-use-demo]").press("Enter")
    holds, fails = ("成立", "不成立") if language == "zh" else ("Holds", "Does not hold")
    verdict = page.locator(".verdict-word")
    expect(verdict).to_have_text(holds)
    expect(page.locator(".verdict table")).to_be_visible()
    look(page, narrow=True)
    changed = json.loads(raw)
    first, other = changed["attempts"][0]["commits"][:2]
    first["commitment"] = other["commitment"]
    page.evaluate(DROP, ["changed.json", json.dumps(changed)])
    expect(verdict).to_have_text(fails)


def test_the_glossary_says_each_word_in_both_languages(visit: Visits, language: str) -> None:
    page = visit("/", language=language)
    page.locator("footer a[href='/glossary']").press("Enter")
    page.wait_for_url("**/glossary")
    look(page, narrow=True)
    terms = page.locator(".glossary > div")
    assert terms.count() > 30
    other = "en" if language == "zh" else "zh-CN"
    expect(terms.locator(f"dt [lang={other}]")).to_have_count(terms.count())
    anchor = terms.nth(5).get_attribute("id")
    page.goto(f"{visit.exchange.platform}/glossary#{anchor}")
    expect(page.locator(f"[id='{anchor}']")).to_be_in_viewport()
