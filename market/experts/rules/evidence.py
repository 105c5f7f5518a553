"""What an auditor is given for every recusal: the one fact that it rests on, salted, and no other.

The facts stand in the register's root as salted leaves (`market.protocol.exclusions`). The rules
found the recusal in Python of this room; the fact is then chosen by the protocol's own words, so
that whatever is handed out is what the auditor's program will accept.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from market.experts.rules.limits import Terms
from market.experts.rules.relations import Activity, Parties, RecusalFacts
from market.experts.rules.snapshots import declarations
from market.kernel.errors import Refusal
from market.kernel.law import platform_rule
from market.protocol.encoding import Json
from market.protocol.exclusions import (
    Claim,
    Fact,
    RecusalCase,
    Recusals,
    fact_data,
    fact_leaves,
    facts_root,
    supports,
)
from market.protocol.pools import Candidate, Plan

SECTIONS: Final = (
    "employments",
    "relatives",
    "interests",
    "directorships",
    "shareholdings",
    "punishments",
    "participations",
    "services",
    "ties",
)
AUDITED: Final = platform_rule("回避依据须可核验", "Recusals are backed by facts")


def facts_declared(declared: RecusalFacts) -> tuple[Fact, ...]:
    """Everything declared as facts, one for each row, and the present unit."""
    held = declarations(declared)
    rows = [(section, row) for section in SECTIONS for row in _rows(held[section])]
    return (
        Fact("unit", (declared.unit,)),
        *(Fact(section, tuple(row)) for section, row in rows if isinstance(row, list)),
    )


def declared_root(key: bytes, declared: RecusalFacts) -> str:
    """What the record says under `declared`."""
    return facts_root(fact_leaves(key, declared.expert, facts_declared(declared)))


def recusal_case(activity: Activity, parties: Parties, terms: Terms) -> RecusalCase:
    """The procedure in the protocol's words; bidders are unknown while a pool is frozen."""
    return RecusalCase(
        project=activity.project,
        on=activity.on,
        owners=parties.owners,
        agents=parties.agents,
        preparers=parties.preparers,
        departments=parties.departments,
        regulators=parties.regulators,
        same_owner_days=terms.same_owner_days,
        monthly_cap=terms.monthly_cap,
    )


def panel_recusals(
    plan: Plan,
    case: RecusalCase,
    key: bytes,
    records: Iterable[Candidate],
    declared: Mapping[str, RecusalFacts],
) -> Recusals:
    """The claims for everybody whom the plan names, ascending by id.

    `key` salts the facts and never leaves the register. Refusal "recusal-unbacked" where no fact
    supports a recusal: no auditor would accept it.
    """
    known = {item.id: item for item in records}
    named = sorted((one, item.rule) for item in plan.exclusions for one in item.ids)
    return Recusals(
        case, tuple(_claim(case, key, known[one], declared[one], rule) for one, rule in named)
    )


def _claim(
    case: RecusalCase, key: bytes, record: Candidate, declared: RecusalFacts, rule: str
) -> Claim:
    if supports(rule, record, None, case):
        return Claim(record.id, rule, None, ())
    facts = facts_declared(declared)
    for fact in facts:
        if supports(rule, record, fact, case):
            leaves = fact_leaves(key, record.id, facts)
            return Claim(record.id, rule, fact_data(key, record.id, fact), leaves)
    raise Refusal(
        "recusal-unbacked",
        zh=f"{record.id} 的回避没有申报事实支持，不能冻结名册",
        en=f"No declared fact supports the recusal of {record.id}; the pool is not frozen",
        article=AUDITED,
    )


def _rows(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
