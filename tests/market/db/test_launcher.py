"""The embedded servers: started twice, killed, left over, refused."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types
import psycopg
import pytest
import redis

from market.db import launcher, processes
from market.db.embedded import postgres as postgres_server
from market.db.embedded import valkey as valkey_server
from market.db.launcher import Servers, connect, ensure_database, servers
from market.db.processes import AlreadyRunning, ProgramNotStarted
from tests.support.databases import ROOT
from tests.support.folders import server_directory

KILLED_AT_ONCE = """
import os, signal, sys
from pathlib import Path
from market.db.launcher import connect, ensure_database, servers
with servers(Path(sys.argv[1])) as running:
    url = running.database_url("market")
    ensure_database(url)
    with connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS act (number int)")
        connection.execute("INSERT INTO act VALUES (1)")
    print(running.postgres.process.pid, running.valkey.process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with server_directory() as directory:
        yield directory


def acts(running: Servers) -> int:
    with connect(running.database_url("market")) as connection:
        row = connection.execute("SELECT count(*) FROM act").fetchone()
    assert row is not None
    return int(row[0])


def act(running: Servers) -> None:
    ensure_database(running.database_url("market"))
    with connect(running.database_url("market")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS act (number int)")
        connection.execute("INSERT INTO act VALUES (1)")


def killed_start(directory: Path) -> list[int]:
    """Start servers in a program that is killed at once; the pids of the servers."""
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT_ONCE, str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    return [int(pid) for pid in killed.stdout.split()]


def test_what_was_written_before_a_restart_is_there_after_it(home: Path) -> None:
    with servers(home) as running:
        act(running)
        before = acts(running)
        with redis.Redis.from_url(running.redis_url) as queue:
            queue.set("letter", "kept")
        address = running.redis_url
    with servers(home) as running:
        assert acts(running) == before
        assert running.redis_url == address
        with redis.Redis.from_url(running.redis_url) as queue:
            assert queue.get("letter") == b"kept"
        assert running.dead() is None


def test_the_servers_are_closed_to_the_network_and_to_those_without_the_password(
    home: Path,
) -> None:
    with servers(home) as running:
        assert running.postgres.process is not None
        heard = psutil.Process(running.postgres.process.pid).net_connections("inet")
        assert heard == []
        assert running.postgres.place.sockets.stat().st_mode & 0o077 == 0
        assert running.valkey.process is not None
        listening = psutil.Process(running.valkey.process.pid).net_connections("inet")
        assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}
        port = running.redis_url.rsplit(":", 1)[1].split("/")[0]
        with (
            redis.Redis.from_url(f"redis://127.0.0.1:{port}/0") as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()
        for process in (running.postgres.process, running.valkey.process):
            password = running.redis_url.split("@")[0].split(":")[-1]
            assert password not in " ".join(psutil.Process(process.pid).cmdline())


def test_the_ordinary_role_owns_its_database_and_is_no_superuser(home: Path) -> None:
    with servers(home) as running:
        ensure_database(running.database_url("market"))
        with connect(running.database_url("market")) as connection:
            row = connection.execute(
                "SELECT rolsuper, rolcreatedb, pg_encoding_to_char(encoding), datlocale"
                " FROM pg_roles JOIN pg_database ON datdba = pg_roles.oid"
                " WHERE rolname = current_user AND datname = current_database()"
            ).fetchone()
        assert row == (False, True, "UTF8", "C.UTF-8")
        with connect(running.database_url("postgres", role="postgres")) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_no_server_outlives_a_killed_start_and_nothing_acknowledged_is_lost(home: Path) -> None:
    with servers(home) as running:
        act(running)
        before = acts(running)
    pids = killed_start(home)
    if sys.platform == "linux":
        assert processes.until(lambda: not any(psutil.pid_exists(pid) for pid in pids), within=30)
    with servers(home) as running:
        assert acts(running) == before + 1


def test_a_server_left_over_is_ended_by_the_next_start(home: Path) -> None:
    with servers(home) as running:
        act(running)
        before = acts(running)
        postgres, valkey = running.postgres, running.valkey
    database = postgres_server.programs().within_reach(postgres.place)
    queue_program = valkey_server.programs().within_reach(postgres.place)
    user = postgres.place.user
    ids = {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
    left_over = [
        subprocess.Popen(  # type: ignore[call-overload] # the ids as one
            argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **ids
        )
        for argv in (
            [
                database / postgres_server.BINARIES / "postgres",
                *("-D", postgres.data),
                *("-c", "listen_addresses="),
                *("-c", f"unix_socket_directories={postgres.place.sockets}"),
            ],
            [queue_program / "valkey-server", postgres.place.root / "valkey.conf"],
        )
    ]
    with redis.Redis.from_url(valkey.url()) as queue:

        def both_are_up() -> bool:
            try:
                queue.ping()
                connect(postgres.url("market"), within=0).close()
            except (redis.RedisError, psycopg.OperationalError):
                return False
            return True

        assert processes.until(both_are_up, within=30)
    with servers(home) as running:
        assert [process.wait(timeout=1) is not None for process in left_over] == [True, True]
        assert acts(running) == before
        assert running.redis_url == valkey.url()


def test_a_stranger_who_has_the_pid_of_a_server_of_old_is_left_alone(home: Path) -> None:
    with servers(home) as running:
        act(running)
        postgres, valkey = running.postgres, running.valkey
    with subprocess.Popen(["sleep", "600"]) as stranger:
        try:
            for folder, name in ((postgres.data, "postmaster.pid"), (valkey.data, "valkey.pid")):
                (folder / name).write_text(f"{stranger.pid}\n")
            with servers(home) as running:
                assert acts(running) > 0
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_second_start_is_refused_while_the_first_lives(home: Path) -> None:
    with servers(home) as running:
        with pytest.raises(AlreadyRunning, match=f"in use by process {os.getpid()}"), servers(home):
            pass
        assert running.dead() is None
    with servers(home) as running:
        assert running.dead() is None


def test_a_server_that_died_is_named_and_its_acknowledged_commits_survive(home: Path) -> None:
    with servers(home) as running:
        act(running)
        before = acts(running)
        assert running.postgres.process is not None
        running.postgres.process.kill()
        running.postgres.process.wait()
        assert "PostgreSQL" in (running.dead() or "")
    with servers(home) as running:
        assert acts(running) == before


def test_a_taken_port_is_given_up_for_another(home: Path) -> None:
    with servers(home) as running:
        port = int(running.redis_url.rsplit(":", 1)[1].split("/")[0])
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        with servers(home) as running, redis.Redis.from_url(running.redis_url) as queue:
            assert f":{port}/" not in running.redis_url
            assert queue.ping()


def test_a_cluster_without_fsync_is_thrown_away_only_after_the_machine_went_down() -> None:
    with server_directory() as home:
        with servers(home, durable=False) as running:
            act(running)
            mark = running.postgres.place.root / "unclean"
            this_boot = mark.read_text()
        assert not mark.exists()
        mark.write_text(this_boot)
        with servers(home, durable=False) as running:
            assert acts(running) == 1
        mark.write_text("another boot")
        with servers(home, durable=False) as running, pytest.raises(psycopg.OperationalError):
            acts(running)


def test_data_of_another_version_are_refused_with_words_and_left_alone(home: Path) -> None:
    with servers(home) as running:
        act(running)
        data = running.postgres.data
    kept = (data / "PG_VERSION").read_text()
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(ProgramNotStarted, match="made by PostgreSQL 12"), servers(home):
        pass
    (data / "PG_VERSION").write_text(kept)
    with servers(home) as running:
        assert acts(running) > 0


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    with servers(home) as running:
        data = running.postgres.data
    settings = (data / "postgresql.conf").read_text()
    (data / "postgresql.conf").write_text("max_wal_size = nonsense\n")
    with pytest.raises(ProgramNotStarted, match="max_wal_size"), servers(home):
        pass
    (data / "postgresql.conf").write_text(settings)
    with servers(home) as running:
        assert running.dead() is None


def test_two_who_make_the_same_database_at_once_both_have_it(home: Path) -> None:
    with servers(home) as running:
        for number in range(3):
            url = running.database_url(f"once_{number}")
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(ensure_database, [url] * 4))
            with connect(url) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_database_that_is_not_there_is_refused_at_once(home: Path) -> None:
    with servers(home) as running, pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(running.database_url("nowhere"), within=600)


def test_a_url_without_a_database_is_refused(home: Path) -> None:
    with pytest.raises(ValueError, match="names no database"):
        ensure_database("postgresql+psycopg://market@/")


def test_a_command_gets_both_addresses_and_its_exit_code_is_ours(home: Path) -> None:
    question = (
        "import os, sys, psycopg, redis;"
        "psycopg.connect(os.environ['DATABASE_URL'].replace('+psycopg', '')).close();"
        "sys.exit(7 if redis.Redis.from_url(os.environ['REDIS_URL']).ping() else 1)"
    )
    assert launcher.main([str(home), "--", sys.executable, "-c", question]) == 7


def test_what_cannot_be_understood_is_answered_with_the_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert launcher.main([]) == 2
    assert launcher.main(["var/demo", "--"]) == 2
    assert capsys.readouterr().err == launcher.USAGE * 2


def test_data_in_use_are_not_removed(capsys: pytest.CaptureFixture[str]) -> None:
    with server_directory() as home:
        with servers(home):
            assert launcher.main(["--remove", str(home)]) == 1
            assert "in use" in capsys.readouterr().err
        assert home.exists()
        assert launcher.main(["--remove", str(home)]) == 0
        assert not home.exists()
        assert launcher.main(["--remove", str(home)]) == 0
