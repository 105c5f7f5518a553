"""The freeze of a draw: what is drawn, from what, by whom, fixed before anybody makes a nonce.

Three kinds: a `walk` through the strata of a pool, a `permutation` of frozen things, a `pick`
from a published list. From here on pool, key and parties stand; attempts change only the nonces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from market.protocol.encoding import (
    Json,
    JsonObject,
    b64u,
    canonical,
    digest,
    moment,
    refuse,
    stamp,
    structure,
)
from market.protocol.members import Members
from market.protocol.merkle import root
from market.protocol.names import serial, word
from market.protocol.numbers import check_ascending
from market.protocol.parties import PARTY_LIMIT, Party, check_parties, read_party
from market.protocol.pools import CANDIDATE_LIMIT, STRATUM_LIMIT, Plan, Pool, stratum_name

WALK: Final = "walk"
PERMUTATION: Final = "permutation"
PICK: Final = "pick"
KINDS: Final = (WALK, PERMUTATION, PICK)

REVEAL_SECONDS: Final = 1_800  # the usual time for revealing, from the last commitment on
POOL_FLOOR: Final = 12  # a pool below this, or below 4 * quota, can be bribed whole (review H6)
SHARE: Final = 4  # quota with substitutes may be at most a quarter of the pool


@dataclass(frozen=True, slots=True)
class Stratum:
    """A frozen part of the pool: its leaves are told by their number and their root."""

    name: str
    quota: int
    substitutes: int
    size: int
    root: bytes

    @property
    def is_predictable(self) -> bool:
        """Whether so much is drawn from so few that guessing or bribing all of them pays."""
        wanted = self.quota + self.substitutes
        return SHARE * wanted > self.size or self.size < max(POOL_FLOOR, SHARE * self.quota)

    def json(self) -> JsonObject:
        """The stratum as a freeze writes it."""
        return {
            "stratum": self.name,
            "quota": self.quota,
            "substitutes": self.substitutes,
            "size": self.size,
            "root": b64u(self.root),
        }


@dataclass(frozen=True, slots=True)
class Register:
    """Which register, by which journaled root, the pool was made from."""

    register: str
    root: bytes
    size: int


@dataclass(frozen=True, slots=True)
class WalkFreeze:
    """What only a walk has: the key's hash, the plan's commitment, register, cap, exclusions.

    `unit_cap`: how many of one unit may be seated in the whole draw; None for no limit.
    """

    key_hash: bytes
    plan: bytes
    register: Register
    unit_cap: int | None
    excluded: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BeaconChain:
    """A public beacon (drand) whose round enters the seed: round r comes at genesis + (r-1)·period.

    `period` in seconds.
    """

    chain_hash: bytes
    genesis: datetime
    period: int

    def round_after(self, limit: datetime) -> int:
        """The first round that comes strictly after the reveal limit."""
        if limit < self.genesis:
            return 1
        return (limit - self.genesis) // timedelta(seconds=self.period) + 2


@dataclass(frozen=True, slots=True)
class Replaced:
    """The freeze that this one replaces, and the cause of every leaf that came or went.

    No change at all where the pool stands as it was: an audit may be mistaken.
    """

    freeze_hash: bytes
    changes: tuple[tuple[bytes, str], ...]  # (leaf, cause), leaves ascending


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze, read. `strata` for a walk, one stratum "items" for a permutation."""

    draw: str
    case: str
    purpose: str
    kind: str
    strata: tuple[Stratum, ...]
    walk: WalkFreeze | None
    options: tuple[str, ...]
    parties: tuple[Party, ...]
    reveal_seconds: int
    beacon: BeaconChain | None
    replaces: Replaced | None

    @property
    def hash(self) -> bytes:
        """`H` of its JSON, by which commitments, seed and audits name it."""
        return digest(canonical(self.json()))

    @property
    def needs_consent(self) -> bool:
        """Whether a supervisor must sign because a stratum is predictable."""
        return self.kind == WALK and any(item.is_predictable for item in self.strata)

    def follows(self, old: "Freeze") -> bool:
        """Whether this freeze replaces `old` and keeps all but the pool and what it is made of."""
        if self.walk is None or old.walk is None or self.replaces is None:
            return False
        return self.replaces.freeze_hash == old.hash and _terms(self) == _terms(old)

    def party(self, name: str) -> Party:
        """The party of this name; `no-such-party`."""
        found = [item for item in self.parties if item.party == name]
        if not found:
            refuse(f"没有此参与方：{name}", f"There is no party {name}", code="no-such-party")
        return found[0]

    def json(self) -> JsonObject:
        """The structure "yg/draw-freeze/v1": the data of the journal's entry."""
        return structure(
            "draw-freeze",
            draw=self.draw,
            case=self.case,
            purpose=self.purpose,
            kind=self.kind,
            strata=[item.json() for item in self.strata],
            walk=None if self.walk is None else _walk_json(self.walk),
            options=list[Json](self.options),
            parties=[item.json() for item in self.parties],
            reveal_seconds=self.reveal_seconds,
            beacon=None if self.beacon is None else _beacon_json(self.beacon),
            replaces=None if self.replaces is None else _replaced_json(self.replaces),
        )


def _terms(freeze: Freeze) -> Freeze:
    """A walk's freeze without its pool: case, key, cap, seats of the strata, parties, limits."""
    if freeze.walk is None:
        raise AssertionError("only a walk has a pool")
    nobody = replace(
        freeze.walk, plan=bytes(32), register=Register("", bytes(32), 0), excluded=dict[str, int]()
    )
    strata = tuple(replace(item, size=0, root=bytes(32)) for item in freeze.strata)
    return replace(freeze, walk=nobody, strata=strata, replaces=None)


def freeze_pool(plan: Plan, pool: Pool) -> tuple[Stratum, ...]:
    """The strata of a walk's freeze, in the plan's order."""
    return tuple(
        frozen_stratum(item.name, item.quota, item.substitutes, pool.strata[item.name])
        for item in plan.strata
    )


def frozen_stratum(name: str, quota: int, substitutes: int, leaves: Sequence[bytes]) -> Stratum:
    """A stratum over these leaves, which must stand strictly ascending (`ValueError`)."""
    check_ascending(leaves)
    return Stratum(name, quota, substitutes, len(leaves), root(leaves))


def frozen_items(leaves: Sequence[bytes]) -> tuple[Stratum, ...]:
    """What a permutation freezes: one stratum of which everything is drawn."""
    return (frozen_stratum("items", len(leaves), 0, leaves),)


def check_leaves(stratum: Stratum, leaves: Sequence[bytes]) -> None:
    """Refuse (`wrong-leaves`) unless these are the frozen leaves, strictly ascending."""
    rising = all(low < high for low, high in pairwise(leaves))
    if not rising or len(leaves) != stratum.size or root(leaves) != stratum.root:
        refuse(
            f"“{stratum.name}”的名册叶子与冻结的不同，或未严格递增",
            f"The leaves of {stratum.name} are not the frozen ones, or not strictly ascending",
            code="wrong-leaves",
        )


def read_freeze(value: Json) -> Freeze:
    """The freeze that `Freeze.json` writes; `malformed`, or a rule of the parties broken."""
    held = Members(value, "draw-freeze")
    found = Freeze(
        serial(held.take("draw")),
        serial(held.take("case")),
        word(held.take("purpose")),
        held.choice("kind", KINDS),
        held.array("strata", _stratum, high=STRATUM_LIMIT),
        held.maybe("walk", lambda name: _read_walk(held.take(name))),
        held.array("options", _option),
        held.array("parties", read_party, 2, PARTY_LIMIT),
        held.whole("reveal_seconds", 1),
        held.maybe("beacon", lambda name: _read_beacon(held.take(name))),
        held.maybe("replaces", lambda name: _read_replaced(held.take(name))),
    )
    held.end()
    _check_kind(found)
    check_parties(found.parties)
    return found


def _check_kind(freeze: Freeze) -> None:
    shape = (len(freeze.strata), freeze.walk is not None, bool(freeze.options))
    fits = {
        WALK: shape == (max(1, len(freeze.strata)), True, False),
        PERMUTATION: shape == (1, False, False),
        PICK: shape == (0, False, True),
    }
    names = [item.name for item in freeze.strata]
    if not fits[freeze.kind] or len(set(names)) != len(names):
        refuse("冻结内容与抽取种类不符", "The freeze does not fit the kind of draw")


def _option(value: Json) -> str:
    return Members({"option": value}).text("option", high=64)


def _stratum(value: Json) -> Stratum:
    held = Members(value)
    found = Stratum(
        stratum_name(held.take("stratum")),
        held.whole("quota", 0, CANDIDATE_LIMIT),
        held.whole("substitutes", 0, CANDIDATE_LIMIT),
        held.whole("size", 0, CANDIDATE_LIMIT),
        held.octets("root", 32),
    )
    held.end()
    return found


def _walk_json(walk: WalkFreeze) -> JsonObject:
    return {
        "key_hash": b64u(walk.key_hash),
        "plan": b64u(walk.plan),
        "register": walk.register.register,
        "register_root": b64u(walk.register.root),
        "register_size": walk.register.size,
        "unit_cap": walk.unit_cap,
        "excluded": dict[str, Json](walk.excluded),
    }


def _read_walk(value: Json) -> WalkFreeze:
    held = Members(value)
    counts = held.take("excluded")
    if not isinstance(counts, dict):
        refuse("排除计数应为对象", "The counts of the excluded must be an object")
    found = WalkFreeze(
        held.octets("key_hash", 32),
        held.octets("plan", 32),
        Register(
            word(held.take("register")),
            held.octets("register_root", 32),
            held.whole("register_size", 0, CANDIDATE_LIMIT),
        ),
        held.maybe("unit_cap", lambda name: held.whole(name, 1)),
        {word(rule): Members(counts).whole(rule, 1) for rule in counts},
    )
    held.end()
    return found


def _beacon_json(chain: BeaconChain) -> JsonObject:
    return {
        "chain_hash": b64u(chain.chain_hash),
        "genesis": stamp(chain.genesis),
        "period": chain.period,
    }


def _read_beacon(value: Json) -> BeaconChain:
    held = Members(value)
    found = BeaconChain(
        held.octets("chain_hash", 32), moment(held.text("genesis")), held.whole("period", 1)
    )
    held.end()
    return found


def _replaced_json(replaced: Replaced) -> JsonObject:
    changes: list[Json] = [{"leaf": b64u(leaf), "cause": cause} for leaf, cause in replaced.changes]
    return {"freeze_hash": b64u(replaced.freeze_hash), "changes": changes}


def _read_replaced(value: Json) -> Replaced:
    held = Members(value)
    found = Replaced(
        held.octets("freeze_hash", 32), held.array("changes", _change, high=CANDIDATE_LIMIT)
    )
    held.end()
    leaves = [leaf for leaf, _ in found.changes]
    if leaves != sorted(set(leaves)):
        refuse("变更名单的顺序不对", "The changed leaves must stand ascending, none twice")
    return found


def _change(value: Json) -> tuple[bytes, str]:
    held = Members(value)
    found = held.octets("leaf", 32), held.text("cause")
    held.end()
    return found
