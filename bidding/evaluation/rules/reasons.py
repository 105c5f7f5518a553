"""Closed lists: why a bid is invalid, and why a tender is cancelled, in government procurement.

Nobody can type another cause. Where the law or the documents leave one open, the cause asks for
the clause it rests on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bidding.rulebook.articles import (
    LAW_36,
    LOW_PRICE_NOTICE,
    ORDER_87_37,
    ORDER_87_44,
    ORDER_87_50,
    ORDER_87_59,
    ORDER_87_63,
    REASONS_IN_WRITING,
    REGULATION_33,
)
from bidding.rulebook.names import BidNumber
from market.kernel.errors import BadInput
from market.kernel.law import Article


class Finder(StrEnum):
    """Who may find a bid invalid for a cause."""

    PURCHASER = "purchaser"
    PANEL = "panel"
    HOUSE = "house"


class RejectionCause(StrEnum):
    """Everything for which a bid can be invalid."""

    BOND = "bond"
    SIGNATURE = "signature"
    QUALIFICATION = "qualification"
    NOT_RESPONSIVE = "not_responsive"
    PRICE_ABOVE_LIMIT = "price_above_limit"
    CONDITIONS = "conditions"
    CORRECTION_NOT_CONFIRMED = "correction_not_confirmed"
    LOW_PRICE_NOT_PROVED = "low_price_not_proved"
    COLLUSION = "collusion"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of a list: its words, its article, who finds it, and whether it needs a clause."""

    zh: str
    en: str
    article: Article
    finder: Finder
    needs_clause: bool = False


REJECTIONS: Final[Mapping[RejectionCause, Reason]] = {
    RejectionCause.BOND: Reason(
        "未按招标文件规定提交投标保证金",
        "The bid bond was not given as the documents ask",
        REGULATION_33,
        Finder.PURCHASER,
    ),
    RejectionCause.SIGNATURE: Reason(
        "投标文件未按招标文件要求签署、盖章",
        "The bid is not signed or sealed as the documents ask",
        ORDER_87_63,
        Finder.PANEL,
    ),
    RejectionCause.QUALIFICATION: Reason(
        "不具备招标文件规定的资格要求",
        "The bidder does not meet the qualification that the documents ask for",
        ORDER_87_63,
        Finder.PURCHASER,
        needs_clause=True,
    ),
    RejectionCause.NOT_RESPONSIVE: Reason(
        "未实质性响应招标文件的要求",
        "The bid does not respond to a substantive requirement of the documents",
        ORDER_87_50,
        Finder.PANEL,
        needs_clause=True,
    ),
    RejectionCause.PRICE_ABOVE_LIMIT: Reason(
        "报价超过招标文件规定的预算金额或者最高限价",
        "The price is above the budget or the ceiling in the documents",
        ORDER_87_63,
        Finder.HOUSE,
    ),
    RejectionCause.CONDITIONS: Reason(
        "投标文件含有采购人不能接受的附加条件",
        "The bid holds conditions that the purchaser cannot accept",
        ORDER_87_63,
        Finder.PANEL,
        needs_clause=True,
    ),
    RejectionCause.CORRECTION_NOT_CONFIRMED: Reason(
        "投标人不确认修正后的报价",
        "The bidder does not confirm its corrected price",
        ORDER_87_59,
        Finder.PANEL,
    ),
    RejectionCause.LOW_PRICE_NOT_PROVED: Reason(
        "报价异常低，供应商未能在规定时间内证明其合理性",
        "The price is abnormally low and was not justified in the time given",
        LOW_PRICE_NOTICE,
        Finder.PANEL,
    ),
    RejectionCause.COLLUSION: Reason(
        "视为投标人串通投标",
        "The bids are deemed collusive",
        ORDER_87_37,
        Finder.PANEL,
        needs_clause=True,
    ),
    RejectionCause.OTHER: Reason(
        "法律、法规或者招标文件规定的其他投标无效情形",
        "Another case of invalidity that the law or the documents state",
        ORDER_87_63,
        Finder.PANEL,
        needs_clause=True,
    ),
}


BY_PROCEDURE: Final = frozenset(
    {RejectionCause.CORRECTION_NOT_CONFIRMED, RejectionCause.LOW_PRICE_NOT_PROVED}
)
"""Causes that follow from a question and its answer; no member chooses them from a list."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A bid found invalid: the cause, and the clause of the documents or the law it rests on."""

    bid: BidNumber
    cause: RejectionCause
    clause: str = ""

    def words(self, language: str) -> str:
        """The cause in "zh" or "en", with its clause and its article, for report and bidder."""
        reason = REJECTIONS[self.cause]
        cited = reason.article.cite(language)
        if language == "zh":
            clause = f"：{self.clause}" if self.clause else ""
            return f"{reason.zh}{clause}（{cited}）"
        clause = f": {self.clause}" if self.clause else ""
        return f"{reason.en}{clause} ({cited})"


def reject(bid: BidNumber, cause: RejectionCause, *, clause: str = "") -> Rejection:
    """Find a bid invalid. `BadInput` "clause-missing" where the cause asks for its clause."""
    clause = clause.strip()
    if REJECTIONS[cause].needs_clause and not clause:
        raise _clause_missing(
            "请写明所依据的招标文件条款或者法律条文",
            "Name the clause of the documents or of the law that this rests on",
        )
    return Rejection(bid, cause, clause)


class CancelReason(StrEnum):
    """Everything for which a tender is cancelled (废标)."""

    FEW_QUALIFIED = "few_qualified"
    FEW_RESPONSIVE = "few_responsive"
    VIOLATION = "violation"
    ALL_ABOVE_BUDGET = "all_above_budget"
    TASK_CANCELLED = "task_cancelled"


CANCELLATIONS: Final[Mapping[CancelReason, Reason]] = {
    CancelReason.FEW_QUALIFIED: Reason(
        "通过资格审查的投标人不足三家，不得评标",
        "Fewer than three bidders are qualified: there is no evaluation",
        ORDER_87_44,
        Finder.HOUSE,
    ),
    CancelReason.FEW_RESPONSIVE: Reason(
        "对招标文件作实质响应的投标人不足三家",
        "Fewer than three bids respond to the documents in substance",
        LAW_36,
        Finder.HOUSE,
    ),
    CancelReason.VIOLATION: Reason(
        "出现影响采购公正的违法、违规行为",
        "Breaches of law or rules affect the fairness of the procurement",
        LAW_36,
        Finder.PURCHASER,
        needs_clause=True,
    ),
    CancelReason.ALL_ABOVE_BUDGET: Reason(
        "投标人的报价均超过采购预算，采购人不能支付",
        "All prices are above the budget and the purchaser cannot pay",
        LAW_36,
        Finder.PURCHASER,
    ),
    CancelReason.TASK_CANCELLED: Reason(
        "因重大变故，采购任务取消",
        "A major change of circumstances cancelled the procurement",
        LAW_36,
        Finder.PURCHASER,
        needs_clause=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The tender ends without a winner; every bidder is told the reason (notice of cancellation).

    `left` is how many bids remained where a count is the reason; `clause` what exactly happened
    where the reason asks for it.
    """

    reason: CancelReason
    left: int | None = None
    clause: str = ""

    def words(self, language: str) -> str:
        """The reason in "zh" or "en", with its count or its clause, and its article."""
        row = CANCELLATIONS[self.reason]
        cited = row.article.cite(language)
        if language == "zh":
            count = "" if self.left is None else f"，现有 {self.left} 家"
            clause = f"：{self.clause}" if self.clause else ""
            return f"{row.zh}{count}{clause}（{cited}）"
        count = "" if self.left is None else f"; {self.left} left"
        clause = f": {self.clause}" if self.clause else ""
        return f"{row.en}{count}{clause} ({cited})"


def cancel(reason: CancelReason, *, clause: str = "") -> Cancelled:
    """Cancel a tender for a reason that is not a count.

    `BadInput` "clause-missing" where the reason asks what happened, "count-decides" for the two
    reasons that nobody may choose: they follow from the number of bids.
    """
    clause = clause.strip()
    row = CANCELLATIONS[reason]
    if row.finder is Finder.HOUSE:
        raise BadInput(
            "count-decides",
            zh="此项废标理由由有效投标的数量决定，不能选择",
            en="This reason follows from the number of bids; nobody chooses it",
            article=row.article,
        )
    if row.needs_clause and not clause:
        raise _clause_missing("请写明具体情况", "Say what happened")
    return Cancelled(reason, clause=clause)


def cancelled_if_few(left: int, *, reason: CancelReason, fewest: int = 3) -> Cancelled | None:
    """The cancellation when fewer than `fewest` bids are left; `fewest` itself is enough."""
    return Cancelled(reason, left) if left < fewest else None


def _clause_missing(zh: str, en: str) -> BadInput:
    return BadInput(
        "clause-missing", zh=zh, en=en, article=REASONS_IN_WRITING, fields={"clause": (zh, en)}
    )
