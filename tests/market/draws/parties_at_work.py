"""A draw at work: three parties with their own keys, a witnessed log, a clock that walks on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from market.accounts.model.organisations import Organisation
from market.accounts.rules import OrganisationKind, SmeClass
from market.command import HOUSE, SEQUENCER, Actor, Listener, Office, Work
from market.db.base import Base
from market.draws import queries
from market.draws.commands.freezing import FreezeWalk, Frozen, freeze_walk
from market.draws.commands.parties import (
    Give,
    commit_nonce,
    give_audit,
    give_consent,
    reveal_nonce,
    void_attempt,
)
from market.draws.commands.refreezing import RefreezeWalk, refreeze_walk
from market.draws.commands.walking import HandOutPool, hand_out_pool, journal_step
from market.draws.publication import draw_file
from market.draws.sealing import Sealer
from market.journal.commands import KeepCosignature, Place, keep_cosignature, place
from market.journal.queries import head
from market.kernel.holidays import SEED
from market.kernel.permissions import Permission
from market.kernel.workdays import WorkCalendar
from market.protocol.audits import PoolInputs, audit, make_audit
from market.protocol.draws import (
    BY_PARTY,
    PREDICTABLE,
    make_commit,
    make_consent,
    make_reveal,
    make_void,
)
from market.protocol.encoding import JsonObject, b64u, canonical, parse, unb64u
from market.protocol.freezes import Freeze, Register
from market.protocol.notes import cosign_text, parse_note
from market.protocol.parties import Party
from market.protocol.pools import (
    Candidate,
    Condition,
    Plan,
    PlannedStratum,
    read_candidate,
    read_plan,
    register_root,
)
from tests.support.log_cast import (
    CENTRE_USCC,
    NOTARY_USCC,
    ORIGIN,
    SUPERVISOR_USCC,
    make_trust,
    private,
    public,
    secret,
)
from tests.support.offices import MORNING

CASE = "ZC-2026-000123"
NO = f"{CASE}.panel"
REGISTER_KEY = secret("register/key")
SEALER = Sealer(secret("sealer"))
CODES = {"supervisor": SUPERVISOR_USCC, "notary": NOTARY_USCC, "centre": CENTRE_USCC}
RIGHTS = frozenset({Permission.DRAWS_POOL_AUDIT, Permission.DRAWS_NONCE_GIVE})
OWNER = Actor("owner", frozenset({Permission.DRAWS_DRAW_START}))
PARTIES = (
    Party("supervisor", SUPERVISOR_USCC, "supervisor", public("supervisor"), None),
    Party("notary", NOTARY_USCC, "notary", public("notary"), None),
    Party("centre", CENTRE_USCC, "centre", public("centre"), None),
    Party("notary-2", NOTARY_USCC, "notary", public("notary-2"), "notary"),
)


@dataclass
class WalkingClock:
    """A clock that is never read twice at the same moment, as the database's own."""

    at: datetime

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at


def candidates(size: int = 40, specialties: tuple[str, ...] = ("A01",)) -> tuple[Candidate, ...]:
    """Experts E0000 on, two of each unit, the specialties in turn."""
    return tuple(
        Candidate(
            f"E{number:04d}",
            f"U{number // 2:03d}",
            {"specialties": [specialties[number % len(specialties)]]},
        )
        for number in range(size)
    )


def plan(quota: int = 4, *, strata: tuple[str, ...] = ("A01",)) -> Plan:
    return Plan(
        NO,
        tuple(
            PlannedStratum(name, quota, 2, (Condition("specialties", "one-of", [name]),))
            for name in strata
        ),
        (),
        False,
    )


@dataclass
class Table:
    """The table at which a draw is made."""

    office: Office
    clock: WalkingClock
    actors: dict[str, Actor] = field(default_factory=dict)
    nonces: dict[tuple[int, str], bytes] = field(default_factory=dict)

    def freeze(self, **changed) -> Frozen:
        """Journal the register's root and freeze a walk."""
        held = changed.pop("candidates", candidates())
        root = self.journal_root(held)
        parts = {
            "case": CASE, "purpose": "panel", "plan": plan(), "register_key": REGISTER_KEY,
            "register": Register("experts", root, len(held)), "candidates": held, "unit_cap": 1,
            "parties": PARTIES, "sealer": SEALER,
        }  # fmt: skip
        return self.office.run(freeze_walk, FreezeWalk(**{**parts, **changed}), HOUSE)

    def refreeze(self, actor: Actor | None = None, **changed) -> Frozen:
        """Journal the register's root of now and freeze the stopped pool again."""
        held = changed.pop("candidates", candidates())
        root = self.journal_root(held)
        parts = {
            "no": NO, "plan": plan(), "register_key": REGISTER_KEY, "candidates": held,
            "register": Register("experts", root, len(held)), "sealer": SEALER,
            "remedy": "名册已改正",
        }  # fmt: skip
        command = RefreezeWalk(**{**parts, **changed})
        return self.office.run(refreeze_walk, command, OWNER if actor is None else actor)

    def journal_root(self, held: tuple[Candidate, ...]) -> bytes:
        root = register_root(REGISTER_KEY, held)

        def journal_root(work: Work, _: None) -> None:
            data: JsonObject = {"register": "experts", "root": b64u(root), "size": len(held)}
            work.publish("library-root", "register/experts", data)

        self.office.run(journal_root, None, HOUSE)
        return root

    def facts(self, no: str = NO) -> queries.DrawFacts:
        return self.office.read(lambda session: queries.facts(session, no))

    def freeze_structure(self, no: str = NO) -> Freeze:
        return self.facts(no).freeze

    def actor(self, party: str) -> Actor:
        return self.actors[party.removesuffix("-2")]

    def give(self, handler, party: str, value: JsonObject, no: str = NO, witnesses: int = 1):
        return self.office.run(handler, Give(no, canonical(value), witnesses), self.actor(party))

    def audit(self, party: str = "notary", no: str = NO, findings=None):
        """Audit as the party's own program does: from what it was handed alone."""
        freeze = self.freeze_structure(no)
        code = CODES[party.removesuffix("-2")]
        raw = self.office.run(hand_out_pool, HandOutPool(no, code, SEALER), self.actor(party))
        given = parse(raw)
        inputs = PoolInputs(
            unb64u(given["key"]), read_plan(given["plan"]), unb64u(given["register_key"]),
            tuple(read_candidate(one) for one in given["candidates"]),
        )  # fmt: skip
        found = audit(freeze, inputs) if findings is None else findings
        return self.give(give_audit, party, make_audit(freeze, party, found, private(party)), no)

    def consent(self, reason: str = PREDICTABLE, stratum: str | None = None, count: int = 0):
        freeze = self.freeze_structure()
        value = make_consent(
            freeze, reason, stratum, count, "supervisor", self.clock.now(), private("supervisor")
        )
        return self.give(give_consent, "supervisor", value)

    def commit(self, party: str, no: str = NO, tool: str = "client"):
        found = self.facts(no)
        nonce = self.nonces.setdefault((found.attempt, party), secret(f"{found.attempt}/{party}"))
        value = make_commit(
            found.freeze, found.attempt, party, secret("escrow"), nonce, tool, private(party)
        )
        return self.give(commit_nonce, party, value, no)

    def reveal(self, party: str, no: str = NO, nonce: bytes | None = None):
        attempt = self.facts(no).attempt
        held = self.nonces[attempt, party] if nonce is None else nonce
        value = make_reveal(no, attempt, party, held, BY_PARTY)
        return self.give(reveal_nonce, party, value, no)

    def void(self, party: str, cause: str):
        found = self.facts()
        value = make_void(
            found.freeze, found.attempt, cause, party, "supervisor", private("supervisor")
        )
        return self.give(void_attempt, "supervisor", value)

    def draw(self, parties=("supervisor", "notary", "centre"), no: str = NO) -> None:
        """Commit, let the witness see it, reveal."""
        for party in parties:
            self.commit(party, no)
        self.witness()
        for party in parties:
            self.reveal(party, no)

    def witness(self) -> None:
        """Place what waits and cosign the new head."""
        self.office.run(place, Place(ORIGIN, private("log")), SEQUENCER)
        found = self.office.read(head)
        # A witness reads its own clock in whole seconds; here it is just behind the log's.
        seen = int(self.clock.at.timestamp())
        line = cosign_text(parse_note(found.note.encode()).text, "clear.example/w1",
                           private("clear"), seen)  # fmt: skip
        kept = KeepCosignature(found.size, "clear.example/w1", line.line(), self.clock.at)
        self.office.run(keep_cosignature, kept, SEQUENCER)

    def journal_steps(self) -> None:
        """What the beat does: every skip into the journal, one by one."""
        while due := self.office.read(lambda s: queries.steps_waiting(s, self.clock.at, 10)):
            for step in due:
                self.office.run(journal_step, step, HOUSE)

    def file(self, no: str = NO) -> bytes:
        return self.office.read(lambda session: draw_file(session, no, 1, SEALER))


def sit_down(engine: Engine, at: datetime = MORNING, listeners: tuple[Listener, ...] = ()) -> Table:
    """A table in an empty database with the three organisations."""
    Base.metadata.create_all(engine)
    clock = WalkingClock(at)
    calendar = WorkCalendar(SEED)
    office = Office(
        sessionmaker(engine, expire_on_commit=False), clock, lambda _: calendar, listeners
    )
    table = Table(office, clock)
    for name, uscc in CODES.items():
        table.actors[name] = Actor(name, RIGHTS, organisation=office.run(_found, uscc, HOUSE))
    return table


def _found(work: Work, uscc: str):
    row = Organisation(
        uscc=uscc, name_zh=uscc, name_en=uscc, kind=OrganisationKind.INSTITUTION,
        sme_class=SmeClass.NONE, legal_representative="某某", registered_at=work.now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    return row.id


TRUST = make_trust()
