"""Programs beside us: bound to our life, proven before they are signalled."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

from market.db import bound, processes
from market.db.processes import AlreadyRunning, Mark, ProgramNotStarted
from tests.support.databases import ROOT

SLEEP = ["sleep", "600"]
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(600)
"""
PARENT = """
import signal, sys
from pathlib import Path
from market.db import processes
child = processes.start(["sleep", "600"], log=Path(sys.argv[1]), env={"PATH": sys.argv[2]},
                        on_parent_death=signal.SIGTERM)
print(child.pid, flush=True)
sys.stdin.read()
"""


def sleeping(tmp_path: Path) -> subprocess.Popen[bytes]:
    return processes.start(
        SLEEP,
        log=tmp_path / "log",
        env=processes.small_environment(),
        on_parent_death=signal.SIGKILL,
    )


def is_sleep(pid: int) -> bool:
    """Whether the program has taken the place of the starter."""
    return bool(psutil.Process(pid).cmdline() == SLEEP)


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "log"), os.environ["PATH"]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert processes.until(lambda: is_sleep(pid), within=10)
        parent.kill()
    assert processes.until(lambda: not psutil.pid_exists(pid), within=10)


def test_a_child_gets_the_environment_given_and_nothing_else(tmp_path: Path) -> None:
    child = processes.start(
        ["env"],
        log=tmp_path / "log",
        env={"PATH": os.environ["PATH"], "WORD": "one"},
        on_parent_death=signal.SIGKILL,
    )
    assert child.wait(10) == 0
    assert "WORD=one" in (tmp_path / "log").read_text().splitlines()
    assert "HOME=" not in (tmp_path / "log").read_text()


def test_our_secrets_are_not_handed_to_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    assert "SECRET_KEY" not in processes.small_environment()
    assert "PATH" in processes.small_environment()


def test_a_program_that_is_not_there_is_named_in_the_log(tmp_path: Path) -> None:
    child = processes.start(
        ["/nowhere/program"], log=tmp_path / "log", env={}, on_parent_death=signal.SIGKILL
    )
    assert child.wait(10) == bound.CANNOT_RUN
    assert "/nowhere/program: No such file" in processes.last_words(tmp_path / "log")


def test_a_child_whose_parent_died_before_the_start_does_not_run(tmp_path: Path) -> None:
    made = tmp_path / "made"
    late = subprocess.run(
        [sys.executable, "-I", "-S", bound.__file__, "1", "9", "-", "-", "touch", made], check=False
    )
    assert late.returncode == bound.CANNOT_RUN
    assert not made.exists()


def test_one_that_does_not_heed_the_first_signal_gets_the_next(tmp_path: Path) -> None:
    child = processes.start(
        [sys.executable, "-c", STUBBORN],
        log=tmp_path / "log",
        env=processes.small_environment(),
        on_parent_death=signal.SIGKILL,
    )
    assert processes.until(lambda: "up" in (tmp_path / "log").read_text(), within=10)
    processes.end(child, (signal.SIGTERM, 0.1), (signal.SIGKILL, 10))
    assert child.returncode == -signal.SIGKILL
    processes.end(child, (signal.SIGTERM, 0.1))


def test_only_a_process_with_pid_argument_and_start_time_is_taken_for_ours(tmp_path: Path) -> None:
    child = sleeping(tmp_path)
    try:
        assert processes.until(lambda: is_sleep(child.pid), within=10)
        pid_file = tmp_path / "pid"
        assert Mark(pid_file, "600").find() is None  # no pid file
        pid_file.write_text("not a number")
        assert Mark(pid_file, "600").find() is None
        pid_file.write_text(f"{child.pid}\nmore\n")
        found = Mark(pid_file, "600").find()
        assert found is not None
        assert found.pid == child.pid
        assert Mark(pid_file, "60").find() is None  # another argument
        began = psutil.Process(child.pid).create_time()
        too_old = began - processes.CLOCK_SLACK - 0.1
        os.utime(pid_file, (too_old, too_old))
        assert not Mark(pid_file, "600").end((signal.SIGKILL, 10))  # the pid was given out again
        assert child.poll() is None
        os.utime(pid_file, (began, began))
        assert Mark(pid_file, "600").end((signal.SIGTERM, 10))
        assert not Mark(pid_file, "600").end((signal.SIGTERM, 10))
    finally:
        child.kill()
        child.wait()


def test_a_left_over_process_that_does_not_end_is_named_with_what_to_do(tmp_path: Path) -> None:
    child = processes.start(
        [sys.executable, "-c", STUBBORN],
        log=tmp_path / "log",
        env=processes.small_environment(),
        on_parent_death=signal.SIGKILL,
    )
    assert processes.until(lambda: "up" in (tmp_path / "log").read_text(), within=10)
    (tmp_path / "pid").write_text(str(child.pid))
    with pytest.raises(ProgramNotStarted, match=f"kill -9 {child.pid}"):
        Mark(tmp_path / "pid", STUBBORN).end((signal.SIGTERM, 0.1))
    processes.end(child, (signal.SIGKILL, 10))


def test_a_lock_has_one_holder_and_is_free_after_it(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / "lock"
    with processes.exclusive(lock):
        with pytest.raises(AlreadyRunning, match=str(os.getpid())), processes.exclusive(lock):
            pass
        assert lock.read_text() == str(os.getpid())
    with processes.exclusive(lock):
        assert lock.read_text() == str(os.getpid())


def test_a_log_past_its_limit_is_put_aside_and_one_at_it_is_not(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    processes.put_aside(log)
    with log.open("wb") as words:
        words.truncate(processes.LOG_LIMIT)
    processes.put_aside(log)
    assert log.exists()
    with log.open("ab") as words:
        words.write(b"x")
    processes.put_aside(log)
    assert not log.exists()
    assert (tmp_path / "web.log.1").stat().st_size == processes.LOG_LIMIT + 1


def test_the_last_words_are_the_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert processes.last_words(log) == ""
    log.write_text("".join(f"line {number}\n" for number in range(1000)))
    assert processes.last_words(log, 2) == "line 998\nline 999"
