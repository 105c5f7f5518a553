"""What tests of bids ask of a house: states of bids, tokens and the tender, entries, refusals."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bidding.bonds.queries import bonds_of, token_state
from bidding.opening.model import ListedBid, Opening
from market.journal import queries as journal
from market.journal.model import JournalEntry
from market.kernel.errors import MarketError
from market.protocol.tokens import nullifier
from tests.support.bidding_bank import KEYS, Wallet
from tests.support.bidding_cast import House


def refused(code: str):
    """A refusal with this code."""
    return pytest.raises(MarketError, match=f"^{code}:")


def outcome(act: Callable[[], object]) -> str:
    """The code of a refusal, or "done"."""
    try:
        act()
    except MarketError as refusal:
        return refusal.code
    return "done"


def token(house: House, wallet: Wallet) -> str:
    """Where a token stands."""
    key = KEYS[wallet.token.denomination, "bid"]
    return house.ask(token_state, nullifier(key.id, wallet.token.prepared)).value


def bid_states(house: House) -> dict[str, tuple[str, str | None]]:
    """State and cause of each bid of the closing list, by its bidder's name."""
    names = {made.act.bid_pub: name for name, made in house.made.items()}

    def ask(session):
        return session.execute(select(ListedBid.bid_pub, ListedBid.state, ListedBid.cause)).all()

    return {names[pub]: (state.value, cause) for pub, state, cause in house.ask(ask)}


def opening_row(house: House) -> Opening:
    """The opening as it stands."""
    return house.ask(lambda session: session.scalars(select(Opening)).one())


def tender_state(house: House) -> str:
    """Where the tender stands."""
    return house.tenders.facts(house.no).state.value


def bonds(house: House) -> dict[str, str]:
    """The state of linked bonds by the bidder's name."""
    names = {made.act.bid_pub: name for name, made in house.made.items()}
    return {names[bond.bid_pub]: bond.state.value for bond in house.ask(bonds_of, house.no)}


def entries(house: House, kind: str) -> list[JournalEntry]:
    """The journal's entries of a kind about the tender, placed or waiting."""

    def ask(session):
        wanted = (JournalEntry.type == kind, JournalEntry.subject == house.no)
        return list(session.scalars(select(JournalEntry).where(*wanted)))

    return house.ask(ask)


def placed(house: House, kind: str):
    """The placed ones."""
    return house.ask(journal.entries_of, house.no, kind)
