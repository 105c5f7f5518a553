"""Programs that run beside us: they end with us, and only what is proven ours is ever signalled.

Times here are machine time (`time.monotonic`): they bound how long a person waits for a program,
never what the law says.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from market.db import bound

PAUSE = 0.02  # seconds between two looks at something awaited
CLOCK_SLACK = 2.0  # seconds: start times are known to the clock tick, file times to the file system
LOG_LIMIT = 10 * 1024 * 1024  # bytes after which a log is put aside at the next start


class ProgramNotStarted(RuntimeError):
    """A program did not come up; the words say which, why, and what to do."""


class AlreadyRunning(ProgramNotStarted):
    """Somebody else alive holds this directory."""


@dataclass(frozen=True, slots=True)
class User:
    """Whom a program runs as."""

    uid: int
    gid: int


def start(
    argv: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str],
    on_parent_death: signal.Signals,
    user: User | None = None,
) -> subprocess.Popen[bytes]:
    """Start `argv` with exactly `env`, in a session of its own; what it says goes to `log`.

    It gets `on_parent_death` when the calling thread ends for whatever reason (Linux): call from a
    thread that lives as long as the program should. A session of its own, so that Ctrl-C reaches
    only us and we choose the order of ending.
    """
    names = ("-", "-") if user is None else (str(user.uid), str(user.gid))
    wrapper = [sys.executable, "-I", "-S", str(Path(bound.__file__).resolve())]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as words:
        return subprocess.Popen(  # noqa: S603 - argv comes from our own code, no shell
            [*wrapper, str(os.getpid()), str(int(on_parent_death)), *names, *argv],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd="/",  # a directory that every user may enter
            start_new_session=True,
        )


def small_environment() -> dict[str, str]:
    """What a server needs of our environment: none of our secrets."""
    kept = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")  # Python itself may need the second one
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def until(ready: Callable[[], bool], *, within: float) -> bool:
    """Look again and again whether it is `ready`, for at most `within` seconds; True if it was."""
    limit = time.monotonic() + within  # machine time: how long a person waits
    while not ready():
        if time.monotonic() > limit:
            return False
        time.sleep(PAUSE)
    return True


def end(process: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> None:
    """Signal our own child step by step, each with its seconds of patience, until it has ended."""
    for number, patience in steps:
        if process.poll() is not None:
            return
        process.send_signal(number)
        if until(lambda: process.poll() is not None, within=patience):
            return
    raise RuntimeError(f"process {process.pid} did not end")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a process that an earlier start left behind is told from a stranger with the same pid.

    All three must hold: the pid stands in `pid_file`; an argument of its command line contains
    `argument` (a path that is ours alone); it began before `pid_file` was last written.
    """

    pid_file: Path
    argument: str

    def find(self) -> psutil.Process | None:
        """The process, if all three hold."""
        try:
            pid = int(self.pid_file.read_text().split()[0])
            written = self.pid_file.stat().st_mtime
            process = psutil.Process(pid)
            ours = self.argument in process.cmdline()
            began = process.create_time()
        except (OSError, ValueError, IndexError, psutil.Error):
            return None
        return process if ours and began <= written + CLOCK_SLACK else None

    def end(self, *steps: tuple[signal.Signals, float]) -> bool:
        """End it step by step as `end` does; True if there was one.

        psutil compares pid and start time once more before each signal.
        """
        process = self.find()
        if process is None:
            return False
        for number, patience in steps:
            try:
                process.send_signal(number)
                process.wait(patience)
            except psutil.NoSuchProcess:
                return True
            except psutil.TimeoutExpired:
                continue
            return True
        raise ProgramNotStarted(
            f"process {process.pid} was left over by an earlier start and does not end; "
            f"end it by hand (kill -9 {process.pid}) and start again"
        )


@contextmanager
def exclusive(lock_file: Path) -> Iterator[None]:
    """Hold `lock_file` alone; `AlreadyRunning` with the holder's pid if somebody alive holds it.

    The kernel lets go of it however the holder ends, so a killed start never blocks the next one.
    """
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            holder = held.read().strip() or "unknown"
            raise AlreadyRunning(
                f"{lock_file.parent} is in use by process {holder}; end that one first"
            ) from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def put_aside(log: Path) -> None:
    """Start `log` anew if it has grown past the limit, keeping the old one as `….1`."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name(log.name + ".1"))


def last_words(log: Path, lines: int = 20) -> str:
    """The end of a log, for the message about a program that did not come up."""
    if not log.exists():
        return ""
    with log.open("rb") as words:
        words.seek(max(0, log.stat().st_size - 200 * lines))
        return "\n".join(words.read().decode(errors="replace").splitlines()[-lines:])
