"""What rules need to know of an agency, read from the tables: for commands and queries alike."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from intermediaries.agencies.model import (
    Agency,
    AgencyDeclaration,
    AgencyEvent,
    AgencyObjection,
    AgencyPractitioner,
    AgencyQualification,
    AgencyService,
    BadRecord,
)
from intermediaries.agencies.rules.entry import Files, Held, Offered, Registered
from intermediaries.agencies.rules.standing import AgencyView, Certificate, Standing
from intermediaries.agencies.rules.states import (
    AgencyState,
    EventKind,
    ObjectionState,
    QualificationState,
)
from intermediaries.catalogue.queries import items_by_id
from market.accounts.queries import organisations
from market.accounts.rules import OrganisationState
from market.kernel.workdays import legal_day

STANDING: tuple[QualificationState, ...] = (
    QualificationState.DRAFT,
    QualificationState.HANDED_IN,
    QualificationState.RETURNED,
    QualificationState.CONFIRMED,
)
"""States of certificates that an application shows."""


def standing_of(session: Session, row: Agency) -> Standing:
    """What decides about an agency's state at any moment."""
    return standings_of(session, [row])[row.id]


def standings_of(session: Session, rows: Sequence[Agency]) -> dict[UUID, Standing]:
    """The same for several agencies, in one question."""
    waiting = set(
        session.scalars(
            select(AgencyObjection.agency).where(
                AgencyObjection.agency.in_([row.id for row in rows]),
                AgencyObjection.state == ObjectionState.OPEN,
            )
        )
    )
    return {
        row.id: Standing(row.state, row.publicity_ends, row.id in waiting, row.suspended_until)
        for row in rows
    }


def registered(session: Session, organisation: UUID, now: datetime) -> Registered:
    """What the registers say of an organisation now."""
    facts = organisations.organisation(session, organisation)
    return Registered(
        facts.uscc,
        is_confirmed=facts.state is OrganisationState.CONFIRMED,
        is_suspended=facts.state is OrganisationState.SUSPENDED,
        on_bad_record=is_on_bad_record(session, facts.uscc, now),
    )


def is_on_bad_record(session: Session, uscc: str, now: datetime) -> bool:
    """Whether a decision keeps this organisation out today, its first and last day included."""
    today = legal_day(now)
    found = select(BadRecord.id).where(
        BadRecord.uscc == uscc,
        BadRecord.lifted_at.is_(None),
        BadRecord.from_day <= today,
        BadRecord.until_day >= today,
    )
    return session.scalars(found.limit(1)).first() is not None


def files_of(session: Session, agency: UUID, now: datetime) -> Files:
    """Everything an application holds."""
    services = session.scalars(
        select(AgencyService.item).where(
            AgencyService.agency == agency, AgencyService.ended_at.is_(None)
        )
    ).all()
    known = items_by_id(session, services, legal_day(now))
    practitioners = session.scalar(
        select(func.count())
        .select_from(AgencyPractitioner)
        .where(AgencyPractitioner.agency == agency, AgencyPractitioner.ended_at.is_(None))
    )
    declared = session.scalars(
        select(AgencyDeclaration.id).where(AgencyDeclaration.agency == agency).limit(1)
    ).first()
    return Files(
        offers=[Offered(one.code, one.terms.requirement) for one in known.values()],
        certificates=[
            Held(row.kind, row.level, row.expires_on)
            for row in _qualifications(session, agency, STANDING)
        ],
        practitioners=practitioners or 0,
        is_declared=declared is not None,
    )


def view_of(session: Session, row: Agency, now: datetime) -> AgencyView:
    """Everything that decides whether an agency may enrol."""
    known = registered(session, row.organisation, now)
    offers = session.scalars(
        select(AgencyService.item).where(
            AgencyService.agency == row.id, AgencyService.ended_at.is_(None)
        )
    )
    counted = _qualifications(
        session, row.id, (QualificationState.CONFIRMED, QualificationState.ENDED)
    )
    return AgencyView(
        standing_of(session, row),
        frozenset(offers),
        tuple(
            Certificate(one.kind, one.level, one.confirmed_at, one.expires_on, one.ended_at)
            for one in counted
            if one.confirmed_at is not None
        ),
        is_in_good_standing=not known.is_suspended and not known.on_bad_record,
    )


def view_at(session: Session, row: Agency, moment: datetime) -> AgencyView:
    """How an agency stood at a moment that is over; nothing decided or done since changes it.

    Its state follows from its public lines up to the moment, the bad-record list from what was
    entered and not lifted by then, its services from those it offered then. An organisation's own
    suspension counts as it stands: it has no date.
    """
    seen = view_of(session, row, moment)
    is_suspended = registered(session, row.organisation, moment).is_suspended
    uscc = organisations.organisation(session, row.organisation).uscc
    offered = session.scalars(
        select(AgencyService.item).where(
            AgencyService.agency == row.id,
            AgencyService.added_at <= moment,
            or_(AgencyService.ended_at.is_(None), AgencyService.ended_at > moment),
        )
    )
    return AgencyView(
        _standing_at(session, row, moment),
        frozenset(offered),
        seen.certificates,
        is_in_good_standing=not is_suspended and not _was_on_bad_record(session, uscc, moment),
    )


_STATES: dict[EventKind, AgencyState] = {
    EventKind.PUBLICITY: AgencyState.PUBLICITY,
    EventKind.STOPPED: AgencyState.REJECTED,
    EventKind.ENTERED: AgencyState.ACTIVE,
    EventKind.SUSPENDED: AgencyState.SUSPENDED,
    EventKind.RESTORED: AgencyState.ACTIVE,
    EventKind.REMOVED: AgencyState.REMOVED,
    EventKind.LEFT: AgencyState.LEFT,
}
"""What each public line makes of an agency."""


def _standing_at(session: Session, row: Agency, moment: datetime) -> Standing:
    """The standing by the last public line up to a moment; as it stands where none came since."""
    lines = session.scalars(
        select(AgencyEvent).where(AgencyEvent.agency == row.id).order_by(AgencyEvent.at.desc())
    ).all()
    before = next((one for one in lines if one.at <= moment), None)
    if before is None or before is lines[0]:
        return standing_of(session, row)
    # A suspension that had run out by then has a line of its own, dated to the end of its last day.
    return Standing(_STATES[before.kind])


def _was_on_bad_record(session: Session, uscc: str, moment: datetime) -> bool:
    """Whether a decision that stood on the list at a moment kept this organisation out then."""
    day = legal_day(moment)
    found = select(BadRecord.id).where(
        BadRecord.uscc == uscc,
        BadRecord.recorded_at <= moment,
        or_(BadRecord.lifted_at.is_(None), BadRecord.lifted_at > moment),
        BadRecord.from_day <= day,
        BadRecord.until_day >= day,
    )
    return session.scalars(found.limit(1)).first() is not None


def _qualifications(
    session: Session, agency: UUID, states: Iterable[QualificationState]
) -> list[AgencyQualification]:
    return list(
        session.scalars(
            select(AgencyQualification)
            .where(AgencyQualification.agency == agency, AgencyQualification.state.in_(states))
            .order_by(AgencyQualification.kind, AgencyQualification.added_at)
        )
    )
