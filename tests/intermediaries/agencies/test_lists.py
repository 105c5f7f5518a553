"""Lists of agencies ask the database as often for many as for one."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intermediaries.agencies.commands.by_credit import show_by_credit
from intermediaries.agencies.queries import Search, agency_names, agency_numbers, listed
from intermediaries.credit.queries import ranking
from market.command import HOUSE, Work
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


def test_credit_shows_level_a_first_and_pages_go_on_across_the_border(
    engine: Engine, place: Bazaar
) -> None:
    def numbers(limit: int, after: tuple[int, str] | None = None) -> list[str]:
        with Session(engine) as session:
            return [one.no for one in listed(session, Search(), place.now, limit, after)]

    first, second, third = numbers(20)
    with Session(engine) as session:
        organisation = next(one for one, no in agency_numbers(session).items() if no == first)
    place.office.run(lambda work, by: by_credit(work, organisation, by), False, HOUSE)
    assert numbers(20) == [second, third, first]
    paged, after = [], None
    while True:
        with Session(engine) as session:
            lines = listed(session, Search(), place.now, 1, after)
        if not lines:
            break
        paged.append(lines[0].no)
        after = lines[0].key
    assert paged == [second, third, first]
    _, few = counted(engine, lambda session: listed(session, Search(), place.now, 1))
    _, many = counted(engine, lambda session: listed(session, Search(), place.now, 20))
    assert few == many
    place.office.run(lambda work, by: by_credit(work, organisation, by), True, HOUSE)
    assert numbers(20) == [first, second, third]


def by_credit(work: Work, organisation: UUID, first: bool) -> None:
    show_by_credit(work, organisation, first=first)
