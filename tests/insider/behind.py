"""A program behind the hosts, told on its standard input which it is and all it needs.

What a host's page waits for has to be made by somebody: these four see the same database, queue or
log, so they are searched like the hosts. The sequencer takes a step whenever it is asked for one.
"""

import json
import socket
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from celery import Celery
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine
from werkzeug.serving import make_server

from market.command import Office
from market.factory import listeners_of
from market.features import FEATURES
from market.jobs.celery_app import create_celery
from market.jobs.heartbeat import heart_of
from market.jobs.sequencer import Sequencer, WitnessAddress
from market.journal import keys as journal_keys
from market.journal.commands import Place
from market.kernel.clock import StoppedClock
from market.protocol.notes import LOG, parse_key, verifier_key
from market.protocol.signing import public_bytes
from market.settings import Settings
from market.web.logs import configure
from market.witness.app import Witness, create_app
from market.witness.book import Book
from tests.insider.program import Quiet
from tests.support.bidding_cast import ORIGIN
from tests.support.offices import make_office, settings_for

EVERY = 1.0  # seconds of machine time between two beats
STEP = b"1"

Told = dict[str, str]


def settings_of(told: Told) -> Settings:
    """The platform's settings; nobody outside is reached by them."""
    folder = Path(told["folder"])
    return replace(
        settings_for(folder),
        keys=folder / "keys",
        trust_file=folder / "trust.json",
        redis_url=told["redis"],
        database_url=told["database"],
    )


def office_of(told: Told) -> Office:
    """The platform's office as every process of it has one."""
    engine = create_engine(told["database"], hide_parameters=True)
    at = datetime.fromisoformat(told["at"])
    return make_office(engine, at, listeners_of(FEATURES)).office


def queue(told: Told) -> Celery:
    """The queue with all rooms of the product."""
    settings = settings_of(told)
    return create_celery(
        settings, lambda: heart_of(office_of(told), settings, FEATURES), every=EVERY
    )


def worker(told: Told) -> None:
    """Carry out beats."""
    plain = ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    queue(told).worker_main(["worker", "--pool", "solo", *plain])


def heartbeat(told: Told) -> None:
    """Ask for beats."""
    schedule = str(Path(told["folder"]) / "schedule")
    queue(told).start(["beat", "--loglevel", "WARNING", "--schedule", schedule])


def sequencer(told: Told) -> None:
    """Take a step for every byte that comes, and send the byte back when it is done."""
    held = journal_keys.load(Path(told["folder"]) / "keys")
    seen = WitnessAddress(told["witness"], parse_key(told["seen"]))
    made = Sequencer(office_of(told), Place(ORIGIN, held.log), [seen])
    with socket.socket(fileno=int(told["socket"])) as line:
        while line.recv(1) == STEP:
            made.tick()
            line.sendall(STEP)


def witness(told: Told) -> None:
    """Cosign what continues the log."""
    folder = Path(told["folder"])
    held = journal_keys.load(folder / "keys")
    watching = Witness(
        "witness.test",
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(told["key"])),
        (verifier_key(ORIGIN, LOG, public_bytes(held.log)),),
        Book(folder / "witness"),
        StoppedClock(datetime.fromisoformat(told["at"])),
    )
    make_server(
        "127.0.0.1",
        0,
        create_app(watching),
        threaded=True,
        request_handler=Quiet,
        fd=int(told["socket"]),
    ).serve_forever()


PROGRAMS = {"worker": worker, "heartbeat": heartbeat, "sequencer": sequencer, "witness": witness}


def main() -> None:
    """Be the program that was asked for."""
    told: Told = json.loads(sys.stdin.readline())
    configure()
    PROGRAMS[told["kind"]](told)


if __name__ == "__main__":
    main()
