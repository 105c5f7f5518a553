"""The first version: up, down, up; the models say the same; the journal cannot be rewritten."""

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from market.db import schema
from market.db.base import Base

MODELS = (
    "market.accounts.model.entrances",
    "market.accounts.model.organisations",
    "market.accounts.model.people",
    "market.db.due",
    "market.db.once",
    "market.db.outbox",
    "market.files.model",
    "market.journal.model",
    "market.messages.model",
    "market.projects.model",
)
AT = {"at": datetime(2026, 3, 2, 1, tzinfo=UTC)}


@pytest.fixture
def at_first(empty_database_url: str) -> Iterator[Engine]:
    """A database at version 0001, whatever came later."""
    command.upgrade(schema.configuration(schema.PLATFORM, empty_database_url), "0001")
    engine = create_engine(empty_database_url)
    yield engine
    engine.dispose()


def own_tables() -> set[str]:
    """The tables of the models of this version."""
    found: set[str] = set()
    for name in MODELS:
        module = importlib.import_module(name)
        found |= {
            one.__tablename__
            for one in vars(module).values()
            if isinstance(one, type)
            and issubclass(one, Base)
            and one is not Base
            and one.__module__ == name
        }
    return found


def test_the_first_version_goes_up_and_down_and_up_again(empty_database_url: str) -> None:
    configuration = schema.configuration(schema.PLATFORM, empty_database_url)
    engine = create_engine(empty_database_url)
    command.upgrade(configuration, "0001")
    assert own_tables() <= set(inspect(engine).get_table_names())
    command.downgrade(configuration, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    with engine.connect() as connection:
        left = connection.execute(text("SELECT proname FROM pg_proc WHERE proname ~ '^journal_'"))
        assert left.all() == []
    command.upgrade(configuration, "0001")
    assert own_tables() <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_models_and_tables_of_the_first_version_agree(at_first: Engine) -> None:
    mine = own_tables()

    def ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return kind != "table" or name in mine

    with at_first.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": ours,
                "target_metadata": Base.metadata,
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_checks_of_models_stand_in_the_tables_under_the_same_names(at_first: Engine) -> None:
    inspector = inspect(at_first)
    for name in sorted(own_tables()):
        table = Base.metadata.tables[name]
        declared = {
            str(one.name) for one in table.constraints if type(one).__name__ == "CheckConstraint"
        }
        assert {str(one["name"]) for one in inspector.get_check_constraints(name)} == declared
        keys = {str(one["name"]) for one in inspector.get_foreign_keys(name)}
        written = {
            f"fk_{name}_{key.parent.name}_{key.column.table.name}" for key in table.foreign_keys
        }
        assert keys == written


def entry(connection: Connection) -> None:
    """One entry of the journal that waits for its place."""
    connection.execute(
        text(
            "INSERT INTO journal_entry (id, type, subject, moment, data)"
            " VALUES (gen_random_uuid(), 'notice', 's', :at, 'x')"
        ),
        AT,
    )


PLACE = "UPDATE journal_entry SET \"index\" = 0, at = now(), entry = 'e', leaf_hash = 'h'"


def test_an_entry_gets_its_place_once(at_first: Engine) -> None:
    with at_first.begin() as connection:
        entry(connection)
        connection.execute(text(PLACE))
    with pytest.raises(ProgrammingError, match="only gets its place"), at_first.begin() as again:
        again.execute(text(PLACE.replace("= 0", "= 1")))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_entry SET data = 'y'",
        "UPDATE journal_entry SET subject = 'other'",
        PLACE + ", data = 'y'",
        PLACE + ", moment = moment - interval '1 second'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
    ],
)
def test_an_entry_of_the_journal_is_neither_changed_nor_removed(
    at_first: Engine, change: str
) -> None:
    with at_first.begin() as connection:
        entry(connection)
    with pytest.raises(ProgrammingError, match=r"not allowed|only gets"), at_first.begin() as again:
        again.execute(text(change))
    with at_first.connect() as connection:
        assert connection.execute(text("SELECT data FROM journal_entry")).scalar_one() == b"x"


@pytest.mark.parametrize("table", ["log_checkpoint", "trail_line"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
def test_heads_and_the_trail_are_never_changed(at_first: Engine, table: str, change: str) -> None:
    with at_first.begin() as connection:
        connection.execute(
            text("INSERT INTO log_checkpoint (size, root, at, note) VALUES (1, 'r', :at, 'n')"), AT
        )
        connection.execute(
            text(
                "INSERT INTO trail_line (id, at, command, actor, subject, moves)"
                " VALUES (gen_random_uuid(), :at, 'c', 'a', 's', '[]')"
            ),
            AT,
        )
    with pytest.raises(ProgrammingError, match="is not allowed"), at_first.begin() as again:
        again.execute(text(change.format(table)))
    with at_first.connect() as connection:
        counted = select(func.count()).select_from(Base.metadata.tables[table])
        assert connection.execute(counted).scalar_one() == 1
