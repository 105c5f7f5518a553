"""What waits for those who answer challenges and decide complaints, with the day the law sets."""

from collections.abc import Sequence
from datetime import date, datetime

from flask import url_for
from sqlalchemy.orm import Session

from bidding.complaints import queries
from bidding.complaints.rules import ComplaintState
from bidding.tenders import listing
from bidding.tenders.rules import TenderState
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of

EXAMINE = ("审查投诉并决定是否受理", "Examine a complaint: accept it or not")
DECIDE = ("作出投诉处理决定", "Decide a complaint")


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Challenges to answer and to put right, for owner and agent; complaints for the department."""
    del now
    items: list[DeskItem] = []
    if actor.organisation is not None and actor.may(Permission.CHALLENGES_CHALLENGE_ANSWER):
        run = listing.run_by(session, actor.organisation, [*TenderState])
        items += [
            DeskItem(
                f"答复质疑 {one.no}",
                f"Answer challenge {one.no}",
                url_for("challenges.answer", no=one.tender_no, challenge=one.no),
                _end(one.answer_due_on),
                one.tender_no,
            )
            for one in queries.waiting_challenges(session, [tender.id for tender in run])
        ]
        items += [
            DeskItem(
                f"质疑 {one.no} 成立且影响结果：依法处理",
                f"Challenge {one.no} is right with effect: do what follows",
                url_for("remedies.remedy", no=one.tender_no, challenge=one.no),
                None,
                one.tender_no,
            )
            for one in queries.upheld_challenges(session, [tender.id for tender in run])
        ]
    if actor.may(Permission.SUPERVISION_RECORD_READ):
        items += [
            DeskItem(
                f"质疑 {one.no} 成立且影响结果，采购人尚未处理",
                f"Challenge {one.no} is right with effect; the purchaser has not acted yet",
                url_for("remedies.supervised"),
                None,
                one.tender_no,
            )
            for one in queries.upheld_challenges(session)
        ]
    if actor.may(Permission.COMPLAINTS_COMPLAINT_DECIDE):
        items += [
            DeskItem(
                *(EXAMINE if one.state is ComplaintState.FILED else DECIDE),
                url_for("complaints.case", complaint=one.no),
                _end(one.due_on),
                one.no,
            )
            for one in queries.complaints(session)
            if one.state in {ComplaintState.FILED, ComplaintState.ACCEPTED}
        ]
    return items


def _end(day: date | None) -> datetime | None:
    return None if day is None else end_of(day)
