"""What an agency may do at a moment, computed from facts: no tick decides about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from intermediaries.agencies.rules.states import CREDIT, AgencyState
from intermediaries.catalogue.rules import Level, Qualification, Requirement
from intermediaries.rulebook.periods import SINCE, Bound, Length, Period, Unit
from market.kernel.errors import Refusal
from market.kernel.law import Dated, platform_rule
from market.kernel.workdays import legal_day

WARNED_BEFORE: Final = timedelta(days=30)
"""How long before its last day a certificate is warned of, that day of thirty days included."""
BAN_YEARS: Final = 2


def _rule_of_ours(key: str, zh: str, en: str, starts: tuple[str, str], days: int) -> Period:
    rule = Dated(Length(days), platform_rule(f"{zh}{days}个工作日", f"{en}: {days}"), SINCE)
    return Period(
        id=key,
        zh=zh,
        en=en,
        starts=starts,
        ends=("期满", "its end"),
        bound=Bound.LASTS,
        unit=Unit.WORKING_DAY,
        versions=(rule,),
    )


PUBLICITY: Final = _rule_of_ours(
    "S01.publicity", "入驻公示", "publicity of an entry", ("核查通过", "the passed check"), 3
)
ANSWER: Final = _rule_of_ours(
    "S01.answer", "入驻异议答复", "answer to an objection", ("提出异议", "the objection"), 3
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An agency's recorded state and what moves it by time alone.

    `publicity_ends` is the last moment for objections, `has_open_objection` that one waits for its
    answer, `suspended_until` is the last day of a suspension (None: until restored).
    """

    state: AgencyState
    publicity_ends: datetime | None = None
    has_open_objection: bool = False
    suspended_until: date | None = None

    def at(self, moment: datetime) -> AgencyState:
        """The state that counts at a moment, whether or not a tick has written it down."""
        if self.state is AgencyState.PUBLICITY and self.publicity_ends is not None:
            over = moment > self.publicity_ends and not self.has_open_objection
            return AgencyState.ACTIVE if over else self.state
        if self.state is AgencyState.SUSPENDED and self.suspended_until is not None:
            over = legal_day(moment) > self.suspended_until
            return AgencyState.ACTIVE if over else self.state
        return self.state


@dataclass(frozen=True, slots=True)
class Certificate:
    """A qualification as it counts: from its confirmation through its last valid day."""

    kind: Qualification
    level: Level
    confirmed_at: datetime
    expires_on: date
    ended_at: datetime | None = None

    def counts_at(self, moment: datetime) -> bool:
        """Whether it counts at a moment: its last valid day is the last day it does."""
        ended = self.ended_at is not None and self.ended_at <= moment
        return self.confirmed_at <= moment and not ended and is_valid(self.expires_on, moment)


def is_valid(expires_on: date, moment: datetime) -> bool:
    """Whether a certificate's last valid day has not passed yet."""
    return legal_day(moment) <= expires_on


def is_warned(expires_on: date, moment: datetime) -> bool:
    """Whether its end is near: from thirty days before the last valid day through that day."""
    return expires_on - WARNED_BEFORE <= legal_day(moment) <= expires_on


@dataclass(frozen=True, slots=True)
class AgencyView:
    """Everything of an agency that decides whether it may enrol.

    `is_in_good_standing`: its registration stands and no decision keeps it out.
    """

    standing: Standing
    offers: frozenset[UUID]
    certificates: tuple[Certificate, ...] = ()
    is_in_good_standing: bool = True


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item as a demand asks for it: a withdrawn one takes no enrolment."""

    item: UUID
    requirement: Requirement | None
    offered: bool = True


class Bar(StrEnum):
    """Why an agency may not enrol."""

    NOT_ACTIVE = "not-active"
    ITEM_WITHDRAWN = "item-withdrawn"
    NOT_OFFERED = "not-offered"
    UNQUALIFIED = "unqualified"


def may_enrol(agency: AgencyView, item: AskedItem, at: datetime) -> tuple[Bar, ...]:
    """Every bar against enrolling for an item at a moment; none: it may.

    Running contracts are not asked: they go on whatever expires.
    """
    bars: list[Bar] = []
    if agency.standing.at(at) is not AgencyState.ACTIVE or not agency.is_in_good_standing:
        bars.append(Bar.NOT_ACTIVE)
    if not item.offered:
        bars.append(Bar.ITEM_WITHDRAWN)
    if item.item not in agency.offers:
        bars.append(Bar.NOT_OFFERED)
    if not is_qualified(agency.certificates, item.requirement, at):
        bars.append(Bar.UNQUALIFIED)
    return tuple(bars)


def is_qualified(
    certificates: Iterable[Certificate], asked: Requirement | None, at: datetime
) -> bool:
    """Whether one of the certificates is what an item asks for; an item may ask for none."""
    return asked is None or any(
        one.counts_at(at) and asked.is_met_by(one.kind, one.level) for one in certificates
    )


_BAR_WORDS: Final[dict[Bar, tuple[str, str]]] = {
    Bar.NOT_ACTIVE: ("机构不在有效入驻状态", "the agency is not active"),
    Bar.ITEM_WITHDRAWN: ("该事项已撤下", "the item is withdrawn"),
    Bar.NOT_OFFERED: ("机构未登记该服务事项", "the agency does not offer this item"),
    Bar.UNQUALIFIED: (
        "没有该事项要求的有效资质",
        "it has no valid qualification of the kind and level asked for",
    ),
}


def refuse_unless_may_enrol(agency: AgencyView, item: AskedItem, at: datetime) -> None:
    """Go on only if the agency may enrol; `Refusal` "may-not-enrol" with every bar at once."""
    bars: Sequence[Bar] = may_enrol(agency, item, at)
    if bars:
        words = [_BAR_WORDS[bar] for bar in bars]
        raise Refusal(
            "may-not-enrol",
            zh="不能报名：" + "；".join(zh for zh, _ in words),
            en="No enrolment: " + "; ".join(en for _, en in words),
        )


def last_day_of_ban(removed_on: date) -> date:
    """The last day on which a removed agency cannot apply: two years on, by the calendar.

    The day of removal does not count; from 29 February the ban ends on 28 February.
    """
    try:
        return removed_on.replace(year=removed_on.year + BAN_YEARS)
    except ValueError:
        return removed_on.replace(year=removed_on.year + BAN_YEARS, day=28)


def refuse_while_banned(removed_on: date, today: date) -> None:
    """Go on only after the ban; `Refusal` "banned" names its last day."""
    last = last_day_of_ban(removed_on)
    if today <= last:
        raise Refusal(
            "banned",
            zh=f"被清退后两年内不得重新入驻：{last.isoformat()}后可以申请",
            en=f"After a removal there is no entry for two years: apply after {last.isoformat()}",
            article=CREDIT,
        )
