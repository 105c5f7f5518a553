"""A choice that timekeepers or drawing parties kept from its result for too long ends."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

STATES = (
    "'awaiting-keys', 'open', 'closed', 'drawing', 'chosen', 'selected', 'failed', 'withdrawn',"
    " 'shortlisted', 'picked'"
)
CLOSED = "'closed', 'drawing', 'chosen', 'selected', 'failed', 'shortlisted', 'picked'"
PUBLISHED = "'selected', 'failed'"


def upgrade() -> None:
    _states(f"{STATES}, 'lapsed'", f"{CLOSED}, 'lapsed'", f"{PUBLISHED}, 'lapsed'")


def downgrade() -> None:
    _states(STATES, CLOSED, PUBLISHED)


def _states(known: str, closed: str, published: str) -> None:
    for name, rule in (
        ("ck_selection_state_known", f"state IN ({known})"),
        ("ck_selection_closed_whole", f"(state IN ({closed})) = (closed_at IS NOT NULL)"),
        ("ck_selection_published_whole", f"(state IN ({published})) = (published_at IS NOT NULL)"),
    ):
        op.drop_constraint(op.f(name), "selection", type_="check")
        op.create_check_constraint(op.f(name), "selection", rule)
