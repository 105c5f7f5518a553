"""A challenge blocks the contract; one that is right makes the award lapse and another follow.

The case file proves the rest.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

import pytest

from market.demo.people.kinds import Person
from market.demo.play.driver import Page
from market.kernel.workdays import SHANGHAI
from tests.support.exchange import Exchange
from tests.support.papers import make_pdf
from tests.support.story_bidder import Firm, firm
from tests.support.story_evaluation import (
    announced,
    awarded,
    contracted,
    members_do,
    qualified,
    reported,
    representative,
)
from tests.support.story_opening import closed, opened
from tests.support.story_owner import Officer, deadline, fine, owner, published
from tests.support.story_panel import accepted, arrived, drawn, numbered

PRICES = (2_800_000, 2_700_000, 2_900_000)


@dataclass
class Case:
    """What the chapters hand on to each other."""

    no: str = ""
    firms: list[Firm] = field(default_factory=list)
    members: list[Person] = field(default_factory=list)
    challenge: str = ""


@pytest.fixture(scope="module")
def case() -> Case:
    """One tender through the chapters of this file."""
    return Case()


def _clerk(exchange: Exchange, each: Firm) -> Page:
    return exchange.page(exchange.clerk(each.organisation))


def test_1_a_result_is_published(exchange: Exchange, three: list[Officer], case: Case) -> None:
    case.no = published(exchange, "全自动生化分析仪", three)
    case.firms = [firm(exchange, number) for number in (4, 5, 6)]
    for each, yuan in zip(case.firms, PRICES, strict=True):
        each.buy()
        each.bid(case.no, yuan)
    until = deadline(exchange, case.no)
    exchange.advance_to(until - timedelta(hours=20))
    drawn(exchange, case.no, until + timedelta(hours=1))
    case.members = accepted(exchange, case.no)
    closed(exchange, case.no)
    opened(exchange, case.no, three[:2])
    numbered(exchange, case.no)
    arrived(exchange, case.no, case.members)
    exchange.beat()
    everybody = [*case.members, representative(exchange)]
    qualified(exchange, case.no)
    members_do(exchange, case.no, everybody)
    reported(exchange, case.no, everybody)
    awarded(exchange, case.no)
    assert exchange.tender(case.no)["state"] == "awarded"


def test_2_a_challenge_in_time_blocks_the_contract(exchange: Exchange, case: Case) -> None:
    loser = _clerk(exchange, case.firms[2])
    form = fine(loser.get(f"/desk/tenders/{case.no}/challenges/new"))
    words = {
        "stage": "result",
        "matters": "请求复核评分",
        "facts": "见评分明细",
        "basis": "第五十二条",
    }
    fine(form.submit({**words, "may_change_result": "yes"}, has="matters"))
    listed = loser.get("/desk/challenges").text
    case.challenge = re.search(r"ZY-\d{4}-\d{6}", listed)[0]
    paper = make_pdf(exchange.folder / "held.pdf", "合同 / Contract", case.no)
    today = exchange.now().astimezone(SHANGHAI).date().isoformat()
    typed = {"amount": f"{PRICES[1]}.00", "signed_on": today}
    desk = fine(owner(exchange).get(f"/desk/tenders/{case.no}/evaluation"))
    refused = desk.submit(typed, {"document": paper}, has="signed_on")
    assert any(case.challenge in line for line in refused.summary), refused.summary
    assert exchange.tender(case.no)["state"] == "awarded"


def test_3_the_answer_that_it_is_not_right_lets_the_contract_go(
    exchange: Exchange, case: Case
) -> None:
    page = fine(owner(exchange).get("/desk"))
    assert case.challenge in page.text
    path = f"/desk/tenders/{case.no}/challenges/{case.challenge}"
    typed = {"finding": "not_upheld", "answer": "评分无误，维持原结果"}
    fine(fine(owner(exchange).get(path)).submit(typed, has="answer"))
    assert "评分无误" in _clerk(exchange, case.firms[2]).get("/desk/challenges").text
    desk = fine(owner(exchange).get(f"/desk/tenders/{case.no}/evaluation"))
    assert case.challenge not in desk.text


def test_4_one_that_is_right_holds_it_whatever_was_ticked(exchange: Exchange, case: Case) -> None:
    second = _clerk(exchange, case.firms[0])
    form = fine(second.get(f"/desk/tenders/{case.no}/challenges/new"))
    words = {"stage": "result", "matters": "评分汇总有误", "facts": "见附件", "basis": "第五十二条"}
    fine(form.submit(words, has="matters"))
    number = re.search(r"ZY-\d{4}-\d{6}", second.get("/desk/challenges").text)[0]
    path = f"/desk/tenders/{case.no}/challenges/{number}"
    typed = {"finding": "upheld_with_effect", "answer": "汇总有误，中标结果受影响"}
    after = fine(fine(owner(exchange).get(path)).submit(typed, has="answer"))
    assert any("award-lapse" in address for _, address in after.links), after.text
    case.challenge = number
    paper = make_pdf(exchange.folder / "again.pdf", "合同 / Contract", case.no)
    today = exchange.now().astimezone(SHANGHAI).date().isoformat()
    typed = {"amount": f"{PRICES[1]}.00", "signed_on": today}
    desk = fine(owner(exchange).get(f"/desk/tenders/{case.no}/evaluation"))
    refused = desk.submit(typed, {"document": paper}, has="signed_on")
    assert any(number in line for line in refused.summary), refused.summary
    told = _clerk(exchange, case.firms[2]).get(f"/desk/tenders/{case.no}/challenge-answers")
    assert "汇总有误" in told.text


def test_5_the_award_lapses_and_the_next_has_the_contract(exchange: Exchange, case: Case) -> None:
    paper = make_pdf(exchange.folder / "answer.pdf", "质疑答复 / Answer", case.challenge)
    form = fine(owner(exchange).get(f"/desk/tenders/{case.no}/award-lapse"))
    typed = {"cause": "challenge_upheld", "words": "质疑成立，影响结果", "further": "next"}
    fine(form.submit(typed, {"evidence": paper}, has="further"))
    exchange.beat()
    shown = _clerk(exchange, case.firms[0]).get("/desk/challenges").text
    assert "另行确定中标人" in shown or "another winner" in shown
    announced(exchange, case.no)
    yuan = sorted(PRICES)[1]
    contracted(exchange, case.no, f"{yuan}.00", exchange.now().astimezone(SHANGHAI).date())
    assert exchange.tender(case.no)["state"] in {"contracted", "archived"}


def test_6_the_case_file_is_checked_offline_with_everything_in_it(
    exchange: Exchange, case: Case
) -> None:
    path = f"/api/v1/tenders/{case.no}/case-file"
    wanted = {b"closing-list.json", b"opening-record.json", b"draws/", b"notices/"}

    def whole() -> bytes | None:
        status, raw = exchange.answer(path)
        is_whole = status == HTTPStatus.OK and all(name in raw for name in wanted)
        return raw if is_whole else None

    raw = exchange.wait_for(whole, 60)
    assert exchange.answer(path)[1] == raw
    file = exchange.folder / "case.zip"
    file.write_bytes(raw)
    words = ("case-file", str(file), "--trust", str(exchange.trust), "--language", "en")
    done = exchange.verify(*words)
    assert done.code == 0, done.raw
    assert "Result, award and opening record agree" in done.raw
    changed = bytearray(raw)
    changed[len(raw) // 2] ^= 1
    file.write_bytes(bytes(changed))
    assert exchange.verify(*words).code == 1
