"""Representatives of the purchaser: who still sits, who may not, whether all have come."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from bidding.panels.model import Panel, PanelRepresentative
from bidding.panels.rules import refuse_representative
from bidding.tenders.facts import TenderFacts
from market.accounts.queries.organisations import ids_by_uscc, staff
from market.command import Work
from market.experts import queries as experts


def refuse_unfit(work: Work, tender: TenderFacts, people: Sequence[UUID]) -> None:
    """Refuse anybody who may not represent the purchaser: "representative-…"."""
    own = staff(work.session, tender.owner)
    agents = frozenset[UUID]() if tender.agent is None else staff(work.session, tender.agent)
    for person in people:
        if person in agents:
            raise refuse_representative("agent-staff")
        if person not in own:
            raise refuse_representative("stranger")
        if experts.is_expert(work.session, person):
            raise refuse_representative("expert")


def works_for_a_bidder(work: Work, panel: Panel, person: UUID) -> bool:
    """Whether somebody holds a role in a bidding organisation here, declared or not.

    Nobody does while the bidders are not known yet.
    """
    known = ids_by_uscc(work.session, panel.bidders or [])
    return any(person in staff(work.session, one) for one in known.values())


def sitting(work: Work, panel: Panel) -> list[PanelRepresentative]:
    """The representatives who have not left, in the order of their accounts' ids."""
    found = (
        select(PanelRepresentative)
        .where(PanelRepresentative.panel == panel.id, PanelRepresentative.left_at.is_(None))
        .order_by(PanelRepresentative.person)
    )
    return list(work.session.scalars(found))


def release_bidders_people(work: Work, panel: Panel) -> None:
    """Whoever represents the purchaser and works for a true bidder leaves; the seat is empty.

    The purchaser names somebody else; until then the evaluation does not begin.
    """
    for row in sitting(work, panel):
        if works_for_a_bidder(work, panel, row.person):
            row.left_at = work.now
            work.note(panel.subject, "panel.representative-recused")


def all_came(work: Work, panel: Panel) -> bool:
    """Whether every seat of the purchaser is taken by somebody who has signed in."""
    rows = sitting(work, panel)
    return len(rows) == panel.seats_of_purchaser and all(row.signed_in_at for row in rows)
