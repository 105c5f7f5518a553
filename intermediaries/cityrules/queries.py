"""Which rules of choosing hold, held and wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.cityrules.model import CityRule
from intermediaries.cityrules.rules import RuleLine, RuleState, holding
from intermediaries.rulebook.selection.admission import DEFAULTS
from intermediaries.rulebook.selection.sources import Settings


def settings_on(session: Session, day: date) -> Settings:
    """What the city sets for notices published on a day; the platform's own numbers before."""
    held = holding(adopted(session), day)
    return DEFAULTS if held is None else held.settings


def adopted(session: Session) -> Sequence[RuleLine]:
    """Every set of rules that was adopted, the latest first day first."""
    rows = session.scalars(
        select(CityRule)
        .where(CityRule.state == RuleState.ADOPTED)
        .order_by(CityRule.first_day.desc(), CityRule.decided_at.desc())
    )
    return [
        RuleLine(row.first_day, row.settings, row.document, row.paper, row.decided_at)
        for row in rows
        if row.decided_at is not None
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A set of rules that waits for a second person."""

    key: UUID
    first_day: date
    settings: Settings
    document: str
    paper: str
    proposed_by: UUID


def waiting(session: Session) -> Waiting | None:
    """The one that waits, if any."""
    row = session.scalar(select(CityRule).where(CityRule.state == RuleState.PROPOSED))
    if row is None:
        return None
    return Waiting(row.id, row.first_day, row.settings, row.document, row.paper, row.proposed_by)
