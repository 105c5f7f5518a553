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

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from bidding.bids.commands import SubmitAct, submit_act
from bidding.bids.store import SealedStore
from bidding.bids.uploads import Advance, BeginUpload, advance, begin_upload, name_of
from bidding.bonds.commands import PublishKey, publish_key
from bidding.officers.commands import (
    Chair,
    GiveKey,
    NamePanel,
    PostRehearsal,
    SeatOfficers,
    SettleManifest,
    give_key,
    post_rehearsal,
    seat_officers,
    settle_manifest,
    start_rehearsal,
)
from bidding.officers.queries import manifest, rehearsal
from bidding.officers.rehearsal import commitment_of
from bidding.officers.rehearsal import read as read_rehearsal
from bidding.opening.closing import close, due_closings
from bidding.opening.rounds import open_rounds
from bidding.opening.shares import PostShares, post_shares, sheet
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
from market.accounts.roles import Role
from market.command import ANONYMOUS, HOUSE, Actor
from market.factory import listeners_of
from market.features import FEATURES
from market.jobs.sequencer import Sequencer, WitnessAddress
from market.journal import keys as journal_keys
from market.journal.commands import Place
from market.kernel.errors import MarketError
from market.kernel.money import Money
from market.protocol import age
from market.protocol.acts import Act, read_act
from market.protocol.binding import Kind
from market.protocol.encoding import b64u, canonical, unb64u
from market.protocol.envelopes import open_share
from market.protocol.manifest import Manifest, read_manifest
from market.protocol.notes import COSIGNER, LOG, verifier_key
from market.protocol.officers import Organisation, SealingKey, officer_key, prove_officer
from market.protocol.opening import PostedShare, RefusedShare, ShareBatch
from market.protocol.signing import key_id, new_key, public_bytes
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
from tests.support.offices import settings_for

ORIGIN = "test/journal"
SEATS = ("owner", "supervisor", "supervisor", "notary", "witness")
"""The parts of the five officers; two of the supervisor's people sit, and no more than two may."""
SECOND = timedelta(seconds=1)
GRACE = timedelta(seconds=61)


@dataclass
class Officer:
    """One officer: its seat, its person, its organisation's key, its own sealing key."""

    i: int
    role: str
    organisation: str
    actor: Actor
    signer: Ed25519PrivateKey
    identity: str

    @property
    def recipient(self) -> str:
        """The public half of the sealing key."""
        return age.recipient_of(self.identity)


@dataclass
class Bidder:
    """An organisation that bids."""

    name: str
    uscc: str
    signer: Ed25519PrivateKey
    wallet: Wallet


class House:
    """Everything; see the head of this file."""

    def __init__(self, engine: Engine, bank_database: str, folder: Path, stack: ExitStack) -> None:
        self.engine, self.folder, self.stack = engine, folder, stack
        self.tenders: TenderCast = make_tender_cast(engine, listeners_of(FEATURES))
        self.cast, self.clock = self.tenders.cast, self.tenders.clock
        self.keys = folder / "keys"
        journal_keys.make(self.keys)
        make_key(self.keys)
        self.held = journal_keys.load(self.keys)
        self.bank_key = self.cast.bank()
        self.bidders: dict[str, Bidder] = {}
        self.made: dict[str, MadeBid] = {}
        self.officers: list[Officer] = []
        self.signers: dict[str, Ed25519PrivateKey] = {}
        self._staff()
        self.trust_file = folder / "trust.json"
        self.witness_key = new_key()
        platform = public_bytes(self.held.platform)
        self.bank = Bank(bank_database, folder / "bank", self.clock, self.trust_file, platform)
        stack.callback(self.bank.end)
        self.trust_file.write_bytes(self._trust().write())
        self._programs()
        self._journal()
        self.no = self._published()

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

    def sheet(self, officer: Officer):
        """What this officer is given for the round."""
        return self.ask(sheet, self.no, officer.actor.person)

    def batch(self, i: int, *, false_for: Iterable[bytes] = (), refuse: Iterable[bytes] = ()):
        """Officer i's signed batch for the round; with a lie for some bid keys if asked."""
        officer = self.officers[i - 1]
        given = self.sheet(officer)
        lies, refusals = set(false_for), set(refuse)
        posted, refused = [], []
        for raw in given["acts"]:
            act = read_act(unb64u(raw))
            for kind in self.manifest.round_of(given["round"]).opens:
                sealed = next(
                    s for s in act.envelope(kind).shares if s.recipient == officer.recipient
                )
                if act.bid_pub in refusals:
                    refused.append(RefusedShare(act.bid_pub, kind, "foreign-share"))
                    continue
                try:
                    share = open_share(officer.identity, sealed, act.binding(kind), i)
                except MarketError as refusal:
                    refused.append(RefusedShare(act.bid_pub, kind, refusal.code))
                    continue
                if act.bid_pub in lies:
                    share = bytes(74) + share[-1:]
                posted.append(PostedShare(act.bid_pub, kind, share))
        batch = ShareBatch(
            self.no,
            self.manifest.hash,
            given["round"],
            unb64u(given["closing_hash"]),
            i,
            officer.recipient,
            tuple(posted),
            tuple(refused),
        )
        return canonical(batch.sign(officer.signer))

    def post(self, i: int, raw: bytes):
        """Hand in a batch as officer i."""
        return self.office.run(post_shares, PostShares(self.no, raw), self.officers[i - 1].actor)

    def post_shares(self, *numbers: int) -> None:
        """These officers hand in what they have for the round."""
        for i in numbers:
            self.post(i, self.batch(i))

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

    def _staff(self) -> None:
        cast = self.cast
        for name, account, role in (
            ("supervisor", "jian", Role.SUPV),
            ("notary", "gong", Role.NOTARY),
            ("witness", "ming", Role.NOTARY),
        ):
            cast.staffed(name, account, role)
            self.signers[name] = cast.give_key(name, account)
        self.signers["owner"] = cast.give_key("owner", "wang")
        cast.appoint("supervisor", "jian", "cha", Role.SUPV)
        accounts = ("wang", "jian", "cha", "gong", "ming")
        for i, (role, account) in enumerate(zip(SEATS, accounts, strict=True), start=1):
            actor = cast.actor(account, role)
            identity = age.new_identity()[0]
            self.officers.append(Officer(i, role, role, actor, self.signers[role], identity))

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

    def _programs(self) -> None:
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
        return no

    # --- officers before the opening --------------------------------------------------------------

    def seat(self, no: str, officers: Iterable[Officer] | None = None, k: int = 3) -> None:
        """The owner names the officers."""
        named = self.officers if officers is None else list(officers)
        ids = self.cast.organisations
        chairs = [Chair(o.role, ids[o.organisation], o.actor.person) for o in named]
        self.tenders.run(seat_officers, SeatOfficers(no, ids["owner"], None, k, chairs))

    def statement(self, no: str, officer: Officer, **changes) -> bytes:
        """An officer's key with its organisation's proof."""
        organisation = Organisation(
            f"{officer.organisation}有限公司", self.cast.usccs[officer.organisation]
        )
        values = {
            "role": officer.role,
            "organisation": organisation,
            "recipient": officer.recipient,
            "signer": officer.signer,
            "tool": "client",
        } | changes
        sealing = SealingKey(values["recipient"], bytes(32), values["tool"], b"")
        stated = officer_key(no, values["role"], values["organisation"], sealing)
        return canonical(prove_officer(stated, values["signer"]))

    def give_key(self, no: str, officer: Officer, **changes):
        """The officer hands it in."""
        command = GiveKey(no, self.statement(no, officer, **changes))
        return self.office.run(give_key, command, officer.actor)

    def rehearsal_batch(self, no: str, officer: Officer, i: int | None = None) -> bytes:
        """What the officer's program makes of the rehearsal's sheet."""
        raw, i = self.ask(rehearsal, no), i or officer.i
        binding, envelope, _ = read_rehearsal(raw)
        share = open_share(officer.identity, envelope.shares[i - 1], binding, i)
        batch = ShareBatch(
            no,
            binding.manifest_hash,
            0,
            commitment_of(raw),
            i,
            officer.recipient,
            (PostedShare(binding.bid_pub, Kind.IDENTITY, share),),
            (),
            rehearsal=True,
        )
        return canonical(batch.sign(officer.signer))

    def rehearse(self, no: str, officer: Officer):
        """Open the rehearsal and hand the batch in."""
        command = PostRehearsal(no, self.rehearsal_batch(no, officer))
        return self.office.run(post_rehearsal, command, officer.actor)

    def settle(self, no: str):
        """The owner puts the manifest into the journal."""
        pinned = frozenset({key_id(public_bytes(self.signers["notary"]))})
        return self.tenders.run(settle_manifest, SettleManifest(no, BOND.fen, bytes(32), pinned))


@contextmanager
def bidding_house(engine: Engine, bank_database: str, folder: Path) -> Iterator[House]:
    """A house while the block runs."""
    with ExitStack() as stack:
        yield House(engine, bank_database, folder, stack)
