"""`python -m intermediaries.timekeeper`: a timekeeper's program; settings in the environment.

migrate             bring its database to the newest form
keys                make its secrets, print its public signing key
serve [--port P]    answer over HTTP and release what is due; with --demo-clock its clock follows
                    the demonstration's platform
release             release what is due, once, and print how much
"""

import argparse
import sys
import threading
from typing import Final

from gunicorn.app.base import BaseApplication

from intermediaries.timekeeper.app import Program, build, create_app
from intermediaries.timekeeper.settings import Settings, read
from market.db import schema
from market.kernel.clock import Clock, MachineClock
from market.protocol.encoding import b64u
from market.protocol.signing import public_bytes

BEAT_SECONDS: Final = 1.0


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn: one worker with threads, which also carries the beat; no access log."""

    def __init__(self, settings: Settings, port: int, demo_clock: str | None = None) -> None:
        self._settings = settings
        self._port = port
        self._demo_clock = demo_clock
        super().__init__()

    def load_config(self) -> None:
        """On the loopback: a proxy stands before it."""
        self.cfg.set("bind", f"127.0.0.1:{self._port}")
        self.cfg.set("workers", 1)
        self.cfg.set("threads", 4)
        self.cfg.set("accesslog", None)
        self.cfg.set("control_socket_disable", True)  # noqa: FBT003  gunicorn's own signature

    def load(self) -> object:
        """The application, in the worker: connections and the beat's thread live there."""
        program = build(self._settings, _clock(self._demo_clock))
        args = (BEAT_SECONDS, threading.Event())
        threading.Thread(target=program.for_ever, args=args, daemon=True).start()
        return create_app(program)


def main(arguments: list[str] | None = None) -> int:
    """Run the program; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m intermediaries.timekeeper")
    parser.add_argument("what", choices=["serve", "migrate", "keys", "release"])
    parser.add_argument("--port", type=int, default=8006)
    parser.add_argument("--demo-clock", help="the demonstration's platform, whose clock to follow")
    said = parser.parse_args(arguments)
    settings = read()
    if said.what == "migrate":
        schema.migrate(settings.database_url, schema.TIMEKEEPER)
    elif said.what == "serve":
        _Server(settings, said.port, said.demo_clock).run()
    else:
        _say(_once(build(settings), said.what))
    return 0


def _clock(platform: str | None) -> Clock | None:
    """The demonstration's clock; None for the machine's own."""
    if platform is None:
        return None
    from market.demo.clock import FollowingClock  # noqa: PLC0415  absent in production

    return FollowingClock(platform, MachineClock())


def _once(program: Program, what: str) -> str:
    if what == "release":
        return str(program.release_due())
    program.files.make()
    return b64u(public_bytes(program.files.signer))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
