"""What time does to agencies, made visible; nobody's rights depend on when it is noticed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from intermediaries.agencies.commands import rows
from intermediaries.agencies.model import Agency, AgencyObjection, AgencyQualification
from intermediaries.agencies.rules.standing import WARNED_BEFORE
from intermediaries.agencies.rules.states import (
    AgencyState,
    ObjectionState,
    QualificationState,
)
from market.accounts.queries import people
from market.accounts.roles import Role
from market.command import Work
from market.feature import Tick
from market.kernel.workdays import legal_day


def settling_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Entries whose publicity is over with nothing open, suspensions that have run out."""
    waiting = select(AgencyObjection.agency).where(AgencyObjection.state == ObjectionState.OPEN)
    over = (
        (Agency.state == AgencyState.PUBLICITY)
        & (Agency.publicity_ends < now)
        & Agency.id.not_in(waiting)
    )
    lapsed = (Agency.state == AgencyState.SUSPENDED) & (Agency.suspended_until < legal_day(now))
    return session.scalars(
        select(Agency.id).where(over | lapsed).order_by(Agency.applied_at, Agency.id).limit(limit)
    ).all()


def settle(work: Work, key: UUID) -> None:
    """Write down what time has done to an agency."""
    rows.agency_by_id(work, key)


def warning_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Confirmed certificates that end within thirty days and whose agency was not told yet."""
    today = legal_day(now)
    return _confirmed(
        session,
        AgencyQualification.warned_at.is_(None)
        & (AgencyQualification.expires_on <= today + WARNED_BEFORE)
        & (AgencyQualification.expires_on >= today),
        limit,
    )


def warn(work: Work, key: UUID) -> None:
    """Tell an agency that a certificate ends soon."""
    row, agency = _certificate(work, key)
    row.warned_at = work.now
    day = row.expires_on.isoformat()
    _tell(
        work,
        agency,
        f"agency-qualification:{row.id}:warned",
        f"{agency.no}：一份资质证书的有效期至{day}，次日起不能再报名相关事项，请及时换证并登记",
        f"{agency.no}: a certificate counts through {day}; from the next day on there is no"
        " enrolment for its items. Renew it and enter the new one",
    )


def expiry_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Confirmed certificates whose last day has passed and whose agency was not told yet."""
    today = legal_day(now)
    return _confirmed(
        session,
        AgencyQualification.expiry_told_at.is_(None) & (AgencyQualification.expires_on < today),
        limit,
    )


def tell_expired(work: Work, key: UUID) -> None:
    """Tell an agency that a certificate has ended, and higher rooms that it did."""
    row, agency = _certificate(work, key)
    row.expiry_told_at = work.now
    day = row.expires_on.isoformat()
    _tell(
        work,
        agency,
        f"agency-qualification:{row.id}:expired",
        f"{agency.no}：一份资质证书已于{day}到期，不能再报名相关事项；正在履行的合同不受影响",
        f"{agency.no}: a certificate ended with {day}; there is no enrolment for its items, and"
        " running contracts go on",
    )
    work.state_fact("agency.qualification-expired", row.id)


TICKS: Final = (
    Tick("agencies.settle", settling_due, settle),
    Tick("agencies.warn", warning_due, warn),
    Tick("agencies.expire", expiry_due, tell_expired),
)


def _confirmed(session: Session, fits: ColumnElement[bool], limit: int) -> Sequence[UUID]:
    return session.scalars(
        select(AgencyQualification.id)
        .where(AgencyQualification.state == QualificationState.CONFIRMED, fits)
        .order_by(AgencyQualification.expires_on, AgencyQualification.id)
        .limit(limit)
    ).all()


def _certificate(work: Work, key: UUID) -> tuple[AgencyQualification, Agency]:
    row = work.session.get_one(AgencyQualification, key, with_for_update=True)
    return row, work.session.get_one(Agency, row.agency)


def _tell(work: Work, agency: Agency, key: str, zh: str, en: str) -> None:
    work.note(agency.subject, "agency.certificate-told")
    for address in people.addresses_of_role(work.session, agency.organisation, Role.AGENCY):
        work.letter(address, "SM19", key=f"{key}:{address}", zh=zh, en=en, link="/desk/agency")
