"""Putting rules of choosing forward, and adopting them: two persons, one entry in the journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select

from intermediaries.cityrules.model import CityRule
from intermediaries.cityrules.rules import (
    QUOTES_MOST,
    RULE_TABLE,
    RuleAction,
    RuleState,
    refuse_unless_known_before,
)
from intermediaries.rulebook.selection.sources import Settings
from market.accounts.rules import refuse_unless_second_person
from market.command import Work
from market.kernel.errors import BadInput, NotFound, NotSignedIn, Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day

SOURCE: Final = "https://"
_LOCK: Final = "city-rules"


@dataclass(frozen=True, slots=True)
class ProposeRules:
    """What is to hold from a day on, with the number and the address of the city's paper."""

    first_day: date
    direct_max: Money
    fiscal_threshold: Money
    min_quotes: int
    fiscal_direct: bool
    document: str
    paper: str


def propose_rules(work: Work, cmd: ProposeRules) -> Mapping[str, Any]:
    """Put rules forward; they hold from their first day on when another person adopts them.

    `BadInput`s "bad-source", "rule-out-of-range"; `Refusal`s "looser-than-law", "first-day-past",
    and "rule-waits" while another set waits.
    """
    work.need(Permission.CITYRULES_RULE_PROPOSE)
    if work.actor.person is None:
        raise NotSignedIn
    _refuse_unsound(cmd)
    refuse_unless_known_before(cmd.first_day, legal_day(work.now))
    work.hold(_LOCK)
    if work.session.scalar(select(CityRule.id).where(CityRule.state == RuleState.PROPOSED)):
        raise Refusal(
            "rule-waits",
            zh="已有一份选取规则待核准：先核准或撤下",
            en="A set of rules waits for a second person: adopt or drop it first",
        )
    row = CityRule(
        id=uuid4(),
        first_day=cmd.first_day,
        direct_max=cmd.direct_max,
        fiscal_threshold=cmd.fiscal_threshold,
        min_quotes=cmd.min_quotes,
        fiscal_direct=cmd.fiscal_direct,
        document=cmd.document.strip(),
        paper=cmd.paper.strip(),
        proposed_by=work.actor.person,
        proposed_at=work.now,
    )
    work.session.add(row)
    work.note(row.subject, "city-rule.proposed")
    return {"rule": str(row.id)}


@dataclass(frozen=True, slots=True)
class NameRules:
    """A set of rules that was put forward."""

    key: UUID


def adopt_rules(work: Work, cmd: NameRules) -> None:
    """Adopt rules and journal them; what was published before keeps the rules of its own day.

    `Refusal`s "same-person", "first-day-past" for one whose first day has come meanwhile;
    `IllegalMove` for one that does not wait.
    """
    row = _named(work, cmd, Permission.CITYRULES_RULE_ADOPT)
    refuse_unless_second_person(row.proposed_by, work.actor.person)
    work.move(row, RULE_TABLE, RuleAction.ADOPT)
    refuse_unless_known_before(row.first_day, legal_day(work.now))
    row.decided_by, row.decided_at = work.actor.person, work.now
    work.publish(
        "parameter",
        row.subject,
        {
            "parameter": "city-rule",
            "first_day": row.first_day.isoformat(),
            "direct_max": str(row.direct_max),
            "fiscal_threshold": str(row.fiscal_threshold),
            "min_quotes": row.min_quotes,
            "fiscal_direct": row.fiscal_direct,
            "document": row.document,
            "paper": row.paper,
        },
    )


def drop_rules(work: Work, cmd: NameRules) -> None:
    """Take back rules that wait; whoever may put rules forward may."""
    row = _named(work, cmd, Permission.CITYRULES_RULE_PROPOSE)
    work.move(row, RULE_TABLE, RuleAction.DROP)
    row.decided_by, row.decided_at = work.actor.person, work.now


def _named(work: Work, cmd: NameRules, permission: Permission) -> CityRule:
    work.need(permission)
    work.hold(_LOCK)
    row = work.session.get(CityRule, cmd.key, with_for_update=True)
    if row is None:
        raise NotFound("no-rule", zh="没有此规则", en="There is no such set of rules")
    return row


def _refuse_unsound(cmd: ProposeRules) -> None:
    if not cmd.paper.strip().startswith(SOURCE) or not cmd.document.strip():
        zh = "须写明文号和以 https:// 开头的原文地址"
        en = "Give the number of the paper and its address, which begins with https://"
        raise BadInput("bad-source", zh=zh, en=en, fields={"paper": (zh, en)})
    if cmd.fiscal_threshold <= Money(0):
        raise _beyond("fiscal_threshold", "应大于零", "Above zero")
    if cmd.direct_max < Money(0):
        raise _beyond("direct_max", "不能小于零", "Not below zero")
    if cmd.min_quotes > QUOTES_MOST:
        raise _beyond("min_quotes", f"不超过{QUOTES_MOST}家", f"{QUOTES_MOST} at most")
    try:
        Settings(min_quotes=cmd.min_quotes)
    except Refusal as looser:
        words = looser.words("zh"), looser.words("en")
        raise Refusal(
            looser.code,
            zh=looser.zh,
            en=looser.en,
            article=looser.article,
            fields={"min_quotes": words},
        ) from looser


def _beyond(name: str, zh: str, en: str) -> BadInput:
    return BadInput("rule-out-of-range", zh=zh, en=en, fields={name: (zh, en)})
