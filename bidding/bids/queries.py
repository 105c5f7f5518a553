"""What the opening may know of sealed bids. There is no question here that counts them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bids.model import BidAct, Upload
from market.journal.queries import LeafPlace, leaf_place


@dataclass(frozen=True, slots=True)
class LiveAct:
    """An act that stands at the closing, with its place in the sealed batches."""

    act_hash: bytes
    raw: bytes
    at: datetime
    bid_pub: bytes
    nullifier: bytes
    leaf: bytes
    salt: bytes
    tick: int
    place: int


def live_acts(session: Session, tender_no: str) -> list[LiveAct]:
    """The acts to be closed, in order of moment and then of leaf; for the closing alone.

    `LookupError` if one of them is not in a batch yet: the closing waits for the next tick.
    """
    rows = session.scalars(select(BidAct).where(BidAct.tender_no == tender_no, BidAct.live)).all()
    found = []
    for row in rows:
        place = leaf_place(session, row.act_hash)
        if place is None:
            raise LookupError("an act waits for its batch")
        found.append(_live(row, place))
    return sorted(found, key=lambda act: (act.at, act.leaf))


def receipt_of(session: Session, act_hash: bytes) -> bytes | None:
    """The receipt of the act with this hash; the hash is a capability until closing."""
    row = session.get(BidAct, act_hash)
    return None if row is None else row.receipt


def upload_of(session: Session, digest: bytes) -> bytes | None:
    """The name of a whole upload with this digest, by which the store finds its bytes."""
    return session.scalar(select(Upload.name).where(Upload.digest == digest).limit(1))


def _live(row: BidAct, place: LeafPlace) -> LiveAct:
    return LiveAct(
        row.act_hash,
        row.raw,
        row.at,
        row.bid_pub,
        row.nullifier,
        place.leaf,
        place.salt,
        place.tick,
        place.place,
    )
