"""People who can be written to: a telephone for somebody of a cast, and the letters so far."""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from market.accounts.commands.people import AddAddress, add_address
from market.accounts.vault import AddressKind, seal_address
from market.db.outbox import Letter
from tests.support.people_cast import Cast


def reachable(cast: Cast, *accounts: str) -> None:
    """Give each of these people a telephone of its own."""
    for place, account in enumerate(accounts):
        mobile = seal_address(cast.vault, AddressKind.MOBILE, f"139{place:08d}")
        cast.office.run(add_address, AddAddress(mobile), cast.actor(account))


def letters(engine: Engine) -> list[str]:
    """The Chinese words of every letter in the outbox, by their keys."""
    with Session(engine) as session:
        return [row.zh for row in session.scalars(select(Letter).order_by(Letter.key))]
