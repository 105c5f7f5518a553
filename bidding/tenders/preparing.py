"""Preparing a tender piece by piece; nobody but owner and agent knows of a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import func, select

from bidding.rulebook.bonds import bond_ceiling, refuse_unless_bond
from bidding.rulebook.criteria import Scheme
from bidding.rulebook.criteria_faults import refuse_unless_lawful
from bidding.rulebook.criteria_reading import read_scheme
from bidding.rulebook.limits import Category, Method
from bidding.tenders.dates import TRACK, binding
from bidding.tenders.facts import DraftFacts
from bidding.tenders.model import Tender, TenderDocument
from bidding.tenders.queries import plan_of, scheme_of
from bidding.tenders.rows import free_number, own_draft
from bidding.tenders.rules import ENDED
from market.command import Work
from market.files.commands import KeepDocument, keep_document
from market.files.queries import document
from market.files.store import Stored
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.law import platform_rule
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.projects.queries import ProjectFacts
from market.projects.queries import facts as project_facts
from market.projects.tracks import Subject
from market.protocol.encoding import JsonObject

PREPARE: Final = Permission.TENDERS_TENDER_PREPARE
CATEGORIES: Final[Mapping[Subject, Category]] = {
    Subject.GOODS: Category.GOODS,
    Subject.SERVICES: Category.SERVICES,
    Subject.INTERMEDIARY: Category.SERVICES,
}
DOCUMENTS_MOST: Final = 40  # so that their hashes fit into one entry of the journal
VALIDITY_LEAST: Final = 30  # days
VALIDITY_MOST: Final = 365
VALIDITY: Final = platform_rule("投标有效期30至365日", "Bids stay valid for 30 to 365 days")


@dataclass(frozen=True, slots=True)
class PrepareTender:
    """A draft for a project; titles left empty are the project's names."""

    project: UUID
    title_zh: str = ""
    title_en: str = ""


def prepare_tender(work: Work, cmd: PrepareTender) -> Mapping[str, Any]:
    """Begin a draft; `{"no"}` is its number from now on.

    Refusals: `NotFound` for the project of somebody else, "track-elsewhere" for what is not an
    open tender of goods or services, "tender-running" while the project has a tender.
    """
    work.need(PREPARE)
    project = _own_project(work, cmd.project)
    category = CATEGORIES.get(project.kind)
    if project.track is not TRACK or not project.tendered or category is None:
        raise Refusal(
            "track-elsewhere",
            zh="该项目不属于政府采购货物或服务公开招标，不能在此编制",
            en="This project is no open tender of goods or services in government procurement",
        )
    work.hold(f"project:{project.id}")
    running = work.session.scalar(
        select(Tender.no).where(Tender.project == project.id, Tender.state.not_in(ENDED))
    )
    if running is not None:
        raise Refusal(
            "tender-running",
            zh=f"该项目已有招标 {running}；结束后方可重新招标",
            en=f"This project has the tender {running}; another begins when it has ended",
        )
    row = Tender(
        no=free_number(work),
        project=project.id,
        project_code=project.code,
        owner=project.owner,
        agent=project.agent,
        category=category,
        title_zh=cmd.title_zh or project.name_zh,
        title_en=cmd.title_en or project.name_en,
        budget=project.budget,
        prepared_at=work.now,
    )
    work.session.add(row)
    work.note(row.no, "tender.prepared")
    return {"no": row.no}


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeTender:
    """What is bought and from whom; `qualification_subjects` are codes that cannot be scored."""

    no: str
    title_zh: str
    title_en: str
    need_zh: str
    need_en: str
    qualification_zh: str
    qualification_en: str
    qualification_subjects: tuple[str, ...]
    consortium: bool
    contact: str


def describe_tender(work: Work, cmd: DescribeTender) -> Mapping[str, Any]:
    """Save what the notice says in words; a scheme saved before is checked against it again."""
    row = own_draft(work, cmd.no, PREPARE)
    row.title_zh, row.title_en = cmd.title_zh, cmd.title_en
    row.need_zh, row.need_en = cmd.need_zh, cmd.need_en
    row.qualification_zh, row.qualification_en = cmd.qualification_zh, cmd.qualification_en
    row.qualification_subjects = list(cmd.qualification_subjects)
    row.consortium, row.contact = cmd.consortium, cmd.contact
    scheme = scheme_of(row)
    if scheme is not None:
        refuse_unless_fits(legal_day(work.now), row, scheme)
    work.note(row.no, "tender.described")
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class SetTerms:
    """Highest price, bond and how many days a bid stays valid."""

    no: str
    ceiling: Money
    bond: Money
    validity_days: int


def set_terms(work: Work, cmd: SetTerms) -> Mapping[str, Any]:
    """Save the money of the tender.

    Refusals: "ceiling-above-budget", "bond-above-ceiling", "bond-not-offered", "validity-days".
    """
    row = own_draft(work, cmd.no, PREPARE)
    refuse_unless_money_fits(legal_day(work.now), row.budget, cmd.ceiling, cmd.bond)
    if not VALIDITY_LEAST <= cmd.validity_days <= VALIDITY_MOST:
        raise BadInput(
            "validity-days",
            zh=f"投标有效期应为{VALIDITY_LEAST}至{VALIDITY_MOST}日",
            en=f"Bids stay valid for {VALIDITY_LEAST} to {VALIDITY_MOST} days",
            article=VALIDITY,
        )
    row.ceiling, row.bond, row.validity_days = cmd.ceiling, cmd.bond, cmd.validity_days
    work.note(row.no, "tender.terms-set")
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class SetScheme:
    """The scoring scheme as the structure `yg/scoring-scheme/v1`."""

    no: str
    scheme: JsonObject


def set_scheme(work: Work, cmd: SetScheme) -> Mapping[str, Any]:
    """Save the scoring scheme; refuses what the law does not allow, with its article."""
    row = own_draft(work, cmd.no, PREPARE)
    scheme = read_scheme(cmd.scheme)
    refuse_unless_fits(legal_day(work.now), row, scheme)
    row.scheme = cast("dict[str, object]", scheme.as_json())
    work.note(row.no, "tender.scheme-set")
    return {"no": row.no}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimetable:
    """The dates somebody chose; what is None follows by rule from the publication."""

    no: str
    intention_on: date | None = None
    notice_until: date | None = None
    documents_from: datetime | None = None
    documents_until: date | None = None
    questions_until: datetime | None = None
    bid_deadline: datetime | None = None
    evaluation_at: datetime | None = None


def set_timetable(work: Work, cmd: SetTimetable) -> Mapping[str, Any]:
    """Save the dates, checked as if the tender were published at this moment.

    `TimetableRefused` names every date that is too early or too late with rule and article;
    `CalendarNotPublished` a year whose holidays a date needs that the publication fixes.
    """
    row = own_draft(work, cmd.no, PREPARE)
    row.intention_on, row.notice_until = cmd.intention_on, cmd.notice_until
    row.documents_from, row.documents_until = cmd.documents_from, cmd.documents_until
    row.planned_questions_end = cmd.questions_until
    row.planned_deadline, row.evaluation_at = cmd.bid_deadline, cmd.evaluation_at
    binding(plan_of(row, work.now), work.calendar)
    work.note(row.no, "tender.timetable-set")
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class AddDocument:
    """A document that lies in the folder already, and what its bringer calls it."""

    no: str
    stored: Stored
    typed_name: str


def add_document(work: Work, cmd: AddDocument) -> Mapping[str, Any]:
    """Put a document to the tender; the same bytes again are the same document.

    `Refusal` "too-many-documents" above forty.
    """
    row = own_draft(work, cmd.no, PREPARE)
    attach(work, row, cmd.stored, cmd.typed_name, since=0)
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class RemoveDocument:
    """A document of a draft, by its hash."""

    no: str
    digest: bytes


def remove_document(work: Work, cmd: RemoveDocument) -> Mapping[str, Any]:
    """Take a document out of a draft; `NotFound` if it is not there."""
    row = own_draft(work, cmd.no, PREPARE)
    line = work.session.scalar(
        select(TenderDocument).where(
            TenderDocument.tender == row.id, TenderDocument.digest == cmd.digest
        )
    )
    if line is None:
        raise NotFound("no-document", zh="没有此文件", en="There is no such file")
    work.session.delete(line)
    work.note(row.no, "tender.document-removed")
    return {"no": row.no}


def attach(work: Work, row: Tender, stored: Stored, typed_name: str, *, since: int) -> None:
    """Keep a document and list it for the tender from the version `since` on.

    `Refusal`s "too-many-documents"; "document-known" where an amendment brings nothing new.
    """
    by = work.actor.organisation
    if by is None:
        raise NotFound
    digest = keep_document(work, KeepDocument(stored, typed_name, by))
    lines = select(TenderDocument).where(TenderDocument.tender == row.id)
    if work.session.scalar(lines.where(TenderDocument.digest == digest)) is not None:
        if since:
            raise Refusal(
                "document-known",
                zh="该文件与已公布的文件内容相同，无须再次上传",
                en="These bytes are a document of this tender already",
            )
        return
    last = work.session.execute(
        select(func.count(), func.max(TenderDocument.position)).where(
            TenderDocument.tender == row.id
        )
    ).one()
    if last[0] >= DOCUMENTS_MOST:
        raise Refusal(
            "too-many-documents",
            zh=f"招标文件不超过{DOCUMENTS_MOST}个，请合并后再上传",
            en=f"A tender has at most {DOCUMENTS_MOST} documents; join some of them",
        )
    known = document(work.session, digest, by)
    work.session.add(
        TenderDocument(
            tender=row.id,
            digest=digest,
            name=known.name,
            size=known.size,
            media_type=known.media_type,
            position=1 + (last[1] or 0),
            since=since,
        )
    )
    work.note(row.no, "tender.document-added")


def refuse_unless_fits(on: date, row: Tender | DraftFacts, scheme: Scheme) -> None:
    """Refuse a scheme that this tender may not be published with, by the law of a day."""
    if scheme.category is not row.category or scheme.method is Method.CONSULTATION:
        raise Refusal(
            "scheme-of-another-kind",
            zh="评分方案的采购类别或评审方法与本项目不符",
            en="The scheme is of another kind of purchase or method than this tender",
        )
    refuse_unless_lawful(scheme, on=on, qualification=tuple(row.qualification_subjects))


def refuse_unless_money_fits(on: date, budget: Money, ceiling: Money, bond: Money) -> None:
    """Refuse a ceiling above the budget or of nothing, and a bond the law or the list forbids."""
    if not Money(0) < ceiling <= budget:
        zh = f"最高限价应大于零且不超过预算{budget}元"
        en = f"The ceiling lies above zero and not above the budget of {budget} yuan"
        raise BadInput("ceiling-above-budget", zh=zh, en=en, fields={"ceiling": (zh, en)})
    refuse_unless_bond(bond, bond_ceiling(TRACK, budget, on))


def _own_project(work: Work, project: UUID) -> ProjectFacts:
    known = project_facts(work.session, project)
    mine = work.actor.organisation
    if mine is None or mine not in (known.owner, known.agent):
        raise NotFound("no-project", zh="没有此项目", en="There is no such project")
    return known
