"""Reviews by drawn experts in tests: a register, neutral parties with keys, draws made by them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.accounts.roles import Role, permissions
from market.command import HOUSE, SEQUENCER, Actor
from market.draws import queries as draws
from market.draws.commands.parties import (
    Give,
    commit_nonce,
    give_audit,
    give_consent,
    reveal_nonce,
)
from market.draws.commands.walking import HandOutPool, hand_out_pool, journal_step
from market.draws.publication import draw_file
from market.draws.sealing import Sealer
from market.experts.commands.register import (
    EnterExpert,
    EnterExperts,
    TakeSnapshot,
    enter_experts,
    take_snapshot,
)
from market.experts.rules.relations import RecusalFacts
from market.journal.commands import KeepCosignature, Place, keep_cosignature, place
from market.journal.queries import head
from market.protocol.audits import Finding, PoolInputs, audit, make_audit
from market.protocol.draws import BY_PARTY, make_commit, make_consent, make_reveal
from market.protocol.encoding import JsonObject, canonical, parse, unb64u
from market.protocol.notes import cosign_text, parse_note
from market.protocol.pools import read_candidate, read_plan
from market.reviews import queries as reviews
from market.reviews.commands.seating import SeatDrawn, seat_drawn
from market.reviews.feature import FEATURE
from tests.bidding.panels.cast import candidate
from tests.support.log_cast import ORIGIN, private, secret
from tests.support.people_cast import Cast

SEALER = Sealer(secret("sealer"))
TICK = timedelta(microseconds=1)
NEUTRAL = {
    "supervisor": ("supervisor", "jian", Role.SUPV),
    "notary": ("notary", "gong", Role.NOTARY),
    "centre": ("centre", "ceng", None),
}


@dataclass
class ReviewTable:
    """The neutral parties of a cast and its register; `step` moves the clock a little."""

    cast: Cast
    step: Callable[[], None]
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    experts: dict[str, Actor] = field(default_factory=dict)
    """By number in the register."""
    seals: Sealer = SEALER

    @property
    def office(self):
        return self.cast.office

    def ask(self, question, *arguments):
        return self.office.read(lambda session: question(session, *arguments))

    def admit(self) -> None:
        """Supervisor, notary and centre with their keys; who is there already is taken."""
        for side, (name, account, role) in NEUTRAL.items():
            if role is not None and name not in self.cast.organisations:
                self.cast.staffed(name, account, role)
            self.keys[side] = self.keys.get(side) or self.cast.give_key(name, account)
            self.actors[side] = self.cast.actor(account, name)

    def enter(self, count: int, **declared: RecusalFacts) -> None:
        """So many experts of one specialty, each of a unit of its own, more than before."""
        found, before = list[EnterExpert](), len(self.experts)
        for number in range(before, before + count):
            one = candidate(number)
            person = self.cast.enrol(f"expert{number:04d}", mobile=f"137{number:08d}")
            self.experts[one.id] = Actor(one.id, permissions({Role.EXPERT}), person, None)
            facts = declared.get(one.id) or RecusalFacts(
                expert=one.id, person=f"person:{number}", unit=one.unit
            )
            found.append(EnterExpert(person, one, facts, "高级工程师", "Senior engineer"))
        self.office.run(enter_experts, EnterExperts(found), self.cast.actor("ceng", "centre"))
        self.renew()

    def renew(self) -> None:
        """The register's root as it is now."""
        self.step()
        self.office.run(take_snapshot, TakeSnapshot(self.seals, renew=True), HOUSE)

    # --- a draw -----------------------------------------------------------------------------------

    def draw(self, no: str) -> None:
        """The notary audits, the supervisor consents where asked, all commit and reveal."""
        self.audit(no)
        freeze = self.ask(draws.facts, no).freeze
        for reason in self.ask(draws.facts, no).consents:
            key = self.keys["supervisor"]
            at = self.cast.now
            value = make_consent(freeze, reason, None, 0, "supervisor", at, key)
            self.give(give_consent, no, "supervisor", value)
        for side, key in sorted(self.keys.items()):
            value = make_commit(freeze, 1, side, secret("escrow"), secret(no + side), "client", key)
            self.give(commit_nonce, no, side, value)
        self.witness()
        for side in sorted(self.keys):
            value = make_reveal(no, 1, side, secret(no + side), BY_PARTY)
            self.give(reveal_nonce, no, side, value)

    def audit(self, no: str, *found: Finding) -> None:
        """The notary's program audits the pool from what it was handed alone, and finds this."""
        freeze = self.ask(draws.facts, no).freeze
        command = HandOutPool(no, self.cast.usccs["notary"], self.seals)
        given = parse(self.office.run(hand_out_pool, command, self.actors["notary"]))
        inputs = PoolInputs(
            unb64u(given["key"]),
            read_plan(given["plan"]),
            unb64u(given["register_key"]),
            tuple(read_candidate(one) for one in given["candidates"]),
        )
        faults = found or audit(freeze, inputs)
        assert found or not faults, faults
        self.give(
            give_audit, no, "notary", make_audit(freeze, "notary", faults, self.keys["notary"])
        )

    def give(self, handler, no: str, side: str, value: JsonObject) -> None:
        self.step()
        self.office.run(handler, Give(no, canonical(value), 1), self.actors[side])

    def witness(self) -> None:
        """Place what waits and cosign the new head."""
        self.step()
        self.office.run(place, Place(ORIGIN, private("log")), SEQUENCER)
        found = self.office.read(head)
        seen = int(self.cast.now.timestamp())
        text = parse_note(found.note.encode()).text
        line = cosign_text(text, "clear.example/w1", private("clear"), seen).line()
        kept = KeepCosignature(found.size, "clear.example/w1", line, self.cast.now)
        self.office.run(keep_cosignature, kept, SEQUENCER)

    # --- what the beat does -----------------------------------------------------------------------

    def beat(self) -> int:
        """Calls whoever was drawn, lets seats lapse, journals skips, publishes; how many steps."""
        done, again = 0, True
        while again:
            again = False
            for key in self.ask(reviews.waiting_for_seats, 20):
                while self.office.run(seat_drawn, SeatDrawn(key, self.seals), HOUSE):
                    done, again = done + 1, True
            for tick in FEATURE.ticks:
                for key in self.ask(tick.due, self.cast.now, 20):
                    self.office.run(tick.handler, key, HOUSE)
                    done, again = done + 1, True
            for step in self.ask(draws.steps_waiting, self.cast.now, 20):
                self.office.run(journal_step, step, HOUSE)
                done, again = done + 1, True
        return done

    def file(self, no: str) -> bytes:
        """The draw file, with its proofs."""
        self.witness()
        return self.office.read(lambda session: draw_file(session, no, 1, self.seals))


def stepping(cast: Cast) -> Callable[[], None]:
    """A step of a clock that otherwise stands still."""

    def step() -> None:
        cast.house.clock.at += TICK

    return step


def make_table(cast: Cast, *listeners, seals: Sealer = SEALER) -> ReviewTable:
    """The neutral parties of a cast; the rooms that listen to reviews are told."""
    cast.house.office = replace(
        cast.house.office, listeners=(*cast.house.office.listeners, *listeners)
    )
    made = ReviewTable(cast, stepping(cast), seals=seals)
    made.admit()
    return made
