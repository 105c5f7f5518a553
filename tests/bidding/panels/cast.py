"""A published tender, forty-four experts, three drawing parties: a panel from start to seat."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select

from bidding.panels.commands.course import CheckBidders, check_bidders
from bidding.panels.commands.starting import StartPanel, start_panel
from bidding.panels.feature import LISTENERS
from bidding.panels.queries import panel
from bidding.panels.rules import StratumPlan
from market.accounts.address_book import VaultAddressBook
from market.accounts.queries.people import person_by_account
from market.accounts.roles import Role
from market.command import HOUSE, SEQUENCER, Actor
from market.draws import queries as draws
from market.draws.commands.parties import (
    Give,
    commit_nonce,
    give_audit,
    give_consent,
    reveal_nonce,
)
from market.draws.commands.seating import PartySeat
from market.draws.commands.walking import HandOutPool, hand_out_pool, journal_step
from market.draws.sealing import sealer
from market.experts import queries as experts
from market.experts.commands.answering import AnswerByLink, answer_by_link
from market.experts.commands.attendance import SignIn, sign_in
from market.experts.commands.register import EnterExpert, EnterExperts, enter_experts
from market.experts.feature import invite_drawn, write_library
from market.experts.rules.eligibility import Candidate, Level
from market.experts.rules.periods import Span
from market.experts.rules.relations import Employment, RecusalFacts
from market.journal.commands import KeepCosignature, Place, keep_cosignature, place
from market.journal.queries import head
from market.kernel.ids import Track
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.messages.mailbox import MailboxCarrier
from market.messages.model import MailboxItem
from market.messages.relay import relay
from market.protocol.audits import Finding, PoolInputs, audit, make_audit
from market.protocol.draws import (
    BY_PARTY,
    make_commit,
    make_consent,
    make_reveal,
)
from market.protocol.encoding import JsonObject, canonical, parse, unb64u
from market.protocol.freezes import Freeze
from market.protocol.notes import cosign_text, parse_note
from market.protocol.pools import read_candidate, read_plan
from tests.bidding.tenders.cast import TenderCast, make_tender_cast
from tests.market.draws.parties_at_work import WalkingClock
from tests.support.log_cast import ORIGIN, private, secret
from tests.support.offices import MORNING, settings_for
from tests.support.prepared import prepared

VAULT_KEY = b"k" * 32
SPECIALTY = "C01"
DRAW_DAY = datetime(2026, 3, 27, 1, 0, tzinfo=UTC)  # Friday 09:00, the working day before
EVALUATION = datetime(2026, 3, 30, 2, 0, tzinfo=UTC)  # Monday 10:00
EXPERTS = 44


def candidate(number: int, **changes) -> Candidate:
    values = {
        "id": f"E{number:04d}",
        "unit": f"UNIT{number:04d}",
        "specialties": (SPECIALTY,),
        "region": "371400",
        "libraries": frozenset({Track.GOVERNMENT}),
        "level": Level.SENIOR,
        "field_since": date(2005, 1, 1),
        "born_on": date(1980, 1, 1),
        "valid_until": date(2028, 12, 31),
    }
    return Candidate(**(values | changes))


@dataclass
class PanelCast:
    """Everybody who has to do with one panel."""

    tenders: TenderCast
    no: str
    engine: Engine
    folder: Path
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    parties: dict[str, Actor] = field(default_factory=dict)
    persons: dict[str, UUID] = field(default_factory=dict)

    @property
    def office(self):
        return self.tenders.office

    @property
    def clock(self):
        return self.office.clock

    @property
    def settings(self):
        return settings_for(self.folder)

    @property
    def draw_no(self) -> str:
        return f"{self.no}.panel"

    def ask(self, question, *arguments):
        return self.office.read(lambda session: question(session, *arguments))

    # --- who takes part ---------------------------------------------------------------------------

    def admit_parties(self) -> None:
        cast = self.tenders.cast
        cast.admit_authority()
        for name, account, role in (
            ("supervisor", "jian", Role.SUPV),
            ("notary", "gong", Role.NOTARY),
        ):
            self.parties[name] = cast.staffed(name, account, role)
            self.keys[name] = cast.give_key(name, account)
        self.parties["owner"] = self.tenders.clerk
        self.keys["owner"] = cast.give_key("owner", "wang")

    def enter(self, *declared_of: tuple[int, RecusalFacts], **changes: Candidate) -> None:
        """The register: everybody fit, except for what is given."""
        cast = self.tenders.cast
        facts = dict(declared_of)
        found = list[EnterExpert]()
        for number in range(EXPERTS):
            one = changes.get(f"E{number:04d}", candidate(number))
            person = cast.enrol(f"expert{number:04d}", mobile=f"138{number:08d}")
            self.persons[one.id] = person
            declared = facts.get(number) or RecusalFacts(
                expert=one.id, person=f"person:{number}", unit=one.unit
            )
            found.append(EnterExpert(person, one, declared, "高级工程师", "Senior engineer"))
        centre = cast.actor("ceng", "centre")
        self.office.run(enter_experts, EnterExperts(found), centre)

    # --- the draw ---------------------------------------------------------------------------------

    def plan(self, **changes) -> StartPanel:
        cast = self.tenders.cast
        values = {
            "no": self.no,
            "size": 5,
            "experts": 4,
            "strata": (StratumPlan("信息系统", (SPECIALTY,), 4),),
            "representatives": (self.ask(person_by_account, "wang"),),
            "evaluation_at": EVALUATION,
            "city": ("德州", "Dezhou"),
            "place": ("交易中心三楼", "Trading centre, third floor"),
            "hours": 4,
            "fee": Money.from_yuan("600"),
            "parties": tuple(
                PartySeat(name, cast.organisations[name], name)
                for name in ("supervisor", "notary", "owner")
            ),
            "sealer": sealer(self.settings.keys),
        }
        return StartPanel(**(values | changes))

    def start(self, **changes):
        return self.office.run(start_panel, self.plan(**changes), self.tenders.clerk)

    def give(self, handler, party: str, value: JsonObject):
        return self.office.run(
            handler, Give(self.draw_no, canonical(value), 1), self.parties[party]
        )

    def draw(self) -> None:
        """Audit, consent where asked, commit, witness, reveal."""
        freeze = self.hold_good()
        for reason in self.ask(draws.facts, self.draw_no).consents:
            value = make_consent(
                freeze, reason, None, 0, "supervisor", self.clock.now(), self.keys["supervisor"]
            )
            self.give(give_consent, "supervisor", value)
        for party, key in sorted(self.keys.items()):
            value = make_commit(freeze, 1, party, secret("escrow"), secret(party), "client", key)
            self.give(commit_nonce, party, value)
        self.witness()
        for party in sorted(self.keys):
            value = make_reveal(self.draw_no, 1, party, secret(party), BY_PARTY)
            self.give(reveal_nonce, party, value)

    def hold_good(self) -> Freeze:
        """The notary audits the pool and finds nothing."""
        freeze = self.ask(draws.facts, self.draw_no).freeze
        uscc = self.tenders.cast.usccs["notary"]
        command = HandOutPool(self.draw_no, uscc, sealer(self.settings.keys))
        given = parse(self.office.run(hand_out_pool, command, self.parties["notary"]))
        inputs = PoolInputs(
            unb64u(given["key"]),
            read_plan(given["plan"]),
            unb64u(given["register_key"]),
            tuple(read_candidate(one) for one in given["candidates"]),
        )
        found = audit(freeze, inputs)
        self.give(give_audit, "notary", make_audit(freeze, "notary", found, self.keys["notary"]))
        return freeze

    def object_to(self, *codes: str) -> None:
        """The notary's audit finds this and stops the draw."""
        freeze = self.ask(draws.facts, self.draw_no).freeze
        found = [Finding(code, code, code) for code in codes]
        self.give(give_audit, "notary", make_audit(freeze, "notary", found, self.keys["notary"]))

    def witness(self) -> None:
        self.office.run(place, Place(ORIGIN, private("log")), SEQUENCER)
        found = self.office.read(head)
        seen = int(self.clock.at.timestamp())
        text = parse_note(found.note.encode()).text
        line = cosign_text(text, "clear.example/w1", private("clear"), seen).line()
        kept = KeepCosignature(found.size, "clear.example/w1", line, self.clock.at)
        self.office.run(keep_cosignature, kept, SEQUENCER)

    def beat(self) -> None:
        """What the heartbeat does for these rooms until nothing is left."""
        for _ in range(20):
            done = invite_drawn(self.office, self.settings)
            book = VaultAddressBook(self.tenders.cast.vault)
            done += relay(self.office, (MailboxCarrier(self.office),), book)
            for step in self.ask(draws.steps_waiting, self.clock.at, 20):
                self.office.run(journal_step, step, HOUSE)
                done += 1
            if not done:
                return
        raise AssertionError("the beat finds no end")

    # --- what experts do --------------------------------------------------------------------------

    def members(self):
        return self.ask(experts.members, self.draw_no)

    def counts(self):
        return self.ask(experts.counts, self.draw_no)

    def letters(self) -> dict[str, MailboxItem]:
        """The invitations in the mailbox by the hash of their link's token."""
        with self.office.sessions() as session:
            rows = session.scalars(select(MailboxItem).where(MailboxItem.template == "SM14")).all()
        return {row.link.rsplit("/", 1)[1]: row for row in rows}

    def reply(self, token: str, *, accepts: bool = True, reason: str = ""):
        code = re.search(r"确认码(\d{6})", self.letters()[token].text).group(1)
        actor = Actor("invitation", frozenset({Permission.EXPERTS_INVITATION_ANSWER}))
        return self.office.run(answer_by_link, AnswerByLink(token, code, accepts, reason), actor)

    def confirm_all(self) -> None:
        done = set[str]()
        for _ in range(10):
            self.beat()
            fresh = [token for token in self.letters() if token not in done]
            for token in fresh:
                state = self.ask(experts.called, self.token_invitation(token)).state
                if state.value == "called":
                    self.reply(token)
                done.add(token)
            if not fresh:
                return

    def token_invitation(self, token: str) -> UUID:
        from market.experts.commands.inviting import token_hash  # noqa: PLC0415

        return self.ask(experts.by_token, token_hash(token))

    def expert_actor(self, person: UUID) -> Actor:
        return Actor("expert", frozenset({Permission.EXPERTS_INVITATION_ANSWER}), person)

    def sign_all_in(self) -> None:
        for member in self.members():
            actor = self.expert_actor(member.person)
            self.office.run(sign_in, SignIn(member.invitation, declares=True), actor)

    def check(self, *bidders: str) -> None:
        tender = self.tenders.facts(self.no).id
        self.office.run(check_bidders, CheckBidders(tender, bidders), HOUSE)

    def view(self, actor: Actor):
        return self.ask(panel, self.no, actor, self.clock.now())


def employed(number: int, organisation: str, since: date, until: date | None) -> RecusalFacts:
    """An expert who worked somewhere."""
    one = candidate(number)
    job = Employment(organisation, Span(since, until))
    return RecusalFacts(expert=one.id, person=f"person:{number}", unit=one.unit, employments=(job,))


def make_panel_cast(engine: Engine, folder: Path) -> PanelCast:
    """A published tender on the day its panel may be drawn; the register is still empty."""
    cast = _published(engine)
    cast.folder = folder
    # The pages open names with the key of the folder, which is the cast's own.
    cast.settings.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = cast.settings.keys / "personal.1.key"
    key.write_bytes(VAULT_KEY)
    key.chmod(0o600)
    return cast


@prepared
def _published(engine: Engine) -> PanelCast:
    tenders = make_tender_cast(engine, LISTENERS)
    house = tenders.cast.house
    clock = WalkingClock(MORNING)
    house.clock = clock  # a moment is never read twice, as with the database's clock
    house.office = replace(house.office, clock=clock)
    cast = PanelCast(tenders, tenders.published(), engine, Path())
    cast.admit_parties()
    return cast


def ready(cast: PanelCast) -> None:
    """The day of the draw, the register's root of the day journaled."""
    cast.clock.at = DRAW_DAY
    assert write_library(cast.office, cast.settings) == 1


DAY = timedelta(days=1)
