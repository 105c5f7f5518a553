"""Freezing: what is drawn, from what and by whom is fixed and journaled before any nonce exists.

One draw for a case and purpose. Who may start one is for the room that asks.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.separation import Duty
from market.command import Work
from market.draws.model import Draw, DrawLeaf
from market.draws.rules import LIMIT, PROTOCOL, DrawState, draw_no
from market.draws.sealing import Sealer
from market.kernel.errors import Refusal
from market.protocol.audits import PoolInputs, audit
from market.protocol.draw_files import write_pool
from market.protocol.encoding import JsonObject, canonical, digest, parse, unb64u
from market.protocol.exclusions import Recusals, audit_exclusions
from market.protocol.freezes import (
    PERMUTATION,
    WALK,
    Freeze,
    Register,
    Replaced,
    WalkFreeze,
    freeze_pool,
    frozen_items,
    read_freeze,
)
from market.protocol.parties import Party
from market.protocol.pools import KEY_LENGTH, Candidate, Plan, Pool, make_pool

SALT_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeWalk:
    """Freeze the pool that `plan` makes of a register's snapshot.

    `register_key` salts the register's root, which must be journaled; `unit_cap` as in the freeze.
    `plan.draw` is `draw_no(case, purpose)`; `recusals` back whom the plan names.
    """

    case: str
    purpose: str
    plan: Plan
    register: Register
    register_key: bytes
    candidates: tuple[Candidate, ...]
    unit_cap: int | None
    parties: tuple[Party, ...]
    sealer: Sealer
    recusals: Recusals | None = None


@dataclass(frozen=True, slots=True)
class Frozen:
    """A draw that was frozen: its number and the hash that all parties name."""

    id: UUID
    no: str
    freeze_hash: bytes
    needs_consent: bool


def freeze_walk(work: Work, cmd: FreezeWalk) -> Frozen:
    """Make the draw's key, freeze the pool, journal `draw-freeze`.

    Refusals: "second-draw" for a case and purpose that has one; "listed-twice"; "bad-parties";
    "pool-too-small" where a stratum has fewer leaves than seats.
    """
    no = _fresh_no(work, cmd.case, cmd.purpose)
    made = make_freeze(cmd, no, secrets.token_bytes(KEY_LENGTH))
    inputs = cmd.sealer.seal(f"draw/{no}", canonical(made.inputs))
    draw = _write(work, made.freeze, DrawState.FROZEN, inputs)
    write_leaves(work, draw, made.pool, cmd.sealer)
    return Frozen(draw.id, no, made.freeze.hash, made.freeze.needs_consent)


@dataclass(frozen=True, slots=True)
class MadeFreeze:
    """A freeze with its pool and what it was made of, as an auditor is given it."""

    freeze: Freeze
    pool: Pool
    inputs: JsonObject


def make_freeze(
    cmd: FreezeWalk, no: str, key: bytes, replaces: Replaced | None = None
) -> MadeFreeze:
    """The freeze of a pool under this key; nothing is written. Refusals as in `freeze_walk`."""
    _refuse_twice(cmd.candidates)
    pool = make_pool(cmd.plan, key, cmd.candidates)
    freeze = Freeze(
        draw=no,
        case=cmd.case,
        purpose=cmd.purpose,
        kind=WALK,
        strata=freeze_pool(cmd.plan, pool),
        walk=WalkFreeze(
            digest(key), cmd.plan.commitment(key), cmd.register, cmd.unit_cap, pool.excluded
        ),
        options=(),
        parties=cmd.parties,
        reveal_seconds=int(LIMIT.total_seconds()),
        beacon=None,
        replaces=replaces,
    )
    _refuse_short(freeze)
    given = PoolInputs(key, cmd.plan, cmd.register_key, cmd.candidates)
    _refuse_wanting(freeze, given, cmd.recusals)
    recusals = None if cmd.recusals is None else cmd.recusals.json()
    return MadeFreeze(freeze, pool, {**write_pool(given), "recusals": recusals})


def write_leaves(work: Work, draw: Draw, pool: Pool, sealer: Sealer) -> None:
    """Write down the leaves of a pool; who stands behind each is sealed."""
    for stratum, leaves in pool.strata.items():
        work.session.add_all(
            DrawLeaf(
                draw=draw.id,
                stratum=stratum,
                leaf=leaf,
                tag=_tag(pool.opened[leaf]),
                opening=sealer.seal(f"draw/{draw.no}", pool.opened[leaf]),
            )
            for leaf in leaves
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeOrder:
    """Freeze things whose order is drawn: dark numbers, a tie. `leaves` strictly ascending."""

    case: str
    purpose: str
    leaves: tuple[bytes, ...]
    parties: tuple[Party, ...]


def freeze_order(work: Work, cmd: FreezeOrder) -> Frozen:
    """Freeze a permutation and journal `draw-freeze`; it has no pool, so nobody audits it.

    Refusals: "second-draw", "bad-parties". `ValueError` for leaves out of order or doubled.
    """
    no = _fresh_no(work, cmd.case, cmd.purpose)
    freeze = Freeze(
        draw=no,
        case=cmd.case,
        purpose=cmd.purpose,
        kind=PERMUTATION,
        strata=frozen_items(cmd.leaves),
        walk=None,
        options=(),
        parties=cmd.parties,
        reveal_seconds=int(LIMIT.total_seconds()),
        beacon=None,
        replaces=None,
    )
    draw = _write(work, freeze, DrawState.AUDITED, None)
    draw.limit_at = work.now + LIMIT
    work.session.add_all(
        DrawLeaf(draw=draw.id, stratum=freeze.strata[0].name, leaf=leaf) for leaf in cmd.leaves
    )
    return Frozen(draw.id, no, freeze.hash, needs_consent=False)


def _fresh_no(work: Work, case: str, purpose: str) -> str:
    no = draw_no(case, purpose)
    work.hold(f"draw:{no}")
    if work.session.scalar(select(Draw.id).where(Draw.no == no)) is not None:
        raise Refusal(
            "second-draw",
            zh="此事项已有一次抽取；一事一抽，不得重来",
            en="There is a draw for this purpose already; there is never a second one",
            article=PROTOCOL,
        )
    return no


def _refuse_twice(candidates: Sequence[Candidate]) -> None:
    if len({one.id for one in candidates}) != len(candidates):
        raise Refusal(
            "listed-twice",
            zh="同一候选人在名册中出现两次，应先合并登记",
            en="One candidate stands in the register twice; merge the records first",
            article=PROTOCOL,
        )


def _refuse_wanting(freeze: Freeze, given: PoolInputs, recusals: Recusals | None) -> None:
    """Refuse what every auditor would find: it must never leave the house."""
    found = audit(freeze, given)
    if recusals is not None:
        found += audit_exclusions(given.plan, given.candidates, recusals)
    for finding in found:
        raise Refusal(finding.code, zh=finding.zh, en=finding.en, article=PROTOCOL)


def _refuse_short(freeze: Freeze) -> None:
    for item in freeze.strata:
        if item.size < item.quota:
            raise Refusal(
                "pool-too-small",
                zh=f"“{item.name}”的合格候选人少于席位数，应放宽专业或地区",
                en=f"{item.name} has fewer candidates than seats; ask for more specialties or"
                " regions",
                article=PROTOCOL,
            )


def _write(work: Work, freeze: Freeze, state: DrawState, inputs: bytes | None) -> Draw:
    raw = canonical(freeze.json())
    read_freeze(parse(raw))  # the rules of parties and kinds, before anything is written
    work.publish("draw-freeze", freeze.draw, freeze.json())
    draw = Draw(
        id=uuid4(),
        no=freeze.draw,
        case_no=freeze.case,
        purpose=freeze.purpose,
        kind=freeze.kind,
        state=state,
        freeze=raw,
        inputs=inputs,
        frozen_at=work.now,
    )
    work.session.add(draw)
    work.session.flush()
    if work.actor.person is not None:
        opener = TakeDuty(draw.id, work.actor.person, Duty.DRAW_OPENER, work.actor.organisation)
        take_duty(work, opener)
    work.note(draw.no, "draw.frozen")
    work.state_fact("draw.frozen", draw.id)
    return draw


def _tag(opening: bytes) -> bytes | None:
    tag = parse(opening[SALT_LENGTH:])["unit_tag"]
    return None if tag is None else unb64u(str(tag), KEY_LENGTH)
