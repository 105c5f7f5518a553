"""Rows of reviews that commands and queries both need."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.draws import queries as draws
from market.draws.rules import DrawState
from market.reviews.model import ExpertReview, ExpertReviewDraw, ExpertReviewSeat
from market.reviews.rules import no_seat

WALKED = (DrawState.DRAWN, DrawState.PUBLISHED)


def locked(session: Session, key: UUID) -> ExpertReview:
    """A review, locked; `NotFound`."""
    row = session.get(ExpertReview, key, with_for_update=True)
    if row is None:
        raise no_seat()
    return row


def draws_of(session: Session, review: UUID) -> Sequence[ExpertReviewDraw]:
    """The draws of a review in their order."""
    return session.scalars(
        select(ExpertReviewDraw)
        .where(ExpertReviewDraw.review == review)
        .order_by(ExpertReviewDraw.number)
    ).all()


def seats_held(session: Session, review: UUID) -> Sequence[ExpertReviewSeat]:
    """Who sits now, by seat."""
    return session.scalars(
        select(ExpertReviewSeat)
        .where(ExpertReviewSeat.review == review, ExpertReviewSeat.left_at.is_(None))
        .order_by(ExpertReviewSeat.number)
    ).all()


def ever_seated(session: Session, review: UUID) -> frozenset[str]:
    """Every expert who sits in a review or did; nobody is called twice."""
    return frozenset(
        session.scalars(select(ExpertReviewSeat.expert).where(ExpertReviewSeat.review == review))
    )


def empty_seats(session: Session, row: ExpertReview) -> int:
    """Seats that no draw of the review can fill any more: the order is used up, or it stopped."""
    expected = 0
    for one in draws_of(session, row.id):
        state = draws.facts(session, one.draw_no).state
        if state is DrawState.STOPPED:
            continue
        short = draws.vacancies(session, one.draw_no) if state in WALKED else 0
        expected += one.quota - short
    return row.seats - expected
