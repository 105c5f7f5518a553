"""A lost password: asked for, released in person by a representative, set anew. Machine time.

No letter carries a secret. The representative sees the person, proves with an own code who he is,
and hands over a code that serves once and not for long; whoever has an authenticator needs that
as well, so that no representative can become anybody else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final
from uuid import UUID

from sqlalchemy import select

from market.accounts.commands import rows
from market.accounts.commands.people import end_programs, end_sessions, tell
from market.accounts.model.entrances import PasswordRenewal
from market.accounts.model.people import Appointment, Person
from market.accounts.queries.people import addresses_of_role
from market.accounts.roles import Role
from market.accounts.rules import (
    ORDERLY_REGISTER,
    AppointmentState,
    PersonState,
    refuse_unless_second_person,
)
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.messages.letters import compose

ASKED_FOR: Final = timedelta(days=3)
"""How long a request waits for a representative; at the limit itself it is over."""
RELEASED_FOR: Final = timedelta(minutes=30)
"""How long the code serves after it was shown; at the limit itself it is over."""


@dataclass(frozen=True, slots=True)
class AskRenewal:
    """Somebody says that the password of an account is lost."""

    account: str
    machine_now: datetime


def ask_renewal(work: Work, cmd: AskRenewal) -> None:
    """Tell the representatives of the person's organisations.

    An unknown name, a blocked person and somebody in no organisation change nothing and are told
    the same. A request that waits already is not told again.
    """
    work.need(Permission.ACCOUNTS_PERSON_ENROL)
    found = work.session.scalar(
        select(Person.id).where(Person.account == cmd.account, Person.state == PersonState.ACTIVE)
    )
    if found is None:
        return
    person = rows.person(work, found)
    row = work.session.get(PasswordRenewal, person.id)
    if row is not None and row.used_at is None and cmd.machine_now < row.lapses_at:
        return
    if row is None:
        row = PasswordRenewal(person=person.id)
        work.session.add(row)
    row.asked_at, row.lapses_at = cmd.machine_now, cmd.machine_now + ASKED_FOR
    row.code_hash = row.released_by = row.released_at = row.used_at = None
    words = compose("AC02", {"account": person.account})
    for organisation in sorted(_organisations(work, person.id)):
        for address in addresses_of_role(work.session, organisation, Role.REPRESENTATIVE):
            key = f"AC02:{person.id}:{address}:{cmd.machine_now.isoformat()}"
            work.letter(address, words.template, key=key, zh=words.zh, en=words.en)
    work.note(person.subject, "person.renewal-asked")


@dataclass(frozen=True, slots=True)
class ReleaseRenewal:
    """A representative met the person; `step` is that of the representative's own code."""

    person: UUID
    code_hash: bytes
    step: int
    machine_now: datetime


def release_renewal(work: Work, cmd: ReleaseRenewal) -> None:
    """Let a code set a new password, once, within half an hour; an earlier code is void.

    `Refusal`s: "same-person"; "wrong-code" for a code of the representative's that was used
    already; "works-elsewhere" for somebody who acts for another organisation too and has no
    authenticator, for then one organisation could reach into another. `NotFound` where nobody
    asked, and for people of other organisations.
    """
    work.need(Permission.ACCOUNTS_ROLE_APPOINT)
    own = rows.person(work, rows.acting_person(work))
    refuse_unless_second_person(own.id, cmd.person)
    houses = _organisations(work, cmd.person)
    row = work.session.get(PasswordRenewal, cmd.person, with_for_update=True)
    open_ = row is not None and row.used_at is None and cmd.machine_now < row.lapses_at
    if row is None or not open_ or work.actor.organisation not in houses:
        raise NotFound("no-renewal", zh="没有此项重设请求", en="Nobody asked for this")
    _use_code(own, cmd.step)
    person = rows.person(work, cmd.person)
    if person.second_factor_since is None and len(houses) > 1:
        raise Refusal(
            "works-elsewhere",
            zh="该人员还在其他单位任职且未设动态口令，不能由一家单位重设密码",
            en="This person acts for another organisation too and has no authenticator: one"
            " organisation alone does not set the password anew",
            article=ORDERLY_REGISTER,
            status=403,
        )
    row.code_hash, row.released_by = cmd.code_hash, own.id
    row.released_at, row.lapses_at = cmd.machine_now, cmd.machine_now + RELEASED_FOR
    work.note(person.subject, "person.renewal-released")


@dataclass(frozen=True, slots=True)
class RenewPassword:
    """The person with the code: the new password's hash, and the step of the own authenticator."""

    person: UUID
    code_hash: bytes
    step: int | None
    new_hash: str
    machine_now: datetime


def renew_password(work: Work, cmd: RenewPassword) -> None:
    """Set the password anew; sessions and programs end, and the person is written to.

    `Refusal` "renewal-refused" for a wrong, used or lapsed code, a missing code of the own
    authenticator and a blocked person alike.
    """
    work.need(Permission.HOUSE_ACT)
    person = rows.person(work, cmd.person)
    row = work.session.get(PasswordRenewal, cmd.person, with_for_update=True)
    good = (
        row is not None
        and row.code_hash is not None
        and row.used_at is None
        and cmd.machine_now < row.lapses_at
        and compare_digest(row.code_hash, cmd.code_hash)
        and person.state is PersonState.ACTIVE
    )
    if row is None or not good:
        raise refused()
    if person.second_factor_since is not None:
        last = person.second_factor_step
        if cmd.step is None or (last is not None and cmd.step <= last):
            raise refused()
        person.second_factor_step = cmd.step
    row.used_at = cmd.machine_now
    person.password_hash = cmd.new_hash
    end_sessions(work, person.id, cmd.machine_now)
    end_programs(work, person.id, cmd.machine_now)
    tell(work, person.id, "AC03", f"AC03:{person.id}:{cmd.machine_now.isoformat()}")
    work.note(person.subject, "person.renewed")


def refused() -> Refusal:
    """The one answer to everything that does not fit together."""
    return Refusal(
        "renewal-refused",
        zh="登录名、重设码或动态口令不正确，或重设码已失效",
        en="The sign-in name, the release code or the authenticator's code is not right, or the"
        " release code is over",
        status=403,
    )


def _use_code(own: Person, step: int) -> None:
    if own.second_factor_step is not None and step <= own.second_factor_step:
        zh, en = "该动态口令已用过：请等待下一个", "This code was used: wait for the next one"
        raise Refusal("wrong-code", zh=zh, en=en, fields={"code": (zh, en)})
    own.second_factor_step = step


def _organisations(work: Work, person: UUID) -> frozenset[UUID]:
    return frozenset(
        work.session.scalars(
            select(Appointment.organisation).where(
                Appointment.person == person, Appointment.state == AppointmentState.ACTIVE
            )
        )
    )
