"""What anybody may know of a tender, and what its owner knows of a draft.

There is no question here that counts bids, downloads, or questions nobody has answered yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.rulebook.criteria import Scheme
from bidding.rulebook.criteria_reading import read_scheme
from bidding.rulebook.plan import Plan
from bidding.tenders.facts import (
    AmendmentLine,
    AnswerLine,
    BiddingTerms,
    DocumentLine,
    DraftFacts,
    Ending,
    Happened,
    OpenQuestion,
    TenderFacts,
)
from bidding.tenders.model import (
    Tender,
    TenderAmendment,
    TenderDocument,
    TenderQuestion,
)
from bidding.tenders.rules import TenderState
from market.kernel.errors import NotFound
from market.kernel.money import Money
from market.protocol.encoding import JsonObject


def bidding_terms(session: Session, no: str) -> BiddingTerms | None:
    """What bids for this tender must keep to; None for a draft or no such tender."""
    row = session.execute(
        select(
            Tender.deadline,
            Tender.manifest_hash,
            Tender.amendment,
            Tender.state,
            Tender.suspended_at,
        ).where(Tender.no == no, Tender.state != TenderState.DRAFT)
    ).one_or_none()
    if row is None or row.deadline is None or row.manifest_hash is None:
        return None
    takes = row.state is TenderState.PUBLISHED and row.suspended_at is None
    return BiddingTerms(no, row.deadline, row.manifest_hash, row.amendment, takes)


def facts(session: Session, no: str) -> TenderFacts:
    """The facts of a published tender; `NotFound` for a draft or no such tender."""
    row = session.scalar(select(Tender).where(Tender.no == no))
    return facts_of(row)


def past_deadline(session: Session, before: datetime, limit: int) -> Sequence[UUID]:
    """Published tenders, not suspended, whose deadline lies before a moment; oldest first."""
    return session.scalars(
        select(Tender.id)
        .where(
            Tender.state == TenderState.PUBLISHED,
            Tender.suspended_at.is_(None),
            Tender.deadline < before,
        )
        .order_by(Tender.deadline, Tender.id)
        .limit(limit)
    ).all()


def facts_by_id(session: Session, tender: UUID) -> TenderFacts:
    """The same for the subject of a fact."""
    return facts_of(session.get(Tender, tender))


def draft(session: Session, no: str, organisation: UUID | None) -> DraftFacts:
    """A tender as its owner or agent prepares it; `NotFound` for everybody else."""
    row = session.scalar(select(Tender).where(Tender.no == no))
    if row is None or organisation is None or organisation not in (row.owner, row.agent):
        raise no_tender()
    return DraftFacts(
        id=row.id,
        no=row.no,
        project=row.project,
        project_code=row.project_code,
        owner=row.owner,
        agent=row.agent,
        state=row.state,
        category=row.category,
        title_zh=row.title_zh,
        title_en=row.title_en,
        need_zh=row.need_zh,
        need_en=row.need_en,
        qualification_zh=row.qualification_zh,
        qualification_en=row.qualification_en,
        qualification_subjects=tuple(row.qualification_subjects),
        consortium=row.consortium,
        contact=row.contact,
        budget=row.budget,
        ceiling=row.ceiling,
        bond=row.bond,
        validity_days=row.validity_days,
        scheme=scheme_of(row),
        plan=plan_of(row, row.published_at or row.prepared_at),
        documents=documents(session, row.id),
    )


def documents(session: Session, tender: UUID) -> tuple[DocumentLine, ...]:
    """The documents of a tender in their order, replaced ones too."""
    rows = session.scalars(
        select(TenderDocument)
        .where(TenderDocument.tender == tender)
        .order_by(TenderDocument.position, TenderDocument.id)
    )
    return tuple(
        DocumentLine(row.digest, row.name, row.size, row.media_type, row.since, row.until)
        for row in rows
    )


def public_document(session: Session, no: str, digest: bytes) -> DocumentLine:
    """A document of a published tender; `NotFound`."""
    for line in documents(session, facts(session, no).id):
        if line.digest == digest:
            return line
    raise NotFound("no-document", zh="没有此文件", en="There is no such file")


def amendments(session: Session, tender: UUID) -> tuple[AmendmentLine, ...]:
    """The amendments of a tender, the first first."""
    rows = session.scalars(
        select(TenderAmendment)
        .where(TenderAmendment.tender == tender)
        .order_by(TenderAmendment.version)
    )
    return tuple(
        AmendmentLine(
            row.version,
            row.kind,
            row.published_at,
            row.deadline,
            row.zh,
            row.en,
            row.reason_zh,
            row.reason_en,
            row.text_hash,
        )
        for row in rows
    )


def answers(session: Session, tender: UUID) -> tuple[AnswerLine, ...]:
    """The questions that were answered, by the moment of the answer; the others are nobody's."""
    rows = session.scalars(
        select(TenderQuestion)
        .where(TenderQuestion.tender == tender, TenderQuestion.answered_at.is_not(None))
        .order_by(TenderQuestion.answered_at, TenderQuestion.id)
    )
    return tuple(
        AnswerLine(row.text, row.answer_zh, row.answer_en, row.answered_at)
        for row in rows
        if row.answered_at is not None and row.answer_zh is not None and row.answer_en is not None
    )


def open_questions(
    session: Session, no: str, organisation: UUID | None
) -> tuple[OpenQuestion, ...]:
    """The questions that wait, for owner and agent; `NotFound` for everybody else.

    In an order that tells nothing of the order in which they came.
    """
    tender = draft(session, no, organisation)
    rows = session.scalars(
        select(TenderQuestion)
        .where(TenderQuestion.tender == tender.id, TenderQuestion.answered_at.is_(None))
        .order_by(TenderQuestion.asked_on, TenderQuestion.id)
    )
    return tuple(OpenQuestion(row.id, row.text, row.asked_on) for row in rows)


def facts_of(row: Tender | None) -> TenderFacts:
    """The public facts in a row; `NotFound` for a draft or nothing."""
    if row is None or row.state is TenderState.DRAFT:
        raise no_tender()
    fixed = _fixed(row)
    return TenderFacts(
        id=row.id,
        no=row.no,
        project=row.project,
        project_code=row.project_code,
        owner=row.owner,
        agent=row.agent,
        state=row.state,
        suspended=row.suspended_at is not None,
        category=row.category,
        title_zh=row.title_zh,
        title_en=row.title_en,
        need_zh=row.need_zh or "",
        need_en=row.need_en or "",
        qualification_zh=row.qualification_zh or "",
        qualification_en=row.qualification_en or "",
        qualification_subjects=tuple(row.qualification_subjects),
        consortium=row.consortium,
        contact=row.contact or "",
        budget=row.budget,
        ceiling=fixed.ceiling,
        bond=fixed.bond,
        validity_days=fixed.validity_days,
        scheme=fixed.scheme,
        published_at=fixed.published_at,
        deadline=fixed.deadline,
        questions_end=fixed.questions_end,
        amendment=row.amendment,
        manifest_hash=fixed.manifest_hash,
        plan=plan_of(row, fixed.published_at),
        happened=_happened(row, fixed.published_at),
        ending=_ending(row),
    )


def plan_of(row: Tender, published_at: datetime) -> Plan:
    """The plan as it stands, counted from a publication at this moment."""
    return Plan(
        published_at=published_at,
        intention_on=row.intention_on,
        notice_until=row.notice_until,
        documents_from=row.documents_from,
        documents_until=row.documents_until,
        questions_until=row.questions_end or row.planned_questions_end,
        bid_deadline=row.deadline or row.planned_deadline,
        evaluation_at=row.evaluation_at,
    )


def scheme_of(row: Tender) -> Scheme | None:
    """The scoring scheme of a row; it was checked when it was entered."""
    return None if row.scheme is None else read_scheme(cast("JsonObject", row.scheme))


def no_tender() -> NotFound:
    """The answer to everybody who may not know of a tender."""
    return NotFound("no-tender", zh="没有此项目", en="There is no such tender")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fixed:
    """What CHECKs of the table promise of a published tender."""

    scheme: Scheme
    published_at: datetime
    deadline: datetime
    questions_end: datetime
    manifest_hash: bytes
    ceiling: Money
    bond: Money
    validity_days: int


def _fixed(row: Tender) -> _Fixed:
    scheme = scheme_of(row)
    if (
        scheme is None
        or row.published_at is None
        or row.deadline is None
        or row.questions_end is None
        or row.manifest_hash is None
        or row.ceiling is None
        or row.bond is None
        or row.validity_days is None
    ):
        raise AssertionError(f"{row.no} was published in pieces")
    return _Fixed(
        scheme=scheme,
        published_at=row.published_at,
        deadline=row.deadline,
        questions_end=row.questions_end,
        manifest_hash=row.manifest_hash,
        ceiling=row.ceiling,
        bond=row.bond,
        validity_days=row.validity_days,
    )


def _happened(row: Tender, published: datetime) -> Happened:
    return Happened(
        published_at=published,
        closed_at=row.closed_at,
        opened_at=row.opened_at,
        evaluated_from=row.evaluated_from,
        evaluated_until=row.evaluated_until,
        reported_at=row.reported_at,
        determined_at=row.determined_at,
        awarded_at=row.awarded_at,
        contracted_at=row.contracted_at,
        archived_at=row.archived_at,
    )


def _ending(row: Tender) -> Ending | None:
    if row.ended_at is None:
        return None
    return Ending(row.end_cause or "", row.end_zh or "", row.end_en or "", row.ended_at)
