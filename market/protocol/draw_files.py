"""The draw file: everything of one draw, all attempts, so that anybody re-runs it offline.

Published at the legal moment. Besides the structures that were journaled it holds the whole list
of leaves (an order cannot be re-run from a root), the openings of the leaves that may be shown,
where names are public the pool's inputs, and the journal's proofs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from market.protocol.audits import PoolInputs
from market.protocol.draws import (
    BeaconRound,
    Commit,
    Reveal,
    read_beacon_round,
    read_commit,
    read_reveal,
)
from market.protocol.encoding import Json, JsonObject, b64u, parse, refuse, structure
from market.protocol.freezes import Freeze, read_freeze
from market.protocol.inclusions import Proofs, read_proofs
from market.protocol.members import Members, octet_list, octets_of
from market.protocol.merkle import leaf_hash
from market.protocol.pools import (
    CANDIDATE_LIMIT,
    KEY_LENGTH,
    STRATUM_LIMIT,
    read_candidate,
    read_plan,
)

FILE_LIMIT: Final = 268_435_456  # bytes of a draw file: a million leaves fit well
ATTEMPT_LIMIT: Final = 32
EARLIER_LIMIT: Final = 32  # freezes that were replaced
STEP_LIMIT: Final = 100_000
SEVERAL: Final = 2  # voids of one attempt that are written as a list


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: commitments, nonces, how it ended if it did not complete, its beacon round.

    `voids` name whoever let it lapse, ascending by party; none for an attempt that completed.
    """

    number: int
    commits: tuple[Commit, ...]
    reveals: tuple[Reveal, ...]
    voids: tuple[JsonObject, ...]
    beacon: BeaconRound | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A freeze that the next one replaced, with its leaves, so that every change can be seen."""

    freeze: Freeze
    leaves: tuple[tuple[bytes, ...], ...]
    audits: tuple[JsonObject, ...]
    consents: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True)
class DrawFile:
    """A draw file, read; nothing but its form is checked yet.

    `leaves` stand as the freeze's strata. `opened` maps a leaf to `salt || JCS(value)`.
    """

    freeze: Freeze
    leaves: tuple[tuple[bytes, ...], ...]
    audits: tuple[JsonObject, ...]
    consents: tuple[JsonObject, ...]
    attempts: tuple[Attempt, ...]
    steps: tuple[JsonObject, ...]
    result: JsonObject
    opened: Mapping[bytes, bytes]
    pool: PoolInputs | None
    earlier: tuple[Earlier, ...]
    before: Proofs | None
    after: Proofs | None
    growth: tuple[bytes, ...]


def write_draw_file(
    *,
    freeze: JsonObject,
    leaves: Sequence[Sequence[bytes]],
    audits: Sequence[JsonObject] = (),
    consents: Sequence[JsonObject] = (),
    attempts: Sequence[JsonObject],
    steps: Sequence[JsonObject] = (),
    result: JsonObject,
    opened: Sequence[bytes] = (),
    pool: JsonObject | None = None,
    earlier: Sequence[JsonObject] = (),
    journal: JsonObject | None = None,
) -> JsonObject:
    """The draw file of these parts: "yg/draw-file/v1"; its form is checked.

    `attempts` from `write_attempt`, `pool` from `write_pool`, `earlier` from `write_earlier`,
    `journal` from `write_journal`.
    """
    made = structure(
        "draw-file",
        freeze=freeze,
        leaves=[octet_list(row) for row in leaves],
        audits=list[Json](audits),
        consents=list[Json](consents),
        attempts=list[Json](attempts),
        steps=list[Json](steps),
        result=result,
        opened=octet_list(opened),
        pool=pool,
        earlier=list[Json](earlier),
        journal=journal,
    )
    draw_file(made)
    return made


def write_attempt(
    number: int,
    commits: Sequence[JsonObject],
    reveals: Sequence[JsonObject],
    *,
    void: JsonObject | Sequence[JsonObject] | None = None,
    beacon: BeaconRound | None = None,
) -> JsonObject:
    """One attempt of a draw file; commitments, nonces and several voids ascending by party."""
    ended: Json = void if void is None or isinstance(void, dict) else list[Json](void)
    if isinstance(ended, list) and len(ended) < SEVERAL:
        ended = ended[0] if ended else None
    return {
        "attempt": number,
        "commits": list[Json](commits),
        "reveals": list[Json](reveals),
        "void": ended,
        "beacon": None if beacon is None else beacon.json(),
    }


def write_pool(given: PoolInputs) -> JsonObject:
    """The pool's inputs, for a draw whose names are public."""
    return {
        "key": b64u(given.key),
        "plan": given.plan.json(),
        "register_key": b64u(given.register_key),
        "candidates": [item.json() for item in given.candidates],
    }


def write_earlier(
    freeze: JsonObject,
    leaves: Sequence[Sequence[bytes]],
    audits: Sequence[JsonObject] = (),
    consents: Sequence[JsonObject] = (),
) -> JsonObject:
    """A freeze that was replaced before anybody committed, with what was signed about it."""
    return {
        "freeze": freeze,
        "leaves": [octet_list(row) for row in leaves],
        "audits": list[Json](audits),
        "consents": list[Json](consents),
    }


def write_journal(before: Proofs, after: Proofs, growth: Sequence[bytes]) -> JsonObject:
    """The journal's proofs: what a checkpoint older than the first reveal held, and the rest.

    `growth` is the consistency proof between the two checkpoints.
    """
    return {"before": before.json(), "after": after.json(), "growth": octet_list(growth)}


def read_draw_file(raw: bytes) -> DrawFile:
    """The draw file that these bytes are; another form is `malformed`."""
    return draw_file(parse(raw, limit=FILE_LIMIT))


def draw_file(value: Json) -> DrawFile:
    """The draw file that a JSON value is."""
    held = Members(value, "draw-file")
    journal = held.maybe("journal", held.inner)
    found = DrawFile(
        read_freeze(held.take("freeze")),
        held.array("leaves", _leaves, high=STRATUM_LIMIT),
        held.array("audits", _object),
        held.array("consents", _object),
        held.array("attempts", _attempt, 1, ATTEMPT_LIMIT),
        held.array("steps", _object, high=STEP_LIMIT),
        _object(held.take("result")),
        {leaf_hash(item): item for item in held.array("opened", _opening, high=CANDIDATE_LIMIT)},
        held.maybe("pool", lambda name: read_pool(held.take(name))),
        held.array("earlier", read_earlier, high=EARLIER_LIMIT),
        None if journal is None else read_proofs(journal.take("before")),
        None if journal is None else read_proofs(journal.take("after")),
        () if journal is None else journal.array("growth", octets_of(32)),
    )
    held.end()
    if journal is not None:
        journal.end()
    if [item.number for item in found.attempts] != list(range(1, len(found.attempts) + 1)):
        refuse(
            "抽取轮次的编号不连续：有轮次被略去",
            "The attempts are not numbered without a gap: one was left out",
            code="attempt-missing",
        )
    return found


def _leaves(value: Json) -> tuple[bytes, ...]:
    return Members({"leaves": value}).array("leaves", octets_of(32), high=CANDIDATE_LIMIT)


def _opening(value: Json) -> bytes:
    return Members({"opened": value}).octets("opened")


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        refuse("应为 JSON 对象", "A JSON object is needed")
    return value


def _attempt(value: Json) -> Attempt:
    held = Members(value)
    found = Attempt(
        held.whole("attempt", 1),
        held.array("commits", read_commit),
        held.array("reveals", read_reveal),
        () if (ended := held.take("void")) is None else _voids(ended),
        held.maybe("beacon", lambda name: read_beacon_round(held.take(name))),
    )
    held.end()
    return found


def _voids(value: Json) -> tuple[JsonObject, ...]:
    if not isinstance(value, list):
        return (_object(value),)
    if len(value) < SEVERAL:
        refuse("单方作废不用列表书写", "One void alone stands without a list")
    return tuple(_object(item) for item in value)


def read_pool(value: Json) -> PoolInputs:
    """The pool's inputs that `write_pool` writes."""
    held = Members(value)
    found = PoolInputs(
        held.octets("key", KEY_LENGTH),
        read_plan(held.take("plan")),
        held.octets("register_key", KEY_LENGTH),
        held.array("candidates", read_candidate, high=CANDIDATE_LIMIT),
    )
    held.end()
    return found


def read_earlier(value: Json) -> Earlier:
    """The replaced freeze that `write_earlier` writes."""
    held = Members(value)
    found = Earlier(
        read_freeze(held.take("freeze")),
        held.array("leaves", _leaves, high=STRATUM_LIMIT),
        held.array("audits", _object),
        held.array("consents", _object),
    )
    held.end()
    return found
