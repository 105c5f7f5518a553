"""Coming in: sessions of people and tokens of programs begin, are used, end. Machine time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select, update

from market.accounts.commands import rows
from market.accounts.model.entrances import ProgramToken, SignInSession
from market.accounts.model.organisations import Organisation
from market.accounts.model.people import Appointment
from market.accounts.roles import NOT_FOR_PROGRAMS
from market.accounts.rules import ABSOLUTE, AppointmentState, OrganisationState, PersonState
from market.command import Work
from market.kernel.errors import BadInput, MarketError, NotFound
from market.kernel.permissions import Permission

LONGEST_TOKEN: Final = timedelta(days=366)


class SignInRefused(MarketError):
    """Name, password and code do not fit together; which of them is not said."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "sign-in-refused",
            zh="登录名、密码或动态口令不正确",
            en="The sign-in name, the password or the code is not right",
        )


@dataclass(frozen=True, slots=True)
class BeginSession:
    """Somebody has shown who he is: the hash the password fitted, the step the code belongs to.

    `step` is None where the person has no second factor. `token_hash` is the SHA-256 of what the
    browser will hold. `new_hash` replaces a password hash made at a lower cost.
    """

    person: UUID
    password_hash: str
    step: int | None
    token_hash: bytes
    machine_now: datetime
    new_hash: str | None = None


def begin_session(work: Work, cmd: BeginSession) -> Mapping[str, Any]:
    """Begin a session; `SignInRefused` if password, code or person are no longer good.

    Everything is looked at again under the person's lock: of two sign-ins with one code, one wins.
    """
    work.need(Permission.HOUSE_ACT)
    row = rows.person(work, cmd.person)
    if row.state is PersonState.BLOCKED or row.password_hash != cmd.password_hash:
        raise SignInRefused
    has_factor = row.second_factor_since is not None
    if has_factor:
        used = row.second_factor_step
        if cmd.step is None or (used is not None and cmd.step <= used):
            raise SignInRefused
        row.second_factor_step = cmd.step
    if cmd.new_hash is not None:
        row.password_hash = cmd.new_hash
    session = SignInSession(
        id=uuid4(),
        token_hash=cmd.token_hash,
        person=row.id,
        organisation=_only_organisation(work, row.id),
        second_factor=has_factor,
        began_at=cmd.machine_now,
        seen_at=cmd.machine_now,
        lapses_at=cmd.machine_now + ABSOLUTE,
    )
    work.session.add(session)
    work.note(row.subject, "session.began")
    return {"session": str(session.id)}


@dataclass(frozen=True, slots=True)
class NameSession:
    """One session of one's own, and the machine's moment."""

    session: UUID
    machine_now: datetime


def note_use(work: Work, cmd: NameSession) -> None:
    """Write down that an open session is in use; never earlier than before."""
    work.need(Permission.HOUSE_ACT)
    work.session.execute(
        update(SignInSession)
        .where(
            SignInSession.id == cmd.session,
            SignInSession.ended_at.is_(None),
            SignInSession.seen_at < cmd.machine_now,
        )
        .values(seen_at=cmd.machine_now)
    )


def end_session(work: Work, cmd: NameSession) -> None:
    """Sign out of one session; a second time is nothing, another's is `NotFound`."""
    row = _own_session(work, cmd.session)
    if row.ended_at is None:
        row.ended_at = cmd.machine_now
        work.note(f"person/{row.person}", "session.ended")


def end_all_sessions(work: Work, machine_now: datetime) -> None:
    """Sign out everywhere, here too."""
    work.need(Permission.ACCOUNTS_OWN_EDIT)
    person = rows.acting_person(work)
    work.session.execute(
        update(SignInSession)
        .where(SignInSession.person == person, SignInSession.ended_at.is_(None))
        .values(ended_at=machine_now)
    )
    work.note(f"person/{person}", "session.all-ended")


@dataclass(frozen=True, slots=True)
class ChooseOrganisation:
    """For whom a session shall act; None for nobody."""

    session: UUID
    organisation: UUID | None


def choose_organisation(work: Work, cmd: ChooseOrganisation) -> None:
    """Act for another organisation from now on; `NotFound` for one without an active role."""
    row = _own_session(work, cmd.session)
    if cmd.organisation is not None and cmd.organisation not in _organisations(work, row.person):
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    row.organisation = cmd.organisation
    work.note(f"person/{row.person}", "session.acts-for")


@dataclass(frozen=True, slots=True)
class MakeProgramToken:
    """A token for a program: what it may do, until when. The token itself never comes here."""

    name: str
    scopes: frozenset[Permission]
    token_hash: bytes
    machine_now: datetime
    lifetime: timedelta


def make_program_token(work: Work, cmd: MakeProgramToken) -> Mapping[str, Any]:
    """Let a program in for the organisation one acts for, with some of one's own permissions.

    `BadInput`s: "scope-beyond" for what one may not do oneself or no program may, "scopes-empty",
    "lifetime". What the person loses later, the program loses too.
    """
    work.need(Permission.ACCOUNTS_PROGRAM_CREATE)
    person = rows.acting_person(work)
    if work.actor.organisation is None:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    if not cmd.scopes:
        raise BadInput(
            "scopes-empty", zh="至少选择一项权限", en="Choose at least one thing it may do"
        )
    if not cmd.scopes <= work.actor.permissions - NOT_FOR_PROGRAMS:
        raise BadInput(
            "scope-beyond",
            zh="程序的权限不得超出本人的权限，且不包括人员管理和评审",
            en="A program gets no right that you lack, and none over people or judgements",
        )
    if not timedelta() < cmd.lifetime <= LONGEST_TOKEN:
        raise BadInput(
            "lifetime",
            zh="有效期为1至366天",
            en="A token is valid for 1 to 366 days",
        )
    row = ProgramToken(
        id=uuid4(),
        token_hash=cmd.token_hash,
        name=cmd.name,
        person=person,
        organisation=work.actor.organisation,
        scopes=sorted(scope.value for scope in cmd.scopes),
        made_at=cmd.machine_now,
        lapses_at=cmd.machine_now + cmd.lifetime,
    )
    work.session.add(row)
    work.note(f"program/{row.id}", "program.let-in", scopes=" ".join(row.scopes))
    return {"program": str(row.id), "token_hash": cmd.token_hash.hex()}


@dataclass(frozen=True, slots=True)
class NameProgram:
    """A program that was let in, and the machine's moment."""

    program: UUID
    machine_now: datetime


def end_program_token(work: Work, cmd: NameProgram) -> None:
    """Shut a program out: one's own, or any of the organisation one represents.

    A second time is nothing; another's is `NotFound`.
    """
    row = work.session.get(ProgramToken, cmd.program, with_for_update=True)
    own = row is not None and row.person == rows.acting_person(work)
    represents = (
        row is not None
        and row.organisation == work.actor.organisation
        and work.actor.may(Permission.ACCOUNTS_ROLE_APPOINT)
    )
    if row is None or not (own or represents):
        raise NotFound("no-program", zh="没有此程序令牌", en="There is no such program token")
    if row.ended_at is None:
        row.ended_at = cmd.machine_now
        work.note(f"program/{row.id}", "program.shut-out")


def _organisations(work: Work, person: UUID) -> set[UUID]:
    return set(
        work.session.scalars(
            select(Appointment.organisation)
            .join(Organisation, Organisation.id == Appointment.organisation)
            .where(
                Appointment.person == person,
                Appointment.state == AppointmentState.ACTIVE,
                Organisation.state != OrganisationState.WITHDRAWN,
            )
        )
    )


def _only_organisation(work: Work, person: UUID) -> UUID | None:
    found = _organisations(work, person)
    return found.pop() if len(found) == 1 else None


def _own_session(work: Work, key: UUID) -> SignInSession:
    person = rows.acting_person(work)
    row = work.session.get(SignInSession, key, with_for_update=True)
    if row is None or row.person != person:
        raise NotFound("no-session", zh="没有此会话", en="There is no such session")
    return row
