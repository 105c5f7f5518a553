"""A house whose fourth bid could not be opened, with its people."""

from dataclasses import dataclass

import pytest

from market.accounts.roles import Role
from market.command import Actor
from market.protocol.binding import Kind
from tests.support.bidding_bank import Wallet
from tests.support.bidding_bids import ill_dealt
from tests.support.bidding_cast import House
from tests.support.bidding_fixtures import furnished, house, sealed, three_sealed

__all__ = ["furnished", "house", "sealed", "three_sealed"]


@dataclass(frozen=True)
class Bench:
    """An opened tender: `a`, `b` and `c` are linked, the token of `d` is held."""

    house: House
    held: Wallet
    supervisor: Actor
    second: Actor
    owner: Actor
    partner: Actor
    bidder: Actor
    other: Actor


@pytest.fixture
def bench(sealed: House) -> Bench:
    made = ill_dealt(sealed.bid("d"), Kind.IDENTITY, {5})
    sealed.hand_in("d", made)
    sealed.close()
    sealed.open_all((1, 2, 3))
    cast = sealed.cast
    supervisor = cast.staffed("regulator", "reg-one", Role.REG)
    return Bench(
        sealed,
        made.wallet,
        supervisor,
        cast.appoint("regulator", "reg-one", "reg-two", Role.REG),
        cast.actor("wang", "owner"),
        cast.appoint("owner", "wang", "owner-two", Role.OWNER),
        cast.appoint("firm-d", "clerk-d", "clerk-d", Role.BIDDER),
        cast.appoint("firm-a", "clerk-a", "clerk-a", Role.BIDDER),
    )
