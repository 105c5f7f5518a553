"""The audit of a pool: an outside party recomputes it before it lets its nonce go.

A root shows neither that somebody was listed ten times under ten salts nor that somebody was
left out (review C4). So one committing party outside the operator gets the register, the plan
and the draw's key, computes the pool again, and signs what it found. Without a good audit no
nonce is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol.encoding import Json, JsonObject, b64u, digest, refuse, structure
from market.protocol.freezes import WALK, Freeze, WalkFreeze, freeze_pool
from market.protocol.members import Members
from market.protocol.names import serial, word
from market.protocol.parties import INSIDE_ROLES
from market.protocol.pools import Candidate, Plan, Pool, make_pool, register_root
from market.protocol.signing import check_signature, signed

HOLDS: Final = "holds"
FAILS: Final = "fails"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a frozen pool that is not as it must be, in words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PoolInputs:
    """All that the pool was made of, as an auditor is given it; after the legal moment, anybody.

    `register_key` is the key of the register's salts, `candidates` its whole snapshot.
    """

    key: bytes
    plan: Plan
    register_key: bytes
    candidates: tuple[Candidate, ...]


def audit(freeze: Freeze, given: PoolInputs) -> tuple[Finding, ...]:
    """What is wrong with a frozen pool; nothing if it holds.

    Recomputed: the register's root and size, that no id stands twice in it, the draw's key, the
    plan and its strata, every stratum's leaves, and what each rule excluded, so that whoever is
    in the register is in the pool or counted out. That the register's root is the journaled one
    is shown by the inclusion proof of its entry.
    """
    walk = freeze.walk
    if freeze.kind != WALK or walk is None:
        raise ValueError("only a walk has a pool to audit")
    once = {item.id: item for item in given.candidates}  # who stands twice is a finding of its own
    pool = make_pool(given.plan, given.key, tuple(once.values()))
    found = [
        *_audit_register(walk, given),
        *_audit_terms(freeze, walk, given),
        *_audit_strata(freeze, given.plan, pool),
    ]
    if dict(walk.excluded) != dict(pool.excluded):
        found.append(
            Finding(
                "excluded-differ",
                "各规则排除的人数与重新计算的不同",
                "How many each rule excluded is not what the plan gives",
            )
        )
    return tuple(found)


def _audit_register(walk: WalkFreeze, given: PoolInputs) -> list[Finding]:
    found = list[Finding]()
    ids = [item.id for item in given.candidates]
    held = (register_root(given.register_key, given.candidates), len(given.candidates))
    if held != (walk.register.root, walk.register.size):
        found.append(
            Finding(
                "register-differs",
                "所给名册与冻结所用的名册日根不符",
                "The register given is not the one whose root the freeze names",
            )
        )
    if len(set(ids)) != len(ids):
        found.append(
            Finding(
                "listed-twice",
                "同一候选人在名册中出现两次",
                "One candidate stands in the register twice",
            )
        )
    return found


def _audit_terms(freeze: Freeze, walk: WalkFreeze, given: PoolInputs) -> list[Finding]:
    found = list[Finding]()
    if digest(given.key) != walk.key_hash:
        found.append(
            Finding(
                "key-differs", "抽取密钥不是冻结的那一个", "The draw's key is not the frozen one"
            )
        )
    if given.plan.draw != freeze.draw or given.plan.commitment(given.key) != walk.plan:
        found.append(
            Finding("plan-differs", "抽取方案不是冻结的那一个", "The plan is not the frozen one")
        )
    return found


def _audit_strata(freeze: Freeze, plan: Plan, pool: Pool) -> list[Finding]:
    recomputed = {item.name: item for item in freeze_pool(plan, pool)}
    found = [
        Finding(
            "pool-differs",
            f"“{item.name}”的名册与重新计算的不同：有人被加入、重复或漏掉",
            f"The pool of {item.name} is not what the plan gives: somebody was added, "
            "repeated or left out",
        )
        for item in freeze.strata
        if recomputed.get(item.name) != item
    ]
    if [item.name for item in freeze.strata] != [item.name for item in plan.strata]:
        found.append(
            Finding(
                "strata-differ",
                "冻结的各层与方案不同",
                "The frozen strata are not those of the plan, in its order",
            )
        )
    return found


def make_audit(
    freeze: Freeze, party: str, findings: Sequence[Finding], key: Ed25519PrivateKey
) -> JsonObject:
    """What a party signs after its audit: the data of a `draw-audit` entry."""
    made = structure(
        "pool-audit",
        draw=freeze.draw,
        freeze_hash=b64u(freeze.hash),
        party=party,
        result=FAILS if findings else HOLDS,
        findings=list[Json](sorted({item.code for item in findings})),
    )
    return signed(made, key)


@dataclass(frozen=True, slots=True)
class PoolAudit:
    """A signed audit, read and checked: which party, and whether it found the pool to hold."""

    party: str
    organisation: str
    is_outside: bool
    findings: tuple[str, ...]
    json: JsonObject


def read_audit(value: Json, freeze: Freeze) -> PoolAudit:
    """The audit that `make_audit` writes.

    `wrong-freeze` if it is of another one, `bad-signature` by the key of the party in the freeze.
    """
    held = Members(value, "pool-audit")
    about = (serial(held.take("draw")), held.octets("freeze_hash", 32))
    party = freeze.party(word(held.take("party")))
    result = held.choice("result", (HOLDS, FAILS))
    findings = held.array("findings", word)
    held.take("signature")
    held.end()
    if about != (freeze.draw, freeze.hash) or (result == HOLDS) != (not findings):
        refuse("核验不属于此次冻结", "The audit is not of this freeze", code="wrong-freeze")
    stated = value if isinstance(value, dict) else {}
    check_signature(stated, party.key)
    outside = party.role not in INSIDE_ROLES
    return PoolAudit(party.party, party.organisation, outside, findings, stated)


def check_audits(freeze: Freeze, audits: Sequence[PoolAudit]) -> tuple[PoolAudit, ...]:
    """The good audits from outside the operator, one at least, if the freeze has a pool.

    `audit-fails` when any party found something, `no-audit` when no outside party audited.
    """
    if freeze.kind != WALK:
        return ()
    failed = next((item for item in audits if item.findings), None)
    if failed is not None:
        refuse(
            f"{failed.party} 核验名册未通过：{'、'.join(failed.findings)}",
            f"{failed.party} found the pool wanting: {', '.join(failed.findings)}",
            code="audit-fails",
        )
    outside = tuple(item for item in audits if item.is_outside)
    if not outside:
        refuse(
            "没有平台以外的一方核验过名册",
            "No party from outside the platform audited the pool",
            code="no-audit",
        )
    return outside
