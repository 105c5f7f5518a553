"""The address book behind the handles: opened by the relay alone, one address at a time."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.accounts.model.people import Person, PersonAddress
from market.accounts.rules import PersonState
from market.accounts.vault import Purpose, Vault
from market.messages.carriers import Address, Channel


class VaultAddressBook:
    """Handles to addresses, by the keys of the vault (`market.messages.carriers.AddressBook`)."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def find(self, session: Session, handle: UUID) -> Address | None:
        """The address behind a handle; None if it was ended, never there, or its person blocked."""
        found = session.execute(
            select(PersonAddress, Person.language)
            .join(Person, Person.id == PersonAddress.person)
            .where(
                PersonAddress.id == handle,
                PersonAddress.ended_at.is_(None),
                Person.state == PersonState.ACTIVE,
            )
        ).one_or_none()
        if found is None:
            return None
        row, language = found
        text = self._vault.open(Purpose.ADDRESS, row.id, row.ciphertext)
        return Address(Channel(row.kind.value), text, language)
