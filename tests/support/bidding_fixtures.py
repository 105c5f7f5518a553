"""A house of bids for each test, copied from one that is made once for a room's tests.

A conftest.py takes all four names; four bidders, `a` to `d`, hold a token each. In `house` nobody
has sent anything; in `sealed` the bids of `a`, `b` and `c` stand.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url

from tests.support.bidding_cast import House
from tests.support.databases import Databases

BIDDERS = "abcd"


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    """An engine that is closed after the block, so that its database may be copied."""
    made = create_engine(url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def furnished(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, str, str]]:
    """A house at rest, with the names of its two databases."""
    folder = tmp_path_factory.mktemp("house")
    with databases.fresh() as url, databases.fresh("custodian") as bank:
        with ExitStack() as stack:
            house = House(stack.enter_context(connected(url)), bank, folder, stack)
            for name in BIDDERS:
                house.bidder(name)
            house.tick()
        names = [make_url(each).database or "" for each in (url, bank)]
        yield house, names[0], names[1]


@pytest.fixture
def house(
    furnished: tuple[House, str, str], databases: Databases, tmp_path: Path
) -> Iterator[House]:
    """A copy of it for one test."""
    yield from _copied(furnished, databases, tmp_path)


def _copied(made: tuple[House, str, str], databases: Databases, tmp_path: Path) -> Iterator[House]:
    rested, name, bank_name = made
    with ExitStack() as stack:
        url = stack.enter_context(databases._made(name))
        bank = stack.enter_context(databases._made(bank_name))
        engine = stack.enter_context(connected(url))
        yield rested.copy(engine, bank, tmp_path / "house", stack)


@pytest.fixture(scope="session")
def three_sealed(
    furnished: tuple[House, str, str],
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[House, str, str]]:
    """The house after `a`, `b` and `c` have sent their bids, at rest."""
    rested, name, bank_name = furnished
    folder = tmp_path_factory.mktemp("sealed") / "house"
    with databases._made(name) as url, databases._made(bank_name) as bank:
        with ExitStack() as stack:
            house = rested.copy(stack.enter_context(connected(url)), bank, folder, stack)
            for number, bidder in enumerate("abc"):
                house.submit(bidder, price=300_000_000 + number)
            house.tick()
        names = [make_url(each).database or "" for each in (url, bank)]
        yield house, names[0], names[1]


@pytest.fixture
def sealed(
    three_sealed: tuple[House, str, str], databases: Databases, tmp_path: Path
) -> Iterator[House]:
    """A copy of the house with three sealed bids."""
    yield from _copied(three_sealed, databases, tmp_path)
