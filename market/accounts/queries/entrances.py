"""Who is behind a session or a token: the actor, with what the roles of this moment allow."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.accounts.model.entrances import PasswordRenewal, ProgramToken, SignInSession
from market.accounts.model.organisations import Capacity, Organisation
from market.accounts.model.people import Appointment, Person
from market.accounts.roles import (
    NOT_FOR_PROGRAMS,
    SELF_CHOSEN,
    WITHOUT_SECOND_FACTOR,
    Role,
    needs_second_factor,
    permissions,
)
from market.accounts.rules import IDLE, AppointmentState, OrganisationState, PersonState
from market.command import Actor
from market.kernel.errors import NotFound
from market.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session: who, for whom, with which roles, and whether a second factor is missing.

    `roles` are those that count now; with `lacks_second_factor` some are held back.
    """

    session: UUID
    actor: Actor
    account: str
    language: str
    organisation_zh: str | None
    organisation_en: str | None
    roles: frozenset[Role]
    second_factor: bool
    lacks_second_factor: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class PasswordOnFile:
    """What a sign-in is checked against; never shown, never logged."""

    person: UUID
    password_hash: str
    second_factor: bytes | None
    """The sealed secret, if it is in use."""
    last_step: int | None


def signed_in(session: Session, token_hash: bytes, machine_now: datetime) -> SignedIn | None:
    """The open session with this hash; None if there is none, it is over, or the person blocked."""
    found = session.execute(
        select(SignInSession, Person)
        .join(Person, Person.id == SignInSession.person)
        .where(
            SignInSession.token_hash == token_hash,
            SignInSession.ended_at.is_(None),
            SignInSession.lapses_at > machine_now,
            SignInSession.seen_at > machine_now - IDLE,
            Person.state == PersonState.ACTIVE,
        )
    ).one_or_none()
    if found is None:
        return None
    entrance, person = found
    organisation = _acting(session, person.id, entrance.organisation)
    held = frozenset[Role]()
    if organisation is not None:
        held = roles_in(session, person.id, organisation.id)
    lacks = needs_second_factor(held) and not entrance.second_factor
    roles = held & WITHOUT_SECOND_FACTOR if lacks else held
    return SignedIn(
        session=entrance.id,
        actor=Actor(
            name=person.account,
            permissions=permissions(roles),
            person=person.id,
            organisation=None if organisation is None else organisation.id,
        ),
        account=person.account,
        language=person.language,
        organisation_zh=None if organisation is None else organisation.name_zh,
        organisation_en=None if organisation is None else organisation.name_en,
        roles=roles,
        second_factor=entrance.second_factor,
        lacks_second_factor=lacks,
        seen_at=entrance.seen_at,
    )


def program(session: Session, token_hash: bytes, machine_now: datetime) -> Actor | None:
    """The program with this token: what its scopes and its person's roles both allow."""
    found = session.execute(
        select(ProgramToken, Person)
        .join(Person, Person.id == ProgramToken.person)
        .where(
            ProgramToken.token_hash == token_hash,
            ProgramToken.ended_at.is_(None),
            ProgramToken.lapses_at > machine_now,
            Person.state == PersonState.ACTIVE,
        )
    ).one_or_none()
    if found is None:
        return None
    token, person = found
    held = permissions(roles_in(session, person.id, token.organisation)) - NOT_FOR_PROGRAMS
    scopes = frozenset(item for item in Permission if item.value in token.scopes)
    return Actor(
        name=f"program/{token.id}",
        permissions=scopes & held,
        person=person.id,
        organisation=token.organisation,
    )


def roles_in(session: Session, person: UUID, organisation: UUID) -> frozenset[Role]:
    """The roles of a person in an organisation that count now: active, and within its capacities.

    None count while the organisation is suspended or withdrawn.
    """
    roles = frozenset(
        session.scalars(
            select(Appointment.role)
            .join(Organisation, Organisation.id == Appointment.organisation)
            .where(
                Appointment.person == person,
                Appointment.organisation == organisation,
                Appointment.state == AppointmentState.ACTIVE,
                Organisation.state.in_([OrganisationState.REGISTERED, OrganisationState.CONFIRMED]),
            )
        )
    )
    return roles & (SELF_CHOSEN | capacities(session, organisation))


def capacities(session: Session, organisation: UUID) -> frozenset[Role]:
    """The roles to which two persons have admitted an organisation."""
    return frozenset(
        session.scalars(
            select(Capacity.role).where(
                Capacity.organisation == organisation,
                Capacity.approved_at.is_not(None),
                Capacity.ended_at.is_(None),
            )
        )
    )


def password_on_file(
    session: Session, account: str | None = None, *, person: UUID | None = None
) -> PasswordOnFile | None:
    """What a sign-in under this name is checked against; None for a name nobody has.

    Somebody who is signed in already is known by id instead.
    """
    wanted = Person.account == account if person is None else Person.id == person
    return _on_file(session.scalar(select(Person).where(wanted)))


def renewals_waiting(
    session: Session, organisation: UUID, machine_now: datetime
) -> dict[UUID, str]:
    """The people of an organisation who asked for a new password, with their sign-in names."""
    rows = session.execute(
        select(Person.id, Person.account)
        .join(PasswordRenewal, PasswordRenewal.person == Person.id)
        .join(Appointment, Appointment.person == Person.id)
        .where(
            Appointment.organisation == organisation,
            Appointment.state == AppointmentState.ACTIVE,
            PasswordRenewal.used_at.is_(None),
            PasswordRenewal.lapses_at > machine_now,
        )
        .distinct()
    )
    return {row.id: row.account for row in rows}


def waiting_renewal(
    session: Session, person: UUID, organisation: UUID | None, machine_now: datetime
) -> str:
    """The sign-in name of somebody of this organisation who asked; `NotFound`."""
    waiting = {} if organisation is None else renewals_waiting(session, organisation, machine_now)
    if person not in waiting:
        raise NotFound("no-renewal", zh="没有此项重设请求", en="Nobody asked for this")
    return waiting[person]


def _on_file(person: Person | None) -> PasswordOnFile | None:
    if person is None:
        return None
    return PasswordOnFile(
        person.id,
        person.password_hash,
        person.second_factor if person.second_factor_since is not None else None,
        person.second_factor_step,
    )


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's own sessions, for the page where it can be ended."""

    id: UUID
    organisation_zh: str | None
    organisation_en: str | None
    began_at: datetime
    seen_at: datetime


def open_sessions(session: Session, person: UUID, machine_now: datetime) -> list[OpenSession]:
    """A person's open sessions, the last begun first."""
    rows = session.execute(
        select(SignInSession, Organisation.name_zh, Organisation.name_en)
        .outerjoin(Organisation, Organisation.id == SignInSession.organisation)
        .where(
            SignInSession.person == person,
            SignInSession.ended_at.is_(None),
            SignInSession.lapses_at > machine_now,
            SignInSession.seen_at > machine_now - IDLE,
        )
        .order_by(SignInSession.began_at.desc())
    )
    return [
        OpenSession(row.id, name_zh, name_en, row.began_at, row.seen_at)
        for row, name_zh, name_en in rows
    ]


@dataclass(frozen=True, slots=True)
class ProgramLetIn:
    """A program token as it is listed: never the token."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    account: str
    made_at: datetime
    lapses_at: datetime


def programs(session: Session, organisation: UUID, machine_now: datetime) -> list[ProgramLetIn]:
    """The open program tokens of an organisation, newest first."""
    rows = session.execute(
        select(ProgramToken, Person.account)
        .join(Person, Person.id == ProgramToken.person)
        .where(
            ProgramToken.organisation == organisation,
            ProgramToken.ended_at.is_(None),
            ProgramToken.lapses_at > machine_now,
        )
        .order_by(ProgramToken.made_at.desc())
    )
    return [
        ProgramLetIn(row.id, row.name, tuple(row.scopes), account, row.made_at, row.lapses_at)
        for row, account in rows
    ]


def _acting(session: Session, person: UUID, organisation: UUID | None) -> Organisation | None:
    """The organisation a session acts for, while the person has an active role there."""
    if organisation is None:
        return None
    return session.scalar(
        select(Organisation)
        .join(Appointment, Appointment.organisation == Organisation.id)
        .where(
            Organisation.id == organisation,
            Organisation.state != OrganisationState.WITHDRAWN,
            Appointment.person == person,
            Appointment.state == AppointmentState.ACTIVE,
        )
        .limit(1)
    )
