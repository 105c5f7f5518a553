"""The hands of the seed: an office, people who act, and what each of them does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from bidding.client.organisations import KIND as CLIENT_KEY
from market.accounts.authority import TrialAuthority
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
from market.accounts.commands.entrances import (
    BeginSession,
    MakeProgramToken,
    NameSession,
    begin_session,
    end_session,
    make_program_token,
)
from market.accounts.commands.keys import RegisterKey, register_key
from market.accounts.commands.people import (
    AcceptSecondFactor,
    EnrolPerson,
    OfferSecondFactor,
    accept_second_factor,
    enrol_person,
    offer_second_factor,
)
from market.accounts.proofs import prove_possession
from market.accounts.queries.entrances import roles_in
from market.accounts.roles import NOT_FOR_PROGRAMS, Role, permissions
from market.accounts.signin.door import DOOR, ENROLLER, hash_of, new_program_token
from market.accounts.signin.passwords import Passwords
from market.accounts.signin.second_factor import step_of
from market.accounts.vault import AddressKind, Purpose, Vault, seal_address
from market.command import SEQUENCER, Actor, Office, Work
from market.demo.people.kinds import Organisation, Person
from market.journal.keys import load_key, make_key
from market.kernel.clock import MachineClock
from market.protocol.encoding import b64u, canonical, digest
from market.protocol.signing import new_key, private_bytes, public_bytes

C = TypeVar("C")
R = TypeVar("R")

PASSWORD: Final = "sunlit exchange 2026"  # noqa: S105  of fictional people, shown on their page
YEAR: Final = timedelta(days=366)


def secret_of(account: str) -> str:
    """The second factor of a fictional person: the same at every start, shown on its page."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "".join(alphabet[byte & 31] for byte in digest(f"demo/{account}".encode()))


def account_of(person: Person) -> str:
    """The sign-in name of a fictional person."""
    return person.id.lower()


@dataclass
class House:
    """Everything the seed acts with; `people` and `organisations` by their fictional ids."""

    office: Office
    vault: Vault
    authority: TrialAuthority
    folder: Path
    passwords: Passwords = field(default_factory=Passwords)
    machine: MachineClock = field(default_factory=MachineClock)
    people: dict[str, UUID] = field(default_factory=dict)
    organisations: dict[str, UUID] = field(default_factory=dict)
    founders: tuple[str, str] = ("", "")
    open_work: Work | None = None

    def __post_init__(self) -> None:
        self._hash = self.passwords.hash(PASSWORD)

    def run(self, handler: Callable[[Work, C], R], command: C, actor: Actor) -> R:
        """Carry out one command; inside `together`, in the transaction that is open there."""
        if self.open_work is not None:
            return handler(replace(self.open_work, actor=actor), command)
        return self.office.run(handler, command, actor)

    def together(self, steps: Callable[[], None]) -> None:
        """Carry out many commands in one transaction: four hundred people enter in seconds."""

        def all_of_them(work: Work, command: None) -> None:
            del command
            self.open_work = work
            try:
                steps()
            finally:
                self.open_work = None

        self.office.run(all_of_them, None, SEQUENCER)

    def read(self, question: Callable[[Session], R]) -> R:
        """Ask something, of what the open transaction has written too."""
        if self.open_work is None:
            return self.office.read(question)
        self.open_work.session.flush()
        return question(self.open_work.session)

    def actor(self, person: str, uscc: str | None = None) -> Actor:
        """Somebody signed in with a second factor, for an organisation."""
        key = self.people[person]
        where = None if uscc is None else self.organisations[uscc]
        roles: frozenset[Role] = frozenset()
        if where is not None:
            roles = self.read(lambda session: roles_in(session, key, where))
        return Actor(person.lower(), permissions(roles), key, where)

    def enrol(self, person: Person) -> None:
        """Give somebody an account."""
        key = uuid4()
        command = EnrolPerson(
            key,
            account_of(person),
            self.vault.seal(Purpose.NAME, key, person.name_zh),
            self._hash,
            "zh",
            addresses=(seal_address(self.vault, AddressKind.MOBILE, person.mobile),),
        )
        self.run(enrol_person, command, ENROLLER)
        self.people[person.id] = key

    def set_second_factor(self, person: Person) -> None:
        """Put somebody's authenticator into use, as the page does after sign-in."""
        account, now = account_of(person), self.machine.now()
        key = self.people[person.id]
        sealed = self.vault.seal(Purpose.SECOND_FACTOR, key, secret_of(account))
        actor = self.actor(person.id)
        self.run(offer_second_factor, OfferSecondFactor(sealed), actor)
        begun = self.run(
            begin_session,
            BeginSession(key, self._hash, None, hash_of(new_program_token()), now),
            DOOR,
        )
        session = UUID(str(begun["session"]))
        accept = AcceptSecondFactor(sealed, step_of(now) - 2, now, session)
        self.run(accept_second_factor, accept, actor)
        self.run(end_session, NameSession(session, now), actor)

    def admit(self, uscc: str, role: Role) -> None:
        """Two people of the centre let an organisation give a role."""
        first, second = self._centre()
        done = self.run(propose_capacity, ProposeCapacity(self.organisations[uscc], role), first)
        self.run(approve_capacity, NameCapacity(_id(done, "capacity")), second)

    def appoint(self, uscc: str, by: str, person: Person, role: Role) -> None:
        """A role proposed by the representative, approved where needed, accepted."""
        command = ProposeRole(self.organisations[uscc], account_of(person), role)
        done = self.run(propose_role, command, self.actor(by, uscc))
        named = NameAppointment(_id(done, "appointment"))
        if done["state"] == "proposed":
            first, second = self._centre()
            self.run(approve_role, named, second if by == self.founders[0] else first)
        self.run(accept_role, named, self.actor(person.id))

    def register_key(
        self, organisation: Organisation, by: str, made: Path | None = None
    ) -> Ed25519PrivateKey:
        """Register an organisation's signing key, made here unless it has one already.

        The file stays with the organisation, in the form in which its client reads it.
        """
        if made is not None:
            make_key(made)
        key = self._new_key(organisation) if made is None else load_key(made)
        now = self.office.clock.now()
        command = RegisterKey(
            self.organisations[organisation.uscc],
            prove_possession(organisation.uscc, key),
            self.authority.issue(organisation.uscc, organisation.name_zh, public_bytes(key), now),
        )
        self.run(register_key, command, self.actor(by, organisation.uscc))
        return key

    def _new_key(self, organisation: Organisation) -> Ed25519PrivateKey:
        key = new_key()
        path = self.folder / organisation.uscc / "organisation.key"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        held = {
            "kind": CLIENT_KEY,
            "uscc": organisation.uscc,
            "name": organisation.name_zh,
            "secret": b64u(private_bytes(key)),
        }
        path.write_bytes(canonical(dict(held)))
        return key

    def give_token(self, person: Person, uscc: str) -> None:
        """A token for this person's programs, in a file that only its owner may read."""
        actor = self.actor(person.id, uscc)
        token = new_program_token()
        command = MakeProgramToken(
            "client",
            actor.permissions - NOT_FOR_PROGRAMS,
            hash_of(token),
            self.machine.now(),
            YEAR,
        )
        self.run(make_program_token, command, actor)
        path = self.folder / account_of(person) / "token"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(token)

    def _centre(self) -> tuple[Actor, Actor]:
        uscc = self.centre
        first, second = (self.actor(person, uscc) for person in self.founders)
        return first, second

    @property
    def centre(self) -> str:
        """The trading centre's code: the first organisation there was."""
        return next(iter(self.organisations))


def _id(outcome: Mapping[str, Any], name: str) -> UUID:
    return UUID(str(outcome[name]))
