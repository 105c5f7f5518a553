"""A whole draw for tests and vectors: register, plan, parties, attempts, walk, journal, file.

`DrawScene` holds the makings; a test changes one of them and builds the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from market.protocol.audits import PoolInputs, audit, make_audit
from market.protocol.draw_files import (
    DrawFile,
    draw_file,
    write_attempt,
    write_draw_file,
    write_pool,
)
from market.protocol.draw_results import permutation_result, pick_result, walk_result
from market.protocol.draws import (
    BY_PARTY,
    PREDICTABLE,
    BeaconRound,
    make_commit,
    make_consent,
    make_reveal,
    make_seed,
    read_commit,
)
from market.protocol.encoding import Json, JsonObject, digest
from market.protocol.freezes import (
    PERMUTATION,
    PICK,
    WALK,
    BeaconChain,
    Freeze,
    Register,
    Replaced,
    WalkFreeze,
    freeze_pool,
    frozen_items,
)
from market.protocol.parties import Party
from market.protocol.pools import (
    Candidate,
    Condition,
    Exclusion,
    Plan,
    PlannedStratum,
    Pool,
    make_pool,
    register_root,
    unit_tag,
)
from market.protocol.walks import (
    NO_ANSWER,
    REPORTED,
    Delivery,
    Row,
    Skip,
    Walk,
    cap_by_tags,
    draw_order,
    make_step,
)
from tests.support.log_cast import (
    CENTRE_USCC,
    NOTARY_USCC,
    SUPERVISOR_USCC,
    private,
    public,
    seconds,
    secret,
)

DRAW = "D-2026-000123"
K_DRAW = secret("draw/key")
K_REGISTER = secret("register/key")


def _specialties(number: int) -> list[Json]:
    return ["A01", "B02"] if number % 10 == 0 else [("A01", "B02")[number % 2]]


def register(size: int = 60) -> tuple[Candidate, ...]:
    """Experts E0000, E0001, …: three of a unit, two specialties, some suspended, some too new."""
    return tuple(
        Candidate(
            f"E{number:04d}",
            f"U{number // 3:03d}",
            {
                "specialty": ["A01", "B02"]
                if number % 10 == 0
                else ["AB"[number % 2] + f"0{1 + number % 2}"],
                "years": 5 + number % 20,
                "until": "2027-12-31" if number % 7 else "2026-01-31",
            },
        )
        for number in range(size)
    )


def make_plan(quota: int = 3, *, repeats: bool = False) -> Plan:
    """Two strata by specialty; recused ids and units, too few years, appointment run out."""
    return Plan(
        DRAW,
        (
            PlannedStratum("A01 水利", quota, 1, (Condition("specialty", "one-of", ["A01"]),)),
            PlannedStratum("B02 造价", 1, 1, (Condition("specialty", "one-of", ["B02"]),)),
        ),
        (
            Exclusion("r10", frozenset({"E0002"}), frozenset({"U005"}), ()),
            Exclusion(
                "d06", frozenset(), frozenset(), (Condition("until", "at-most", "2026-11-23"),)
            ),
            Exclusion("d01", frozenset(), frozenset(), (Condition("years", "at-most", 7),)),
        ),
        repeats,
    )


def _when(rule: str, condition: Condition) -> Exclusion:
    return Exclusion(rule, frozenset(), frozenset(), (condition,))


def parties() -> tuple[Party, ...]:
    """Supervisor, notary and centre, and a stand-in of the notary."""
    return (
        Party("supervisor", SUPERVISOR_USCC, "supervisor", public("supervisor"), None),
        Party("notary", NOTARY_USCC, "notary", public("notary"), None),
        Party("centre", CENTRE_USCC, "centre", public("centre"), None),
        Party("notary-2", NOTARY_USCC, "notary", public("notary-2"), "notary"),
    )


@dataclass
class DrawScene:
    """The makings of one draw."""

    candidates: tuple[Candidate, ...] = field(default_factory=register)
    plan: Plan = field(default_factory=make_plan)
    kind: str = WALK
    options: tuple[str, ...] = ()
    items: tuple[bytes, ...] = ()
    unit_cap: int | None = 1
    members: tuple[Party, ...] = field(default_factory=parties)
    reported: tuple[str, ...] = ("declined", "no-answer")
    draw: str = DRAW
    replaces: Replaced | None = None
    beacon: BeaconChain | None = None
    round: BeaconRound | None = None

    def pool(self) -> Pool:
        """The honest pool."""
        return make_pool(self.plan, K_DRAW, self.candidates)

    def inputs(self) -> PoolInputs:
        """What an auditor is given."""
        return PoolInputs(K_DRAW, self.plan, K_REGISTER, self.candidates)

    def freeze(self, pool: Pool | None = None) -> Freeze:
        """The freeze of a pool, or of the items, or of the options."""
        held = self.pool() if pool is None else pool
        strata = freeze_pool(self.plan, held) if self.kind == WALK else ()
        if self.kind == PERMUTATION:
            strata = frozen_items(self.items)
        walk = WalkFreeze(
            digest(K_DRAW),
            self.plan.commitment(K_DRAW),
            Register("experts", register_root(K_REGISTER, self.candidates), len(self.candidates)),
            self.unit_cap,
            held.excluded,
        )
        return Freeze(
            self.draw, "ZC-2026-000123", "panel", self.kind, strata,
            walk if self.kind == WALK else None, self.options if self.kind == PICK else (),
            self.members, 1800, self.beacon, self.replaces,
        )  # fmt: skip


def nonce(attempt: int, party: str) -> bytes:
    """A party's nonce."""
    return secret(f"nonce/{attempt}/{party}")


def commits_of(
    freeze: Freeze,
    names: Sequence[str],
    attempt: int = 1,
    *,
    tools: Mapping[str, str] | None = None,
) -> list[JsonObject]:
    """The parties' commitments, ascending."""
    used = {} if tools is None else tools
    return [
        make_commit(
            freeze, attempt, name, secret(f"escrow/{attempt}/{name}"), nonce(attempt, name),
            used.get(name, "client"), private(name),
        )
        for name in sorted(names)
    ]  # fmt: skip


def reveals_of(
    names: Sequence[str], attempt: int = 1, by: str = BY_PARTY, draw: str = DRAW
) -> list[JsonObject]:
    """The parties' nonces, ascending."""
    return [make_reveal(draw, attempt, name, nonce(attempt, name), by) for name in sorted(names)]


def seed_of(
    freeze: Freeze,
    commits: Sequence[JsonObject],
    attempt: int = 1,
    beacon: BeaconRound | None = None,
) -> bytes:
    """The seed of these commitments and their nonces."""
    held = [read_commit(item) for item in commits]
    nonces = {one.party: nonce(attempt, one.party) for one in held}
    return make_seed(freeze, attempt, held, nonces, beacon)


@dataclass
class Made:
    """A draw carried out: everything that is journaled, and the walk."""

    freeze: Freeze
    attempt: int
    leaves: tuple[tuple[bytes, ...], ...]
    audits: list[JsonObject]
    consents: list[JsonObject]
    commits: list[JsonObject]
    reveals: list[JsonObject]
    seed: bytes
    walk: Walk | None
    steps: list[JsonObject]
    result: JsonObject
    opened: list[bytes]
    pool: JsonObject | None


MAIN = ("centre", "notary", "supervisor")


def carry_out(scene: DrawScene, names: Sequence[str] = MAIN, attempt: int = 1) -> Made:
    """Carry a draw out honestly, with these parties in this attempt."""
    pool = scene.pool()
    freeze = scene.freeze(pool)
    commits = commits_of(freeze, names, attempt)
    seed = seed_of(freeze, commits, attempt, scene.round)
    reveals = reveals_of(names, attempt, draw=scene.draw)
    made = Made(freeze, attempt, (), [], [], commits, reveals, seed, None, [], {}, [], None)
    if scene.kind == PICK:
        made.result = pick_result(freeze, attempt, seed)
        return made
    if scene.kind == PERMUTATION:
        made.leaves = (scene.items,)
        made.result = permutation_result(freeze, attempt, seed, scene.items)
        return made
    made.leaves = tuple(pool.strata[item.name] for item in freeze.strata)
    made.audits = [make_audit(freeze, "notary", audit(freeze, scene.inputs()), private("notary"))]
    if freeze.needs_consent:
        made.consents = [
            make_consent(
                freeze, PREDICTABLE, None, 0, "supervisor", seconds(1), private("supervisor")
            )
        ]
    _walk(scene, made, pool)
    return made


def consent_of(
    freeze: Freeze, reason: str, stratum: str | None = None, count: int = 0, by: str = "supervisor"
) -> JsonObject:
    """A consent, signed with the key of the label `by`."""
    return make_consent(freeze, reason, stratum, count, by, seconds(1), private(by))


def tags_of(scene: DrawScene) -> dict[bytes, bytes | None]:
    """Every leaf's unit tag."""
    tags = dict[bytes, bytes | None]()
    for item in scene.candidates:
        for leaf in make_pool(scene.plan, K_DRAW, (item,)).opened:
            tags[leaf] = None if item.unit is None else unit_tag(K_DRAW, item.unit)
    return tags


def _walk(scene: DrawScene, made: Made, pool: Pool) -> None:
    rows = [
        Row(item.name, item.quota, draw_order(made.seed, item.name, leaves))
        for item, leaves in zip(made.freeze.strata, made.leaves, strict=True)
    ]
    walk = Walk(rows, cap_by_tags(tags_of(scene), scene.unit_cap))
    first = rows[0].stratum
    for code in scene.reported:
        walk.unseat(first, walk.seats[first][0], code)
    made.walk = walk
    made.steps = [step_of(scene.draw, number, skip) for number, skip in enumerate(walk.skips)]
    made.result = walk_result(made.freeze, made.attempt, made.seed, walk.seats)
    shown = {leaf for seats in walk.seats.values() for leaf in seats}
    made.opened = [pool.opened[leaf] for leaf in sorted(shown)]


def step_of(draw: str, number: int, skip: Skip) -> JsonObject:
    """The journaled step of a skip, with the evidence its code asks for."""
    if skip.code == NO_ANSWER:
        sent = (
            Delivery("carrier-a", secret(f"sms/{number}"), seconds(10)),
            Delivery("carrier-b", secret(f"call/{number}"), seconds(20)),
        )
        until = seconds(20) + timedelta(minutes=15)
        return make_step(draw, number, skip, deliveries=sent, waited_until=until)
    record = secret(f"record/{number}") if skip.code in REPORTED else None
    return make_step(draw, number, skip, record=record)


def file_of(made: Made, journal: JsonObject | None = None, **changed: object) -> DrawFile:
    """The draw file of a draw, read back from its bytes."""
    return draw_file(json_of(made, journal, **changed))


def json_of(made: Made, journal: JsonObject | None = None, **changed: object) -> JsonObject:
    """The draw file as JSON; `changed` replaces arguments of `write_draw_file`."""
    parts = {
        "freeze": made.freeze.json(),
        "leaves": made.leaves,
        "audits": made.audits,
        "consents": made.consents,
        "attempts": [write_attempt(made.attempt, made.commits, made.reveals)],
        "steps": made.steps,
        "result": made.result,
        "opened": made.opened,
        "pool": made.pool,
        "journal": journal,
    }
    return write_draw_file(**{**parts, **changed})  # type: ignore[arg-type]


def with_pool(scene: DrawScene, made: Made) -> Made:
    """The same draw with its pool's inputs public."""
    return replace(made, pool=write_pool(scene.inputs()))
