"""Demands as everybody may see them, and as rooms above know them."""

from uuid import UUID

from sqlalchemy.orm import Session

from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.reading import facts_of, no_demand, row_by_id, row_of


def facts(session: Session, no: str) -> DemandFacts:
    """The facts of a demand that was ever published; `NotFound` before."""
    row = row_of(session, no)
    if row.published_at is None:
        raise no_demand()
    return facts_of(session, row)


def facts_by_id(session: Session, key: UUID) -> DemandFacts:
    """The same by its id, as a fact's subject names it; `NotFound` before publication."""
    row = row_by_id(session, key)
    if row.published_at is None:
        raise no_demand()
    return facts_of(session, row)
