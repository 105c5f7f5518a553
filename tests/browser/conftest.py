"""Browser tests: Chromium at a running exchange, and everything it complains of counts.

    def test_…(visit):
        page = visit("/desk", visit.person(Part.PURCHASER, Duty.PROJECT_OFFICER), language="en")
        page = visit("/", dark=True, width=390)          # nobody is signed in
        assert_accessible(page)                          # tests.browser.accessibility

    exchange   one whole demonstration for all files of this folder (tests.support.exchange)
    chrome     Chromium, once for a file; its contexts are whoever opens them
    visit      opens a page as somebody. Each person signs in once in a run; each call opens a
               browser of its own, which ends with the test. A script error, an error in the
               console, an offence against the content policy or a request to any host but
               platform, anonymous host and custodian fails the test, whatever it asserts

`EXCHANGE=<folder>:<PORT>` has the tests look at a demonstration that already runs there, which
saves its start while one works on pages. A file that moves the clock far gives `exchange` a
fixture of its own. All tests here carry the mark `browser`; one worker runs them, in their order.
Without Chromium they are skipped and the run ends with the words "browser tests NOT run";
`REQUIRE_BROWSER=1` refuses such a run (tests/conftest.py).
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright

from tests.browser.visits import FLAGS, Visits, at, find_chromium
from tests.support.exchange import Exchange, running_exchange
from tests.support.workers import end_if_left, ending_with, in_written_order

SECONDS = 300
"""For a test itself: the start of the exchange, which falls to the first, has its own limit."""
HERE = "tests/browser/"
FIRST = "test_every_page.py"
"""It looks at the first morning, before others have typed anything."""
LAST = ("test_tour.py", "test_expert.py")
"""They move the clock far, and the one stands at the end that needs it to be latest."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, in their written order but for the first and the last."""
    for item in items:
        if HERE in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(SECONDS, func_only=True))
    in_written_order(items, HERE, LAST, first=FIRST)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End the demonstration with the last file: it is a dozen processes that others pay for."""
    end_if_left(item.config, HERE, nextitem)


@pytest.fixture(scope="session")
def exchange(request: pytest.FixtureRequest) -> Iterator[Exchange]:
    """A whole demonstration with real processes; it ends with the folder, whatever happened."""
    running = os.environ.get("EXCHANGE")
    if running is not None:
        yield at(running)
        return
    with ending_with(request.config, HERE) as until:
        yield until.enter_context(running_exchange(()))


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Chromium. Once for a file and not for the run: the driver allows one at a time."""
    with sync_playwright() as player:
        started = player.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def known_people() -> dict[tuple[str, str], StorageState]:
    """The cookies of everybody who has signed in, by exchange and account."""
    return {}


@pytest.fixture
def visit(
    exchange: Exchange,
    chrome: Browser,
    known_people: dict[tuple[str, str], StorageState],
) -> Iterator[Visits]:
    """Open pages as somebody; afterwards nothing may have gone wrong."""
    visits = Visits(exchange, chrome, known_people)
    yield visits
    visits.end()
    assert visits.troubles == []
