"""What waits for an owner, for the operator, and for agencies that a demand fits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.demands import listing
from intermediaries.demands.model import Demand
from intermediaries.demands.rules.routing import WITHIN
from intermediaries.demands.rules.states import DemandState
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission

MOST: Final = 50
_OWN: Final = {
    DemandState.DRAFT: ("完成并提交采购需求", "Complete a demand and hand it in"),
    DemandState.RETURNED: ("采购需求被退回，按原因补正", "A demand came back: mend what is named"),
    DemandState.ENROLLING: ("采购需求报名中", "A demand is taking enrolments"),
}


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Drafts, returned, running and failed demands; demands to check; demands that fit."""
    items: list[DeskItem] = []
    if actor.may(Permission.DEMANDS_NOTICE_CHECK):
        items += [
            DeskItem(
                "审核采购需求",
                "Check a demand",
                url_for("demand_checks.check", no=one.no),
                one.due,
                one.no,
            )
            for one in listing.waiting(session, MOST)
        ]
    mine = actor.organisation
    if mine is not None and actor.may(Permission.DEMANDS_DEMAND_PREPARE):
        items += [
            DeskItem(
                *_OWN[one.state],
                url_for("demand_desk.overview", no=one.no),
                one.enrol_closes,
                one.no,
            )
            for one in listing.own(session, mine, MOST)
            if one.state in _OWN and not (one.enrol_closes and one.enrol_closes < now)
        ]
        items += [
            DeskItem(
                "选取未成，可据此重新发起",
                "No agency came of it: begin a new demand from this one",
                url_for("demand_desk.overview", no=one.no),
                None,
                one.no,
            )
            for one in listing.failed(session, mine, now - WITHIN, MOST)
        ]
    if mine is not None and actor.may(Permission.AGENCIES_ENTRY_APPLY):
        items += [
            DeskItem(
                "有相符的采购需求，可以报名",
                "A demand fits: enrol for it",
                url_for("demands.demand", no=one.demand.no),
                one.demand.enrol_closes,
                one.demand.no,
            )
            for one in listing.fitting(session, mine, now, MOST)
            if one.bar is None
        ]
    return items


def titles(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """What the demands among these numbers are called."""
    found = select(Demand.no, Demand.title_zh, Demand.title_en).where(Demand.no.in_(numbers))
    return {no: (zh, en) for no, zh, en in session.execute(found)}
