"""The terms of one selection, as its notice published them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, NoReturn

from intermediaries.rulebook.periods import SINCE
from intermediaries.rulebook.selection.modes import NAMES, Funds, Mode, Unit
from intermediaries.rulebook.selection.scheme_plan import SchemePlan
from intermediaries.rulebook.selection.sources import FISCAL_LEAST, TERMS_FIT
from market.kernel.errors import BadInput
from market.kernel.law import in_force
from market.kernel.money import Money

ROUNDS: Final = 3
ROUND_MINUTES: Final = 3
SCHEME_WEIGHT: Final = 60
"""Points of the scheme where the notice says nothing else."""
FULL: Final = 100
LIST_LEAST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a notice fixes, all of it before anybody enrols.

    `ceiling` and `floor` (None for none) are both still inside. `fixed`: the owner's price where
    agencies name none. `named`, `reason`: whom the owner names in a direct choice, and its written
    reason. `list_size` and `short_size`: L and S of a choice by credit, `choose_by`
    the last moment for the owner's pick, included. `rounds_from`: when bidding in rounds begins.
    `scheme_weight`: points of the scheme, the rest of 100 is the price's; `scheme`: by which
    criteria and reviewers they are given. `min_quotes`: valid
    enrolments that fiscal funds ask for. `published`: the legal day of the notice, whose rules
    hold. `BadInput` "terms-misfit" for parameters that do not fit the mode.
    """

    subject: str
    mode: Mode
    funds: Funds
    ceiling: Money
    published: date
    round: int = 1
    floor: Money | None = None
    fixed: Money | None = None
    unit: Unit = Unit.YUAN
    min_quotes: int = FISCAL_LEAST[-1].value
    list_size: int | None = None
    short_size: int | None = None
    choose_by: datetime | None = None
    rounds_from: datetime | None = None
    scheme_weight: int | None = None
    scheme: SchemePlan | None = None
    named: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.ceiling.fen <= 0 or self.round < 1:
            _misfit("最高限价应大于零", "the ceiling is above zero")
        if self.floor is not None and not 0 < self.floor.fen <= self.ceiling.fen:
            _misfit("最低限价应大于零且不高于最高限价", "a lowest price lies in (0, ceiling]")
        if self.fixed is not None and not self.is_within(self.fixed):
            _misfit("固定价应在限价之内", "a fixed price lies between the limits")
        if self.published < SINCE:
            _misfit("公告日期早于规则生效", "the notice is older than its rules")
        least = in_force(FISCAL_LEAST, self.published).value
        if self.min_quotes < least:
            _misfit(f"财政资金的有效报名不能少于{least}家", f"fiscal funds need {least} enrolments")
        self._check_own()

    @property
    def rounds_until(self) -> datetime | None:
        """The end of the last round, still inside it."""
        if self.rounds_from is None:
            return None
        return self.rounds_from + timedelta(minutes=ROUNDS * ROUND_MINUTES)

    def is_within(self, price: Money) -> bool:
        """Whether a price lies between the limits, both of which are inside."""
        return (self.floor or Money(1)) <= price <= self.ceiling

    def _check_own(self) -> None:
        """Each mode has its own parameters, all of them, and no other's."""
        mode, name = self.mode, NAMES[self.mode]
        for member, (zh, en, needing, allowing) in _OWN.items():
            held = getattr(self, member)
            is_there = bool(held.strip()) if isinstance(held, str) else held is not None
            if mode in needing and not is_there:
                _misfit(f"{name[0]}须写明{zh}", f"{name[1]} needs {en}")
            if mode not in needing | allowing and held is not None:
                _misfit(f"{name[0]}没有{zh}", f"{name[1]} has no {en}")
        if self.list_size is not None and self.short_size is not None:
            fits = self.list_size >= LIST_LEAST and 1 <= self.short_size <= self.list_size
            if not fits:
                _misfit(
                    "名单不少于2家，入围不少于1家且不多于名单",
                    "the list has two or more, the short list one or more of them",
                )
        if self.scheme_weight is not None and not 0 < self.scheme_weight < FULL:
            _misfit("方案分值应在0与100之间", "the scheme's points lie between 0 and 100")
        if self.scheme is not None:
            self.scheme.refuse_unless_worth(self.scheme_weight or 0)


_NOBODY: Final = frozenset[Mode]()
_OWN: Final = MappingProxyType(
    {
        "fixed": (
            "业主定价",
            "price set by the owner",
            frozenset({Mode.RANDOM}),
            frozenset({Mode.DIRECT, Mode.CREDIT}),
        ),
        "list_size": ("名单家数", "size of the list", frozenset({Mode.CREDIT}), _NOBODY),
        "short_size": (
            "入围家数",
            "size of the short list",
            frozenset({Mode.CREDIT}),
            _NOBODY,
        ),
        "choose_by": ("选定期限", "limit for picking", frozenset({Mode.CREDIT}), _NOBODY),
        "rounds_from": (
            "竞价开始时间",
            "start of the rounds",
            frozenset({Mode.MULTIROUND}),
            _NOBODY,
        ),
        "scheme_weight": (
            "方案分值",
            "points of the scheme",
            frozenset({Mode.SCHEME}),
            _NOBODY,
        ),
        "scheme": ("方案评审设置", "plan of the review", _NOBODY, frozenset({Mode.SCHEME})),
        "named": ("指名的中介", "agency named", frozenset({Mode.DIRECT}), _NOBODY),
        "reason": ("书面理由", "written reason", frozenset({Mode.DIRECT}), _NOBODY),
    }
)
"""Parameters of some modes: their names, the modes that need one, and those that may have it."""


def _misfit(zh: str, en: str) -> NoReturn:
    raise BadInput(
        "terms-misfit",
        zh=f"选取参数不符：{zh}",
        en=f"The terms do not fit: {en}",
        article=TERMS_FIT,
    )
