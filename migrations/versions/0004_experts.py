"""The register of experts, calls and invitations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.String(length=32), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("title_zh", sa.String(length=64), nullable=False),
        sa.Column("title_en", sa.String(length=64), nullable=False),
        sa.Column(
            "specialties",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
        ),
        sa.Column(
            "libraries", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("field_since", sa.Date(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("academician", sa.Boolean(), nullable=False),
        sa.Column("recommended", sa.Boolean(), nullable=False),
        sa.Column("evaluates_online", sa.Boolean(), nullable=False),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("blacklisted", sa.Boolean(), nullable=False),
        sa.Column("drawn_elsewhere", sa.Integer(), nullable=False),
        sa.Column(
            "declared", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("credit", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name=op.f("ck_expert_level_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert")),
        sa.UniqueConstraint("no", name=op.f("uq_expert_no")),
        sa.UniqueConstraint("person", name=op.f("uq_expert_person")),
    )
    op.create_index("ix_expert_unit", "expert", ["unit"], unique=False)
    op.create_table(
        "expert_library_snapshot",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("records", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_expert_library_snapshot")),
    )
    op.create_table(
        "expert_summons",
        sa.Column("draw_no", sa.String(length=128), nullable=False),
        sa.Column("owner", sa.String(length=18), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("evaluation_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fill_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("city_zh", sa.String(length=64), nullable=False),
        sa.Column("city_en", sa.String(length=64), nullable=False),
        sa.Column("place_zh", sa.String(length=200), nullable=False),
        sa.Column("place_en", sa.String(length=200), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("hours > 0", name=op.f("ck_expert_summons_hours_some")),
        sa.PrimaryKeyConstraint("draw_no", name=op.f("pk_expert_summons")),
    )
    op.create_table(
        "expert_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_no", sa.String(length=128), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expert", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declaration_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'confirmed' OR answered_at IS NOT NULL",
            name=op.f("ck_expert_invitation_confirmed_when"),
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR answered_at IS NOT NULL",
            name=op.f("ck_expert_invitation_declined_when"),
        ),
        sa.CheckConstraint(
            "state <> 'no-reply' OR ended_at IS NOT NULL",
            name=op.f("ck_expert_invitation_lapsed_when"),
        ),
        sa.CheckConstraint(
            "state IN ('called', 'confirmed', 'declined', 'no-reply', 'signed-in', 'absent', 'active', 'replaced')",
            name=op.f("ck_expert_invitation_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('signed-in', 'active') OR (signed_in_at IS NOT NULL AND declaration_hash IS NOT NULL)",
            name=op.f("ck_expert_invitation_declared_at_sign_in"),
        ),
        sa.ForeignKeyConstraint(
            ["draw_no"],
            ["expert_summons.draw_no"],
            name=op.f("fk_expert_invitation_draw_no_expert_summons"),
        ),
        sa.ForeignKeyConstraint(
            ["expert"], ["expert.id"], name=op.f("fk_expert_invitation_expert_expert")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_invitation")),
        sa.UniqueConstraint("draw_no", "leaf", name=op.f("uq_expert_invitation_draw_no_leaf")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_expert_invitation_token_hash")),
    )
    op.create_index(
        "ix_expert_invitation_draw", "expert_invitation", ["draw_no", "state"], unique=False
    )
    op.create_index("ix_expert_invitation_expert", "expert_invitation", ["expert"], unique=False)
    op.create_index(
        "ix_expert_invitation_waiting",
        "expert_invitation",
        ["called_at"],
        unique=False,
        postgresql_where="state = 'called'",
    )
    op.create_table(
        "expert_absence",
        sa.Column("invitation", sa.Uuid(), nullable=False),
        sa.Column("expert", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["expert"], ["expert.id"], name=op.f("fk_expert_absence_expert_expert")
        ),
        sa.ForeignKeyConstraint(
            ["invitation"],
            ["expert_invitation.id"],
            name=op.f("fk_expert_absence_invitation_expert_invitation"),
        ),
        sa.PrimaryKeyConstraint("invitation", name=op.f("pk_expert_absence")),
    )
    op.create_index(op.f("ix_expert_absence_expert"), "expert_absence", ["expert"], unique=False)
    op.create_table(
        "expert_invitation_delivery",
        sa.Column("invitation", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.String(length=64), nullable=False),
        sa.Column("independent", sa.Boolean(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation"],
            ["expert_invitation.id"],
            name=op.f("fk_expert_invitation_delivery_invitation_expert_invitation"),
        ),
        sa.PrimaryKeyConstraint(
            "invitation", "carrier", name=op.f("pk_expert_invitation_delivery")
        ),
    )


def downgrade() -> None:
    op.drop_table("expert_invitation_delivery")
    op.drop_index(op.f("ix_expert_absence_expert"), table_name="expert_absence")
    op.drop_table("expert_absence")
    op.drop_index(
        "ix_expert_invitation_waiting",
        table_name="expert_invitation",
        postgresql_where="state = 'called'",
    )
    op.drop_index("ix_expert_invitation_expert", table_name="expert_invitation")
    op.drop_index("ix_expert_invitation_draw", table_name="expert_invitation")
    op.drop_table("expert_invitation")
    op.drop_table("expert_summons")
    op.drop_table("expert_library_snapshot")
    op.drop_index("ix_expert_unit", table_name="expert")
    op.drop_table("expert")
