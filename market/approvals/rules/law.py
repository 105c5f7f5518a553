"""Periods of approvals (P01 to P07) with their articles: Administrative Licensing Law.

The first day does not count; all periods are working days (art. 82). A department may promise
less than the law gives, never more.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from market.kernel.law import Article, Dated, Standing, in_force, platform_rule

_SINCE: Final = date(2004, 7, 1)


def _licensing(number: str, arabic: int) -> Article:
    return Article(f"行政许可法第{number}条", f"Administrative Licensing Law art. {arabic}")


ACCEPTANCE: Final = _licensing("三十二", 32)
"""Correction once, within five working days, otherwise accepted; a dated, sealed receipt."""
DECISION: Final = _licensing("四十二", 42)
"""Twenty working days, ten more with the head's approval; jointly forty-five and fifteen."""
DELIVERY: Final = _licensing("四十四", 44)
NOT_COUNTED: Final = _licensing("四十五", 45)
"""Hearing, inspection, test, expert review and the like; the applicant is told in writing."""
WORKING_DAYS: Final = _licensing("八十二", 82)
REASONS: Final = Article(
    "行政许可法第三十八条", "Administrative Licensing Law art. 38", Standing.MEMORY
)
"""A refusal gives its reasons and says where it can be contested."""
OPEN_TO_ALL: Final = Article(
    "行政许可法第三十条", "Administrative Licensing Law art. 30", Standing.MEMORY
)
"""Items, conditions, periods and materials are shown to everybody."""
LEGAL_BASIS: Final = Article(
    "优化营商环境条例第四十三条", "Business Environment Regulation art. 43"
)
"""An intermediary's service is a condition only where law, regulation or the State Council says so.
"""
AFTER_CORRECTION: Final = platform_rule(
    "材料补齐后同样在五个工作日内受理，逾期视为自补齐之日起受理",
    "After a correction the same five working days count from the day all was supplied",
)
PROMISE: Final = platform_rule(
    "承诺时限不得长于法定时限", "What is promised is never longer than the law"
)
ONE_NUMBER: Final = platform_rule(
    "一个项目、一个编号；同一事项同时只办一件",
    "One project, one number; one case at a time for each item",
)
ORDERLY_ITEMS: Final = platform_rule(
    "审批事项由经办人提出、负责人核准", "An item is put forward by a clerk and approved by the head"
)
ORDERLY_CASES: Final = platform_rule("审批办件规则", "Rules of approval cases")
TOLD_TIME: Final = platform_rule(
    "不计时的期间以书面告知的时间为限",
    "Time that is not counted ends, at the latest, when the applicant was told",
)
SILENCE: Final = platform_rule(
    "超时默许：事项规定逾期视为同意的", "Silence is consent where the item says so"
)
CONSOLIDATED: Final = platform_rule(
    "审查意见一次性汇总提出", "Opinions are given once for each round, all together"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of law for one case, in working days.

    `decision` and `extension` are the most that the law gives, jointly handled or not.
    """

    correction: int
    decision: int
    extension: int
    joint_decision: int
    joint_extension: int
    delivery: int


CORRECTION_DAYS: Final = (Dated(5, ACCEPTANCE, _SINCE),)
DECISION_DAYS: Final = (Dated(20, DECISION, _SINCE),)
EXTENSION_DAYS: Final = (Dated(10, DECISION, _SINCE),)
JOINT_DECISION_DAYS: Final = (Dated(45, DECISION, _SINCE),)
JOINT_EXTENSION_DAYS: Final = (Dated(15, DECISION, _SINCE),)
DELIVERY_DAYS: Final = (Dated(10, DELIVERY, _SINCE),)

PERIODS: Final = {
    "P01": ("受理或一次性告知补正", "acceptance, or correction named once", CORRECTION_DAYS),
    "P02": ("作出决定", "decision", DECISION_DAYS),
    "P02.extension": ("经负责人批准延长", "extension by the head", EXTENSION_DAYS),
    "P03": ("统一、联合、集中办理的决定", "decision handled jointly", JOINT_DECISION_DAYS),
    "P03.extension": ("联合办理的延长", "extension handled jointly", JOINT_EXTENSION_DAYS),
    "P05": ("送达决定", "delivery of the decision", DELIVERY_DAYS),
}
"""Every number of this room by its id, with its names; all are working days at most."""


def limits(on: date) -> Limits:
    """The numbers in force on a legal day."""
    return Limits(
        *(
            in_force(versions, on).value
            for versions in (
                CORRECTION_DAYS,
                DECISION_DAYS,
                EXTENSION_DAYS,
                JOINT_DECISION_DAYS,
                JOINT_EXTENSION_DAYS,
                DELIVERY_DAYS,
            )
        )
    )
