"""What became of an organisation's own bids: one list, and what waits for the bidder of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import render_template, url_for
from sqlalchemy.orm import Session

from bidding.bonds import queries as bonds
from bidding.bonds.queries import BondAfterOpening
from bidding.contracts import queries
from bidding.contracts.queries import AwardFacts
from bidding.contracts.rules import AwardState
from bidding.opening import queries as openings
from bidding.opening.rules import BidState
from bidding.tenders import queries as tenders
from bidding.tenders.facts import TenderFacts
from market.accounts.queries import organisations
from market.command import Actor
from market.feature import DeskItem
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission
from market.kernel.workdays import WorkCalendar
from market.web.access import current_actor, needs
from market.web.pages import Pages
from market.web.site import moment, site

pages: Final = Pages("own_results", __name__)

SHOWN: Final = 50
"""Bids on the list; older ones are found by their tender."""
STILL_NEWS: Final = timedelta(days=60)
"""No window for challenges is open so long after a result, whatever holidays lie between: seven
working days after the notice (order 94, article 10)."""

RESULT_OUT: Final = (
    "结果已公告：查看得分与排名，可以质疑",
    "Result out: see your points; you may challenge",
)


@dataclass(frozen=True, slots=True)
class OwnBid:
    """One bid of the reader's organisation: what became of it, the award, the bond."""

    tender: TenderFacts
    state: BidState
    award: AwardFacts | None
    """None until the result is published."""
    bond: BondAfterOpening | None
    won: bool

    def may_challenge(self, now: datetime) -> bool:
        """Whether the result may still be challenged; the window's last moment is inside."""
        until = None if self.award is None else self.award.challenge_until
        return isinstance(until, datetime) and now <= until


def own_bids(
    session: Session, uscc: str, calendar: WorkCalendar, newest: int | None = None
) -> list[OwnBid]:
    """An organisation's bids that were opened or put out, the newest opening first."""
    return [
        _own(session, uscc, no, outcome.state, calendar)
        for no, outcome in openings.own_outcomes(session, uscc, newest)
    ]


def bidder_desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Results to look at while they may be challenged, and the winner's contract."""
    if actor.organisation is None or not actor.may(Permission.BIDS_OWN_READ):
        return []
    uscc = organisations.organisation(session, actor.organisation).uscc
    calendar = site().office.calendar(session)
    states = {no: outcome.state for no, outcome in openings.own_outcomes(session, uscc)}
    items = []
    for waiting in queries.awards_to_act_on(session, states, now - STILL_NEWS, uscc):
        one = _own(session, uscc, waiting, states[waiting], calendar)
        award = one.award
        if award is None:
            continue
        no, url = one.tender.no, url_for("awards.own_result", no=one.tender.no)
        if one.won and award.state is AwardState.NOTIFIED:
            zh, en = "已中标：在期限内签订合同", "You won: sign the contract in time"
            items.append(DeskItem(zh, en, url, award.sign_until, no))
        elif not one.won and one.may_challenge(now) and isinstance(award.challenge_until, datetime):
            zh, en = (
                "结果已公告：得分、排名，可以质疑",
                "Result out: see your points; you may challenge",
            )
            items.append(DeskItem(zh, en, url, award.challenge_until, no))
    return items


@pages.get("/desk/own-results")
@needs(Permission.BIDS_OWN_READ)
def own() -> str:
    """The list, for the people of one bidder."""
    mine, now = current_actor().organisation, moment()
    if mine is None:
        raise NotFound

    def read(session: Session) -> list[OwnBid]:
        uscc = organisations.organisation(session, mine).uscc
        return own_bids(session, uscc, site().office.calendar(session), SHOWN + 1)

    bids = site().office.read(read)
    shown, limited = bids[:SHOWN], len(bids) > SHOWN
    return render_template("contracts/own_bids.html", bids=shown, limited=limited, now=now)


def _own(session: Session, uscc: str, no: str, state: BidState, calendar: WorkCalendar) -> OwnBid:
    try:
        award = queries.award(session, no, calendar)
    except NotFound:
        award = None
    bond = next((one for one in bonds.bonds_of(session, no) if one.uscc == uscc), None)
    won = award is not None and award.winner == uscc
    return OwnBid(tenders.facts(session, no), state, award, bond, won)
