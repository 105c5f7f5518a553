"""Why somebody is not in a pool: recomputed by the auditor from facts under the register's root.

A plan keeps people out by conditions over their records and, where they must recuse themselves,
by name. A name alone would be the operator's word. So each record carries `declared`, the root
over salted facts (`H(0x00 || salt || JCS({section, row}))`, ascending), which the register's
journaled root covers; and for everybody named the auditor is given the one fact that the rule
rests on, with its salt, and the hashes of the others. The salts come from a key that the auditor
never has, so that no other fact can be guessed. Conditions must be those of the law.

That nobody was *kept in* who must recuse himself shows here only as far as the register's keeper
vouches for it: the facts of those in the pool stay closed.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from market.protocol.audits import Finding
from market.protocol.encoding import (
    Json,
    JsonObject,
    Malformed,
    b64u,
    canonical,
    parse,
    structure,
)
from market.protocol.members import Members, octet_list, octets_of
from market.protocol.merkle import leaf_hash, root
from market.protocol.names import serial, word
from market.protocol.pools import (
    AT_LEAST,
    AT_MOST,
    CANDIDATE_LIMIT,
    IS,
    Candidate,
    Condition,
    Exclusion,
    Plan,
)

DECLARED: Final = "declared"
FACT_LIMIT: Final = 10_000  # facts of one record
SALT_LENGTH: Final = 32
JUNIOR, MIDDLE = 1, 2  # professional titles as a record counts them

_FACT: Final = b"yg/register-fact/v1\x00"
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecusalCase:
    """The procedure that somebody must not judge: its parties by code, its day, its numbers."""

    project: str
    on: date
    owners: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    preparers: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    regulators: tuple[str, ...] = ()
    same_owner_days: int
    monthly_cap: int

    def json(self) -> JsonObject:
        """The structure "yg/recusal-case/v1"."""
        return structure(
            "recusal-case",
            project=self.project,
            on=self.on.isoformat(),
            owners=list[Json](self.owners),
            agents=list[Json](self.agents),
            preparers=list[Json](self.preparers),
            departments=list[Json](self.departments),
            regulators=list[Json](self.regulators),
            same_owner_days=self.same_owner_days,
            monthly_cap=self.monthly_cap,
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """That a rule keeps somebody out: the opened fact (`salt || JCS`) and all fact leaves.

    `fact` is None where the record itself says enough: the unit it names.
    """

    id: str
    rule: str
    fact: bytes | None
    leaves: tuple[bytes, ...]

    def json(self) -> JsonObject:
        """The claim as the auditor is given it."""
        return {
            "id": self.id,
            "rule": self.rule,
            "fact": None if self.fact is None else b64u(self.fact),
            "leaves": octet_list(self.leaves),
        }


@dataclass(frozen=True, slots=True)
class Recusals:
    """What an auditor is given besides the pool's inputs."""

    case: RecusalCase
    claims: tuple[Claim, ...]

    def json(self) -> JsonObject:
        """`{case, claims}`."""
        return {"case": self.case.json(), "claims": [item.json() for item in self.claims]}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something declared: its section ("employments") and the row there."""

    section: str
    row: tuple[Json, ...]


def fact_data(key: bytes, expert: str, fact: Fact) -> bytes:
    """`salt || JCS({section, row})`, salt = HMAC-SHA256(key, tag || JCS({id, section, row}))."""
    value: JsonObject = {"section": fact.section, "row": [*fact.row]}
    salt = hmac.digest(key, _FACT + canonical({"id": expert, **value}), "sha256")
    return salt + canonical(value)


def fact_leaves(key: bytes, expert: str, facts: Sequence[Fact]) -> tuple[bytes, ...]:
    """The leaves of everything declared, ascending, each once."""
    return tuple(sorted({leaf_hash(fact_data(key, expert, fact)) for fact in facts}))


def facts_root(leaves: Sequence[bytes]) -> str:
    """What a record says under `declared`."""
    return b64u(root(leaves))


def standing(on: date, monthly_cap: int) -> tuple[Exclusion, ...]:
    """The conditions under which nobody may be drawn in government procurement on a day.

    Library, title, years, age and appointment, suspension, blacklist, seats of the month (DOMAIN
    D04-D06); edges as in the register's rules.
    """
    today, yesterday = on.isoformat(), (on - _ONE_DAY).isoformat()
    tomorrow = (on + _ONE_DAY).isoformat()
    return (
        _when("d04-library", Condition("gp_library", IS, 0)),
        _when("d05-title", Condition("level", AT_MOST, JUNIOR)),
        _when(
            "d05-years",
            Condition("level", AT_MOST, MIDDLE),
            Condition("experienced_from", AT_LEAST, tomorrow),
        ),
        _when("d05-age.d06-term", Condition("good_until", AT_MOST, yesterday)),
        _when("d06-suspended", Condition("suspended_until", AT_LEAST, today)),
        _when("d06-blacklist", Condition("barred", IS, 1)),
        _when("d06-month", Condition("drawn_this_month", AT_LEAST, monthly_cap)),
    )


def supports(rule: str, candidate: Candidate, fact: Fact | None, case: RecusalCase) -> bool:
    """Whether a fact, or without one the unit of the record, makes this rule keep somebody out."""
    staff = {
        "r2": {*case.departments},
        "r10": {*case.owners, *case.agents, *case.regulators},
        "r11": {*case.preparers},
    }
    if fact is None:
        return candidate.unit is not None and candidate.unit in staff.get(rule, set())
    try:
        return _fits(rule, fact, case, staff.get(rule, set()))
    except (ValueError, TypeError, IndexError):
        return False


def audit_exclusions(
    plan: Plan, candidates: Sequence[Candidate], given: Recusals
) -> tuple[Finding, ...]:
    """What is wrong with the exclusions of a plan; nothing if each is backed.

    Checked: the conditions are those of the law on the case's day; nobody is kept out by unit;
    everybody named has one claim, whose fact lies under the `declared` of the record and makes
    the rule hold; no claim stands beside the plan.
    """
    found = list[Finding]()
    if [item for item in plan.exclusions if item.when] != [
        *standing(given.case.on, given.case.monthly_cap)
    ]:
        found.append(
            Finding(
                "conditions-differ",
                "方案的排除条件与法定条件不同",
                "The plan's conditions are not those of the law on the day of the evaluation",
            )
        )
    named = {(one, item.rule) for item in plan.exclusions for one in item.ids}
    records = {item.id: item for item in candidates}
    claims = {(item.id, item.rule): item for item in given.claims}
    if any(item.units for item in plan.exclusions) or len(claims) != len(given.claims):
        found.append(_unproved("", ""))
    if set(claims) - named:
        found.append(
            Finding(
                "claim-too-many",
                "回避依据中有方案未列出的人",
                "A recusal is claimed that the plan does not list",
            )
        )
    found.extend(
        _unproved(one, rule)
        for one, rule in sorted(named)
        if not _holds(records.get(one), claims.get((one, rule)), given.case)
    )
    return tuple(found)


def read_recusals(value: Json) -> Recusals:
    """What `Recusals.json` writes; else `malformed`."""
    held = Members(value)
    found = Recusals(
        _read_case(held.take("case")), held.array("claims", _read_claim, high=CANDIDATE_LIMIT)
    )
    held.end()
    return found


def _fits(rule: str, fact: Fact, case: RecusalCase, staff: set[str]) -> bool:
    row, day = fact.row, case.on
    match rule, fact.section:
        case "r2" | "r10" | "r11", "unit":
            return str(row[0]) in staff
        case "r2" | "r10" | "r11", "employments":
            return str(row[0]) in staff and _covers(row[1], day)
        case "r11", "participations":
            return str(row[0]) == case.project
        case "r4", "punishments":
            return date.fromisoformat(str(row[0])) <= day
        case "r13", "services":
            first = day - timedelta(days=case.same_owner_days)
            return str(row[0]) in case.owners and first <= date.fromisoformat(str(row[1])) <= day
    return False


def _covers(span: Json, day: date) -> bool:
    if not isinstance(span, list):
        return False
    until = span[1]
    return date.fromisoformat(str(span[0])) <= day and (
        until is None or day <= date.fromisoformat(str(until))
    )


def _holds(candidate: Candidate | None, claim: Claim | None, case: RecusalCase) -> bool:
    if candidate is None or claim is None:
        return False
    if claim.fact is None:
        return supports(claim.rule, candidate, None, case)
    rising = claim.leaves == tuple(sorted(set(claim.leaves)))
    committed = facts_root(claim.leaves) == candidate.attributes.get(DECLARED)
    if not rising or not committed or leaf_hash(claim.fact) not in claim.leaves:
        return False
    try:
        held = Members(parse(claim.fact[SALT_LENGTH:]))
        fact = Fact(held.text("section"), held.array("row", lambda cell: cell))
        held.end()
    except Malformed:
        return False
    return supports(claim.rule, candidate, fact, case)


def _unproved(one: str, rule: str) -> Finding:
    return Finding(
        "recusal-not-proved",
        f"{one} 被 {rule} 排除，但名册日根所载事实不支持",
        f"{one} is kept out by {rule}, and no fact under the register's root supports it",
    )


def _when(rule: str, *conditions: Condition) -> Exclusion:
    return Exclusion(rule, frozenset(), frozenset(), conditions)


def _read_case(value: Json) -> RecusalCase:
    held = Members(value, "recusal-case")
    codes = {
        name: held.array(name, serial)
        for name in ("owners", "agents", "preparers", "departments", "regulators")
    }
    found = RecusalCase(
        project=serial(held.take("project")),
        on=_day(held.text("on")),
        same_owner_days=held.whole("same_owner_days", 0),
        monthly_cap=held.whole("monthly_cap", 1),
        **codes,
    )
    held.end()
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed("malformed", zh="日期格式不对", en="A day is not written as one") from None


def _read_claim(value: Json) -> Claim:
    held = Members(value)
    found = Claim(
        serial(held.take("id")),
        word(held.take("rule")),
        held.maybe("fact", held.octets),
        held.array("leaves", octets_of(SALT_LENGTH), high=FACT_LIMIT),
    )
    held.end()
    return found
