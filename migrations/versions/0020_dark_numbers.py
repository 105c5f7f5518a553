"""The dark number of a bid: its place in the order that was drawn on the closing record."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("opening_bid", sa.Column("number", sa.Integer(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_opening_bid_opening_number"), "opening_bid", ["opening", "number"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_opening_bid_opening_number"), "opening_bid", type_="unique")
    op.drop_column("opening_bid", "number")
