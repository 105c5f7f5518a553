"""A certificate that has run out, for the rooms above: whose, until when, and what is left."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.agencies.model import Agency, AgencyQualification, AgencyService
from intermediaries.agencies.rules.states import AgencyState, QualificationState
from intermediaries.catalogue.queries import items_by_id
from intermediaries.catalogue.rules import Qualification
from market.kernel.workdays import legal_day

_ENTERED: Final = frozenset({AgencyState.ACTIVE, AgencyState.SUSPENDED})
_RENEWING: Final = (QualificationState.HANDED_IN, QualificationState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class ExpiredCertificate:
    """A certificate after its last day.

    `is_missed`: the agency still offers a service that needs one of this kind, and has neither
    another that counts nor one that waits for its check.
    """

    organisation: UUID
    agency_no: str
    number: str
    last_day: date
    is_missed: bool


def expired_certificate(session: Session, key: UUID, now: datetime) -> ExpiredCertificate:
    """What became of a certificate that has run out; asked when its end is told."""
    row = session.get_one(AgencyQualification, key)
    agency = session.get_one(Agency, row.agency)
    missed = (
        agency.state in _ENTERED
        and _is_needed(session, row.agency, row.kind, legal_day(now))
        and not _is_renewed(session, row, legal_day(now))
    )
    return ExpiredCertificate(agency.organisation, agency.no, row.number, row.expires_on, missed)


def _is_needed(session: Session, agency: UUID, kind: Qualification, today: date) -> bool:
    offered = session.scalars(
        select(AgencyService.item).where(
            AgencyService.agency == agency, AgencyService.ended_at.is_(None)
        )
    ).all()
    items = items_by_id(session, offered, today).values()
    asked = (one.terms.requirement for one in items if one.terms.offered)
    return any(one is not None and one.kind is kind for one in asked)


def _is_renewed(session: Session, row: AgencyQualification, today: date) -> bool:
    other = select(AgencyQualification.id).where(
        AgencyQualification.agency == row.agency,
        AgencyQualification.kind == row.kind,
        AgencyQualification.id != row.id,
        AgencyQualification.state.in_(_RENEWING),
        AgencyQualification.expires_on >= today,
    )
    return session.scalar(other.limit(1)) is not None
