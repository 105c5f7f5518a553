"""Held tokens whose bond is to be kept: what the custodian is asked, with the closing's proof."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bonds.model import BondHearing, LinkedBond
from bidding.bonds.queries import key_ring
from bidding.bonds.rules import HearingState
from market.journal import queries as journal
from market.kernel.money import Money
from market.protocol.encoding import JsonObject, canonical, digest, parse
from market.protocol.entries import read_entry
from market.protocol.held import HeldToken, read_held_token
from market.protocol.inclusions import inclusion
from market.protocol.tokens import check_token, nullifier

WITNESSES: Final = 1
"""Cosignatures under which the custodian is shown a closing; its trust file asks for its own."""


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A held token of a hearing that was decided to be kept, not linked yet."""

    hearing: UUID
    nullifier: bytes
    amount: Money
    held: HeldToken
    shown: JsonObject


def kept_tokens(session: Session) -> list[KeptToken]:
    """Every token that must be linked, oldest decision first."""
    rows = session.scalars(
        select(BondHearing)
        .outerjoin(LinkedBond, LinkedBond.bid_pub == BondHearing.bid_pub)
        .where(
            BondHearing.state == HearingState.KEPT,
            BondHearing.held.is_not(None),
            LinkedBond.id.is_(None),
        )
        .order_by(BondHearing.decided_at, BondHearing.id)
    )
    return [_kept(session, row.id, row.held or b"") for row in rows]


def _kept(session: Session, hearing: UUID, raw: bytes) -> KeptToken:
    shown = parse(raw)
    held = read_held_token(shown)
    key = check_token(held.token, held.bid_pub, key_ring(session))
    name = nullifier(key.id, held.token.prepared)
    return KeptToken(hearing, name, Money(held.token.denomination), held, shown)


def closing_proof(session: Session, tender_no: str) -> tuple[JsonObject, bytes] | None:
    """The proof file of a tender's closing and the closing's hash; None before it is witnessed."""
    head = journal.head(session, witnesses=WITNESSES)
    placed = journal.entries_of(session, tender_no, "closing")
    if head is None or not placed or placed[0].index >= head.size:
        return None
    first = placed[0]
    path = journal.inclusion(session, first.index, head.size)
    proof = inclusion(first.entry, first.index, path, head.note.encode())
    return proof, digest(canonical(read_entry(first.entry).data))
