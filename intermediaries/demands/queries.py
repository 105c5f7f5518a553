"""Demands as everybody may see them, and as rooms above know them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.demands.facts import DemandFacts
from intermediaries.demands.model import Demand
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


@dataclass(frozen=True, slots=True)
class Title:
    """What a demand is called and whose it is, for lists."""

    no: str
    zh: str
    en: str
    owner: UUID

    def title(self, language: str) -> str:
        """Its title in "zh" or "en"."""
        return self.zh if language == "zh" else self.en


def titles(session: Session, numbers: Collection[str]) -> dict[str, Title]:
    """What many demands are called, with one question; those never published are left out."""
    rows = session.execute(
        select(Demand.no, Demand.title_zh, Demand.title_en, Demand.owner).where(
            Demand.no.in_(numbers), Demand.published_at.is_not(None)
        )
    )
    return {no: Title(no, zh, en, owner) for no, zh, en, owner in rows}
