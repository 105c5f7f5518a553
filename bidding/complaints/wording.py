"""What the notice of a decision on a complaint says, in both languages."""

from typing import Final

from bidding.complaints.rules import Finding, Outcome, Remedy
from bidding.tenders.facts import TenderFacts

FINDINGS: Final[dict[Finding, tuple[str, str]]] = {
    Finding.NOT_UPHELD: ("质疑不成立", "the challenge is not right"),
    Finding.UPHELD_WITHOUT_EFFECT: (
        "质疑成立，不影响采购结果",
        "the challenge is right, without effect on the result",
    ),
    Finding.UPHELD_WITH_EFFECT: (
        "质疑成立，影响或者可能影响采购结果",
        "the challenge is right, and it affects or may affect the result",
    ),
}
REMEDIES: Final[dict[Remedy, tuple[str, str]]] = {
    Remedy.WRITTEN: ("采购人已采取措施", "the purchaser has put it right"),
    Remedy.ANOTHER_WINNER: (
        "原中标资格取消，从合格候选人中另行确定中标人",
        "the award lapsed, another winner is taken from the candidates",
    ),
    Remedy.RESTARTED: (
        "本次采购活动终止，重新开展采购",
        "this procurement ended and starts again",
    ),
}
OUTCOMES: Final[dict[Outcome, tuple[str, str]]] = {
    Outcome.DISMISSED: ("驳回投诉", "the complaint is dismissed"),
    Outcome.UPHELD_WITHOUT_EFFECT: (
        "投诉成立，不影响采购结果，采购活动继续",
        "the complaint is right and does not change the result; the procurement goes on",
    ),
    Outcome.RESULT_VOID: (
        "投诉成立，中标结果无效",
        "the complaint is right and the result is void",
    ),
    Outcome.PROCESS_VOID: (
        "投诉成立，责令重新开展采购活动",
        "the complaint is right and the procurement starts again",
    ),
}


def decided(
    tender: TenderFacts, no: str, matters: str, outcome: Outcome, decision: str
) -> tuple[str, str]:
    """The notice (NT17): tender, claim, outcome, the decision's words. No name of a person."""
    zh_outcome, en_outcome = OUTCOMES[outcome]
    zh = (
        f"一、项目编号：{tender.no}；项目名称：{tender.title_zh}\n"
        f"二、投诉编号：{no}\n三、投诉事项：{matters}\n"
        f"四、处理结果：{zh_outcome}\n五、处理依据和理由：{decision}"
    )
    en = (
        f"1. Tender {tender.no}: {tender.title_en}\n2. Complaint {no}\n"
        f"3. Matters: {matters}\n4. Outcome: {en_outcome}\n5. Grounds: {decision}"
    )
    return zh, en
