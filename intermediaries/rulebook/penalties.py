"""What costs an agency credit, how many points, and what each level of credit allows.

The acts are those of published lists of negative behaviour; the points and levels are rules of
this platform. Every number stands with the day from which it holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from intermediaries.rulebook.periods import SINCE
from market.kernel.errors import BadInput
from market.kernel.law import Dated, in_force, platform_rule


class Act(StrEnum):
    """An act that costs credit."""

    GIVES_UP = "gives_up"
    CHARGES_MORE = "charges_more"
    BREAKS_CONTRACT = "breaks_contract"
    BELOW_STANDARD = "below_standard"
    OVERDUE = "overdue"
    QUALIFICATION_CHANGED = "qualification_changed"
    FORGERY = "forgery"
    REFUSES_INSPECTION = "refuses_inspection"
    NOT_FILED = "not_filed"

    @property
    def zh(self) -> str:
        """The act in Chinese."""
        return _NAMES[self][0]

    @property
    def en(self) -> str:
        """The act in English."""
        return _NAMES[self][1]


class Level(StrEnum):
    """The level of credit."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a level allows: lots counted so many times, shown first, so many projects at once."""

    lots: int
    is_shown_first: bool
    most_running: int | None


@dataclass(frozen=True, slots=True)
class CreditRules:
    """All numbers of credit; months are calendar months, points whole."""

    base: int
    least: int
    most: int
    points: Mapping[Act, int]
    overdue_a_day: int
    overdue_days: int
    half_after: int
    gone_after: int
    floors: tuple[tuple[Level, int], ...]
    rights: Mapping[Level, Rights]
    suspension_months: int
    give_ups: int
    give_up_months: int
    give_up_suspension_months: int
    ban_months: int
    statement_days: int
    decision_days: int
    appeal_days: int
    answer_days: int


CREDIT: Final = (
    Dated(
        CreditRules(
            base=100,
            least=0,
            most=120,
            points=MappingProxyType(
                {
                    Act.GIVES_UP: 10,
                    Act.CHARGES_MORE: 20,
                    Act.BREAKS_CONTRACT: 10,
                    Act.BELOW_STANDARD: 10,
                    Act.OVERDUE: 10,
                    Act.QUALIFICATION_CHANGED: 5,
                    Act.FORGERY: 60,
                    Act.REFUSES_INSPECTION: 20,
                    Act.NOT_FILED: 2,
                }
            ),
            overdue_a_day=1,
            overdue_days=10,
            half_after=12,
            gone_after=24,
            floors=((Level.A, 95), (Level.B, 80), (Level.C, 60)),
            rights=MappingProxyType(
                {
                    Level.A: Rights(lots=2, is_shown_first=True, most_running=None),
                    Level.B: Rights(lots=1, is_shown_first=False, most_running=None),
                    Level.C: Rights(lots=1, is_shown_first=False, most_running=3),
                    # After its suspension nobody stands better than at C.
                    Level.D: Rights(lots=1, is_shown_first=False, most_running=3),
                }
            ),
            suspension_months=3,
            give_ups=3,
            give_up_months=12,
            give_up_suspension_months=6,
            ban_months=24,
            statement_days=5,
            decision_days=5,
            appeal_days=10,
            answer_days=10,
        ),
        platform_rule("信用评价规则", "rules of credit"),
        SINCE,
    ),
)


def credit_rules(on: date) -> CreditRules:
    """The rules in force on a day."""
    return in_force(CREDIT, on).value


def weight_of(act: Act, rules: CreditRules, overdue_days: int = 0) -> int:
    """The points an act costs; `overdue_days` working days late, for that act alone.

    A point for each of the first ten working days, ten for more. `BadInput` "overdue-days" where
    the days do not fit the act.
    """
    if (act is Act.OVERDUE) != (overdue_days > 0):
        raise BadInput(
            "overdue-days",
            zh="逾期须写明逾期的工作日数，其他行为不写",
            en="Being overdue has its number of working days, and no other act has one",
        )
    if act is Act.OVERDUE and overdue_days <= rules.overdue_days:
        return overdue_days * rules.overdue_a_day
    return rules.points[act]


def level_of(score: Fraction, rules: CreditRules) -> Level:
    """A from 95, B from 80, C from 60, else D."""
    return next((level for level, floor in rules.floors if score >= floor), Level.D)


_NAMES: Final[dict[Act, tuple[str, str]]] = {
    Act.GIVES_UP: ("中选后放弃或逾期不签约", "gives up after winning, or does not sign in time"),
    Act.CHARGES_MORE: ("抬价或额外收费", "raises the price or charges extra"),
    Act.BREAKS_CONTRACT: ("违反公告或合同约定", "breach of notice or contract"),
    Act.BELOW_STANDARD: ("成果不合格被退回", "work below standard, returned by the department"),
    Act.OVERDUE: ("无正当理由逾期", "overdue without reason"),
    Act.QUALIFICATION_CHANGED: (
        "资质过期或变更未报",
        "expired or unreported change of qualification",
    ),
    Act.FORGERY: ("出具虚假报告、材料造假、串通、行贿", "forged report, collusion or bribery"),
    Act.REFUSES_INSPECTION: ("拒绝检查", "refuses inspection"),
    Act.NOT_FILED: ("180日内未评价或未备案", "no ratings or filing in 180 days"),
}
