"""The vocabulary of permissions: `<area>:<thing>:<action>`, alphabetical.

A permission is held by a role (market.accounts.roles) and asked for by a route and by a row of a
table of states. No role holds `HOUSE_ACT`, which marks a move that only the house itself makes, nor
`ACCOUNTS_PERSON_ENROL`, which a visitor has who is nobody yet.
"""

from enum import StrEnum


class Permission(StrEnum):
    """Everything somebody may be allowed to do."""

    ACCOUNTS_AUTHORITY_ADMIT = "accounts:authority:admit"
    ACCOUNTS_CAPACITY_GRANT = "accounts:capacity:grant"
    ACCOUNTS_KEY_REGISTER = "accounts:key:register"
    ACCOUNTS_ORGANISATION_CONFIRM = "accounts:organisation:confirm"
    ACCOUNTS_ORGANISATION_EDIT = "accounts:organisation:edit"
    ACCOUNTS_ORGANISATION_READ = "accounts:organisation:read"
    ACCOUNTS_ORGANISATION_REGISTER = "accounts:organisation:register"
    ACCOUNTS_ORGANISATION_SUSPEND = "accounts:organisation:suspend"
    ACCOUNTS_ORGANISATION_WITHDRAW = "accounts:organisation:withdraw"
    ACCOUNTS_OWN_EDIT = "accounts:own:edit"
    ACCOUNTS_PERSON_BLOCK = "accounts:person:block"
    ACCOUNTS_PERSON_ENROL = "accounts:person:enrol"
    ACCOUNTS_PROGRAM_CREATE = "accounts:program:create"
    ACCOUNTS_ROLE_APPOINT = "accounts:role:appoint"
    ACCOUNTS_ROLE_APPROVE = "accounts:role:approve"
    BIDS_OWN_READ = "bids:own:read"
    BONDS_BOND_FORFEIT = "bonds:bond:forfeit"
    CALENDAR_YEAR_EDIT = "calendar:year:edit"
    CHALLENGES_CHALLENGE_ANSWER = "challenges:challenge:answer"
    CHALLENGES_CHALLENGE_FILE = "challenges:challenge:file"
    COMPLAINTS_COMPLAINT_DECIDE = "complaints:complaint:decide"
    CONTRACTS_CONTRACT_RECORD = "contracts:contract:record"
    DRAWS_DRAW_START = "draws:draw:start"
    DRAWS_NONCE_GIVE = "draws:nonce:give"
    DRAWS_POOL_AUDIT = "draws:pool:audit"
    EVALUATION_QUALIFICATION_CHECK = "evaluation:qualification:check"
    EVALUATION_SCORE_GIVE = "evaluation:score:give"
    EVALUATION_WINNER_DETERMINE = "evaluation:winner:determine"
    EXPERTS_DELIVERY_CONFIRM = "experts:delivery:confirm"
    EXPERTS_INVITATION_ANSWER = "experts:invitation:answer"
    EXPERTS_REGISTER_EDIT = "experts:register:edit"
    HOUSE_ACT = "house:act"
    MESSAGES_LETTER_READ = "messages:letter:read"
    OFFICERS_KEY_GIVE = "officers:key:give"
    OFFICERS_SHARE_POST = "officers:share:post"
    PROJECTS_ANY_READ = "projects:any:read"
    PROJECTS_EARLY_ALLOW = "projects:early:allow"
    PROJECTS_PROJECT_ADMIT = "projects:project:admit"
    PROJECTS_PROJECT_CREATE = "projects:project:create"
    PROJECTS_PROJECT_READ = "projects:project:read"
    SUPERVISION_RECORD_READ = "supervision:record:read"
    TENDERS_AMENDMENT_PUBLISH = "tenders:amendment:publish"
    TENDERS_MANIFEST_MAKE = "tenders:manifest:make"
    TENDERS_QUESTION_ANSWER = "tenders:question:answer"
    TENDERS_TENDER_PREPARE = "tenders:tender:prepare"
    TENDERS_TENDER_PUBLISH = "tenders:tender:publish"
