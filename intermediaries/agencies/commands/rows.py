"""Rows that commands need, locked for their transaction, and the lines everybody may read."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Text, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from intermediaries.agencies.model import (
    Agency,
    AgencyCheck,
    AgencyEvent,
    AgencyObjection,
    AgencyQualification,
)
from intermediaries.agencies.reading import standing_of
from intermediaries.agencies.rules.entry import files_fixed
from intermediaries.agencies.rules.grounds import Section
from intermediaries.agencies.rules.states import (
    AGENCY_TABLE,
    FILES_OPEN,
    OBJECTION_TABLE,
    QUALIFICATION_TABLE,
    AgencyAction,
    AgencyState,
    EventKind,
    ObjectionAction,
    ObjectionState,
    QualificationAction,
    QualificationState,
)
from market.accounts.queries import organisations
from market.command import Work
from market.kernel.errors import NotFound, NotSignedIn
from market.kernel.permissions import Permission
from market.kernel.workdays import end_of
from market.notices.rules import lexemes
from market.protocol.encoding import stamp


def acting(work: Work) -> tuple[UUID, UUID]:
    """The person and the organisation that act; `NotSignedIn`, `NotFound` without one."""
    if work.actor.person is None:
        raise NotSignedIn
    if work.actor.organisation is None:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    return work.actor.person, work.actor.organisation


def own(work: Work) -> Agency:
    """The agency one acts for, locked; `NotFound` before it has applied."""
    work.need(Permission.AGENCIES_ENTRY_APPLY)
    organisation = acting(work)[1]
    row = work.session.scalar(
        select(Agency).where(Agency.organisation == organisation).with_for_update()
    )
    if row is None:
        raise no_agency()
    settle(work, row)
    return row


def open_files(work: Work, section: Section) -> Agency:
    """One's own agency whose files may be changed now; the part is marked as touched."""
    agency = own(work)
    if agency.state not in FILES_OPEN:
        raise files_fixed()
    agency.touched = {**agency.touched, section.value: stamp(work.now)}
    return agency


def agency(work: Work, no: str) -> Agency:
    """The agency with this number, locked; `NotFound`."""
    row = work.session.scalar(select(Agency).where(Agency.no == no).with_for_update())
    if row is None:
        raise no_agency()
    settle(work, row)
    return row


def agency_by_id(work: Work, key: UUID) -> Agency:
    """The agency, locked; `NotFound`."""
    row = work.session.get(Agency, key, with_for_update=True)
    if row is None:
        raise no_agency()
    settle(work, row)
    return row


def settle(work: Work, row: Agency) -> None:
    """Write down what time has done to an agency by now, at the moment at which it was so.

    Every command begins with it, so that nobody's rights wait for a tick.
    """
    if standing_of(work.session, row).at(work.now) is row.state:
        return
    house = work.as_house()
    if row.state is AgencyState.PUBLICITY and row.publicity_ends is not None:
        answered = work.session.scalar(
            select(func.max(AgencyObjection.ended_at)).where(
                AgencyObjection.agency == row.id, AgencyObjection.filed_at > row.applied_at
            )
        )
        house.move(row, AGENCY_TABLE, AgencyAction.ENTER)
        row.entered_at = max(row.publicity_ends, answered or row.publicity_ends)
        row.publicity_ends = None
        line = tell(work, row, EventKind.ENTERED, at=row.entered_at)
        work.session.flush()
        work.state_fact("agency.entered", row.id)
        # Each entry of its own, for an agency may leave and come back.
        work.state_fact("agency.entry-told", line)
    elif row.suspended_until is not None:
        house.move(row, AGENCY_TABLE, AgencyAction.LAPSE)
        tell(work, row, EventKind.RESTORED, at=end_of(row.suspended_until))
        row.suspended_until = None
        work.state_fact("agency.restored", row.id)


def qualification(work: Work, agency_id: UUID, key: UUID) -> AgencyQualification:
    """A certificate of this agency, locked; another's is `NotFound`."""
    row = work.session.get(AgencyQualification, key, with_for_update=True)
    if row is None or row.agency != agency_id:
        raise NotFound("no-qualification", zh="没有此资质", en="There is no such qualification")
    return row


def qualifications(
    work: Work, agency_id: UUID, *states: QualificationState
) -> list[AgencyQualification]:
    """The certificates of an agency in these states."""
    return list(
        work.session.scalars(
            select(AgencyQualification)
            .where(AgencyQualification.agency == agency_id, AgencyQualification.state.in_(states))
            .order_by(AgencyQualification.added_at, AgencyQualification.id)
            .with_for_update()
        )
    )


def open_check(work: Work, agency_id: UUID) -> AgencyCheck:
    """The round of the check that waits for its decision."""
    return work.session.scalars(
        select(AgencyCheck)
        .where(AgencyCheck.agency == agency_id, AgencyCheck.decided_at.is_(None))
        .with_for_update()
    ).one()


def return_qualifications(work: Work, agency_id: UUID, words: str) -> None:
    """Give back what was handed in or confirmed with an entry that goes back."""
    states = (QualificationState.HANDED_IN, QualificationState.CONFIRMED)
    for row in qualifications(work, agency_id, *states):
        work.move(row, QUALIFICATION_TABLE, QualificationAction.RETURN)
        row.returned_for = words


def lapse_objections(work: Work, row: Agency) -> None:
    """End the objections that wait: the entry they are about has ended."""
    waiting = work.session.scalars(
        select(AgencyObjection)
        .where(AgencyObjection.agency == row.id, AgencyObjection.state == ObjectionState.OPEN)
        .with_for_update()
    )
    for one in waiting.all():
        work.as_house().move(one, OBJECTION_TABLE, ObjectionAction.LAPSE)
        one.ended_at = work.now


def tell(
    work: Work,
    row: Agency,
    kind: EventKind,
    reason: str | None = None,
    *,
    at: datetime | None = None,
) -> UUID:
    """Add a line that everybody may read; its id."""
    key = uuid4()
    work.session.add(
        AgencyEvent(id=key, agency=row.id, kind=kind, at=at or work.now, reason=reason)
    )
    return key


def words_of(work: Work, row: Agency) -> ColumnElement[str]:
    """What an agency is found by: its number, its code, its names."""
    facts = organisations.organisation(work.session, row.organisation)
    texts = lexemes(row.no, facts.uscc, facts.name_zh, facts.name_en)
    return func.array_to_tsvector(literal(texts, ARRAY(Text)))


def no_agency() -> NotFound:
    """The answer about an agency that is not there, or that the asker may not know of."""
    return NotFound("no-agency", zh="没有此中介机构", en="There is no such agency")
