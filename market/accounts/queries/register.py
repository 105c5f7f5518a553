"""The register as the trading centre and supervisors see it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from market.accounts.model.organisations import (
    Capacity,
    CertificateAuthority,
    Controller,
    Organisation,
)
from market.accounts.model.people import Appointment, Person
from market.accounts.roles import Role
from market.accounts.rules import (
    AppointmentState,
    ControllerKind,
    OrganisationKind,
    OrganisationState,
    PersonState,
)
from market.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """An organisation in the list."""

    uscc: str
    name_zh: str
    name_en: str
    kind: OrganisationKind
    state: OrganisationState


@dataclass(frozen=True, slots=True)
class HeldShare:
    """A holder as the organisation declares it; `share` in hundredths of a percent."""

    kind: ControllerKind
    name: str
    share: int
    controls: bool


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """A capacity of an organisation, and how far it has come."""

    id: UUID
    role: Role
    proposed_by: UUID | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """An organisation as the register has it."""

    id: UUID
    uscc: str
    name_zh: str
    name_en: str
    kind: OrganisationKind
    state: OrganisationState
    legal_representative: str
    registered_at: datetime
    confirmed_at: datetime | None
    shares: tuple[HeldShare, ...]
    capacities: tuple[CapacityLine, ...]


@dataclass(frozen=True, slots=True)
class WaitingRole:
    """A role that waits for a second person."""

    appointment: UUID
    organisation: UUID
    name_zh: str
    name_en: str
    account: str
    role: Role
    proposed_by: UUID | None


@dataclass(frozen=True, slots=True)
class AuthorityLine:
    """A certificate authority, and how far it has come."""

    id: UUID
    name: str
    trial: bool
    proposed_by: UUID | None
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as the system administrator sees it: no name, no address."""

    person: UUID
    account: str
    state: PersonState
    has_second_factor: bool


def register(
    session: Session, limit: int, *, wanted: str = "", after: str | None = None
) -> list[RegisterLine]:
    """Organisations by code, from the one after `after`; `wanted` is a part of code or name."""
    question = select(Organisation).where(Organisation.state != OrganisationState.WITHDRAWN)
    if wanted:
        question = question.where(
            or_(
                Organisation.uscc.startswith(wanted.upper(), autoescape=True),
                Organisation.name_zh.contains(wanted, autoescape=True),
                Organisation.name_en.icontains(wanted, autoescape=True),
            )
        )
    if after is not None:
        question = question.where(Organisation.uscc > after)
    rows = session.scalars(question.order_by(Organisation.uscc).limit(limit))
    return [RegisterLine(row.uscc, row.name_zh, row.name_en, row.kind, row.state) for row in rows]


def entry(session: Session, uscc: str) -> RegisterEntry:
    """The entry of the organisation with this code; `NotFound`."""
    row = session.scalar(
        select(Organisation).where(
            Organisation.uscc == uscc, Organisation.state != OrganisationState.WITHDRAWN
        )
    )
    if row is None:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    shares = session.scalars(
        select(Controller)
        .where(Controller.organisation == row.id)
        .order_by(Controller.share.desc(), Controller.name)
    )
    capacities = session.scalars(
        select(Capacity)
        .where(Capacity.organisation == row.id, Capacity.ended_at.is_(None))
        .order_by(Capacity.role)
    )
    return RegisterEntry(
        row.id,
        row.uscc,
        row.name_zh,
        row.name_en,
        row.kind,
        row.state,
        row.legal_representative,
        row.registered_at,
        row.account_confirmed_at,
        tuple(HeldShare(one.kind, one.name, one.share, one.controls) for one in shares),
        tuple(
            CapacityLine(one.id, one.role, one.proposed_by, one.approved_at) for one in capacities
        ),
    )


def waiting_roles(session: Session, organisation: UUID | None = None) -> list[WaitingRole]:
    """Roles that wait for a second person, the longest first; of one organisation or of all."""
    question = (
        select(Appointment, Organisation.name_zh, Organisation.name_en, Person.account)
        .join(Organisation, Organisation.id == Appointment.organisation)
        .join(Person, Person.id == Appointment.person)
        .where(
            Appointment.state == AppointmentState.PROPOSED,
            Organisation.state != OrganisationState.WITHDRAWN,
        )
        .order_by(Appointment.proposed_at, Appointment.id)
    )
    if organisation is not None:
        question = question.where(Appointment.organisation == organisation)
    return [
        WaitingRole(row.id, row.organisation, name_zh, name_en, account, row.role, row.proposed_by)
        for row, name_zh, name_en, account in session.execute(question)
    ]


def waiting_capacities(session: Session) -> list[tuple[str, Role, UUID | None]]:
    """Code, role and proposer of capacities that wait for a second person."""
    rows = session.execute(
        select(Organisation.uscc, Capacity.role, Capacity.proposed_by)
        .join(Organisation, Organisation.id == Capacity.organisation)
        .where(
            Capacity.approved_at.is_(None),
            Capacity.ended_at.is_(None),
            Organisation.state != OrganisationState.WITHDRAWN,
        )
        .order_by(Capacity.proposed_at, Capacity.id)
    )
    return [(row.uscc, row.role, row.proposed_by) for row in rows]


def authorities(session: Session) -> list[AuthorityLine]:
    """Certificate authorities put forward or admitted, by name."""
    rows = session.scalars(
        select(CertificateAuthority)
        .where(CertificateAuthority.ended_at.is_(None))
        .order_by(CertificateAuthority.name)
    )
    return [
        AuthorityLine(row.id, row.name, row.trial, row.proposed_by, row.approved_at) for row in rows
    ]


def person_line(session: Session, account: str) -> PersonLine:
    """The account with this sign-in name; `NotFound`."""
    row = session.scalar(select(Person).where(Person.account == account))
    if row is None:
        raise NotFound("no-person", zh="没有此登录名", en="There is no such sign-in name")
    return PersonLine(row.id, row.account, row.state, row.second_factor_since is not None)
