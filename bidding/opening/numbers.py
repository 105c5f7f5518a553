"""Dark numbers: under which the panel reads the bids, from a draw frozen on the closing record.

Nobody chooses them: the order comes from nonces of the parties of the panel's draw, drawn over
salted leaves, so that the numbers are nobody's knowledge before the scores are locked. Then the
draw is published with its leaves open, and anybody runs it again with `market.verify draw`
(trust protocol, section 4, round 2, and review M9).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bidding.opening.model import ListedBid, Opening
from bidding.opening.rules import OpeningState
from bidding.opening.shares import of_tender
from bidding.tenders import queries as tenders
from market.command import HOUSE, Office, Work
from market.draws.commands.orders import (
    DARK_NUMBERS,
    PANEL,
    DrawDarkNumbers,
    draw_dark_numbers,
    drawn_order,
    order_started,
)
from market.draws.commands.walking import PublishDraw, publish_draw
from market.draws.rules import draw_no
from market.draws.sealing import Sealer, sealer
from market.kernel.errors import MarketError, NotFound
from market.protocol.receipts import act_leaf
from market.settings import Settings

log = structlog.get_logger()

AT_ONCE: Final = 20
LOOKED_AT: Final = 1000
"""Rows of bids without a number that a beat looks at, the newest openings first."""


def start_numbers(office: Office, settings: Settings) -> int:
    """Freeze the draw for every opening that has parties for it; how many were frozen.

    The parties are those of the panel's draw, however far that has come: stopped, frozen again or
    waited for. A panel may be begun until the evaluation begins: where all bids were open before,
    the draw is frozen then, on the same closing record, and the evaluation waits for it.
    """
    done = 0
    for no, leaves in office.read(_unstarted):
        command = DrawDarkNumbers(tender_no=no, bids=leaves, sealer=sealer(settings.keys))
        try:
            office.run(draw_dark_numbers, command, HOUSE)
        except MarketError as refusal:
            # The closing is not placed yet: the next beat finds it.
            log.info("numbers.wait", tender=no, code=refusal.code)
        else:
            done += 1
    return done


def take_numbers(office: Office, settings: Settings) -> int:
    """Write down the numbers of every order that has been drawn; how many openings."""
    done = 0
    for opening in office.read(_unnumbered):
        command = NumberBids(opening, sealer(settings.keys))
        done += office.run(number_bids, command, HOUSE)
    return done


@dataclass(frozen=True, slots=True)
class NumberBids:
    """An opening whose order may have been drawn."""

    opening: UUID
    sealer: Sealer


def number_bids(work: Work, command: NumberBids) -> int:
    """Give every listed bid its number, counted from 1; 0 before the seed and a second time.

    States "opening.numbered" where the opening record stands already and the evaluation waits.
    """
    opening = work.session.get_one(Opening, command.opening, with_for_update=True)
    order = drawn_order(work.session, command.sealer, draw_no(opening.tender_no, DARK_NUMBERS))
    bids = _bids(work.session, opening.id)
    if order is None or all(bid.number is not None for bid in bids):
        return 0
    places = {leaf: place for place, leaf in enumerate(order, start=1)}
    for bid in bids:
        bid.number = places[act_leaf(bid.salt, bid.act)]
    work.note(opening.tender_no, "opening.numbered")
    if opening.state is OpeningState.DONE:
        work.state_fact("opening.numbered", opening.tender)
    return 1


def publish_numbers(work: Work, tender: UUID) -> None:
    """Publish the draw with its leaves open, once all scores are locked; again: nothing."""
    no = tenders.facts_by_id(work.session, tender).no
    if order_started(work.session, no, DARK_NUMBERS):
        publish_draw(work, PublishDraw(draw_no(no, DARK_NUMBERS), names_public=True))


def numbers_awaited(session: Session, no: str) -> bool:
    """Whether numbers are drawn, or will be, and not known yet: no panel is shown a bid before."""
    try:
        opening = of_tender(session, no)
    except NotFound:
        return False
    drawn = order_started(session, no, PANEL) or order_started(session, no, DARK_NUMBERS)
    return drawn and any(bid.number is None for bid in _bids(session, opening.id))


def _unstarted(session: Session) -> list[tuple[str, tuple[bytes, ...]]]:
    running = session.scalars(
        select(Opening)
        .where(Opening.state.in_([OpeningState.COLLECTING, OpeningState.COMBINING]))
        .order_by(Opening.closed_at)
    )
    done = session.scalars(
        select(Opening)
        .where(
            Opening.state == OpeningState.DONE,
            exists().where(ListedBid.opening == Opening.id, ListedBid.number.is_(None)),
        )
        .order_by(Opening.closed_at.desc())
        .limit(LOOKED_AT)
    )
    rows = [*running, *done]
    found = [
        row
        for row in rows
        if order_started(session, row.tender_no, PANEL)
        and not order_started(session, row.tender_no, DARK_NUMBERS)
    ]
    return [
        (
            row.tender_no,
            tuple(act_leaf(bid.salt, bid.act) for bid in _bids(session, row.id)),
        )
        for row in found[:AT_ONCE]
    ]


def _unnumbered(session: Session) -> Sequence[UUID]:
    rows = session.scalars(
        select(Opening)
        .join(ListedBid, ListedBid.opening == Opening.id)
        .where(Opening.state != OpeningState.FAILED, ListedBid.number.is_(None))
        .order_by(Opening.closed_at.desc())
        .limit(LOOKED_AT)
    ).unique()
    return [row.id for row in rows if order_started(session, row.tender_no, DARK_NUMBERS)]


def _bids(session: Session, opening: UUID) -> Sequence[ListedBid]:
    return session.scalars(
        select(ListedBid).where(ListedBid.opening == opening).order_by(ListedBid.place)
    ).all()
