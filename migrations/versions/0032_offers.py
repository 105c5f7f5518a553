"""Offers: timekeepers, selections, sealed enrolments, releases, what the rule gave."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE timekeeper (
    uscc VARCHAR(18) NOT NULL,
    name VARCHAR(200) NOT NULL,
    key BYTEA NOT NULL,
    url VARCHAR(300) NOT NULL,
    taken_up_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_timekeeper PRIMARY KEY (uscc),
    CONSTRAINT ck_timekeeper_key_whole CHECK (octet_length(key) = 32)
);
CREATE TABLE selection (
    id UUID NOT NULL,
    demand UUID NOT NULL,
    demand_no VARCHAR(32) NOT NULL,
    round INTEGER NOT NULL,
    amendment INTEGER NOT NULL,
    state VARCHAR(32) NOT NULL,
    mode VARCHAR(32) NOT NULL,
    sealed BOOLEAN NOT NULL,
    terms BYTEA NOT NULL,
    terms_hash BYTEA NOT NULL,
    enrol_opens TIMESTAMP WITH TIME ZONE NOT NULL,
    enrol_closes TIMESTAMP WITH TIME ZONE NOT NULL,
    opens_at TIMESTAMP WITH TIME ZONE NOT NULL,
    manifest BYTEA,
    manifest_hash BYTEA,
    closed_at TIMESTAMP WITH TIME ZONE,
    is_extended BOOLEAN NOT NULL,
    draw_no VARCHAR(64),
    published_at TIMESTAMP WITH TIME ZONE,
    version INTEGER NOT NULL,
    CONSTRAINT pk_selection PRIMARY KEY (id),
    CONSTRAINT ck_selection_state_known CHECK (state IN ('awaiting-keys', 'open', 'closed',
    'drawing', 'chosen', 'selected', 'failed', 'withdrawn')),
    CONSTRAINT ck_selection_mode_known CHECK (mode IN ('direct', 'random', 'lowest',
    'average', 'refprice', 'multiround', 'credit', 'scheme')),
    CONSTRAINT uq_selection_demand_no_round UNIQUE (demand_no, round),
    CONSTRAINT ck_selection_round_positive CHECK (round > 0),
    CONSTRAINT ck_selection_window_in_order CHECK (enrol_opens <= enrol_closes),
    CONSTRAINT ck_selection_opens_after_closing CHECK (enrol_closes < opens_at),
    CONSTRAINT ck_selection_manifest_whole CHECK ((manifest IS NULL) = (manifest_hash IS
    NULL)),
    CONSTRAINT ck_selection_open_with_keys CHECK (state <> 'open' OR NOT sealed OR manifest IS
    NOT NULL),
    CONSTRAINT ck_selection_closed_whole CHECK ((state IN ('closed', 'drawing', 'chosen',
    'selected', 'failed')) = (closed_at IS NOT NULL)),
    CONSTRAINT ck_selection_drawing_named CHECK (state <> 'drawing' OR draw_no IS NOT NULL),
    CONSTRAINT ck_selection_published_whole CHECK ((state IN ('selected', 'failed')) =
    (published_at IS NOT NULL))
);
CREATE INDEX ix_selection_demand ON selection (demand);
CREATE INDEX ix_selection_state ON selection (state, enrol_closes);
CREATE TABLE time_recipient (
    selection UUID NOT NULL,
    uscc VARCHAR(18) NOT NULL,
    body BYTEA NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_time_recipient PRIMARY KEY (selection, uscc),
    CONSTRAINT fk_time_recipient_selection_selection FOREIGN KEY(selection) REFERENCES
    selection (id),
    CONSTRAINT fk_time_recipient_uscc_timekeeper FOREIGN KEY(uscc) REFERENCES timekeeper
    (uscc)
);
CREATE TABLE time_release (
    selection UUID NOT NULL,
    number INTEGER NOT NULL,
    body BYTEA NOT NULL,
    fault VARCHAR(32),
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_time_release PRIMARY KEY (selection, number),
    CONSTRAINT ck_time_release_number_known CHECK (number BETWEEN 1 AND 3),
    CONSTRAINT fk_time_release_selection_selection FOREIGN KEY(selection) REFERENCES selection
    (id)
);
CREATE TABLE enrolment (
    id UUID NOT NULL,
    selection UUID NOT NULL,
    agency UUID NOT NULL,
    uscc VARCHAR(18) NOT NULL,
    seq INTEGER NOT NULL,
    is_withdrawal BOOLEAN NOT NULL,
    act BYTEA NOT NULL,
    act_hash BYTEA NOT NULL,
    ciphertext BYTEA,
    person UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_enrolment PRIMARY KEY (id),
    CONSTRAINT uq_enrolment_selection_agency_seq UNIQUE (selection, agency, seq),
    CONSTRAINT ck_enrolment_seq_not_negative CHECK (seq >= 0),
    CONSTRAINT ck_enrolment_withdrawal_bare CHECK (ciphertext IS NULL OR NOT is_withdrawal),
    CONSTRAINT fk_enrolment_selection_selection FOREIGN KEY(selection) REFERENCES selection
    (id),
    CONSTRAINT fk_enrolment_agency_organisation FOREIGN KEY(agency) REFERENCES organisation
    (id)
);
CREATE UNIQUE INDEX uq_enrolment_act_hash ON enrolment (act_hash);
CREATE TABLE selection_result (
    selection UUID NOT NULL,
    file BYTEA NOT NULL,
    file_hash BYTEA NOT NULL,
    outcome_hash BYTEA NOT NULL,
    winner UUID,
    failure VARCHAR(32),
    chosen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_selection_result PRIMARY KEY (selection),
    CONSTRAINT ck_selection_result_one_outcome CHECK (winner IS NULL OR failure IS NULL),
    CONSTRAINT ck_selection_result_some_outcome CHECK (winner IS NOT NULL OR failure IS NOT
    NULL),
    CONSTRAINT fk_selection_result_selection_selection FOREIGN KEY(selection) REFERENCES
    selection (id),
    CONSTRAINT fk_selection_result_winner_organisation FOREIGN KEY(winner) REFERENCES
    organisation (id)
);
"""
NAMES = (
    *("selection_result", "enrolment", "time_release", "time_recipient"),
    *("selection", "timekeeper"),
)


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    for name in NAMES:
        op.drop_table(name)
