"""Who is there: the centre and its founders, the public bodies, the bank, the bidders."""

from functools import partial
from typing import Final
from uuid import UUID

from market.accounts.authority import NAME as AUTHORITY
from market.accounts.commands.founding import FoundRegister, found_register
from market.accounts.commands.keys import (
    NameAuthority,
    ProposeAuthority,
    approve_authority,
    propose_authority,
)
from market.accounts.commands.organisations import RegisterOrganisation, register_organisation
from market.accounts.roles import WITHOUT_SECOND_FACTOR, Role
from market.accounts.rules import OrganisationKind, SmeClass
from market.command import HOUSE
from market.demo.people.everybody import Everybody
from market.demo.people.kinds import Duty, Organisation, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.house import House
from market.protocol.encoding import digest

ROLES: Final[dict[Part, dict[Duty, Role]]] = {
    Part.PURCHASER: {
        Duty.PROJECT_OFFICER: Role.OWNER,
        Duty.OWNER_REPRESENTATIVE: Role.OWNER,
        Duty.OPENING_OFFICER: Role.OWNER,
        Duty.DRAW_PARTY: Role.OWNER,
    },
    Part.AGENT: {Duty.AGENT_MANAGER: Role.AGENT},
    Part.TRADING_CENTRE: {
        Duty.DRAW_OPERATOR: Role.CENTER,
        Duty.REGISTER_KEEPER: Role.CENTER,
        Duty.OPENING_OFFICER: Role.CENTER,
        Duty.SYSTEM_ADMINISTRATOR: Role.SYSADMIN,
    },
    Part.SUPERVISOR: {
        Duty.SUPERVISION_OFFICER: Role.SUPV,
        Duty.DRAW_PARTY: Role.SUPV,
        Duty.OPENING_OFFICER: Role.SUPV,
        Duty.COMPLAINT_OFFICER: Role.REG,
        # The office that manages the trading centre is the bureau's.
        Duty.PERSON_IN_CHARGE: Role.CMO,
    },
    Part.COMPETENT_DEPARTMENT: {
        Duty.CASE_OFFICER: Role.DEPT,
        Duty.PERSON_IN_CHARGE: Role.DEPT_HEAD,
    },
    Part.APPROVING_DEPARTMENT: {
        Duty.CASE_OFFICER: Role.DEPT,
        Duty.PERSON_IN_CHARGE: Role.DEPT_HEAD,
    },
    Part.NOTARY: {
        Duty.NOTARY: Role.NOTARY,
        Duty.DRAW_PARTY: Role.NOTARY,
        Duty.OPENING_OFFICER: Role.NOTARY,
    },
    Part.WITNESS: {Duty.WITNESS_KEEPER: Role.NOTARY, Duty.OPENING_OFFICER: Role.NOTARY},
    Part.BANK: {Duty.CUSTODIAN_CLERK: Role.BANK},
    Part.BIDDER: {Duty.BID_CLERK: Role.BIDDER},
    Part.AGENCY: {Duty.AGENCY_CLERK: Role.AGENCY},
}
"""Which duties of the fictional people are which roles on the platform."""

PUBLIC_BODIES: Final = (
    Part.PURCHASER,
    Part.AGENT,
    Part.SUPERVISOR,
    Part.COMPETENT_DEPARTMENT,
    Part.APPROVING_DEPARTMENT,
    Part.NOTARY,
    Part.WITNESS,
    Part.BANK,
)
SIZES: Final = {
    "large": SmeClass.LARGE,
    "medium": SmeClass.MEDIUM,
    "small": SmeClass.SMALL,
    "micro": SmeClass.MICRO,
}
KINDS: Final = {
    "11": OrganisationKind.GOVERNMENT,
    "12": OrganisationKind.INSTITUTION,
    "91": OrganisationKind.ENTERPRISE,
}


def found(house: House, everybody: Everybody) -> None:
    """The trading centre and the two people who let everybody else in."""
    centre = everybody.the(Part.TRADING_CENTRE)
    first = _head(everybody, centre)
    (second,) = everybody.with_duty(Duty.ENTRY_CHECKER, centre.uscc)
    for person in _staff(everybody, centre):
        house.enrol(person)
    command = FoundRegister(
        centre.uscc,
        centre.name_zh,
        centre.name_en,
        first.name_zh,
        house.people[first.id],
        house.people[second.id],
    )
    done = house.run(found_register, command, HOUSE)
    house.organisations[centre.uscc] = UUID(str(done["organisation"]))
    house.founders = (first.id, second.id)
    house.admit(centre.uscc, Role.SYSADMIN)
    for person in _staff(everybody, centre):
        for duty in person.duties:
            given = ROLES[Part.TRADING_CENTRE].get(duty)
            if given is not None:
                house.appoint(centre.uscc, first.id, person, given)
    _admit_authority(house)


def enter_public_bodies(house: House, everybody: Everybody) -> None:
    """Purchaser, agent, supervisor, notary, witness and bank, with their people."""
    for part in PUBLIC_BODIES:
        enter(house, everybody, everybody.the(part))


def enter_bidders(house: House, everybody: Everybody) -> None:
    """The firms that bid."""
    for firm in everybody.bidders():
        enter(house, everybody, firm)


def enter_agencies(house: House, everybody: Everybody) -> None:
    """The intermediaries, each in one transaction."""
    for agency in everybody.of_kind(Part.AGENCY):
        house.together(partial(enter, house, everybody, agency))


def enter(house: House, everybody: Everybody, organisation: Organisation) -> None:
    """One organisation: entered by its head, admitted to its roles, its people appointed."""
    head = _head(everybody, organisation)
    staff = _staff(everybody, organisation)
    for person in staff:
        house.enrol(person)
    command = RegisterOrganisation(
        uscc=organisation.uscc,
        name_zh=organisation.name_zh,
        name_en=organisation.name_en,
        kind=KINDS[organisation.uscc[:2]],
        sme_class=SIZES.get(str(organisation.size), SmeClass.NONE),
        legal_representative=head.name_zh,
        head_mark=digest(head.citizen_id.encode()),
    )
    done = house.run(register_organisation, command, house.actor(head.id))
    house.organisations[organisation.uscc] = UUID(str(done["organisation"]))
    duties = ROLES.get(organisation.kind, {})
    for role in sorted(set(duties.values()) - {Role.BIDDER, Role.AGENCY}):
        house.admit(organisation.uscc, role)
    for person in staff:
        for role in sorted({duties[duty] for duty in person.duties if duty in duties}):
            house.appoint(organisation.uscc, head.id, person, role)


def arm(house: House, everybody: Everybody) -> None:
    """Second factors for everybody whose role asks for one, and tokens for their programs."""
    for uscc in house.organisations:
        organisation = next(o for o in everybody.organisations if o.uscc == uscc)
        duties = ROLES.get(organisation.kind, {})
        for person in _staff(everybody, organisation):
            roles = {duties[duty] for duty in person.duties if duty in duties}
            if not roles <= WITHOUT_SECOND_FACTOR or person.id == _head(everybody, organisation).id:
                house.set_second_factor(person)
            if roles - {Role.REG, Role.SYSADMIN}:
                house.give_token(person, uscc)


def _admit_authority(house: House) -> None:
    first, second = (house.actor(person, house.centre) for person in house.founders)
    command = ProposeAuthority(AUTHORITY, house.authority.public, trial=True)
    done = house.run(propose_authority, command, first)
    house.run(approve_authority, NameAuthority(UUID(str(done["authority"]))), second)


def _staff(everybody: Everybody, organisation: Organisation) -> list[Person]:
    return [
        person
        for person in everybody.persons
        if person.organisation == organisation.uscc and Duty.EXPERT not in person.duties
    ]


def _head(everybody: Everybody, organisation: Organisation) -> Person:
    return everybody.person(organisation.legal_representative)
