"""Demands: what owners ask agencies for, its checks, doubts about splitting; refused looks are found."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE demand (
    id UUID NOT NULL,
    no VARCHAR(32) NOT NULL,
    owner UUID NOT NULL,
    project UUID,
    project_code VARCHAR(32),
    state VARCHAR(32) NOT NULL,
    item UUID,
    item_code VARCHAR(16),
    category VARCHAR(32),
    title_zh VARCHAR(200) NOT NULL,
    title_en VARCHAR(200) NOT NULL,
    background TEXT,
    scope TEXT,
    deliverables JSONB NOT NULL,
    staff TEXT,
    funds VARCHAR(32),
    ceiling BIGINT,
    working_days INTEGER,
    revision_hours INTEGER,
    mode VARCHAR(32),
    fixed BIGINT,
    list_size INTEGER,
    short_size INTEGER,
    choose_days INTEGER,
    rounds_time TIME,
    scheme_weight INTEGER,
    named VARCHAR(18),
    reason TEXT,
    enrol_days INTEGER,
    rating_rule TEXT,
    contract VARCHAR(32),
    contract_terms TEXT,
    payment TEXT,
    payment_days INTEGER,
    department UUID,
    approval_item VARCHAR(32),
    declared_at timestamptz,
    declared_by UUID,
    touched JSONB NOT NULL,
    started_at timestamptz NOT NULL,
    submitted_at timestamptz,
    separate TEXT,
    published_at timestamptz,
    enrol_opens timestamptz,
    enrol_closes timestamptz,
    opens_at timestamptz,
    choose_by timestamptz,
    rounds_from timestamptz,
    terms_hash BYTEA,
    round INTEGER NOT NULL,
    amendment INTEGER NOT NULL,
    search TSVECTOR,
    closed_at timestamptz,
    selected_at timestamptz,
    ended_at timestamptz,
    end_reason TEXT,
    version INTEGER NOT NULL,
    CONSTRAINT pk_demand PRIMARY KEY (id),
    CONSTRAINT ck_demand_state_known CHECK (state IN ('draft', 'review', 'returned',
        'enrolling', 'closed', 'selected', 'failed', 'withdrawn')),
    CONSTRAINT ck_demand_category_known CHECK (category IN ('IC01', 'IC02', 'IC03', 'IC04',
        'IC05', 'IC06', 'IC07', 'IC08', 'IC09', 'IC10', 'IC11', 'IC12')),
    CONSTRAINT ck_demand_funds_known CHECK (funds IN ('fiscal', 'private')),
    CONSTRAINT ck_demand_mode_known CHECK (mode IN ('direct', 'random', 'lowest', 'average',
        'refprice', 'multiround', 'credit', 'scheme')),
    CONSTRAINT ck_demand_contract_known CHECK (contract IN ('report', 'survey', 'advice')),
    CONSTRAINT ck_demand_ceiling_positive CHECK (ceiling > 0),
    CONSTRAINT ck_demand_fixed_within CHECK (fixed > 0 AND fixed <= ceiling),
    CONSTRAINT ck_demand_days_positive CHECK (working_days > 0),
    CONSTRAINT ck_demand_revision_positive CHECK (revision_hours > 0),
    CONSTRAINT ck_demand_window_positive CHECK (enrol_days > 0),
    CONSTRAINT ck_demand_extended_once CHECK (amendment IN (0, 1)),
    CONSTRAINT ck_demand_round_counted CHECK (round > 0),
    CONSTRAINT ck_demand_approval_whole CHECK ((department IS NULL) = (approval_item IS NULL)),
    CONSTRAINT ck_demand_submitted_whole CHECK (state IN ('draft', 'returned') OR published_at
        IS NULL AND state = 'withdrawn' OR (item IS NOT NULL AND background IS NOT NULL AND
        scope IS NOT NULL AND funds IS NOT NULL AND mode IS NOT NULL AND ceiling IS NOT NULL AND
        working_days IS NOT NULL AND revision_hours IS NOT NULL AND enrol_days IS NOT NULL AND
        contract IS NOT NULL AND payment IS NOT NULL AND payment_days IS NOT NULL AND
        declared_at IS NOT NULL AND submitted_at IS NOT NULL)),
    CONSTRAINT ck_demand_published_whole CHECK (state NOT IN ('enrolling', 'closed', 'selected',
        'failed') AND published_at IS NULL OR (published_at IS NOT NULL AND enrol_opens IS NOT
        NULL AND enrol_closes IS NOT NULL AND opens_at IS NOT NULL AND terms_hash IS NOT NULL
        AND search IS NOT NULL)),
    CONSTRAINT ck_demand_state_closed CHECK (state NOT IN ('closed', 'selected') OR closed_at IS
        NOT NULL),
    CONSTRAINT ck_demand_state_ended CHECK ((state IN ('failed', 'withdrawn')) = (ended_at IS
        NOT NULL)),
    CONSTRAINT ck_demand_window_in_order CHECK (enrol_opens < enrol_closes),
    CONSTRAINT ck_demand_opening_after_closing CHECK (enrol_closes < opens_at),
    CONSTRAINT uq_demand_no UNIQUE (no),
    CONSTRAINT fk_demand_owner_organisation FOREIGN KEY(owner) REFERENCES organisation (id),
    CONSTRAINT fk_demand_item_service_item FOREIGN KEY(item) REFERENCES service_item (id),
    CONSTRAINT fk_demand_department_organisation FOREIGN KEY(department) REFERENCES organisation
        (id)
);
CREATE INDEX ix_demand_closing ON demand (enrol_closes) WHERE state = 'enrolling';
CREATE INDEX ix_demand_item ON demand (item_code) WHERE state = 'enrolling';
CREATE INDEX ix_demand_owner ON demand (owner, item, submitted_at);
CREATE INDEX ix_demand_public ON demand (published_at, no) WHERE published_at IS NOT NULL;
CREATE INDEX ix_demand_search ON demand USING gin (search);
CREATE TABLE demand_check (
    id UUID NOT NULL,
    demand UUID NOT NULL,
    handed_in_at timestamptz NOT NULL,
    due timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by UUID,
    passed BOOLEAN,
    reasons JSONB NOT NULL,
    CONSTRAINT pk_demand_check PRIMARY KEY (id),
    CONSTRAINT ck_demand_check_decision_whole CHECK ((decided_at IS NULL) = (passed IS NULL) AND
        (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT fk_demand_check_demand_demand FOREIGN KEY(demand) REFERENCES demand (id)
);
CREATE INDEX ix_demand_check_demand ON demand_check (demand, handed_in_at);
CREATE UNIQUE INDEX uq_demand_check_open ON demand_check (demand) WHERE decided_at IS NULL;
CREATE TABLE demand_doubt (
    id UUID NOT NULL,
    demand UUID NOT NULL,
    found_at timestamptz NOT NULL,
    others JSONB NOT NULL,
    total BIGINT NOT NULL,
    threshold BIGINT NOT NULL,
    separate TEXT NOT NULL,
    CONSTRAINT pk_demand_doubt PRIMARY KEY (id),
    CONSTRAINT ck_demand_doubt_reached CHECK (total >= threshold),
    CONSTRAINT uq_demand_doubt_demand_found_at UNIQUE (demand, found_at),
    CONSTRAINT fk_demand_doubt_demand_demand FOREIGN KEY(demand) REFERENCES demand (id)
);
CREATE INDEX ix_demand_doubt_found ON demand_doubt (found_at);
CREATE INDEX ix_trail_line_refused ON trail_line (command, at) WHERE refused IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.drop_index("ix_trail_line_refused", table_name="trail_line")
    op.drop_table("demand_doubt")
    op.drop_table("demand_check")
    op.drop_table("demand")
