"""What the notice of a decision on a complaint says, in both languages."""

from typing import Final

from bidding.complaints.rules import Outcome
from bidding.tenders.facts import TenderFacts

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
