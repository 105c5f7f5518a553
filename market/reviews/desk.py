"""What waits for an expert who was drawn for a review."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission
from market.reviews import queries


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Calls without an answer; where the work waits, its own room says so."""
    del now
    if actor.person is None or not actor.may(Permission.EXPERTS_INVITATION_ANSWER):
        return []
    return [
        DeskItem(
            "答复能否参加专家评审",
            "Say whether you take part in an expert review",
            url_for("reviews.called", seat=one.id),
            one.answer_due,
            case_no,
        )
        for one, case_no, _ in queries.own_seats(session, actor.person)
        if one.accepted_at is None
    ]
