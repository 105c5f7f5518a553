"""Measures against agencies as everybody reads them: suspensions, removals, and what undid them.

Beside them the bad-record list: organisations that a legal decision keeps out, with its number.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.agencies.model import Agency, AgencyEvent, BadRecord
from intermediaries.agencies.queries import agency_names
from intermediaries.agencies.rules.states import EventKind
from market.kernel.workdays import legal_day

SHOWN: Final = 20
"""Lines of each kind on the board; the page of an agency has all of its own."""
_MEASURES: Final = (EventKind.SUSPENDED, EventKind.REMOVED, EventKind.RESTORED)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure against an agency: which, when, and the reason that was published with it."""

    agency_no: str
    name_zh: str
    name_en: str
    kind: EventKind
    at: datetime
    reason: str | None

    def name(self, language: str) -> str:
        """The agency's name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class KeptOut:
    """An organisation that a legal decision keeps out, from its first through its last day."""

    uscc: str
    name: str
    decision: str
    from_day: date
    until_day: date


def measures(session: Session, limit: int = SHOWN) -> list[Measure]:
    """The newest measures against agencies that everybody may know of."""
    rows = session.execute(
        select(AgencyEvent, Agency.organisation)
        .join(Agency, Agency.id == AgencyEvent.agency)
        .where(AgencyEvent.kind.in_(_MEASURES))
        .order_by(AgencyEvent.at.desc(), AgencyEvent.id)
        .limit(limit)
    ).all()
    named = agency_names(session, {organisation for _, organisation in rows})
    return [
        Measure(known.no, known.name_zh, known.name_en, event.kind, event.at, event.reason)
        for event, organisation in rows
        if (known := named.get(organisation)) is not None
    ]


def kept_out(session: Session, now: datetime, limit: int = SHOWN) -> list[KeptOut]:
    """The bad-record list as it stands today, the newest decisions first."""
    today = legal_day(now)
    rows = session.scalars(
        select(BadRecord)
        .where(
            BadRecord.lifted_at.is_(None),
            BadRecord.from_day <= today,
            BadRecord.until_day >= today,
        )
        .order_by(BadRecord.from_day.desc(), BadRecord.uscc, BadRecord.decision)
        .limit(limit)
    )
    return [KeptOut(row.uscc, row.name, row.decision, row.from_day, row.until_day) for row in rows]
