"""The databases of tests: each test its own, migrated, empty, and gone afterwards."""

from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from market.db.launcher import connect
from tests.support.databases import IN_MEMORY, Databases, Given, broker, given_servers
from tests.support.memory import memory


def names(given: Given) -> set[str]:
    with connect(given.database_url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_commits_no_other_sees(engine: Engine, turn: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (turn int)"))
        connection.execute(text("INSERT INTO only_here VALUES (:turn)"), {"turn": turn})
    with engine.connect() as connection:
        assert connection.execute(text("SELECT turn FROM only_here")).all() == [(turn,)]


def test_a_database_is_dropped_after_its_block_even_while_somebody_is_connected(
    given: Given, databases: Databases
) -> None:
    with databases.empty() as url:
        name = make_url(url).database
        assert name in names(given)
        left_open = connect(url)
    assert name not in names(given)
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


def test_each_history_has_a_template_that_is_made_once(
    given: Given, databases: Databases, database_url: str, custodian_database_url: str
) -> None:
    before = names(given)
    assert database_url != custodian_database_url
    with Databases(given.database_url).fresh():
        pass
    templates = {name for name in names(given) if name.startswith("yg_template_")}
    assert templates == {name for name in before if name.startswith("yg_template_")}
    assert len(templates) in {2, 3}
    assert "yg_making" not in before


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_leaves_in_redis_no_other_finds(redis_url: str, turn: int) -> None:
    with redis.Redis.from_url(redis_url) as connection:
        assert connection.keys() == []
        connection.set("turn", turn)


def test_two_workers_do_not_share_a_redis_database(given: Given) -> None:
    with broker(given, 13) as first, broker(given, 14) as second:
        assert first != second
        with redis.Redis.from_url(first) as one, redis.Redis.from_url(second) as other:
            one.set("mine", 1)
            assert other.keys() == []
    with redis.Redis.from_url(first) as one:
        assert one.keys() == []


def test_a_redis_of_somebody_else_is_not_flushed(given: Given) -> None:
    foreign = Given(given.database_url, given.redis_url, own=False)
    with broker(given, 15) as url, redis.Redis.from_url(url) as connection:
        connection.set("somebody", "else's")
        with pytest.raises(RuntimeError, match="not empty"), broker(foreign, 15):
            pass
        assert connection.get("somebody") == b"else's"


def test_servers_named_in_the_environment_are_used(given: Given) -> None:
    environment = {"DATABASE_URL": given.database_url, "REDIS_URL": given.redis_url}
    with given_servers(environment) as named:
        assert named == Given(given.database_url, given.redis_url, own=False)
        with Databases(named.database_url).fresh() as url, connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_second_run_at_the_same_time_gets_servers_of_its_own(given: Given) -> None:
    with given_servers({}) as second:
        if given.own:
            assert second.database_url != given.database_url
            assert second.redis_url != given.redis_url
        with Databases(second.database_url).fresh() as url, connect(url) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)


def test_databases_of_tests_lie_in_memory_where_there_is_room(
    given: Given, databases: Databases
) -> None:
    """The tablespace is there exactly while a run of our own servers has room for it."""
    with databases.empty() as url, connect(url) as connection:
        (where,) = connection.execute(
            "SELECT spcname FROM pg_tablespace t JOIN pg_database d ON d.dattablespace = t.oid"
            " WHERE datname = current_database()"
        ).fetchone() or ("",)
    expected = IN_MEMORY if given.own and memory() is not None else "pg_default"
    assert where == expected


def test_nothing_of_a_run_is_left_in_memory() -> None:
    with given_servers({}) as second, Databases(second.database_url).fresh() as url:
        with connect(url) as connection:
            lies = connection.execute(
                "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = %s",
                (IN_MEMORY,),
            ).fetchone()
        folder = None if lies is None else Path(lies[0])
        assert (folder is not None) == (memory() is not None)
        assert folder is None or any(folder.iterdir()), "the control: it was there"
    assert folder is None or not folder.exists()
