"""The events of a procedure that have a date, and how each date binds."""

from enum import StrEnum
from typing import Final


class Event(StrEnum):
    """Something in a procedure that has its legal moment. `zh` and `en` name it in a sentence."""

    INTENTION = "intention"
    PUBLICATION = "publication"
    NOTICE_END = "notice_end"
    DOCUMENTS_START = "documents_start"
    DOCUMENTS_END = "documents_end"
    DOCUMENTS_CHALLENGE_END = "documents_challenge_end"
    DOCUMENTS_OBJECTION_END = "documents_objection_end"
    AMENDMENT_END = "amendment_end"
    QUESTIONS_END = "questions_end"
    BID_DEADLINE = "bid_deadline"
    OPENING = "opening"
    OPENING_CHALLENGE_END = "opening_challenge_end"
    DRAW_START = "draw_start"
    EVALUATION_START = "evaluation_start"
    EVALUATION_END = "evaluation_end"
    REPORT = "report"
    EXPERT_RATING = "expert_rating"
    CANDIDATES_NOTICE = "candidates_notice"
    PUBLICITY_END = "publicity_end"
    DETERMINATION = "determination"
    REGULATOR_REPORT = "regulator_report"
    AWARD_NOTICE = "award_notice"
    RESULT_NOTICE_END = "result_notice_end"
    RESULT_CHALLENGE_END = "result_challenge_end"
    CHALLENGE_ANSWER_END = "challenge_answer_end"
    COMPLAINT_END = "complaint_end"
    COMPLAINT_DECISION = "complaint_decision"
    LOSERS_REFUND = "losers_refund"
    CONTRACT = "contract"
    CONTRACT_PUBLICATION = "contract_publication"
    CONTRACT_FILING = "contract_filing"
    WINNER_REFUND = "winner_refund"
    RECORDS_END = "records_end"
    WITHDRAWAL = "withdrawal"
    TERMINATION = "termination"

    @property
    def zh(self) -> str:
        """The name in Chinese."""
        return _NAMES[self][0]

    @property
    def en(self) -> str:
        """The name in English, with its article, as it stands inside a sentence."""
        return _NAMES[self][1]


class Edge(StrEnum):
    """How a date binds.

    `AT`: exactly then. `NOT_BEFORE`: then or later. `OPEN_UNTIL`: something stays open at least
    until then. `NOT_AFTER`: then or earlier. `CLOSES`: a window closes then. Every edge includes
    its own moment.
    """

    AT = "at"
    NOT_BEFORE = "not_before"
    OPEN_UNTIL = "open_until"
    NOT_AFTER = "not_after"
    CLOSES = "closes"


_NAMES: Final[dict[Event, tuple[str, str]]] = {
    Event.INTENTION: ("采购意向公开", "publication of the intention"),
    Event.PUBLICATION: ("公告发布", "publication of the notice"),
    Event.NOTICE_END: ("公告期满", "the end of the notice period"),
    Event.DOCUMENTS_START: ("招标文件开始提供", "the start of provision of documents"),
    Event.DOCUMENTS_END: ("招标文件提供截止", "the end of provision of documents"),
    Event.DOCUMENTS_CHALLENGE_END: (
        "对招标文件质疑截止",
        "the last day to challenge the documents",
    ),
    Event.DOCUMENTS_OBJECTION_END: (
        "对招标文件异议截止",
        "the last moment to object to the documents",
    ),
    Event.AMENDMENT_END: (
        "不延期的最晚澄清修改",
        "the last amendment that leaves the deadline in place",
    ),
    Event.QUESTIONS_END: ("提问截止", "the last question"),
    Event.BID_DEADLINE: ("投标截止", "the bid deadline"),
    Event.OPENING: ("开标", "opening"),
    Event.OPENING_CHALLENGE_END: ("对开标质疑截止", "the last day to challenge the opening"),
    Event.DRAW_START: ("专家抽取最早开始", "the earliest draw of experts"),
    Event.EVALUATION_START: ("评审开始", "the start of evaluation"),
    Event.EVALUATION_END: ("评审结束", "the end of evaluation"),
    Event.REPORT: ("评审报告送达", "delivery of the evaluation report"),
    Event.EXPERT_RATING: ("专家履职记录", "the rating of the experts"),
    Event.CANDIDATES_NOTICE: ("中标候选人公示", "the public notice of candidates"),
    Event.PUBLICITY_END: ("中标候选人公示期满", "the end of the public notice of candidates"),
    Event.DETERMINATION: ("确定中标人", "the award decision"),
    Event.REGULATOR_REPORT: ("招标投标情况书面报告", "the report to the regulator"),
    Event.AWARD_NOTICE: ("中标通知书发出和结果公告", "the award notice and the result notice"),
    Event.RESULT_NOTICE_END: ("结果公告期满", "the end of the result notice period"),
    Event.RESULT_CHALLENGE_END: ("对结果质疑截止", "the last day to challenge the result"),
    Event.CHALLENGE_ANSWER_END: (
        "质疑答复期满",
        "the end of the time to answer a challenge",
    ),
    Event.COMPLAINT_END: ("投诉截止", "the last day to complain"),
    Event.COMPLAINT_DECISION: ("投诉处理决定", "the decision on a complaint"),
    Event.LOSERS_REFUND: ("未中标人保证金退还", "the refund to bidders who did not win"),
    Event.CONTRACT: ("合同签订", "the contract"),
    Event.CONTRACT_PUBLICATION: ("合同公告", "publication of the contract"),
    Event.CONTRACT_FILING: ("合同备案", "filing of the contract"),
    Event.WINNER_REFUND: ("中标人保证金退还", "the refund to the winner"),
    Event.RECORDS_END: ("采购文件保存期满", "the end of keeping of records"),
    Event.WITHDRAWAL: ("收到书面撤回通知", "receipt of the written withdrawal"),
    Event.TERMINATION: ("终止招标或招标失败", "the end of the tender without an award"),
}
