"""Bringing a lost ciphertext back: anybody may, as bytes whose hash a bid of the list names.

Nothing is believed but the hash, so nobody is asked who he is; and nothing is taken that is not
missing, so nobody fills the disk.
"""

from datetime import datetime
from typing import IO

from sqlalchemy.orm import Session

from bidding.bids import queries as bids
from bidding.bids.store import SealedStore
from bidding.opening.rules import SUPPLY_WITHIN, OpeningState
from bidding.opening.shares import acts_of, manifest_of, of_tender, standing_bids
from market.command import Office
from market.kernel.errors import NotFound, Refusal
from market.settings import Settings


def supply(office: Office, settings: Settings, no: str, hashed: bytes, stream: IO[bytes]) -> None:
    """Take the bytes of a ciphertext that the round needs and the store has lost.

    Refusals: `NotFound` for a hash that no bid of this round names, `not-missing`, `too-late`
    (after the time in which the round waits), `ciphertext-differs` (then nothing was kept).
    """
    now = office.clock.now()
    name, size = office.read(lambda session: _wanted(session, no, hashed, now))
    store = SealedStore(settings.sealed_files)
    if store.holds(name, size, hashed):
        raise Refusal(
            "not-missing",
            zh="该密文完好，无须补交",
            en="This ciphertext is here and whole; nothing is needed",
        )
    if not store.restore(name, size, hashed, stream):
        raise Refusal(
            "ciphertext-differs",
            zh="收到的不是提交时的密文，未保存",
            en="These are not the bytes that the act names; nothing was kept",
        )


def _wanted(session: Session, no: str, hashed: bytes, now: datetime) -> tuple[bytes, int]:
    """Under which name the store lost these bytes, and how many they are."""
    opening = of_tender(session, no)
    name = bids.upload_of(session, hashed)
    if opening.state is not OpeningState.COMBINING or opening.shares_closed_at is None:
        raise NotFound
    kinds = manifest_of(session, no).round_of(opening.round).opens
    sizes = {
        envelope.ciphertext_hash: envelope.size
        for act in acts_of(standing_bids(session, opening))
        for envelope in act.envelopes
        if envelope.kind in kinds
    }
    if name is None or hashed not in sizes:
        raise NotFound
    if now > opening.shares_closed_at + SUPPLY_WITHIN:
        raise Refusal("too-late", zh="补交时限已过", en="The time for bringing it back is over")
    return name, sizes[hashed]
