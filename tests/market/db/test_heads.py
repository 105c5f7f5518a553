"""Whether there is anything to migrate, asked of a database without Alembic."""

import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from market.db import heads, schema

LOADED = """
import sys, market.demo.__main__
costly = ("alembic", "market.demo.seed.everything", "market.factory")
print([name for name in costly if name in sys.modules])
"""
HISTORIES = {"platform": schema.PLATFORM, "custodian": schema.CUSTODIAN}


@pytest.mark.parametrize("name", ["platform", "custodian"])
def test_a_migrated_database_stands_at_the_head_and_an_older_one_does_not(
    name: str, empty_database_url: str
) -> None:
    folder = HISTORIES[name].folder
    assert not heads.is_at_head(empty_database_url, folder)
    schema.migrate(empty_database_url, HISTORIES[name])
    assert heads.is_at_head(empty_database_url, folder)
    engine = create_engine(empty_database_url)
    for told, there in (("0000", False), (heads.newest(folder), True)):
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": told})
        assert heads.is_at_head(empty_database_url, folder) is there
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    assert not heads.is_at_head(empty_database_url, folder)
    engine.dispose()


def test_the_histories_lie_where_the_question_looks() -> None:
    assert schema.PLATFORM.folder == heads.MIGRATIONS
    assert schema.CUSTODIAN.folder == heads.CUSTODIAN_MIGRATIONS
    assert heads.newest(heads.MIGRATIONS / "nowhere") is None


def test_the_ordinary_start_loads_neither_alembic_nor_the_seed() -> None:
    """Both cost a second each; a start that finds everything in place needs neither."""
    told = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=heads.MIGRATIONS.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"
