"""Freezing again: a pool that an audit found wanting is made anew, before anybody commits.

The draw keeps its number, its key, its parties and its seats. The freeze that was stopped stays in
the record with its leaves and audits and goes into the draw file; each leaf that came or went is
listed with its cause, and a supervisor signs before a commitment is taken (trust protocol,
section 5, and review H6). The key stays, for under another one nobody could see what changed.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from market.accounts.commands.duties import TakeDuty, take_duty
from market.accounts.separation import Duty
from market.command import Work
from market.draws.changes import changes
from market.draws.commands.freezing import FreezeWalk, Frozen, make_freeze, write_leaves
from market.draws.model import Draw, DrawLeaf, DrawPiece, DrawStop
from market.draws.rows import AUDIT, CONSENT, draw_row, freeze_of, leaves, pieces
from market.draws.rules import DRAW_TABLE, PROTOCOL, DrawAction
from market.draws.sealing import Sealer
from market.kernel.errors import BadInput, Refusal
from market.protocol.draw_files import EARLIER_LIMIT, read_pool, write_earlier
from market.protocol.encoding import canonical, parse
from market.protocol.exclusions import Recusals
from market.protocol.freezes import Register, Replaced, read_freeze
from market.protocol.pools import Candidate, Plan

REMEDY_LENGTH: Final = 2_000
"""Characters of what the owner says was mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreezeWalk:
    """Freeze the pool of a stopped draw again, with the same key, parties, seats and cap.

    `remedy` says in words what was mended, for the parties and the supervisor who signs.
    """

    no: str
    plan: Plan
    register: Register
    register_key: bytes
    candidates: tuple[Candidate, ...]
    sealer: Sealer
    remedy: str
    recusals: Recusals | None = None


def refreeze_walk(work: Work, cmd: RefreezeWalk) -> Frozen:
    """Journal `draw-freeze` once more for the same draw, naming the freeze that it replaces.

    Refusals: "illegal-move" unless the draw was stopped; `BadInput` "remedy-missing";
    "bad-refreeze" for other strata or seats; "too-many-freezes"; those of `freeze_walk` about the
    pool.
    """
    work.hold(f"draw:{cmd.no}")
    row = draw_row(work.session, cmd.no, lock=True)
    DRAW_TABLE.move(row.state, DrawAction.REFREEZE)
    remedy = _remedy(cmd.remedy)
    old, place = freeze_of(row), f"draw/{cmd.no}"
    if old.walk is None or row.inputs is None:
        raise AssertionError(f"{row.no} was stopped and has no pool")
    raw = cmd.sealer.open(place, row.inputs)
    given = parse(raw, limit=len(raw))
    given.pop("recusals", None)
    was = read_pool(given)
    whole = FreezeWalk(
        case=old.case,
        purpose=old.purpose,
        plan=cmd.plan,
        register=cmd.register,
        register_key=cmd.register_key,
        candidates=cmd.candidates,
        unit_cap=old.walk.unit_cap,
        parties=old.parties,
        sealer=cmd.sealer,
        recusals=cmd.recusals,
    )
    listed = changes(was.key, (was.plan, was.candidates), (cmd.plan, cmd.candidates))
    made = make_freeze(whole, row.no, was.key, Replaced(old.hash, listed))
    if not made.freeze.follows(old):
        raise _other_terms()
    _put_away(work, row, remedy)
    row.freeze = canonical(made.freeze.json())
    read_freeze(parse(row.freeze))
    row.inputs = cmd.sealer.seal(place, canonical(made.inputs))
    row.frozen_at, row.limit_at = work.now, None
    work.move(row, DRAW_TABLE, DrawAction.REFREEZE)
    work.session.flush()
    write_leaves(work, row, made.pool, cmd.sealer)
    work.publish("draw-freeze", row.no, made.freeze.json())
    if work.actor.person is not None:
        opener = TakeDuty(row.id, work.actor.person, Duty.DRAW_OPENER, work.actor.organisation)
        take_duty(work, opener)
    return Frozen(row.id, row.no, made.freeze.hash, needs_consent=True)


def write_stop(work: Work, row: Draw) -> UUID:
    """Write down that an audit stopped a draw; the stop's id."""
    known = work.session.scalar(
        select(func.count()).select_from(DrawStop).where(DrawStop.draw == row.id)
    )
    stop = DrawStop(id=uuid4(), draw=row.id, number=(known or 0) + 1, stopped_at=work.now)
    work.session.add(stop)
    work.session.flush()
    return stop.id


def _put_away(work: Work, row: Draw, remedy: str) -> None:
    """Keep the stopped freeze whole with its stop, and clear the table for the next one."""
    freeze = freeze_of(row)
    stop = work.session.scalars(
        select(DrawStop).where(DrawStop.draw == row.id, DrawStop.body.is_(None))
    ).one()
    if stop.number > EARLIER_LIMIT:
        raise Refusal(
            "too-many-freezes",
            zh=f"名册已重新冻结 {EARLIER_LIMIT} 次，不能再重新冻结",
            en=f"The pool was frozen again {EARLIER_LIMIT} times; there is no further one",
            article=PROTOCOL,
        )
    stop.body = canonical(
        write_earlier(
            freeze.json(),
            leaves(work.session, row, freeze),
            pieces(work.session, row, AUDIT),
            pieces(work.session, row, CONSENT),
        )
    )
    stop.inputs, stop.remedy, stop.replaced_at = row.inputs, remedy, work.now
    work.session.flush()
    for table in (DrawLeaf, DrawPiece):
        work.session.execute(delete(table).where(table.draw == row.id))


def _remedy(text: str) -> str:
    said = text.strip()
    if not 0 < len(said) <= REMEDY_LENGTH:
        words = (
            f"写明改正了什么，不超过{REMEDY_LENGTH}字",
            f"Say what was mended, in at most {REMEDY_LENGTH} characters",
        )
        raise BadInput("remedy-missing", zh=words[0], en=words[1], fields={"remedy": words})
    return said


def _other_terms() -> Refusal:
    return Refusal(
        "bad-refreeze",
        zh="重新冻结须保持各层、席位、密钥和参与方不变",
        en="Freezing again keeps strata, seats, key and parties as they were",
        article=PROTOCOL,
    )
