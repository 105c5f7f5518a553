"""The relay: each letter that is due goes to a carrier, at least once, always under its key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.command import Actor, Office
from market.db.outbox import Letter
from market.kernel.permissions import Permission
from market.messages.carriers import Address, AddressBook, Carrier, CarrierFailed, Parcel
from market.messages.commands import NoteTry, TakeLetter, Taken, note_try, take_letter
from market.messages.model import Outcome
from market.messages.rules import LIFETIME, signed_text

BATCH: Final = 200
"""Letters of one beat; the rest waits for the next."""
RELAY: Final = Actor("relay", frozenset({Permission.HOUSE_ACT}), unrecorded=True)
"""Who carries letters: each try has a row of its own, and no line in the trail."""


def relay(office: Office, carriers: Sequence[Carrier], addresses: AddressBook) -> int:
    """Carry every letter that is due; the number that carriers took.

    The nth try goes to the nth carrier in turn, so a second one takes over when the first fails.
    No transaction is open while a carrier is asked.
    """
    if not carriers:
        raise ValueError("a relay needs a carrier")
    now = office.clock.now()
    taken = 0
    for letter, handle in office.read(lambda session: due_letters(session, now, BATCH)):
        address = _address(office, addresses, handle)
        channel = None if address is None else address.channel
        outgoing = office.run(take_letter, TakeLetter(letter, channel), RELAY)
        if outgoing is not None and address is not None:
            carrier = carriers[(outgoing.tries - 1) % len(carriers)]
            taken += _carry(office, carrier, outgoing, address)
    return taken


def due_letters(session: Session, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """The letters to be tried now with their handles, the longest waiting first."""
    rows = session.execute(
        select(Letter.id, Letter.address)
        .where(
            Letter.sent_at.is_(None),
            Letter.next_try_at <= now,
            Letter.written_at > now - LIFETIME,
        )
        .order_by(Letter.next_try_at, Letter.id)
        .limit(limit)
    )
    return [(row.id, row.address) for row in rows]


def _address(office: Office, addresses: AddressBook, handle: UUID) -> Address | None:
    return office.read(lambda session: addresses.find(session, handle))


def _carry(office: Office, carrier: Carrier, taken: Taken, address: Address) -> bool:
    parcel = Parcel(
        key=taken.key,
        template=taken.template,
        channel=address.channel,
        to=address.text,
        text=signed_text(taken.zh if address.language == "zh" else taken.en, address.language),
        link=taken.link,
        at=taken.at,
    )
    try:
        note = NoteTry(taken.letter, carrier.name, Outcome.TAKEN, carrier.carry(parcel))
    except CarrierFailed as failure:
        note = NoteTry(taken.letter, carrier.name, Outcome.FAILED, str(failure))
    office.run(note_try, note, RELAY)
    return note.outcome is Outcome.TAKEN
