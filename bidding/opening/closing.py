"""Closing: the set of bids frozen, journaled, and opened or ended by rule."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bidding.bids import queries as bids
from bidding.bids.commands import forget_marks
from bidding.bids.queries import LiveAct
from bidding.bonds.commands import release_all
from bidding.officers import queries as officers
from bidding.opening.model import ListedBid, Opening
from bidding.opening.rules import FEWEST, GRACE, BidState, OpeningState
from bidding.tenders import commands as tenders
from bidding.tenders import queries as tender_queries
from bidding.tenders.rules import TenderState
from market.command import Work
from market.kernel.errors import Refusal
from market.protocol.batches import Listed, write_closing_list
from market.protocol.encoding import canonical
from market.protocol.opening import Closing, make_closing


def too_few(no: str) -> tenders.EndTender:
    """How a tender ends for which fewer than three bids stood at the closing."""
    return tenders.EndTender(
        no,
        "too-few-bids",
        "投标人不足三家，不开标；投标未经解密，令牌已释放",
        "Fewer than three bids: not opened; nothing was decrypted and every token is free",
    )


def due_closings(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Tenders whose deadline and grace have passed and whose acts all stand in batches."""
    ready = []
    for tender in tender_queries.past_deadline(session, now - GRACE, limit):
        try:
            bids.live_acts(session, tender_queries.facts_by_id(session, tender).no)
        except LookupError:
            continue
        ready.append(tender)
    return ready


def close(work: Work, tender: UUID) -> None:
    """Freeze the bids of a tender: exactly these are opened, in this order.

    Fewer than three: the tender fails, nothing is decrypted, no share is asked for and every
    token is free. A tender is closed once; a second call changes nothing.
    """
    facts = tender_queries.facts_by_id(work.session, tender)
    work.hold(f"tender:{facts.no}")
    facts = tender_queries.facts_by_id(work.session, tender)
    manifest = officers.manifest(work.session, facts.no)
    if (
        manifest is None
        or facts.state is not TenderState.PUBLISHED
        or work.now <= facts.deadline + GRACE
    ):
        return
    try:
        acts = bids.live_acts(work.session, facts.no)
    except LookupError as cause:
        raise Refusal("not-yet", zh="尚有提交未入批次", en="An act waits for its batch") from cause
    listed = [Listed(act.at, act.leaf, act.tick, act.place) for act in acts]
    closing = make_closing(facts.no, manifest.hash, facts.amendment, facts.deadline, listed)
    tenders.close(work, facts.no)
    work.publish("closing", facts.no, closing.to_json())
    forget_marks(work, facts.no)
    if len(acts) < FEWEST:
        release_all(work, facts.no)
        tenders.fail(work, too_few(facts.no))
        return
    tenders.begin_opening(work, facts.no)
    listing = canonical(write_closing_list(facts.no, listed))
    _begin(work, tender, closing, listing, acts)


def _begin(
    work: Work, tender: UUID, closing: Closing, listing: bytes, acts: Sequence[LiveAct]
) -> None:
    """Write down the opening with the bids that it opens, in the order of the closing."""
    opening = Opening(
        tender=tender,
        tender_no=closing.tender,
        state=OpeningState.COLLECTING,
        round=1,
        closed_at=work.now,
        closing=canonical(closing.to_json()),
        closing_hash=closing.hash,
        closing_list=listing,
        round_since=work.now,
    )
    work.session.add(opening)
    work.session.flush()
    for place, act in enumerate(acts):
        work.session.add(
            ListedBid(
                opening=opening.id,
                place=place,
                bid_pub=act.bid_pub,
                act=act.raw,
                salt=act.salt,
                nullifier=act.nullifier,
                state=BidState.LISTED,
            )
        )
