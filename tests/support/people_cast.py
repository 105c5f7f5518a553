"""People and organisations for tests: enrolled, appointed and confirmed by the real commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from market.accounts.authority import NAME as AUTHORITY
from market.accounts.authority import TrialAuthority
from market.accounts.commands.accounts import (
    ConfirmAccount,
    OrderAccountProof,
    confirm_account,
    order_account_proof,
)
from market.accounts.commands.appointments import (
    NameAppointment,
    NameCapacity,
    ProposeCapacity,
    ProposeRole,
    accept_role,
    approve_capacity,
    approve_role,
    propose_capacity,
    propose_role,
)
from market.accounts.commands.founding import FoundRegister, found_register
from market.accounts.commands.keys import (
    NameAuthority,
    ProposeAuthority,
    RegisterKey,
    approve_authority,
    propose_authority,
    register_key,
)
from market.accounts.commands.organisations import RegisterOrganisation, register_organisation
from market.accounts.commands.people import EnrolPerson, enrol_person
from market.accounts.proofs import AccountProof, prove_possession
from market.accounts.queries.entrances import roles_in
from market.accounts.roles import Role, permissions
from market.accounts.rules import OrganisationKind, SmeClass
from market.accounts.signin.attempts import Attempts
from market.accounts.signin.door import ENROLLER, Door
from market.accounts.signin.passwords import Cost, Passwords
from market.accounts.vault import AddressKind, Purpose, SealedAddress, Vault, seal_address
from market.command import HOUSE, Actor, Office
from market.kernel.clock import StoppedClock
from market.kernel.ids import make_uscc
from market.protocol.encoding import digest
from market.protocol.signing import new_key, public_bytes
from tests.support.offices import TestOffice, make_office
from tests.support.prepared import prepared

PASSWORD = "seven plain wooden boats"
CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
"""As little as Argon2 can cost: what is tested is not the cost."""
MACHINE_MORNING = datetime.fromisoformat("2026-11-21T09:00:00+08:00")
"""The machine's time, on purpose another day than the law's."""


@dataclass
class Cast:
    """A house with a register, an empty one at first; `machine` is the machine's clock."""

    house: TestOffice
    vault: Vault = field(default_factory=lambda: Vault({1: b"k" * 32}))
    passwords: Passwords = field(default_factory=lambda: Passwords(CHEAP))
    machine: StoppedClock = field(default_factory=lambda: StoppedClock(MACHINE_MORNING))
    authority: TrialAuthority = field(default_factory=lambda: TrialAuthority(new_key()))
    bank_key: Ed25519PrivateKey = field(default_factory=new_key)
    people: dict[str, UUID] = field(default_factory=dict)
    organisations: dict[str, UUID] = field(default_factory=dict)
    usccs: dict[str, str] = field(default_factory=dict)
    numbers: int = 0

    @property
    def office(self) -> Office:
        """The office of the house."""
        return self.house.office

    @property
    def now(self) -> datetime:
        """The law's moment."""
        return self.house.clock.now()

    # --- people -----------------------------------------------------------------------------------

    def enrol(self, account: str, *, mobile: str | None = None, language: str = "zh") -> UUID:
        """Somebody with an account, a password and, if given, a telephone."""
        person = uuid4()
        addresses: tuple[SealedAddress, ...] = ()
        if mobile is not None:
            addresses = (seal_address(self.vault, AddressKind.MOBILE, mobile),)
        command = EnrolPerson(
            person,
            account,
            self.vault.seal(Purpose.NAME, person, f"name of {account}"),
            self.passwords.hash(PASSWORD),
            language,
            addresses=addresses,
        )
        self.office.run(enrol_person, command, ENROLLER)
        self.people[account] = person
        return person

    def actor(self, account: str, organisation: str | None = None) -> Actor:
        """Somebody who is signed in with a second factor, for an organisation of the cast."""
        person = self.people[account]
        where = None if organisation is None else self.organisations[organisation]
        roles: frozenset[Role] = frozenset()
        if where is not None:
            roles = self.office.read(lambda session: roles_in(session, person, where))
        return Actor(account, permissions(roles), person, where)

    # --- organisations ----------------------------------------------------------------------------

    def fresh_uscc(self, kind: str = "91") -> str:
        """A right code that nobody has."""
        self.numbers += 1
        return make_uscc("371400", f"{self.numbers:08d}", kind)

    def found(self) -> None:
        """The trading centre `centre` with `ceng` and `deng` in it."""
        for account in ("ceng", "deng"):
            self.enrol(account)
        uscc = self.fresh_uscc("12")
        command = FoundRegister(
            uscc,
            "测试交易中心",
            "Test Trading Centre",
            "某甲",
            self.people["ceng"],
            self.people["deng"],
        )
        outcome = self.office.run(found_register, command, HOUSE)
        self.organisations["centre"] = UUID(outcome["organisation"])
        self.usccs["centre"] = uscc

    def register(
        self,
        name: str,
        account: str,
        *,
        kind: OrganisationKind = OrganisationKind.ENTERPRISE,
        represented: bool = True,
    ) -> UUID:
        """An organisation entered by somebody of the cast, who becomes its representative."""
        if account not in self.people:
            self.enrol(account)
        uscc = self.fresh_uscc()
        command = RegisterOrganisation(
            uscc=uscc,
            name_zh=f"{name}有限公司",
            name_en=f"{name} Ltd",
            kind=kind,
            sme_class=SmeClass.SMALL,
            legal_representative="某乙",
            head_mark=digest(uscc.encode()),
            represented=represented,
        )
        outcome = self.office.run(register_organisation, command, self.actor(account))
        self.organisations[name] = UUID(outcome["organisation"])
        self.usccs[name] = uscc
        return self.organisations[name]

    def admit(self, name: str, role: Role) -> None:
        """Two people of the centre let an organisation give a role."""
        outcome = self.office.run(
            propose_capacity,
            ProposeCapacity(self.organisations[name], role),
            self.actor("ceng", "centre"),
        )
        self.office.run(
            approve_capacity, NameCapacity(UUID(outcome["capacity"])), self.actor("deng", "centre")
        )

    def appoint(self, name: str, by: str, account: str, role: Role) -> Actor:
        """A role proposed by `by`, approved by the centre where needed, accepted."""
        if account not in self.people:
            self.enrol(account)
        outcome = self.office.run(
            propose_role,
            ProposeRole(self.organisations[name], account, role),
            self.actor(by, name),
        )
        named = NameAppointment(UUID(outcome["appointment"]))
        if outcome["state"] == "proposed":
            second = "deng" if by == "ceng" else "ceng"
            self.office.run(approve_role, named, self.actor(second, "centre"))
        self.office.run(accept_role, named, self.actor(account))
        return self.actor(account, name)

    def staffed(self, name: str, account: str, role: Role) -> Actor:
        """An organisation admitted to a role, with its representative in it."""
        self.register(name, account)
        self.admit(name, role)
        return self.appoint(name, account, account, role)

    # --- keys and accounts ------------------------------------------------------------------------

    def admit_authority(self) -> None:
        """The trial authority, admitted by two people of the centre."""
        outcome = self.office.run(
            propose_authority,
            ProposeAuthority(AUTHORITY, self.authority.public, trial=True),
            self.actor("ceng", "centre"),
        )
        self.office.run(
            approve_authority,
            NameAuthority(UUID(outcome["authority"])),
            self.actor("deng", "centre"),
        )

    def key_command(self, name: str, key: Ed25519PrivateKey) -> RegisterKey:
        """What registers a key for an organisation of the cast."""
        uscc = self.usccs[name]
        return RegisterKey(
            self.organisations[name],
            prove_possession(uscc, key),
            self.authority.issue(uscc, name, public_bytes(key), self.now),
        )

    def give_key(self, name: str, account: str) -> Ed25519PrivateKey:
        """A registered signing key."""
        key = new_key()
        self.office.run(register_key, self.key_command(name, key), self.actor(account, name))
        return key

    def bank(self) -> Ed25519PrivateKey:
        """The custodian `bank`, represented by `bai`, and its key."""
        self.staffed("bank", "bai", Role.BANK)
        self.admit_authority()
        self.bank_key = self.give_key("bank", "bai")
        return self.bank_key

    def proof(self, name: str, remark: str, **changes: object) -> AccountProof:
        """What the bank would say of the organisation's fen."""
        values = {
            "custodian": self.usccs["bank"],
            "uscc": self.usccs[name],
            "holder": f"{name}有限公司",
            "bank": "测试银行",
            "account_hash": digest(f"account of {name}".encode()),
            "tail": "0421",
            "basic": True,
            "amount": 1,
            "remark": remark,
            "booked_at": self.now + timedelta(hours=1),
        }
        return AccountProof(**(values | changes))  # type: ignore[arg-type] # a test's own values

    def order(self, name: str, account: str) -> str:
        """The remark of an open order."""
        command = OrderAccountProof(self.organisations[name])
        remark: str = self.office.run(order_account_proof, command, self.actor(account, name))[
            "remark"
        ]
        return remark

    def confirm(self, name: str, account: str, bank_key: Ed25519PrivateKey) -> None:
        """The basic account of an organisation, confirmed by its fen."""
        statement = self.proof(name, self.order(name, account)).sign(bank_key)
        self.office.run(confirm_account, ConfirmAccount(statement), self.actor(account, name))


@contextmanager
def impatient(engine: Engine) -> Iterator[Office]:
    """An office that gives up where it would have to wait for somebody: shows who takes turns."""
    hasty = create_engine(
        engine.url, poolclass=NullPool, connect_args={"options": "-c lock_timeout=20"}
    )
    yield make_office(hasty).office
    hasty.dispose()


def make_door(cast: Cast, redis_url: str) -> Door:
    """The door of a house, with real counters."""
    attempts = Attempts(redis.Redis.from_url(redis_url), "s" * 32)
    return Door(cast.office, cast.passwords, attempts, cast.vault, cast.machine)


def make_cast(engine: Engine) -> Cast:
    """An empty house."""
    return Cast(make_office(engine))


@prepared
def founded(engine: Engine) -> Cast:
    """A house with its trading centre."""
    cast = make_cast(engine)
    cast.found()
    return cast
