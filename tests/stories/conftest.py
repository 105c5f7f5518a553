"""One exchange for all stories of a run, and the officers that sit in most of them."""

from collections.abc import Iterator

import pytest

from tests.support.exchange import Exchange, running_exchange
from tests.support.story_owner import SMALL, Officer, officers
from tests.support.workers import end_if_left, ending_with, in_written_order

HERE = "tests/stories/"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell the stories in their written order."""
    in_written_order(items, HERE)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End the exchange with the last story: it is a dozen processes that others pay for."""
    end_if_left(item.config, HERE, nextitem)


@pytest.fixture(scope="session")
def exchange(request: pytest.FixtureRequest) -> Iterator[Exchange]:
    """A whole exchange with real processes; it ends with the last story, whatever happened."""
    with ending_with(request.config, HERE) as until:
        yield until.enter_context(running_exchange())


@pytest.fixture(scope="session")
def five(exchange: Exchange) -> list[Officer]:
    """Five officers of five organisations, three of whom open."""
    return officers(exchange)


@pytest.fixture(scope="session")
def three(exchange: Exchange) -> list[Officer]:
    """Three officers, two of whom open."""
    return officers(exchange, SMALL)
