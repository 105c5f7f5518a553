"""A tender that closed earlier takes a deposit: what becomes of the later tender's bid."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.bonds.displacing import displace, tell_displaced
from bidding.bonds.model import LinkedBond
from bidding.bonds.queries import displaced
from market.accounts.roles import Role
from market.command import HOUSE
from tests.support.bidding_cast import House
from tests.support.bidding_questions import bid_states, bonds, tender_state
from tests.support.reachable import letters, reachable

OPEN = ("opened", None)
GONE = ("refused", "no-open-deposit")


def taken(house: House, name: str) -> UUID:
    """The custodian gives this bidder's deposit to a tender that closed earlier."""
    with Session(house.engine) as session:
        row = session.scalars(
            select(LinkedBond).where(LinkedBond.uscc == house.bidders[name].uscc)
        ).one()
    for _ in range(2):
        house.office.run(displace, row.h_blinded, HOUSE)
    return row.id


def rounds(house: House, count: int) -> None:
    for _ in range(count):
        house.post_shares(1, 2, 3)
        assert house.open_round() == 1


@pytest.mark.parametrize("after", [1, 2])
def test_while_it_is_opened_a_bid_without_its_deposit_is_refused(sealed: House, after: int) -> None:
    sealed.submit("d")
    sealed.close()
    rounds(sealed, after)
    taken(sealed, "d")
    rounds(sealed, 3 - after)
    assert bid_states(sealed) == {**dict.fromkeys("abc", OPEN), "d": GONE}
    assert bonds(sealed)["d"] == "displaced"
    assert tender_state(sealed) == "opened"


def test_three_bids_of_which_one_lost_its_deposit_are_too_few(sealed: House) -> None:
    sealed.close()
    rounds(sealed, 1)
    taken(sealed, "a")
    rounds(sealed, 1)
    assert tender_state(sealed) == "failed"
    assert bid_states(sealed)["a"] == GONE


def test_an_opened_bid_stays_open_and_everybody_concerned_is_written_to(sealed: House) -> None:
    cast = sealed.cast
    cast.appoint("firm-a", "clerk-a", "clerk-a", Role.BIDDER)
    reachable(cast, "clerk-a", "clerk-b", "wang")
    sealed.close()
    sealed.open_all()
    before = letters(sealed.engine)
    bond = taken(sealed, "a")
    assert bid_states(sealed)["a"] == OPEN
    key = sealed.made["a"].act.bid_pub
    assert sealed.ask(displaced, sealed.no) == {key: sealed.bidders["a"].uscc}
    sealed.office.run(tell_displaced, bond, HOUSE)
    new = [words for words in letters(sealed.engine) if words not in before]
    assert len(new) == 2
    assert any("贵单位的保证金" in words for words in new)
    # The purchaser's letter names nobody: before the record it must not.
    assert any("一份投标的保证金" in words for words in new)
    assert not [words for words in new if "firm-a" in words or sealed.bidders["a"].uscc in words]
