"""The people of the demonstration by what they do: whom to be for which part of a procedure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from market.demo.people.everybody import Everybody
from market.demo.people.kinds import Duty, Organisation, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.seed.accounts import ROLES
from market.web.language import Lazy, lazy_gettext

FEW: Final = 8
"""People of a group that stand open on the page; the others unfold."""
MOST: Final = 48
"""People of a group on the page at all: enough to choose from among four hundred experts."""


@dataclass(frozen=True, slots=True)
class Group:
    """One role: what it is called, what it does here, and the duties that play it."""

    name: str
    heading: Lazy
    does: Lazy
    duties: tuple[Duty, ...]
    parts: tuple[Part, ...] = ()


GROUPS: Final[tuple[Group, ...]] = (
    Group(
        "owner",
        lazy_gettext("Purchaser and agent"),
        lazy_gettext("prepare projects and tenders, answer questions, award and sign"),
        (Duty.PROJECT_OFFICER, Duty.OWNER_REPRESENTATIVE, Duty.AGENT_MANAGER),
    ),
    Group(
        "bidder",
        lazy_gettext("Bidders"),
        lazy_gettext("pay bonds nobody can trace, seal bids nobody can read"),
        (Duty.BID_CLERK,),
    ),
    Group(
        "agency",
        lazy_gettext("Intermediary agencies"),
        lazy_gettext("enter, show certificates, offer services with price and promise"),
        (Duty.AGENCY_CLERK,),
    ),
    Group(
        "officer",
        lazy_gettext("Opening officers"),
        lazy_gettext("each of another organisation; only enough of them together open the bids"),
        (Duty.OPENING_OFFICER,),
    ),
    Group(
        "expert",
        lazy_gettext("Experts"),
        lazy_gettext("are drawn, accept or decline, declare, score alone, sign"),
        (Duty.EXPERT,),
    ),
    Group(
        "party",
        lazy_gettext("Drawing parties"),
        lazy_gettext("each adds a number of its own, so that nobody steers a draw"),
        (Duty.DRAW_PARTY, Duty.WITNESS_KEEPER, Duty.NOTARY),
    ),
    Group(
        "supervisor",
        lazy_gettext("Supervisor"),
        lazy_gettext("watch procedures, audit pools, decide complaints"),
        (Duty.SUPERVISION_OFFICER, Duty.COMPLAINT_OFFICER),
    ),
    Group(
        "office",
        lazy_gettext("Management office of the centre"),
        lazy_gettext("decide about credit of agencies, pauses and whose an hour is"),
        (Duty.PERSON_IN_CHARGE,),
        (Part.SUPERVISOR,),
    ),
    Group(
        "department",
        lazy_gettext("Approving departments"),
        lazy_gettext("receive cases, ask once, decide in time; heads approve items and more time"),
        (Duty.CASE_OFFICER, Duty.PERSON_IN_CHARGE),
        (Part.COMPETENT_DEPARTMENT, Part.APPROVING_DEPARTMENT),
    ),
    Group(
        "centre",
        lazy_gettext("Trading centre"),
        lazy_gettext("admit projects and organisations, keep the register of experts"),
        (Duty.REGISTER_KEEPER, Duty.DRAW_OPERATOR, Duty.SYSTEM_ADMINISTRATOR),
        (Part.TRADING_CENTRE,),
    ),
    Group(
        "representative",
        lazy_gettext("Representatives of organisations"),
        lazy_gettext("keep people, keys and the basic account of an organisation"),
        (Duty.LEGAL_REPRESENTATIVE,),
        tuple(ROLES),
    ),
)


@dataclass(frozen=True, slots=True)
class Player:
    """One person of a group, with the organisation acted for and the duties held."""

    person: Person
    organisation: Organisation
    duties: tuple[Duty, ...]


def players(cast: Everybody, group: Group) -> Sequence[Player]:
    """The people of a group, those of each organisation together, who have an account."""
    organisations = {one.uscc: one for one in cast.organisations}
    known = group.duties == (Duty.EXPERT,)
    return [
        Player(person, organisations[person.organisation], held)
        for person in cast.persons
        if (held := tuple(duty for duty in person.duties if duty in group.duties))
        and (known or organisations[person.organisation].kind in (group.parts or ROLES))
    ]
