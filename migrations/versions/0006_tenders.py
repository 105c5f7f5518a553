"""Tenders: terms, documents, questions, amendments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tender",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.String(length=32), nullable=False),
        sa.Column("project", sa.Uuid(), nullable=False),
        sa.Column("project_code", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("title_zh", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("need_zh", sa.Text(), nullable=True),
        sa.Column("need_en", sa.Text(), nullable=True),
        sa.Column("qualification_zh", sa.Text(), nullable=True),
        sa.Column("qualification_en", sa.Text(), nullable=True),
        sa.Column("qualification_subjects", postgresql.ARRAY(sa.String(length=64)), nullable=False),
        sa.Column("consortium", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=True),
        sa.Column("bond", sa.BigInteger(), nullable=True),
        sa.Column("validity_days", sa.Integer(), nullable=True),
        sa.Column(
            "scheme", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("intention_on", sa.Date(), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        sa.Column("documents_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("documents_until", sa.Date(), nullable=True),
        sa.Column("planned_questions_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluation_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("questions_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amendment", sa.Integer(), nullable=False),
        sa.Column("manifest_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("search", postgresql.TSVECTOR(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluated_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluated_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("determined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_cause", sa.String(length=32), nullable=True),
        sa.Column("end_zh", sa.Text(), nullable=True),
        sa.Column("end_en", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)", name=op.f("ck_tender_state_published")
        ),
        sa.CheckConstraint(
            "(state IN ('failed', 'cancelled', 'terminated')) <= (ended_at IS NOT NULL)",
            name=op.f("ck_tender_state_ended"),
        ),
        sa.CheckConstraint(
            "category IN ('goods', 'services')", name=op.f("ck_tender_category_known")
        ),
        sa.CheckConstraint(
            "state <> 'contracted' OR contracted_at IS NOT NULL",
            name=op.f("ck_tender_state_contracted"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (need_zh IS NOT NULL AND need_en IS NOT NULL AND qualification_zh IS NOT NULL AND qualification_en IS NOT NULL AND contact IS NOT NULL AND ceiling IS NOT NULL AND bond IS NOT NULL AND validity_days IS NOT NULL AND scheme IS NOT NULL AND manifest_hash IS NOT NULL AND deadline IS NOT NULL AND questions_end IS NOT NULL AND published_at IS NOT NULL AND search IS NOT NULL)",
            name=op.f("ck_tender_published_whole"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'closed', 'opening', 'opened', 'evaluating', 'reported', 'determined', 'awarded', 'contracted', 'archived', 'failed', 'cancelled', 'terminated')",
            name=op.f("ck_tender_state_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'terminated', 'archived') OR closed_at IS NOT NULL",
            name=op.f("ck_tender_state_closed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('awarded', 'contracted') OR awarded_at IS NOT NULL",
            name=op.f("ck_tender_state_awarded"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('draft', 'published', 'terminated') OR closed_at IS NULL",
            name=op.f("ck_tender_state_open"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('opened', 'evaluating', 'reported', 'determined', 'awarded', 'contracted', 'cancelled') OR opened_at IS NOT NULL",
            name=op.f("ck_tender_state_opened"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('reported', 'determined', 'awarded', 'contracted') OR (evaluated_from IS NOT NULL AND reported_at IS NOT NULL)",
            name=op.f("ck_tender_state_reported"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_cause IS NULL) AND (ended_at IS NULL) = (end_zh IS NULL) AND (ended_at IS NULL) = (end_en IS NULL)",
            name=op.f("ck_tender_end_whole"),
        ),
        sa.CheckConstraint("amendment >= 0", name=op.f("ck_tender_amendment_counted")),
        sa.CheckConstraint("bond >= 0", name=op.f("ck_tender_bond_whole")),
        sa.CheckConstraint("budget > 0", name=op.f("ck_tender_budget_positive")),
        sa.CheckConstraint(
            "ceiling > 0 AND ceiling <= budget", name=op.f("ck_tender_ceiling_within")
        ),
        sa.CheckConstraint(
            "suspended_at IS NULL OR published_at IS NOT NULL",
            name=op.f("ck_tender_suspended_when"),
        ),
        sa.CheckConstraint("validity_days > 0", name=op.f("ck_tender_validity_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender")),
        sa.UniqueConstraint("no", name=op.f("uq_tender_no")),
    )
    op.create_index("ix_tender_agent", "tender", ["agent"], unique=False)
    op.create_index(
        "ix_tender_deadline",
        "tender",
        ["deadline"],
        unique=False,
        postgresql_where="state = 'published'",
    )
    op.create_index("ix_tender_owner", "tender", ["owner"], unique=False)
    op.create_index(
        "ix_tender_public",
        "tender",
        ["published_at", "no"],
        unique=False,
        postgresql_where="state <> 'draft'",
    )
    op.create_index("ix_tender_search", "tender", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "uq_tender_project_running",
        "tender",
        ["project"],
        unique=True,
        postgresql_where="state NOT IN ('failed', 'cancelled', 'terminated', 'archived')",
    )
    op.create_table(
        "tender_question_queue",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_tender_question_queue_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender_question_queue")),
    )
    op.create_table(
        "tender_amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("reason_zh", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("deadline_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manifest_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('explains', 'requires_new')", name=op.f("ck_tender_amendment_kind_known")
        ),
        sa.CheckConstraint(
            "deadline >= deadline_before", name=op.f("ck_tender_amendment_deadline_later")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_tender_amendment_version_counted")),
        sa.ForeignKeyConstraint(
            ["tender"], ["tender.id"], name=op.f("fk_tender_amendment_tender_tender")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender_amendment")),
        sa.UniqueConstraint("tender", "version", name=op.f("uq_tender_amendment_tender_version")),
    )
    op.create_table(
        "tender_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "media_type IN ('pdf', 'xlsx', 'docx', 'png', 'jpg')",
            name=op.f("ck_tender_document_media_type_known"),
        ),
        sa.CheckConstraint(
            "since >= 0 AND (until IS NULL OR until > since)",
            name=op.f("ck_tender_document_version_order"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_tender_document_size_positive")),
        sa.ForeignKeyConstraint(
            ["tender"], ["tender.id"], name=op.f("fk_tender_document_tender_tender")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender_document")),
        sa.UniqueConstraint("tender", "digest", name=op.f("uq_tender_document_tender_digest")),
    )
    op.create_table(
        "tender_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answer_zh", sa.Text(), nullable=True),
        sa.Column("answer_en", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer_zh IS NULL) AND (answered_at IS NULL) = (answer_en IS NULL)",
            name=op.f("ck_tender_question_answer_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["tender"], ["tender.id"], name=op.f("fk_tender_question_tender_tender")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tender_question")),
        sa.UniqueConstraint(
            "tender", "text_hash", name=op.f("uq_tender_question_tender_text_hash")
        ),
    )
    op.create_index(
        "ix_tender_question_open",
        "tender_question",
        ["tender"],
        unique=False,
        postgresql_where="answered_at IS NULL",
    )


def downgrade() -> None:
    op.drop_index(
        "ix_tender_question_open",
        table_name="tender_question",
        postgresql_where="answered_at IS NULL",
    )
    op.drop_table("tender_question")
    op.drop_table("tender_document")
    op.drop_table("tender_amendment")
    op.drop_table("tender_question_queue")
    op.drop_index(
        "uq_tender_project_running",
        table_name="tender",
        postgresql_where="state NOT IN ('failed', 'cancelled', 'terminated', 'archived')",
    )
    op.drop_index("ix_tender_search", table_name="tender", postgresql_using="gin")
    op.drop_index("ix_tender_public", table_name="tender", postgresql_where="state <> 'draft'")
    op.drop_index("ix_tender_owner", table_name="tender")
    op.drop_index("ix_tender_deadline", table_name="tender", postgresql_where="state = 'published'")
    op.drop_index("ix_tender_agent", table_name="tender")
    op.drop_table("tender")
