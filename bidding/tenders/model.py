"""Tables of the tender: the procedure itself, its documents, questions and amendments."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from bidding.rulebook.amendments import AmendmentKind
from bidding.rulebook.limits import Category
from bidding.tenders.rules import TenderState
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, Structure, one_of, version
from market.files.media import MediaType
from market.kernel.money import Money

_PUBLISHED = (
    "need_zh IS NOT NULL AND need_en IS NOT NULL"
    " AND qualification_zh IS NOT NULL AND qualification_en IS NOT NULL AND contact IS NOT NULL"
    " AND ceiling IS NOT NULL AND bond IS NOT NULL AND validity_days IS NOT NULL"
    " AND scheme IS NOT NULL AND manifest_hash IS NOT NULL AND deadline IS NOT NULL"
    " AND questions_end IS NOT NULL AND published_at IS NOT NULL AND search IS NOT NULL"
)


class Tender(Base):
    """One tender of one lot. What is empty in a draft is there from publication on."""

    __tablename__ = "tender"
    __table_args__ = (
        one_of("state", TenderState),
        one_of("category", Category),
        CheckConstraint("budget > 0", name="budget_positive"),
        CheckConstraint("ceiling > 0 AND ceiling <= budget", name="ceiling_within"),
        CheckConstraint("bond >= 0", name="bond_whole"),
        CheckConstraint("validity_days > 0", name="validity_positive"),
        CheckConstraint("amendment >= 0", name="amendment_counted"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="state_published"),
        CheckConstraint(f"state = 'draft' OR ({_PUBLISHED})", name="published_whole"),
        CheckConstraint(
            "state NOT IN ('draft', 'published', 'terminated') OR closed_at IS NULL",
            name="state_open",
        ),
        CheckConstraint(
            "state IN ('draft', 'published', 'terminated', 'archived') OR closed_at IS NOT NULL",
            name="state_closed",
        ),
        CheckConstraint(
            "state NOT IN ('opened', 'evaluating', 'reported', 'determined', 'awarded',"
            " 'contracted', 'cancelled') OR opened_at IS NOT NULL",
            name="state_opened",
        ),
        CheckConstraint(
            "state NOT IN ('reported', 'determined', 'awarded', 'contracted')"
            " OR (evaluated_from IS NOT NULL AND reported_at IS NOT NULL)",
            name="state_reported",
        ),
        CheckConstraint(
            "state NOT IN ('awarded', 'contracted') OR awarded_at IS NOT NULL",
            name="state_awarded",
        ),
        CheckConstraint(
            "state <> 'contracted' OR contracted_at IS NOT NULL", name="state_contracted"
        ),
        CheckConstraint(
            "(state IN ('failed', 'cancelled', 'terminated')) <= (ended_at IS NOT NULL)",
            name="state_ended",
        ),
        CheckConstraint(
            "(ended_at IS NULL) = (end_cause IS NULL) AND (ended_at IS NULL) = (end_zh IS NULL)"
            " AND (ended_at IS NULL) = (end_en IS NULL)",
            name="end_whole",
        ),
        CheckConstraint("suspended_at IS NULL OR published_at IS NOT NULL", name="suspended_when"),
        Index(
            "uq_tender_project_running",
            "project",
            unique=True,
            postgresql_where="state NOT IN ('failed', 'cancelled', 'terminated', 'archived')",
        ),
        Index("ix_tender_owner", "owner"),
        Index("ix_tender_agent", "agent"),
        Index("ix_tender_public", "published_at", "no", postgresql_where="state <> 'draft'"),
        Index("ix_tender_state", "state", "published_at", "no"),
        Index("ix_tender_deadline", "deadline", postgresql_where="state = 'published'"),
        Index("ix_tender_search", "search", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    no: Mapped[str] = mapped_column(String(32), unique=True)
    project: Mapped[UUID]
    project_code: Mapped[str] = mapped_column(String(32))
    owner: Mapped[UUID]
    agent: Mapped[UUID | None]
    state: Mapped[TenderState] = mapped_column(StateColumn(TenderState), default=TenderState.DRAFT)
    category: Mapped[Category] = mapped_column(StateColumn(Category))
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    need_zh: Mapped[str | None] = mapped_column(Text)
    need_en: Mapped[str | None] = mapped_column(Text)
    qualification_zh: Mapped[str | None] = mapped_column(Text)
    qualification_en: Mapped[str | None] = mapped_column(Text)
    qualification_subjects: Mapped[list[str]] = mapped_column(ARRAY(String(64)), default=list)
    """Codes of what qualification asks for: none of them may be scored again."""
    consortium: Mapped[bool] = mapped_column(Boolean, default=False)
    contact: Mapped[str | None] = mapped_column(String(300))
    budget: Mapped[Money] = mapped_column(MoneyColumn)
    ceiling: Mapped[Money | None] = mapped_column(MoneyColumn)
    bond: Mapped[Money | None] = mapped_column(MoneyColumn)
    validity_days: Mapped[int | None]
    scheme: Mapped[dict[str, object] | None] = mapped_column(Structure)
    """The scoring scheme as a structure, with deductions and low-price triggers in it."""

    intention_on: Mapped[date | None]
    notice_until: Mapped[date | None]
    documents_from: Mapped[datetime | None] = mapped_column(Moment)
    documents_until: Mapped[date | None]
    planned_questions_end: Mapped[datetime | None] = mapped_column(Moment)
    planned_deadline: Mapped[datetime | None] = mapped_column(Moment)
    evaluation_at: Mapped[datetime | None] = mapped_column(Moment)

    deadline: Mapped[datetime | None] = mapped_column(Moment)
    """Inclusive, to the microsecond; set by publication, moved later by amendments alone."""
    questions_end: Mapped[datetime | None] = mapped_column(Moment)
    amendment: Mapped[int] = mapped_column(Integer, default=0)
    manifest_hash: Mapped[bytes | None] = mapped_column(Hash)
    search: Mapped[object | None] = mapped_column(TSVECTOR)

    prepared_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    suspended_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    evaluated_from: Mapped[datetime | None] = mapped_column(Moment)
    evaluated_until: Mapped[datetime | None] = mapped_column(Moment)
    reported_at: Mapped[datetime | None] = mapped_column(Moment)
    determined_at: Mapped[datetime | None] = mapped_column(Moment)
    awarded_at: Mapped[datetime | None] = mapped_column(Moment)
    contracted_at: Mapped[datetime | None] = mapped_column(Moment)
    archived_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_cause: Mapped[str | None] = mapped_column(String(32))
    end_zh: Mapped[str | None] = mapped_column(Text)
    end_en: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail and in the journal: the number."""
        return self.no


class TenderDocument(Base):
    """A document of the tender; `since` is the amendment it came with, 0 the publication.

    `until` is the amendment from which another stands in its place.
    """

    __tablename__ = "tender_document"
    __table_args__ = (
        Unique("tender", "digest"),
        one_of("media_type", MediaType),
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint("since >= 0 AND (until IS NULL OR until > since)", name="version_order"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender: Mapped[UUID] = mapped_column(ForeignKey("tender.id"))
    digest: Mapped[bytes] = mapped_column(Hash)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    media_type: Mapped[MediaType] = mapped_column(StateColumn(MediaType))
    position: Mapped[int]
    since: Mapped[int] = mapped_column(Integer, default=0)
    until: Mapped[int | None]


class TenderQuestion(Base):
    """A question to the owner. Nothing of the asker is here, and of the moment only the day."""

    __tablename__ = "tender_question"
    __table_args__ = (
        Unique("tender", "text_hash"),
        CheckConstraint(
            "(answered_at IS NULL) = (answer_zh IS NULL)"
            " AND (answered_at IS NULL) = (answer_en IS NULL)",
            name="answer_whole",
        ),
        Index("ix_tender_question_open", "tender", postgresql_where="answered_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender: Mapped[UUID] = mapped_column(ForeignKey("tender.id"))
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[bytes] = mapped_column(Hash)
    asked_on: Mapped[date]
    answer_zh: Mapped[str | None] = mapped_column(Text)
    answer_en: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}


class QuestionQueue(Base):
    """The one queue of the anonymous for asking: until when it is taken up by those before."""

    __tablename__ = "tender_question_queue"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    taken_until: Mapped[datetime] = mapped_column(Moment)


class TenderAmendment(Base):
    """A published amendment; its words are the notice's, `text_hash` is that notice's digest."""

    __tablename__ = "tender_amendment"
    __table_args__ = (
        Unique("tender", "version"),
        one_of("kind", AmendmentKind),
        CheckConstraint("version > 0", name="version_counted"),
        CheckConstraint("deadline >= deadline_before", name="deadline_later"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender: Mapped[UUID] = mapped_column(ForeignKey("tender.id"))
    version: Mapped[int]
    kind: Mapped[AmendmentKind] = mapped_column(StateColumn(AmendmentKind))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    reason_zh: Mapped[str] = mapped_column(Text)
    reason_en: Mapped[str] = mapped_column(Text)
    deadline_before: Mapped[datetime] = mapped_column(Moment)
    deadline: Mapped[datetime] = mapped_column(Moment)
    manifest_hash: Mapped[bytes] = mapped_column(Hash)
    text_hash: Mapped[bytes] = mapped_column(Hash)
    published_at: Mapped[datetime] = mapped_column(Moment)
