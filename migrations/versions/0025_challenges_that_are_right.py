"""Challenges that are right and what follows, bonds that wait for a proposal, each result its turn.

The old flag becomes a finding: right went on at once then, so it was without effect.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STATES = "'registered', 'answered', 'upheld', 'remedied', 'withdrawn'"
FINDINGS = "'not_upheld', 'upheld_without_effect', 'upheld_with_effect'"
REMEDIES = "'written', 'another_winner', 'restarted'"
CAUSES = "'refused', 'not_signed', 'unable', 'set_aside'"
ANSWERED = (
    "(state IN ('answered', 'upheld', 'remedied')) = (answered_at IS NOT NULL)"
    " AND (answered_at IS NULL) = (answer IS NULL)"
    " AND (answered_at IS NULL) = (finding IS NULL)"
)
UPHELD = (
    "(state = 'upheld' OR state = 'remedied') = (finding IS NOT NULL AND"
    " finding = 'upheld_with_effect')"
)
REMEDIED = (
    "(state = 'remedied') = (remedied_at IS NOT NULL)"
    " AND (remedied_at IS NULL) = (remedy IS NULL)"
    " AND (remedy IS NOT NULL AND remedy = 'written') = (remedy_words IS NOT NULL)"
)


def upgrade() -> None:
    _challenges()
    op.add_column(
        "contract_hold",
        sa.Column("until_lapse", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("contract_hold", "until_lapse", server_default=None)
    op.execute(
        "UPDATE contract_hold SET until_lapse = true FROM complaint"
        " WHERE complaint.no = contract_hold.challenge_no AND complaint.state = 'decided'"
    )
    _known("award", "lapse_cause", f"{CAUSES}, 'challenge_upheld'")
    op.add_column("linked_bond", sa.Column("wait_until", sa.Date(), nullable=True))
    op.create_index(
        "ix_linked_bond_wait",
        "linked_bond",
        ["wait_until"],
        postgresql_where=sa.text("state = 'held' AND due_on IS NULL"),
    )
    # Winners that fell out before bonds waited by rule: two weeks from the lapse, never shorter.
    op.execute(
        "UPDATE linked_bond SET wait_until ="
        " (award.lapsed_at AT TIME ZONE 'Asia/Shanghai')::date + 14"
        " FROM award WHERE award.tender_no = linked_bond.tender_no"
        " AND award.winner = linked_bond.uscc"
        " AND award.lapse_cause IN ('refused', 'not_signed')"
        " AND linked_bond.state = 'held' AND linked_bond.due_on IS NULL"
    )


def _challenges() -> None:
    op.add_column("challenge", sa.Column("finding", sa.String(length=32), nullable=True))
    op.add_column("challenge", sa.Column("remedy", sa.String(length=32), nullable=True))
    op.add_column("challenge", sa.Column("remedy_words", sa.Text(), nullable=True))
    op.add_column("challenge", sa.Column("remedied_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "challenge", sa.Column("turn", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.alter_column("challenge", "turn", server_default=None)
    op.execute(
        "UPDATE challenge SET finding ="
        " CASE WHEN upheld THEN 'upheld_without_effect' ELSE 'not_upheld' END"
        " WHERE answered_at IS NOT NULL"
    )
    op.execute(
        "UPDATE challenge SET turn = 1 + (SELECT count(*) FROM award"
        " WHERE award.tender = challenge.tender AND award.lapsed_at <= challenge.filed_at)"
        " WHERE stage = 'result'"
    )
    op.drop_column("challenge", "upheld")
    _known("challenge", "state", STATES)
    for name in ("answered_when", "answered_with_words"):
        op.drop_constraint(op.f(f"ck_challenge_{name}"), "challenge", type_="check")
    for name, rule in (
        ("finding_known", f"finding IN ({FINDINGS})"),
        ("remedy_known", f"remedy IN ({REMEDIES})"),
        ("turn_counts", "turn > 0"),
        ("answered_whole", ANSWERED),
        ("upheld_with_effect", UPHELD),
        ("remedied_whole", REMEDIED),
    ):
        op.create_check_constraint(op.f(f"ck_challenge_{name}"), "challenge", rule)
    op.drop_constraint(op.f("uq_challenge_tender_organisation_stage"), "challenge", type_="unique")
    op.create_unique_constraint(
        op.f("uq_challenge_tender_organisation_stage_turn"),
        "challenge",
        ["tender", "organisation", "stage", "turn"],
    )
    op.create_index(
        "ix_challenge_upheld",
        "challenge",
        ["tender"],
        postgresql_where=sa.text("state = 'upheld'"),
    )


def downgrade() -> None:
    op.drop_index("ix_linked_bond_wait", "linked_bond")
    op.drop_column("linked_bond", "wait_until")
    op.execute("UPDATE award SET lapse_cause = 'set_aside' WHERE lapse_cause = 'challenge_upheld'")
    _known("award", "lapse_cause", CAUSES)
    op.drop_column("contract_hold", "until_lapse")
    op.drop_index("ix_challenge_upheld", "challenge")
    op.execute("DELETE FROM challenge WHERE turn > 1")
    op.drop_constraint(
        op.f("uq_challenge_tender_organisation_stage_turn"), "challenge", type_="unique"
    )
    op.create_unique_constraint(
        op.f("uq_challenge_tender_organisation_stage"),
        "challenge",
        ["tender", "organisation", "stage"],
    )
    for name in (
        *("finding_known", "remedy_known", "turn_counts"),
        *("answered_whole", "upheld_with_effect", "remedied_whole"),
    ):
        op.drop_constraint(op.f(f"ck_challenge_{name}"), "challenge", type_="check")
    op.execute("UPDATE challenge SET state = 'answered' WHERE state IN ('upheld', 'remedied')")
    _known("challenge", "state", "'registered', 'answered', 'withdrawn'")
    op.create_check_constraint(
        op.f("ck_challenge_answered_when"),
        "challenge",
        "(state = 'answered') = (answered_at IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_challenge_answered_with_words"),
        "challenge",
        "(answered_at IS NULL) = (answer IS NULL)",
    )
    op.add_column("challenge", sa.Column("upheld", sa.Boolean(), nullable=True))
    op.execute("UPDATE challenge SET upheld = finding <> 'not_upheld' WHERE finding IS NOT NULL")
    for column in ("turn", "remedied_at", "remedy_words", "remedy", "finding"):
        op.drop_column("challenge", column)


def _known(table: str, column: str, listed: str) -> None:
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} IN ({listed})")
