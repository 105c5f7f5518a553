"""What the room of tenders hands to the factory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from bidding.tenders import listing
from bidding.tenders.api import ANONYMOUS_ASKING, ANONYMOUS_READING, PUBLIC
from bidding.tenders.commands import publish_ending
from bidding.tenders.course import pages as course_pages
from bidding.tenders.seating import pages as officer_pages
from bidding.tenders.web import anonymous_pages, pages
from bidding.tenders.wizard import pages as desk_pages
from market.command import Actor, Listener
from market.feature import DeskItem, Feature
from market.kernel.permissions import Permission


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Tenders with a question that waits, for those who may answer it."""
    del now
    if actor.organisation is None or not actor.may(Permission.TENDERS_QUESTION_ANSWER):
        return []
    return [
        DeskItem(
            "答复提问",
            "Answer questions",
            url_for("tender_course.questions", no=line.no),
            None,
            line.no,
        )
        for line in listing.waiting_for_answers(session, actor.organisation)
    ]


FEATURE: Final = Feature(
    "tenders",
    pages=(pages, desk_pages, course_pages, officer_pages, PUBLIC),
    anonymous_pages=(anonymous_pages, ANONYMOUS_READING, ANONYMOUS_ASKING),
    listeners=(
        Listener("tender.failed", "tenders.ending-notice", publish_ending),
        Listener("tender.cancelled", "tenders.ending-notice", publish_ending),
    ),
    desk=desk,
)
