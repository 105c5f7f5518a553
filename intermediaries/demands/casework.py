"""A demand as owner, operator and supervisor see it before and beside its publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.demands.commands.submitting import doubt_of
from intermediaries.demands.drafts import DraftFacts
from intermediaries.demands.model import Demand, DemandCheck, DemandDoubt
from intermediaries.demands.reading import draft_of, no_demand, row_of
from intermediaries.demands.rules.completeness import Reason
from intermediaries.demands.rules.routing import Doubt
from market.accounts.queries.organisations import OrganisationFacts, organisation
from market.draws.audience import LOOKED
from market.journal.queries import refused_looks
from market.kernel.money import Money

LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class CheckRound:
    """One round of the operator's check."""

    handed_in_at: datetime
    due: datetime
    decided_at: datetime | None
    passed: bool | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class DoubtFacts:
    """A doubt about splitting, with what the owner said to it."""

    no: str
    owner: OrganisationFacts
    found_at: datetime
    others: tuple[str, ...]
    total: Money
    threshold: Money
    separate: str


@dataclass(frozen=True, slots=True)
class DemandCase:
    """A demand with its rounds and doubts; `would_doubt` is what a submission now would find."""

    draft: DraftFacts
    owner: OrganisationFacts
    rounds: tuple[CheckRound, ...]
    doubts: tuple[DoubtFacts, ...]
    would_doubt: Doubt | None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it came back the last time; nothing where it did not."""
        last = self.rounds[-1] if self.rounds else None
        return last.reasons if last is not None and last.passed is False else ()

    @property
    def due(self) -> datetime | None:
        """Until when the check that waits is due."""
        last = self.rounds[-1] if self.rounds else None
        return last.due if last is not None and last.decided_at is None else None


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of a department who looked for a page of the selection."""

    at: datetime
    account: str
    subject: str


def own_case(session: Session, no: str, owner: UUID | None, now: datetime) -> DemandCase:
    """One's own demand; `NotFound` for another's."""
    row = row_of(session, no)
    if owner is None or row.owner != owner:
        raise no_demand()
    return _case(session, row, now)


def checked_case(session: Session, no: str, now: datetime) -> DemandCase:
    """A demand that was handed in at some time, for the operator; a draft is its owner's."""
    row = row_of(session, no)
    found = _case(session, row, now)
    if not found.rounds:
        raise no_demand()
    return found


def doubts(session: Session, limit: int = LISTED) -> list[DoubtFacts]:
    """What looked like parts of one procurement, the newest first."""
    rows = session.execute(
        select(DemandDoubt, Demand)
        .join(Demand, Demand.id == DemandDoubt.demand)
        .order_by(DemandDoubt.found_at.desc(), Demand.no)
        .limit(limit)
    )
    return [_doubt(session, doubt, row) for doubt, row in rows]


def looks(session: Session, limit: int = LISTED) -> Sequence[Look]:
    """Departments that looked for the selection of agencies, the newest first."""
    rows = refused_looks(session, LOOKED, limit)
    return [Look(row.at, row.actor, row.subject) for row in rows]


def _case(session: Session, row: Demand, now: datetime) -> DemandCase:
    rounds = session.scalars(
        select(DemandCheck)
        .where(DemandCheck.demand == row.id)
        .order_by(DemandCheck.handed_in_at, DemandCheck.decided_at.asc().nulls_last())
    )
    held = session.scalars(
        select(DemandDoubt).where(DemandDoubt.demand == row.id).order_by(DemandDoubt.found_at)
    )
    return DemandCase(
        draft_of(session, row, now),
        organisation(session, row.owner),
        tuple(
            CheckRound(
                one.handed_in_at,
                one.due,
                one.decided_at,
                one.passed,
                tuple(Reason(each["section"], each["words"]) for each in one.reasons),
            )
            for one in rounds
        ),
        tuple(_doubt(session, one, row) for one in held),
        doubt_of(session, row, now),
    )


def _doubt(session: Session, doubt: DemandDoubt, row: Demand) -> DoubtFacts:
    return DoubtFacts(
        row.no,
        organisation(session, row.owner),
        doubt.found_at,
        tuple(doubt.others),
        doubt.total,
        doubt.threshold,
        doubt.separate,
    )
