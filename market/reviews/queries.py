"""What may be seen of a review: seats by number for all who ask, people for the rooms that ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.draws import queries as draws
from market.draws.rules import DrawState
from market.reviews.model import ExpertReview, ExpertReviewDraw, ExpertReviewSeat
from market.reviews.rows import draws_of, empty_seats, seats_held
from market.reviews.rules import RUNNING, Kind, Leaving, ReviewState, no_seat


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """Somebody called: the seat's number, who it is, and what became of it."""

    id: UUID
    number: int
    expert: str
    person: UUID
    called_at: datetime
    answer_due: datetime | None
    work_due: datetime | None
    accepted_at: datetime | None
    done_at: datetime | None
    left_at: datetime | None
    left_for: Leaving | None


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A draw of a review and how far it is."""

    no: str
    state: DrawState
    specialties: tuple[str, ...]
    quota: int


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """A review; `held` are those who sit now, `left` those who sat, `empty` seats nobody takes."""

    id: UUID
    kind: Kind
    case_no: str
    number: int
    state: ReviewState
    seats: int
    hours: int | None
    reason: str
    task: str
    draws: tuple[DrawLine, ...]
    held: tuple[SeatFacts, ...]
    left: tuple[SeatFacts, ...]
    empty: int
    asked_at: datetime
    called_at: datetime | None
    ended_at: datetime | None
    names_public: bool


def review(session: Session, key: UUID) -> ReviewFacts:
    """A review; `NotFound`."""
    row = session.get(ExpertReview, key)
    if row is None:
        raise no_seat()
    return _facts(session, row)


def reviews_of(session: Session, kind: Kind, case_no: str) -> tuple[ReviewFacts, ...]:
    """The reviews of a case, in their order."""
    rows = session.scalars(
        select(ExpertReview)
        .where(ExpertReview.kind == kind, ExpertReview.case_no == case_no)
        .order_by(ExpertReview.number)
    )
    return tuple(_facts(session, row) for row in rows)


def seat(session: Session, key: UUID) -> tuple[ReviewFacts, SeatFacts]:
    """A seat, whoever has it or had it, with its review; `NotFound`."""
    row = session.get(ExpertReviewSeat, key)
    if row is None:
        raise no_seat()
    return review(session, row.review), _seat(row)


def own_seats(session: Session, person: UUID) -> list[tuple[SeatFacts, str, str]]:
    """What one was called for and has not done: the seat, its case, and where one works on it."""
    rows = session.execute(
        select(ExpertReviewSeat, ExpertReview.case_no, ExpertReview.task)
        .join(ExpertReview, ExpertReview.id == ExpertReviewSeat.review)
        .where(
            ExpertReviewSeat.person == person,
            ExpertReviewSeat.left_at.is_(None),
            ExpertReviewSeat.done_at.is_(None),
            ExpertReview.state == ReviewState.CALLED,
        )
        .order_by(ExpertReviewSeat.called_at, ExpertReviewSeat.id)
    )
    return [(_seat(one), case_no, task) for one, case_no, task in rows]


def unended(session: Session, kind: Kind, limit: int) -> Sequence[tuple[UUID, str]]:
    """Reviews of a kind that are not over, with their cases, the oldest first."""
    rows = session.execute(
        select(ExpertReview.id, ExpertReview.case_no)
        .where(ExpertReview.kind == kind, ExpertReview.state != ReviewState.ENDED)
        .order_by(ExpertReview.asked_at, ExpertReview.id)
        .limit(limit)
    )
    return [(row.id, row.case_no) for row in rows]


def waiting_for_seats(session: Session, limit: int) -> Sequence[UUID]:
    """Reviews that are not over and of which somebody was drawn whom nobody has called."""
    running = session.scalars(
        select(ExpertReview)
        .where(ExpertReview.state.in_(RUNNING))
        .order_by(ExpertReview.asked_at, ExpertReview.id)
        .limit(limit)
    )
    return [row.id for row in running if _is_uncalled(session, row)]


def silent(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Seats whose time for a yes, or for the work, has passed."""
    return session.scalars(
        select(ExpertReviewSeat.id)
        .join(ExpertReview, ExpertReview.id == ExpertReviewSeat.review)
        .where(
            ExpertReview.state == ReviewState.CALLED,
            ExpertReviewSeat.done_at.is_(None),
            ExpertReviewSeat.left_at.is_(None),
            (ExpertReviewSeat.work_due < now)
            | (ExpertReviewSeat.accepted_at.is_(None) & (ExpertReviewSeat.answer_due < now)),
        )
        .order_by(ExpertReviewSeat.answer_due, ExpertReviewSeat.id)
        .limit(limit)
    ).all()


def unreminded(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Seats whose time for the work is two thirds gone, not reminded of it; the oldest first."""
    return session.scalars(
        select(ExpertReviewSeat.id)
        .where(ExpertReviewSeat.warn_at <= now)
        .order_by(ExpertReviewSeat.warn_at, ExpertReviewSeat.id)
        .limit(limit)
    ).all()


def unpublished(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Draws of ended reviews that are drawn and not published."""
    del now  # as soon as the review is over
    rows = session.execute(
        select(ExpertReviewDraw.id, ExpertReviewDraw.draw_no)
        .join(ExpertReview, ExpertReviewDraw.review == ExpertReview.id)
        .where(ExpertReview.state == ReviewState.ENDED, ExpertReviewDraw.published_at.is_(None))
        .order_by(ExpertReview.ended_at, ExpertReview.id, ExpertReviewDraw.number)
    )
    found = (key for key, no in rows if draws.facts(session, no).state is DrawState.DRAWN)
    return [key for key, _ in zip(found, range(limit), strict=False)]


def _is_uncalled(session: Session, row: ExpertReview) -> bool:
    called = {(one.draw_no, one.leaf) for one in seats_held(session, row.id)}
    return any(
        seat.callable and (one.draw_no, seat.leaf) not in called
        for one in draws_of(session, row.id)
        if draws.facts(session, one.draw_no).state is DrawState.DRAWN
        for seat in draws.seats(session, one.draw_no)
    )


def _facts(session: Session, row: ExpertReview) -> ReviewFacts:
    rows = session.scalars(
        select(ExpertReviewSeat)
        .where(ExpertReviewSeat.review == row.id)
        .order_by(ExpertReviewSeat.number, ExpertReviewSeat.called_at)
    )
    seats = [_seat(one) for one in rows]
    lines = tuple(
        DrawLine(
            one.draw_no,
            draws.facts(session, one.draw_no).state,
            tuple(one.specialties),
            one.quota,
        )
        for one in draws_of(session, row.id)
    )
    return ReviewFacts(
        id=row.id,
        kind=row.kind,
        case_no=row.case_no,
        number=row.number,
        state=row.state,
        seats=row.seats,
        hours=row.hours,
        reason=row.reason,
        task=row.task,
        draws=lines,
        held=tuple(one for one in seats if one.left_at is None),
        left=tuple(one for one in seats if one.left_at is not None),
        empty=empty_seats(session, row) if row.state in RUNNING else 0,
        asked_at=row.asked_at,
        called_at=row.called_at,
        ended_at=row.ended_at,
        names_public=row.names_public,
    )


def _seat(row: ExpertReviewSeat) -> SeatFacts:
    return SeatFacts(
        row.id,
        row.number,
        row.expert,
        row.person,
        row.called_at,
        row.answer_due,
        row.work_due,
        row.accepted_at,
        row.done_at,
        row.left_at,
        row.left_for,
    )
