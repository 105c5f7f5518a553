"""Lists narrowed by state or kind read their own rows alone."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tender_state", "tender", ["state", "published_at", "no"])
    op.create_index("ix_notice_kind", "notice", ["kind", "published_at", "digest"])


def downgrade() -> None:
    op.drop_index("ix_notice_kind", table_name="notice")
    op.drop_index("ix_tender_state", table_name="tender")
