"""The files of an agency: certificates, services with prices, practitioners, the declaration."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from intermediaries.agencies.commands import rows
from intermediaries.agencies.model import (
    AgencyDeclaration,
    AgencyPractitioner,
    AgencyQualification,
    AgencyService,
)
from intermediaries.agencies.rules.entry import refuse_unless_level, refuse_unless_promise
from intermediaries.agencies.rules.grounds import Section
from intermediaries.agencies.rules.standing import is_valid
from intermediaries.agencies.rules.states import (
    ENTERED,
    QUALIFICATION_TABLE,
    QualificationAction,
    QualificationState,
)
from intermediaries.catalogue.queries import item_by_code
from intermediaries.catalogue.rules import Level, Qualification
from intermediaries.rulebook.periods import ENTRY_CHECK, closes
from market.command import Work
from market.files.commands import KeepDocument, keep_document
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.ids import is_uscc
from market.kernel.money import Money
from market.kernel.workdays import legal_day


@dataclass(frozen=True, slots=True)
class Certified:
    """What a certificate says; `expires_on` is the last day on which it counts."""

    kind: Qualification
    level: Level
    number: str
    issuer: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class AddQualification:
    """A certificate with its file, which is in the folder by now."""

    says: Certified
    document: KeepDocument


def add_qualification(work: Work, cmd: AddQualification) -> Mapping[str, Any]:
    """Add a certificate as a draft. `BadInput`s "level-unknown", "certificate-expired"."""
    agency = rows.open_files(work, Section.QUALIFICATIONS)
    _check(work, cmd.says)
    document = replace(cmd.document, organisation=agency.organisation)
    row = AgencyQualification(
        id=uuid4(),
        agency=agency.id,
        kind=cmd.says.kind,
        level=cmd.says.level,
        number=cmd.says.number,
        issuer=cmd.says.issuer,
        expires_on=cmd.says.expires_on,
        document=keep_document(work, document),
        state=QualificationState.DRAFT,
        added_at=work.now,
    )
    work.session.add(row)
    work.note(agency.subject, "agency.qualification-added", kind=cmd.says.kind)
    return {"qualification": str(row.id)}


@dataclass(frozen=True, slots=True)
class CorrectQualification:
    """What a certificate says, corrected; without a document the file stays."""

    qualification: UUID
    says: Certified
    document: KeepDocument | None


def correct_qualification(work: Work, cmd: CorrectQualification) -> None:
    """Correct a certificate before it is handed in, or after it came back."""
    agency = rows.open_files(work, Section.QUALIFICATIONS)
    row = rows.qualification(work, agency.id, cmd.qualification)
    if row.state not in (QualificationState.DRAFT, QualificationState.RETURNED):
        raise Refusal(
            "qualification-fixed",
            zh="此资质正在核查或已经确认，不能修改；变更请另行登记新证书",
            en="This certificate is being checked or confirmed; enter a new one for a change",
        )
    _check(work, cmd.says)
    row.kind, row.level = cmd.says.kind, cmd.says.level
    row.number, row.issuer = cmd.says.number, cmd.says.issuer
    row.expires_on = cmd.says.expires_on
    if cmd.document is not None:
        row.document = keep_document(work, replace(cmd.document, organisation=agency.organisation))
    work.note(agency.subject, "agency.qualification-corrected", kind=cmd.says.kind)


@dataclass(frozen=True, slots=True)
class NamePart:
    """One certificate, service or practitioner of one's own agency."""

    key: UUID


def end_qualification(work: Work, cmd: NamePart) -> None:
    """Take a certificate off: from now on it counts for nothing."""
    agency = rows.open_files(work, Section.QUALIFICATIONS)
    row = rows.qualification(work, agency.id, cmd.key)
    work.move(row, QUALIFICATION_TABLE, QualificationAction.END)
    row.ended_at = work.now


def hand_in_qualification(work: Work, cmd: NamePart) -> None:
    """Hand in one certificate of an agency that is in: a renewal, or a new one.

    `Refusal` "with-the-entry" while the entry itself is still to be handed in.
    """
    agency = rows.open_files(work, Section.QUALIFICATIONS)
    if agency.state not in ENTERED:
        raise Refusal(
            "with-the-entry",
            zh="资质随入驻申请一并提交",
            en="Certificates are handed in together with the entry",
        )
    row = rows.qualification(work, agency.id, cmd.key)
    work.move(row, QUALIFICATION_TABLE, QualificationAction.HAND_IN)
    row.handed_in_at, row.returned_for = work.now, None
    row.check_due = closes(ENTRY_CHECK, work.now, work.calendar, on=legal_day(work.now))


@dataclass(frozen=True, slots=True)
class OfferService:
    """A service with its price and the promised working days; again it is changed."""

    item_code: str
    price: Money
    promise_days: int
    conditions: str | None = None


def offer_service(work: Work, cmd: OfferService) -> None:
    """Offer a service, or change price and promise of one that is offered.

    `BadInput` "promise-too-long" beyond the item's standard time; `Refusal` "item-withdrawn".
    """
    agency = rows.open_files(work, Section.SERVICES)
    item = item_by_code(work.session, cmd.item_code, legal_day(work.now))
    if not item.terms.offered:
        raise Refusal(
            "item-withdrawn", zh="该事项已撤下", en="This item is withdrawn from the catalogue"
        )
    refuse_unless_promise(cmd.promise_days, item.terms.standard_days)
    known = work.session.scalar(
        select(AgencyService)
        .where(
            AgencyService.agency == agency.id,
            AgencyService.item == item.id,
            AgencyService.ended_at.is_(None),
        )
        .with_for_update()
    )
    if known is not None:
        known.ended_at = work.now
        work.session.flush()
    work.session.add(
        AgencyService(
            agency=agency.id,
            item=item.id,
            item_code=item.code,
            category=item.category,
            price=cmd.price,
            promise_days=cmd.promise_days,
            conditions=cmd.conditions,
            added_at=work.now,
        )
    )
    work.note(agency.subject, "agency.service-offered", item=item.code)


def end_service(work: Work, cmd: NamePart) -> None:
    """Offer a service no longer; running contracts go on."""
    agency = rows.open_files(work, Section.SERVICES)
    row = work.session.get(AgencyService, cmd.key, with_for_update=True)
    if row is None or row.agency != agency.id or row.ended_at is not None:
        raise NotFound("no-service", zh="没有此服务", en="There is no such service")
    row.ended_at = work.now
    work.note(agency.subject, "agency.service-ended")


@dataclass(frozen=True, slots=True)
class AddPractitioner:
    """Somebody whose practice a law asks for; name and number sealed for the row `key`."""

    key: UUID
    profession: str
    name: bytes
    number: bytes


def add_practitioner(work: Work, cmd: AddPractitioner) -> None:
    """Enter a practitioner."""
    agency = rows.open_files(work, Section.PRACTITIONERS)
    work.session.add(
        AgencyPractitioner(
            id=cmd.key,
            agency=agency.id,
            profession=cmd.profession,
            name=cmd.name,
            number=cmd.number,
            added_at=work.now,
        )
    )
    work.note(agency.subject, "agency.practitioner-added")


def end_practitioner(work: Work, cmd: NamePart) -> None:
    """Take a practitioner off; what was sealed goes with it."""
    agency = rows.open_files(work, Section.PRACTITIONERS)
    row = work.session.get(AgencyPractitioner, cmd.key, with_for_update=True)
    if row is None or row.agency != agency.id or row.ended_at is not None:
        raise NotFound("no-practitioner", zh="没有此人员", en="There is no such practitioner")
    row.ended_at, row.name, row.number = work.now, b"", b""
    work.note(agency.subject, "agency.practitioner-ended")


@dataclass(frozen=True, slots=True)
class DeclareInterests:
    """Which administrative organs it belongs or is tied to, and what else could bear on a job."""

    departments: tuple[str, ...]
    interests: str


def declare_interests(work: Work, cmd: DeclareInterests) -> None:
    """Declare interests; the declaration before stays on file. `BadInput` "bad-uscc"."""
    agency = rows.open_files(work, Section.DECLARATION)
    if not all(is_uscc(code) for code in cmd.departments):
        words = ("统一社会信用代码不正确", "This is not a unified social credit code")
        raise BadInput("bad-uscc", zh=words[0], en=words[1], fields={"departments": words})
    work.session.add(
        AgencyDeclaration(
            agency=agency.id,
            departments=list(dict.fromkeys(cmd.departments)),
            interests=cmd.interests,
            declared_by=rows.acting(work)[0],
            declared_at=work.now,
        )
    )
    work.note(agency.subject, "agency.interests-declared")


def _check(work: Work, says: Certified) -> None:
    refuse_unless_level(says.kind, says.level)
    if not is_valid(says.expires_on, work.now):
        words = ("证书有效期已过", "The certificate has expired")
        raise BadInput(
            "certificate-expired", zh=words[0], en=words[1], fields={"expires_on": words}
        )
