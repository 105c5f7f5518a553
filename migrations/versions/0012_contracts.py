"""Awards, contracts and what holds them up."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("winner", sa.String(length=18), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("result_notice", sa.LargeBinary(length=32), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice", sa.LargeBinary(), nullable=True),
        sa.Column("notice_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("contract_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filing", sa.Text(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'filed') = (filed_at IS NOT NULL)", name=op.f("ck_award_filed_when")
        ),
        sa.CheckConstraint(
            "(state = 'published') = (notified_at IS NULL) AND (notified_at IS NULL) = (notice IS NULL) AND (notified_at IS NULL) = (notice_hash IS NULL)",
            name=op.f("ck_award_notified_whole"),
        ),
        sa.CheckConstraint(
            "(state IN ('contracted', 'filed')) = (signed_on IS NOT NULL) AND (signed_on IS NULL) = (contract_hash IS NULL) AND (signed_on IS NULL) = (recorded_at IS NULL)",
            name=op.f("ck_award_contracted_whole"),
        ),
        sa.CheckConstraint(
            "state IN ('published', 'notified', 'contracted', 'filed')",
            name=op.f("ck_award_state_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_award_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("tender", name=op.f("uq_award_tender")),
        sa.UniqueConstraint("tender_no", name=op.f("uq_award_tender_no")),
    )
    op.create_table(
        "contract_hold",
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("challenge_no", sa.String(length=32), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tender", "challenge_no", name=op.f("pk_contract_hold")),
    )


def downgrade() -> None:
    op.drop_table("contract_hold")
    op.drop_table("award")
