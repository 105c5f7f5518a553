"""Lists of agencies ask the database as often for many as for one."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from intermediaries.agencies.queries import Search, agency_names, listed
from intermediaries.credit.queries import ranking
from tests.support.counting import counted
from tests.support.offers_cast import AGENCIES, Bazaar, agency_id, make_bazaar


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Bazaar:
    return make_bazaar(engine, tmp_path, AGENCIES[:3])


def test_the_board_of_agencies(engine: Engine, place: Bazaar) -> None:
    one, few = counted(engine, lambda session: listed(session, Search(), place.now, 1))
    several, many = counted(engine, lambda session: listed(session, Search(), place.now, 20))
    assert (len(one), len(several)) == (1, 3)
    assert several[0] == one[0]
    assert few == many


def test_names_and_credit(engine: Engine, place: Bazaar) -> None:
    keys = [agency_id(place, name) for name in AGENCIES[:3]]
    _, few = counted(engine, lambda session: agency_names(session, keys[:1]))
    named, many = counted(engine, lambda session: agency_names(session, keys))
    assert set(named) == set(keys)
    assert few == many
    ranked, asked = counted(engine, lambda session: ranking(session, place.now))
    assert len(ranked) == 3
    assert asked <= 3
