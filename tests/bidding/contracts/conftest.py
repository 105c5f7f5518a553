"""A hall in which the winner is determined and the room of contracts listens."""

from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bidding.bonds.model import LinkedBond
from bidding.bonds.rules import LinkState
from bidding.contracts.feature import LISTENERS
from market.accounts.roles import Role
from market.command import Actor
from market.factory import create_app
from market.features import FEATURES
from market.kernel.money import Money
from market.protocol.encoding import digest
from market.web.access import actor_loader
from tests.bidding.evaluation.cast import Hall, make_hall
from tests.market.web.conftest import settings_for


def bonded(made: Hall) -> Hall:
    """The hall with a bond in custody for every bidder."""
    with Session(made.engine) as session, session.begin():
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


@pytest.fixture
def app(hall: Hall, redis_url: str, tmp_path: Path) -> Flask:
    cast = hall.house.cast
    cast.staffed("bureau", "reg1", Role.REG)
    people = {"clerk": hall.clerk, "reg": cast.actor("reg1", "bureau")}
    people |= {f"sup{letter}": hall.bidders[letter] for letter in "ABC"}
    people["stranger"] = hall.house.stranger
    key = tmp_path / "personal.1.key"  # the key under which the cast's names are sealed
    key.write_bytes(b"k" * 32)
    key.chmod(0o600)
    made = create_app(settings_for(redis_url, tmp_path), FEATURES, office=hall.house.office)

    def load() -> Actor | None:
        return people.get(request.cookies.get("who", ""))

    actor_loader(made, load)
    return made


@pytest.fixture
def hall(engine: Engine) -> Hall:
    return bonded(make_hall(engine, listeners=LISTENERS))
