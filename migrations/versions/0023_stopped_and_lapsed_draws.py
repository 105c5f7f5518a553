"""Draws that an audit stopped and that are frozen again; parties that let an attempt lapse."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draw_stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("inputs", sa.LargeBinary(), nullable=True),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_draw_stop_counted_from_one")),
        sa.CheckConstraint(
            "(body IS NULL) = (inputs IS NULL) AND (body IS NULL) = (remedy IS NULL)"
            " AND (body IS NULL) = (replaced_at IS NULL)",
            name=op.f("ck_draw_stop_replaced_whole"),
        ),
        sa.ForeignKeyConstraint(["draw"], ["draw.id"], name=op.f("fk_draw_stop_draw_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_stop")),
        sa.UniqueConstraint("draw", "number", name=op.f("uq_draw_stop_draw_number")),
    )
    op.create_table(
        "draw_lapse",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw", sa.Uuid(), nullable=False),
        sa.Column("draw_no", sa.String(length=128), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("organisation", sa.String(length=18), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "cause IN ('not-committed', 'bad-escrow')", name=op.f("ck_draw_lapse_cause_known")
        ),
        sa.CheckConstraint(
            "(noted_at IS NULL) = (noted_by IS NULL)",
            name=op.f("ck_draw_lapse_noted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["draw"], ["draw.id"], name=op.f("fk_draw_lapse_draw_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_lapse")),
        sa.UniqueConstraint(
            "draw", "attempt", "party", name=op.f("uq_draw_lapse_draw_attempt_party")
        ),
    )
    op.create_index("ix_draw_lapse_organisation", "draw_lapse", ["organisation", "named_at"])
    # What happened before there were these rows stands in the pieces that parties gave.
    op.execute(
        "INSERT INTO draw_stop (id, draw, number, stopped_at)"
        " SELECT gen_random_uuid(), d.id, 1, max(p.given_at)"
        " FROM draw d JOIN draw_piece p ON p.draw = d.id AND p.kind = 'draw-audit'"
        " WHERE d.state = 'stopped' GROUP BY d.id"
    )
    op.execute(
        "INSERT INTO draw_lapse (id, draw, draw_no, attempt, party, organisation, cause, named_at)"
        " SELECT gen_random_uuid(), d.id, d.no, p.attempt, p.name, party.value ->> 'organisation',"
        " convert_from(p.body, 'UTF8')::jsonb ->> 'cause', p.given_at"
        " FROM draw_piece p JOIN draw d ON d.id = p.draw,"
        " jsonb_array_elements(convert_from(d.freeze, 'UTF8')::jsonb -> 'parties') AS party"
        " WHERE p.kind = 'draw-void' AND party.value ->> 'party' = p.name"
    )


def downgrade() -> None:
    op.drop_index("ix_draw_lapse_organisation", table_name="draw_lapse")
    op.drop_table("draw_lapse")
    op.drop_table("draw_stop")
