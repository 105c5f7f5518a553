"""The sequencer: one process that seals batches, gives entries their places and asks witnesses.

`python -m wsgi sequencer` runs it until it is told to stop. Two of them at once are harmless
(they take turns on one lock) and useless.
"""

import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
import urllib3

from market.command import SEQUENCER, Office
from market.journal import queries
from market.journal.commands import (
    KeepCosignature,
    Place,
    keep_cosignature,
    place,
    seal_batch,
)
from market.journal.keys import load
from market.protocol.checkpoints import add_checkpoint, parse_checkpoint, parse_size_answer
from market.protocol.notes import Note, VerifierKey, joined, parse_signatures, times_of
from market.protocol.trust import read_trust
from market.settings import Settings

log = structlog.get_logger()

CONFLICT: Final = 409
OK: Final = 200
POLL_SECONDS: Final = 0.25
"""How often waiting official acts are looked for, in machine time; an idle look is one query."""


@dataclass(frozen=True, slots=True)
class WitnessAddress:
    """Where a witness listens and the key by which its signatures are recognised."""

    url: str
    key: VerifierKey


class Sequencer:
    """The loop's body, one step at a time, so that a test can take single steps."""

    def __init__(self, office: Office, orders: Place, witnesses: Sequence[WitnessAddress]) -> None:
        self._office = office
        self._orders = orders
        self._witnesses = witnesses
        self._http = urllib3.PoolManager(timeout=5, retries=False)
        self._known: dict[str, int] = {}

    def tick(self) -> None:
        """Seal the batch of this tick and give everything its place."""
        self._office.run(seal_batch, None, SEQUENCER)
        self.settle()

    def settle(self) -> bool:
        """Place what waits and have the new head witnessed; whether the log grew."""
        before = self._head_size()
        size = self._office.run(place, self._orders, SEQUENCER)
        if size == before:
            return False
        for witness in self._witnesses:
            self.ask(witness)
        return True

    def ask(self, witness: WitnessAddress) -> None:
        """Ask one witness to cosign the newest head; what fails is tried with the next head."""
        try:
            self._ask(witness)
        except (urllib3.exceptions.HTTPError, ValueError) as failure:
            log.warning("witness.unreachable", witness=witness.key.name, why=type(failure).__name__)

    def _ask(self, witness: WitnessAddress) -> None:
        head = self._office.read(queries.head)
        if head is None:
            return
        _, note = parse_checkpoint(head.note.encode())
        own = Note(note.text, note.signatures[:1])
        answer = self._send(witness, own, self._known.get(witness.url, 0), head.size)
        if answer.status == CONFLICT:
            # The witness knows another size, as after a restart of this process: it says which.
            answer = self._send(witness, own, parse_size_answer(answer.data), head.size)
        if answer.status != OK:
            log.warning("witness.refused", witness=witness.key.name, status=answer.status)
            return
        self._known[witness.url] = head.size
        self._keep(witness, own, answer.data.decode(), head.size)

    def _send(
        self, witness: WitnessAddress, note: Note, old: int, size: int
    ) -> urllib3.BaseHTTPResponse:
        if old > size:
            raise ValueError("the witness knows more of the log than there is")
        proof = self._office.read(lambda session: queries.consistency(session, old, size))
        return self._http.request(
            "POST", f"{witness.url}/add-checkpoint", body=add_checkpoint(old, proof, note)
        )

    def _keep(self, witness: WitnessAddress, note: Note, lines: str, size: int) -> None:
        signed = joined(note, parse_signatures(lines))
        times = times_of(signed, witness.key)
        if not times:
            log.warning("witness.unsigned", witness=witness.key.name)
            return
        line = next(s for s in signed.signatures if s.name == witness.key.name).line()
        command = KeepCosignature(size, witness.key.name, line, times[0])
        self._office.run(keep_cosignature, command, SEQUENCER)

    def _head_size(self) -> int:
        head = self._office.read(queries.head)
        return 0 if head is None else head.size


def run(sequencer: Sequencer, batch_seconds: float, stop: threading.Event) -> None:
    """Tick every `batch_seconds`, settle in between, until `stop` is set."""
    waited = batch_seconds
    log.info("sequencer.started")
    while not stop.is_set():
        if waited >= batch_seconds:
            waited = 0.0
            sequencer.tick()
        else:
            sequencer.settle()
        stop.wait(POLL_SECONDS)
        waited += POLL_SECONDS


def stop_on_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def build(settings: Settings, office: Office) -> Sequencer:
    """The sequencer of a platform: its log key, and the witnesses that its trust file pins."""
    trust = read_trust(settings.trust_file.read_bytes())
    witnesses = [
        WitnessAddress(url, key)
        for url, key in zip(settings.witness_urls, trust.witnesses, strict=True)
    ]
    return Sequencer(office, Place(settings.origin, load(settings.keys).log), witnesses)
