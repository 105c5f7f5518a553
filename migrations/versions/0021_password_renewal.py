"""Lost passwords: asked for, released in person, used once."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password_renewal",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(code_hash IS NULL) = (released_at IS NULL)"
            " AND (released_by IS NULL) = (released_at IS NULL)",
            name=op.f("ck_password_renewal_released_whole"),
        ),
        sa.CheckConstraint("released_by <> person", name=op.f("ck_password_renewal_two_persons")),
        sa.ForeignKeyConstraint(
            ["person"], ["person.id"], name=op.f("fk_password_renewal_person_person")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["person.id"], name=op.f("fk_password_renewal_released_by_person")
        ),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_password_renewal")),
    )


def downgrade() -> None:
    op.drop_table("password_renewal")
