"""Choice by scheme: how schemes are reviewed, and the reviewers' locked sheets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "demand",
        sa.Column(
            "scheme", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
    )
    op.create_table(
        "scheme_sheet",
        sa.Column("seat", sa.Uuid(), nullable=False),
        sa.Column("selection", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("expert", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["selection"], ["selection.id"], name=op.f("fk_scheme_sheet_selection_selection")
        ),
        sa.PrimaryKeyConstraint("seat", name=op.f("pk_scheme_sheet")),
        sa.UniqueConstraint("selection", "number", name=op.f("uq_scheme_sheet_selection_number")),
    )


def downgrade() -> None:
    op.drop_table("scheme_sheet")
    op.drop_column("demand", "scheme")
