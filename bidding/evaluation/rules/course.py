"""What may break the course of an evaluation: a rest, a substitute, a winner that falls out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bidding.rulebook.articles import ORDER_87_49, REGULATION_49
from market.kernel.clock import aware
from market.kernel.errors import BadInput, Refusal
from market.kernel.law import platform_rule

POSTPONING: Final = platform_rule("评审的推迟", "Postponing an evaluation")
LONGEST_REST: Final = timedelta(days=30)
WORDS_LIMIT: Final = 1000
"""Characters of a reason."""


class PostponementReason(StrEnum):
    """Why an evaluation rests; nothing else lets it."""

    PANEL_SHORT = "panel_short"
    SYSTEM_DOWN = "system_down"
    DISASTER = "disaster"
    CHALLENGE = "challenge"
    TOO_LONG = "too_long"


POSTPONEMENTS: Final[Mapping[PostponementReason, tuple[str, str]]] = {
    PostponementReason.PANEL_SHORT: (
        "评标委员会人员不齐，正在补抽",
        "The panel is not complete; a substitute is being drawn",
    ),
    PostponementReason.SYSTEM_DOWN: (
        "系统故障，暂时无法评审",
        "The system is down and nobody can evaluate",
    ),
    PostponementReason.DISASTER: ("自然灾害或者公共事件", "A disaster or a public emergency"),
    PostponementReason.CHALLENGE: (
        "质疑或者投诉处理期间依法暂停",
        "The law suspends it while a challenge or complaint is handled",
    ),
    PostponementReason.TOO_LONG: (
        "当日未能评完，次日继续",
        "It could not be finished today and goes on another day",
    ),
}


def refuse_unless_rest(now: datetime, until: datetime) -> None:
    """Go on only for an end that is later than now and at most thirty days away, its edge too.

    `BadInput` "rest-wrong".
    """
    if not aware(now) < aware(until) <= now + LONGEST_REST:
        days = LONGEST_REST.days
        words = (
            f"恢复时间应晚于现在，且不超过{days}天",
            f"It goes on later than now and within {days} days",
        )
        raise BadInput(
            "rest-wrong", zh=words[0], en=words[1], article=POSTPONING, fields={"until": words}
        )


def refuse_while_resting(now: datetime, until: datetime | None) -> None:
    """Refuse (`evaluation-postponed`) the panel's work before the evaluation goes on."""
    if until is not None and aware(now) < until:
        raise Refusal(
            "evaluation-postponed",
            zh="评审已推迟，到时自动恢复；已填内容都已保存",
            en="The evaluation is postponed and goes on by itself; what was typed is kept",
            article=POSTPONING,
        )


class ReplacementReason(StrEnum):
    """Why a member of the panel is replaced while the evaluation runs (Order 87, article 49)."""

    ABSENT = "absent"
    RECUSED = "recused"
    HEALTH = "health"


REPLACEMENTS: Final[Mapping[ReplacementReason, tuple[str, str]]] = {
    ReplacementReason.ABSENT: ("缺席", "absent"),
    ReplacementReason.RECUSED: ("回避", "recused"),
    ReplacementReason.HEALTH: ("健康原因", "for reasons of health"),
}


def refuse_after_lock(*, is_locked: bool) -> None:
    """Refuse (`replacement-too-late`) a substitute once names and prices are known to the panel."""
    if is_locked:
        raise Refusal(
            "replacement-too-late",
            zh="全部评分已锁定并揭示投标人，不能再更换评审成员；应报告监督部门处理",
            en="All sheets are locked and the bidders are known: no member is replaced any more; "
            "report to the supervisor",
            article=ORDER_87_49,
        )


def written_reason(text: str) -> str:
    """A reason as it is kept; `BadInput` "reason-missing" when empty or too long."""
    text = text.strip()
    if not text or len(text) > WORDS_LIMIT:
        words = (
            f"请写明具体情况，不超过{WORDS_LIMIT}字",
            f"State what happened, in at most {WORDS_LIMIT} characters",
        )
        raise BadInput("reason-missing", zh=words[0], en=words[1], fields={"words": words})
    return text


def next_in_order(ranked: Sequence[str], out: Collection[str]) -> str:
    """The table number whose turn it is after those that fell out; "no-candidate-left"."""
    for number in ranked:
        if number not in out:
            return number
    raise Refusal(
        "no-candidate-left",
        zh="没有可以依次确定的候选人，应当重新开展采购活动",
        en="No candidate is left in the order: the procurement starts again",
        article=REGULATION_49,
    )
