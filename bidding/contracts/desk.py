"""What waits for the purchaser after the winner is determined, with the day the law sets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from bidding.contracts.outcomes import bidder_desk
from bidding.contracts.queries import award, holds, without_bond
from bidding.contracts.rules import AwardState
from bidding.rulebook import procurement
from bidding.rulebook.due import due
from bidding.rulebook.events import Event
from bidding.tenders import listing
from bidding.tenders.facts import TenderFacts
from bidding.tenders.rules import TenderState
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission
from market.kernel.workdays import NotYetPublished, WorkCalendar, end_of, legal_day
from market.web.site import site

NO_BOND: Final = (
    "一份投标的保证金已由先截止的项目占用，请处理",
    "A tender that closed earlier took the deposit behind a bid: see what follows",
)
_OPENED: Final = (
    TenderState.OPENED,
    TenderState.EVALUATING,
    TenderState.REPORTED,
    TenderState.DETERMINED,
    TenderState.AWARDED,
)
_STATES: Final = (TenderState.DETERMINED, TenderState.AWARDED, TenderState.CONTRACTED)


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Of one's own tenders: results to publish, contracts to sign and record, copies to file.

    Bids that lost their deposit, for owner and agent. Of one's own bids: results that may be
    challenged, the contract that was won.
    """
    return [*bidder_desk(session, actor, now), *_purchasers(session, actor)]


def _purchasers(session: Session, actor: Actor) -> Sequence[DeskItem]:
    if actor.organisation is None:
        return []
    items = list[DeskItem]()
    if actor.may(Permission.EVALUATION_QUALIFICATION_CHECK):
        items += [
            DeskItem(*NO_BOND, url_for("awards.purchaser", no=tender.no), None, tender.no)
            for tender in listing.run_by(session, actor.organisation, _OPENED)
            if without_bond(session, tender.no)
        ]
    if actor.may(Permission.CONTRACTS_CONTRACT_RECORD):
        calendar = site().office.calendar(session)
        items += [
            item
            for tender in listing.run_by(session, actor.organisation, _STATES)
            if tender.owner == actor.organisation
            and (item := _item(session, tender, calendar)) is not None
        ]
    return items


def _item(session: Session, tender: TenderFacts, calendar: WorkCalendar) -> DeskItem | None:
    url = url_for("awards.purchaser", no=tender.no)
    if tender.state is TenderState.DETERMINED:
        until = _publish_until(tender, calendar)
        return DeskItem("公告中标结果", "Publish the result", url, until, tender.no)
    known = award(session, tender.no, calendar)
    if known.state is AwardState.NOTIFIED:
        held = holds(session, tender.id)
        if held:
            listed = "、".join(held)
            zh = f"合同暂停签订，等待 {listed} 处理完毕"
            en = f"The contract waits for {', '.join(held)}"
            return DeskItem(zh, en, url, known.sign_until, tender.no)
        zh, en = "签订并登记合同", "Sign and record the contract"
        return DeskItem(zh, en, url, known.sign_until, tender.no)
    if known.state is AwardState.CONTRACTED:
        until = None if known.file_until is None else end_of(known.file_until)
        return DeskItem("合同副本备案", "File a copy of the contract", url, until, tender.no)
    return None


def _publish_until(tender: TenderFacts, calendar: WorkCalendar) -> datetime | None:
    """Two working days after the determination (G11)."""
    at = tender.happened.determined_at
    if at is None:
        return None
    on = legal_day(tender.published_at)
    day = due(procurement.RESULT, Event.DETERMINATION, legal_day(at), calendar, on=on).day
    return None if isinstance(day, NotYetPublished) else end_of(day)
