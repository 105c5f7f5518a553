"""Roles: which an organisation may give, who gets one; roles of weight take two persons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from market.accounts.commands import rows
from market.accounts.model.organisations import Capacity, Organisation
from market.accounts.model.people import Appointment, Person
from market.accounts.queries.people import addresses_of_person
from market.accounts.roles import SELF_CHOSEN, WITH_SECOND_PERSON, Role
from market.accounts.rules import (
    APPOINTMENT_TABLE,
    TWO_PERSONS,
    AppointmentAction,
    AppointmentState,
    OrganisationState,
    PersonState,
    refuse_unless_second_person,
)
from market.accounts.separation import refuse_unless_compatible
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.messages.letters import compose


@dataclass(frozen=True, slots=True)
class ProposeCapacity:
    """An organisation shall be able to give its people a role."""

    organisation: UUID
    role: Role


def propose_capacity(work: Work, cmd: ProposeCapacity) -> Mapping[str, Any]:
    """Put a capacity forward; it counts when another person approves.

    `Refusal`s: "capacity-known" if it is open, "capacity-free" for roles every organisation gives.
    """
    work.need(Permission.ACCOUNTS_CAPACITY_GRANT)
    person = rows.acting_person(work)
    organisation = rows.organisation(work, cmd.organisation)
    if cmd.role in SELF_CHOSEN:
        raise Refusal(
            "capacity-free",
            zh="该角色由单位自行授予，无须核准",
            en="Every organisation gives this role by itself",
        )
    open_one = select(Capacity.id).where(
        Capacity.organisation == organisation.id,
        Capacity.role == cmd.role,
        Capacity.ended_at.is_(None),
    )
    if work.session.scalar(open_one) is not None:
        raise Refusal(
            "capacity-known",
            zh="该单位的此项资格已提出或已核准",
            en="This capacity is proposed or approved for the organisation already",
        )
    row = Capacity(
        id=uuid4(),
        organisation=organisation.id,
        role=cmd.role,
        proposed_by=person,
        proposed_at=work.now,
    )
    work.session.add(row)
    work.note(organisation.subject, "capacity.proposed", role=cmd.role)
    return {"capacity": str(row.id)}


@dataclass(frozen=True, slots=True)
class NameCapacity:
    """A capacity that was put forward or approved."""

    capacity: UUID


def approve_capacity(work: Work, cmd: NameCapacity) -> None:
    """Approve what another person put forward; `Refusal`s "same-person", "already-approved"."""
    row, organisation = _capacity(work, cmd.capacity)
    if row.ended_at is not None:
        raise _no_capacity()
    if row.approved_at is not None:
        raise Refusal(
            "already-approved", zh="已批准", en="This was approved before", article=TWO_PERSONS
        )
    refuse_unless_second_person(row.proposed_by, work.actor.person)
    row.approved_by, row.approved_at = work.actor.person, work.now
    work.note(organisation.subject, "capacity.approved", role=row.role)


def end_capacity(work: Work, cmd: NameCapacity) -> None:
    """End a capacity: from now on roles given under it open nothing. A second time is nothing."""
    row, organisation = _capacity(work, cmd.capacity)
    if row.ended_at is None:
        row.ended_at = work.now
        work.note(organisation.subject, "capacity.ended", role=row.role)


@dataclass(frozen=True, slots=True)
class ProposeRole:
    """A role for a person, known by the sign-in name, in an organisation."""

    organisation: UUID
    account: str
    role: Role


def propose_role(work: Work, cmd: ProposeRole) -> Mapping[str, Any]:
    """Offer a role; the person accepts it, after another has approved where that is needed.

    Done by a representative of the organisation, or by the trading centre for the first
    representative of one that it entered itself.
    `Refusal`s: "role-beyond-capacity", "role-known", "technician-alone"; `NotFound` for an account
    that does not exist.
    """
    first = _refuse_unless_entitled(work, cmd)
    organisation = rows.organisation(work, cmd.organisation)
    if cmd.role not in SELF_CHOSEN | rows.capacities(work, organisation.id):
        raise Refusal(
            "role-beyond-capacity",
            zh="本单位尚未取得该角色的资格：请由交易中心核准",
            en="The organisation has not been admitted to this role: the trading centre does that",
        )
    person = work.session.scalar(
        select(Person).where(Person.account == cmd.account).with_for_update()
    )
    if person is None or person.state is PersonState.BLOCKED:
        raise NotFound("no-person", zh="没有此登录名", en="There is no such sign-in name")
    held = rows.open_appointments(work, person.id)
    if any(row.organisation == organisation.id and row.role is cmd.role for row in held):
        raise Refusal(
            "role-known",
            zh="此人已有或已被提名该角色",
            en="This person has or was offered the role",
        )
    refuse_unless_compatible([cmd.role, *(row.role for row in held)])
    needs_second = first or cmd.role in WITH_SECOND_PERSON
    row = Appointment(
        id=uuid4(),
        person=person.id,
        organisation=organisation.id,
        role=cmd.role,
        state=AppointmentState.PROPOSED if needs_second else AppointmentState.APPROVED,
        proposed_by=work.actor.person,
        proposed_at=work.now,
    )
    work.session.add(row)
    work.note(row.subject, "appointment.proposed", role=cmd.role, to=organisation.subject)
    if not needs_second:
        _tell(work, row, organisation)
    return {"appointment": str(row.id), "state": row.state.value}


@dataclass(frozen=True, slots=True)
class NameAppointment:
    """A role that was offered or is held."""

    appointment: UUID


def approve_role(work: Work, cmd: NameAppointment) -> None:
    """Approve what another person proposed, in the same organisation or from the trading centre.

    `Refusal` "same-person"; `IllegalMove` unless it waits for approval.
    """
    row = _appointment(work, cmd.appointment)
    from_centre = work.actor.may(Permission.ACCOUNTS_CAPACITY_GRANT)
    if work.actor.organisation != row.organisation and not from_centre:
        raise _no_appointment()
    work.move(row, APPOINTMENT_TABLE, AppointmentAction.APPROVE)
    refuse_unless_second_person(row.proposed_by, work.actor.person)
    row.approved_by, row.approved_at = work.actor.person, work.now
    _tell(work, row, rows.organisation(work, row.organisation))


def accept_role(work: Work, cmd: NameAppointment) -> None:
    """Take the role offered to oneself; `Refusal` "technician-alone", `NotFound` for another's."""
    row = _own_appointment(work, cmd.appointment)
    active = [
        held.role
        for held in rows.open_appointments(work, row.person)
        if held.state is AppointmentState.ACTIVE
    ]
    refuse_unless_compatible([row.role, *active])
    work.move(row, APPOINTMENT_TABLE, AppointmentAction.ACCEPT)
    row.accepted_at = work.now


def decline_role(work: Work, cmd: NameAppointment) -> None:
    """Decline the role offered to oneself."""
    row = _own_appointment(work, cmd.appointment)
    work.move(row, APPOINTMENT_TABLE, AppointmentAction.DECLINE)
    row.ended_at = work.now


def resign_role(work: Work, cmd: NameAppointment) -> None:
    """Give up a role of one's own; `Refusal` "last-representative"."""
    row = _own_appointment(work, cmd.appointment)
    _refuse_last_representative(work, row)
    work.move(row, APPOINTMENT_TABLE, AppointmentAction.RESIGN)
    row.ended_at = work.now


def revoke_role(work: Work, cmd: NameAppointment) -> None:
    """Take a role of one's organisation back from somebody; `Refusal` "last-representative"."""
    row = _appointment(work, cmd.appointment)
    if work.actor.organisation != row.organisation:
        raise _no_appointment()
    _refuse_last_representative(work, row)
    work.move(row, APPOINTMENT_TABLE, AppointmentAction.REVOKE)
    row.ended_at = work.now


def _refuse_unless_entitled(work: Work, cmd: ProposeRole) -> bool:
    """Whether this is the centre naming a first representative; others only in their own house."""
    rows.acting_person(work)
    if work.actor.organisation == cmd.organisation:
        work.need(Permission.ACCOUNTS_ROLE_APPOINT)
        return False
    work.need(Permission.ACCOUNTS_CAPACITY_GRANT)
    if cmd.role is not Role.REPRESENTATIVE or _representatives(work, cmd.organisation):
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    return True


def _tell(work: Work, row: Appointment, organisation: Organisation) -> None:
    """Write to the person that a role waits to be accepted; people without address find it here."""
    words = compose(
        "AC01",
        {
            "organisation": (organisation.name_zh, organisation.name_en),
            "role": (row.role.zh, row.role.en),
        },
    )
    for address in addresses_of_person(work.session, row.person)[:1]:
        work.letter(
            address, words.template, key=f"AC01:{row.id}:approved", zh=words.zh, en=words.en
        )


def _representatives(work: Work, organisation: UUID) -> list[UUID]:
    return list(
        work.session.scalars(
            select(Appointment.id).where(
                Appointment.organisation == organisation,
                Appointment.role == Role.REPRESENTATIVE,
                Appointment.state == AppointmentState.ACTIVE,
            )
        )
    )


def _refuse_last_representative(work: Work, row: Appointment) -> None:
    """An organisation without representative could never change anything about itself again."""
    rows.organisation(work, row.organisation)  # the lock: two cannot leave at once
    if row.role is Role.REPRESENTATIVE and _representatives(work, row.organisation) == [row.id]:
        raise Refusal(
            "last-representative",
            zh="这是本单位唯一的单位管理员：请先任命另一位",
            en="This is the organisation's only representative: appoint another one first",
        )


def _capacity(work: Work, key: UUID) -> tuple[Capacity, Organisation]:
    work.need(Permission.ACCOUNTS_CAPACITY_GRANT)
    row = work.session.get(Capacity, key, with_for_update=True)
    if row is None:
        raise _no_capacity()
    organisation = work.session.get_one(Organisation, row.organisation)
    if organisation.state is OrganisationState.WITHDRAWN:
        raise _no_capacity()
    return row, organisation


def _appointment(work: Work, key: UUID) -> Appointment:
    row = work.session.get(Appointment, key, with_for_update=True)
    if row is None:
        raise _no_appointment()
    return row


def _own_appointment(work: Work, key: UUID) -> Appointment:
    person = rows.acting_person(work)
    row = _appointment(work, key)
    if row.person != person:
        raise _no_appointment()
    return row


def _no_capacity() -> NotFound:
    return NotFound("no-capacity", zh="没有此项资格", en="There is no such capacity")


def _no_appointment() -> NotFound:
    return NotFound("no-appointment", zh="没有此项任命", en="There is no such appointment")
