"""What waits for owner and agent: drafts to finish, officers to get ready, questions to answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.tenders import listing, queries, stages
from bidding.tenders.deadlines import answer_by
from bidding.tenders.model import Tender
from bidding.tenders.pieces import Piece
from bidding.tenders.previewing import Preparation, preparation, publish_by
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission
from market.web.site import site

DRAFTS: Final = 20  # of one organisation, the oldest first


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """The items of an actor's organisation; what is due has its moment."""
    if actor.organisation is None:
        return []
    calendar = site().office.calendar(session)
    items: list[DeskItem] = []
    if actor.may(Permission.TENDERS_QUESTION_ANSWER):
        items += [
            DeskItem(
                "答复提问",
                "Answer questions",
                url_for("tender_course.questions", no=line.no),
                answer_by(line.asked_on, line.deadline, calendar),
                line.no,
            )
            for line in listing.waiting_for_answers(session, actor.organisation)
        ]
    if actor.may(Permission.TENDERS_TENDER_PREPARE):
        for no in listing.drafts_of(session, actor.organisation, DRAFTS):
            draft = queries.draft(session, no, actor.organisation)
            held = preparation(session, draft, now, calendar)
            items += _of_draft(held, actor, publish_by(draft, now, calendar))
    return items


def titles(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """What the tenders among these numbers are called, drafts too: who has one on the desk."""
    found = select(Tender.no, Tender.title_zh, Tender.title_en).where(Tender.no.in_(numbers))
    return {no: (zh, en) for no, zh, en in session.execute(found)}


def _of_draft(held: Preparation, actor: Actor, due: datetime | None) -> list[DeskItem]:
    """Words to finish, officers to get ready, or the publication: what keeps the draft now."""
    no = held.draft.no
    lacking = {gap.piece for gap in held.gaps}
    items: list[DeskItem] = []
    if lacking - {Piece.OFFICERS}:
        first = stages.address(stages.following(held), no)
        items.append(DeskItem("补齐招标内容", "Finish preparing a tender", first, due, no))
    if Piece.OFFICERS in lacking and actor.may(Permission.TENDERS_MANIFEST_MAKE):
        url = stages.address(Piece.OFFICERS, no)
        items.append(DeskItem("落实开启人", "Get the opening officers ready", url, due, no))
    if not lacking and actor.may(Permission.TENDERS_TENDER_PUBLISH):
        url = stages.address(Piece.PUBLICATION, no)
        items.append(DeskItem("发布招标公告", "Publish a tender", url, due, no))
    return items
