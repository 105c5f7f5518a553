"""The programs of a whole house on real ports: platform, anonymous host, custodian, witness."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, request
from werkzeug.serving import make_server

from bidding.custodian import app as custodian_app
from bidding.custodian.commands.bondkeys import KeepKey, keep_key
from bidding.custodian.commands.holders import Passwords
from bidding.custodian.keyfiles import KeyFiles, bond_name
from bidding.custodian.settings import House
from bidding.custodian.settings import Settings as CustodianSettings
from market.command import Actor, Office
from market.factory import create_anonymous_app, create_app
from market.features import FEATURES
from market.jobs.sequencer import Sequencer, WitnessAddress
from market.journal.commands import Place
from market.journal.keys import load
from market.kernel.clock import StoppedClock
from market.protocol.bondkeys import BID, REFUND, BondKey
from market.protocol.notes import COSIGNER, LOG, verifier_key
from market.protocol.signing import public_bytes
from market.web.access import actor_loader
from market.witness.app import Witness
from market.witness.app import create_app as witness_app
from market.witness.book import Book
from tests.bidding.tenders.cast import BOND
from tests.support.offices import settings_for
from tests.support.protocol_keys import ADMISSION_KEY, BID_KEY, REFUND_KEY

EPOCH = "2026Q1"
ORIGIN = "test/journal"
CHEAP = Passwords(memory_kib=64, passes=1, lanes=1)
RSA = {(BOND.fen, BID): BID_KEY, (BOND.fen, REFUND): REFUND_KEY, (0, BID): ADMISSION_KEY}


class Programs:
    """Everything that serves; `people` are the actors by their bearer token."""

    folder: Path
    stack: ExitStack
    office: Office
    clock: StoppedClock
    keys: Path
    files: KeyFiles
    trust_path: Path
    witness_key: Ed25519PrivateKey
    people: dict[str, Actor]

    def serve(self, app: Callable[..., object]) -> str:
        """A program on a port of its own; its address."""
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.stack.callback(server.server_close)
        self.stack.callback(thread.join)
        self.stack.callback(server.shutdown)
        return f"http://127.0.0.1:{server.port}"

    def _serve(self, database: str) -> None:
        log = verifier_key(ORIGIN, LOG, public_bytes(load(self.keys).log))
        book = Book(self.folder / "witness")
        self.witness = Witness("witness.test", self.witness_key, (log,), book, self.clock)
        address = WitnessAddress(
            self.serve(witness_app(self.witness)),
            verifier_key("witness.test", COSIGNER, public_bytes(self.witness_key)),
        )
        self.sequencer = Sequencer(self.office, Place(ORIGIN, load(self.keys).log), [address])
        self._custodian(database)
        base = settings_for(self.folder)
        self.settings = replace(
            base,
            keys=self.keys,
            trust_file=self.trust_path,
            custodian_url=self.custodian_url,
            secret_key="x" * 32,
        )
        app = create_app(self.settings, FEATURES, office=self.office)
        actor_loader(app, self._who)
        self.platform_url = self.serve(app)
        self.anonymous_app: Flask = create_anonymous_app(
            self.settings, FEATURES, office=self.office
        )
        self.anonymous_url = self.serve(self.anonymous_app)

    def _custodian(self, database: str) -> None:
        settings = CustodianSettings(
            mode="test",
            database_url=database,
            keys=self.files.folder,
            trust_file=self.trust_path,
            platform_key=public_bytes(load(self.keys).platform),
            platform_url="http://platform.test",
            anonymous_url="http://anonymous.test",
            url="http://custodian.test",
            house=House("91110000TR1A1BNK6K", "托管部", "试验银行", "62000001", "62000002"),
            demand_rate=Decimal("0.0005"),
            base_rate=Decimal("0.03"),
        )
        self.custodian = custodian_app.build(settings, self.clock, CHEAP)
        files = self.custodian.files
        for (denomination, purpose), private in RSA.items():
            files._bonds[bond_name(denomination, EPOCH, purpose)] = private
            key = BondKey(denomination, EPOCH, purpose, private.public)
            self.custodian.office.run(keep_key, KeepKey(key))
        self.custodian_url = self.serve(custodian_app.create_app(self.custodian))
        self._serial = 0

    def _who(self) -> Actor | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.people.get(token)
