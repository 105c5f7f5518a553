"""What waits for an expert, and for the supervisor who shows that letters arrived."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from market.command import Actor
from market.experts import queries
from market.experts.rules.invitations import InvitationState
from market.feature import DeskItem
from market.kernel.permissions import Permission

LINES: Final = 20


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Invitations to answer, evaluations to come to; deliveries to confirm."""
    del now  # every line is due whenever it is looked at
    found = list[DeskItem]()
    if actor.person is not None and actor.may(Permission.EXPERTS_INVITATION_ANSWER):
        for line in queries.own_invitations(session, actor.person):
            found.extend(_own(line))
    if actor.may(Permission.EXPERTS_DELIVERY_CONFIRM):
        waiting = [
            one for one in queries.waiting(session, LINES) if one.independent_delivered_at is None
        ]
        found.extend(
            DeskItem(
                "确认邀请已由独立通道送达",
                "Confirm that an invitation arrived by an independent carrier",
                url_for("experts.delivery", invitation=one.id),
                None,
                one.draw_no,
            )
            for one in waiting
        )
    return found


def _own(line: queries.OwnInvitation) -> list[DeskItem]:
    called = line.called
    if called.state is InvitationState.CALLED:
        return [
            DeskItem(
                "答复评审邀请",
                "Answer the invitation to an evaluation",
                url_for("experts.answer_own", invitation=called.id),
                called.reply_until,
                called.specialty,
            )
        ]
    if called.state is InvitationState.CONFIRMED:
        return [
            DeskItem(
                "到评审室签到",
                "Sign in for the evaluation",
                url_for("experts.arrive", invitation=called.id),
                called.evaluation_at,
                called.specialty,
            )
        ]
    return []
