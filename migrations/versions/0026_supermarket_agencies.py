"""The intermediary supermarket: its catalogue of services, its agencies and their entry."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "category IN ('IC01', 'IC02', 'IC03', 'IC04', 'IC05', 'IC06', 'IC07', 'IC08', 'IC09', 'IC10', 'IC11', 'IC12')",
            name=op.f("ck_service_item_category_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_item")),
        sa.UniqueConstraint("code", name=op.f("uq_service_item_code")),
    )
    op.create_table(
        "service_item_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("scope_zh", sa.Text(), nullable=False),
        sa.Column("scope_en", sa.Text(), nullable=False),
        sa.Column("law_zh", sa.String(length=200), nullable=True),
        sa.Column("law_en", sa.String(length=200), nullable=True),
        sa.Column("article", sa.String(length=20), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("standard_days", sa.Integer(), nullable=False),
        sa.Column("price_low", sa.BigInteger(), nullable=False),
        sa.Column("price_high", sa.BigInteger(), nullable=False),
        sa.Column(
            "approvals", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("qualification", sa.String(length=32), nullable=True),
        sa.Column(
            "levels", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("is_condition", sa.Boolean(), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "qualification IN ('engineering-survey', 'engineering-design', 'drawing-review', 'surveying', 'safety-assessment', 'lightning-testing', 'construction-testing', 'testing-laboratory', 'audit-firm', 'valuation-firm')",
            name=op.f("ck_service_item_version_qualification_known"),
        ),
        sa.CheckConstraint(
            "(law_zh IS NULL) = (law_en IS NULL) AND (law_zh IS NULL) = (article IS NULL)",
            name=op.f("ck_service_item_version_basis_whole"),
        ),
        sa.CheckConstraint(
            "0 <= price_low AND price_low <= price_high",
            name=op.f("ck_service_item_version_prices_in_order"),
        ),
        sa.CheckConstraint(
            "NOT is_condition OR law_zh IS NOT NULL",
            name=op.f("ck_service_item_version_condition_by_law"),
        ),
        sa.CheckConstraint("standard_days > 0", name=op.f("ck_service_item_version_days_positive")),
        sa.ForeignKeyConstraint(
            ["item"], ["service_item.id"], name=op.f("fk_service_item_version_item_service_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_item_version")),
    )
    op.create_index(
        "ix_service_item_version_day", "service_item_version", ["from_day"], unique=False
    )
    op.create_index(
        "ix_service_item_version_search",
        "service_item_version",
        ["search"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "uq_service_item_version_number", "service_item_version", ["item", "number"], unique=True
    )
    op.create_table(
        "agency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publicity_ends", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column(
            "touched", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("search", postgresql.TSVECTOR(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'publicity' OR publicity_ends IS NOT NULL",
            name=op.f("ck_agency_state_publicity"),
        ),
        sa.CheckConstraint(
            "state <> 'removed' OR removed_on IS NOT NULL", name=op.f("ck_agency_state_removed")
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'files', 'checking', 'rejected', 'publicity', 'active', 'suspended', 'removed', 'left')",
            name=op.f("ck_agency_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'suspended') OR entered_at IS NOT NULL",
            name=op.f("ck_agency_state_entered"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.id"], name=op.f("fk_agency_organisation_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("no", name=op.f("uq_agency_no")),
        sa.UniqueConstraint("organisation", name=op.f("uq_agency_organisation")),
    )
    op.create_index("ix_agency_search", "agency", ["search"], unique=False, postgresql_using="gin")
    op.create_index("ix_agency_state", "agency", ["state", "publicity_ends"], unique=False)
    op.create_table(
        "agency_qualification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("document", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_for", sa.Text(), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expiry_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)",
            name=op.f("ck_agency_qualification_state_ended"),
        ),
        sa.CheckConstraint(
            "kind IN ('engineering-survey', 'engineering-design', 'drawing-review', 'surveying', 'safety-assessment', 'lightning-testing', 'construction-testing', 'testing-laboratory', 'audit-firm', 'valuation-firm')",
            name=op.f("ck_agency_qualification_kind_known"),
        ),
        sa.CheckConstraint(
            "level IN ('A', 'B', 'C', 'first', 'second', 'general', 'special', 'one')",
            name=op.f("ck_agency_qualification_level_known"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR confirmed_at IS NOT NULL",
            name=op.f("ck_agency_qualification_state_confirmed"),
        ),
        sa.CheckConstraint(
            "state <> 'handed-in' OR handed_in_at IS NOT NULL",
            name=op.f("ck_agency_qualification_state_handed_in"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'handed-in', 'returned', 'confirmed', 'ended')",
            name=op.f("ck_agency_qualification_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["agency.id"], name=op.f("fk_agency_qualification_agency_agency")
        ),
        sa.ForeignKeyConstraint(
            ["document"],
            ["stored_document.digest"],
            name=op.f("fk_agency_qualification_document_stored_document"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_qualification")),
    )
    op.create_index(
        "ix_agency_qualification_agency", "agency_qualification", ["agency", "state"], unique=False
    )
    op.create_index(
        "ix_agency_qualification_expiry",
        "agency_qualification",
        ["expires_on"],
        unique=False,
        postgresql_where="state = 'confirmed'",
    )
    op.create_table(
        "agency_service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("promise_days", sa.Integer(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "category IN ('IC01', 'IC02', 'IC03', 'IC04', 'IC05', 'IC06', 'IC07', 'IC08', 'IC09', 'IC10', 'IC11', 'IC12')",
            name=op.f("ck_agency_service_category_known"),
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_agency_service_price_not_negative")),
        sa.CheckConstraint("promise_days > 0", name=op.f("ck_agency_service_promise_positive")),
        sa.ForeignKeyConstraint(
            ["agency"], ["agency.id"], name=op.f("fk_agency_service_agency_agency")
        ),
        sa.ForeignKeyConstraint(
            ["item"], ["service_item.id"], name=op.f("fk_agency_service_item_service_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_service")),
    )
    op.create_index(
        "ix_agency_service_category",
        "agency_service",
        ["category"],
        unique=False,
        postgresql_where="ended_at IS NULL",
    )
    op.create_index(
        "ix_agency_service_item",
        "agency_service",
        ["item_code"],
        unique=False,
        postgresql_where="ended_at IS NULL",
    )
    op.create_index(
        "uq_agency_service_open",
        "agency_service",
        ["agency", "item"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    op.create_table(
        "agency_practitioner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column("profession", sa.String(length=100), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency"], ["agency.id"], name=op.f("fk_agency_practitioner_agency_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_practitioner")),
    )
    op.create_index(
        "ix_agency_practitioner_agency",
        "agency_practitioner",
        ["agency"],
        unique=False,
        postgresql_where="ended_at IS NULL",
    )
    op.create_table(
        "agency_declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column(
            "departments",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
        ),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency"], ["agency.id"], name=op.f("fk_agency_declaration_agency_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_declaration")),
    )
    op.create_index(
        "ix_agency_declaration_agency",
        "agency_declaration",
        ["agency", "declared_at"],
        unique=False,
    )
    op.create_table(
        "agency_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column(
            "reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (passed IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_agency_check_decision_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["agency.id"], name=op.f("fk_agency_check_agency_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_check")),
    )
    op.create_index(
        "ix_agency_check_agency", "agency_check", ["agency", "handed_in_at"], unique=False
    )
    op.create_index(
        "uq_agency_check_open",
        "agency_check",
        ["agency"],
        unique=True,
        postgresql_where="decided_at IS NULL",
    )
    op.create_table(
        "agency_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('dismissed', 'upheld')) = (answer IS NOT NULL)",
            name=op.f("ck_agency_objection_state_answered"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'dismissed', 'upheld', 'lapsed')",
            name=op.f("ck_agency_objection_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["agency.id"], name=op.f("fk_agency_objection_agency_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_objection")),
    )
    op.create_index(
        "ix_agency_objection_agency", "agency_objection", ["agency", "state"], unique=False
    )
    op.create_index(
        "uq_agency_objection_open",
        "agency_objection",
        ["agency", "person"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "agency_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('publicity', 'stopped', 'entered', 'suspended', 'restored', 'removed', 'left')",
            name=op.f("ck_agency_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["agency.id"], name=op.f("fk_agency_event_agency_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_event")),
    )
    op.create_index("ix_agency_event_agency", "agency_event", ["agency", "at"], unique=False)
    op.create_table(
        "bad_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_day <= until_day", name=op.f("ck_bad_record_days_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bad_record")),
    )
    op.create_index("uq_bad_record_decision", "bad_record", ["uscc", "decision"], unique=True)


def downgrade() -> None:
    op.drop_table("bad_record")
    op.drop_table("agency_event")
    op.drop_table("agency_objection")
    op.drop_table("agency_check")
    op.drop_table("agency_declaration")
    op.drop_table("agency_practitioner")
    op.drop_table("agency_service")
    op.drop_table("agency_qualification")
    op.drop_table("agency")
    op.drop_table("service_item_version")
    op.drop_table("service_item")
