"""The carrier of demonstration and tests: letters arrive in a table that a page shows."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.command import Actor, Office
from market.kernel.permissions import Permission
from market.messages.carriers import Parcel
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


def arrived(session: Session, limit: int) -> list[MailboxItem]:
    """The latest letters in the mailbox, newest first."""
    return list(
        session.scalars(
            select(MailboxItem)
            .order_by(MailboxItem.arrived_at.desc(), MailboxItem.key)
            .limit(limit)
        )
    )
