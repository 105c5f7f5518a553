"""The end of a review: its draws are published, with names where its case has its result."""

from dataclasses import dataclass
from uuid import UUID

from market.command import Work
from market.draws import queries as draws
from market.draws.commands.walking import PublishDraw, publish_draw
from market.draws.rules import DrawState
from market.kernel.permissions import Permission
from market.reviews.model import ExpertReview, ExpertReviewDraw
from market.reviews.rows import locked
from market.reviews.rules import REVIEW_TABLE, ReviewAction, ReviewState


@dataclass(frozen=True, slots=True)
class EndReview:
    """A review that is over; `names`: whether its experts are no secret any more."""

    review: UUID
    names: bool


def end_review(work: Work, cmd: EndReview) -> None:
    """End a review; again, nothing. The beat publishes its draws, one act each."""
    work.need(Permission.HOUSE_ACT)
    row = locked(work.session, cmd.review)
    if row.state is ReviewState.ENDED:
        return
    row.ended_at, row.names_public = work.now, cmd.names
    work.move(row, REVIEW_TABLE, ReviewAction.END)


def publish_one(work: Work, key: UUID) -> None:
    """Publish one draw of an ended review; one without its seed stays as it is."""
    work.need(Permission.HOUSE_ACT)
    draw = work.session.get(ExpertReviewDraw, key, with_for_update=True)
    if draw is None or draw.published_at is not None:
        return
    row = work.session.get_one(ExpertReview, draw.review)
    drawn = draws.facts(work.session, draw.draw_no).state is DrawState.DRAWN
    if row.state is ReviewState.ENDED and drawn:
        publish_draw(work, PublishDraw(draw.draw_no, row.names_public))
        draw.published_at = work.now
