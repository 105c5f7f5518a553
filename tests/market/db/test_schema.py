"""Migrations: numbered, one at a time, never holding up those who read."""

import ast
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from market.db import processes, schema
from market.db.launcher import connect
from market.db.schema import History

ENV = """
from market.db import schema

def models():
    raise AssertionError("an upgrade must not look at the models")

schema.run(schema.History(None, 7_905_999, "NOBODY_SETS_THIS"), models)
"""

VERSION = """
from alembic import op
revision = "{number:04d}"
down_revision = {before!r}
def upgrade():
    op.execute("{statement}")
def downgrade():
    pass
"""


STATEMENTS = (
    "CREATE TABLE tender (id int PRIMARY KEY)",
    "ALTER TABLE tender ADD COLUMN title text",
    "CREATE TABLE bid (id int PRIMARY KEY)",
)


def write_versions(folder: Path, *, until: int) -> None:
    """The versions 1 to `until` of a small history."""
    for number, statement in enumerate(STATEMENTS[:until], 1):
        before = f"{number - 1:04d}" if number > 1 else None
        (folder / "versions" / f"{number:04d}_step.py").write_text(
            VERSION.format(number=number, before=before, statement=statement)
        )


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A history of three versions; the sign in its path is one that settings files misread."""
    folder = tmp_path / "100% migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    write_versions(folder, until=3)
    return History(folder, 7_905_999, "NOBODY_SETS_THIS")


def tables(url: str) -> set[str]:
    return set(inspect(create_engine(url, poolclass=NullPool)).get_table_names())


def test_a_database_is_brought_to_head_and_a_second_time_changes_nothing(
    history: History, empty_database_url: str
) -> None:
    for _ in range(2):
        schema.migrate(empty_database_url, history)
        assert tables(empty_database_url) == {"alembic_version", "tender", "bid"}
        with connect(empty_database_url) as connection:
            head = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        assert head == [("0003",)]


def test_who_comes_while_another_migrates_waits_for_it(
    history: History, empty_database_url: str
) -> None:
    def somebody_waits() -> bool:
        row = held.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ).fetchone()
        return row == (1,)

    with ThreadPoolExecutor(1) as pool, connect(empty_database_url) as held:
        held.execute("SELECT pg_advisory_lock(%s)", (history.lock,))
        waiting = pool.submit(schema.migrate, empty_database_url, history)
        assert processes.until(somebody_waits, within=30)
        assert not tables(empty_database_url)
        held.execute("SELECT pg_advisory_unlock(%s)", (history.lock,))
        waiting.result(30)
    assert "bid" in tables(empty_database_url)


def test_a_table_in_use_is_given_up_for_and_tried_again_later(
    history: History, empty_database_url: str
) -> None:
    for version in (history.folder / "versions").glob("*.py"):
        version.unlink()
    write_versions(history.folder, until=1)
    schema.migrate(empty_database_url, history)
    write_versions(history.folder, until=3)
    with psycopg.connect(empty_database_url.replace("+psycopg", "")) as reader:
        reader.execute("SELECT * FROM tender")
        with pytest.raises(OperationalError, match="lock timeout"):
            schema.migrate(empty_database_url, history, attempts=2)
        assert "bid" not in tables(empty_database_url)
    schema.migrate(empty_database_url, history)
    assert "bid" in tables(empty_database_url)


MODELS_ENV = """
from sqlalchemy import MetaData, Column, Table
from sqlalchemy.types import BigInteger
from market.db import schema
from market.db.types import Moment, MoneyColumn, Structure

def models():
    tables = MetaData()
    columns = {"amount": MoneyColumn(), "paid_at": Moment(timezone=True), "terms": Structure}
    Table("bond", tables, Column("id", BigInteger, primary_key=True),
          *(Column(name, kind) for name, kind in columns.items()))
    return tables

schema.run(schema.History(None, 7_905_999, "NOBODY_SETS_THIS"), models)
"""


def test_a_version_made_from_models_names_the_databases_types_and_needs_no_code_of_ours(
    tmp_path: Path, empty_database_url: str
) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(MODELS_ENV)
    shutil.copy(schema.PLATFORM.folder / "script.py.mako", tmp_path)
    history = History(tmp_path, 7_905_999, "NOBODY_SETS_THIS")
    config = schema.configuration(history, empty_database_url)
    config.attributes["models"] = True
    command.revision(config, "bonds begin", autogenerate=True)
    (version,) = (tmp_path / "versions").glob("*.py")
    assert version.name == "0001_bonds_begin.py"
    written = version.read_text()
    assert written.startswith('"""Bonds begin."""')
    assert "market" not in written
    assert "sa.DateTime(timezone=True)" in written
    schema.migrate(empty_database_url, history)
    command.check(config)
    assert "bond" in tables(empty_database_url)
    command.downgrade(config, "base")
    assert "bond" not in tables(empty_database_url)


def test_without_a_url_the_variable_to_set_is_named(history: History) -> None:
    config = schema.configuration(history, "")
    with pytest.raises(CommandError, match="NOBODY_SETS_THIS"):
        command.upgrade(config, "head")


def test_sql_into_a_file_is_refused_with_words(history: History) -> None:
    config = schema.configuration(history, "postgresql+psycopg://market@/nowhere")
    with pytest.raises(CommandError, match="not offered"):
        command.upgrade(config, "head", sql=True)


def test_both_histories_make_their_files_alike() -> None:
    texts = {
        (folder / "script.py.mako").read_text()
        for folder in (schema.PLATFORM.folder, schema.CUSTODIAN.folder)
    }
    assert len(texts) == 1
    assert schema.PLATFORM.lock != schema.CUSTODIAN.lock
    for history in (schema.PLATFORM, schema.CUSTODIAN):
        assert ast.parse((history.folder / "env.py").read_text()).body
