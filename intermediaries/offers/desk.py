"""What waits for the operator in a selection: timekeepers whose keys are missing."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from intermediaries.offers.listing import running
from intermediaries.offers.rules.states import SelectionState
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission

MOST = 50


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Demands for which nobody can seal, because timekeepers' keys are missing: the operator's."""
    if not actor.may(Permission.OFFERS_ENROLMENT_READ):
        return []
    return [
        DeskItem(
            "守时人密钥未齐，暂时无人能报价",
            "Timekeepers' keys are missing: nobody can seal a quote yet",
            url_for("offers_desk.of_demand", no=no),
            closes,
            no,
        )
        for no, state, closes, _ in running(session, MOST)
        if state is SelectionState.AWAITING_KEYS and closes > now
    ]
