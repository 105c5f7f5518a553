"""The public board."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("page", sa.String(length=300), nullable=False),
        sa.Column("title_zh", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('NT08', 'NT11', 'NT04', 'NT13', 'NT14', 'NT15')",
            name=op.f("ck_notice_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("digest", name=op.f("uq_notice_digest")),
    )
    op.create_index("ix_notice_published", "notice", ["published_at", "digest"], unique=False)
    op.create_index("ix_notice_search", "notice", ["search"], unique=False, postgresql_using="gin")
    op.create_index("ix_notice_subject", "notice", ["subject", "published_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_notice_subject", table_name="notice")
    op.drop_index("ix_notice_search", table_name="notice", postgresql_using="gin")
    op.drop_index("ix_notice_published", table_name="notice")
    op.drop_table("notice")
