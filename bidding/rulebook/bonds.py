"""Bid bonds: how high, in which denominations, back by when, and the only causes to keep one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from bidding.rulebook import engineering, platform_rules, procurement
from bidding.rulebook.due import Due, due
from bidding.rulebook.events import Event
from bidding.rulebook.numbers import NO_LOCAL_RULES, Bounds, LegalNumber, LocalRules, Measure
from bidding.rulebook.periods import Period
from bidding.rulebook.procedures import EngineeringKind
from bidding.rulebook.sources import (
    BIDDING_REGULATION,
    CONSTRUCTION_ORDER,
    PROCUREMENT_REGULATION,
    SURVEY_ORDER,
)
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import Track
from market.kernel.law import Article, Dated, Standing, platform_rule
from market.kernel.money import Money
from market.kernel.rounding import Rounding
from market.kernel.workdays import WorkCalendar

DENOMINATIONS: Final = tuple(
    Money.from_yuan(yuan) for yuan in ("0", "5000", "50000", "200000", "800000")
)
"""The amounts a bond can have: few, so that none of them names its tender. Zero is no bond."""


def _share(
    key: str, zh: str, en: str, most: Fraction, law: tuple[Article, date]
) -> LegalNumber[Fraction]:
    return LegalNumber(key, zh, en, Measure.SHARE, (Dated(Bounds(most, legal_max=most), *law),))


def _cap(key: str, zh: str, en: str, yuan: str, law: tuple[Article, date]) -> LegalNumber[Money]:
    most = Money.from_yuan(yuan)
    return LegalNumber(key, zh, en, Measure.MONEY, (Dated(Bounds(most, legal_max=most), *law),))


BID_BOND: Final[Mapping[Track, LegalNumber[Fraction]]] = MappingProxyType(
    {
        Track.GOVERNMENT: _share(
            "GP.bond_pct",
            "投标保证金占预算的最高比例",
            "highest bid bond, share of the budget",
            Fraction(2, 100),
            (PROCUREMENT_REGULATION.article(33), PROCUREMENT_REGULATION.since),
        ),
        Track.ENGINEERING: _share(
            "ENG.bond_pct",
            "投标保证金占估算价的最高比例",
            "highest bid bond, share of the estimate",
            Fraction(2, 100),
            (BIDDING_REGULATION.article(26), BIDDING_REGULATION.since),
        ),
    }
)
ENGINEERING_CAP: Final = _cap(
    "ENG.bond_cap",
    "投标保证金最高金额",
    "highest bid bond",
    "800000",
    (CONSTRUCTION_ORDER.remembered(37), CONSTRUCTION_ORDER.since),
)
SURVEY_CAP: Final = _cap(
    "ENG.survey_bond_cap",
    "勘察设计投标保证金最高金额",
    "highest bid bond for survey and design",
    "100000",
    (SURVEY_ORDER.remembered(), SURVEY_ORDER.since),
)
PERFORMANCE_BOND: Final[Mapping[Track, LegalNumber[Fraction]]] = MappingProxyType(
    {
        Track.GOVERNMENT: _share(
            "GP.performance_bond_pct",
            "履约保证金占合同金额的最高比例",
            "highest performance bond, share of the contract",
            Fraction(10, 100),
            (PROCUREMENT_REGULATION.article(48), PROCUREMENT_REGULATION.since),
        ),
        Track.ENGINEERING: _share(
            "ENG.performance_bond_pct",
            "履约保证金占合同金额的最高比例",
            "highest performance bond, share of the contract",
            Fraction(10, 100),
            (BIDDING_REGULATION.article(58), BIDDING_REGULATION.since),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The highest bond a tender may ask for, and the rule that sets it."""

    amount: Money
    key: str
    article: Article


def bond_ceiling(
    track: Track,
    budget: Money,
    on: date,
    *,
    local: LocalRules = NO_LOCAL_RULES,
    kind: EngineeringKind = EngineeringKind.CONSTRUCTION,
) -> Ceiling:
    """The ceiling for a tender published on a day; parts of a fen fall away.

    `budget` is the published budget in procurement, the estimated price in engineering, where
    `kind` decides on the cap besides. `BadInput` "no-bond-rule" for other tracks; `ValueError`
    for a budget below zero.
    """
    number = BID_BOND.get(track)
    if number is None:
        raise BadInput(
            "no-bond-rule",
            zh=f"{track.value}没有投标保证金上限规则",
            en=f"{track.value} has no rule for the ceiling of a bid bond",
        )
    if budget < Money(0):
        raise ValueError("a budget below zero")
    share = number.effective(on, local)
    ceiling = Ceiling(budget.times(share.value, Rounding.DOWN), number.key, share.article)
    if track is not Track.ENGINEERING:
        return ceiling
    caps = [ENGINEERING_CAP]
    if kind is EngineeringKind.SURVEY_OR_DESIGN:
        caps.append(SURVEY_CAP)
    for cap in caps:
        most = cap.effective(on, local)
        if most.value < ceiling.amount:
            ceiling = Ceiling(most.value, cap.key, most.article)
    return ceiling


def denomination_under(ceiling: Money, offered: Iterable[Money] = DENOMINATIONS) -> Money:
    """The largest offered denomination not above the ceiling; nothing where none fits.

    `offered` may be fewer: those for which enough organisations hold tokens.
    """
    return max((amount for amount in offered if amount <= ceiling), default=Money(0))


def refuse_unless_bond(amount: Money, ceiling: Ceiling) -> None:
    """Refuse a bond that is no denomination ("bond-not-offered") or above the ceiling.

    The second is "bond-above-ceiling", with the article of the ceiling.
    """
    if amount > ceiling.amount:
        raise Refusal(
            "bond-above-ceiling",
            zh=f"投标保证金{amount}元超过上限{ceiling.amount}元（{ceiling.key}）",
            en=f"A bid bond of {amount} yuan is above the ceiling of {ceiling.amount} yuan"
            f" ({ceiling.key})",
            article=ceiling.article,
        )
    if amount not in DENOMINATIONS:
        listed = "、".join(str(each) for each in DENOMINATIONS)
        raise Refusal(
            "bond-not-offered",
            zh=f"投标保证金只能是以下金额之一（元）：{listed}",
            en=f"A bid bond is one of these amounts in yuan: {listed.replace('、', '; ')}",
            article=platform_rule("保证金面额统一", "bonds have common denominations"),
        )


# --- Back by when ---------------------------------------------------------------------------------


class ReturnCause(StrEnum):
    """Why a bond goes back. Each counts from its own event, named in `return_due`."""

    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    NO_CANDIDATE = "no_candidate"
    LOST = "lost"
    WON = "won"


_RETURNS: Final[Mapping[tuple[Track, ReturnCause], tuple[Period, Event]]] = MappingProxyType(
    {
        (Track.GOVERNMENT, ReturnCause.WITHDRAWN): (
            procurement.WITHDRAWN_REFUND,
            Event.WITHDRAWAL,
        ),
        (Track.GOVERNMENT, ReturnCause.TERMINATED): (
            procurement.TERMINATED_REFUND,
            Event.TERMINATION,
        ),
        (Track.GOVERNMENT, ReturnCause.NO_CANDIDATE): (procurement.REFUND, Event.AWARD_NOTICE),
        (Track.GOVERNMENT, ReturnCause.LOST): (procurement.REFUND, Event.AWARD_NOTICE),
        (Track.GOVERNMENT, ReturnCause.WON): (procurement.REFUND, Event.CONTRACT),
        (Track.ENGINEERING, ReturnCause.WITHDRAWN): (
            engineering.WITHDRAWN_REFUND,
            Event.WITHDRAWAL,
        ),
        (Track.ENGINEERING, ReturnCause.TERMINATED): (
            platform_rules.TERMINATED_REFUND,
            Event.TERMINATION,
        ),
        (Track.ENGINEERING, ReturnCause.NO_CANDIDATE): (
            engineering.LOSERS_REFUND,
            Event.AWARD_NOTICE,
        ),
        (Track.ENGINEERING, ReturnCause.LOST): (engineering.REFUND, Event.CONTRACT),
        (Track.ENGINEERING, ReturnCause.WON): (engineering.REFUND, Event.CONTRACT),
    }
)


def return_due(
    track: Track,
    cause: ReturnCause,
    since: date,
    calendar: WorkCalendar,
    *,
    on: date,
    local: LocalRules = NO_LOCAL_RULES,
) -> Due:
    """By when a bond goes back whose cause fell on the legal day `since`, which does not count.

    Events: receipt of the withdrawal; the end of a tender without award; for losers the award
    notice in procurement and the contract in engineering (a bidder who is no candidate there: the
    award notice); for the winner the contract. `on` is the publication day, whose law holds.
    `BadInput` "no-bond-rule" for other tracks.
    """
    found = _RETURNS.get((track, cause))
    if found is None:
        raise BadInput(
            "no-bond-rule",
            zh=f"{track.value}没有投标保证金退还规则",
            en=f"{track.value} has no rule for the return of a bid bond",
        )
    period, event = found
    return due(period, event, since, calendar, on=on, local=local)


# --- The only causes to keep a bond ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Forfeiture:
    """A cause for which a bond may be kept; losing, objecting or complaining never is one."""

    id: str
    tracks: tuple[Track, ...]
    zh: str
    en: str
    article: Article


_KEPT_GP: Final = Article(
    "政府采购保证金不予退还的规定",
    "rules on the forfeiture of bonds in government procurement",
    Standing.MEMORY,
)
FORFEITURES: Final = (
    Forfeiture(
        "F1",
        (Track.ENGINEERING,),
        "投标截止后撤销投标",
        "the bid was revoked after the deadline",
        BIDDING_REGULATION.article(35),
    ),
    Forfeiture(
        "F2",
        (Track.ENGINEERING,),
        "中标人拒签合同、附加条件或不交履约保证金",
        "the winner refused the contract, added conditions or gave no performance bond",
        BIDDING_REGULATION.article(74),
    ),
    Forfeiture(
        "F3.1",
        (Track.GOVERNMENT,),
        "投标截止后撤回投标",
        "the bid was taken back after the deadline",
        _KEPT_GP,
    ),
    Forfeiture("F3.2", (Track.GOVERNMENT,), "提供虚假材料", "false material was given", _KEPT_GP),
    Forfeiture(
        "F3.3",
        (Track.GOVERNMENT,),
        "非因不可抗力拒签合同",
        "the contract was refused without force majeure",
        _KEPT_GP,
    ),
    Forfeiture("F3.4", (Track.GOVERNMENT,), "恶意串通", "collusion", _KEPT_GP),
    Forfeiture(
        "F5",
        (Track.GOVERNMENT, Track.ENGINEERING),
        "招标文件载明的其他情形",
        "another cause stated in the documents before publication",
        platform_rule("招标文件须事先载明", "the documents state it beforehand"),
    ),
)


def forfeitures(track: Track) -> tuple[Forfeiture, ...]:
    """The causes a bond may be kept for in a track; nothing else can be chosen."""
    return tuple(each for each in FORFEITURES if track in each.tracks)
