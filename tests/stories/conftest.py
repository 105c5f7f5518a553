"""One exchange for all stories of a run, and the officers that sit in most of them."""

from collections.abc import Iterator

import pytest

from tests.support.exchange import Exchange, running_exchange
from tests.support.story_owner import SMALL, Officer, officers
from tests.support.workers import in_written_order


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell the stories in their written order."""
    in_written_order(items, "tests/stories/")


@pytest.fixture(scope="session")
def exchange() -> Iterator[Exchange]:
    """A whole exchange with real processes; it ends with the run, whatever happened."""
    with running_exchange() as running:
        yield running


@pytest.fixture(scope="session")
def five(exchange: Exchange) -> list[Officer]:
    """Five officers of five organisations, three of whom open."""
    return officers(exchange)


@pytest.fixture(scope="session")
def three(exchange: Exchange) -> list[Officer]:
    """Three officers, two of whom open."""
    return officers(exchange, SMALL)
