"""The first day: the trading centre and the two people who let everybody else in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from market.accounts.model.organisations import Capacity, Organisation
from market.accounts.model.people import Appointment, Person
from market.accounts.roles import Role
from market.accounts.rules import (
    AppointmentState,
    OrganisationKind,
    OrganisationState,
    SmeClass,
    refuse_unless_second_person,
)
from market.command import Work
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.ids import is_uscc
from market.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class FoundRegister:
    """The trading centre, and two enrolled people who represent it."""

    uscc: str
    name_zh: str
    name_en: str
    legal_representative: str
    first: UUID
    second: UUID


def found_register(work: Work, cmd: FoundRegister) -> Mapping[str, Any]:
    """Enter the trading centre as the first organisation, with two people in it.

    The only thing done without a second person, because there is nobody yet; so it is possible
    once, by the house, in an empty register: `Refusal` "already-founded". "same-person" for one
    person twice.
    """
    work.need(Permission.HOUSE_ACT)
    work.hold("register")
    if work.session.scalar(select(Organisation.id).limit(1)) is not None:
        raise Refusal("already-founded", zh="主体库已建立", en="The register is founded already")
    if not is_uscc(cmd.uscc):
        raise BadInput(
            "bad-uscc", zh="统一社会信用代码不正确", en="This is not a unified social credit code"
        )
    refuse_unless_second_person(cmd.first, cmd.second)
    centre = Organisation(
        id=uuid4(),
        uscc=cmd.uscc,
        name_zh=cmd.name_zh,
        name_en=cmd.name_en,
        kind=OrganisationKind.INSTITUTION,
        sme_class=SmeClass.NONE,
        legal_representative=cmd.legal_representative,
        state=OrganisationState.REGISTERED,
        registered_at=work.now,
    )
    work.session.add(centre)
    work.session.flush()
    work.session.add(
        Capacity(
            organisation=centre.id,
            role=Role.CENTER,
            proposed_by=cmd.first,
            proposed_at=work.now,
            approved_by=cmd.second,
            approved_at=work.now,
        )
    )
    for person, other in ((cmd.first, cmd.second), (cmd.second, cmd.first)):
        _appoint(work, centre.id, person, other)
    work.note(centre.subject, "register.founded")
    return {"organisation": str(centre.id)}


def _appoint(work: Work, centre: UUID, person: UUID, other: UUID) -> None:
    if work.session.get(Person, person) is None:
        raise NotFound("no-person", zh="没有此人", en="There is no such person")
    work.session.add_all(
        Appointment(
            person=person,
            organisation=centre,
            role=role,
            state=AppointmentState.ACTIVE,
            proposed_by=other,
            proposed_at=work.now,
            approved_by=other,
            approved_at=work.now,
            accepted_at=work.now,
        )
        for role in (Role.REPRESENTATIVE, Role.CENTER)
    )
