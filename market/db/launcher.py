"""Starts a real PostgreSQL and a real Valkey for demo and tests, and ends them.

    with servers(Path("var/demo")) as running:
        url = running.database_url("market")
        ensure_database(url)

The first start takes about a second, the next ones a fraction of it. Everything lies in the given
directory (`market.db.embedded.place` tells the one exception); both servers end with the process
that started them, even when it is killed, and what an unlucky start left over is ended by the
next. In production both are named by URL and none of this runs.

As a program it runs a command beside the servers, or removes what a directory holds:

    python -m market.db.launcher var/demo -- alembic -c migrations/alembic.ini upgrade head
    python -m market.db.launcher --remove var/demo
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from market.db import processes
from market.db.embedded import place as places
from market.db.embedded import postgres as postgres_server
from market.db.embedded import valkey as valkey_server
from market.db.embedded.postgres import Postgres
from market.db.embedded.valkey import Valkey
from market.db.processes import ProgramNotStarted

LOCK = "lock"
MAINTENANCE = "postgres"  # the database that every PostgreSQL has
CONNECT_WITHIN = 60.0  # seconds; a server that recovers from a crash refuses until it is done
PASSING = "the database system"  # … is starting up, shutting down, in recovery mode
# What a command run beside the servers finds in its environment, and the database meant by it.
DATABASES = {"DATABASE_URL": "market", "CUSTODIAN_DATABASE_URL": "custodian"}
USAGE = "usage: python -m market.db.launcher DIRECTORY -- COMMAND… | --remove DIRECTORY\n"


@dataclass(frozen=True, slots=True)
class Servers:
    """The two servers of one directory, running."""

    postgres: Postgres
    valkey: Valkey

    def database_url(self, name: str, role: str = postgres_server.OWNER) -> str:
        """The SQLAlchemy URL of a database, which `ensure_database` makes if it is missing.

        The ordinary role owns what it makes and is no superuser; `role="postgres"` is one.
        """
        return self.postgres.url(name, role)

    @property
    def redis_url(self) -> str:
        """The address of Valkey's database 0; it has 64."""
        return self.valkey.url()

    def dead(self) -> str | None:
        """The name and log of a server that ended by itself, for whoever watches over the whole."""
        for name, server in (("PostgreSQL", self.postgres), ("Valkey", self.valkey)):
            if server.process is None or server.process.poll() is not None:
                return f"{name} ({server.log})"
        return None


@contextmanager
def servers(directory: Path, *, durable: bool = True) -> Iterator[Servers]:
    """Both servers of `directory` while the block runs; data stay there for the next time.

    `durable=False` is for tests: nothing waits for the disk, and what lies there is thrown away if
    the machine goes down meanwhile. `AlreadyRunning` if another process alive holds the directory,
    `ProgramNotStarted` with the reason if a server does not come up. Enter it in a thread that
    lives as long as the servers shall (see `processes.start`).
    """
    with ExitStack() as stack:
        stack.enter_context(processes.exclusive(directory / LOCK))
        place = places.choose(directory, (postgres_server.programs(), valkey_server.programs()))
        postgres = Postgres(place, durable=durable)
        stack.callback(postgres.end)
        postgres.start()
        valkey = Valkey(place, durable=durable)
        stack.callback(valkey.end)
        valkey.start()
        yield Servers(postgres, valkey)


def ensure_database(url: str) -> None:
    """Make the database that `url` names if its server has none; waits while the server recovers.

    Two callers at once are as good as one. The role of `url` needs CREATEDB.
    """
    name = make_url(url).database
    if not name:
        raise ValueError("this URL names no database")
    with connect(maintenance_url(url)) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if known.fetchone() is not None:
            return
        try:
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(name)
                )
            )
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # somebody made it between our question and our answer


def maintenance_url(url: str) -> str:
    """The same server and role, the database that is always there."""
    return make_url(url).set(database=MAINTENANCE).render_as_string(hide_password=False)


def connect(url: str, *, within: float = CONNECT_WITHIN) -> psycopg.Connection:
    """A plain connection where each statement stands alone; tries for `within` seconds.

    After that the last problem is raised. A wrong password or a missing database fails at once.
    """
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    problem: psycopg.OperationalError | None = None
    connection: psycopg.Connection | None = None

    def connected() -> bool:
        nonlocal problem, connection
        try:
            connection = psycopg.connect(plain, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as refused:
            problem = refused
            return "FATAL" in str(refused) and PASSING not in str(refused)
        return True

    processes.until(connected, within=within)
    if connection is None:
        raise problem if problem is not None else RuntimeError("no connection was tried")
    return connection


def main(arguments: list[str]) -> int:
    """Run a command with the servers' addresses in its environment; its exit code is ours."""
    match arguments:
        case ["--remove", directory]:
            return _remove(Path(directory))
        case [directory, "--", *command] if command:
            try:
                with servers(Path(directory)) as running:
                    return _run(command, running)
            except ProgramNotStarted as problem:
                sys.stderr.write(f"{problem}\n")
                return 1
        case _:
            sys.stderr.write(USAGE)
            return 2


def _run(command: list[str], running: Servers) -> int:
    urls = {variable: running.database_url(name) for variable, name in DATABASES.items()}
    for url in urls.values():
        ensure_database(url)
    env = os.environ | urls | {"REDIS_URL": running.redis_url}
    return subprocess.run(command, env=env, check=False).returncode  # noqa: S603 - the caller's own command


def _remove(directory: Path) -> int:
    if not directory.exists():
        return 0
    try:
        with processes.exclusive(directory / LOCK):
            places.remove(directory)
    except ProgramNotStarted as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
