"""Brings a database to the newest form of its tables, with manners.

Each program with a database of its own has a *history*: a folder with `env.py` and numbered
`versions/`. Whoever migrates first takes an advisory lock and the others wait for it; each version
is a transaction of its own; a statement that would have to wait longer than a second for a table in
use gives up, so that the readers queued behind it are not held up, and the whole is tried again.
An upgrade reads the history alone and never today's models.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from alembic import command, context
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from market.db.heads import CUSTODIAN_MIGRATIONS, MIGRATIONS, TIMEKEEPER_MIGRATIONS

# PostgreSQL's own units: milliseconds.
LOCK_TIMEOUT = 1_000
STATEMENT_TIMEOUT = 15 * 60_000
WAIT_FOR_OTHERS = 10 * 60_000

ATTEMPTS = 5
PAUSE = 1.0  # seconds between attempts: machine time, the law does not wait here
LOCK_NOT_AVAILABLE = "55P03"  # SQLSTATE


@dataclass(frozen=True, slots=True)
class History:
    """The migrations of one database; `lock` is its advisory lock, `variable` names its URL."""

    folder: Path
    lock: int
    variable: str


PLATFORM = History(MIGRATIONS, 7_905_001, "DATABASE_URL")
CUSTODIAN = History(CUSTODIAN_MIGRATIONS, 7_905_002, "CUSTODIAN_DATABASE_URL")
TIMEKEEPER = History(TIMEKEEPER_MIGRATIONS, 7_905_003, "TIMEKEEPER_DATABASE_URL")


def migrate(url: str, history: History = PLATFORM, *, attempts: int = ATTEMPTS) -> None:
    """Bring the database at `url` to the head of its history; at once if it is there already.

    Raises `OperationalError` if after `attempts` a table is still held by somebody.
    """
    for attempt in range(1, attempts + 1):
        try:
            command.upgrade(configuration(history, url), "head")
        except OperationalError as refused:
            if not _is_lock_timeout(refused) or attempt == attempts:
                raise
            time.sleep(PAUSE)
        else:
            return


def configuration(history: History, url: str) -> Config:
    """What alembic's commands need to work on `url`; for migrations and their tests."""
    config = Config()
    config.set_main_option("script_location", str(history.folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def run(history: History, metadata: Callable[[], MetaData]) -> None:
    """The whole of an `env.py`: work on the configured URL, else on the history's variable.

    `metadata` is asked only where models are compared with tables.
    """
    if context.is_offline_mode():
        raise CommandError(
            "migrations run against a database; writing SQL to a file is not offered"
        )
    config = context.config
    url = config.attributes.get("url") or os.environ.get(history.variable)
    if not url:
        raise CommandError(f"name the database in {history.variable}")
    with _alone(url, history), _patient(url) as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata() if _compares(config) else None,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=True,
            process_revision_directives=_number,
            render_item=_plainly,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _alone(url: str, history: History) -> Iterator[None]:
    """Hold the history's advisory lock on a connection of its own."""
    engine = create_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"options": f"-c lock_timeout={WAIT_FOR_OTHERS}"},
    )
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": history.lock})
        yield  # closing the connection lets go of the lock, however this ends


@contextmanager
def _patient(url: str) -> Iterator[Connection]:
    """A connection whose statements give up rather than hold up everybody else."""
    options = f"-c lock_timeout={LOCK_TIMEOUT} -c statement_timeout={STATEMENT_TIMEOUT}"
    engine = create_engine(url, poolclass=NullPool, connect_args={"options": options})
    with engine.connect() as connection:
        yield connection


def _compares(config: Config) -> bool:
    """Whether this command looks at the models: `check` and `revision --autogenerate`."""
    if "models" in config.attributes:
        return bool(config.attributes["models"])
    asked = getattr(config.cmd_opts, "cmd", None)
    return asked is not None and asked[0] in {command.check, command.revision}


def _number(
    _migration: MigrationContext, _revision: object, directives: list[MigrationScript]
) -> None:
    """Number the new version after the head, 0001 first; refuse one made from models that agree."""
    from_models = getattr(context.config.cmd_opts, "autogenerate", False)
    for script in directives:
        if from_models and script.upgrade_ops is not None and script.upgrade_ops.is_empty():
            raise CommandError("models and tables agree: there is nothing to migrate")
        script.rev_id = f"{int(context.script.get_current_head() or 0) + 1:04d}"


def _plainly(_kind: str, thing: object, rendering: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the database's: a version must outlive what they are today."""
    if not isinstance(thing, TypeDecorator):
        return False
    plain = thing.impl_instance
    if type(plain).__module__.startswith(postgresql.__name__):
        rendering.imports.add("from sqlalchemy.dialects import postgresql")
        return f"postgresql.{plain!r}"
    return f"sa.{plain!r}"


def _is_lock_timeout(refused: OperationalError) -> bool:
    return getattr(refused.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE
