"""What went wrong in a draw, as it may be seen: pools found wanting, attempts that lapsed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.draws.model import Draw, DrawLapse, DrawStop
from market.draws.rows import AUDIT, draw_row, freeze_of, pieces
from market.protocol.audits import read_audit
from market.protocol.draw_files import read_earlier
from market.protocol.encoding import JsonObject, parse
from market.protocol.freezes import Freeze
from market.protocol.parties import SUPERVISOR

LAPSES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Objection:
    """What one party's audit found: the codes of its findings."""

    party: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """A freeze that was stopped, whose audit found what; how it was replaced, if it was.

    `remedy` are the owner's words, for parties and owner; `changes` counts the leaves that came or
    went by their cause.
    """

    id: UUID
    number: int
    stopped_at: datetime
    objections: tuple[Objection, ...]
    replaced_at: datetime | None
    remedy: str | None
    changes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Lapse:
    """A party that let an attempt lapse; the draw's `supervisors` take note of it."""

    id: UUID
    draw_no: str
    attempt: int
    party: str
    organisation: str
    cause: str
    named_at: datetime
    noted_at: datetime | None
    supervisors: frozenset[str]


def stops(session: Session, no: str) -> tuple[Stop, ...]:
    """The stops of a draw, oldest first; `NotFound` without such a draw."""
    row = draw_row(session, no)
    rows = session.scalars(
        select(DrawStop).where(DrawStop.draw == row.id).order_by(DrawStop.number)
    ).all()
    now = freeze_of(row)
    freezes = [*(read_earlier(_body(one)).freeze for one in rows if one.body is not None), now]
    return tuple(
        Stop(
            one.id,
            one.number,
            one.stopped_at,
            _objections(session, row, one, freezes[at]),
            one.replaced_at,
            one.remedy,
            _counted(freezes[at + 1]) if one.body is not None else (),
        )
        for at, one in enumerate(rows)
    )


def last_stop(session: Session, no: str) -> Stop | None:
    """The newest stop of a draw; None for one that no audit stopped."""
    found = stops(session, no)
    return found[-1] if found else None


def draw_of_stop(session: Session, stop: UUID) -> str:
    """The number of the draw, for the subject of "draw.stopped"."""
    return session.get_one(Draw, session.get_one(DrawStop, stop).draw).no


def lapses(session: Session, uscc: str | None = None) -> Sequence[Lapse]:
    """The newest lapses; with `uscc` those of draws that this organisation supervises.

    Those nobody took note of come first.
    """
    rows = session.execute(
        select(DrawLapse, Draw)
        .join(Draw, Draw.id == DrawLapse.draw)
        .order_by(DrawLapse.noted_at.is_not(None), DrawLapse.named_at.desc(), DrawLapse.id)
        .limit(LAPSES_SHOWN)
    ).all()
    found = [
        Lapse(
            lapse.id,
            lapse.draw_no,
            lapse.attempt,
            lapse.party,
            lapse.organisation,
            lapse.cause,
            lapse.named_at,
            lapse.noted_at,
            supervisors_of(freeze_of(draw)),
        )
        for lapse, draw in rows
    ]
    return found if uscc is None else [one for one in found if uscc in one.supervisors]


def supervisors_of(freeze: Freeze) -> frozenset[str]:
    """The organisations that supervise a draw, by credit code."""
    return frozenset(one.organisation for one in freeze.parties if one.role == SUPERVISOR)


def _objections(
    session: Session, row: Draw, stop: DrawStop, freeze: Freeze
) -> tuple[Objection, ...]:
    held = pieces(session, row, AUDIT) if stop.body is None else read_earlier(_body(stop)).audits
    found = [read_audit(one, freeze) for one in held]
    return tuple(Objection(one.party, one.findings) for one in found if one.findings)


def _body(stop: DrawStop) -> JsonObject:
    raw = stop.body or b""
    return parse(raw, limit=len(raw))


def _counted(freeze: Freeze) -> tuple[tuple[str, int], ...]:
    causes = () if freeze.replaces is None else freeze.replaces.changes
    return tuple(sorted(Counter(cause for _, cause in causes).items()))
