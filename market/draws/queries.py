"""What may be seen of a draw: how far it is, for its parties; everything, once it is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from market.draws.model import Draw, DrawLeaf, DrawStep
from market.draws.rows import (
    AUDIT,
    draw_row,
    freeze_of,
    missing_consents,
    missing_parties,
    pieces,
    skips_allowed,
    walk_of,
)
from market.draws.rules import TIE, DrawState
from market.draws.sealing import Sealer
from market.protocol.encoding import parse
from market.protocol.freezes import PERMUTATION, Freeze
from market.protocol.merkle import leaf_hash
from market.protocol.numbers import permutation
from market.protocol.walks import Walk

SALT_LENGTH = 32
NOT_DRAWN = (DrawState.FROZEN, DrawState.STOPPED, DrawState.AUDITED, DrawState.COMMITTED)


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat as the walk has it now: where, whose leaf, and whether it may be called already.

    `callable` is false while the stratum has more skips than seats and no supervisor signed.
    """

    stratum: str
    leaf: bytes
    callable: bool


@dataclass(frozen=True, slots=True)
class DrawFacts:
    """How far a draw is, for its parties and whoever started it: no name, no leaf.

    `missing` are the parties whose commitment or nonce the attempt waits for, `consents` the
    reasons for which a supervisor signs before that.
    """

    id: UUID
    no: str
    case: str
    purpose: str
    state: DrawState
    attempt: int
    freeze: Freeze
    audited_by: tuple[str, ...]
    consents: tuple[str, ...]
    missing: tuple[str, ...]
    limit_at: datetime | None
    frozen_at: datetime
    published_at: datetime | None

    @property
    def needs_consent(self) -> bool:
        """Whether a supervisor signs before anybody commits."""
        return bool(self.consents)


def facts(session: Session, no: str) -> DrawFacts:
    """The facts of a draw; `NotFound`."""
    return _facts(session, draw_row(session, no))


def facts_by_id(session: Session, draw: UUID) -> DrawFacts:
    """The same for the subject of a fact."""
    return _facts(session, session.get_one(Draw, draw))


def open_draws(session: Session, organisation: str) -> list[DrawFacts]:
    """The draws not drawn yet in which this organisation takes part, oldest first."""
    rows = session.scalars(select(Draw).where(Draw.state.in_(NOT_DRAWN)).order_by(Draw.frozen_at))
    found = (_facts(session, row) for row in rows)
    return [one for one in found if any(p.organisation == organisation for p in one.freeze.parties)]


def walked(session: Session, limit: int) -> Sequence[str]:
    """The numbers of draws whose seats are being filled, oldest first."""
    return session.scalars(
        select(Draw.no)
        .where(Draw.state == DrawState.DRAWN, Draw.kind == "walk")
        .order_by(Draw.frozen_at)
        .limit(limit)
    ).all()


def seats(session: Session, no: str) -> list[Seat]:
    """The seats of a walk as they are now; for the room that invites. Empty before the seed."""
    row = draw_row(session, no)
    if row.seed is None:
        return []
    walk, freeze = walk_of(session, row), freeze_of(row)
    held = list[Seat]()
    for stratum, taken in walk.seats.items():
        allowed = walk.skips_in(stratum) <= skips_allowed(session, row, freeze, stratum)
        held.extend(Seat(stratum, leaf, allowed) for leaf in taken)
    return held


def vacancies(session: Session, no: str) -> int:
    """How many seats stay empty because the order is used up."""
    row = draw_row(session, no)
    if row.seed is None:
        return 0
    walk = walk_of(session, row)
    return sum(walk.short(stratum) for stratum in walk.seats)


def walk(session: Session, no: str) -> Walk:
    """The walk as it stands; for tests of the room and for audits by the supervisor."""
    return walk_of(session, draw_row(session, no))


def candidate(session: Session, sealer: Sealer, no: str, leaf: bytes) -> str:
    """Who stands behind a leaf: the id in the register. Asked by the invitation service alone."""
    row = draw_row(session, no)
    sealed = session.scalars(
        select(DrawLeaf.opening).where(DrawLeaf.draw == row.id, DrawLeaf.leaf == leaf).limit(1)
    ).one()
    if sealed is None:
        raise AssertionError("a leaf of a walk has its opening")
    opening = sealer.open(f"draw/{no}", sealed)
    if leaf_hash(opening) != leaf:
        raise AssertionError("a leaf does not open to itself")
    return str(parse(opening[SALT_LENGTH:])["id"])


def order(session: Session, no: str) -> tuple[bytes, ...] | None:
    """The drawn order of a permutation; None before its seed."""
    row = draw_row(session, no)
    if row.seed is None or row.kind != PERMUTATION:
        return None
    leaves = session.scalars(select(DrawLeaf.leaf).where(DrawLeaf.draw == row.id))
    return permutation(row.seed, row.purpose, sorted(leaves))


def seed(session: Session, no: str) -> bytes | None:
    """The seed, which anybody can compute from the journal; None before the last nonce."""
    return draw_row(session, no).seed


def steps_waiting(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """The next skip of each draw that has no journal entry yet."""
    del now  # a skip is journaled as soon as anybody looks
    return session.scalars(
        select(DrawStep.id)
        .where(DrawStep.body.is_(None))
        .ext(distinct_on(DrawStep.draw))
        .order_by(DrawStep.draw, DrawStep.number)
        .limit(limit)
    ).all()


def ties_drawn(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """The draws of ties whose order is there and not published yet."""
    del now  # a tie hides nothing: it is published as soon as anybody looks
    return session.scalars(
        select(Draw.id)
        .where(Draw.state == DrawState.DRAWN, Draw.purpose.startswith(TIE))
        .order_by(Draw.frozen_at)
        .limit(limit)
    ).all()


def _facts(session: Session, row: Draw) -> DrawFacts:
    freeze = freeze_of(row)
    return DrawFacts(
        id=row.id,
        no=row.no,
        case=row.case_no,
        purpose=row.purpose,
        state=row.state,
        attempt=row.attempt,
        freeze=freeze,
        audited_by=tuple(str(one["party"]) for one in pieces(session, row, AUDIT)),
        consents=missing_consents(session, row, freeze),
        missing=missing_parties(session, row, freeze),
        limit_at=row.limit_at,
        frozen_at=row.frozen_at,
        published_at=row.published_at,
    )
