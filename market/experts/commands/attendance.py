"""Coming: sign-in with the declaration of discipline, the seat, absence and what it costs."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from market.accounts.queries.people import addresses_of_person
from market.command import Work
from market.draws.commands.walking import SkipSeat, skip_seat
from market.experts.commands.answering import own_expert
from market.experts.library import facts_of
from market.experts.model import Absence, ExpertEntry, Invitation, Summons
from market.experts.queries import terms_of
from market.experts.rules import credit
from market.experts.rules.articles import SIGNING_IN
from market.experts.rules.invitations import (
    INVITATION_TABLE,
    InvitationAction,
    InvitationState,
    refuse_early_absence,
)
from market.experts.rules.relations import Service
from market.experts.rules.snapshots import declarations
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import SHANGHAI, legal_day, start_of
from market.messages.letters import compose
from market.protocol.encoding import canonical, digest, stamp
from market.protocol.walks import NOT_SIGNED_IN, RECUSED

DECLARATION: Final = (
    (
        "本人与投标人及其主要负责人无应当回避的关系；独立评审，对评审过程和结果保密；"
        "不与投标人或采购人私下接触，不收受财物；遇有应当回避的情形立即申明退出。"
        "本人对所提出的评审意见承担个人责任。"
    ),
    (
        "I have no relation to a bidder or to those in charge of one that would bar me. I judge by"
        " myself and keep what I see and what comes out of it to myself. I meet no bidder and no"
        " purchaser aside and take nothing from anybody. If I find a reason to recuse myself, I say"
        " so and leave. I answer personally for what I write."
    ),
)
"""The declaration of discipline (评审纪律) that is signed at sign-in, in both languages."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign in for an evaluation and declare what the page says."""

    invitation: UUID
    declares: bool


def sign_in(work: Work, cmd: SignIn) -> None:
    """Come to an evaluation on its legal day; twice is once.

    Refusals: "declaration-needed", "sign-in-closed" before the day and after the beginning (the
    beginning itself is in time), `NotFound` for another's invitation.
    """
    row = work.session.get(Invitation, cmd.invitation, with_for_update=True)
    if row is None:
        raise NotFound
    own_expert(work, row)
    if row.state is InvitationState.SIGNED_IN:
        return
    summons = work.session.get_one(Summons, row.draw_no)
    opens_at = start_of(legal_day(summons.evaluation_at))
    latest = max(summons.evaluation_at, _late_call(row, summons))
    if not opens_at <= work.now <= latest:
        raise Refusal(
            "sign-in-closed",
            zh="只能在评审当日、评审开始前签到",
            en="Sign-in is open on the day of the evaluation until it begins",
            article=SIGNING_IN,
        )
    if not cmd.declares:
        raise Refusal(
            "declaration-needed",
            zh="签到须先确认评审纪律声明",
            en="Sign-in needs the declaration of discipline",
            article=SIGNING_IN,
            fields={"declares": ("须确认声明", "Tick the declaration")},
        )
    row.signed_in_at = work.now
    row.declaration_hash = digest(
        canonical({"invitation": str(row.id), "text": DECLARATION[0], "at": stamp(work.now)})
    )
    work.move(row, INVITATION_TABLE, InvitationAction.SIGN_IN)
    work.state_fact("invitation.signed-in", row.id)


def _late_call(row: Invitation, summons: Summons) -> datetime:
    """A substitute called after the beginning may come until vacancies are filled no more."""
    return summons.fill_until if row.called_at > summons.evaluation_at else summons.evaluation_at


def miss(work: Work, invitation: UUID) -> None:
    """Somebody who confirmed and did not come: points, perhaps a suspension, and the next."""
    row = work.session.get(Invitation, invitation, with_for_update=True)
    if row is None or row.state is not InvitationState.CONFIRMED:
        return
    summons = work.session.get_one(Summons, row.draw_no)
    refuse_early_absence(work.now, max(summons.evaluation_at, _late_call(row, summons)))
    expert = work.session.get_one(ExpertEntry, row.expert, with_for_update=True)
    on = legal_day(summons.evaluation_at)
    earlier = work.session.scalars(select(Absence.on).where(Absence.expert == expert.id)).all()
    effect = credit.absence(earlier, on, terms_of(summons))
    work.session.add(Absence(invitation=row.id, expert=expert.id, on=on, points=effect.points))
    expert.credit += effect.points
    if effect.suspended_until is not None:
        expert.suspended_until = effect.suspended_until
    work.law(effect.article)
    row.ended_at = work.now
    work.move(row, INVITATION_TABLE, InvitationAction.MISS)
    work.move(row, INVITATION_TABLE, InvitationAction.REPLACE)
    _free(work, row, NOT_SIGNED_IN, "absent")


@dataclass(frozen=True, slots=True)
class Recuse:
    """Replace somebody whom the check over the true bidders hit; `finding` is its code."""

    invitation: UUID
    finding: str


def recuse(work: Work, cmd: Recuse) -> bool:
    """Free the seat of somebody who must not judge these bidders; false if it is free already."""
    work.need(Permission.HOUSE_ACT)
    row = work.session.get(Invitation, cmd.invitation, with_for_update=True)
    if row is None or not INVITATION_TABLE.allows(row.state, InvitationAction.RECUSE):
        return False
    row.ended_at = work.now
    work.move(row, INVITATION_TABLE, InvitationAction.RECUSE)
    _free(work, row, RECUSED, cmd.finding)
    return True


def seat_members(work: Work, draw_no: str) -> int:
    """Take everybody who signed in onto the panel; how many. The register notes the service."""
    work.need(Permission.HOUSE_ACT)
    summons = work.session.get(Summons, draw_no)
    if summons is None:
        raise NotFound
    rows = work.session.scalars(
        select(Invitation)
        .where(Invitation.draw_no == draw_no, Invitation.state == InvitationState.SIGNED_IN)
        .order_by(Invitation.id)
        .with_for_update()
    ).all()
    for row in rows:
        work.move(row, INVITATION_TABLE, InvitationAction.SEAT)
        expert = work.session.get_one(ExpertEntry, row.expert, with_for_update=True)
        held = facts_of(expert)
        served = Service(summons.owner, legal_day(summons.evaluation_at))
        expert.declared = dict(declarations(replace(held, services=(*held.services, served))))
    return len(rows)


def release(work: Work, draw_no: str) -> int:
    """Tell everybody who holds a seat and has not judged that the evaluation is off; how many.

    Nobody is absent from what does not take place. The walk stays as it is: no seat changes hands.
    """
    work.need(Permission.HOUSE_ACT)
    rows = work.session.scalars(
        select(Invitation)
        .where(
            Invitation.draw_no == draw_no,
            Invitation.state.in_(
                (InvitationState.CALLED, InvitationState.CONFIRMED, InvitationState.SIGNED_IN)
            ),
        )
        .order_by(Invitation.id)
        .with_for_update()
    ).all()
    for row in rows:
        summons = work.session.get_one(Summons, row.draw_no)
        expert = work.session.get_one(ExpertEntry, row.expert)
        row.ended_at = work.now
        work.move(row, INVITATION_TABLE, InvitationAction.RELEASE)
        at = summons.evaluation_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        words = compose("EX01", {"city": (summons.city_zh, summons.city_en), "time": at})
        for address in addresses_of_person(work.session, expert.person)[:1]:
            key = f"invitation/{row.id}/released"
            work.letter(address, "EX01", key=key, zh=words.zh, en=words.en)
    return len(rows)


def _free(work: Work, row: Invitation, code: str, finding: str) -> None:
    work.session.flush()
    record = canonical({"invitation": str(row.id), "finding": finding, "at": stamp(work.now)})
    skip_seat(work, SkipSeat(row.draw_no, row.stratum, row.leaf, code, record=digest(record)))
    work.state_fact("invitation.ended", row.id)
