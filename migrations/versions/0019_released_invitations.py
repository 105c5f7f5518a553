"""Invitations to an evaluation that does not take place are released."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATES = (
    "'called', 'confirmed', 'declined', 'no-reply', 'signed-in', 'absent', 'active', 'replaced'"
)


def upgrade() -> None:
    _know(f"{STATES}, 'released'")


def downgrade() -> None:
    op.execute("UPDATE expert_invitation SET state = 'replaced' WHERE state = 'released'")
    _know(STATES)


def _know(states: str) -> None:
    name = op.f("ck_expert_invitation_state_known")
    op.drop_constraint(name, "expert_invitation", type_="check")
    op.create_check_constraint(name, "expert_invitation", f"state IN ({states})")
