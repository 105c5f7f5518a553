"""A demand becomes a decision in browsers: sealed quotes, one choice, every minute somebody's.

The story of tests/stories/test_supermarket.py told by people who see pages, in both languages; the
enrolment and a signature by keyboard alone. On an exchange of its own: it moves the clock far.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intermediaries.rulebook.selection.modes import Mode
from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.kernel.workdays import SHANGHAI
from tests.browser.keyboard import Keyboard
from tests.browser.looking import look
from tests.browser.order_support import (
    TYPED,
    WAIT,
    WORD,
    AtOrder,
    Read,
    enter,
    go,
    sealed_key,
)
from tests.browser.visits import Visits
from tests.support.exchange import Exchange, running_exchange
from tests.support.papers import make_pdf
from tests.support.story_agencies import (
    APPROVAL,
    DEPARTMENT,
    HOURS,
    ITEM,
    Agency,
    agency,
    chosen,
    keyed,
    let_in,
    pass_hours,
    to_morning,
)
from tests.support.story_orders import exact_hours, limits, points, stretches, two_places
from tests.support.story_owner import admitted_project

PLACES = (0, 1, 2, 3, 4, 9)
PRICES = (100_000, 96_000, 94_000, 90_000, 86_000, 80_000)
"""In yuan; the mean without the highest and the lowest is 91,500."""
WINNERS = {"95": 86_000, "96": 86_000, "97": 90_000, "98": 90_000}
AT_BROWSER = 3
"""The agency that seals its quote on the page."""
OPENED = timedelta(minutes=2)
PIECES = {
    "need": {
        "background": "市民中心拟原址扩建，须先行论证",
        "scope": "需求分析、方案比选、投资估算，配合评审修改",
        "deliverables": "可行性研究报告送审稿\n可行性研究报告报批稿",
    },
    "money": {"funds": "fiscal", "ceiling": "120000.00"},
    "terms": {"working_days": "9"},
    "mode": {"mode": Mode.REFPRICE.value},
    "window": {"enrol_days": "4"},
    "contract": {"contract": "report", "payment": "验收合格后一次付清", "payment_days": "30"},
    "approval": {"approval_item": APPROVAL},
    "declaration": {"nobody": "yes"},
}
INPUTS = ("选址意见", "现状测绘图")
TITLE = "市民中心扩建可行性研究"
UNTIL_SCORED = timedelta(days=56)
BADGE = {"zh": "有日志与见证人签名", "en": "signed by the log"}
CHOSEN = {"zh": "选中机构", "en": "Chosen"}

pytestmark = [pytest.mark.timeout(600, func_only=True), pytest.mark.long]


@dataclass
class Market:
    """What the steps of the story hand on to each other."""

    no: str = ""
    agencies: list[Agency] = field(default_factory=list)
    winner: int = -1

    @property
    def server(self) -> Agency:
        """The agency that was chosen."""
        return self.agencies[self.winner]


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """An exchange for this story alone."""
    with running_exchange() as running:
        yield running


@pytest.fixture(scope="module")
def market() -> Market:
    """One story through all tests of this file, in their order."""
    return Market()


def clerk(exchange: Exchange) -> Person:
    """Whoever writes the owner's demands."""
    return exchange.person(Part.PURCHASER, Duty.PROJECT_OFFICER)


@pytest.fixture
def owner(visit: Visits, exchange: Exchange, market: Market) -> AtOrder:
    """The owner at its order, in Chinese."""
    return AtOrder(visit, market.no, clerk(exchange), "zh")


@pytest.fixture
def server(visit: Visits, market: Market) -> AtOrder:
    """The chosen agency at its order, in English."""
    return AtOrder(visit, market.no, market.server.clerk, "en")


@pytest.fixture
def desk(visit: Visits, exchange: Exchange, market: Market) -> AtOrder:
    """The department at the order, in Chinese."""
    return AtOrder(visit, market.no, exchange.person(*DEPARTMENT), "zh")


def test_1_the_owners_clerk_writes_a_demand_page_by_page_and_the_centre_publishes_it(
    visit: Visits, exchange: Exchange, market: Market
) -> None:
    market.agencies = [agency(exchange, place) for place in PLACES]
    let_in(exchange, market.agencies[-1])
    project = admitted_project(exchange, "市民中心扩建")
    page = visit("/desk/demands/new", clerk(exchange))
    look(page, narrow=True)
    enter(page, {"item": ITEM, "title_zh": TITLE, "title_en": "Feasibility", "project": project})
    for part, typed in PIECES.items():
        expect(page).to_have_url(re.compile(rf"/{part}(#.*)?$"))
        market.no = page.url.split("/desk/demands/")[1].split("/")[0]
        look(page, narrow=True)
        enter(page, typed)
    page.goto(f"{exchange.platform}/desk/demands/{market.no}/preview")
    look(page, narrow=True)
    page.goto(f"{exchange.platform}/desk/demands/{market.no}/submission")
    look(page, narrow=True)
    go(page, page.locator(f"{TYPED} button[type=submit]"))
    keeper = exchange.person(Part.TRADING_CENTRE, Duty.REGISTER_KEEPER)
    check = visit(f"/desk/demand-checks/{market.no}", keeper, language="en")
    look(check, narrow=True)
    go(check, check.locator("main form[action$='/publication'] button"))
    exchange.witnessed(market.no, "notice")
    look(visit(f"/demands/{market.no}"), narrow=True)
    keyed(exchange, market.agencies[0], market.no)


def test_2_a_quote_is_sealed_by_keyboard_alone_under_a_passphrase(
    visit: Visits, exchange: Exchange, market: Market, tmp_path: Path
) -> None:
    to_morning(exchange, 4)
    for number, (one, yuan) in enumerate(zip(market.agencies, PRICES, strict=True)):
        one.offer("90000")
        if number != AT_BROWSER:
            one.enrol(market.no, yuan * 100)
    writing = market.agencies[AT_BROWSER]
    page = visit(f"/demands/{market.no}/enrol", writing.clerk, language="en")
    look(page, narrow=True)
    keys = Keyboard(page)
    keys.skip_to_content()
    keys.type_into("#enrol-price", f"{PRICES[AT_BROWSER]:,}")
    key = sealed_key(exchange, writing.organisation.uscc, tmp_path)
    keys.choose_file("#enrol-organisation", key)
    keys.type_into("#enrol-passphrase", WORD)
    keys.press_on("[data-act=enrol] form button")
    expect(page.locator("[data-act=enrol] [data-receipt]")).to_be_visible(timeout=WAIT)
    look(page, narrow=True)


def test_3_the_result_names_the_agency_the_rule_chose_and_the_browser_checks_its_place(
    visit: Visits, exchange: Exchange, market: Market
) -> None:
    no = market.no
    closes = datetime.fromisoformat(market.agencies[0].state(no)["enrol_closes"])
    chosen(exchange, no, closes + OPENED)
    outcome = exchange.ask(f"/api/v1/demands/{no}/selection")["outcome"]
    (factor,) = [one["shown"] for one in outcome["figures"] if one["name"] == "factor"]
    market.winner = PRICES.index(WINNERS[factor])
    for language, said in BADGE.items():
        page = visit(f"/demands/{no}/selection", language=language)
        expect(page.locator("[data-proof-said]")).to_contain_text(said)
        name = market.server.organisation
        shown = name.name_zh if language == "zh" else name.name_en
        expect(page.locator("main .lead strong")).to_have_text(shown)
        expect(page.locator("main tbody").first.locator("tr")).to_have_count(len(PRICES))
        look(page, narrow=True)


def test_4_both_sign_what_the_page_shows_and_the_clock_begins(
    owner: AtOrder, server: AtOrder, exchange: Exchange, market: Market, tmp_path: Path
) -> None:
    server.press("confirm")
    owner.fill("contract", {"inputs": "\n".join(INPUTS), "clauses": "按平台范本\n第二条 另定"})
    to_morning(exchange, 2)
    purchaser = exchange.cast.the(Part.PURCHASER).uscc
    refused_where_the_page_shows_something_else(owner, exchange.organisation_key(purchaser))
    owner.sign_by_keyboard(sealed_key(exchange, purchaser, tmp_path), WORD)
    assert not exchange.entries(market.no, "contract"), "one signature is none"
    server.sign_with(exchange.organisation_key(market.server.organisation.uscc))
    exchange.witnessed(market.no, "contract")
    assert stretches(Read.of(owner.open()))


def refused_where_the_page_shows_something_else(owner: AtOrder, key: Path) -> None:
    """A page whose price was changed on the way is not signed, and the form stays empty."""
    page = owner.follow("signature")
    page.locator("[data-term=price_fen]").evaluate("(one) => { one.textContent = '¥ 1.00'; }")
    page.set_input_files("#sign-organisation", key)
    page.locator("[data-sign] form button").click()
    expect(page.locator("[data-sign] .summary")).to_contain_text("price_fen")
    expect(page.locator("textarea[name=statement]")).to_have_value("")


def test_5_the_owner_is_late_with_an_input_and_the_hours_are_its_own(
    owner: AtOrder, server: AtOrder, exchange: Exchange
) -> None:
    paper = make_pdf(exchange.folder / "study.pdf", "可行性研究报告 / Study", owner.no)
    pass_hours(exchange, 30)
    owner.fill("inputs", {"items": INPUTS}, {"paper": paper})
    server.press("confirm-inputs")
    pass_hours(exchange, 40)
    server.fill("draft", {}, {"paper": paper})
    pass_hours(exchange, 3)
    owner.press("accept-draft")
    rows = stretches(Read.of(owner.press("submit")))
    late = [one for one in rows if one.liable == "业主" and one.end <= rows[0].start + timedelta(9)]
    waited = sum((HOURS.between(one.start, one.end) for one in late), timedelta())
    assert waited >= timedelta(hours=30)


def test_6_of_two_rounds_of_revision_the_second_is_the_departments(
    owner: AtOrder, server: AtOrder, desk: AtOrder, exchange: Exchange
) -> None:
    pass_hours(exchange, 4)
    desk.press("accept-case")
    pass_hours(exchange, 12.25)
    desk.fill("opinion", {"issues": "投资估算缺少依据\n补充交通影响分析"})
    pass_hours(exchange, 10)
    paper = make_pdf(exchange.folder / "revised.pdf", "修改稿 / Revised study", owner.no)
    server.fill("revision", {"words": "已补充依据和分析"}, {"paper": paper})
    pass_hours(exchange, 9)
    desk.fill("opinion", {"visible": "社会稳定风险章节应单列"})
    pass_hours(exchange, 14)
    server.fill("revision", {"words": "已单列"}, {"paper": paper})
    pass_hours(exchange, 3)
    desk.press("finalise")
    pass_hours(exchange, 5)
    decided = {"outcome": "approved", "paper_no": "云发改审〔2026〕12号", "reasons": "符合规定"}
    rows = stretches(Read.of(desk.fill("decision", decided)))
    rounds = [one for one in rows if one.state.startswith("按意见修改")]
    assert [one.liable for one in rounds] == ["中介机构", "审批部门"]
    look(desk.open(), narrow=True)


def test_7_owner_and_department_rate_and_the_agency_files(
    owner: AtOrder, server: AtOrder, desk: AtOrder, exchange: Exchange
) -> None:
    stars = {"quality": "5", "time": "4", "norms": "5", "attitude": "4", "charge": "5"}
    look(owner.fill("rating", stars), narrow=True)
    look(desk.fill("rating", {"quality": "4", "time": "5"}), narrow=True)
    paper = make_pdf(exchange.folder / "archive.pdf", "成果与合同 / Archive", owner.no)
    look(server.fill("filing", {}, {"paper": paper}), narrow=True)


def test_8_on_the_pages_of_order_and_scores_every_minute_is_somebodys_once(
    owner: AtOrder, visit: Visits, exchange: Exchange, market: Market
) -> None:
    read = Read.of(owner.open())
    rows = stretches(read)
    for one, following in pairwise(rows):
        assert one.end == following.start, "no gap, nothing twice"
    whole = HOURS.between(rows[0].start, rows[-1].end)
    worked = [HOURS.between(one.start, one.end) for one in rows]
    assert sum(worked, timedelta()) == whole
    charged: dict[str, Fraction] = {}
    for one, hours in zip(rows, worked, strict=True):
        charged[one.liable] = charged.get(one.liable, Fraction(0)) + exact_hours(hours)
    assert {who: one.charged for who, one in limits(read).items()} == {
        who: two_places(charged.get(who, Fraction(0))) for who in limits(read)
    }
    month = rows[-1].end.astimezone(SHANGHAI).strftime("%Y-%m")
    exchange.advance_to(rows[-1].end + UNTIL_SCORED)
    path = f"/assessment/{month}/cases/{market.no}"
    exchange.wait_for(lambda: exchange.beat() or exchange.answer(path)[0] == HTTPStatus.OK, 60)
    for language in ("zh", "en"):
        page = visit(path, language=language)
        look(page, narrow=True)
        for who in ("中介机构", "审批部门"):
            cell = page.locator("main table").first.get_by_role("cell", name=figure(charged[who]))
            expect(cell.first).to_be_visible()
        assert len(points(Read.of(page))) == 2
        scores_of_the_month(visit, month, market, language)


def figure(hours: Fraction) -> re.Pattern[str]:
    """Hours as the page of a case writes them: two decimals at most, none of them idle."""
    text = f"{float(two_places(hours)):.2f}".rstrip("0").rstrip(".")
    return re.compile(rf"^{re.escape(text)}{'0?' if '.' in text else ''}$")


def scores_of_the_month(visit: Visits, month: str, market: Market, language: str) -> None:
    """The month and its list of cases name the agency and lead to the case."""
    look(visit(f"/assessment/{month}", language=language), narrow=True)
    page: Page = visit(f"/assessment/{month}/cases", language=language)
    look(page, narrow=True)
    expect(page.locator(f"main a[href$='/cases/{market.no}']")).to_be_visible()
