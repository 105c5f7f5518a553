"""Orders of the supermarket: awards, contracts, facts of the clock, papers, ratings."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE service_order (
    id UUID NOT NULL,
    no VARCHAR(32) NOT NULL,
    state VARCHAR(32) NOT NULL,
    owner UUID NOT NULL,
    project UUID,
    project_code VARCHAR(32),
    item_code VARCHAR(16) NOT NULL,
    title_zh VARCHAR(200) NOT NULL,
    title_en VARCHAR(200) NOT NULL,
    scope JSONB NOT NULL,
    working_days INTEGER NOT NULL,
    is_fiscal BOOLEAN NOT NULL,
    department UUID,
    approval_item VARCHAR(32),
    agency UUID NOT NULL,
    agency_no VARCHAR(32) NOT NULL,
    price BIGINT NOT NULL,
    place INTEGER NOT NULL,
    selection_hash BYTEA NOT NULL,
    awarded_at timestamptz NOT NULL,
    objections_end timestamptz,
    confirm_until timestamptz NOT NULL,
    sign_until timestamptz NOT NULL,
    inputs JSONB,
    clauses TEXT,
    ready_at timestamptz,
    contract_hash BYTEA,
    began_at timestamptz,
    approval_case UUID,
    case_no VARCHAR(32),
    case_seen INTEGER NOT NULL,
    ended_at timestamptz,
    filed_at timestamptz,
    told_unfiled_at timestamptz,
    failed_for VARCHAR(32),
    holder VARCHAR(32),
    turn_due timestamptz,
    look_at timestamptz,
    version INTEGER NOT NULL,
    CONSTRAINT pk_service_order PRIMARY KEY (id),
    CONSTRAINT ck_service_order_state_known CHECK (state IN ('awarded', 'contracting', 'serving',
        'submitted', 'completed', 'rated', 'closed', 'failed', 'terminated')),
    CONSTRAINT ck_service_order_holder_known CHECK (holder IN ('owner', 'agency', 'department',
        'expert', 'statutory', 'platform')),
    CONSTRAINT ck_service_order_failed_for_known CHECK (failed_for IN ('given-up',
        'not-confirmed', 'not-signed', 'objection')),
    CONSTRAINT ck_service_order_failed_whole CHECK ((state = 'failed') = (failed_for IS NOT NULL)),
    CONSTRAINT ck_service_order_days_positive CHECK (working_days > 0),
    CONSTRAINT ck_service_order_price_not_negative CHECK (price >= 0),
    CONSTRAINT ck_service_order_began_when CHECK ((state IN ('awarded', 'contracting', 'failed'))
        = (began_at IS NULL)),
    CONSTRAINT ck_service_order_ended_when CHECK ((state IN ('completed', 'rated', 'closed',
        'terminated')) = (ended_at IS NOT NULL)),
    CONSTRAINT ck_service_order_submitted_when CHECK (state <> 'submitted' OR approval_case IS NOT
        NULL),
    CONSTRAINT ck_service_order_filed_when CHECK ((state = 'closed') = (filed_at IS NOT NULL)),
    CONSTRAINT uq_service_order_no UNIQUE (no),
    CONSTRAINT fk_service_order_owner_organisation FOREIGN KEY(owner) REFERENCES organisation (id),
    CONSTRAINT fk_service_order_project_project FOREIGN KEY(project) REFERENCES project (id),
    CONSTRAINT fk_service_order_department_organisation FOREIGN KEY(department) REFERENCES
        organisation (id),
    CONSTRAINT fk_service_order_agency_organisation FOREIGN KEY(agency) REFERENCES organisation
        (id),
    CONSTRAINT uq_service_order_approval_case UNIQUE (approval_case),
    CONSTRAINT fk_service_order_approval_case_approval_case FOREIGN KEY(approval_case) REFERENCES
        approval_case (id)
);
CREATE INDEX ix_service_order_agency ON service_order (agency, state, turn_due);
CREATE INDEX ix_service_order_agency_no ON service_order (agency, no);
CREATE INDEX ix_service_order_department ON service_order (department, state, turn_due);
CREATE INDEX ix_service_order_department_no ON service_order (department, no);
CREATE INDEX ix_service_order_ended ON service_order (ended_at, no) WHERE ended_at IS NOT NULL;
CREATE INDEX ix_service_order_look ON service_order (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX ix_service_order_owner ON service_order (owner, state, turn_due);
CREATE INDEX ix_service_order_owner_no ON service_order (owner, no);
CREATE INDEX ix_service_order_state ON service_order (state, turn_due);
CREATE UNIQUE INDEX uq_service_order_running ON service_order (project, item_code) WHERE state IN
    ('serving', 'submitted');
CREATE TABLE service_order_award (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    place INTEGER NOT NULL,
    agency UUID NOT NULL,
    agency_no VARCHAR(32) NOT NULL,
    price BIGINT NOT NULL,
    asked_at timestamptz,
    confirmed_at timestamptz,
    ended_at timestamptz,
    ended_for VARCHAR(32),
    CONSTRAINT pk_service_order_award PRIMARY KEY (id),
    CONSTRAINT ck_service_order_award_ended_for_known CHECK (ended_for IN ('given-up',
        'not-confirmed', 'not-signed', 'objection')),
    CONSTRAINT ck_service_order_award_ended_whole CHECK ((ended_at IS NULL) = (ended_for IS NULL)),
    CONSTRAINT uq_service_order_award_order_place UNIQUE ("order", place),
    CONSTRAINT fk_service_order_award_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id),
    CONSTRAINT fk_service_order_award_agency_organisation FOREIGN KEY(agency) REFERENCES
        organisation (id)
);
CREATE TABLE service_order_event (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    number INTEGER NOT NULL,
    kind VARCHAR(32) NOT NULL,
    at timestamptz NOT NULL,
    said JSONB NOT NULL,
    person UUID,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT pk_service_order_event PRIMARY KEY (id),
    CONSTRAINT uq_service_order_event_order_number UNIQUE ("order", number),
    CONSTRAINT ck_service_order_event_number_counts CHECK (number > 0),
    CONSTRAINT fk_service_order_event_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id)
);
CREATE INDEX ix_service_order_event_disputes ON service_order_event (kind, "order") WHERE kind IN
    ('Objected', 'Ruled');
CREATE TABLE service_order_expert (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    name VARCHAR(32) NOT NULL,
    person UUID NOT NULL,
    called_at timestamptz NOT NULL,
    signed_at timestamptz,
    opinion TEXT,
    CONSTRAINT pk_service_order_expert PRIMARY KEY (id),
    CONSTRAINT uq_service_order_expert_order_name UNIQUE ("order", name),
    CONSTRAINT ck_service_order_expert_signed_whole CHECK ((signed_at IS NULL) = (opinion IS
        NULL)),
    CONSTRAINT fk_service_order_expert_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id)
);
CREATE INDEX ix_service_order_expert_waiting ON service_order_expert (person) WHERE signed_at IS
    NULL;
CREATE TABLE service_order_objection (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    order_no VARCHAR(32) NOT NULL,
    organisation UUID NOT NULL,
    text TEXT NOT NULL,
    filed_at timestamptz NOT NULL,
    due timestamptz NOT NULL,
    state VARCHAR(32) NOT NULL,
    answer TEXT,
    answered_at timestamptz,
    CONSTRAINT pk_service_order_objection PRIMARY KEY (id),
    CONSTRAINT ck_service_order_objection_state_known CHECK (state IN ('open', 'dismissed',
        'upheld')),
    CONSTRAINT ck_service_order_objection_state_answered CHECK ((state = 'open') = (answer IS
        NULL)),
    CONSTRAINT uq_service_order_objection_order_organisation UNIQUE ("order", organisation),
    CONSTRAINT fk_service_order_objection_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id),
    CONSTRAINT fk_service_order_objection_organisation_organisation FOREIGN KEY(organisation)
        REFERENCES organisation (id)
);
CREATE INDEX ix_service_order_objection_open ON service_order_objection (due) WHERE state = 'open';
CREATE TABLE service_order_paper (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    event INTEGER,
    purpose VARCHAR(32) NOT NULL,
    about TEXT NOT NULL,
    document BYTEA NOT NULL,
    organisation UUID NOT NULL,
    brought_at timestamptz NOT NULL,
    CONSTRAINT pk_service_order_paper PRIMARY KEY (id),
    CONSTRAINT ck_service_order_paper_purpose_known CHECK (purpose IN ('input', 'answer', 'draft',
        'supply', 'opinion', 'revision', 'evidence', 'archive')),
    CONSTRAINT fk_service_order_paper_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id),
    CONSTRAINT fk_service_order_paper_document_stored_document FOREIGN KEY(document) REFERENCES
        stored_document (digest),
    CONSTRAINT fk_service_order_paper_organisation_organisation FOREIGN KEY(organisation)
        REFERENCES organisation (id)
);
CREATE INDEX ix_service_order_paper_order ON service_order_paper ("order", event);
CREATE TABLE service_order_pause (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    order_no VARCHAR(32) NOT NULL,
    state VARCHAR(32) NOT NULL,
    code VARCHAR(32) NOT NULL,
    side VARCHAR(32) NOT NULL,
    reason TEXT NOT NULL,
    evidence BYTEA NOT NULL,
    asked_by UUID NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_by UUID,
    decided_at timestamptz,
    words TEXT,
    CONSTRAINT pk_service_order_pause PRIMARY KEY (id),
    CONSTRAINT ck_service_order_pause_state_known CHECK (state IN ('asked', 'approved',
        'declined')),
    CONSTRAINT ck_service_order_pause_code_known CHECK (code IN ('hearing', 'public', 'test',
        'upper', 'force', 'litigation', 'owner_request', 'platform')),
    CONSTRAINT ck_service_order_pause_side_known CHECK (side IN ('owner', 'agency', 'department',
        'office')),
    CONSTRAINT ck_service_order_pause_decided_whole CHECK ((state = 'asked') = (decided_at IS
        NULL)),
    CONSTRAINT ck_service_order_pause_two_persons CHECK (decided_by <> asked_by),
    CONSTRAINT fk_service_order_pause_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id),
    CONSTRAINT fk_service_order_pause_evidence_stored_document FOREIGN KEY(evidence) REFERENCES
        stored_document (digest)
);
CREATE UNIQUE INDEX uq_service_order_pause_asked ON service_order_pause ("order") WHERE state =
    'asked';
CREATE TABLE service_order_rating (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    side VARCHAR(32) NOT NULL,
    stars JSONB NOT NULL,
    reason TEXT NOT NULL,
    person UUID NOT NULL,
    given_at timestamptz NOT NULL,
    CONSTRAINT pk_service_order_rating PRIMARY KEY (id),
    CONSTRAINT ck_service_order_rating_side_known CHECK (side IN ('owner', 'agency', 'department',
        'office')),
    CONSTRAINT uq_service_order_rating_order_side UNIQUE ("order", side),
    CONSTRAINT fk_service_order_rating_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id)
);
CREATE TABLE service_order_rectification (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    order_no VARCHAR(32) NOT NULL,
    side VARCHAR(32) NOT NULL,
    state VARCHAR(32) NOT NULL,
    opened_at timestamptz NOT NULL,
    report TEXT,
    reported_at timestamptz,
    CONSTRAINT pk_service_order_rectification PRIMARY KEY (id),
    CONSTRAINT ck_service_order_rectification_state_known CHECK (state IN ('open', 'reported')),
    CONSTRAINT ck_service_order_rectification_side_known CHECK (side IN ('owner', 'agency',
        'department', 'office')),
    CONSTRAINT ck_service_order_rectification_state_reported CHECK ((state = 'reported') = (report
        IS NOT NULL)),
    CONSTRAINT uq_service_order_rectification_order_side UNIQUE ("order", side),
    CONSTRAINT fk_service_order_rectification_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id)
);
CREATE TABLE service_order_signature (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    place INTEGER NOT NULL,
    side VARCHAR(32) NOT NULL,
    person UUID NOT NULL,
    key_id VARCHAR(64) NOT NULL,
    statement BYTEA NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT pk_service_order_signature PRIMARY KEY (id),
    CONSTRAINT ck_service_order_signature_side_known CHECK (side IN ('owner', 'agency',
        'department', 'office')),
    CONSTRAINT uq_service_order_signature_order_place_side UNIQUE ("order", place, side),
    CONSTRAINT fk_service_order_signature_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id)
);
"""

NAMES = (
    "service_order_signature",
    "service_order_rectification",
    "service_order_rating",
    "service_order_pause",
    "service_order_paper",
    "service_order_objection",
    "service_order_expert",
    "service_order_event",
    "service_order_award",
    "service_order",
)


def upgrade() -> None:
    op.execute("ALTER TABLE approval_case ADD COLUMN kept_in VARCHAR(32)")
    op.execute(TABLES)


def downgrade() -> None:
    for name in NAMES:
        op.execute(f"DROP TABLE {name}")
    op.execute("ALTER TABLE approval_case DROP COLUMN kept_in")
