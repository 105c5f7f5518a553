"""What waits for somebody because of bonds: reasons to state, hearings to decide, refunds due."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from bidding.bonds import listing
from bidding.bonds.rules import HearingState
from market.accounts.queries import organisations
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of, legal_day


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Most urgent first."""
    found = [
        *_reasons(session, actor, now),
        *_decisions(session, actor, now),
        *_proposals(session, actor),
        *_taken(session, actor),
        *_custody(session, actor, now),
    ]
    return sorted(found, key=lambda item: (item.due_at is None, item.due_at or now))


def _reasons(session: Session, actor: Actor, now: datetime) -> Iterator[DeskItem]:
    """The bidder: a hearing runs about its bond, and it has not spoken."""
    if actor.organisation is None or not actor.may(Permission.BIDS_OWN_READ):
        return
    uscc = organisations.organisation(session, actor.organisation).uscc
    for line in listing.hearings(session, uscc=uscc):
        if line.state is not HearingState.PROPOSED or line.reasons is not None:
            continue
        if line.reasons_until is not None and now <= line.reasons_until:
            yield DeskItem(
                "拟不予退还保证金：陈述意见",
                "It is proposed to keep your bond: state your reasons",
                url_for("bonds.own_hearing", hearing=line.id),
                line.reasons_until,
                line.tender_no,
            )


def _decisions(session: Session, actor: Actor, now: datetime) -> Iterator[DeskItem]:
    """Owner and supervisor: hearings to decide; the supervisor: held tokens that were shown."""
    if not actor.may(Permission.BONDS_BOND_FORFEIT):
        return
    supervises = actor.may(Permission.SUPERVISION_RECORD_READ)
    if not supervises and actor.organisation is None:
        return
    owner = None if supervises else actor.organisation
    for line in listing.hearings(session, owner=owner):
        url = url_for("bonds.hearing", hearing=line.id)
        if line.state is HearingState.SHOWN and supervises:
            yield DeskItem(
                "未开启投标的令牌：持有人已出示身份，决定是否退还",
                "A held token: its holder came forward; decide whether it is released",
                url,
                None,
                line.tender_no,
            )
        if line.may_decide(now) and (supervises or not line.is_held):
            yield DeskItem(
                "保证金不予退还：已听取陈述，作出决定",
                "Forfeiture of a bond: the bidder was heard; decide",
                url,
                None,
                line.tender_no,
            )


def _proposals(session: Session, actor: Actor) -> Iterator[DeskItem]:
    """The owner: a winner fell out by its own doing, and nothing was proposed about its bond."""
    if actor.organisation is None or not actor.may(Permission.BONDS_BOND_FORFEIT):
        return
    for line in listing.unproposed(session, actor.organisation):
        yield DeskItem(
            "原中标人的保证金：提出不予退还，否则到期自动退还",
            "Bond of the winner that fell out: propose to keep it, or it goes back by itself",
            url_for("bonds.propose", no=line.tender_no, uscc=line.uscc),
            None if line.wait_until is None else end_of(line.wait_until),
            line.tender_no,
        )


def _taken(session: Session, actor: Actor) -> Iterator[DeskItem]:
    """The bidder: a tender that closed earlier took the deposit behind its bid."""
    if actor.organisation is None or not actor.may(Permission.BIDS_OWN_READ):
        return
    for line in listing.taken(session, actor.organisation):
        yield DeskItem(
            "保证金已由先截止的项目占用，该投标可能被认定无效",
            "A tender that closed earlier took your deposit: this bid may be found invalid",
            url_for("bonds.own"),
            None,
            line.tender_no,
        )


def _custody(session: Session, actor: Actor, now: datetime) -> Iterator[DeskItem]:
    """The centre: refunds due today or late, and what the custodian left as it is."""
    if not actor.may(Permission.PROJECTS_PROJECT_ADMIT):
        return
    url, today = url_for("bonds.custody"), legal_day(now)
    due = [line for line in listing.on_their_way(session) if line.due_on and line.due_on <= today]
    if due:
        first = min(line.due_on for line in due if line.due_on)
        yield DeskItem(
            f"今日应退还的保证金：{len(due)} 笔",
            f"Bonds due back by today: {len(due)}",
            url,
            end_of(first),
            due[0].tender_no,
        )
    for line in listing.differences(session):
        yield DeskItem(
            "保证金与托管方记录不一致，请核对",
            "A bond on which the custodian disagrees: look into it",
            url,
            None,
            line.tender_no,
        )
