"""Real servers for tests, and databases that cost a twentieth of a second each.

One PostgreSQL and one Valkey serve a whole run. They lie in var/test/1, or 2, 3 … while another
run holds the first, and are kept for the next run: the cluster is made once, and a migrated
template is made again only when the migrations have changed. Every test gets a copy of the
template, so what it commits is seen by nobody else; the copies lie in memory where there is room.

DATABASE_URL and REDIS_URL name other servers. The role needs CREATEDB; only databases called
`yg_…` are made or dropped. The Redis databases used (one for each worker, counted from the one
that the URL names) must be empty at the start, because they are flushed.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import redis
from psycopg import sql
from sqlalchemy.engine import make_url

from market.db import schema
from market.db.embedded import place
from market.db.embedded.postgres import OWNER
from market.db.launcher import Servers, connect, maintenance_url, servers
from market.db.processes import AlreadyRunning
from market.db.schema import History
from tests.support.memory import memory

ROOT = Path(__file__).resolve().parents[2]
HISTORIES = {
    "platform": schema.PLATFORM,
    "custodian": schema.CUSTODIAN,
    "timekeeper": schema.TIMEKEEPER,
}
TEMPLATE_LOCK = 7_905_100
IN_MEMORY = "yg_memory"
"""The tablespace of a run whose files lie in memory."""


@dataclass(frozen=True, slots=True)
class Given:
    """The servers of this run: `database_url` is any database of the server, for making others."""

    database_url: str
    redis_url: str
    own: bool

    def as_words(self) -> dict[str, str | bool]:
        """In a form that can be handed to a worker; `Given(**words)` reads it."""
        return asdict(self)


@contextmanager
def given_servers(environment: Mapping[str, str] = os.environ) -> Iterator[Given]:
    """Those that the environment names, else embedded ones while the block runs."""
    database, broker = environment.get("DATABASE_URL"), environment.get("REDIS_URL")
    if database and broker:
        yield Given(maintenance_url(database), broker, own=False)
        return
    with _first_free() as found, _tablespace(found):
        own_database, own_broker = found.database_url("postgres"), found.redis_url
        yield Given(
            maintenance_url(database) if database else own_database,
            broker or own_broker,
            own=not database and not broker,
        )


class Databases:
    """Makes and drops databases for one process of a run."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._names = (f"yg_test_{secrets.token_hex(4)}_{number}" for number in count(1))
        self._templates: dict[str, str] = {}

    @contextmanager
    def fresh(self, history: str = "platform") -> Iterator[str]:
        """The URL of a new database with all migrations of `history`; dropped after the block."""
        if history not in self._templates:
            self._templates[history] = self._template(history)
        with self._made(self._templates[history]) as url:
            yield url

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a new database with nothing in it; dropped after the block."""
        with self._made("template0") as url:
            yield url

    @contextmanager
    def _made(self, template: str) -> Iterator[str]:
        name = next(self._names)
        copy_database(self._server, name, template)
        try:
            yield _named(self._server, name)
        finally:
            drop_database(self._server, name)

    def _template(self, history: str) -> str:
        """The name of the migrated template, made by whoever comes first."""
        name = _template_name(history)
        with connect(self._server) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
            if name not in _databases(self._server):
                # Under another name until it is whole: a killed run must not leave half a template.
                drop_database(self._server, "yg_making")
                connection.execute("CREATE DATABASE yg_making ENCODING 'UTF8' TEMPLATE template0")
                schema.migrate(_named(self._server, "yg_making"), HISTORIES[history])
                connection.execute(
                    sql.SQL("ALTER DATABASE yg_making RENAME TO {}").format(sql.Identifier(name))
                )
        return name


@contextmanager
def broker(given: Given, worker: int) -> Iterator[str]:
    """The URL of the Redis database of this worker, 0 being the only process of a run."""
    number = int((make_url(given.redis_url).database or "0").split("/")[0]) + worker
    url = make_url(given.redis_url).set(database=str(number)).render_as_string(hide_password=False)
    with redis.Redis.from_url(url) as connection:
        if connection.dbsize() != 0 and not given.own:
            raise RuntimeError(
                f"Redis database {number} of REDIS_URL is not empty and tests would flush it: "
                "name another, or flush it by hand"
            )
        yield url
        connection.flushdb()


@contextmanager
def _first_free() -> Iterator[Servers]:
    """The embedded servers of the first slot that no other run holds."""
    with ExitStack() as stack:
        for slot in count(1):
            try:
                found = stack.enter_context(
                    servers(ROOT / "var" / "test" / str(slot), durable=False)
                )
            except AlreadyRunning:
                continue
            yield found
            return


@contextmanager
def _tablespace(found: Servers) -> Iterator[None]:
    """A tablespace in memory while the block runs, if there is room; nothing is left of it."""
    server, room = found.database_url("postgres"), memory()
    _clear(server)
    with connect(found.database_url("postgres", role="postgres")) as connection:
        dropped = sql.SQL("DROP TABLESPACE IF EXISTS {}").format(sql.Identifier(IN_MEMORY))
        connection.execute(dropped)
        if room is None:
            yield
            return
        folder = Path(tempfile.mkdtemp(prefix="yg-databases-", dir=room))
        try:
            place.make_private(folder, found.postgres.place.user)
            connection.execute(
                sql.SQL("CREATE TABLESPACE {} OWNER {} LOCATION {}").format(
                    sql.Identifier(IN_MEMORY), sql.Identifier(OWNER), sql.Literal(str(folder))
                )
            )
            yield
            _clear(server)
            connection.execute(dropped)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _clear(server: str) -> None:
    """Drop what a killed run or an older history left in servers of our own."""
    kept = {_template_name(history) for history in HISTORIES}
    for name in _databases(server) - kept:
        if name.startswith("yg_"):
            drop_database(server, name)


def _template_name(history: str) -> str:
    return f"yg_template_{history}_{_digest(HISTORIES[history])}"


def _digest(history: History) -> str:
    """Changes whenever a version of the history changes."""
    known = hashlib.sha256()
    for version in sorted((history.folder / "versions").glob("*.py")):
        known.update(version.name.encode() + version.read_bytes())
    return known.hexdigest()[:16]


def _databases(server: str) -> set[str]:
    with connect(server) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def copy_database(server: str, name: str, template: str) -> None:
    """A new database like the template, to which nobody is connected."""
    with connect(server) as connection:
        wanted = "SELECT 1 FROM pg_tablespace WHERE spcname = %s"
        there = connection.execute(wanted, (IN_MEMORY,)).fetchone() is not None
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy {}").format(
                sql.Identifier(name),
                sql.Identifier(template),
                # Naming the default one needs a right that the role has not.
                sql.SQL("TABLESPACE {}").format(sql.Identifier(IN_MEMORY))
                if there
                else sql.SQL(""),
            )
        )


def drop_database(server: str, name: str) -> None:
    """Away with it, whoever is connected; nothing where there is none."""
    with connect(server) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)
