"""What is left open on the first morning: prices asked about, a challenge, a complaint, a bond.

So that whoever looks around finds each page with something to do on it.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from market.demo.people.kinds import Organisation, Person
from market.demo.play.driver import Page
from market.demo.play.owners import owner
from market.demo.play.troupe import PlayFailed, Troupe, fine

ASKED: Final = "报价明显低于同类项目 / The price lies clearly below that of like projects"
ANSWERED: Final = "设备自产，附成本构成 / We make the equipment ourselves; costs are set out"
TABLE: Final = "设备 | 1 | 2940000\n安装与培训 | 1 | 30000"
"""A price table whose sum is no price of the play, as a member copies it from a bid."""
FALSE_MATERIAL: Final = "F3.2"
"""The listed cause of a bond's forfeiture that stands for it."""
DEFICIENT: Final = "业绩材料待核实 / A reference has to be looked into"
CHALLENGE: Final = re.compile(r"ZY-\d{4}-\d{6}")
WORDS: Final = {
    "matters": "请求复核评分与资格 / The scores and the qualification should be checked again",
    "facts": "见结果公告与开标记录 / See the result notice and the opening record",
    "basis": "政府采购法第五十二条 / Government Procurement Law, article 52",
}
TOO_NARROW: Final = {
    "matters": "技术参数限定过窄 / The technical terms are too narrow",
    "facts": "见招标文件技术要求 / See the technical terms of the tender documents",
    "basis": WORDS["basis"],
}
NOT_RIGHT: Final = "经复核，评分无误 / Checked again: the scores are right"
RIGHT: Final = "技术参数将予修改 / The technical terms will be amended"


def priced(
    troupe: Troupe, no: str, members: Sequence[Person], firms: Sequence[Organisation]
) -> None:
    """After the lock: one bidder explains its low price, one is asked to confirm a correction.

    A correction of a third price waits for the votes of all members but one.
    """
    first, path = troupe.page(members[0]), f"/desk/evaluations/{no}"
    numbers = fine(first.get(path)).form(has="reason").offered["number"]
    low, corrected, proposed = [one for one in numbers if one][:3]
    fine(first.submit({"number": low, "reason": ASKED}, has="reason"))
    answers = (_clerk(troupe, firm).get(f"/desk/tenders/{no}/price-answer") for firm in firms)
    asked = next((page for page in answers if page.status == HTTPStatus.OK), None)
    if asked is None:
        raise PlayFailed(f"no bidder of {no} was asked about its price")
    fine(asked.submit({"answer": ANSWERED}, has="answer"))
    review = f"{path}/price-corrections"
    fine(fine(first.get(review)).submit({"number": corrected, "table": TABLE}, has="table"))
    for person in members[1:]:
        page = fine(troupe.page(person).get(review))
        fine(page.submit({"agrees": "yes"}, has="agrees"))
    fine(fine(first.get(review)).submit({"number": proposed, "table": TABLE}, has="table"))


def challenged(troupe: Troupe, no: str, firms: Sequence[Organisation]) -> None:
    """A result: one challenge waits for its answer, another was answered and complained about."""
    waits, complains = firms
    _files(troupe, waits, no, "result", WORDS)
    number = _files(troupe, complains, no, "process", WORDS)
    _answers(troupe, no, number, "not_upheld", NOT_RIGHT)
    page = fine(_clerk(troupe, complains).get(f"/desk/challenges/{number}/complaint"))
    fine(page.submit(WORDS, has="matters"))


def upheld(troupe: Troupe, no: str, firm: Organisation) -> None:
    """Tender documents: a challenge is right, and what must follow has not been done."""
    number = _files(troupe, firm, no, "documents", TOO_NARROW)
    _answers(troupe, no, number, "upheld_with_effect", RIGHT)


def heard(troupe: Troupe, no: str, firm: Organisation) -> None:
    """It is proposed to keep the bond of a bidder, who has not stated its reasons."""
    page = fine(owner(troupe).get(f"/desk/tenders/{no}/bonds/{firm.uscc}/proposal"))
    fine(page.submit({"cause": FALSE_MATERIAL, "facts": DEFICIENT}, has="cause"))


def _files(
    troupe: Troupe, firm: Organisation, no: str, stage: str, words: Mapping[str, str]
) -> str:
    """A challenge of a firm against one stage; its number."""
    clerk = _clerk(troupe, firm)
    page = fine(clerk.get(f"/desk/tenders/{no}/challenges/new"))
    fine(page.submit({**words, "stage": stage}, has="matters"))
    found = CHALLENGE.search(clerk.get("/desk/challenges").text)
    if found is None:
        raise PlayFailed(f"no challenge stands on {clerk.url}: {clerk.text[:400]}")
    return found[0]


def _answers(troupe: Troupe, no: str, number: str, finding: str, words: str) -> None:
    page = fine(owner(troupe).get(f"/desk/tenders/{no}/challenges/{number}"))
    fine(page.submit({"finding": finding, "answer": words}, has="answer"))


def _clerk(troupe: Troupe, firm: Organisation) -> Page:
    """Whoever bids for a firm, at a browser."""
    return troupe.page(troupe.clerk(firm))
