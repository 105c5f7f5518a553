"""What waits for somebody in a selection: a pick, rounds, or whatever a choice lacks to go on."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from intermediaries.offers.listing import running, waiting_picks, waiting_rounds
from intermediaries.offers.rules.states import SelectionState
from intermediaries.offers.waiting import stuck
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission

MOST = 50


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """What waits: an owner's pick, an agency's rounds; for owner and operator what is missing."""
    return [
        *_picks(session, actor, now),
        *_rounds(session, actor, now),
        *_keyless(session, actor, now),
        *_stuck(session, actor, now),
    ]


def _stuck(session: Session, actor: Actor, now: datetime) -> list[DeskItem]:
    """Choices that do not go on before somebody does something, with why and what helps.

    An owner is shown its own, the operator all, but for keys of timekeepers, which it has above.
    """
    owner = actor.organisation if actor.may(Permission.DEMANDS_DEMAND_PREPARE) else None
    if owner is None and not actor.may(Permission.OFFERS_ENROLMENT_READ):
        return []
    return [
        DeskItem(
            f"选取暂停：{why.zh}{why.help_zh}",
            f"A choice waits: {why.en} {why.help_en}",
            url_for("offers.show", no=no) if owner else url_for("offers_desk.of_demand", no=no),
            why.ends_at,
            no,
        )
        for no, why in stuck(session, owner, now, MOST)
    ]


def _rounds(session: Session, actor: Actor, now: datetime) -> list[DeskItem]:
    """Bidding in rounds that an agency on the list takes part in, until the last round is over."""
    if actor.organisation is None or not actor.may(Permission.OFFERS_OFFER_MAKE):
        return []
    return [
        DeskItem(
            "多轮竞价：按时报价，共3轮、每轮3分钟",
            "Bidding in rounds: name your price in time, three rounds of three minutes",
            url_for("offers_rounds.bid", no=no),
            begins,
            no,
        )
        for no, begins in waiting_rounds(session, actor.organisation, now, MOST)
    ]


def _picks(session: Session, actor: Actor, now: datetime) -> list[DeskItem]:
    """Drawn short lists of one's own demands from which one is still to be taken."""
    if actor.organisation is None or not actor.may(Permission.DEMANDS_DEMAND_PREPARE):
        return []
    return [
        DeskItem(
            "入围名单已抽出，选定一家并写明理由",
            "The short list is drawn: pick one and write why",
            url_for("offers_pick.pick", no=no),
            until,
            no,
        )
        for no, until in waiting_picks(session, actor.organisation, MOST)
        if until >= now
    ]


def _keyless(session: Session, actor: Actor, now: datetime) -> list[DeskItem]:
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
