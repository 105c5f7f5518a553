"""People as other rooms need them: handles for letters, roles offered; names only sealed."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.accounts.model.organisations import Organisation
from market.accounts.model.people import Appointment, DutyHeld, Person, PersonAddress
from market.accounts.queries.entrances import roles_in
from market.accounts.roles import Role
from market.accounts.rules import AppointmentState, OrganisationState, PersonState
from market.accounts.separation import Duty
from market.accounts.vault import AddressKind, Purpose, Vault
from market.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """An address of one's own as it is kept: sealed, by its handle."""

    handle: UUID
    kind: AddressKind
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What somebody's own page shows, and what its forms need."""

    person: UUID
    account: str
    language: str
    password_hash: str
    offered_factor: bytes | None
    """The sealed secret on offer; None once it is in use."""
    has_second_factor: bool
    addresses: tuple[OwnAddress, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """A role of one's own: offered, or held."""

    appointment: UUID
    organisation: UUID
    name_zh: str
    name_en: str
    role: Role
    state: AppointmentState


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """A duty somebody has in a matter."""

    duty: Duty
    person: UUID
    organisation: UUID | None


def own(session: Session, person: UUID) -> OwnFacts:
    """Somebody's own facts; `NotFound`. Asked by that person's own pages alone."""
    row = session.get(Person, person)
    if row is None:
        raise NotFound("no-person", zh="没有此人", en="There is no such person")
    addresses = session.scalars(
        select(PersonAddress)
        .where(PersonAddress.person == person, PersonAddress.ended_at.is_(None))
        .order_by(PersonAddress.kind, PersonAddress.added_at)
    )
    in_use = row.second_factor_since is not None
    return OwnFacts(
        row.id,
        row.account,
        row.language,
        row.password_hash,
        None if in_use else row.second_factor,
        in_use,
        tuple(OwnAddress(one.id, one.kind, one.ciphertext) for one in addresses),
    )


def name(session: Session, vault: Vault, person: UUID) -> str:
    """The name of a person, opened; for pages whose reader may know it. `NotFound`."""
    row = session.get(Person, person)
    if row is None:
        raise NotFound("no-person", zh="没有此人", en="There is no such person")
    return vault.open(Purpose.NAME, row.id, row.name)


def person_by_account(session: Session, account: str) -> UUID:
    """The person with this sign-in name; `NotFound`, also if blocked."""
    found = session.scalar(
        select(Person.id).where(Person.account == account, Person.state == PersonState.ACTIVE)
    )
    if found is None:
        raise NotFound("no-person", zh="没有此登录名", en="There is no such sign-in name")
    return found


def memberships(session: Session, person: UUID) -> list[Membership]:
    """The roles a person holds or was offered, by organisation and role."""
    rows = session.execute(
        select(Appointment, Organisation.name_zh, Organisation.name_en)
        .join(Organisation, Organisation.id == Appointment.organisation)
        .where(
            Appointment.person == person,
            Appointment.ended_at.is_(None),
            Organisation.state != OrganisationState.WITHDRAWN,
        )
        .order_by(Organisation.uscc, Appointment.role)
    )
    return [
        Membership(row.id, row.organisation, name_zh, name_en, row.role, row.state)
        for row, name_zh, name_en in rows
    ]


def addresses_of_person(session: Session, person: UUID) -> list[UUID]:
    """The handles by which letters reach a person; mobile numbers first."""
    rows = session.execute(
        select(PersonAddress.id, PersonAddress.kind, PersonAddress.added_at)
        .where(PersonAddress.person == person, PersonAddress.ended_at.is_(None))
        .order_by(PersonAddress.kind.desc(), PersonAddress.added_at, PersonAddress.id)
    )
    return [row.id for row in rows]


def addresses_of_role(session: Session, organisation: UUID, role: Role) -> list[UUID]:
    """The first handle of everybody who holds a role in an organisation now."""
    people = session.scalars(
        select(Appointment.person)
        .join(Person, Person.id == Appointment.person)
        .where(
            Appointment.organisation == organisation,
            Appointment.role == role,
            Appointment.state == AppointmentState.ACTIVE,
            Person.state == PersonState.ACTIVE,
        )
        .order_by(Person.account)
    )
    counted = [person for person in people if role in roles_in(session, person, organisation)]
    found = (addresses_of_person(session, person) for person in counted)
    return [handles[0] for handles in found if handles]


def duties(session: Session, matter: UUID) -> list[DutyFacts]:
    """Who does what in a matter now, in no telling order."""
    rows = session.scalars(
        select(DutyHeld)
        .where(DutyHeld.matter == matter, DutyHeld.given_up_at.is_(None))
        .order_by(DutyHeld.duty, DutyHeld.id)
    )
    return [DutyFacts(row.duty, row.person, row.organisation) for row in rows]
