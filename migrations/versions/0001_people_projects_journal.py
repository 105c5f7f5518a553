"""People, organisations, documents, letters, projects and the journal: the first tables.

Written as SQL, which is what a database administrator reads; referenced tables come first.
"""

from alembic import op

revision = "0001"
down_revision = None

OFFICE = """
CREATE TABLE due (
    id uuid NOT NULL, fact varchar(64) NOT NULL, subject uuid NOT NULL,
    listener varchar(64) NOT NULL, stated_at timestamptz NOT NULL, done_at timestamptz,
    CONSTRAINT pk_due PRIMARY KEY (id),
    CONSTRAINT uq_due_listener_fact_subject UNIQUE (listener, fact, subject)
);
CREATE INDEX ix_due_open ON due (stated_at) WHERE done_at IS NULL;
CREATE TABLE once_outcome (
    key varchar(200) NOT NULL, fingerprint bytea NOT NULL, outcome jsonb NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_once_outcome PRIMARY KEY (key)
);
CREATE TABLE letter (
    id uuid NOT NULL, key varchar(200) NOT NULL, address uuid NOT NULL,
    template varchar(64) NOT NULL, zh text NOT NULL, en text NOT NULL, link text,
    written_at timestamptz NOT NULL, next_try_at timestamptz NOT NULL, tries integer NOT NULL,
    sent_at timestamptz, carrier_reference varchar(200),
    CONSTRAINT pk_letter PRIMARY KEY (id), CONSTRAINT uq_letter_key UNIQUE (key)
);
CREATE INDEX ix_letter_unsent ON letter (next_try_at) WHERE sent_at IS NULL;
"""

JOURNAL = """
CREATE TABLE journal_entry (
    id uuid NOT NULL, type varchar(64) NOT NULL, subject varchar(200) NOT NULL,
    moment timestamptz NOT NULL, data bytea NOT NULL, "index" bigint, at timestamptz, entry bytea,
    leaf_hash bytea,
    CONSTRAINT pk_journal_entry PRIMARY KEY (id),
    CONSTRAINT uq_journal_entry_index UNIQUE ("index"),
    CONSTRAINT ck_journal_entry_placed_whole CHECK
        ((index IS NULL) = (entry IS NULL) AND (index IS NULL) = (at IS NULL) AND (index IS NULL) =
        (leaf_hash IS NULL))
);
CREATE INDEX ix_journal_entry_subject ON journal_entry (subject, type);
CREATE INDEX ix_journal_entry_waiting ON journal_entry (moment) WHERE index IS NULL;
CREATE TABLE log_node (
    level integer NOT NULL, "index" bigint NOT NULL, hash bytea NOT NULL,
    CONSTRAINT pk_log_node PRIMARY KEY (level, "index")
);
CREATE TABLE log_checkpoint (
    size bigint NOT NULL, root bytea NOT NULL, at timestamptz NOT NULL, note text NOT NULL,
    CONSTRAINT pk_log_checkpoint PRIMARY KEY (size)
);
CREATE TABLE log_cosignature (
    size bigint NOT NULL, witness varchar(200) NOT NULL, line text NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT pk_log_cosignature PRIMARY KEY (size, witness)
);
CREATE TABLE sealed_leaf (
    id uuid NOT NULL, act_hash bytea NOT NULL, salt bytea NOT NULL, leaf bytea NOT NULL,
    tick bigint, place integer,
    CONSTRAINT pk_sealed_leaf PRIMARY KEY (id),
    CONSTRAINT uq_sealed_leaf_act_hash UNIQUE (act_hash),
    CONSTRAINT uq_sealed_leaf_leaf UNIQUE (leaf),
    CONSTRAINT ck_sealed_leaf_placed_whole CHECK ((tick IS NULL) = (place IS NULL))
);
CREATE INDEX ix_sealed_leaf_waiting ON sealed_leaf (id) WHERE tick IS NULL;
CREATE TABLE sealed_batch (
    tick bigint NOT NULL, at timestamptz NOT NULL, seed bytea NOT NULL, root bytea NOT NULL,
    entry_id uuid NOT NULL,
    CONSTRAINT pk_sealed_batch PRIMARY KEY (tick),
    CONSTRAINT uq_sealed_batch_entry_id UNIQUE (entry_id)
);
CREATE TABLE trail_line (
    id uuid NOT NULL, at timestamptz NOT NULL, command varchar(64) NOT NULL,
    actor varchar(200) NOT NULL, person uuid, subject varchar(200) NOT NULL, moves jsonb NOT NULL,
    refused varchar(64),
    CONSTRAINT pk_trail_line PRIMARY KEY (id)
);
CREATE INDEX ix_trail_line_subject ON trail_line (subject, at);
"""

ORGANISATIONS = """
CREATE TABLE organisation (
    id uuid NOT NULL, uscc varchar(18) NOT NULL, name_zh varchar(200) NOT NULL,
    name_en varchar(200) NOT NULL, kind varchar(32) NOT NULL, sme_class varchar(32) NOT NULL,
    legal_representative varchar(100) NOT NULL, head_mark bytea, department varchar(18),
    state varchar(32) NOT NULL, account_hash bytea, account_bank varchar(200),
    account_tail varchar(4), account_custodian varchar(18), account_confirmed_at timestamptz,
    registered_at timestamptz NOT NULL, registered_by uuid, version integer NOT NULL,
    CONSTRAINT pk_organisation PRIMARY KEY (id),
    CONSTRAINT ck_organisation_account_whole CHECK
        ((account_hash IS NULL) = (account_bank IS NULL) AND (account_hash IS NULL) = (account_tail
        IS NULL) AND (account_hash IS NULL) = (account_custodian IS NULL) AND (account_hash IS
        NULL) = (account_confirmed_at IS NULL)),
    CONSTRAINT ck_organisation_kind_known CHECK
        (kind IN ('enterprise', 'institution', 'government', 'social', 'sole-trader')),
    CONSTRAINT ck_organisation_sme_class_known CHECK
        (sme_class IN ('large', 'medium', 'small', 'micro', 'none')),
    CONSTRAINT ck_organisation_state_account CHECK
        ((state = 'confirmed' AND account_hash IS NOT NULL) OR (state IN ('registered',
        'withdrawn') AND account_hash IS NULL) OR state = 'suspended'),
    CONSTRAINT ck_organisation_state_known CHECK
        (state IN ('registered', 'confirmed', 'suspended', 'withdrawn'))
);
CREATE UNIQUE INDEX uq_organisation_account ON organisation (account_hash)
    WHERE account_hash IS NOT NULL;
CREATE UNIQUE INDEX uq_organisation_uscc ON organisation (uscc) WHERE state <> 'withdrawn';
CREATE TABLE organisation_controller (
    id uuid NOT NULL, organisation uuid NOT NULL, kind varchar(32) NOT NULL,
    name varchar(200) NOT NULL, compared varchar(64) NOT NULL, share integer NOT NULL,
    controls boolean NOT NULL,
    CONSTRAINT pk_organisation_controller PRIMARY KEY (id),
    CONSTRAINT fk_organisation_controller_organisation_organisation FOREIGN KEY (organisation)
        REFERENCES organisation (id),
    CONSTRAINT ck_organisation_controller_kind_known CHECK (kind IN ('person', 'organisation')),
    CONSTRAINT ck_organisation_controller_share_of_whole CHECK (share BETWEEN 0 AND 10000)
);
CREATE INDEX ix_organisation_controller_name ON organisation_controller (compared);
CREATE INDEX ix_organisation_controller_organisation ON organisation_controller (organisation);
CREATE TABLE organisation_capacity (
    id uuid NOT NULL, organisation uuid NOT NULL, role varchar(32) NOT NULL, proposed_by uuid,
    proposed_at timestamptz NOT NULL, approved_by uuid, approved_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT pk_organisation_capacity PRIMARY KEY (id),
    CONSTRAINT fk_organisation_capacity_organisation_organisation FOREIGN KEY (organisation)
        REFERENCES organisation (id),
    CONSTRAINT ck_organisation_capacity_approved_whole CHECK
        ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT ck_organisation_capacity_role_known CHECK
        (role IN ('OWNER', 'AGENT', 'BIDDER', 'AGENCY', 'EXPERT', 'CENTER', 'CMO', 'DEPT', 'REG',
        'SUPV', 'NOTARY', 'BANK', 'AUDITOR', 'SYSADMIN', 'REPRESENTATIVE')),
    CONSTRAINT ck_organisation_capacity_two_persons CHECK (approved_by <> proposed_by)
);
CREATE UNIQUE INDEX uq_organisation_capacity_open ON organisation_capacity (organisation, role)
    WHERE ended_at IS NULL;
CREATE TABLE account_proof_order (
    id uuid NOT NULL, organisation uuid NOT NULL, remark varchar(6) NOT NULL,
    ordered_at timestamptz NOT NULL, lapses_at timestamptz NOT NULL, used_at timestamptz,
    CONSTRAINT pk_account_proof_order PRIMARY KEY (id),
    CONSTRAINT fk_account_proof_order_organisation_organisation FOREIGN KEY (organisation)
        REFERENCES organisation (id),
    CONSTRAINT ck_account_proof_order_lapses_later CHECK (lapses_at > ordered_at),
    CONSTRAINT ck_account_proof_order_remark_digits CHECK (remark ~ '^[0-9]{6}$')
);
CREATE INDEX ix_account_proof_order_open ON account_proof_order (organisation)
    WHERE used_at IS NULL;
CREATE TABLE certificate_authority (
    id uuid NOT NULL, name varchar(200) NOT NULL, public bytea NOT NULL, trial boolean NOT NULL,
    proposed_by uuid, proposed_at timestamptz NOT NULL, approved_by uuid, approved_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT pk_certificate_authority PRIMARY KEY (id),
    CONSTRAINT ck_certificate_authority_approved_whole CHECK
        ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT ck_certificate_authority_public_whole CHECK (octet_length(public) = 32),
    CONSTRAINT ck_certificate_authority_two_persons CHECK (approved_by <> proposed_by)
);
CREATE UNIQUE INDEX uq_certificate_authority_name ON certificate_authority (name)
    WHERE ended_at IS NULL;
CREATE TABLE organisation_key (
    id uuid NOT NULL, organisation uuid NOT NULL, public bytea NOT NULL,
    key_id varchar(43) NOT NULL, salt bytea NOT NULL, commitment bytea NOT NULL,
    in_clear boolean NOT NULL, certificate jsonb NOT NULL, valid_until timestamptz NOT NULL,
    state varchar(32) NOT NULL, registered_at timestamptz NOT NULL, revoked_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT pk_organisation_key PRIMARY KEY (id),
    CONSTRAINT uq_organisation_key_public UNIQUE (public),
    CONSTRAINT uq_organisation_key_key_id UNIQUE (key_id),
    CONSTRAINT fk_organisation_key_organisation_organisation FOREIGN KEY (organisation)
        REFERENCES organisation (id),
    CONSTRAINT ck_organisation_key_public_whole CHECK (octet_length(public) = 32),
    CONSTRAINT ck_organisation_key_state_known CHECK (state IN ('active', 'revoked')),
    CONSTRAINT ck_organisation_key_state_revoked CHECK
        ((state = 'revoked') = (revoked_at IS NOT NULL))
);
CREATE INDEX ix_organisation_key_organisation ON organisation_key (organisation, state);
"""

PEOPLE = """
CREATE TABLE person (
    id uuid NOT NULL, account varchar(32) NOT NULL, name bytea NOT NULL, citizen_mark bytea,
    language varchar(2) NOT NULL, password_hash varchar(200) NOT NULL, second_factor bytea,
    second_factor_since timestamptz, second_factor_step bigint, state varchar(32) NOT NULL,
    enrolled_at timestamptz NOT NULL, version integer NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (id), CONSTRAINT uq_person_citizen_mark UNIQUE (citizen_mark),
    CONSTRAINT uq_person_account UNIQUE (account),
    CONSTRAINT ck_person_language_known CHECK (language IN ('zh', 'en')),
    CONSTRAINT ck_person_second_factor_whole CHECK
        ((second_factor IS NOT NULL) OR (second_factor_since IS NULL AND second_factor_step IS
        NULL)),
    CONSTRAINT ck_person_state_known CHECK (state IN ('active', 'blocked'))
);
CREATE TABLE person_address (
    id uuid NOT NULL, person uuid NOT NULL, kind varchar(32) NOT NULL, ciphertext bytea NOT NULL,
    mark bytea NOT NULL, added_at timestamptz NOT NULL, ended_at timestamptz,
    CONSTRAINT pk_person_address PRIMARY KEY (id),
    CONSTRAINT fk_person_address_person_person FOREIGN KEY (person) REFERENCES person (id),
    CONSTRAINT ck_person_address_kind_known CHECK (kind IN ('mobile', 'email'))
);
CREATE UNIQUE INDEX uq_person_address_open ON person_address (person, kind, mark)
    WHERE ended_at IS NULL;
CREATE TABLE appointment (
    id uuid NOT NULL, person uuid NOT NULL, organisation uuid NOT NULL, role varchar(32) NOT NULL,
    state varchar(32) NOT NULL, proposed_by uuid, proposed_at timestamptz NOT NULL,
    approved_by uuid, approved_at timestamptz, accepted_at timestamptz, ended_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT pk_appointment PRIMARY KEY (id),
    CONSTRAINT fk_appointment_organisation_organisation FOREIGN KEY (organisation)
        REFERENCES organisation (id),
    CONSTRAINT fk_appointment_person_person FOREIGN KEY (person) REFERENCES person (id),
    CONSTRAINT ck_appointment_role_known CHECK
        (role IN ('OWNER', 'AGENT', 'BIDDER', 'AGENCY', 'EXPERT', 'CENTER', 'CMO', 'DEPT', 'REG',
        'SUPV', 'NOTARY', 'BANK', 'AUDITOR', 'SYSADMIN', 'REPRESENTATIVE')),
    CONSTRAINT ck_appointment_state_accepted CHECK (state <> 'active' OR accepted_at IS NOT NULL),
    CONSTRAINT ck_appointment_state_approved CHECK (state <> 'proposed' OR approved_at IS NULL),
    CONSTRAINT ck_appointment_state_ended CHECK
        ((state IN ('declined', 'revoked')) = (ended_at IS NOT NULL)),
    CONSTRAINT ck_appointment_state_known CHECK
        (state IN ('proposed', 'approved', 'active', 'declined', 'revoked'))
);
CREATE INDEX ix_appointment_organisation ON appointment (organisation, state);
CREATE UNIQUE INDEX uq_appointment_open ON appointment (person, organisation, role)
    WHERE ended_at IS NULL;
CREATE TABLE duty_held (
    id uuid NOT NULL, matter uuid NOT NULL, person uuid NOT NULL, organisation uuid,
    duty varchar(32) NOT NULL, taken_at timestamptz NOT NULL, given_up_at timestamptz,
    CONSTRAINT pk_duty_held PRIMARY KEY (id),
    CONSTRAINT fk_duty_held_organisation_organisation FOREIGN KEY (organisation)
        REFERENCES organisation (id),
    CONSTRAINT fk_duty_held_person_person FOREIGN KEY (person) REFERENCES person (id),
    CONSTRAINT ck_duty_held_duty_known CHECK
        (duty IN ('owner', 'agent', 'bidder', 'expert', 'regulator', 'supervisor', 'draw-opener',
        'draw-witness', 'system-keeper', 'key-holder', 'identity-reader'))
);
CREATE UNIQUE INDEX uq_duty_held_open ON duty_held (matter, person, duty)
    WHERE given_up_at IS NULL;
CREATE TABLE sign_in_session (
    id uuid NOT NULL, token_hash bytea NOT NULL, person uuid NOT NULL, organisation uuid,
    second_factor boolean NOT NULL, began_at timestamptz NOT NULL, seen_at timestamptz NOT NULL,
    lapses_at timestamptz NOT NULL, ended_at timestamptz,
    CONSTRAINT pk_sign_in_session PRIMARY KEY (id),
    CONSTRAINT uq_sign_in_session_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_sign_in_session_organisation_organisation FOREIGN KEY (organisation)
        REFERENCES organisation (id),
    CONSTRAINT fk_sign_in_session_person_person FOREIGN KEY (person) REFERENCES person (id),
    CONSTRAINT ck_sign_in_session_lapses_later CHECK (lapses_at > began_at)
);
CREATE INDEX ix_sign_in_session_open ON sign_in_session (person) WHERE ended_at IS NULL;
CREATE TABLE program_token (
    id uuid NOT NULL, token_hash bytea NOT NULL, name varchar(100) NOT NULL, person uuid NOT NULL,
    organisation uuid NOT NULL, scopes jsonb NOT NULL, made_at timestamptz NOT NULL,
    lapses_at timestamptz NOT NULL, ended_at timestamptz,
    CONSTRAINT pk_program_token PRIMARY KEY (id),
    CONSTRAINT uq_program_token_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_program_token_organisation_organisation FOREIGN KEY (organisation)
        REFERENCES organisation (id),
    CONSTRAINT fk_program_token_person_person FOREIGN KEY (person) REFERENCES person (id),
    CONSTRAINT ck_program_token_lapses_later CHECK (lapses_at > made_at)
);
CREATE INDEX ix_program_token_organisation ON program_token (organisation) WHERE ended_at IS NULL;
"""

DOCUMENTS_AND_LETTERS = """
CREATE TABLE stored_document (
    digest bytea NOT NULL, size bigint NOT NULL, media_type varchar(32) NOT NULL,
    kept_at timestamptz NOT NULL,
    CONSTRAINT pk_stored_document PRIMARY KEY (digest),
    CONSTRAINT ck_stored_document_digest_whole CHECK (octet_length(digest) = 32),
    CONSTRAINT ck_stored_document_media_type_known CHECK
        (media_type IN ('pdf', 'xlsx', 'docx', 'png', 'jpg')),
    CONSTRAINT ck_stored_document_size_positive CHECK (size > 0)
);
CREATE TABLE document_name (
    digest bytea NOT NULL, organisation uuid NOT NULL, name varchar(200) NOT NULL,
    named_at timestamptz NOT NULL,
    CONSTRAINT pk_document_name PRIMARY KEY (digest, organisation),
    CONSTRAINT fk_document_name_digest_stored_document FOREIGN KEY (digest)
        REFERENCES stored_document (digest)
);
CREATE TABLE letter_try (
    id uuid NOT NULL, letter uuid NOT NULL, address uuid NOT NULL, carrier varchar(64) NOT NULL,
    at timestamptz NOT NULL, outcome varchar(32) NOT NULL, detail varchar(200) NOT NULL,
    CONSTRAINT pk_letter_try PRIMARY KEY (id),
    CONSTRAINT fk_letter_try_letter_letter FOREIGN KEY (letter) REFERENCES letter (id),
    CONSTRAINT ck_letter_try_outcome_known CHECK (outcome IN ('taken', 'failed', 'no-address'))
);
CREATE INDEX ix_letter_try_address ON letter_try (address, at);
CREATE INDEX ix_letter_try_letter ON letter_try (letter, at);
CREATE TABLE mailbox_item (
    key varchar(200) NOT NULL, template varchar(64) NOT NULL, channel varchar(32) NOT NULL,
    "to" varchar(254) NOT NULL, text text NOT NULL, link text, arrived_at timestamptz NOT NULL,
    times integer NOT NULL,
    CONSTRAINT pk_mailbox_item PRIMARY KEY (key),
    CONSTRAINT ck_mailbox_item_channel_known CHECK (channel IN ('mobile', 'email'))
);
CREATE INDEX ix_mailbox_item_arrival ON mailbox_item (arrived_at);
"""

PROJECTS = """
CREATE TABLE project (
    id uuid NOT NULL, code varchar(32) NOT NULL, region varchar(6) NOT NULL,
    track varchar(32) NOT NULL, rule varchar(8) NOT NULL, kind varchar(32) NOT NULL,
    funds varchar(32) NOT NULL, tendered boolean NOT NULL, in_catalogue boolean NOT NULL,
    name_zh varchar(200) NOT NULL, name_en varchar(200) NOT NULL, budget bigint NOT NULL,
    owner uuid NOT NULL, agent uuid, state varchar(32) NOT NULL, early_by uuid,
    early_at timestamptz, returned_for text, created_by uuid NOT NULL,
    created_at timestamptz NOT NULL, admitted_at timestamptz, ended_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT pk_project PRIMARY KEY (id), CONSTRAINT uq_project_code UNIQUE (code),
    CONSTRAINT fk_project_agent_organisation FOREIGN KEY (agent) REFERENCES organisation (id),
    CONSTRAINT fk_project_owner_organisation FOREIGN KEY (owner) REFERENCES organisation (id),
    CONSTRAINT ck_project_agent_other CHECK (agent <> owner),
    CONSTRAINT ck_project_budget_positive CHECK (budget > 0),
    CONSTRAINT ck_project_early_whole CHECK ((early_by IS NULL) = (early_at IS NULL)),
    CONSTRAINT ck_project_funds_known CHECK (funds IN ('fiscal', 'state-owned', 'other')),
    CONSTRAINT ck_project_kind_known CHECK
        (kind IN ('works', 'goods-for-works', 'survey-or-design', 'supervision', 'goods',
        'services', 'intermediary', 'land', 'mining', 'state-assets')),
    CONSTRAINT ck_project_state_admitted CHECK (state <> 'admitted' OR admitted_at IS NOT NULL),
    CONSTRAINT ck_project_state_known CHECK
        (state IN ('draft', 'submitted', 'admitted', 'closed', 'cancelled')),
    CONSTRAINT ck_project_track_known CHECK (track IN ('ENG', 'GP', 'LND', 'AST', 'SUP'))
);
CREATE INDEX ix_project_agent ON project (agent, created_at);
CREATE INDEX ix_project_owner ON project (owner, created_at);
CREATE INDEX ix_project_state ON project (state, created_at);
CREATE TABLE project_approval (
    id uuid NOT NULL, project uuid NOT NULL, number varchar(100) NOT NULL,
    authority varchar(200) NOT NULL, approved_on date NOT NULL, document bytea NOT NULL,
    recorded_by uuid NOT NULL, recorded_at timestamptz NOT NULL,
    CONSTRAINT pk_project_approval PRIMARY KEY (id),
    CONSTRAINT fk_project_approval_document_stored_document FOREIGN KEY (document)
        REFERENCES stored_document (digest),
    CONSTRAINT fk_project_approval_project_project FOREIGN KEY (project) REFERENCES project (id)
);
CREATE UNIQUE INDEX uq_project_approval_number ON project_approval (project, number);
CREATE TABLE project_funds (
    id uuid NOT NULL, project uuid NOT NULL, amount bigint NOT NULL, source varchar(200) NOT NULL,
    document bytea NOT NULL, recorded_by uuid NOT NULL, recorded_at timestamptz NOT NULL,
    CONSTRAINT pk_project_funds PRIMARY KEY (id),
    CONSTRAINT fk_project_funds_document_stored_document FOREIGN KEY (document)
        REFERENCES stored_document (digest),
    CONSTRAINT fk_project_funds_project_project FOREIGN KEY (project) REFERENCES project (id),
    CONSTRAINT ck_project_funds_amount_positive CHECK (amount > 0)
);
CREATE UNIQUE INDEX uq_project_funds_paper ON project_funds (project, document, source);
CREATE TABLE project_party (
    id uuid NOT NULL, project uuid NOT NULL, kind varchar(32) NOT NULL, uscc varchar(18) NOT NULL,
    name varchar(200) NOT NULL, recorded_by uuid NOT NULL, recorded_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT pk_project_party PRIMARY KEY (id),
    CONSTRAINT fk_project_party_project_project FOREIGN KEY (project) REFERENCES project (id),
    CONSTRAINT ck_project_party_kind_known CHECK
        (kind IN ('designer', 'specification', 'management', 'supervision', 'inspection',
        'reference-price', 'preparer'))
);
CREATE UNIQUE INDEX uq_project_party_open ON project_party (project, kind, uscc)
    WHERE ended_at IS NULL;
"""

# An entry gets its place once, from the sequencer; heads and the trail never change; nothing goes.
GUARDS = """
CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
CREATE FUNCTION journal_entry_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD."index" IS NULL AND NEW."index" IS NOT NULL
        AND (OLD.id, OLD.type, OLD.subject, OLD.moment, OLD.data)
            IS NOT DISTINCT FROM (NEW.id, NEW.type, NEW.subject, NEW.moment, NEW.data)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an entry only gets its place, once' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER place_once BEFORE UPDATE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_entry_place();
CREATE TRIGGER keep_for_ever BEFORE DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_line
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse();
"""
PARTS = (OFFICE, JOURNAL, ORGANISATIONS, PEOPLE, DOCUMENTS_AND_LETTERS, PROJECTS, GUARDS)


def upgrade() -> None:
    for part in PARTS:
        op.execute(part)


def downgrade() -> None:
    for part in reversed(PARTS):
        for line in reversed(part.splitlines()):
            if line.startswith("CREATE TABLE "):
                op.execute(f"DROP TABLE {line.split()[2]}")
    op.execute("DROP FUNCTION journal_entry_place(), journal_refuse()")
