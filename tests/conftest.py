"""What every test may ask for: databases, Redis, a browser; and a closed network for all.

    def test_…(database_url): …           a migrated database of its own (SQLAlchemy URL)
    def test_…(engine): …                 an engine on it
    def test_…(custodian_database_url): … the same with the custodian's history
    def test_…(empty_database_url): …     a database with nothing in it, for migrations
    def test_…(redis_url): …              an empty Redis database that no other worker uses
    @pytest.mark.browser
    def test_…(chromium): …               the path of Chromium

The servers are started when the first test asks for them (with xdist: before the first worker).
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from urllib.parse import urlsplit

import pytest
import redis
from sqlalchemy import Engine, create_engine
from xdist.remote import Producer

from tests.support import prepared
from tests.support.databases import Databases, Given, broker, given_servers
from tests.support.network import loopback_only
from tests.support.templates import Compiled
from tests.support.workers import ByFolder

WHOLE_RUN = pytest.StashKey[ExitStack]()
GIVEN = pytest.StashKey[Given]()
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_configure(config: pytest.Config) -> None:
    """Close the network before anything is imported."""
    if os.environ.get("REQUIRE_BROWSER") == "1" and _chromium() is None:
        raise pytest.UsageError("REQUIRE_BROWSER=1 and Chromium is missing: install it")
    stack = config.stash[WHOLE_RUN] = ExitStack()
    named = urlsplit(os.environ.get("REDIS_URL", "")).hostname
    stack.enter_context(loopback_only({named} if named else ()))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what was started for the run."""
    if WHOLE_RUN in config.stash:
        config.stash[WHOLE_RUN].close()


@pytest.fixture(autouse=True, scope="session")
def _compiled_templates() -> None:
    """Every test makes applications of its own; what their templates compile to is the same."""
    app = import_module("market.web.app").MarketApp  # not before the network is closed
    app.jinja_options = {**app.jinja_options, "bytecode_cache": Compiled()}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Hand the run's servers to a worker of xdist: one pair of servers serves all."""
    node.workerinput["given"] = _given(node.config).as_words()  # type: ignore[attr-defined] # xdist's own type is private


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFolder:
    """Keep together what shares a running exchange."""
    return ByFolder(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out browser tests where there is no Chromium."""
    if item.get_closest_marker("browser") is not None and _chromium() is None:
        pytest.skip("Chromium is missing")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what did not run, so that nobody takes silence for success."""
    if _chromium() is None:
        terminalreporter.write_line(
            "browser tests NOT run: Chromium is missing "
            "(apt-get install chromium fonts-noto-cjk, or name it in CHROMIUM)",
            yellow=True,
        )


@pytest.fixture(scope="session")
def given(request: pytest.FixtureRequest) -> Given:
    """The servers of this run."""
    handed = getattr(request.config, "workerinput", None)
    return _given(request.config) if handed is None else Given(**handed["given"])


@pytest.fixture(scope="session")
def databases(given: Given) -> Iterator[Databases]:
    """For tests that want several databases: `with databases.fresh() as url`."""
    with prepared.templates(given.database_url):
        yield Databases(given.database_url)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A database of this test's own, migrated to head."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def custodian_database_url(databases: Databases) -> Iterator[str]:
    """The same for the custodian's history."""
    with databases.fresh("custodian") as url:
        yield url


@pytest.fixture
def timekeeper_database_url(databases: Databases) -> Iterator[str]:
    """The same for a timekeeper's history."""
    with databases.fresh("timekeeper") as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A database with nothing in it."""
    with databases.empty() as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on `database_url`, closed after the test."""
    made = create_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def redis_of_worker(given: Given, request: pytest.FixtureRequest) -> Iterator[str]:
    """The Redis database of this worker, for the whole run."""
    handed = getattr(request.config, "workerinput", None)
    number = 0 if handed is None else int(handed["workerid"].removeprefix("gw")) + 1
    with broker(given, number) as url:
        yield url


@pytest.fixture
def redis_url(redis_of_worker: str) -> str:
    """An empty Redis database of this test's own."""
    with redis.Redis.from_url(redis_of_worker) as connection:
        connection.flushdb()
    return redis_of_worker


@pytest.fixture
def chromium() -> str:
    """The path of Chromium; the test is skipped where there is none."""
    found = _chromium()
    if found is None:
        pytest.skip("Chromium is missing")
    return found


def _given(config: pytest.Config) -> Given:
    """Start the servers at the first call; they end with the run."""
    if GIVEN not in config.stash:
        config.stash[GIVEN] = config.stash[WHOLE_RUN].enter_context(given_servers())
    return config.stash[GIVEN]


def _chromium() -> str | None:
    """Where Chromium is on this machine."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)
