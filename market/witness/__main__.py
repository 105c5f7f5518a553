"""`python -m market.witness`: run a witness for one or more logs.

python -m market.witness init --folder F --name NAME          make a key, print its vkey
python -m market.witness serve --folder F --name NAME --log VKEY [--look URL] --port P
"""

import argparse
import sys
import threading
from pathlib import Path

from gunicorn.app.base import BaseApplication

from market.journal.keys import load_key, make_key
from market.kernel.clock import Clock, MachineClock
from market.protocol.notes import COSIGNER, parse_key, verifier_key
from market.protocol.signing import public_bytes
from market.witness.app import Witness, create_app
from market.witness.book import Book
from market.witness.patrol import patrol


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with one worker: the book's turns make more possible, nothing makes them needed."""

    def __init__(self, witness: Witness, port: int, looks: list[str]) -> None:
        self._witness = witness
        self._port = port
        self._looks = looks
        super().__init__()

    def load_config(self) -> None:
        """One worker with threads, on the loopback unless a proxy stands before it."""
        self.cfg.set("bind", f"127.0.0.1:{self._port}")
        self.cfg.set("workers", 1)
        self.cfg.set("threads", 4)
        self.cfg.set("accesslog", None)
        self.cfg.set("control_socket_disable", True)  # noqa: FBT003  gunicorn's own signature

    def load(self) -> object:
        """The application, in the worker: the patrol's thread lives there too."""
        if self._looks:
            args = (self._witness, self._looks, threading.Event())
            threading.Thread(target=patrol, args=args, daemon=True).start()
        return create_app(self._witness)


def main(arguments: list[str] | None = None) -> int:
    """Run the program; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m market.witness")
    parser.add_argument("what", choices=["init", "serve"])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--log", action="append", default=[])
    parser.add_argument("--look", action="append", default=[])
    parser.add_argument("--port", type=int, default=8004)
    parser.add_argument("--demo-clock", help="the demonstration's platform, whose clock to follow")
    said = parser.parse_args(arguments)
    path = said.folder / "witness.key"
    said.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if said.what == "init":
        make_key(path)
        print(verifier_key(said.name, COSIGNER, public_bytes(load_key(path))))  # noqa: T201
        return 0
    clock: Clock = MachineClock()
    if said.demo_clock:
        from market.demo.clock import FollowingClock  # noqa: PLC0415  absent in production

        clock = FollowingClock(said.demo_clock, clock)
    witness = Witness(
        said.name,
        load_key(path),
        tuple(parse_key(text) for text in said.log),
        Book(said.folder / "book"),
        clock,
    )
    _Server(witness, said.port, said.look).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
