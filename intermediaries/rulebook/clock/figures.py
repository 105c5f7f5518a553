"""The clock's own numbers with their sources, in working hours: how long silence, pauses, turns.

All are rules of this platform. A case keeps the numbers of the day on which it began.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from intermediaries.rulebook.periods import (
    NO_LOCAL_PERIODS,
    OWNER_ACCEPTANCE,
    SINCE,
    LocalPeriods,
    length,
)
from market.kernel.law import Dated, in_force, platform_rule
from market.kernel.workhours import HOUR, WORKING_DAY

INPUT_SILENCE: Final = (
    Dated(
        WORKING_DAY,
        platform_rule(
            "资料送达1个工作日内未提出异议的，视为齐全",
            "inputs without objection for a working day count as complete",
        ),
        SINCE,
    ),
)
PAUSE: Final = (
    Dated(
        20 * WORKING_DAY,
        platform_rule(
            "每次暂停最长20个工作日，期满自动恢复",
            "a pause lasts 20 working days at most and then ends by itself",
        ),
        SINCE,
    ),
)
OBJECTION: Final = (
    Dated(
        2 * WORKING_DAY,
        platform_rule(
            "时段结束后2个工作日内可提出归责异议",
            "objections to a stretch within 2 working days of its end",
        ),
        SINCE,
    ),
)
RULING: Final = (
    Dated(
        3 * WORKING_DAY,
        platform_rule(
            "中心管理办3个工作日内裁定归责异议",
            "the management office rules within 3 working days",
        ),
        SINCE,
    ),
)
EXPERT_ALLOWANCE: Final = (
    Dated(
        24 * HOUR,
        platform_rule("专家评审默认24个工作小时", "24 working hours for experts by default"),
        SINCE,
    ),
)
REVISION: Final = (
    Dated(
        24 * HOUR,
        platform_rule("每轮修改24个工作小时", "24 working hours for each round of revision"),
        SINCE,
    ),
)
ROUNDS: Final = (
    Dated(
        2,
        platform_rule(
            "修改最多两轮，第三轮起预警", "two rounds of revision; from the third a warning"
        ),
        SINCE,
    ),
)


@dataclass(frozen=True, slots=True)
class ClockRules:
    """What holds for one case, all in working time except the number of rounds."""

    input_silence: timedelta
    owner_silence: timedelta
    pause: timedelta
    objection: timedelta
    ruling: timedelta
    revision: timedelta
    rounds: int


def rules_on(day: date, local: LocalPeriods = NO_LOCAL_PERIODS) -> ClockRules:
    """The numbers for a case that began on a day; the owner's time is period S09."""
    return ClockRules(
        input_silence=in_force(INPUT_SILENCE, day).value,
        owner_silence=length(OWNER_ACCEPTANCE, day, local) * WORKING_DAY,
        pause=in_force(PAUSE, day).value,
        objection=in_force(OBJECTION, day).value,
        ruling=in_force(RULING, day).value,
        revision=in_force(REVISION, day).value,
        rounds=in_force(ROUNDS, day).value,
    )
