"""A house of bids: a published tender with real officers, bond keys, bidders with real tokens.

    house.bidder("a")                    an organisation with account, signing key and deposit
    made = house.submit("a", price=…)    sealed, uploaded, accepted; the bid as its bidder keeps it
    house.close()                        deadline and grace pass, the closing is witnessed
    house.post_shares(1)                 officer 1 hands in its batch of the round
    house.open_round()                   the opening's job, after a witnessed head
    house.open_all()                     three rounds with the first three officers

Nothing is played: the custodian and the witness are programs on ports of their own, every act
goes through the rooms' commands, time stands where it was put.
"""

import copy
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from bidding.bids.commands import SubmitAct, submit_act
from bidding.bids.store import SealedStore
from bidding.bids.uploads import Advance, BeginUpload, advance, begin_upload, name_of
from bidding.bonds.commands import PublishKey, publish_key
from bidding.officers.commands import (
    NamePanel,
    start_rehearsal,
)
from bidding.officers.queries import manifest
from bidding.opening.closing import close, due_closings
from bidding.opening.rounds import open_rounds
from bidding.opening.store import make_key
from bidding.tenders.preparing import (
    AddDocument,
    SetScheme,
    SetTerms,
    SetTimetable,
    add_document,
    describe_tender,
    set_scheme,
    set_terms,
    set_timetable,
)
from bidding.tenders.publishing import PublishTender, publish_tender
from market.command import ANONYMOUS, HOUSE
from market.factory import listeners_of
from market.features import FEATURES
from market.jobs.sequencer import Sequencer, WitnessAddress
from market.journal import keys as journal_keys
from market.journal.commands import Place
from market.kernel.clock import StoppedClock
from market.kernel.money import Money
from market.protocol.acts import Act
from market.protocol.binding import Kind
from market.protocol.encoding import b64u, canonical
from market.protocol.manifest import Manifest, read_manifest
from market.protocol.notes import COSIGNER, LOG, verifier_key
from market.protocol.signing import new_key, public_bytes
from market.protocol.trust import Organisation as Pinned
from market.protocol.trust import Trust
from market.protocol.uploads import write_ticket
from market.witness.app import Witness
from market.witness.app import create_app as witness_app
from market.witness.book import Book
from tests.bidding.evaluation.makers import scheme
from tests.bidding.tenders.cast import BOND, TenderCast, description, make_tender_cast, paper
from tests.support.bidding_bank import KEYS, Bank, Wallet, served
from tests.support.bidding_bids import MadeBid, make_bid
from tests.support.bidding_officers import Officer, OfficersAtWork
from tests.support.offices import TestOffice, settings_for

ORIGIN = "test/journal"
SECOND = timedelta(seconds=1)
GRACE = timedelta(seconds=61)


@dataclass
class Bidder:
    """An organisation that bids."""

    name: str
    uscc: str
    signer: Ed25519PrivateKey
    wallet: Wallet


class House(OfficersAtWork):
    """Everything; see the head of this file."""

    def __init__(self, engine: Engine, bank_database: str, folder: Path, stack: ExitStack) -> None:
        journal_keys.make(folder / "keys")
        make_key(folder / "keys")
        self.tenders: TenderCast = make_tender_cast(engine, listeners_of(FEATURES))
        self._place(engine, folder, stack)
        self.held = journal_keys.load(self.keys)
        self.bank_key = self.cast.bank()
        self.bidders: dict[str, Bidder] = {}
        self.made: dict[str, MadeBid] = {}
        self.officers: list[Officer] = []
        self.signers: dict[str, Ed25519PrivateKey] = {}
        self._staff()
        self.witness_key = new_key()
        self._programs(bank_database)
        self._journal()
        self.no = self._published()

    def copy(self, engine: Engine, bank_database: str, folder: Path, stack: ExitStack) -> "House":
        """The same house on copies of its databases and its folder."""
        made = copy.copy(self)
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        clock = StoppedClock(self.clock.at)
        sessions = sessionmaker(engine, expire_on_commit=False)
        office = replace(self.office, sessions=sessions, clock=clock)
        cast = replace(
            self.cast,
            house=TestOffice(office, clock, settings_for(folder)),
            people=dict(self.cast.people),
            organisations=dict(self.cast.organisations),
            usccs=dict(self.cast.usccs),
        )
        made.tenders = replace(self.tenders, cast=cast, engine=engine)
        made.bidders, made.made = dict(self.bidders), dict(self.made)
        made._place(engine, folder, stack)
        made._programs(bank_database)
        return made

    def _place(self, engine: Engine, folder: Path, stack: ExitStack) -> None:
        self.engine, self.folder, self.stack = engine, folder, stack
        self.cast, self.clock = self.tenders.cast, self.tenders.clock
        self.keys, self.trust_file = folder / "keys", folder / "trust.json"

    # --- what stands ------------------------------------------------------------------------------

    @property
    def office(self):
        """The platform's office."""
        return self.tenders.office

    @property
    def manifest(self) -> Manifest:
        """The manifest as published."""
        return read_manifest(self.ask(manifest, self.no).raw)

    @property
    def deadline(self) -> datetime:
        """The deadline now in force."""
        return self.tenders.facts(self.no).deadline

    def ask(self, question, *arguments):
        """Any question of any room."""
        return self.office.read(lambda session: question(session, *arguments))

    def tick(self) -> None:
        """One tick of the sequencer: a batch, places, a head, the witness's line."""
        self.sequencer.tick()

    # --- bidders ----------------------------------------------------------------------------------

    def bidder(self, name: str, *, denomination: int = BOND.fen) -> Bidder:
        """An organisation with a confirmed account, a registered key and one token."""
        if name not in self.bidders:
            firm, person = f"firm-{name}", f"clerk-{name}"
            self.cast.register(firm, person)
            self.cast.confirm(firm, person, self.bank_key)
            signer = self.cast.give_key(firm, person)
            uscc = self.cast.usccs[firm]
            wallet = self.bank.token(self.bank.holder(uscc, firm), denomination)
            self.bidders[name] = Bidder(name, uscc, signer, wallet)
        return self.bidders[name]

    def another_token(self, name: str) -> Wallet:
        """One more token of the same bidder, with a bid key of its own."""
        return self.bank.token(self.bidder(name).wallet.holder)

    def bid(self, name: str, **cheats) -> MadeBid:
        """A sealed bid of this bidder, nothing sent; see `make_bid` for cheats."""
        held = self.bidder(name)
        amendment = self.tenders.facts(self.no).amendment
        values = {"amendment": amendment, "wallet": held.wallet, "uscc": held.uscc}
        values |= {"organisation": held.signer} | cheats
        return make_bid(self.manifest, **values)

    def upload(self, made: MadeBid, kinds: Iterable[Kind] = tuple(Kind), office=None) -> None:
        """Leave the ciphertexts as the anonymous host does."""
        desk = office or self.office
        store = SealedStore(self.settings.sealed_files)
        for kind in kinds:
            raw = made.ciphertexts.get(kind)
            if raw is None:
                continue
            wallet = made.wallet
            ticket = write_ticket(made.act.tender, len(raw), wallet.token, wallet.key)
            capability = desk.run(begin_upload, BeginUpload(ticket, len(raw)), ANONYMOUS)
            self.fill(store, capability, raw)

    def fill(self, store: SealedStore, capability: str, raw: bytes) -> None:
        """Write all bytes of an upload."""
        name = name_of(capability)
        with store.turn(name):
            (self.settings.sealed_files / b64u(name)).write_bytes(raw)
            command = Advance(name, len(raw), store.digest(name, len(raw)))
            self.office.run(advance, command, ANONYMOUS)

    def send(self, act: Act, *, at: datetime | None = None, office=None) -> bytes:
        """Hand in an act; the receipt's bytes."""
        command = SubmitAct(act.tender, act.raw, self.held.receipt)
        return (office or self.office).run(submit_act, command, ANONYMOUS, at=at)

    def submit(self, name: str, **cheats) -> MadeBid:
        """Seal, upload and hand in a whole bid."""
        made = self.bid(name, **cheats)
        return self.hand_in(name, made)

    def hand_in(self, name: str, made: MadeBid) -> MadeBid:
        """Upload and hand in a bid that was made before."""
        self.upload(made)
        self.send(made.act)
        self.made[name] = made
        return made

    # --- closing and opening ----------------------------------------------------------------------

    def close(self, *, witnessed: bool = True) -> None:
        """Let deadline and grace pass; the set of bids is frozen and seen by the witness."""
        self.tick()
        self.clock.at = max(self.clock.at, self.deadline + GRACE)
        for due in self.ask(due_closings, self.clock.at, 10):
            self.office.run(close, due, HOUSE)
        if witnessed:
            self.tick()

    def open_round(self) -> int:
        """A witnessed head, then the opening's job; how many rounds were written down."""
        self.tick()
        return open_rounds(self.office, self.settings)

    def open_all(self, numbers: tuple[int, ...] = (1, 2, 3)) -> None:
        """All three rounds with the same officers."""
        for _ in self.manifest.rounds:
            self.post_shares(*numbers)
            assert self.open_round() == 1

    # --- making it --------------------------------------------------------------------------------

    def _trust(self) -> Trust:
        notary = Pinned(
            self.cast.usccs["notary"], "notary", "notary", public_bytes(self.signers["notary"])
        )
        return Trust(
            ORIGIN,
            (verifier_key(ORIGIN, LOG, public_bytes(self.held.log)),),
            (verifier_key("witness.test", COSIGNER, public_bytes(self.witness_key)),),
            1,
            (public_bytes(self.held.receipt),),
            (self.bank.public,),
            (notary,),
        )

    def _programs(self, bank_database: str) -> None:
        platform = public_bytes(self.held.platform)
        folder = self.folder / "bank"
        self.bank = Bank(bank_database, folder, self.clock, self.trust_file, platform)
        self.stack.callback(self.bank.end)
        self.trust_file.write_bytes(self._trust().write())
        log = verifier_key(ORIGIN, LOG, public_bytes(self.held.log))
        book = Book(self.folder / "witness")
        watching = Witness("witness.test", self.witness_key, (log,), book, self.clock)
        url = self.stack.enter_context(served(witness_app(watching)))
        seen = verifier_key("witness.test", COSIGNER, public_bytes(self.witness_key))
        orders = Place(ORIGIN, self.held.log)
        self.sequencer = Sequencer(self.office, orders, [WitnessAddress(url, seen)])
        self.settings = replace(
            settings_for(self.folder),
            keys=self.keys,
            trust_file=self.trust_file,
            custodian_url=self.stack.enter_context(served(self.bank.app())),
        )

    def _journal(self) -> None:
        for key in KEYS.values():
            self.office.run(publish_key, PublishKey(canonical(key.to_json())), HOUSE)
        self.tick()

    def _published(self) -> str:
        no = self.tenders.prepared()
        self.tenders.run(describe_tender, description(no))
        self.tenders.run(set_terms, SetTerms(no, Money.from_yuan("3200000"), BOND, 90))
        self.tenders.run(set_scheme, SetScheme(no, scheme().as_json()))
        self.tenders.run(set_timetable, SetTimetable(no=no))
        self.tenders.run(add_document, AddDocument(no, paper("招标文件"), "招标文件"))
        self.seat(no)
        for officer in self.officers:
            self.give_key(no, officer)
        self.tenders.run(start_rehearsal, NamePanel(no))
        for officer in self.officers:
            self.rehearse(no, officer)
        self.settle(no)
        self.tenders.run(publish_tender, PublishTender(no))
        self.tick()
        return no
