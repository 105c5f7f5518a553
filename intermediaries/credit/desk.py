"""What waits for an agency, and for those who decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.credit.casework import own_cases, waiting
from intermediaries.credit.model import CreditPenalty
from intermediaries.rulebook.states import PenaltyState
from market.accounts.queries import organisations
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Statements and appeals for the agency; decisions and appeals for the management office."""
    items: list[DeskItem] = []
    if actor.organisation is not None and actor.may(Permission.CREDIT_OWN_ANSWER):
        for one in own_cases(session, actor.organisation):
            url = url_for("own_credit.show")
            if one.may_state(now):
                words = ("对拟扣信用分作陈述", "Answer a notice about your credit")
                items.append(DeskItem(*words, url, one.heard_by, one.no))
            elif one.may_appeal(now):
                words = ("可对信用扣分决定申诉", "You may appeal against a decision on credit")
                items.append(DeskItem(*words, url, one.appeal_by, one.no))
    if not actor.may(Permission.CREDIT_APPEAL_DECIDE):
        return items
    for one in waiting(session):
        url = url_for("credit_desk.penalty", no=one.no)
        if one.state is PenaltyState.APPEALED and one.final_by != actor.person:
            words = ("决定信用扣分申诉", "Decide an appeal about credit")
            items.append(DeskItem(*words, url, one.answer_due, one.no))
        elif one.may_be_decided(now) and actor.may(Permission.CREDIT_PENALTY_DECIDE):
            words = ("决定是否扣信用分", "Decide about points of credit")
            items.append(DeskItem(*words, url, one.decision_due, one.no))
    return items


def titles(session: Session, numbers: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """Whom the penalties among these numbers are about, and for which act."""
    found = session.execute(
        select(CreditPenalty.no, CreditPenalty.organisation, CreditPenalty.act).where(
            CreditPenalty.no.in_(numbers)
        )
    ).all()
    named = organisations.names(session, {row.organisation for row in found})
    return {
        no: (f"{named[one].name_zh}：{act.zh}", f"{named[one].name_en}: {act.en}")
        for no, one, act in found
    }
