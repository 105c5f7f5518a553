"""Asking for a review: its pool is frozen before anybody knows who will sit; more for empty seats.

Who may ask, and when, is for the room that asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from market.accounts.queries.organisations import keys, organisations_with
from market.accounts.roles import Role
from market.command import Work
from market.draws.commands.freezing import FreezeWalk, freeze_walk
from market.draws.commands.seating import PartySeat, seat_parties
from market.draws.rules import draw_no
from market.draws.sealing import Sealer
from market.experts.commands.register import REGISTER
from market.experts.library import Snapshot, declared, is_current, latest_snapshot
from market.experts.rules.eligibility import Wanted
from market.experts.rules.evidence import panel_recusals, recusal_case
from market.experts.rules.limits import terms_on
from market.experts.rules.plans import WantedStratum, panel_plan
from market.experts.rules.walk import unit_cap
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import Track
from market.kernel.workdays import legal_day
from market.protocol.freezes import Register
from market.protocol.parties import LEAST
from market.reviews import around
from market.reviews.model import ExpertReview, ExpertReviewDraw
from market.reviews.rows import draws_of, empty_seats, locked
from market.reviews.rules import (
    DRAWN,
    RUNNING,
    Kind,
    ReviewState,
    purpose_of,
    refuse_unless_sized,
)

STRATUM_BYTES: Final = 64
NEUTRAL: Final = (
    (Role.SUPV, "supervisor"),
    (Role.NOTARY, "notary"),
    (Role.CENTER, "centre"),
)
"""Who draws: none of them asks, judges or is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReview:
    """A review: for which case, how many experts of which specialties, and why.

    `owners`, `departments` and `judged` are the organisations to which no expert may belong;
    `hours`: the working hours each expert has, if told; `task`: where an expert works on it.
    """

    kind: Kind
    case_no: str
    project: str
    seats: int
    specialties: tuple[str, ...]
    reason: str
    owners: tuple[UUID, ...]
    departments: tuple[UUID, ...]
    judged: tuple[UUID, ...]
    task: str
    sealer: Sealer
    hours: int | None = None


def ask_review(work: Work, cmd: AskReview) -> Mapping[str, Any]:
    """Freeze the pool of a new review and journal it; nothing is written where it cannot be drawn.

    `Refusal`s "review-size" (an odd number from 3 to 15), "review-running", "pool-too-small" and
    the others of `freeze_walk`, "no-library", "register-changed", "bad-parties" while too few
    neutral organisations have a key; `BadInput` "no-specialty".
    """
    refuse_unless_sized(cmd.seats)
    work.hold(f"review:{cmd.kind.value}:{cmd.case_no}")
    same = (ExpertReview.kind == cmd.kind, ExpertReview.case_no == cmd.case_no)
    if work.session.scalar(select(ExpertReview.id).where(*same, ExpertReview.state.in_(RUNNING))):
        raise Refusal(
            "review-running",
            zh="上一次评审尚未结束",
            en="The review before this one is not over",
            article=DRAWN,
        )
    count = work.session.scalars(select(func.count()).where(*same).select_from(ExpertReview)).one()
    row = ExpertReview(
        kind=cmd.kind,
        case_no=cmd.case_no,
        number=count + 1,
        state=ReviewState.DRAWING,
        seats=cmd.seats,
        hours=cmd.hours,
        reason=cmd.reason,
        project=cmd.project,
        around=around.written(owners=cmd.owners, departments=cmd.departments, judged=cmd.judged),
        task=cmd.task,
        asked_by=work.actor.person,
        asked_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    no = _freeze(work, row, 1, cmd.seats, cmd.specialties, cmd.sealer)
    work.note(row.subject, "review.asked")
    return {"review": str(row.id), "draw": no}


@dataclass(frozen=True, slots=True)
class FillSeats:
    """One draw more for the seats of a review that nobody is left to take."""

    review: UUID
    specialties: tuple[str, ...]
    sealer: Sealer


def fill_seats(work: Work, cmd: FillSeats) -> Mapping[str, Any]:
    """Freeze a pool for exactly the empty seats; `Refusal` "no-empty-seat" where none is."""
    row = locked(work.session, cmd.review)
    empty = empty_seats(work.session, row) if row.state in RUNNING else 0
    if not empty:
        raise Refusal(
            "no-empty-seat",
            zh="没有空缺的评审席位",
            en="No seat of this review is empty",
            article=DRAWN,
        )
    number = len(draws_of(work.session, row.id)) + 1
    no = _freeze(work, row, number, empty, cmd.specialties, cmd.sealer)
    work.note(row.subject, "review.filled")
    return {"review": str(row.id), "draw": no}


def _freeze(
    work: Work,
    row: ExpertReview,
    number: int,
    quota: int,
    specialties: tuple[str, ...],
    sealer: Sealer,
) -> str:
    codes = _specialties(specialties)
    purpose = purpose_of(row.kind, row.number, number)
    no, terms = draw_no(row.case_no, purpose), terms_on(legal_day(work.now))
    held, facts = _register_now(work, sealer), declared(work.session)
    what, sides = around.activity(row), around.parties(work.session, row)
    wanted = Wanted(track=Track.GOVERNMENT, specialties=frozenset(codes), regions=frozenset())
    stratum = WantedStratum(",".join(codes), quota, max(2, quota), wanted)
    plan = panel_plan(no, [stratum], facts.values(), what, sides, terms)
    case = recusal_case(what, sides, terms)
    frozen = freeze_walk(
        work,
        FreezeWalk(
            case=row.case_no,
            purpose=purpose,
            plan=plan,
            register=Register(REGISTER, held.root, held.size),
            register_key=held.key,
            candidates=held.records,
            unit_cap=unit_cap(row.seats, terms),
            parties=seat_parties(work, neutral_seats(work)),
            sealer=sealer,
            recusals=panel_recusals(plan, case, held.facts_key, held.records, facts),
        ),
    )
    work.session.add(
        ExpertReviewDraw(
            review=row.id, number=number, draw_no=frozen.no, specialties=[*codes], quota=quota
        )
    )
    work.session.flush()
    return frozen.no


def neutral_seats(work: Work) -> tuple[PartySeat, ...]:
    """Supervisor, notary and trading centre, each the first that has a key in force.

    `Refusal` "no-drawing-parties" without a supervisor and one more.
    """
    found = list[PartySeat]()
    for role, side in NEUTRAL:
        ready = [
            one.id
            for one in organisations_with(work.session, role)
            if any(key.counts_at(work.now) for key in keys(work.session, one.id))
        ]
        found += [PartySeat(side, one, side) for one in ready[:1]]
    if len(found) < LEAST or found[0].role != "supervisor":
        raise Refusal(
            "no-drawing-parties",
            zh="监督方和另一中立单位须先登记签名密钥，才能抽取",
            en="A supervisor and one more neutral organisation need a registered key to draw",
            article=DRAWN,
        )
    return tuple(found)


def _specialties(typed: tuple[str, ...]) -> tuple[str, ...]:
    codes = tuple(sorted({one.strip() for one in typed if one.strip()}))
    if codes and len(",".join(codes).encode()) <= STRATUM_BYTES:
        return codes
    words = ("选择一个至几个专业", "Choose one specialty or a few")
    raise BadInput("no-specialty", zh=words[0], en=words[1], fields={"specialties": words})


def _register_now(work: Work, sealer: Sealer) -> Snapshot:
    """The register's newest journaled root, if it says what the register says now."""
    held = latest_snapshot(work.session, sealer)
    if held is None:
        raise Refusal(
            "no-library",
            zh="专家名册尚无当日快照入日志，稍后再抽取",
            en="No daily root of the experts' register is in the journal yet; draw a little later",
            article=DRAWN,
        )
    if not is_current(work.session, held, work.now):
        raise Refusal(
            "register-changed",
            zh="专家名册自上次入日志后有变化，须先更新名册日根再抽取",
            en="The experts' register has changed since its root was journaled; draw once the root"
            " is renewed",
            article=DRAWN,
        )
    return held
