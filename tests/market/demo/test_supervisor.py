"""Several programs run as one: readiness, order of ending, deaths, and a killed supervisor."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

from market.db import processes
from market.db.embedded.valkey import free_port
from market.db.processes import AlreadyRunning
from market.demo import supervisor
from market.demo.supervisor import PATIENCE, Child, answers, log_of, run, says
from tests.support.databases import ROOT
from tests.support.folders import server_directory

TELLS_ITS_END = """
import pathlib, signal, sys, time
def end(*_):
    with open(sys.argv[2], "a") as order:
        order.write(sys.argv[1] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(600)
"""

# A supervisor over real servers and a web program that has a child of its own, as gunicorn has.
# Its second argument is the port of the web program.
# It takes Ctrl-C back: a shell that starts the tests in the background has it ignored.
WHOLE = """
import os, signal, subprocess, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from market.db.launcher import connect, ensure_database, servers
from market.demo.supervisor import Child, answers, run
home, port = Path(sys.argv[1]), sys.argv[2]
WEB = '''
import subprocess, sys
inner = subprocess.Popen([sys.executable, "-m", "http.server", "-b", "127.0.0.1", sys.argv[1]])
inner.wait()
'''
with servers(home) as running:
    url = running.database_url("market")
    ensure_database(url)
    with connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS start (number serial)")
        connection.execute("INSERT INTO start DEFAULT VALUES")
        starts = connection.execute("SELECT count(*) FROM start").fetchone()[0]
    web = Child("web", [sys.executable, "-c", WEB, port], {"DATABASE_URL": url},
                lambda: answers(f"http://127.0.0.1:{port}/"), 30)
    sys.exit(run([web], f"start {starts}", home, unwell=running.dead))
"""


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C reaches us, also where a shell in the background had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def teller(tmp_path: Path, name: str) -> Child:
    argv = [sys.executable, "-c", TELLS_ITS_END, name, str(tmp_path / "order")]
    return Child(name, argv, {}, says(tmp_path, name, "ready"), 30)


def carriers(word: str) -> list[int]:
    """Every process that carries the word of a supervisor."""
    return [process.pid for process in psutil.process_iter() if supervisor._carries(process, word)]


def runs(program: subprocess.Popen[bytes], argv: list[str]) -> bool:
    """Whether it has become the program it was started for."""
    return bool(psutil.Process(program.pid).cmdline() == argv)


@pytest.fixture
def home() -> Iterator[Path]:
    with server_directory() as directory:
        yield directory


def start_whole(home: Path, port: int) -> tuple[subprocess.Popen[str], int]:
    """A supervisor in a program of its own that has said its banner; and the number of starts."""
    program = subprocess.Popen(
        [sys.executable, "-c", WHOLE, str(home), str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert program.stdout is not None
    said = program.stdout.readline()
    assert said.startswith("start "), said + program.stdout.read()
    return program, int(said.split()[1])


def test_programs_end_in_the_reverse_order_of_their_start(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    children = [teller(tmp_path, name) for name in ("first", "second", "third")]

    def stopped_at_once() -> str | None:
        os.kill(os.getpid(), signal.SIGTERM)
        return None

    assert run(children, "all are there", tmp_path, unwell=stopped_at_once) == 0
    assert (tmp_path / "order").read_text().split() == ["third", "second", "first"]
    assert capfd.readouterr().out == "all are there\n"


def test_ctrl_c_during_the_start_ends_what_has_been_started(tmp_path: Path) -> None:
    def interrupted() -> bool:
        os.kill(os.getpid(), signal.SIGINT)
        return False

    slow = Child("slow", ["sleep", "600"], {}, interrupted, 600)
    never = Child("never", ["touch", str(tmp_path / "never")], {}, lambda: True, 1)
    assert run([teller(tmp_path, "first"), slow, never], "unsaid", tmp_path) == 0
    assert (tmp_path / "order").read_text() == "first\n"
    assert not (tmp_path / "never").exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_program_that_ends_by_itself_is_named_and_takes_all_with_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    brief = Child(
        "brief",
        [sys.executable, "-c", "print('my last words', flush=True); input()"],
        {},
        says(tmp_path, "brief", "my last words"),
        30,
    )
    assert run([teller(tmp_path, "first"), brief], "", tmp_path) == 1
    said = capfd.readouterr().err
    assert "brief ended by itself (exit code 1)" in said
    assert "my last words" in said
    assert (tmp_path / "order").read_text() == "first\n"


def test_a_program_that_does_not_start_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    absent = Child("absent", ["/nowhere/program"], {}, lambda: False, 30)
    assert run([absent], "unsaid", tmp_path) == 1
    said = capfd.readouterr()
    assert "absent ended by itself (exit code 127)" in said.err
    assert "/nowhere/program: No such file" in said.err
    assert "unsaid" not in said.out


def test_a_program_that_is_not_ready_in_time_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    idle = Child("idle", ["sleep", "600"], {}, lambda: False, 0.2)
    assert run([idle], "unsaid", tmp_path) == 1
    assert "idle was not ready within 0.2 seconds" in capfd.readouterr().err


def test_what_else_is_unwell_counts_as_a_death(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([teller(tmp_path, "first")], "", tmp_path, unwell=lambda: "PostgreSQL") == 1
    assert "PostgreSQL ended by itself" in capfd.readouterr().err
    assert (tmp_path / "order").read_text() == "first\n"


def test_a_second_supervisor_of_the_same_directory_is_refused(tmp_path: Path) -> None:
    tries = []

    def second() -> str | None:
        with pytest.raises(AlreadyRunning) as refused:
            run([], "", tmp_path)
        tries.append(refused.value)
        return "enough"

    assert run([], "", tmp_path, unwell=second) == 1
    assert len(tries) == 1


def test_a_child_has_our_environment_its_own_and_a_log(tmp_path: Path) -> None:
    teller_of_env = Child(
        "env",
        ["sh", "-c", 'echo "$GIVEN $HOME"; sleep 600'],
        {"GIVEN": "by the caller"},
        says(tmp_path, "env", "by the caller"),
        30,
    )
    assert run([teller_of_env], "", tmp_path, unwell=lambda: "enough") == 1
    assert os.environ["HOME"] in log_of(tmp_path, "env").read_text()


def test_a_line_from_an_earlier_run_is_not_taken_for_readiness(tmp_path: Path) -> None:
    log = log_of(tmp_path, "web")
    log.parent.mkdir()
    log.write_text("listening\n")
    listening = says(tmp_path, "web", "listening")
    assert not listening()
    with log.open("a") as words:
        words.write("listening\n")
    assert listening()
    assert not says(tmp_path, "other", "listening")()


def test_nobody_answers_where_nobody_listens() -> None:
    assert not answers(f"http://127.0.0.1:{free_port()}/")


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_a_killed_supervisor_blocks_no_next_start_and_loses_nothing(home: Path) -> None:
    port = free_port()
    first, starts = start_whole(home, port)
    assert starts == 1
    first.kill()
    first.communicate()
    # At once, while the first one's programs may still be ending: same port, same data.
    second, starts = start_whole(home, port)
    assert starts == 2
    assert answers(f"http://127.0.0.1:{port}/")
    word = (home / "supervisor.word").read_text()
    assert carriers(word)
    second.send_signal(signal.SIGINT)
    assert second.wait(60) == 0
    second.communicate()
    assert carriers(word) == []
    assert not answers(f"http://127.0.0.1:{port}/")


def test_a_database_that_dies_ends_the_whole_and_is_named(home: Path) -> None:
    whole, _ = start_whole(home, free_port())
    pid = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    assert str(home / "postgres") in psutil.Process(pid).cmdline()
    psutil.Process(pid).kill()
    said, _ = whole.communicate(timeout=60)
    assert whole.returncode == 1
    assert "PostgreSQL" in said


def test_only_what_carries_the_word_of_the_last_start_is_ended(tmp_path: Path) -> None:
    assert supervisor.end_leftovers(tmp_path) == []
    word = "0123456789abcdef"
    (tmp_path / "supervisor.word").write_text(word)
    env = processes.small_environment()
    sleep = ["sleep", "600"]
    left_over, stranger = (
        processes.start(
            sleep,
            log=tmp_path / "log",
            env=env | {supervisor.WORD: carried},
            on_parent_death=signal.SIGKILL,
        )
        for carried in (word, word + "0")
    )
    try:
        # Not before both have become the program: in the midst of it they show no environment.
        assert processes.until(lambda: runs(left_over, sleep) and runs(stranger, sleep), within=10)
        assert processes.until(lambda: carriers(word) == [left_over.pid], within=10)
        assert supervisor.end_leftovers(tmp_path) == [left_over.pid]
        assert left_over.poll() is not None
        assert stranger.poll() is None
        assert supervisor.end_leftovers(tmp_path) == []
    finally:
        for program in (left_over, stranger):
            program.kill()
            program.wait()


def test_what_may_start_at_once_is_awaited_together_and_ended_together(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The second is ready only when the third has begun: one after the other would never end."""
    second, third = (replace(teller(tmp_path, name), at_once=True) for name in ("second", "third"))
    begun = third.ready
    second = replace(second, ready=lambda: begun() and says_ready(tmp_path, "second"))
    last = teller(tmp_path, "last")
    children = [teller(tmp_path, "first"), second, third, last]
    assert run(children, "all are there", tmp_path, unwell=lambda: "enough") == 1
    assert capfd.readouterr().out == "all are there\n"
    told = (tmp_path / "order").read_text().split()
    assert (told[0], set(told[1:3]), told[3]) == ("last", {"second", "third"}, "first")


def test_one_of_several_that_start_at_once_and_ends_by_itself_takes_all_with_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    slow = replace(teller(tmp_path, "slow"), at_once=True, ready=lambda: False, ready_within=600)
    brief = Child("brief", [sys.executable, "-c", ""], {}, lambda: False, 600, at_once=True)
    assert run([slow, brief], "unsaid", tmp_path) == 1
    said = capfd.readouterr()
    assert "brief ended by itself (exit code 0)" in said.err
    assert "unsaid" not in said.out


def says_ready(directory: Path, name: str) -> bool:
    """Whether a teller's log has its word."""
    log = log_of(directory, name)
    return log.exists() and "ready" in log.read_text()


def test_the_prologue_comes_before_the_banner_and_what_goes_wrong_in_it_ends_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def prologue(stop: threading.Event) -> str | None:
        assert not stop.is_set()
        assert "all are there" not in capsys.readouterr().out
        return "the play was refused"

    assert run([teller(tmp_path, "first")], "all are there", tmp_path, prologue=prologue) == 1
    said = capsys.readouterr()
    assert "the play was refused" in said.err
    assert "all are there" not in said.out
    assert run([], "all are there", tmp_path, unwell=lambda: "enough") == 1
    assert "all are there" in capsys.readouterr().out


def test_whoever_ends_it_during_the_prologue_ends_it_in_order(tmp_path: Path) -> None:
    def prologue(stop: threading.Event) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(PATIENCE)

    assert run([teller(tmp_path, "first")], "unsaid", tmp_path, prologue=prologue) == 0
    assert log_of(tmp_path, "first").exists()
