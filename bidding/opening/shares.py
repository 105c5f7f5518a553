"""Collecting: every officer's shares for all bids of a round, in one signed batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.officers import queries as officers
from bidding.opening.combine import is_decided, standing
from bidding.opening.model import ListedBid, OfficerBatch, Opening
from bidding.opening.rules import (
    OPENING_TABLE,
    SHARES_WITHIN,
    BidState,
    OpeningAction,
    OpeningState,
)
from market.accounts.queries import organisations
from market.command import Work
from market.journal import queries as journal
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.protocol.acts import Act, read_act
from market.protocol.encoding import Json, b64u, canonical, digest
from market.protocol.entries import read_entry
from market.protocol.inclusions import inclusion
from market.protocol.manifest import Manifest, read_manifest
from market.protocol.opening import (
    ShareBatch,
    SharesClosed,
    check_batch_place,
    check_batch_shares,
    read_share_batch,
    wanted_shares,
)

WITNESSES = 1
"""Cosignatures under the closing before any share is served or taken."""


def of_tender(session: Session, no: str) -> Opening:
    """The opening of a tender; `NotFound` before its closing."""
    row = session.scalar(select(Opening).where(Opening.tender_no == no))
    if row is None:
        raise NotFound
    return row


def standing_bids(session: Session, opening: Opening) -> list[ListedBid]:
    """The bids still to be opened, in list order."""
    return list(
        session.scalars(
            select(ListedBid)
            .where(
                ListedBid.opening == opening.id,
                ListedBid.state.in_([BidState.LISTED, BidState.IDENTIFIED]),
            )
            .order_by(ListedBid.place)
        )
    )


def acts_of(bids: Sequence[ListedBid]) -> list[Act]:
    """Their acts, read."""
    return [read_act(bid.act) for bid in bids]


def batches_of(session: Session, opening: Opening, manifest: Manifest) -> list[ShareBatch]:
    """The batches of the current round, by officer number."""
    rows = session.scalars(
        select(OfficerBatch)
        .where(OfficerBatch.opening == opening.id, OfficerBatch.round == opening.round)
        .order_by(OfficerBatch.i)
    )
    keys = {
        seat.org_key_id: organisations.key_by_id(session, seat.org_key_id).public
        for seat in manifest.seats
    }
    return [read_share_batch(row.raw, keys[manifest.seats[row.i - 1].org_key_id]) for row in rows]


def manifest_of(session: Session, no: str) -> Manifest:
    """The tender's manifest."""
    found = officers.manifest(session, no)
    if found is None:
        raise NotFound
    return read_manifest(found.raw)


def witnessed(session: Session, no: str, kind: str, hashed: bytes) -> int | None:
    """The index of an official act of this tender once a witnessed head holds it; else None.

    `hashed` is H of its data.
    """
    for placed in journal.entries_of(session, no, kind):
        if digest(canonical(read_entry(placed.entry).data)) != hashed:
            continue
        if journal.first_witnessed_size(session, placed.index, WITNESSES) is not None:
            return placed.index
    return None


def sheet(session: Session, no: str, person: UUID | None) -> dict[str, Json]:
    """What an officer's program needs for the current round; refused until it is witnessed.

    `NotFound` for whoever holds no seat; `not-witnessed` while no witness has cosigned the
    closing: until then another set of bids could still be shown to somebody else.
    """
    opening = of_tender(session, no)
    seat = _seat(session, no, person)
    index = witnessed(session, no, "closing", opening.closing_hash)
    head = journal.head(session, witnesses=WITNESSES)
    if index is None or head is None:
        raise Refusal(
            "not-witnessed",
            zh="截标记录尚待见证，稍后再试",
            en="The closing record waits for its witness; try again shortly",
        )
    placed = journal.entry_at(session, index)
    if placed is None:
        raise NotFound
    proof = inclusion(
        placed.entry, index, journal.inclusion(session, index, head.size), head.note.encode()
    )
    standing_now = standing_bids(session, opening)
    acts: list[Json] = [b64u(bid.act) for bid in standing_now]
    salts: list[Json] = [b64u(bid.salt) for bid in standing_now]
    return {
        "tender": no,
        "seat": seat,
        "round": opening.round,
        "state": opening.state.value,
        "closing_hash": b64u(opening.closing_hash),
        "closing": proof,
        "acts": acts,
        "salts": salts,
    }


@dataclass(frozen=True, slots=True)
class PostShares:
    """An officer's signed batch, canonical bytes."""

    no: str
    raw: bytes


def post_shares(work: Work, command: PostShares) -> dict[str, Any]:
    """Take an officer's shares; with the batches that decide, shares are closed.

    The same batch again has the same answer. Refusals: `not-witnessed`, `not-collecting`,
    `already-posted` (another batch of the same officer), those of a share batch. A batch with a
    share that misses its commitment is sent back whole and names nobody.
    """
    work.need(Permission.OFFICERS_SHARE_POST)
    work.hold(f"opening:{command.no}")
    opening = of_tender(work.session, command.no)
    manifest = manifest_of(work.session, command.no)
    i = _seat(work.session, command.no, work.actor.person)
    known = work.session.scalar(
        select(OfficerBatch).where(
            OfficerBatch.opening == opening.id, OfficerBatch.hash == digest(command.raw)
        )
    )
    if known is None:
        _take(work, opening, manifest, command.raw, i)
    return _progress(work.session, opening, manifest)


def _take(work: Work, opening: Opening, manifest: Manifest, raw: bytes, i: int) -> None:
    if opening.state is not OpeningState.COLLECTING:
        raise Refusal("not-collecting", zh="当前不收集份额", en="No shares are collected now")
    if witnessed(work.session, opening.tender_no, "closing", opening.closing_hash) is None:
        raise Refusal(
            "not-witnessed", zh="截标记录尚待见证", en="The closing record waits for its witness"
        )
    seat = manifest.seats[i - 1]
    key = organisations.key_by_id(work.session, seat.org_key_id)
    batch = read_share_batch(raw, key.public)
    check_batch_place(batch, manifest, opening.closing_hash, opening.round)
    if batch.i != i:
        raise Refusal("wrong-seat", zh="席位不符", en="The batch is of another seat")
    acts = acts_of(standing_bids(work.session, opening))
    check_batch_shares(batch, wanted_shares(acts, manifest, opening.round, i))
    posted = work.session.scalar(
        select(OfficerBatch.id).where(
            OfficerBatch.opening == opening.id,
            OfficerBatch.round == opening.round,
            OfficerBatch.i == i,
        )
    )
    if posted is not None:
        raise Refusal(
            "already-posted",
            zh="该席位本轮份额已收到，不能更换",
            en="This seat's shares of the round are here and cannot be changed",
        )
    work.session.add(
        OfficerBatch(
            opening=opening.id,
            round=opening.round,
            i=i,
            raw=raw,
            hash=digest(raw),
            at=work.now,
        )
    )
    work.session.flush()
    work.note(opening.tender_no, "opening.shares", round=str(opening.round), seat=str(i))
    _close_when_decided(work, opening, manifest)


def _close_when_decided(work: Work, opening: Opening, manifest: Manifest) -> None:
    """End taking shares once these batches decide about every envelope of the round."""
    batches = batches_of(work.session, opening, manifest)
    if len(batches) < manifest.k:
        return
    kinds = manifest.round_of(opening.round).opens
    everything = [
        standing(batches, bid.bid_pub, kind)
        for bid in standing_bids(work.session, opening)
        for kind in kinds
    ]
    if len(batches) < manifest.n and not all(is_decided(manifest, held) for held in everything):
        return
    rows = work.session.scalars(
        select(OfficerBatch)
        .where(OfficerBatch.opening == opening.id, OfficerBatch.round == opening.round)
        .order_by(OfficerBatch.i)
    )
    closed = SharesClosed(
        opening.tender_no,
        opening.round,
        opening.closing_hash,
        tuple((row.i, row.hash) for row in rows),
    ).to_json()
    work.as_house().move(opening, OPENING_TABLE, OpeningAction.CLOSE_SHARES)
    opening.shares_closed_at = work.now
    opening.shares_closed = canonical(closed)
    work.publish("shares-closed", opening.tender_no, closed)


def overdue(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Openings whose officers did not come in time."""
    return session.scalars(
        select(Opening.id)
        .where(Opening.state == OpeningState.COLLECTING, Opening.round_since < now - SHARES_WITHIN)
        .order_by(Opening.round_since)
        .limit(limit)
    ).all()


def _seat(session: Session, no: str, person: UUID | None) -> int:
    for seat in officers.seats(session, no):
        if seat.person == person:
            return seat.i
    raise NotFound


def _progress(session: Session, opening: Opening, manifest: Manifest) -> dict[str, Any]:
    count = len(batches_of(session, opening, manifest))
    return {"round": opening.round, "batches": count, "needed": manifest.k}
