"""A city's rules of choosing as a table of states, and which of them holds on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from intermediaries.rulebook.selection.sources import Settings
from market.kernel.errors import Refusal
from market.kernel.law import platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table

QUOTES_MOST: Final = 20
"""More valid enrolments than this are no condition but an obstacle."""


class RuleState(StrEnum):
    """How far a set of rules has come."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    DROPPED = "dropped"


class RuleAction(StrEnum):
    """What may happen to a set of rules."""

    ADOPT = "adopt"
    DROP = "drop"


TWO_PERSONS: Final = platform_rule(
    "选取规则由一人提出、管理机构另一人核准",
    "Rules of choosing are put forward by one person and adopted by another of the management"
    " office",
)
KNOWN_BEFORE: Final = platform_rule(
    "选取规则自公布次日起方可施行",
    "A rule of choosing holds from the day after its publication at the earliest",
)

_S, _A, _P = RuleState, RuleAction, Permission
RULE_TABLE: Final = Table(
    "city-rule",
    start=_S.PROPOSED,
    moves=(
        Move(_S.PROPOSED, _A.ADOPT, _S.ADOPTED, _P.CITYRULES_RULE_ADOPT, TWO_PERSONS),
        Move(_S.PROPOSED, _A.DROP, _S.DROPPED, _P.CITYRULES_RULE_PROPOSE, TWO_PERSONS),
    ),
)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One set of rules that was adopted: what it sets, from which day, and where it is written."""

    first_day: date
    settings: Settings
    document: str
    paper: str
    adopted_at: datetime


def holding(adopted: Iterable[RuleLine], day: date) -> RuleLine | None:
    """The rules that hold on a day: begun by then, the latest; None before the first.

    The first day itself is included. Of two that begin on one day the one adopted later holds.
    """
    begun = [line for line in adopted if line.first_day <= day]
    return max(begun, key=lambda line: (line.first_day, line.adopted_at), default=None)


def refuse_unless_known_before(first_day: date, today: date) -> None:
    """Go on only with a first day after `today`, the legal day; `Refusal` "first-day-past".

    Whoever publishes on a day can then read in the morning what holds until midnight.
    """
    if first_day <= today:
        words = (
            "须晚于今天：规则公布后次日起方可施行",
            "After today: a rule is known before it holds",
        )
        raise Refusal(
            "first-day-past",
            zh=f"施行日期{words[0]}",
            en=f"The first day is {words[1].lower()}",
            article=KNOWN_BEFORE,
            fields={"first_day": words},
        )
