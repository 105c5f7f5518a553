"""The pool of a draw: who is in it, computed by a plan that any party can run for itself.

A plan states strata and exclusions as conditions over the attributes of a register's records, so
eligibility is not the platform's word. A candidate is the leaf `H(0x00 || salt || JCS({id,
unit_tag, attributes}))`; salt and unit tag come from the draw's key, so one candidate has one
leaf, and listing him twice shows.
"""

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from market.protocol.encoding import Json, JsonObject, b64u, canonical, refuse, structure
from market.protocol.members import TEXT_LIMIT, Members
from market.protocol.merkle import leaf_hash, root
from market.protocol.names import serial, word

KEY_LENGTH: Final = 32
STRATUM_LIMIT: Final = 64  # bytes of a stratum's name in UTF-8 (review M9)
CANDIDATE_LIMIT: Final = 1_000_000  # records of one register
ROW_LIMIT: Final = 100_000  # ids or units named by one exclusion
NO_STRATUM: Final = "no-stratum"  # the rule that counts who fits no stratum

IS: Final = "is"
ONE_OF: Final = "one-of"
AT_LEAST: Final = "at-least"
AT_MOST: Final = "at-most"
OPERATORS: Final = (IS, ONE_OF, AT_LEAST, AT_MOST)

_SALT: Final = b"yg/draw-salt/v1\x00"
_UNIT: Final = b"yg/draw-unit/v1\x00"
_PLAN: Final = b"yg/draw-plan/v1\x00"
_REGISTER: Final = b"yg/register-salt/v1\x00"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record of a register: its id, its unit (None for none), what is known of it.

    Attributes are texts, whole numbers or lists of texts.
    """

    id: str
    unit: str | None
    attributes: Mapping[str, Json]

    def json(self) -> JsonObject:
        """The record as its register's root covers it."""
        return {"id": self.id, "unit": self.unit, "attributes": dict(self.attributes)}


@dataclass(frozen=True, slots=True)
class Condition:
    """Something an attribute must satisfy.

    `is`: equal. `one-of`: the text, or one of the list's texts, is among `value`. `at-least`,
    `at-most`: the limit itself is allowed; numbers, or ASCII texts such as dates, in their order.
    An attribute that is missing or of another type satisfies nothing.
    """

    attribute: str
    operator: str
    value: Json

    def holds(self, candidate: Candidate) -> bool:
        """Whether it holds for a candidate."""
        held, wanted = candidate.attributes.get(self.attribute), self.value
        if self.operator == IS:
            return type(held) is type(wanted) and held == wanted
        if self.operator == ONE_OF and isinstance(wanted, list):
            return any(item in wanted for item in (held if isinstance(held, list) else [held]))
        if isinstance(held, int) and isinstance(wanted, int) and not isinstance(held, bool):
            return held >= wanted if self.operator == AT_LEAST else held <= wanted
        if isinstance(held, str) and isinstance(wanted, str) and (held + wanted).isascii():
            return held >= wanted if self.operator == AT_LEAST else held <= wanted
        return False

    def json(self) -> JsonObject:
        """The condition as a plan writes it."""
        return {"attribute": self.attribute, "operator": self.operator, "value": self.value}


@dataclass(frozen=True, slots=True)
class PlannedStratum:
    """A part of the pool: how many are drawn, how many substitutes are foreseen, who fits."""

    name: str
    quota: int
    substitutes: int
    requires: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A rule that keeps candidates out: those named, those of the units named, those who fit.

    Conditions, where there are any, must all hold.
    """

    rule: str
    ids: frozenset[str]
    units: frozenset[str]
    when: tuple[Condition, ...]

    def holds(self, candidate: Candidate) -> bool:
        """Whether it keeps this candidate out."""
        named = candidate.id in self.ids or (
            candidate.unit is not None and candidate.unit in self.units
        )
        return named or (bool(self.when) and all(item.holds(candidate) for item in self.when))


@dataclass(frozen=True, slots=True)
class Plan:
    """How a draw's pool is made out of a register.

    `repeats` declares that a candidate who fits several strata stands in all of them; else he
    stands in the first. The first exclusion that holds counts.
    """

    draw: str
    strata: tuple[PlannedStratum, ...]
    exclusions: tuple[Exclusion, ...]
    repeats: bool

    def json(self) -> JsonObject:
        """The structure "yg/draw-plan/v1"."""
        return structure(
            "draw-plan",
            draw=self.draw,
            strata=[
                {
                    "stratum": item.name,
                    "quota": item.quota,
                    "substitutes": item.substitutes,
                    "requires": [condition.json() for condition in item.requires],
                }
                for item in self.strata
            ],
            exclusions=[
                {
                    "rule": item.rule,
                    "ids": list[Json](sorted(item.ids)),
                    "units": list[Json](sorted(item.units)),
                    "when": [condition.json() for condition in item.when],
                }
                for item in self.exclusions
            ],
            repeats=self.repeats,
        )

    def commitment(self, key: bytes) -> bytes:
        """What the freeze says of the plan; salted from the draw's key, as it may name persons."""
        return leaf_hash(hmac.digest(key, _PLAN, "sha256") + canonical(self.json()))

    def rule_against(self, candidate: Candidate) -> str | None:
        """The rule that keeps a candidate out of every stratum, or None."""
        found = next((item.rule for item in self.exclusions if item.holds(candidate)), None)
        return found or (None if self._fitting(candidate) else NO_STRATUM)

    def strata_of(self, candidate: Candidate) -> tuple[str, ...]:
        """The strata in which a candidate stands, in the plan's order; none if kept out."""
        if self.rule_against(candidate) is not None:
            return ()
        fitting = self._fitting(candidate)
        return fitting if self.repeats else fitting[:1]

    def _fitting(self, candidate: Candidate) -> tuple[str, ...]:
        return tuple(
            item.name
            for item in self.strata
            if all(condition.holds(candidate) for condition in item.requires)
        )


@dataclass(frozen=True, slots=True)
class Pool:
    """The pool that a plan makes: each stratum's leaves ascending, and how many each rule kept out.

    `opened` tells what stands behind a leaf: the bytes `salt || JCS(value)`.
    """

    strata: Mapping[str, tuple[bytes, ...]]
    excluded: Mapping[str, int]
    opened: Mapping[bytes, bytes]


def make_pool(plan: Plan, key: bytes, candidates: Sequence[Candidate]) -> Pool:
    """The pool of these candidates under a plan and the draw's key."""
    strata: dict[str, list[bytes]] = {item.name: [] for item in plan.strata}
    excluded, opened = Counter[str](), dict[bytes, bytes]()
    for candidate in candidates:
        rule = plan.rule_against(candidate)
        if rule is not None:
            excluded[rule] += 1
            continue
        opening = leaf_data(key, candidate)
        leaf = leaf_hash(opening)
        opened[leaf] = opening
        for name in plan.strata_of(candidate):
            strata[name].append(leaf)
    return Pool(
        {name: tuple(sorted(leaves)) for name, leaves in strata.items()}, dict(excluded), opened
    )


def leaf_data(key: bytes, candidate: Candidate) -> bytes:
    """`salt || JCS({id, unit_tag, attributes})`; the leaf is the hash of 0x00 and this.

    salt = HMAC-SHA256(key, "yg/draw-salt/v1" || 0x00 || id).
    """
    tag = None if candidate.unit is None else b64u(unit_tag(key, candidate.unit))
    value: Json = {
        "id": candidate.id,
        "unit_tag": tag,
        "attributes": dict(candidate.attributes),
    }
    return _mac(key, _SALT, candidate.id) + canonical(value)


def unit_tag(key: bytes, unit: str) -> bytes:
    """HMAC-SHA256(key, "yg/draw-unit/v1" || 0x00 || unit): tells equal units, names none."""
    return _mac(key, _UNIT, unit)


def register_leaves(key: bytes, candidates: Sequence[Candidate]) -> tuple[bytes, ...]:
    """The leaves of a register's daily root, ascending: `H(0x00 || salt || JCS(record))`.

    salt = HMAC-SHA256(register's key, "yg/register-salt/v1" || 0x00 || id).
    """
    return tuple(
        sorted(
            leaf_hash(_mac(key, _REGISTER, item.id) + canonical(item.json())) for item in candidates
        )
    )


def register_root(key: bytes, candidates: Sequence[Candidate]) -> bytes:
    """The daily root of a register: RFC 9162 over its leaves ascending."""
    return root(register_leaves(key, candidates))


def read_candidate(value: Json) -> Candidate:
    """The record that `Candidate.json` writes; else `malformed`."""
    held = Members(value)
    attributes = held.take("attributes")
    unit = held.maybe("unit", held.take)
    found = Candidate(
        serial(held.take("id")),
        None if unit is None else serial(unit),
        attributes if isinstance(attributes, dict) else {},
    )
    held.end()
    kinds = (str, int, list)
    if not isinstance(attributes, dict) or any(
        isinstance(item, bool) or not isinstance(item, kinds) for item in attributes.values()
    ):
        refuse("候选人属性的类型不对", "An attribute of a candidate has the wrong type")
    return found


def read_plan(value: Json) -> Plan:
    """The plan that `Plan.json` writes; `malformed` for another form, doubled names, no stratum."""
    held = Members(value, "draw-plan")
    plan = Plan(
        serial(held.take("draw")),
        held.array("strata", _stratum, 1, STRATUM_LIMIT),
        held.array("exclusions", _exclusion),
        held.truth("repeats"),
    )
    held.end()
    names = [item.name for item in plan.strata]
    rules = [item.rule for item in plan.exclusions]
    if len(set(names)) != len(names) or len({*rules, NO_STRATUM}) != len(rules) + 1:
        refuse("层名或排除规则重复", "A stratum or an exclusion stands twice")
    if plan.json() != value:
        refuse("排除名单未按顺序书写", "The lists of an exclusion must be sorted, nothing twice")
    return plan


def stratum_name(value: Json) -> str:
    """A stratum's name: 1 to 64 bytes of UTF-8."""
    if not isinstance(value, str) or not 0 < len(value.encode()) <= STRATUM_LIMIT:
        refuse("层名长度不对", "The name of a stratum has 1 to 64 bytes")
    return value


def _stratum(value: Json) -> PlannedStratum:
    held = Members(value)
    found = PlannedStratum(
        stratum_name(held.take("stratum")),
        held.whole("quota", 1, CANDIDATE_LIMIT),
        held.whole("substitutes", 0, CANDIDATE_LIMIT),
        held.array("requires", _condition),
    )
    held.end()
    return found


def _exclusion(value: Json) -> Exclusion:
    held = Members(value)
    found = Exclusion(
        word(held.take("rule")),
        frozenset(held.array("ids", serial, high=ROW_LIMIT)),
        frozenset(held.array("units", serial, high=ROW_LIMIT)),
        held.array("when", _condition),
    )
    held.end()
    return found


def _condition(value: Json) -> Condition:
    held = Members(value)
    found = Condition(
        held.text("attribute"), held.choice("operator", OPERATORS), held.take("value")
    )
    held.end()
    limits = (str, int)
    fits = (
        isinstance(found.value, list)
        if found.operator == ONE_OF
        else isinstance(found.value, limits) and not isinstance(found.value, bool)
    )
    if not fits or len(found.attribute) > TEXT_LIMIT:
        refuse("条件的取值类型不对", "The value of a condition has the wrong type")
    return found


def _mac(key: bytes, prefix: bytes, name: str) -> bytes:
    if len(key) != KEY_LENGTH:
        raise ValueError("the key of a draw or register has 32 bytes")
    return hmac.digest(key, prefix + name.encode(), "sha256")
