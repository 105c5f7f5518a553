"""The custodian beside a house of bids: a program of its own, served on a port of this machine.

bank = Bank(custodian_database_url, folder, clock, trust_file, platform_public)
bank.url                        where the platform's own client finds it
wallet = bank.token(firm)       ordered, paid from the firm's account, answered, finalized
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.serving import make_server

from bidding.custodian.app import Program, build, create_app
from bidding.custodian.commands.bondkeys import KeepKey, keep_key
from bidding.custodian.commands.booking import BankNotice, BookNotice, book_notice
from bidding.custodian.commands.deposits import OrderDeposit, order_deposit, signature_of
from bidding.custodian.commands.holders import EnterHolder, Passwords, PayingAccount, enter_holder
from bidding.custodian.keyfiles import KeyFiles, bond_name
from bidding.custodian.ledger import disagreements
from bidding.custodian.queries import own_deposit
from bidding.custodian.settings import House, Settings
from market.kernel.clock import StoppedClock
from market.kernel.money import Money
from market.protocol import blind
from market.protocol.bondkeys import BID, REFUND, BondKey
from market.protocol.encoding import b64u
from market.protocol.paymentcode import payment_code
from market.protocol.signing import new_key, public_bytes
from market.protocol.tokens import Token, blinded_hash, make_token, prepare
from tests.support.protocol_keys import ADMISSION_KEY, BID_KEY, REFUND_KEY

EPOCH = "2026Q1"
BOND = 5_000_000
CHEAP = Passwords(memory_kib=64, passes=1, lanes=1)
RSA = {(BOND, BID): BID_KEY, (BOND, REFUND): REFUND_KEY, (0, BID): ADMISSION_KEY}
KEYS = {kind: BondKey(kind[0], EPOCH, kind[1], private.public) for kind, private in RSA.items()}
"""The bond keys of the house, as published."""


@dataclass(frozen=True)
class Holder:
    """An organisation in the custodian's books and the account it pays from."""

    id: UUID
    uscc: str
    account: str


@dataclass(frozen=True)
class Wallet:
    """What a bidder keeps of one token: bid key, token, and what links it to its deposit."""

    holder: Holder
    key: Ed25519PrivateKey
    token: Token
    blinding: blind.Blinding

    @property
    def bid_pub(self) -> bytes:
        """The public bid key."""
        return public_bytes(self.key)

    @property
    def deposit(self) -> bytes:
        """The name of the deposit."""
        return blinded_hash(self.blinding.blinded)

    @property
    def inv(self) -> bytes:
        """What only the bidder and, after opening, the platform know."""
        return self.blinding.inv


@contextmanager
def served(app) -> Iterator[str]:
    """A program on a port of its own while the block runs; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Bank:
    """The custodian: its books, its keys, and what its holders do."""

    def __init__(
        self, database: str, folder: Path, clock: StoppedClock, trust: Path, platform: bytes
    ) -> None:
        self.clock = clock
        settings = Settings(
            mode="test",
            database_url=database,
            keys=folder,
            trust_file=trust,
            platform_key=platform,
            platform_url="http://platform.test",
            anonymous_url="http://anonymous.test",
            url="http://custodian.test",
            house=House("91110000TR1A1BNK6K", "托管部", "试验银行", "62000001", "62000002"),
            demand_rate=Decimal("0.0005"),
            base_rate=Decimal("0.03"),
        )
        self.files = KeyFiles(folder)
        self.files.make()
        self.program: Program = replace(build(settings, clock, CHEAP), files=self.files)
        self.office = self.program.office
        for (denomination, purpose), private in RSA.items():
            # As if read from its file, which takes a third of a second.
            self.files._bonds[bond_name(denomination, EPOCH, purpose)] = private
            self.office.run(keep_key, KeepKey(KEYS[denomination, purpose]))
        self._serial = secrets.randbelow(10**9)  # never the number of a copied house

    @property
    def public(self) -> bytes:
        """The key by which its answers are recognised."""
        return public_bytes(self.files.signer)

    def app(self):
        """Its WSGI application."""
        return create_app(self.program)

    def holder(self, uscc: str, name: str) -> Holder:
        """Enter an organisation with one account."""
        self._serial += 1
        account = f"80000{self._serial:09d}"
        command = EnterHolder(
            uscc, name, CHEAP.hash("a long enough word"), (PayingAccount(account, name, "某银行"),)
        )
        return Holder(self.office.run(enter_holder, command), uscc, account)

    def token(
        self,
        holder: Holder,
        denomination: int = BOND,
        *,
        at: datetime | None = None,
        key: Ed25519PrivateKey | None = None,
    ) -> Wallet:
        """A token bought by the rules, for a bid key of its own or for one that has one already."""
        key, sums = key or new_key(), (denomination, BID)
        prepared = prepare(public_bytes(key))
        blinding = blind.blind(RSA[sums].public, prepared)
        name = self.office.run(
            order_deposit,
            OrderDeposit(holder.id, denomination, EPOCH, blinding.blinded, self.files),
        )
        if denomination:
            assert self.pay(name, holder.account, denomination, at) == "deposit"

        def look(session):
            row = own_deposit(session, holder.id, b64u(name))
            return signature_of(session, row, self.files)

        answer = self.office.read(look)
        assert self.office.read(disagreements) == []
        return Wallet(holder, key, make_token(KEYS[sums], prepared, answer, blinding.inv), blinding)

    def pay(self, name: bytes, account: str, fen: int, at: datetime | None = None) -> str:
        """The bank tells of a credit with this deposit's code."""
        self._serial += 1
        notice = BankNotice(
            f"S{self._serial}",
            account,
            "某公司",
            "某银行",
            Money(fen),
            payment_code(name),
            at or self.clock.now(),
        )
        return self.office.run(book_notice, BookNotice(notice, self.files))

    def state(self, wallet: Wallet) -> str:
        """Where a wallet's deposit stands."""
        return self.office.read(
            lambda session: own_deposit(session, wallet.holder.id, b64u(wallet.deposit)).state.value
        )

    def end(self) -> None:
        """Close its connections."""
        self.program.engine.dispose()
