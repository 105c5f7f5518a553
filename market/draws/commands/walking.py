"""Walking: seats that fall free go to the next in the order; every skip stands in the journal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from market.command import Work
from market.draws.commands.parties import write_steps
from market.draws.model import Draw, DrawLeaf, DrawStep
from market.draws.rows import draw_row, freeze_of, skips_allowed, steps, walk_of
from market.draws.rules import DRAW_TABLE, PROTOCOL, DrawAction, DrawState, no_draw
from market.draws.sealing import Sealer
from market.kernel.errors import IllegalMove, Refusal
from market.kernel.permissions import Permission
from market.protocol.draw_results import permutation_result, walk_result
from market.protocol.encoding import JsonObject, b64u, canonical, moment, stamp, unb64u
from market.protocol.freezes import PERMUTATION, WALK
from market.protocol.walks import NO_ANSWER, Delivery, Skip, make_step


@dataclass(frozen=True, slots=True)
class SkipSeat:
    """Somebody seated who does not come: the code, and what it rests on.

    `record` is the hash of the record for every code but `no-answer`, which has two deliveries and
    the end of the waiting.
    """

    no: str
    stratum: str
    leaf: bytes
    code: str
    record: bytes | None = None
    deliveries: Sequence[Delivery] = field(default_factory=tuple)
    waited_until: datetime | None = None


def skip_seat(work: Work, cmd: SkipSeat) -> None:
    """Take a seat away; the next in the stratum gets it. Journals `draw-step`.

    Who may is for the room that keeps the seats. Refusals: "not-seated", "no-evidence",
    "illegal-move" unless the draw is being walked.
    """
    row = draw_row(work.session, cmd.no, lock=True)
    if row.state is not DrawState.DRAWN:
        raise IllegalMove(
            "illegal-move",
            zh="抽取未在进行中，不能更换席位",
            en="The draw is not being walked, so no seat changes hands",
        )
    walk = walk_of(work.session, row)
    number = len(walk.skips)
    walk.unseat(cmd.stratum, cmd.leaf, cmd.code)
    waited = None if cmd.waited_until is None else stamp(cmd.waited_until)
    evidence: dict[str, object] = {
        "record": None if cmd.record is None else b64u(cmd.record),
        "deliveries": [item.json() for item in cmd.deliveries],
        "waited_until": waited,
    }
    write_steps(work, row, walk, number)
    reported = _step(work, row.id, number)
    reported.evidence = evidence
    _structure(row, reported)  # refused now rather than when it is journaled
    if not _waiting_before(work, row.id, number):
        _journal(work, row, reported)
    work.note(row.no, "draw.skipped", code=cmd.code)
    work.state_fact("draw.reseated", reported.id)


def journal_step(work: Work, step: UUID) -> None:
    """Journal one skip that waits; one whose turn has not come waits on."""
    work.need(Permission.HOUSE_ACT)
    found = work.session.get(DrawStep, step)
    if found is None:
        return
    row = work.session.get_one(Draw, found.draw, with_for_update=True)
    work.session.refresh(found)
    if found.body is None and not _waiting_before(work, row.id, found.number):
        _journal(work, row, found)


@dataclass(frozen=True, slots=True)
class PublishDraw:
    """Make a draw public; with `names_public` the file also opens who was seated."""

    no: str
    names_public: bool


def publish_draw(work: Work, cmd: PublishDraw) -> None:
    """End a draw at its legal moment and journal `draw-result`; again, nothing.

    Refusals: "steps-waiting" while a skip is not journaled, "no-consent" for more skips than seats
    that no supervisor signed for, "illegal-move" before the seed.
    """
    row = draw_row(work.session, cmd.no, lock=True)
    if row.state is DrawState.PUBLISHED:
        return
    DRAW_TABLE.move(row.state, DrawAction.PUBLISH)
    freeze = freeze_of(row)
    if row.seed is None:
        raise AssertionError("a draw without seed was published")
    if any(step.body is None for step in steps(work.session, row)):
        raise Refusal(
            "steps-waiting",
            zh="尚有跳过未入日志，稍后再公布",
            en="A skip is not in the journal yet; publish a little later",
            article=PROTOCOL,
        )
    if freeze.kind == WALK:
        walk = walk_of(work.session, row)
        for item in freeze.strata:
            if walk.skips_in(item.name) > skips_allowed(work.session, row, freeze, item.name):
                raise no_consent(item.name)
        result = walk_result(freeze, row.attempt, row.seed, walk.seats)
    elif freeze.kind == PERMUTATION:
        result = permutation_result(freeze, row.attempt, row.seed, sorted(_leaves(work, row.id)))
    else:
        raise AssertionError(f"{row.no} has no result of this kind")
    work.publish("draw-result", row.no, result)
    work.move(row, DRAW_TABLE, DrawAction.PUBLISH)
    row.result = canonical(result)
    row.published_at = work.now
    row.names_public = cmd.names_public
    work.state_fact("draw.published", row.id)


def publish_tie(work: Work, draw: UUID) -> None:
    """Publish a tie's order with everything open; the beat's act."""
    work.need(Permission.HOUSE_ACT)
    row = work.session.get_one(Draw, draw)
    publish_draw(work, PublishDraw(row.no, names_public=True))


@dataclass(frozen=True, slots=True)
class HandOutPool:
    """Give an outside party of this draw what it needs for its audit."""

    no: str
    organisation: str
    sealer: Sealer


def hand_out_pool(work: Work, cmd: HandOutPool) -> bytes:
    """The pool's inputs for an auditing party, its reading noted; `NotFound` for all others.

    Before the draw is published only parties of the freeze that are not inside the platform get it.
    """
    work.need(Permission.DRAWS_POOL_AUDIT)
    row = draw_row(work.session, cmd.no)
    freeze = freeze_of(row)
    own = [item for item in freeze.parties if item.organisation == cmd.organisation]
    if row.inputs is None or not own:
        raise no_draw()
    work.note(row.no, "draw.pool-handed-out", party=own[0].party)
    return cmd.sealer.open(f"draw/{row.no}", row.inputs)


def no_consent(stratum: str) -> Refusal:
    """The refusal to go on with more skips than seats before a supervisor signed."""
    return Refusal(
        "no-consent",
        zh=f"“{stratum}”跳过次数超过席位数，须先由监督方签名同意",
        en=f"{stratum}: more were passed over than there are seats; a supervisor signs first",
        article=PROTOCOL,
    )


def _journal(work: Work, row: Draw, step: DrawStep) -> None:
    made = _structure(row, step)
    work.publish("draw-step", row.no, made)
    step.body = canonical(made)
    work.session.flush()


def _structure(row: Draw, step: DrawStep) -> JsonObject:
    held = step.evidence or {}
    record, waited = held.get("record"), held.get("waited_until")
    given = held.get("deliveries")
    deliveries = [
        Delivery(one["carrier"], unb64u(one["receipt"], 32), moment(one["delivered_at"]))
        for one in (given if isinstance(given, list) else [])
    ]
    return make_step(
        row.no,
        step.number,
        Skip(step.stratum, step.leaf, step.code, step.collides),
        record=None if record is None else unb64u(str(record), 32),
        deliveries=deliveries,
        waited_until=moment(str(waited)) if step.code == NO_ANSWER and waited else None,
    )


def _step(work: Work, draw: UUID, number: int) -> DrawStep:
    return work.session.scalars(
        select(DrawStep).where(DrawStep.draw == draw, DrawStep.number == number)
    ).one()


def _waiting_before(work: Work, draw: UUID, number: int) -> bool:
    found = work.session.scalar(
        select(DrawStep.id)
        .where(DrawStep.draw == draw, DrawStep.number < number, DrawStep.body.is_(None))
        .limit(1)
    )
    return found is not None


def _leaves(work: Work, draw: UUID) -> Sequence[bytes]:
    return work.session.scalars(select(DrawLeaf.leaf).where(DrawLeaf.draw == draw)).all()
