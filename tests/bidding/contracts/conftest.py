"""A hall in which the winner is determined and the room of contracts listens."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bidding.bonds.model import LinkedBond
from bidding.bonds.rules import LinkState
from bidding.contracts.feature import LISTENERS
from market.kernel.money import Money
from market.protocol.encoding import digest
from tests.bidding.evaluation.cast import Hall, make_hall


@pytest.fixture
def hall(engine: Engine) -> Hall:
    made = make_hall(engine, listeners=LISTENERS)
    with Session(engine) as session, session.begin():
        session.add_all(
            LinkedBond(
                tender_no=made.no,
                bid_pub=digest(f"pub{uscc}".encode()),
                uscc=uscc,
                h_blinded=digest(f"blinded{uscc}".encode()),
                kind="token",
                amount=Money(5_000_000),
                account_commitment=digest(f"account{uscc}".encode()),
                state=LinkState.HELD,
            )
            for uscc in made.usccs.values()
        )
    return made
