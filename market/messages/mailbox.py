"""The carrier of demonstration and tests: letters arrive in a table that a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from market.command import Actor, Office
from market.kernel.permissions import Permission
from market.messages.carriers import Channel, Parcel
from market.messages.commands import put_in_mailbox
from market.messages.model import MailboxItem

NAME: Final = "mailbox"
_POSTMAN: Final = Actor("postman", frozenset({Permission.HOUSE_ACT}), unrecorded=True)


class MailboxCarrier:
    """Puts letters into the mailbox of this database; nothing leaves the machine."""

    def __init__(self, office: Office) -> None:
        self._office = office

    @property
    def name(self) -> str:
        """The carrier in the list of deliveries."""
        return NAME

    def carry(self, parcel: Parcel) -> str:
        """Take a letter; the same key again is the same letter."""
        self._office.run(put_in_mailbox, parcel, _POSTMAN)
        return NAME


Place: TypeAlias = tuple[datetime, str]
"""Where a letter stands in the mailbox: when it arrived, and its key."""


@dataclass(frozen=True, slots=True)
class ArrivedLetter:
    """A letter in the mailbox; `to` is the address with its middle left out."""

    key: str
    template: str
    channel: Channel
    to: str
    text: str
    link: str | None
    arrived_at: datetime
    times: int
    """How often it arrived under its key."""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.arrived_at, self.key


def arrived(
    session: Session,
    limit: int,
    *,
    older_than: Place | None = None,
    newer_than: Place | None = None,
    to: Sequence[str] = (),
) -> list[ArrivedLetter]:
    """So many letters of the mailbox, newest first: the newest, or those next to a place.

    `to` names addresses as they are shown; only letters to one of them are told then.
    """
    row = MailboxItem
    query = select(row).where(row.to.in_(to)) if to else select(row)
    if newer_than is not None:
        at, key = newer_than
        query = query.where(or_(row.arrived_at > at, and_(row.arrived_at == at, row.key < key)))
        near = query.order_by(row.arrived_at, row.key.desc()).limit(limit)
        return [_letter(one) for one in reversed(session.scalars(near).all())]
    if older_than is not None:
        at, key = older_than
        query = query.where(or_(row.arrived_at < at, and_(row.arrived_at == at, row.key > key)))
    near = query.order_by(row.arrived_at.desc(), row.key).limit(limit)
    return [_letter(one) for one in session.scalars(near)]


def _letter(one: MailboxItem) -> ArrivedLetter:
    return ArrivedLetter(
        one.key,
        one.template,
        one.channel,
        one.to,
        one.text,
        one.link,
        one.arrived_at,
        one.times,
    )
