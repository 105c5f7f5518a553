"""Six agencies quote for a study, one serves, a department decides; every hour is somebody's.

Told on an exchange of its own: from a demand to the scores of its month a quarter of a year passes,
and the one clock of the other chapters has to stay in a year whose holidays are published.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from http import HTTPStatus
from itertools import pairwise

import pytest

from intermediaries.rulebook.selection.modes import Mode
from market.demo.people.kinds import Duty
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import account_of
from market.kernel.workdays import SHANGHAI
from market.protocol.encoding import canonical
from tests.support.exchange import Exchange, running_exchange
from tests.support.papers import make_pdf
from tests.support.story_agencies import (
    APPROVAL,
    DEPARTMENT,
    HOURS,
    Agency,
    agency,
    chosen,
    demanded,
    department,
    key_of,
    keyed,
    let_in,
    pass_hours,
    to_morning,
)
from tests.support.story_orders import (
    AGENCY,
    AUTHORITY,
    EXPERTS,
    OWNER,
    Stretch,
    exact_hours,
    fact_moments,
    fill,
    limits,
    points,
    press,
    sign,
    stretches,
    two_places,
)
from tests.support.story_owner import admitted_project, centre, owner

PLACES = (0, 1, 2, 3, 4, 9)
"""Five agencies that were let in before, and one whose entry waits for its check."""
PRICES = (100_000, 96_000, 94_000, 90_000, 86_000, 80_000)
"""In yuan. The highest and the lowest cannot win; the mean of the others is 91,500."""
WINNERS = {"95": 86_000, "96": 86_000, "97": 90_000, "98": 90_000}
"""Who asks what is nearest to 91,500 times the percentage that is drawn."""
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
OPENED = timedelta(minutes=2)
"""So long after enrolment has closed the timekeepers release their keys."""
UNSEEN = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
UNTIL_SCORED = timedelta(days=56)
"""Past ten working days after the end of the month of the decision, whatever day it was."""
INPUTS = ("选址意见", "现状测绘图")
OWNER_STARS = {"quality": "5", "time": "4", "norms": "5", "attitude": "4", "charge": "5"}
DEPARTMENT_STARS = {"quality": "4", "time": "5"}
STARS = Fraction(6, 10) * Fraction(455, 100) + Fraction(4, 10) * Fraction(440, 100)
"""0.3 x 5 + 0.3 x 4 + 0.15 x 5 + 0.15 x 4 + 0.1 x 5, and 0.6 x 4 + 0.4 x 5."""

pytestmark = [pytest.mark.timeout(300, func_only=True), pytest.mark.long]
"""For a test itself: the start of the exchange, which falls to the first, has its own limit."""


@dataclass
class Market:
    """What the steps of the story hand on to each other."""

    no: str = ""
    agencies: list[Agency] = field(default_factory=list)
    winner: Agency | None = None
    rows: list[Stretch] = field(default_factory=list)
    """Every stretch of the decided order, as its page shows them."""

    @property
    def server(self) -> Agency:
        """The agency that was chosen."""
        assert self.winner is not None
        return self.winner


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """An exchange for this story alone."""
    with running_exchange() as running:
        yield running


@pytest.fixture(scope="module")
def market() -> Market:
    """One story through all tests of this file, in their order."""
    return Market()


def test_1_a_demand_is_published_after_its_check(exchange: Exchange, market: Market) -> None:
    market.agencies = [agency(exchange, place) for place in PLACES]
    let_in(exchange, market.agencies[-1])
    project = admitted_project(exchange, "市民中心扩建")
    market.no = demanded(exchange, project, "市民中心扩建可行性研究", PIECES)
    exchange.witnessed(market.no, "notice")
    page = exchange.visitor().get(f"/demands/{market.no}")
    assert "120,000.00" in page.text
    state = keyed(exchange, market.agencies[0], market.no)
    assert len(state["manifest"]["recipients"]) == 3


def test_2_six_agencies_quote_and_only_the_operator_sees_who(
    exchange: Exchange, market: Market
) -> None:
    to_morning(exchange, 4)
    for one, yuan in zip(market.agencies, PRICES, strict=True):
        one.offer("90000")
        receipt = one.enrol(market.no, yuan * 100)["receipt"]
        assert one.send(market.no, one.sent[-1])["receipt"] == receipt
    names = [one.organisation.name_zh for one in market.agencies]
    shown = centre(exchange).get(f"/desk/enrolments/{market.no}").text
    assert all(name in shown for name in names), shown
    for page in (exchange.visitor(), owner(exchange), market.agencies[0].page):
        for path in (f"/demands/{market.no}", f"/demands/{market.no}/selection"):
            found = page.get(path)
            assert found.status == HTTPStatus.OK
            assert not [name for name in names[1:] if name in found.text], path
        refused = page.get(f"/desk/enrolments/{market.no}")
        assert refused.status in UNSEEN or "/sign-in" in refused.url
        assert not [name for name in names[1:] if name in refused.text]
    told = json.dumps(market.agencies[0].state(market.no))
    assert not [one for one in market.agencies[1:] if one.organisation.uscc in told]
    assert exchange.answer(f"/api/v1/demands/{market.no}/selection")[0] == HTTPStatus.NOT_FOUND


def test_3_a_department_finds_no_page_of_a_selection_and_its_look_is_kept(
    exchange: Exchange, market: Market
) -> None:
    for path in ("/demands", f"/demands/{market.no}", f"/demands/{market.no}/selection"):
        assert department(exchange).get(path).status == HTTPStatus.NOT_FOUND, path
    watching = exchange.page(exchange.person(Part.SUPERVISOR, Duty.SUPERVISION_OFFICER))
    kept = watching.get("/supervision/demands")
    assert kept.status == HTTPStatus.OK
    assert market.no in kept.text
    assert account_of(exchange.person(*DEPARTMENT)) in kept.text


def test_4_the_reference_price_is_drawn_and_anybody_runs_it_again(
    exchange: Exchange, market: Market
) -> None:
    closes = datetime.fromisoformat(market.agencies[0].state(market.no)["enrol_closes"])
    chosen(exchange, market.no, closes + OPENED)
    raw = exchange.answer(f"/api/v1/demands/{market.no}/selection")[1]
    held = json.loads(raw)
    outcome = held["outcome"]
    (factor,) = [one["shown"] for one in outcome["figures"] if one["name"] == "factor"]
    market.winner = market.agencies[PRICES.index(WINNERS[factor])]
    page = exchange.visitor().get(f"/demands/{market.no}/selection")
    lead = re.search(r"<strong>(.*?)</strong>", page.body.decode(), re.DOTALL)
    assert lead is not None
    assert market.server.organisation.name_zh in lead[1]
    file = exchange.folder / "selection.json"
    file.write_bytes(raw)
    done = exchange.verify("selection", str(file), "--trust", str(exchange.trust))
    assert done.code == 0, done.raw
    outcome["winner"] = next(
        one["quote"] for one in outcome["rows"] if one["quote"] != outcome["winner"]
    )
    file.write_bytes(canonical(held))
    turned = exchange.verify("selection", str(file), "--trust", str(exchange.trust))
    assert turned.code != 0, turned.raw


def test_5_both_sign_after_the_time_to_object_and_the_clock_begins(
    exchange: Exchange, market: Market
) -> None:
    no, server = market.no, market.server
    assert department(exchange).get(f"/orders/{no}").status == HTTPStatus.NOT_FOUND
    press(server.page, no, "confirm")
    typed = {"inputs": "\n".join(INPUTS), "clauses": "按平台范本"}
    shown = fill(owner(exchange), no, "contract", typed)
    assert not [path for _, path in shown.links if path.endswith("/signature")], "too early"
    to_morning(exchange, 2)
    sign(owner(exchange), no, key_of(exchange, exchange.cast.the(Part.PURCHASER).uscc))
    assert not exchange.entries(no, "contract"), "one signature is none"
    sign(server.page, no, server.key)
    exchange.witnessed(no, "contract")
    page = owner(exchange).get(f"/orders/{no}")
    assert stretches(page)[0].start == max(fact_moments(page, "签字"))


def test_6_the_owner_is_late_and_its_silence_is_its_own_time(
    exchange: Exchange, market: Market
) -> None:
    no, server = market.no, market.server
    paper = make_pdf(exchange.folder / "study.pdf", "可行性研究报告 / Study", no)
    pass_hours(exchange, 6)
    fill(owner(exchange), no, "inputs", {"items": list(INPUTS)}, {"paper": paper})
    pass_hours(exchange, 1.5)
    press(server.page, no, "confirm-inputs")
    pass_hours(exchange, 50)
    fill(server.page, no, "draft", {}, {"paper": paper})
    pass_hours(exchange, 20)
    page = press(owner(exchange), no, "submit")
    in_time, late = [one for one in stretches(page) if one.state == "业主审核"]
    assert (in_time.liable, late.liable) == (OWNER, OWNER)
    assert HOURS.between(in_time.start, in_time.end) == timedelta(hours=16), "two working days"
    assert "视为已验收" in late.why
    assert HOURS.between(late.start, late.end) >= timedelta(hours=4)


def test_7_of_two_rounds_of_revision_the_second_is_the_departments(
    exchange: Exchange, market: Market
) -> None:
    no, server, desk = market.no, market.server, department(exchange)
    assert server.organisation.name_zh in desk.get(f"/orders/{no}").text, "from now on it may know"
    pass_hours(exchange, 4)
    press(desk, no, "accept-case")
    pass_hours(exchange, 12.25)
    fill(desk, no, "opinion", {"issues": "投资估算缺少依据\n补充交通影响分析"})
    pass_hours(exchange, 10)
    paper = make_pdf(exchange.folder / "revised.pdf", "修改稿 / Revised study", no)
    fill(server.page, no, "revision", {"words": "已补充依据和分析"}, {"paper": paper})
    pass_hours(exchange, 9)
    fill(desk, no, "opinion", {"visible": "社会稳定风险章节应单列"})
    pass_hours(exchange, 14)
    paper = make_pdf(exchange.folder / "final.pdf", "报批稿 / Final study", no)
    fill(server.page, no, "revision", {"words": "已单列"}, {"paper": paper})
    pass_hours(exchange, 3)
    press(desk, no, "finalise")
    pass_hours(exchange, 5)
    decided = {"outcome": "approved", "paper_no": "云发改审〔2026〕12号", "reasons": "符合规定"}
    market.rows = stretches(fill(desk, no, "decision", decided))
    rounds = [one for one in market.rows if one.state.startswith("按意见修改")]
    assert [one.holder for one in rounds] == [AGENCY, AGENCY]
    assert [one.liable for one in rounds] == [AGENCY, AUTHORITY]


def test_8_every_minute_from_contract_to_decision_is_somebodys_once(
    exchange: Exchange, market: Market
) -> None:
    pages = (owner(exchange), market.server.page, department(exchange))
    for page in pages:
        assert stretches(page.get(f"/orders/{market.no}")) == market.rows, "the same for all"
        (ended,) = fact_moments(page, "计时结束")
        assert market.rows[0].start == max(fact_moments(page, "签字"))
        assert market.rows[-1].end == ended
    assert [one.number for one in market.rows] == [*range(1, len(market.rows) + 1)]
    for one, following in pairwise(market.rows):
        assert one.end == following.start, "no gap, nothing twice"
    worked = [HOURS.between(one.start, one.end) for one in market.rows]
    whole = HOURS.between(market.rows[0].start, market.rows[-1].end)
    assert sum(worked, timedelta()) == whole
    assert [one.hours for one in market.rows] == [two_places(exact_hours(one)) for one in worked]
    shown = limits(owner(exchange).get(f"/orders/{market.no}"))
    used = hours_used(market.rows)
    assert {who: one.charged for who, one in shown.items()} == {
        who: two_places(used.get(who, Fraction(0))) for who in shown
    }
    assert sum(used.values()) == exact_hours(whole)


def test_9_owner_and_department_rate_and_the_agency_files_the_order(
    exchange: Exchange, market: Market
) -> None:
    no = market.no
    fill(owner(exchange), no, "rating", OWNER_STARS)
    fill(department(exchange), no, "rating", DEPARTMENT_STARS)
    page = owner(exchange).get(f"/orders/{no}")
    assert "服务质量 5 · 服务时效 4 · 规范执业 5 · 服务态度 4 · 收费情况 5" in page.text
    assert "成果质量 4 · 修改时效 5" in page.text
    paper = make_pdf(exchange.folder / "archive.pdf", "成果与合同 / Archive", no)
    filed = fill(market.server.page, no, "filing", {}, {"paper": paper})
    assert stretches(filed) == market.rows, "what was decided does not change"


def test_10_both_scores_follow_from_the_hours_on_the_page(
    exchange: Exchange, market: Market
) -> None:
    month = market.rows[-1].end.astimezone(SHANGHAI).strftime("%Y-%m")
    shown = limits(owner(exchange).get(f"/orders/{market.no}"))
    exchange.advance_to(market.rows[-1].end + UNTIL_SCORED)
    path = f"/assessment/{month}/cases/{market.no}"
    exchange.wait_for(lambda: exchange.beat() or exchange.answer(path)[0] == HTTPStatus.OK, 60)
    allowed = {who: one.limit for who, one in shown.items() if one.limit is not None}
    authority, served = scores(hours_used(market.rows), allowed)
    page = exchange.visitor().get(path)
    assert points(page) == [two_places(authority), two_places(served)]
    lines = exchange.answer(f"/assessment/{month}/scores.jsonl")[1].splitlines()
    (line,) = [one for one in map(json.loads, lines) if one.get("order") == market.no]
    assert Fraction(line["department_score"]) == authority, "to the microsecond"
    assert Fraction(line["agency_score"]) == served
    exchange.witnessed(f"scores/{month}", "scores")


def hours_used(rows: list[Stretch]) -> dict[str, Fraction]:
    """Working hours by who is charged with them."""
    used: dict[str, Fraction] = {}
    for one in rows:
        worked = exact_hours(HOURS.between(one.start, one.end))
        used[one.liable] = used.get(one.liable, Fraction(0)) + worked
    return used


def scores(used: dict[str, Fraction], most: dict[str, Fraction]) -> tuple[Fraction, Fraction]:
    """What department and agency get: the second round costs the department five points.

    0.6 S(r_B) + 0.4 S(r_D) - 5, and 0.5 S(r_A) + 0.3 S(r_B) + 0.2 (20 x stars).
    """
    counted = [used.get(who, Fraction(0)) for who in (AGENCY, AUTHORITY, EXPERTS)]
    limit = [most[who] for who in (AGENCY, AUTHORITY, EXPERTS)]
    bundle = worth(sum(counted, Fraction(0)) / sum(limit, Fraction(0)))
    own = [worth(one / bound) for one, bound in zip(counted[:2], limit[:2], strict=True)]
    authority = Fraction(6, 10) * bundle + Fraction(4, 10) * own[1] - 5
    served = Fraction(5, 10) * own[0] + Fraction(3, 10) * bundle + Fraction(2, 10) * 20 * STARS
    return authority, served


def worth(share: Fraction) -> Fraction:
    """S(r): 100 up to half a limit, 80 at the limit, a point less for each hundredth beyond it."""
    if share <= Fraction(1, 2):
        return Fraction(100)
    if share <= 1:
        return 100 - 40 * (share - Fraction(1, 2))
    return max(Fraction(0), 80 - 100 * (share - 1))
