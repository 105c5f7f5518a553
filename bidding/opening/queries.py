"""What others may know of an opening: nothing before its closing, the record when it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.opening.model import ListedBid, OpenedDocument, Opening
from bidding.opening.rules import BidState, OpeningState
from bidding.opening.store import RestrictedStore
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.protocol.binding import Kind
from market.protocol.encoding import JsonObject, parse

RECORD_LIMIT = 32 * 1024 * 1024
FIRST_ROUND = 1


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """Where an opening stands, for everybody."""

    no: str
    state: OpeningState
    round: int
    closed_at: datetime
    closing: bytes
    closing_hash: bytes
    closing_list: bytes
    record: JsonObject | None


@dataclass(frozen=True, slots=True)
class OpenedBid:
    """An opened bid with its name and price: for the purchaser, and for the panel's end."""

    id: UUID
    uscc: str
    price: Money
    offer: JsonObject


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A document of an envelope, without a word of whose it is."""

    id: UUID
    name: str
    length: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class DarkBid:
    """A technical offer as the panel sees it: an id, its facts, its files. No name, no price."""

    id: UUID
    offer: JsonObject
    files: tuple[OpenedFile, ...]


@dataclass(frozen=True, slots=True)
class OwnOutcome:
    """What became of one bid, for the bidder whose it is."""

    id: UUID
    state: BidState
    cause: str | None


def opening(session: Session, no: str) -> OpeningFacts:
    """The opening of a tender; `NotFound` before its closing."""
    row = session.scalar(select(Opening).where(Opening.tender_no == no))
    if row is None:
        raise NotFound
    record = None if row.record is None else parse(row.record, limit=RECORD_LIMIT)
    return OpeningFacts(
        row.tender_no,
        row.state,
        row.round,
        row.closed_at,
        row.closing,
        row.closing_hash,
        row.closing_list,
        record,
    )


def in_dark_order(session: Session, no: str) -> list[OpenedBid]:
    """The opened bids in the order of their dark numbers; by random ids where none are drawn."""
    by_id = {bid.id: bid for bid in opened_bids(session, no)}
    return [by_id[row.id] for row in sorted(_opened(session, no), key=_dark_place)]


def _dark_place(row: ListedBid) -> tuple[int, UUID]:
    return row.number or 0, row.id


def opened_bids(session: Session, no: str) -> list[OpenedBid]:
    """The opened bids of a tender in the order of their codes; none before the record."""
    return [
        OpenedBid(row.id, row.uscc, row.price, parse(row.price_offer, limit=RECORD_LIMIT))
        for row in _opened(session, no)
        if row.uscc is not None and row.price is not None and row.price_offer is not None
    ]


def dark_bids(session: Session, no: str) -> list[DarkBid]:
    """The technical offers of a tender in their dark order."""
    return [
        DarkBid(
            row.id,
            parse(row.technical or b"", limit=RECORD_LIMIT),
            _files(session, row.id, Kind.TECHNICAL),
        )
        for row in sorted(_opened(session, no), key=_dark_place)
    ]


def price_files(session: Session, no: str) -> dict[UUID, tuple[OpenedFile, ...]]:
    """The documents of the price envelopes by bid, for the panel once it may see prices."""
    return {row.id: _files(session, row.id, Kind.PRICE) for row in _opened(session, no)}


def _files(session: Session, bid: UUID, kind: Kind) -> tuple[OpenedFile, ...]:
    rows = session.scalars(
        select(OpenedDocument)
        .where(OpenedDocument.bid == bid, OpenedDocument.kind == kind.value)
        .order_by(OpenedDocument.name)
    )
    return tuple(OpenedFile(row.id, row.name, row.length, row.digest) for row in rows)


def document(session: Session, store: RestrictedStore, bid: UUID, file: UUID) -> Iterator[bytes]:
    """The bytes of a document of a bid; the asking room has checked who may read it."""
    row = session.get(OpenedDocument, file)
    if row is None or row.bid != bid:
        raise NotFound
    return store.read(row.stored)


def own_outcomes(
    session: Session, uscc: str, newest: int | None = None
) -> list[tuple[str, OwnOutcome]]:
    """What became of an organisation's bids, with the tenders' numbers, the newest first.

    `newest` is how many at most; None is all.
    """
    rows = session.execute(
        select(Opening.tender_no, ListedBid)
        .join(ListedBid, ListedBid.opening == Opening.id)
        .where(ListedBid.uscc == uscc)
        .order_by(Opening.closed_at.desc(), ListedBid.id)
        .limit(newest)
    )
    return [(no, OwnOutcome(bid.id, bid.state, bid.cause)) for no, bid in rows]


def took_part(session: Session, no: str, uscc: str) -> bool:
    """Whether a bid of the organisation was named at this tender's opening."""
    found = (
        select(ListedBid.id)
        .join(Opening, Opening.id == ListedBid.opening)
        .where(Opening.tender_no == no, ListedBid.uscc == uscc)
    )
    return session.scalar(select(found.exists())) is True


def bidders(session: Session, no: str) -> list[str]:
    """The credit codes of identified bidders, for the recusal check after round 1."""
    rows = session.scalars(
        select(ListedBid.uscc)
        .join(Opening, Opening.id == ListedBid.opening)
        .where(
            Opening.tender_no == no,
            ListedBid.state.in_([BidState.IDENTIFIED, BidState.OPENED]),
        )
        .order_by(ListedBid.uscc)
    )
    return [row for row in rows if row is not None]


def known_bidders(session: Session, no: str) -> list[str] | None:
    """The same for a panel begun late; None while no first round of this tender is written down."""
    row = session.scalar(select(Opening).where(Opening.tender_no == no))
    if row is None or (row.round == FIRST_ROUND and row.state is not OpeningState.DONE):
        return None
    return bidders(session, no)


def bidder_of_key(session: Session, no: str, bid_pub: bytes) -> str | None:
    """The credit code behind a bid key, of an opened bid alone; None before the record stands."""
    found = (row.uscc for row in _opened(session, no) if row.bid_pub == bid_pub)
    return next(found, None)


def _opened(session: Session, no: str) -> list[ListedBid]:
    return list(
        session.scalars(
            select(ListedBid)
            .join(Opening, Opening.id == ListedBid.opening)
            .where(
                Opening.tender_no == no,
                Opening.state == OpeningState.DONE,
                ListedBid.state == BidState.OPENED,
            )
            .order_by(ListedBid.uscc)
        )
    )
