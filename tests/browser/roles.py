"""Who looks at the exchange: a visitor, and somebody for everything that one can be in it.

Whoever may do something that nobody named here may do is taken from the demonstration's own list of
duties: a new duty is looked through by itself.
"""

from collections.abc import Iterator
from typing import Final

from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.play.everything import FIRMS
from market.demo.seed.accounts import ROLES as DUTIES
from tests.support.exchange import Exchange
from tests.support.story_panel import EXPERTS, called

VISITOR: Final = "visitor"
ROLES: Final[dict[str, tuple[Part, Duty]]] = {
    "owner": (Part.PURCHASER, Duty.PROJECT_OFFICER),
    "representative": (Part.PURCHASER, Duty.OWNER_REPRESENTATIVE),
    "legal representative": (Part.PURCHASER, Duty.LEGAL_REPRESENTATIVE),
    "agent": (Part.AGENT, Duty.AGENT_MANAGER),
    "officer": (Part.NOTARY, Duty.OPENING_OFFICER),
    "supervisor": (Part.SUPERVISOR, Duty.SUPERVISION_OFFICER),
    "complaint officer": (Part.SUPERVISOR, Duty.COMPLAINT_OFFICER),
    "draw party": (Part.SUPERVISOR, Duty.DRAW_PARTY),
    "centre": (Part.TRADING_CENTRE, Duty.REGISTER_KEEPER),
    "administrator": (Part.TRADING_CENTRE, Duty.SYSTEM_ADMINISTRATOR),
    "case officer": (Part.COMPETENT_DEPARTMENT, Duty.CASE_OFFICER),
    "head of a department": (Part.COMPETENT_DEPARTMENT, Duty.PERSON_IN_CHARGE),
    "other case officer": (Part.APPROVING_DEPARTMENT, Duty.CASE_OFFICER),
    "other head": (Part.APPROVING_DEPARTMENT, Duty.PERSON_IN_CHARGE),
}
MANY: Final = frozenset({Part.BIDDER, Part.AGENCY})
"""Kinds of organisations that there are many of: those are named by their place in the cast."""
NEWCOMER: Final = 5  # the bidder of the cast who has bid nowhere yet
AGENCIES: Final = (0, 2, 5, 7, 8, 10, 11, 12)
"""One at each stage: active, renewing, suspended, gone, in publicity, sent back, begun, barred."""


def everybody(exchange: Exchange) -> dict[str, Person | None]:
    """A visitor and one person of each role; bidders and experts who stand at different places."""
    found: dict[str, Person | None] = {VISITOR: None}
    found |= {name: exchange.person(*who) for name, who in {**ROLES, **dict(_others())}.items()}
    firms = exchange.cast.bidders()
    found |= {f"bidder {n}": exchange.clerk(firms[n]) for n in (*FIRMS, NEWCOMER)}
    agencies = exchange.cast.of_kind(Part.AGENCY)
    for n in AGENCIES:
        (clerk,) = exchange.cast.with_duty(Duty.AGENCY_CLERK, agencies[n].uscc)
        found[f"agency {n}"] = clerk
    invited = called(exchange)
    found["expert who comes"] = invited[0]
    found["expert who is asked"] = invited[EXPERTS - 1]
    found["expert of a panel"] = invited[EXPERTS]
    found["expert"] = exchange.cast.experts[0].person
    return found


def _others() -> Iterator[tuple[str, tuple[Part, Duty]]]:
    """One duty for each role on the platform that nobody named above has."""
    known = {DUTIES.get(part, {}).get(duty) for part, duty in ROLES.values()}
    for part, duties in DUTIES.items():
        for duty, role in duties.items():
            if part not in MANY and role not in known:
                known.add(role)
                yield f"{role.value} ({duty.value})", (part, duty)
