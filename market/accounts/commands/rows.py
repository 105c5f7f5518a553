"""Rows that commands need, locked for their transaction; what is not there is `NotFound`."""

from uuid import UUID

from sqlalchemy import select

from market.accounts.model.organisations import Capacity, Organisation
from market.accounts.model.people import Appointment, Person
from market.accounts.roles import Role
from market.accounts.rules import AppointmentState, OrganisationState
from market.command import Work
from market.kernel.errors import NotFound, NotSignedIn
from market.kernel.permissions import Permission


def acting_person(work: Work) -> UUID:
    """The person who acts; `NotSignedIn` for the house, a program without a person, a visitor."""
    if work.actor.person is None:
        raise NotSignedIn
    return work.actor.person


def organisation(work: Work, key: UUID) -> Organisation:
    """The organisation, locked; a withdrawn one is `NotFound`."""
    row = work.session.get(Organisation, key, with_for_update=True)
    if row is None or row.state is OrganisationState.WITHDRAWN:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    return row


def own_organisation(work: Work, key: UUID, permission: Permission) -> Organisation:
    """The organisation the actor acts for, locked; another one is `NotFound`."""
    work.need(permission)
    if work.actor.organisation != key:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    return organisation(work, key)


def person(work: Work, key: UUID) -> Person:
    """The person, locked; `NotFound`."""
    row = work.session.get(Person, key, with_for_update=True)
    if row is None:
        raise NotFound("no-person", zh="没有此人", en="There is no such person")
    return row


def capacities(work: Work, key: UUID) -> frozenset[Role]:
    """The roles to which two persons have admitted the organisation."""
    return frozenset(
        work.session.scalars(
            select(Capacity.role).where(
                Capacity.organisation == key,
                Capacity.approved_at.is_not(None),
                Capacity.ended_at.is_(None),
            )
        )
    )


def open_appointments(work: Work, key: UUID) -> list[Appointment]:
    """All roles of a person that are proposed, approved or active."""
    return list(
        work.session.scalars(
            select(Appointment).where(
                Appointment.person == key,
                Appointment.state.in_(
                    [
                        AppointmentState.PROPOSED,
                        AppointmentState.APPROVED,
                        AppointmentState.ACTIVE,
                    ]
                ),
            )
        )
    )
