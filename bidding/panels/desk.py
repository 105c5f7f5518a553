"""What waits around panels: the draw to start, representatives to come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from bidding.panels import queries
from bidding.panels.commands.starting import BEFORE_EVALUATION, BEFORE_OPENING
from bidding.tenders import listing
from bidding.tenders.rules import TenderState
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission

SOON: Final = timedelta(days=4)
"""How long before the deadline the desk begins to ask for the draw; its window is two days."""
IN_TIME: Final = ("抽取评审专家", "Draw the panel")
WITH_PANEL: Final = (*BEFORE_EVALUATION, TenderState.EVALUATING)
LATE: Final = (
    "抽取评审专家：开标时尚无评审小组，评审已推迟",
    "Draw the panel: the bids were opened without one, and the evaluation waits for it",
)


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """The panels an owner or agent has to draw; evaluations a representative has to come to."""
    found = list[DeskItem]()
    own = actor.organisation
    if own is not None and actor.may(Permission.DRAWS_DRAW_START):
        found.extend(_empty_seats(session, own))
        for tender in listing.run_by(session, own, BEFORE_EVALUATION):
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
            if queries.has_panel(session, tender.no) or now < tender.deadline - SOON:
                continue
            in_time = tender.state in BEFORE_OPENING
            found.append(
                DeskItem(
                    *(IN_TIME if in_time else LATE),
                    url_for("panels.start", no=tender.no),
                    tender.deadline if in_time else None,
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


def _empty_seats(session: Session, own: UUID) -> list[DeskItem]:
    """Panels on which a seat of the purchaser waits for a name; nobody is told why it is empty."""
    return [
        DeskItem(
            "另行指定采购人代表，否则评审不能开始",
            "Name another representative of the purchaser: the evaluation waits",
            url_for("panels.rename", no=tender.no),
            None,
            tender.no,
        )
        for tender in listing.run_by(session, own, WITH_PANEL)
        if queries.empty_seats(session, tender.no)
    ]
