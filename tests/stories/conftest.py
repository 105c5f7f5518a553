"""One exchange for all stories of a run, and the officers that sit in most of them."""

from collections.abc import Iterator

import pytest

from tests.support.exchange import Exchange, running_exchange
from tests.support.story_owner import SMALL, Officer, officers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell the stories in their written order: a chapter goes on where the one before it ended.

    They share one exchange and its one clock, in one worker (`tests.support.workers`). The plugin
    that shuffles the tests has had its turn when this runs.
    """
    places = [at for at, item in enumerate(items) if "tests/stories/" in item.path.as_posix()]
    told = sorted((items[at] for at in places), key=lambda item: (item.path, item.location[1] or 0))
    for at, item in zip(places, told, strict=True):
        items[at] = item


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
