"""A whole house on real ports for the client: platform, anonymous host, custodian, witness, log."""

import io
import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from bidding.bonds.commands import PublishKey, publish_key
from bidding.client.main import main
from bidding.client.wallet import Held, Wallet, new_token
from bidding.custodian.commands.booking import BankNotice, BookNotice, book_notice
from bidding.custodian.commands.holders import (
    EnterHolder,
    PayingAccount,
    enter_holder,
)
from bidding.custodian.keyfiles import KeyFiles
from bidding.officers.commands import (
    Chair,
    NamePanel,
    SeatOfficers,
    SettleManifest,
    seat_officers,
    settle_manifest,
    start_rehearsal,
)
from bidding.opening.closing import close, due_closings
from bidding.opening.rounds import open_rounds
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
from market.accounts.commands.keys import RegisterKey, register_key
from market.accounts.roles import Role
from market.command import HOUSE, SEQUENCER, Actor
from market.factory import listeners_of
from market.features import FEATURES
from market.journal.commands import OpenLog, Place, open_log, place
from market.journal.keys import load, make
from market.kernel.money import Money
from market.protocol import age
from market.protocol.blind import sign_blinded
from market.protocol.bondkeys import BID, BondKey
from market.protocol.encoding import canonical, parse, unb64u
from market.protocol.keypool import new_passphrase, new_pool, seal_pool
from market.protocol.notes import COSIGNER, LOG, verifier_key
from market.protocol.signing import key_id, new_key, public_bytes
from market.protocol.trust import Organisation, Trust
from tests.bidding.client.programs import CHEAP, EPOCH, ORIGIN, RSA, Programs
from tests.bidding.evaluation.makers import scheme
from tests.bidding.tenders.cast import BOND, description, make_tender_cast, paper
from tests.support.protocol_keys import BID_KEY

PASSWORD = "a long enough password"
OFFICERS = (
    ("owner", "owner", "wang"),
    ("supervisor", "office", "shen"),
    ("notary", "hall", "gong"),
)


@dataclass
class Firm:
    """A bidder: its code, its profile folder, the account it pays from."""

    name: str
    uscc: str
    home: Path
    account: str


class Scene(Programs):
    """Everything on one machine; the clock stands until it is moved."""

    def __init__(self, engine: Engine, custodian_url: str, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.tenders = make_tender_cast(engine, listeners_of(FEATURES))
        self.cast, self.clock = self.tenders.cast, self.tenders.clock
        self.office = self.tenders.office
        self.keys = folder / "keys"
        make(self.keys)
        named = {
            name: public_bytes(getattr(load(self.keys), name))
            for name in ("log", "receipt", "platform")
        }
        assert self.office.run(open_log, OpenLog(ORIGIN, named), HOUSE)
        self.office.run(place, Place(ORIGIN, load(self.keys).log), SEQUENCER)
        self.bank_key = self.cast.bank()
        (self.keys / "opened.age").write_text(age.new_identity()[0])
        self.witness_key, self.files = new_key(), KeyFiles(folder / "custodian")
        self.files.make()
        self.people: dict[str, Actor] = {}
        self.org_keys: dict[str, Path] = {}
        self._officers_join()
        self.trust_path = folder / "trust.json"
        self.trust_path.write_bytes(self._trust().write())
        self._serve(custodian_url)
        self._open_books()

    # --- what stands ------------------------------------------------------------------------------

    def _trust(self) -> Trust:
        held = load(self.keys)
        notary = json.loads(self.org_keys["hall"].with_suffix(".proof").read_bytes())
        pinned = Organisation(notary["uscc"], "hall有限公司", "notary", unb64u(notary["key"]))
        return Trust(
            ORIGIN,
            (verifier_key(ORIGIN, LOG, public_bytes(held.log)),),
            (verifier_key("witness.test", COSIGNER, public_bytes(self.witness_key)),),
            1,
            (public_bytes(held.receipt),),
            (public_bytes(self.files.signer),),
            (pinned,),
        )

    def _open_books(self) -> None:
        for (denomination, purpose), private in RSA.items():
            key = BondKey(denomination, EPOCH, purpose, private.public)
            self.office.run(publish_key, PublishKey(canonical(key.to_json())), HOUSE)
        self.tick()

    # --- people -----------------------------------------------------------------------------------

    def _officers_join(self) -> None:
        roles = {"supervisor": Role.SUPV, "notary": Role.NOTARY}
        for role, organisation, account in OFFICERS:
            if role == "owner":
                actor = self.tenders.clerk
            else:
                actor = self.cast.staffed(organisation, account, roles[role])
            self.people[account] = actor
            self._register_key(organisation, account)

    def _register_key(self, organisation: str, account: str) -> None:
        """A signing key made by the client, registered with its proof of possession."""
        out = self.folder / f"{organisation}.key"
        proof = out.with_suffix(".proof")
        uscc, name = self.cast.usccs[organisation], f"{organisation}有限公司"
        said = ["org", "keygen", "--uscc", uscc, "--name", name]
        self.run(self.folder / account, *said, "--out", str(out), "--proof", str(proof))
        stated = parse(proof.read_bytes())
        certificate = self.cast.authority.issue(
            uscc, name, unb64u(str(stated["key"])), self.cast.now
        )
        command = RegisterKey(self.cast.organisations[organisation], stated, certificate)
        self.office.run(register_key, command, self.cast.actor(account, organisation))
        self.org_keys[organisation] = out

    def firm(self, name: str) -> Firm:
        """A bidder: registered, confirmed, with a key, an account at the custodian, a profile."""
        account = f"boss-{name}"
        self.cast.register(name, account)
        self.cast.confirm(name, account, self.bank_key)
        self._register_key(name, account)
        made = Firm(name, self.cast.usccs[name], self.folder / f"home-{name}", f"8000000000{name}")
        command = EnterHolder(
            made.uscc,
            f"{name}有限公司",
            CHEAP.hash(PASSWORD),
            (PayingAccount(made.account, f"{name}有限公司", "某银行"),),
        )
        self.custodian.office.run(enter_holder, command)
        self.setup(made.home)
        return made

    def setup(self, home: Path) -> None:
        """A profile with addresses and trust file."""
        self.run(
            home, "setup", before=["--trust", str(self.trust_path), "--platform", self.platform_url,
            "--anonymous", self.anonymous_url, "--custodian", self.custodian_url],
        )  # fmt: skip

    # --- the client -------------------------------------------------------------------------------

    def run(self, home: Path, *arguments: str, before=(), code: int = 0, who: str = "", **words):
        """Run one command of the client in this process; what it told."""
        out = io.StringIO()
        environment = {"CUSTODIAN_PASSWORD": PASSWORD, "MARKET_TOKEN": who, **words}
        found = main(
            ["--home", str(home), "--json", "--wait", "0", *before, *arguments],
            out,
            environment=environment,
        )
        assert found == code, out.getvalue()
        return json.loads(out.getvalue())

    def org_key(self, organisation: str) -> list[str]:
        """The option that names an organisation's key file."""
        return ["--org-key", str(self.org_keys[organisation])]

    # --- time and the other programs --------------------------------------------------------------

    def tick(self, seconds: int = 5) -> None:
        """Time passes; batches are sealed, entries placed, the witness signs."""
        self.clock.at += timedelta(seconds=seconds)
        self.sequencer.tick()

    def pay(self, firm: Firm, code: str, fen: int = BOND.fen) -> str:
        """The bank tells the custodian of a transfer."""
        self._serial += 1
        notice = BankNotice(
            f"S{self._serial}", firm.account, "某公司", "某银行", Money(fen), code, self.clock.now()
        )
        return self.custodian.office.run(book_notice, BookNotice(notice, self.custodian.files))

    def given_token(self, home: Path) -> Held:
        """A finished token in a wallet, as if bought: for tests that need many."""
        key = BondKey(BOND.fen, EPOCH, BID, BID_KEY.public)
        held = new_token(key)
        held = held.finished(key, sign_blinded(BID_KEY, held.blinded))
        Wallet(home).keep(replace(held, state="PAID", code="-"))
        return held

    def buy(self, firm: Firm) -> str:
        """A token, from the order to the finished wallet; its name."""
        order = self.run(firm.home, "bond", "buy", "--yuan", "50000", "--uscc", firm.uscc)
        assert self.pay(firm, order["code"]) == "deposit"
        done = self.run(firm.home, "bond", "finalize", "--uscc", firm.uscc)
        assert done["ready"]
        return done["token"]

    # --- a tender ---------------------------------------------------------------------------------

    def officer_home(self, account: str) -> Path:
        """The officer's profile, with a pool of keys."""
        home = self.folder / f"officer-{account}"
        if not home.exists():
            self.setup(home)
            # As `officer keygen` makes it (test_command_line.py), but quickly opened.
            word = new_passphrase()
            (home / "pool.age").write_bytes(seal_pool(new_pool(3), word, work=10))
            (home / "word").write_text(word)
            (home / "word").chmod(0o600)
        return home

    def pool(self, account: str) -> list[str]:
        """The options that name pool and passphrase."""
        home = self.officer_home(account)
        return ["--pool", str(home / "pool.age"), "--passphrase-file", str(home / "word")]

    def officer(self, account: str, act: str, no: str, *more: str, **kwargs):
        """An act of an officer's program."""
        organisation = next(held for _, held, who in OFFICERS if who == account)
        signed = [*self.pool(account), *self.org_key(organisation)]
        return self.run(
            self.officer_home(account), "officer", act, no, *more, *signed, who=account, **kwargs
        )

    def drafted(self) -> str:
        """A draft with all its pieces but its manifest."""
        no = self.tenders.prepared()
        run = self.tenders.run
        run(describe_tender, description(no))
        run(set_terms, SetTerms(no, Money.from_yuan("3200000"), BOND, 90))
        run(set_scheme, SetScheme(no, scheme().as_json()))
        run(set_timetable, SetTimetable(no=no))
        run(add_document, AddDocument(no, paper("招标文件"), "招标文件"))
        return no

    def seated(self, no: str) -> None:
        """The officers named, no key given yet."""
        organisations = self.cast.organisations
        chairs = [
            Chair(role, organisations[held], self.people[account].person or UUID(int=0))
            for role, held, account in OFFICERS
        ]
        command = SeatOfficers(no, organisations["owner"], None, 2, chairs)
        self.tenders.run(seat_officers, command)

    def published(self) -> str:
        """A tender whose officers joined and rehearsed with their own programs."""
        no = self.drafted()
        self.seated(no)
        for role, _, account in OFFICERS:
            self.officer(account, "join", no, "--role", role, "--person", account)
        self.tenders.run(start_rehearsal, NamePanel(no))
        for _, _, account in OFFICERS:
            self.officer(account, "rehearse", no)
        pinned = frozenset(key_id(item.key) for item in self._trust().organisations)
        self.tenders.run(settle_manifest, SettleManifest(no, BOND.fen, bytes(32), pinned))
        self.tenders.run(publish_tender, PublishTender(no))
        self.tick()
        return no

    def sealed(self, firm: Firm, no: str, yuan: int, act: str = "seal", **kwargs):
        """A bid sealed on the bidder's machine."""
        offer = self.folder / f"offer-{firm.name}.json"
        offer.write_text(
            json.dumps(
                {
                    "price": {"price": yuan * 100, "delivery": "合同签订后 30 日"},
                    "technical": {"plan": "四台设备，分两批安装"},
                }
            )
        )
        paper_file = self.folder / "plan.pdf"
        if not paper_file.exists():
            paper_file.write_bytes(b"%PDF-1.7 " + b"plan " * 40_000)
        return self.run(
            firm.home, "bid", act, no, "--offer", str(offer), "--document", str(paper_file),
            *self.org_key(firm.name), **kwargs,
        )  # fmt: skip

    def deadline(self, no: str) -> datetime:
        """The deadline of a tender."""
        return self.tenders.facts(no).deadline

    def close(self, no: str) -> None:
        """Deadline and grace pass; the closing is journaled and witnessed."""
        self.clock.at = self.deadline(no) + timedelta(seconds=61)
        self.tick()
        for tender in self.office.read(lambda session: due_closings(session, self.clock.now(), 10)):
            self.office.run(close, tender, HOUSE)
        self.tick()

    def open(self) -> int:
        """The platform opens what its officers have decided."""
        return open_rounds(self.office, self.settings)
