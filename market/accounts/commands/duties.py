"""Duties in a matter: taken only if they can stand beside all others there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from market.accounts.model.people import Appointment, DutyHeld
from market.accounts.roles import Role
from market.accounts.rules import AppointmentState
from market.accounts.separation import Duty, Held, Holder, refuse_unless_separate
from market.command import Work
from market.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class TakeDuty:
    """A person is to do something in a matter (a project's or tender's id), for an organisation."""

    matter: UUID
    person: UUID
    duty: Duty
    organisation: UUID | None = None


def take_duty(work: Work, cmd: TakeDuty) -> Mapping[str, Any]:
    """Write a duty down if it is separate from all others in the matter; the same again is it.

    Not a use case of its own: the command that appoints calls it, with its permission, in its
    transaction. Refusals as `refuse_unless_separate`. Two appointments in one matter take turns.
    """
    work.hold(f"duties:{cmd.matter}")
    open_rows = _open(work, cmd.matter)
    for row in open_rows:
        if row.person == cmd.person and row.duty is cmd.duty:
            return {"duty": str(row.id)}
    taken = Held(cmd.duty, holder(work, cmd.person), cmd.organisation)
    refuse_unless_separate(
        taken, [Held(row.duty, holder(work, row.person), row.organisation) for row in open_rows]
    )
    row = DutyHeld(
        id=uuid4(),
        matter=cmd.matter,
        person=cmd.person,
        organisation=cmd.organisation,
        duty=cmd.duty,
        taken_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.note(f"duty/{row.id}", "duty.taken", duty=cmd.duty)
    return {"duty": str(row.id)}


def give_up_duty(work: Work, cmd: TakeDuty) -> None:
    """End a duty; a second time, and one never taken, is `NotFound`."""
    work.hold(f"duties:{cmd.matter}")
    for row in _open(work, cmd.matter):
        if row.person == cmd.person and row.duty is cmd.duty:
            row.given_up_at = work.now
            work.note(f"duty/{row.id}", "duty.given-up", duty=cmd.duty)
            return
    raise NotFound("no-duty", zh="没有此项职责", en="There is no such duty")


def holder(work: Work, person: UUID) -> Holder:
    """The person with all organisations and roles it has at this moment."""
    rows = work.session.execute(
        select(Appointment.organisation, Appointment.role).where(
            Appointment.person == person, Appointment.state == AppointmentState.ACTIVE
        )
    ).all()
    organisations: set[UUID] = set()
    roles: set[Role] = set()
    for organisation, role in rows:
        organisations.add(organisation)
        roles.add(role)
    return Holder(person, frozenset(organisations), frozenset(roles))


def _open(work: Work, matter: UUID) -> list[DutyHeld]:
    return list(
        work.session.scalars(
            select(DutyHeld).where(DutyHeld.matter == matter, DutyHeld.given_up_at.is_(None))
        )
    )
