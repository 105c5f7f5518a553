"""What the rules of selection rest on, and the numbers a municipality may set.

No statute fixes how a supermarket chooses. Rules that cities and provinces publish are cited as
such; what none of them says is a rule of this platform.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from intermediaries.rulebook.periods import SINCE
from intermediaries.rulebook.selection.modes import Mode
from market.kernel.errors import Refusal
from market.kernel.law import Article, Dated, platform_rule
from market.kernel.money import Money

HAIZHOU: Final = Article(
    "连云港市海州区网上中介超市选取规则",
    "Selection rules of the intermediary supermarket of Haizhou, Lianyungang",
)
GUANGDONG: Final = Article(
    "广东省网上中介服务超市选取方式简介（2021年）",
    "Guangdong intermediary supermarket, modes of selection (2021)",
)

THRESHOLD: Final = platform_rule(
    "财政资金达到限额的选取方式", "Modes for fiscal funds from the threshold on"
)
DIRECT_CAP: Final = platform_rule("直接选取的限额", "Cap of the direct choice")
FISCAL_DIRECT: Final = platform_rule(
    "财政资金是否可以直接选取", "Whether fiscal funds may be given by direct choice"
)
FLOOR_RULE: Final = platform_rule("最低限价须由本市允许", "A lowest price needs the city's leave")
AVERAGE_RULE: Final = platform_rule("均价选取规则", "Rule of the average price")
ROUNDS_RULE: Final = platform_rule("多轮竞价规则", "Rule of bidding in rounds")
LOTS_RULE: Final = platform_rule(
    "号数与信用分成正比，A级加倍", "Lots are proportional to credit, doubled at level A"
)
OWNER_SILENT: Final = platform_rule(
    "业主逾期不选的，按抽取次序取第一名",
    "When the owner does not pick in time, the first in drawn order is chosen",
)
PANEL_RULE: Final = platform_rule(
    "方案评审人员不少于3人，外部人员不少于三分之二",
    "At least three reviewers, two thirds of them from outside",
)
REVIEWERS_RULE: Final = platform_rule(
    "方案评审满10个工作日仍无齐备评审人员的，选取失败，可重新发起",
    "Without all its reviewers for ten working days a choice by scheme fails and may begin again",
)
REVIEWERS_DAYS: Final = 10
"""Working days that a choice by scheme waits for reviewers."""
CITY_LEAST: Final = platform_rule(
    "本市规定的财政资金有效报名家数", "Valid enrolments that this city asks for with fiscal funds"
)
LAPSE_RULE: Final = platform_rule(
    "因守时人或抽取方原因，开启时间（多轮、信用择优为决定时间）后满15日仍不能开启或抽取的，本次选取终止，可重新发起",
    "A choice that timekeepers or drawing parties keep from its opening or its draw for fifteen"
    " days (in rounds or by credit from the moment that decides) ends and may begin again",
)
TERMS_FIT: Final = platform_rule(
    "选取参数与选取方式相符", "The parameters of a notice fit its mode"
)
ONE_ONLY: Final = platform_rule("直接选取只有一家", "A direct choice names exactly one agency")
NO_QUOTE: Final = platform_rule(
    "无有效报名的，选取失败", "Without a valid enrolment the selection fails"
)


RULES: Final = MappingProxyType(
    {
        Mode.DIRECT: HAIZHOU,
        Mode.RANDOM: HAIZHOU,
        Mode.LOWEST: HAIZHOU,
        Mode.AVERAGE: AVERAGE_RULE,
        Mode.REFPRICE: HAIZHOU,
        Mode.MULTIROUND: ROUNDS_RULE,
        Mode.CREDIT: GUANGDONG,
        Mode.SCHEME: GUANGDONG,
    }
)
"""Where each mode comes from, for whoever shows an outcome."""

FISCAL_LEAST: Final = (Dated(3, HAIZHOU, SINCE),)
"""Valid enrolments with fiscal funds, at least."""
TWO_LEAST: Final = (Dated(2, GUANGDONG, SINCE),)
"""Valid enrolments where credit or schemes decide, at least."""
AVERAGE_LEAST: Final = (Dated(3, AVERAGE_RULE, SINCE),)
"""Quotes without which an average means nothing."""
ROUNDS_LEAST: Final = (Dated(2, ROUNDS_RULE, SINCE),)
"""Agencies without whom nobody outbids anybody."""
DIRECT_MAX: Final = Money(3_000_000)
FISCAL_THRESHOLD: Final = Money(10_000_000)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the municipality sets.

    `direct_max`: highest ceiling of a direct choice, included. `fiscal_threshold`: from this
    ceiling on, included, fiscal funds take an open mode. `min_quotes`: valid enrolments needed
    with fiscal funds, never below three. `allow_floor`: whether a notice may set a lowest price.
    `fiscal_direct`: whether fiscal funds may be given by direct choice at all. `article`: the
    city's paper that says so, None for the platform's own numbers.
    """

    direct_max: Money = DIRECT_MAX
    fiscal_threshold: Money = FISCAL_THRESHOLD
    min_quotes: int = FISCAL_LEAST[-1].value
    allow_floor: bool = False
    fiscal_direct: bool = True
    article: Article | None = None

    def __post_init__(self) -> None:
        least = FISCAL_LEAST[-1]
        if self.min_quotes < least.value:
            raise Refusal(
                "looser-than-law",
                zh=f"财政资金项目的有效报名不能少于{least.value}家",
                en=f"Fiscal funds need at least {least.value} valid enrolments",
                article=least.article,
            )
