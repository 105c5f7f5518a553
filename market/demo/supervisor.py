"""Runs several programs as one: started in order, watched, ended in reverse order.

    def web_answers() -> bool:
        return answers("http://127.0.0.1:8000/healthz")

    run([Child("web", argv, {}, web_answers, 30)], "Open http://127.0.0.1:8000")

Each program writes to `log/<name>.log` of the directory. If one ends by itself, all end and the
exit code is 1, because half an exchange is worse than none. Ctrl-C or SIGTERM ends all in order
and the exit code is 0; a second one waits for nobody. Should we ourselves be killed, the kernel
ends the children (Linux), and whatever is still there at the next start is ended then: every
descendant carries a random word in its environment, and only a process that carries the word
written down by the last start is ever signalled.

Times here are machine time: how long a person waits, never what the law says.
"""

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import psutil

from market.db import processes

DIRECTORY = Path("var/demo")
WORD = "YANGGUANG_RUN"  # the name of the random word in the children's environment
WATCH_EVERY = 0.2  # seconds
PATIENCE = 15.0  # seconds that a program may take to end by itself
ANSWER_WITHIN = 2.0  # seconds for one question to a program's health page
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Child:
    """One program; `env` is added to ours.

    After the start `ready` is asked until it says True, for at most `ready_within` seconds. One
    that may start `at_once` does not wait for those before it; any other waits until all of them
    are ready.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool]
    ready_within: float
    at_once: bool = False


def run(
    children: Sequence[Child],
    banner: str,
    directory: Path = DIRECTORY,
    *,
    unwell: Callable[[], str | None] = lambda: None,
    prologue: Callable[[threading.Event], str | None] = lambda _stop: None,
) -> int:
    """Start all, say `banner`, watch until told to stop; the exit code of the whole.

    `unwell` is asked as well: what it names counts as a program that ended. `prologue` is carried
    out when all are ready, before the banner; it looks at the event, which says that somebody
    wants it all to end, and answers what went wrong. Call from the main thread. `AlreadyRunning`
    if another supervisor alive holds the directory.
    """
    with processes.exclusive(directory / "supervisor.lock"), _stop_signals() as stop:
        end_leftovers(directory)
        family = _Family(directory, stop)
        try:
            for child in children:
                problem = None if child.at_once else family.await_all()
                if problem is not None:
                    return _fail(problem)
                if stop.is_set():
                    return 0
                family.start(child)
            problem = family.await_all() or prologue(stop)
            if problem is not None:
                return _fail(problem)
            if stop.is_set():
                return 0
            _say(banner)
            while not stop.wait(WATCH_EVERY):
                problem = family.ended() or _named(unwell())
                if problem is not None:
                    return _fail(problem)
            return 0
        finally:
            family.end()


def log_of(directory: Path, name: str) -> Path:
    """Where the child `name` of this directory writes."""
    return directory / "log" / f"{name}.log"


def answers(url: str) -> bool:
    """Whether a GET of `url`, on this machine, is answered with 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=ANSWER_WITHIN) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def says(directory: Path, name: str, line: str) -> Callable[[], bool]:
    """A question whether the child `name` has written `line` since this was called."""
    log = log_of(directory, name)
    known = log.stat().st_size if log.exists() else 0

    def said() -> bool:
        if not log.exists():
            return False
        with log.open("rb") as words:
            words.seek(known)
            return line.encode() in words.read()

    return said


def end_leftovers(directory: Path) -> list[int]:
    """End what a killed supervisor of this directory left over; the pids that were ended."""
    note = directory / "supervisor.word"
    if not note.exists():
        return []
    word = note.read_text().strip()
    ours = [process for process in psutil.process_iter() if word and _carries(process, word)]
    for step in (signal.SIGTERM, signal.SIGKILL):
        for process in ours:
            _signal(process, step)
        _, alive = psutil.wait_procs(ours, timeout=PATIENCE)
        if not alive:
            break
    note.unlink()
    return [process.pid for process in ours]


class _Family:
    """The children that were started, in order."""

    def __init__(self, directory: Path, stop: threading.Event) -> None:
        self._directory = directory
        self._stop = stop
        self._word = secrets.token_hex(16)
        self._started: list[tuple[Child, subprocess.Popen[bytes]]] = []
        self._waiting: list[tuple[Child, float]] = []
        (directory / "supervisor.word").write_text(self._word)

    def start(self, child: Child) -> None:
        """Start one; whether it is ready is for `await_all` to see."""
        log = log_of(self._directory, child.name)
        processes.put_aside(log)
        process = processes.start(
            child.argv,
            log=log,
            env=os.environ | child.env | {WORD: self._word},
            on_parent_death=signal.SIGTERM,
        )
        self._started.append((child, process))
        self._waiting.append((child, time.monotonic() + child.ready_within))

    def await_all(self) -> str | None:
        """Wait until all that were started are ready, or told to stop; what went wrong, or None."""
        while self._waiting and not self._stop.is_set():
            problem = self.ended()
            if problem is not None:
                return problem
            self._waiting = [entry for entry in self._waiting if not entry[0].ready()]
            for child, limit in self._waiting:
                if time.monotonic() > limit:
                    log = log_of(self._directory, child.name)
                    return (
                        f"{child.name} was not ready within {child.ready_within:g} seconds; "
                        f"the end of {log}:\n{processes.last_words(log)}"
                    )
            if self._waiting:
                self._stop.wait(processes.PAUSE)
        return None if self._stop.is_set() else self.ended()

    def ended(self) -> str | None:
        """Which child ended by itself, and its last words."""
        for child, process in self._started:
            code = process.poll()
            if code is not None:
                log = log_of(self._directory, child.name)
                return (
                    f"{child.name} ended by itself (exit code {code}); "
                    f"the end of {log}:\n{processes.last_words(log)}"
                )
        return None

    def end(self) -> None:
        """End all, the last started first, each with patience; then what they themselves left.

        Those that were started at once are told to end at once.
        """
        self._stop.clear()  # from here on it means: a second Ctrl-C
        waiting = list(self._started)
        while waiting:
            group = [waiting.pop()]
            while waiting and group[-1][0].at_once and waiting[-1][0].at_once:
                group.append(waiting.pop())
            self._end_together([process for _, process in group])
        end_leftovers(self._directory)

    def _end_together(self, group: Sequence[subprocess.Popen[bytes]]) -> None:
        for process in group:
            if process.poll() is None:
                process.terminate()
        processes.until(
            lambda: all(one.poll() is not None for one in group) or self._stop.is_set(),
            within=PATIENCE,
        )
        for process in group:
            if process.poll() is None:
                process.kill()
            process.wait()


def _carries(process: psutil.Process, word: str) -> bool:
    """Whether this process got the word from us; False for those we may not ask."""
    try:
        return bool(process.environ().get(WORD) == word)
    except (psutil.Error, OSError):
        return False


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    """Signal a process proven ours; psutil first compares pid and start time once more."""
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and the closing of the terminal set instead of ending us.

    A signal that our starter told us to ignore (nohup) stays ignored.
    """
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in STOPPING}
    heeded = [number for number, handler in before.items() if handler != signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield stop
    finally:
        for number in heeded:
            signal.signal(number, before[number])


def _named(what: str | None) -> str | None:
    return None if what is None else f"{what} ended by itself"


def _fail(problem: str) -> int:
    sys.stderr.write(f"{problem}\n")
    sys.stderr.flush()
    return 1


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
