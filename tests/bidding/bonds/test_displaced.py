"""One deposit behind two bids: who closed first comes first, in the platform's records too."""

import pytest
from sqlalchemy import select, update

from bidding.bonds.commands import spend
from bidding.bonds.links import (
    KeepLink,
    KeepSettlement,
    SetDue,
    keep_link,
    keep_settlement,
    order_release,
    set_due,
)
from bidding.bonds.model import LinkedBond
from bidding.bonds.queries import bonds_of, bonds_with_day, ordered_bonds
from bidding.bonds.rules import LinkState
from market.command import ANONYMOUS, HOUSE, Work
from market.kernel.errors import Refusal
from market.kernel.money import Money
from market.kernel.workdays import legal_day
from market.protocol.settlements import Settled
from tests.support.offices import TestOffice
from tests.support.protocol_cast import BOND, TENDER, bid_pub, wallet

EARLIER, LATER = TENDER, "ZC-2026-000998"
DEPOSIT = b"\x05" * 32


def linked(house: TestOffice, label: str, tender: str) -> None:
    """A bid whose bond the custodian says stands on the one deposit."""

    def live(work: Work, command: None) -> bytes:
        del command
        return spend(work, wallet(label).token, bid_pub(label), tender, BOND)

    name = house.office.run(live, None, ANONYMOUS)
    command = KeepLink(
        tender, bid_pub(label), name, "91350100M000100Y43", DEPOSIT, "cash", Money(BOND), bytes(32)
    )
    for _ in range(2):
        house.office.run(keep_link, command, HOUSE)


def states(house: TestOffice, tender: str) -> list[str]:
    return [bond.state.value for bond in house.office.read(lambda s: bonds_of(s, tender))]


def ordered(house: TestOffice) -> list[str]:
    day = legal_day(house.clock.at)
    for tender in (EARLIER, LATER):
        house.office.run(set_due, SetDue(tender, day, "GP.33"), HOUSE)
    for bond in house.office.read(lambda s: bonds_with_day(s, 10)):
        house.office.run(order_release, bond, HOUSE)
    return [bond.tender_no for bond in house.office.read(lambda s: ordered_bonds(s, 10))]


@pytest.mark.parametrize("on_its_way", [False, True])
def test_an_earlier_closing_takes_the_deposit_and_the_later_bond_is_not_returned(
    house: TestOffice,
    on_its_way: bool,
) -> None:
    linked(house, "a", LATER)
    if on_its_way:
        assert ordered(house) == [LATER]
    linked(house, "b", EARLIER)
    assert (states(house, LATER), states(house, EARLIER)) == (["displaced"], ["held"])
    assert ordered(house) == [EARLIER]


def test_a_bond_that_was_to_be_kept_is_displaced_too_and_the_earlier_link_stands(
    house: TestOffice,
) -> None:
    linked(house, "a", LATER)
    with house.office.sessions.begin() as session:
        row = session.scalars(select(LinkedBond)).one()
        session.execute(
            update(LinkedBond)
            .where(LinkedBond.id == row.id)
            .values(state=LinkState.FORFEITED, forfeit_cause="F3.4")
        )
    linked(house, "b", EARLIER)
    assert (states(house, LATER), states(house, EARLIER)) == (["displaced"], ["held"])
    # Nothing is asked of the custodian about the one that has no deposit.
    assert ordered(house) == [EARLIER]


def test_a_principal_that_differs_is_not_written_down_as_a_return(house: TestOffice) -> None:
    linked(house, "a", EARLIER)
    ordered(house)
    (bond,) = house.office.read(lambda s: ordered_bonds(s, 10))
    for fen in (BOND - 1, BOND + 1):
        wrong = Settled(DEPOSIT, fen, 0, 0, house.clock.at)
        with pytest.raises(Refusal, match="settlement-differs"):
            house.office.run(keep_settlement, KeepSettlement(bond.id, wrong), HOUSE)
    assert states(house, EARLIER) == ["ordered"]
    good = Settled(DEPOSIT, BOND, 7, 0, house.clock.at)
    for _ in range(2):
        house.office.run(keep_settlement, KeepSettlement(bond.id, good), HOUSE)
    assert states(house, EARLIER) == ["released"]
