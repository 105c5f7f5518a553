"""Approvals: versions of items, cases, everything that happens to them; heads of departments."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ROLES = (
    "'OWNER', 'AGENT', 'BIDDER', 'AGENCY', 'EXPERT', 'CENTER', 'CMO', 'DEPT', {head}'REG',"
    " 'SUPV', 'NOTARY', 'BANK', 'AUDITOR', 'SYSADMIN', 'REPRESENTATIVE'"
)
HEAD = "'DEPT_HEAD', "

TABLES = """
CREATE TABLE approval_item (
    id UUID NOT NULL,
    code VARCHAR(32) NOT NULL,
    department UUID NOT NULL,
    name_zh VARCHAR(200) NOT NULL,
    name_en VARCHAR(200) NOT NULL,
    stage VARCHAR(32) NOT NULL,
    mode VARCHAR(32) NOT NULL,
    conditions_zh TEXT NOT NULL,
    conditions_en TEXT NOT NULL,
    materials JSONB NOT NULL,
    statutory INTEGER NOT NULL,
    promised INTEGER NOT NULL,
    own_period TEXT NOT NULL,
    silence TEXT NOT NULL,
    fee BIGINT NOT NULL,
    fee_basis TEXT NOT NULL,
    basis_zh TEXT NOT NULL,
    basis_en TEXT NOT NULL,
    state VARCHAR(32) NOT NULL,
    proposed_by UUID NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by UUID,
    decided_at timestamptz,
    ended_at timestamptz,
    version INTEGER NOT NULL,
    CONSTRAINT pk_approval_item PRIMARY KEY (id),
    CONSTRAINT ck_approval_item_state_known CHECK (state IN ('proposed', 'in-force', 'dropped',
        'replaced', 'retired')),
    CONSTRAINT ck_approval_item_stage_known CHECK (stage IN ('set-up', 'planning',
        'construction', 'completion')),
    CONSTRAINT ck_approval_item_mode_known CHECK (mode IN ('direct', 'promised', 'joint',
        'upward', 'reasoned-return', 'single-charge')),
    CONSTRAINT ck_approval_item_promise_kept_by_law CHECK (promised BETWEEN 0 AND statutory),
    CONSTRAINT ck_approval_item_statutory_positive CHECK (statutory > 0),
    CONSTRAINT ck_approval_item_fee_not_negative CHECK (fee >= 0),
    CONSTRAINT ck_approval_item_decided_whole CHECK ((state = 'proposed') = (decided_at IS
        NULL)),
    CONSTRAINT ck_approval_item_two_persons CHECK (decided_by <> proposed_by OR state =
        'dropped'),
    CONSTRAINT ck_approval_item_ended_whole CHECK ((state IN ('replaced', 'retired')) =
        (ended_at IS NOT NULL)),
    CONSTRAINT fk_approval_item_department_organisation FOREIGN KEY(department) REFERENCES
        organisation (id)
);
CREATE INDEX ix_approval_item_department ON approval_item (department, code);
CREATE UNIQUE INDEX ux_approval_item_in_force ON approval_item (code) WHERE state = 'in-force';
CREATE UNIQUE INDEX ux_approval_item_proposed ON approval_item (code) WHERE state = 'proposed';
CREATE TABLE approval_case (
    id UUID NOT NULL,
    no VARCHAR(32) NOT NULL,
    project UUID NOT NULL,
    project_code VARCHAR(32) NOT NULL,
    owner UUID NOT NULL,
    item UUID NOT NULL,
    code VARCHAR(32) NOT NULL,
    department UUID NOT NULL,
    state VARCHAR(32) NOT NULL,
    opened_by UUID NOT NULL,
    opened_at timestamptz NOT NULL,
    received_at timestamptz,
    asked_at timestamptz,
    supplied_at timestamptz,
    accepted_at timestamptz,
    by_silence BOOLEAN NOT NULL,
    extended INTEGER NOT NULL,
    outcome VARCHAR(32),
    reasons TEXT,
    paper_no VARCHAR(100),
    decided_at timestamptz,
    delivered_at timestamptz,
    ended_at timestamptz,
    due_at timestamptz,
    look_at timestamptz,
    version INTEGER NOT NULL,
    CONSTRAINT pk_approval_case PRIMARY KEY (id),
    CONSTRAINT ck_approval_case_state_known CHECK (state IN ('preparing', 'received',
        'correcting', 'reviewing', 'paused', 'approved', 'refused', 'delivered', 'not-accepted',
        'withdrawn')),
    CONSTRAINT ck_approval_case_outcome_known CHECK (outcome IN ('approved', 'refused')),
    CONSTRAINT ck_approval_case_received_when CHECK (state IN ('preparing', 'withdrawn') OR
        received_at IS NOT NULL),
    CONSTRAINT ck_approval_case_asked_when CHECK (asked_at IS NULL OR received_at IS NOT NULL),
    CONSTRAINT ck_approval_case_accepted_when CHECK ((state NOT IN ('reviewing', 'paused',
        'approved', 'refused', 'delivered')) OR accepted_at IS NOT NULL),
    CONSTRAINT ck_approval_case_decided_whole CHECK ((state IN ('approved', 'refused',
        'delivered')) = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (outcome IS NULL)
        AND (decided_at IS NULL) = (reasons IS NULL)),
    CONSTRAINT ck_approval_case_delivered_when CHECK ((state = 'delivered') = (delivered_at IS
        NOT NULL)),
    CONSTRAINT ck_approval_case_silence_accepted CHECK (NOT by_silence OR accepted_at IS NOT
        NULL),
    CONSTRAINT ck_approval_case_extended_not_negative CHECK (extended >= 0),
    CONSTRAINT uq_approval_case_no UNIQUE (no),
    CONSTRAINT fk_approval_case_project_project FOREIGN KEY(project) REFERENCES project (id),
    CONSTRAINT fk_approval_case_owner_organisation FOREIGN KEY(owner) REFERENCES organisation
        (id),
    CONSTRAINT fk_approval_case_item_approval_item FOREIGN KEY(item) REFERENCES approval_item
        (id),
    CONSTRAINT fk_approval_case_department_organisation FOREIGN KEY(department) REFERENCES
        organisation (id)
);
CREATE INDEX ix_approval_case_desk ON approval_case (department, state, due_at);
CREATE INDEX ix_approval_case_look ON approval_case (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX ix_approval_case_owner ON approval_case (owner, opened_at);
CREATE INDEX ix_approval_case_project ON approval_case (project, received_at);
CREATE INDEX ix_approval_case_project_code ON approval_case (project_code);
CREATE UNIQUE INDEX ux_approval_case_open ON approval_case (project, code) WHERE state IN
    ('preparing', 'received', 'correcting', 'reviewing', 'paused', 'approved', 'refused');
CREATE TABLE approval_paper (
    id UUID NOT NULL,
    "case" UUID NOT NULL,
    material INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    document BYTEA NOT NULL,
    handed_in_by UUID,
    handed_in_at timestamptz NOT NULL,
    CONSTRAINT pk_approval_paper PRIMARY KEY (id),
    CONSTRAINT ck_approval_paper_material_counts CHECK (material > 0),
    CONSTRAINT ck_approval_paper_turn_not_negative CHECK (turn >= 0),
    CONSTRAINT fk_approval_paper_case_approval_case FOREIGN KEY("case") REFERENCES approval_case
        (id),
    CONSTRAINT fk_approval_paper_document_stored_document FOREIGN KEY(document) REFERENCES
        stored_document (digest)
);
CREATE UNIQUE INDEX uq_approval_paper_once ON approval_paper ("case", material, document, turn);
CREATE TABLE approval_missing (
    id UUID NOT NULL,
    "case" UUID NOT NULL,
    material INTEGER NOT NULL,
    words TEXT NOT NULL,
    owes VARCHAR(32) NOT NULL,
    already BOOLEAN NOT NULL,
    supplied_at timestamptz,
    CONSTRAINT pk_approval_missing PRIMARY KEY (id),
    CONSTRAINT ck_approval_missing_owes_known CHECK (owes IN ('owner', 'agency')),
    CONSTRAINT uq_approval_missing_case_material UNIQUE ("case", material),
    CONSTRAINT fk_approval_missing_case_approval_case FOREIGN KEY("case") REFERENCES
        approval_case (id)
);
CREATE TABLE approval_pause (
    id UUID NOT NULL,
    "case" UUID NOT NULL,
    number INTEGER NOT NULL,
    kind VARCHAR(32) NOT NULL,
    reason TEXT NOT NULL,
    told_days INTEGER NOT NULL,
    begun_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT pk_approval_pause PRIMARY KEY (id),
    CONSTRAINT ck_approval_pause_kind_known CHECK (kind IN ('hearing', 'tender', 'auction',
        'inspection', 'test', 'quarantine', 'appraisal', 'expert-review')),
    CONSTRAINT ck_approval_pause_told_days_count CHECK (told_days > 0),
    CONSTRAINT uq_approval_pause_case_number UNIQUE ("case", number),
    CONSTRAINT fk_approval_pause_case_approval_case FOREIGN KEY("case") REFERENCES approval_case
        (id)
);
CREATE UNIQUE INDEX uq_approval_pause_open ON approval_pause ("case") WHERE ended_at IS NULL;
CREATE TABLE approval_round (
    id UUID NOT NULL,
    "case" UUID NOT NULL,
    number INTEGER NOT NULL,
    issues JSONB NOT NULL,
    given_at timestamptz NOT NULL,
    revised_at timestamptz,
    words TEXT,
    CONSTRAINT pk_approval_round PRIMARY KEY (id),
    CONSTRAINT uq_approval_round_case_number UNIQUE ("case", number),
    CONSTRAINT fk_approval_round_case_approval_case FOREIGN KEY("case") REFERENCES approval_case
        (id)
);
CREATE UNIQUE INDEX uq_approval_round_open ON approval_round ("case") WHERE revised_at IS NULL;
CREATE TABLE approval_extension (
    id UUID NOT NULL,
    "case" UUID NOT NULL,
    case_no VARCHAR(32) NOT NULL,
    state VARCHAR(32) NOT NULL,
    days INTEGER NOT NULL,
    reason TEXT NOT NULL,
    asked_by UUID NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_by UUID,
    decided_at timestamptz,
    words TEXT,
    CONSTRAINT pk_approval_extension PRIMARY KEY (id),
    CONSTRAINT ck_approval_extension_state_known CHECK (state IN ('asked', 'approved',
        'declined')),
    CONSTRAINT ck_approval_extension_days_count CHECK (days > 0),
    CONSTRAINT ck_approval_extension_decided_whole CHECK ((state = 'asked') = (decided_at IS
        NULL)),
    CONSTRAINT ck_approval_extension_two_persons CHECK (decided_by <> asked_by),
    CONSTRAINT uq_approval_extension_case UNIQUE ("case"),
    CONSTRAINT fk_approval_extension_case_approval_case FOREIGN KEY("case") REFERENCES
        approval_case (id)
);
CREATE TABLE approval_event (
    id UUID NOT NULL,
    "case" UUID NOT NULL,
    number INTEGER NOT NULL,
    kind VARCHAR(32) NOT NULL,
    at timestamptz NOT NULL,
    details JSONB NOT NULL,
    CONSTRAINT pk_approval_event PRIMARY KEY (id),
    CONSTRAINT ck_approval_event_kind_known CHECK (kind IN ('received', 'correction',
        'supplied', 'completed', 'accepted', 'not-accepted', 'paused', 'resumed', 'opinion',
        'revised', 'extension-asked', 'extended', 'not-extended', 'decided', 'delivered',
        'withdrawn')),
    CONSTRAINT uq_approval_event_case_number UNIQUE ("case", number),
    CONSTRAINT fk_approval_event_case_approval_case FOREIGN KEY("case") REFERENCES approval_case
        (id)
);
"""
NAMES = (
    *("approval_event", "approval_extension", "approval_round", "approval_pause"),
    *("approval_missing", "approval_paper", "approval_case", "approval_item"),
)


def upgrade() -> None:
    _roles(HEAD)
    op.execute(TABLES)


def downgrade() -> None:
    for name in NAMES:
        op.drop_table(name)
    op.execute("DELETE FROM appointment WHERE role = 'DEPT_HEAD'")
    op.execute("DELETE FROM organisation_capacity WHERE role = 'DEPT_HEAD'")
    _roles("")


def _roles(head: str) -> None:
    for table in ("appointment", "organisation_capacity"):
        name = op.f(f"ck_{table}_role_known")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"role IN ({ROLES.format(head=head)})")
