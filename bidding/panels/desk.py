"""What waits around panels: the draw to start, representatives to come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from bidding.panels import queries
from bidding.panels.commands.starting import BEFORE_OPENING
from bidding.tenders import listing
from bidding.tenders.rules import TenderState
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission

DRAWN_IN: Final = (*BEFORE_OPENING, TenderState.OPENING, TenderState.OPENED)
SOON: Final = timedelta(days=4)
"""How long before the deadline the desk begins to ask for the draw; its window is two days."""


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """The panels an owner or agent has to draw; evaluations a representative has to come to."""
    found = list[DeskItem]()
    own = actor.organisation
    if own is not None and actor.may(Permission.DRAWS_DRAW_START):
        for tender in listing.run_by(session, own, DRAWN_IN):
            if queries.is_stopped(session, tender.no):
                found.append(
                    DeskItem(
                        "名册核验未通过：改正后重新冻结",
                        "An audit stopped the draw: mend the pool and freeze it again",
                        url_for("panels.again", no=tender.no),
                        tender.deadline if now <= tender.deadline else None,
                        tender.no,
                    )
                )
            if (
                tender.state not in BEFORE_OPENING
                or queries.has_panel(session, tender.no)
                or now < tender.deadline - SOON
            ):
                continue
            found.append(
                DeskItem(
                    "抽取评审专家",
                    "Draw the panel",
                    url_for("panels.start", no=tender.no),
                    tender.deadline,
                    tender.no,
                )
            )
    if actor.person is not None:
        found.extend(
            DeskItem(
                "以采购人代表身份签到",
                "Sign in as a representative of the purchaser",
                url_for("panels.arrive", no=no),
                at,
                no,
            )
            for no, at, signed in queries.own_representations(session, actor.person)
            if not signed
        )
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now, one.subject))
