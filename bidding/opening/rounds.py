"""Opening a round once its shares are closed and witnessed: computed first, then written down.

The computing runs outside any transaction and gives the same answer on every machine; the
writing is one command that does nothing if it was done before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bids import queries as bids
from bidding.bids.store import PIECE, SealedStore
from bidding.opening.combine import NotOpened, open_envelope
from bidding.opening.identify import identify
from bidding.opening.model import Opening
from bidding.opening.outcomes import Document, Found, Outcome
from bidding.opening.record import RecordRound, record_round
from bidding.opening.rules import SUPPLY_WITHIN, OpeningState
from bidding.opening.shares import acts_of, batches_of, manifest_of, standing_bids, witnessed
from bidding.opening.store import RestrictedStore, RestrictedWriter
from market.command import HOUSE, Office
from market.kernel.errors import MarketError
from market.protocol.acts import Act
from market.protocol.binding import Kind
from market.protocol.encoding import digest
from market.protocol.manifest import Manifest
from market.protocol.offers import facts_root, read_offer
from market.protocol.opening import ShareBatch
from market.protocol.payload import Payload, payload_hash
from market.settings import Settings

log = structlog.get_logger()

BATCH: Final = 20


@dataclass(frozen=True, slots=True)
class Round:
    """Everything the outcome of a round depends on."""

    opening: UUID
    no: str
    number: int
    closing_hash: bytes
    manifest: Manifest
    bids: tuple[UUID, ...]
    acts: tuple[Act, ...]
    batches: tuple[ShareBatch, ...]
    shares_closed_at: datetime

    @property
    def kind(self) -> Kind:
        """The one kind of envelope that this round opens."""
        (kind,) = self.manifest.round_of(self.number).opens
        return kind


def open_rounds(office: Office, settings: Settings) -> int:
    """Open every round whose shares are closed and witnessed; how many were written down."""
    done = 0
    for opening in office.read(_combining):
        try:
            done += _open(office, settings, opening)
        except MarketError as refusal:
            # The custodian may be silent or a witness away: the round waits, nothing is lost.
            log.warning("opening.waits", opening=str(opening), code=refusal.code)
    return done


def gather(session: Session, opening: UUID) -> Round | None:
    """What a round is computed from; None until its shares-closed is witnessed."""
    row = session.get_one(Opening, opening)
    closed, at = row.shares_closed, row.shares_closed_at
    if row.state is not OpeningState.COMBINING or closed is None or at is None:
        return None
    if witnessed(session, row.tender_no, "shares-closed", digest(closed)) is None:
        return None
    manifest = manifest_of(session, row.tender_no)
    listed = standing_bids(session, row)
    return Round(
        row.id,
        row.tender_no,
        row.round,
        row.closing_hash,
        manifest,
        tuple(bid.id for bid in listed),
        tuple(acts_of(listed)),
        tuple(batches_of(session, row, manifest)),
        at,
    )


def _combining(session: Session) -> list[UUID]:
    return list(
        session.scalars(
            select(Opening.id)
            .where(Opening.state == OpeningState.COMBINING)
            .order_by(Opening.shares_closed_at)
            .limit(BATCH)
        )
    )


def _open(office: Office, settings: Settings, opening: UUID) -> int:
    work = office.read(lambda session: gather(session, opening))
    if work is None:
        return 0
    may_wait = office.clock.now() <= work.shares_closed_at + SUPPLY_WITHIN
    outcomes = []
    for bid, act in zip(work.bids, work.acts, strict=True):
        outcome = _one(office, settings, work, bid, act)
        if outcome.cause in ("ciphertext-missing", "ciphertext-differs") and may_wait:
            return 0  # anybody may still supply the bytes that the act names
        outcomes.append(outcome)
    if work.kind is Kind.IDENTITY:
        outcomes = identify(office, settings, work.no, work.closing_hash, work.manifest, outcomes)
    office.run(record_round, RecordRound(opening, work.number, tuple(outcomes)), HOUSE)
    return 1


def _one(office: Office, settings: Settings, work: Round, bid: UUID, act: Act) -> Outcome:
    """Open one envelope; its documents go to the restricted store, sealed."""
    store = RestrictedStore(settings.sealed_files, settings.keys)
    ciphertexts = SealedStore(settings.sealed_files)
    writers: dict[str, RestrictedWriter] = {}

    def ciphertext(hashed: bytes) -> Iterator[bytes]:
        name = office.read(lambda session: bids.upload_of(session, hashed))
        if name is None:
            raise FileNotFoundError
        with ciphertexts.open(name) as file:
            yield from iter(lambda: file.read(PIECE), b"")

    def sink(name: str) -> object:
        writers[name] = store.writer()
        return writers[name].write

    try:
        payload = open_envelope(
            work.manifest,
            act,
            work.kind,
            work.batches,
            ciphertext,
            sink,  # type: ignore[arg-type]  # a bound method is a sink
        )
        found = _found(work.kind, payload, writers)
    except NotOpened as shut:
        return Outcome(bid, act, cause=shut.cause)
    except MarketError as refusal:
        return Outcome(bid, act, cause=refusal.code)
    finally:
        for writer in writers.values():
            writer.drop()
    return Outcome(bid, act, found=found)


def _found(kind: Kind, payload: Payload, writers: dict[str, RestrictedWriter]) -> Found:
    hashed = payload.digest
    if kind is not Kind.IDENTITY:
        hashed = payload_hash(facts_root(read_offer(payload.main)), payload.digest)
    documents = tuple(
        Document(item.name, item.length, item.digest, writers[item.name].finish())
        for item in payload.documents
    )
    return Found(kind, payload.main, payload.digest, hashed, documents)
