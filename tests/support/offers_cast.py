"""A demand, its agencies and three timekeepers for tests of offers; everything by real commands."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from intermediaries.agencies.commands import applying, checking, files
from intermediaries.agencies.commands.checking import NameEntry
from intermediaries.agencies.commands.files import DeclareInterests, OfferService
from intermediaries.agencies.commands.sanctions import SuspendAgency, suspend_agency
from intermediaries.agencies.queries import agency_names
from intermediaries.demands.commands import checking as demand_checks
from intermediaries.demands.commands import preparing, submitting
from intermediaries.demands.rules.contents import ContractTemplate
from intermediaries.offers import jobs, listing
from intermediaries.offers.commands.enrolling import Enrol, enrol
from intermediaries.offers.commands.keeping import (
    KeepRecipient,
    KeepRelease,
    TakeUpKeeper,
    keep_recipient,
    keep_release,
    take_up_keeper,
)
from intermediaries.offers.feature import FEATURE
from intermediaries.offers.model import Selection
from intermediaries.offers.rows import known, last_act, occasion_of
from intermediaries.offers.rules.enrolling import GRACE
from intermediaries.rulebook.selection.modes import Funds, Mode
from market.accounts.commands.organisations import (
    WHOLE,
    CorrectOrganisation,
    Share,
    correct_organisation,
)
from market.accounts.roles import Role
from market.accounts.rules import ControllerKind, SmeClass
from market.command import HOUSE, SEQUENCER, Actor
from market.draws import queries as draws
from market.draws.commands.parties import Give, commit_nonce, reveal_nonce
from market.journal.commands import KeepCosignature, Place, keep_cosignature, place
from market.journal.queries import head
from market.kernel.money import Money
from market.protocol.draws import BY_PARTY, make_commit, make_reveal
from market.protocol.encoding import JsonObject, canonical, digest, parse
from market.protocol.enrolment_receipts import EnrolmentReceipt
from market.protocol.enrolments import Enrolment, quote_binding, sign_enrolment
from market.protocol.notes import cosign_text, parse_note
from market.protocol.officers import Organisation as Named
from market.protocol.signing import public_bytes
from market.protocol.timekeeping import (
    TimeManifest,
    make_keeper,
    read_time_manifest,
)
from market.protocol.trust import Organisation as Pinned
from market.protocol.trust import Trust
from tests.market.draws.parties_at_work import WalkingClock
from tests.support.keeper_cast import TestKeeper
from tests.support.log_cast import ORIGIN, make_trust, private, secret
from tests.support.offices import MORNING, settings_for
from tests.support.prepared import prepared
from tests.support.sealed_offers import sealed_offer
from tests.support.supermarket_cast import Supermarket, make_supermarket
from tests.support.timekeeping_cast import KEEPERS

TICK = timedelta(microseconds=1)
CEILING = Money.from_yuan("100000")
AGENCIES = ("anqing", "boyuan", "chengxin", "dingsheng", "enhua", "fuxin")


@dataclass
class Bazaar:
    """A supermarket with an owner `buyer` (wang), six agencies, supervisor, centre, keepers."""

    market: Supermarket
    folder: Path
    keepers: list[TestKeeper]
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    no: str = ""
    schemes: dict[bytes, bytes] = field(default_factory=dict)
    """Sealed schemes by the hash of the act that names them."""

    @property
    def office(self):
        return self.market.cast.office

    @property
    def clock(self):
        return self.market.cast.house.clock

    @property
    def now(self) -> datetime:
        return self.clock.at

    @property
    def settings(self):
        return settings_for(self.folder)

    def actor(self, account: str, organisation: str | None = None) -> Actor:
        return self.market.cast.actor(account, organisation or account)

    @property
    def owner(self) -> Actor:
        return self.market.cast.actor("wang", "buyer")

    def ask(self, question, *arguments):
        return self.office.read(lambda session: question(session, *arguments))

    def row(self, no: str | None = None) -> Selection:
        return self.ask(known, no or self.no)

    def state(self, no: str | None = None) -> str:
        return self.row(no).state.value

    # --- a demand ---------------------------------------------------------------------------------

    def demand(self, mode: Mode = Mode.LOWEST, funds: Funds = Funds.FISCAL, **extra) -> str:
        """A published demand; its number."""
        run, by = self.office.run, self.owner
        begin = preparing.BeginDemand(self.market.plain, "可研报告", "Feasibility study")
        no = str(run(preparing.begin_demand, begin, by)["no"])
        need = preparing.SetNeed(no, "背景", "范围", ("报告一份",))
        run(preparing.set_need, need, by)
        ceiling = extra.pop("ceiling", CEILING)
        run(preparing.set_money, preparing.SetMoney(no, funds, ceiling), by)
        run(preparing.set_terms, preparing.SetTerms(no, 20), by)
        run(preparing.set_mode, preparing.SetMode(no=no, mode=mode, **extra), by)
        run(preparing.set_window, preparing.SetWindow(no, 3), by)
        contract = preparing.SetContract(no, ContractTemplate.REPORT, "验收后付款", 30)
        run(preparing.set_contract, contract, by)
        run(preparing.declare, preparing.Declare(no), by)
        run(submitting.submit_demand, submitting.SubmitDemand(no, "分别立项"), by)
        run(demand_checks.publish_demand, demand_checks.PublishDemand(no), self.market.centre)
        self.no = no
        return no

    # --- timekeepers ------------------------------------------------------------------------------

    @property
    def trust(self) -> Trust:
        """The trust file: timekeepers and the supervisor pinned."""
        named = [("timekeeper", one.organisation, one.key) for one in self.keepers]
        supervisor = Named("supervisor有限公司", self.market.cast.usccs["supervisor"])
        named.append(("supervisor", supervisor, self.keys["jian"]))
        pins = tuple(
            Pinned(one.uscc, one.name, role, public_bytes(key)) for role, one, key in named
        )
        return replace(make_trust(), organisations=pins)

    def take_up_keepers(self) -> None:
        """The three timekeepers, journaled."""
        for one in self.keepers:
            said = make_keeper(one.organisation, one.key)
            self.office.run(take_up_keeper, TakeUpKeeper(said, one.url, self.trust), HOUSE)

    def give_keys(self, no: str | None = None) -> TimeManifest:
        """All three give their keys; the manifest."""
        row = self.row(no)
        for one in self.keepers:
            raw = one.recipient(occasion_of(row))
            self.office.run(keep_recipient, KeepRecipient(row.id, raw, ()), HOUSE)
        return self.manifest(no)

    def manifest(self, no: str | None = None) -> TimeManifest:
        held = self.row(no).manifest
        assert held is not None
        return read_time_manifest(parse(held))

    def release(self, *numbers: int, at: datetime | None = None) -> None:
        """The keepers of these numbers in the manifest release."""
        row, manifest = self.row(), self.manifest()
        for number in numbers:
            uscc = manifest.recipients[number - 1].organisation.uscc
            keeper = next(one for one in self.keepers if one.organisation.uscc == uscc)
            raw = keeper.release(occasion_of(row), at or max(self.now, row.opens_at))
            self.office.run(keep_release, KeepRelease(row.id, number, raw), HOUSE)

    # --- agencies ---------------------------------------------------------------------------------

    def enter_agency(self, name: str) -> None:
        """An organisation with a registered key, active as an agency for the plain item."""
        cast = self.market.cast
        cast.enrol(name, mobile=f"138{cast.numbers:08d}")
        cast.register(name, name)
        cast.appoint(name, name, name, Role.AGENCY)
        cast.confirm(name, name, cast.bank_key)
        self.keys[name] = cast.give_key(name, name)
        by = self.actor(name)
        no = str(self.office.run(applying.apply_for_entry, applying.OwnAgency(), by)["no"])
        offer = OfferService(self.market.plain, Money.from_yuan("9000"), 8)
        self.office.run(files.offer_service, offer, by)
        self.office.run(files.declare_interests, DeclareInterests((), "无"), by)
        self.office.run(applying.hand_in, applying.OwnAgency(), by)
        self.office.run(checking.pass_entry, NameEntry(no), self.market.centre)

    def act(
        self,
        name: str,
        price: object = None,
        *,
        leave: bool = False,
        key: Ed25519PrivateKey | None = None,
        bound_to: Ed25519PrivateKey | None = None,
        says: str | None = None,
        scheme: bytes | None = None,
        **changes,
    ) -> tuple[Enrolment, bytes | None]:
        """What an agency's program makes: a signed act and its ciphertext.

        `bound_to` another key than the signing one: a quote that will not open. `scheme`: the bytes
        of a document, sealed beside the price; its ciphertext is kept in `schemes`.
        """
        row, key = self.row(), key or self.keys[name]
        public = public_bytes(key)
        last = self.ask(last_act, row.id, self.market.cast.organisations[name])
        sealed = manifest_hash = None
        if price is not None:
            manifest = self.manifest()
            manifest_hash = manifest.hash
            sealed_for = public if bound_to is None else public_bytes(bound_to)
            bound = quote_binding(row.demand_no, manifest_hash, row.amendment, sealed_for)
            sealed = sealed_offer(bound, manifest, price, says=says, scheme=scheme)
        values = {
            "subject": row.demand_no,
            "round": row.round,
            "terms_hash": row.terms_hash,
            "manifest_hash": manifest_hash,
            "amendment": row.amendment,
            "agency": self.market.cast.usccs[name],
            "seq": 0 if last is None else last.seq + 1,
            "previous": None if last is None else last.act_hash,
            "envelope": None if sealed is None else sealed.price,
            "key": public,
            "is_withdrawal": leave,
            "scheme": None if sealed is None else sealed.scheme,
        }
        made = sign_enrolment(Enrolment(**(values | changes)), key)
        if sealed is not None and sealed.hidden is not None:
            self.schemes[made.hash] = sealed.hidden
        return made, None if sealed is None else sealed.ciphertext

    def send(
        self, name: str, made: tuple[Enrolment, bytes | None], at: datetime | None = None
    ) -> EnrolmentReceipt:
        scheme = self.schemes.get(made[0].hash)
        command = Enrol(made[0].subject, made[0].raw, made[1], scheme)
        return self.office.run(enrol, command, self.actor(name), at=at)

    def enrol(self, name: str, price: object = None, **changes) -> EnrolmentReceipt:
        """An agency enrols; a whole number of fen where a price is sealed."""
        return self.send(name, self.act(name, price, **changes))

    def control(self, holder: str, held: str) -> None:
        """One organisation holds all of another."""
        cast = self.market.cast
        command = CorrectOrganisation(
            organisation=cast.organisations[held],
            name_zh=f"{held}有限公司",
            name_en=f"{held} Ltd",
            sme_class=SmeClass.SMALL,
            legal_representative="某乙",
            head_mark=digest(cast.usccs[held].encode()),
            shares=(Share(ControllerKind.ORGANISATION, holder, WHOLE, uscc=cast.usccs[holder]),),
        )
        self.office.run(correct_organisation, command, self.actor(held))

    def suspend(self, name: str) -> None:
        """The regulator suspends an agency."""
        organisation = self.market.cast.organisations[name]
        found = self.ask(agency_names, [organisation])[organisation]
        command = SuspendAgency(found.no, "鲁09行罚〔2026〕1号")
        self.office.run(suspend_agency, command, self.market.regulator)

    def withdraw_demand(self) -> None:
        """The owner withdraws, with a reason."""
        command = submitting.WithdrawDemand(self.no, "资金未落实")
        self.office.run(submitting.withdraw_demand, command, self.owner)

    # --- time -------------------------------------------------------------------------------------

    def beat(self) -> None:
        """What time does here, until nothing is due."""
        for _ in range(20):
            done = 0
            for tick in FEATURE.ticks:
                for key in self.ask(tick.due, self.clock.now(), 20):
                    self.office.run(tick.handler, key, HOUSE)
                    done += 1
            if not done:
                return
        raise AssertionError("the beat finds no end")

    def close(self) -> None:
        """Enrolment ends, its grace too; the list and the freeze are journaled."""
        self.clock.at = self.row().enrol_closes + GRACE + TICK
        self.beat()

    def draw(self) -> None:
        """The three parties commit, the witness sees it, they reveal, the order is published."""
        no = self.row().draw_no
        assert no is not None
        freeze = self.ask(draws.facts, no).freeze
        for party, who in PARTIES.items():
            key = self.keys[who[0]]
            made = make_commit(freeze, 1, party, secret("escrow"), secret(party), "client", key)
            self._give(commit_nonce, no, who, made)
        self.witness()
        for party, who in PARTIES.items():
            made = make_reveal(no, 1, party, secret(party), BY_PARTY)
            self._give(reveal_nonce, no, who, made)
        self.beat()
        self.witness()

    def _give(self, handler, no: str, who: tuple[str, str], value: JsonObject) -> None:
        actor = self.market.cast.actor(*who)
        self.office.run(handler, Give(no, canonical(value), 1), actor)

    def witness(self) -> None:
        """Place what waits and cosign the new head."""
        self.office.run(place, Place(ORIGIN, private("log")), SEQUENCER)
        found = self.office.read(head)
        seen = int(self.clock.at.timestamp())
        text = parse_note(found.note.encode()).text
        line = cosign_text(text, "clear.example/w1", private("clear"), seen).line()
        kept = KeepCosignature(found.size, "clear.example/w1", line, self.clock.at)
        self.office.run(keep_cosignature, kept, SEQUENCER)

    def choose(self) -> int:
        """Run the rule where everything is there, and publish what it gave."""
        done = jobs.choose_ready(self.office, self.settings)
        self.beat()
        return done

    def finish(self, *released: int) -> None:
        """From the closing to the published result."""
        self.close()
        row = self.row()
        self.clock.at = max(self.clock.at, row.opens_at)
        if row.draw_no is not None:
            self.draw()
        if row.manifest is not None and self.ask(listing.enrolled_count, row.id):
            self.release(*(released or (1, 2)))
        assert self.choose() >= 1


PARTIES = {
    "centre": ("ceng", "centre"),
    "owner": ("wang", "buyer"),
    "supervisor": ("jian", "supervisor"),
}


def make_bazaar(
    engine: Engine,
    folder: Path,
    agencies: tuple[str, ...] = AGENCIES,
    *,
    keepers_known: bool = True,
) -> Bazaar:
    """Everybody there, every agency active, three timekeepers journaled unless said."""
    made = _bazaar(engine, agencies, keepers_known=keepers_known)
    made.folder = folder
    folder.mkdir(parents=True, exist_ok=True)
    trust = made.trust if keepers_known else make_trust()
    (folder / "trust.json").write_bytes(trust.write())
    return made


@prepared
def _bazaar(engine: Engine, agencies: tuple[str, ...], *, keepers_known: bool) -> Bazaar:
    market = make_supermarket(engine)
    keepers = [TestKeeper(named, private(f"keeper/{label}")) for label, named in KEEPERS]
    made = Bazaar(market, Path(), keepers)
    cast = market.cast
    clock = WalkingClock(MORNING.astimezone(UTC))
    cast.house.clock = clock
    cast.house.office = replace(cast.house.office, clock=clock, listeners=FEATURE.listeners)
    cast.enrol("wang", mobile="13900000001")
    for name, account, role in (("buyer", "wang", Role.OWNER), ("supervisor", "jian", Role.SUPV)):
        cast.staffed(name, account, role)
        made.keys[account] = cast.give_key(name, account)
    made.keys["ceng"] = cast.give_key("centre", "ceng")
    cast.confirm("buyer", "wang", cast.bank_key)
    for name in agencies:
        made.enter_agency(name)
    clock.at += timedelta(days=7)  # their publicity is over
    if keepers_known:
        made.take_up_keepers()
    return made


def agency_id(place: Bazaar, name: str) -> UUID:
    return place.market.cast.organisations[name]
