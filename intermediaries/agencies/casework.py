"""An entry as the agency itself and the operator see it: files, reasons, objections, what is due.

Names of practitioners come sealed: the page that may show them opens them. Who objected is told
to nobody.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intermediaries.agencies.model import (
    Agency,
    AgencyCheck,
    AgencyDeclaration,
    AgencyObjection,
    AgencyPractitioner,
    AgencyQualification,
    BadRecord,
)
from intermediaries.agencies.queries import ServiceFacts, services_of
from intermediaries.agencies.reading import STANDING, files_of, registered, standing_of
from intermediaries.agencies.rules.entry import Finding, auto_check, missing
from intermediaries.agencies.rules.grounds import Reason
from intermediaries.agencies.rules.standing import is_valid, is_warned
from intermediaries.agencies.rules.states import (
    AgencyState,
    ObjectionState,
    QualificationState,
)
from intermediaries.catalogue.rules import Level, Qualification
from market.accounts.queries import organisations
from market.accounts.queries.organisations import OrganisationFacts
from market.files.queries import DocumentFacts, document
from market.kernel.errors import NotFound

SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class QualificationFacts:
    """A certificate with its file and how far it has come."""

    id: UUID
    kind: Qualification
    level: Level
    number: str
    issuer: str
    expires_on: date
    document: DocumentFacts
    state: QualificationState
    check_due: datetime | None
    returned_for: str | None
    is_near: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class PractitionerFacts:
    """A practitioner, sealed for the row `id`."""

    id: UUID
    profession: str
    name: bytes
    number: bytes


@dataclass(frozen=True, slots=True)
class DeclarationFacts:
    """The declaration that counts."""

    departments: tuple[str, ...]
    interests: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """One round of the check."""

    handed_in_at: datetime
    due: datetime
    decided_at: datetime | None
    passed: bool | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ObjectionFacts:
    """An objection without its author."""

    id: UUID
    text: str
    filed_at: datetime
    due: datetime
    state: ObjectionState
    answer: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one entry. `findings` and `gaps` are computed at the moment asked."""

    id: UUID
    no: str
    organisation: OrganisationFacts
    state: AgencyState
    applied_at: datetime
    publicity_ends: datetime | None
    entered_at: datetime | None
    suspended_until: date | None
    removed_on: date | None
    findings: tuple[Finding, ...]
    gaps: tuple[tuple[str, str], ...]
    qualifications: tuple[QualificationFacts, ...]
    services: tuple[ServiceFacts, ...]
    practitioners: tuple[PractitionerFacts, ...]
    declaration: DeclarationFacts | None
    checks: tuple[CheckFacts, ...]
    objections: tuple[ObjectionFacts, ...]

    @property
    def waiting_check(self) -> CheckFacts | None:
        """The round that waits for its decision."""
        return next((one for one in self.checks if one.decided_at is None), None)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it came back the last time, while it stands rejected."""
        if self.state is not AgencyState.REJECTED or not self.checks:
            return ()
        return self.checks[0].reasons


def own_case(session: Session, organisation: UUID, now: datetime) -> Case | None:
    """The entry of an organisation; None if it never applied."""
    row = session.scalar(select(Agency).where(Agency.organisation == organisation))
    return None if row is None else _case(session, row, now)


def case(session: Session, no: str, now: datetime) -> Case:
    """The entry with this number, for the operator and the regulator; `NotFound`."""
    row = session.scalar(select(Agency).where(Agency.no == no))
    if row is None:
        raise NotFound("no-agency", zh="没有此中介机构", en="There is no such agency")
    return _case(session, row, now)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One entry on the operator's desk; `what` is "entry", "certificate" or "objection"."""

    no: str
    name_zh: str
    name_en: str
    state: AgencyState
    what: str
    due: datetime

    def name(self, language: str) -> str:
        """The agency's name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


def waiting(session: Session) -> list[CaseLine]:
    """Everything that waits for the operator, by the time that is left."""
    found: list[CaseLine] = []
    checks = session.execute(
        select(Agency, AgencyCheck.due)
        .join(AgencyCheck, AgencyCheck.agency == Agency.id)
        .where(AgencyCheck.decided_at.is_(None))
        .order_by(AgencyCheck.due)
        .limit(SHOWN)
    ).all()
    certificates = session.execute(
        select(Agency, AgencyQualification.check_due)
        .join(AgencyQualification, AgencyQualification.agency == Agency.id)
        .where(
            AgencyQualification.state == QualificationState.HANDED_IN,
            Agency.state.in_([AgencyState.ACTIVE, AgencyState.SUSPENDED]),
        )
        .order_by(AgencyQualification.check_due)
        .limit(SHOWN)
    ).all()
    objections = session.execute(
        select(Agency, AgencyObjection.due)
        .join(AgencyObjection, AgencyObjection.agency == Agency.id)
        .where(AgencyObjection.state == ObjectionState.OPEN)
        .order_by(AgencyObjection.due)
        .limit(SHOWN)
    ).all()
    for what, lines in (
        ("entry", checks), ("certificate", certificates), ("objection", objections)
    ):  # fmt: skip
        found += [_line(session, row, what, due) for row, due in lines if due is not None]
    return sorted(found, key=lambda one: (one.due, one.no))


def sanctioned(session: Session) -> list[tuple[str, OrganisationFacts, AgencyState]]:
    """The agencies that are in or were, for whoever decides about them."""
    rows = session.scalars(
        select(Agency)
        .where(or_(Agency.entered_at.is_not(None), Agency.state == AgencyState.PUBLICITY))
        .order_by(Agency.no)
        .limit(SHOWN)
    ).all()
    return [
        (row.no, organisations.organisation(session, row.organisation), row.state) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of the bad-record list."""

    id: UUID
    uscc: str
    name: str
    decision: str
    from_day: date
    until_day: date
    lifted_at: datetime | None


def bad_records(session: Session) -> list[BadLine]:
    """The bad-record list, the newest decision first."""
    rows = session.scalars(
        select(BadRecord).order_by(BadRecord.recorded_at.desc(), BadRecord.id).limit(SHOWN)
    )
    return [
        BadLine(
            row.id, row.uscc, row.name, row.decision, row.from_day, row.until_day, row.lifted_at
        )
        for row in rows
    ]


def _line(session: Session, row: Agency, what: str, due: datetime) -> CaseLine:
    facts = organisations.organisation(session, row.organisation)
    return CaseLine(row.no, facts.name_zh, facts.name_en, row.state, what, due)


def _case(session: Session, row: Agency, now: datetime) -> Case:
    known = registered(session, row.organisation, now)
    return Case(
        id=row.id,
        no=row.no,
        organisation=organisations.organisation(session, row.organisation),
        state=standing_of(session, row).at(now),
        applied_at=row.applied_at,
        publicity_ends=row.publicity_ends,
        entered_at=row.entered_at,
        suspended_until=row.suspended_until,
        removed_on=row.removed_on,
        findings=auto_check(known),
        gaps=tuple(missing(files_of(session, row.id, now), now)),
        qualifications=_qualifications(session, row, now),
        services=services_of(session, row.id, now),
        practitioners=_practitioners(session, row.id),
        declaration=_declaration(session, row.id),
        checks=_checks(session, row.id),
        objections=_objections(session, row.id),
    )


def _qualifications(
    session: Session, agency: Agency, now: datetime
) -> tuple[QualificationFacts, ...]:
    rows = session.scalars(
        select(AgencyQualification)
        .where(AgencyQualification.agency == agency.id, AgencyQualification.state.in_(STANDING))
        .order_by(AgencyQualification.kind, AgencyQualification.added_at)
    )
    return tuple(
        QualificationFacts(
            row.id, row.kind, row.level, row.number, row.issuer, row.expires_on,
            document(session, row.document, agency.organisation), row.state, row.check_due,
            row.returned_for,
            is_near=is_warned(row.expires_on, now), is_over=not is_valid(row.expires_on, now),
        )
        for row in rows
    )  # fmt: skip


def _practitioners(session: Session, agency: UUID) -> tuple[PractitionerFacts, ...]:
    rows = session.scalars(
        select(AgencyPractitioner)
        .where(AgencyPractitioner.agency == agency, AgencyPractitioner.ended_at.is_(None))
        .order_by(AgencyPractitioner.added_at, AgencyPractitioner.id)
    )
    return tuple(PractitionerFacts(row.id, row.profession, row.name, row.number) for row in rows)


def _declaration(session: Session, agency: UUID) -> DeclarationFacts | None:
    row = session.scalars(
        select(AgencyDeclaration)
        .where(AgencyDeclaration.agency == agency)
        .order_by(AgencyDeclaration.declared_at.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return DeclarationFacts(tuple(row.departments), row.interests, row.declared_at)


def _checks(session: Session, agency: UUID) -> tuple[CheckFacts, ...]:
    rows = session.scalars(
        select(AgencyCheck)
        .where(AgencyCheck.agency == agency)
        .order_by(AgencyCheck.decided_at.desc().nulls_first(), AgencyCheck.handed_in_at.desc())
    )
    return tuple(
        CheckFacts(
            row.handed_in_at,
            row.due,
            row.decided_at,
            row.passed,
            tuple(Reason(one["ground"], one["words"]) for one in row.reasons),
        )
        for row in rows
    )


def _objections(session: Session, agency: UUID) -> tuple[ObjectionFacts, ...]:
    rows = session.scalars(
        select(AgencyObjection)
        .where(AgencyObjection.agency == agency)
        .order_by(AgencyObjection.filed_at.desc())
    )
    return tuple(
        ObjectionFacts(row.id, row.text, row.filed_at, row.due, row.state, row.answer)
        for row in rows
    )
