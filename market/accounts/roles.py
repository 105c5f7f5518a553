"""Roles, what each may do, which need two persons, which need a second factor."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from market.kernel.permissions import Permission as P  # noqa: N817  read some hundred times below


class Role(StrEnum):
    """What a person does in an organisation.

    `REPRESENTATIVE` keeps the organisation's own affairs on the platform: people, keys, account.
    """

    OWNER = "OWNER"
    AGENT = "AGENT"
    BIDDER = "BIDDER"
    AGENCY = "AGENCY"
    EXPERT = "EXPERT"
    CENTER = "CENTER"
    CMO = "CMO"
    DEPT = "DEPT"
    DEPT_HEAD = "DEPT_HEAD"
    REG = "REG"
    SUPV = "SUPV"
    NOTARY = "NOTARY"
    BANK = "BANK"
    AUDITOR = "AUDITOR"
    SYSADMIN = "SYSADMIN"
    REPRESENTATIVE = "REPRESENTATIVE"

    @property
    def zh(self) -> str:
        """The role's name in Chinese."""
        return _NAMES[self][0]

    @property
    def en(self) -> str:
        """The role's name in English."""
        return _NAMES[self][1]


_NAMES: Final = {
    Role.OWNER: ("项目业主", "Project owner"),
    Role.AGENT: ("代理机构", "Procurement agent"),
    Role.BIDDER: ("投标人", "Bidder"),
    Role.AGENCY: ("中介服务机构", "Intermediary agency"),
    Role.EXPERT: ("评审专家", "Evaluation expert"),
    Role.CENTER: ("交易中心", "Trading centre"),
    Role.CMO: ("中心管理办", "Centre management office"),
    Role.DEPT: ("审批部门", "Approving department"),
    Role.DEPT_HEAD: ("审批部门负责人", "Head of an approving department"),
    Role.REG: ("行政监督部门", "Regulator"),
    Role.SUPV: ("电子监察员", "Supervision officer"),
    Role.NOTARY: ("公证机构", "Notary"),
    Role.BANK: ("托管银行", "Custodian bank"),
    Role.AUDITOR: ("审计", "Auditor"),
    Role.SYSADMIN: ("系统管理员", "System administrator"),
    Role.REPRESENTATIVE: ("单位管理员", "Representative of the organisation"),
}

EVERYBODY: Final = frozenset(
    {P.ACCOUNTS_ORGANISATION_REGISTER, P.ACCOUNTS_OWN_EDIT, P.AGENCIES_OBJECTION_FILE}
)
"""What every signed-in person may do, with or without an organisation."""

_PROCEDURE: Final = frozenset(
    {
        P.ACCOUNTS_PROGRAM_CREATE,
        P.CHALLENGES_CHALLENGE_ANSWER,
        P.DRAWS_DRAW_START,
        P.DRAWS_NONCE_GIVE,
        P.EVALUATION_QUALIFICATION_CHECK,
        P.OFFICERS_KEY_GIVE,
        P.OFFICERS_SHARE_POST,
        P.PROJECTS_PROJECT_CREATE,
        P.PROJECTS_PROJECT_READ,
        P.TENDERS_AMENDMENT_PUBLISH,
        P.TENDERS_MANIFEST_MAKE,
        P.TENDERS_QUESTION_ANSWER,
        P.TENDERS_TENDER_PREPARE,
        P.TENDERS_TENDER_PUBLISH,
    }
)

PERMISSIONS: Final[dict[Role, frozenset[P]]] = {
    Role.OWNER: _PROCEDURE
    | {
        P.APPROVALS_CASE_FILE,
        P.BONDS_BOND_FORFEIT,
        P.CONTRACTS_CONTRACT_RECORD,
        P.DEMANDS_DEMAND_PREPARE,
        P.EVALUATION_WINNER_DETERMINE,
        P.ORDERS_ORDER_COMMISSION,
        P.ORDERS_ORDER_READ,
    },
    Role.AGENT: _PROCEDURE,
    Role.BIDDER: frozenset(
        {P.ACCOUNTS_PROGRAM_CREATE, P.BIDS_OWN_READ, P.CHALLENGES_CHALLENGE_FILE}
    ),
    Role.AGENCY: frozenset(
        {
            P.ACCOUNTS_PROGRAM_CREATE,
            P.AGENCIES_ENTRY_APPLY,
            P.CREDIT_OWN_ANSWER,
            P.OFFERS_OFFER_MAKE,
            P.ORDERS_ORDER_READ,
            P.ORDERS_ORDER_SERVE,
        }
    ),
    Role.EXPERT: frozenset(
        {P.EVALUATION_SCORE_GIVE, P.EXPERTS_INVITATION_ANSWER, P.ORDERS_ORDER_READ}
    ),
    Role.CENTER: frozenset(
        {
            P.ACCOUNTS_AUTHORITY_ADMIT,
            P.ACCOUNTS_CAPACITY_GRANT,
            P.ACCOUNTS_ORGANISATION_CONFIRM,
            P.ACCOUNTS_ORGANISATION_READ,
            P.ACCOUNTS_ORGANISATION_WITHDRAW,
            P.ACCOUNTS_PROGRAM_CREATE,
            P.ACCOUNTS_ROLE_APPROVE,
            P.AGENCIES_ENTRY_CHECK,
            P.CALENDAR_YEAR_EDIT,
            P.CATALOGUE_ITEM_EDIT,
            P.CITYRULES_RULE_PROPOSE,
            P.DEMANDS_NOTICE_CHECK,
            P.DRAWS_DRAW_START,
            P.DRAWS_NONCE_GIVE,
            P.EXPERTS_REGISTER_EDIT,
            P.MESSAGES_LETTER_READ,
            P.OFFERS_ENROLMENT_READ,
            P.OFFICERS_KEY_GIVE,
            P.OFFICERS_SHARE_POST,
            P.ORDERS_ORDER_READ,
            P.ORDERS_RESULT_ANSWER,
            P.PROJECTS_ANY_READ,
            P.PROJECTS_PROJECT_ADMIT,
        }
    ),
    Role.CMO: frozenset(
        {
            P.ACCOUNTS_ORGANISATION_READ,
            P.AGENCIES_AGENCY_SUSPEND,
            P.CITYRULES_RULE_ADOPT,
            P.CITYRULES_RULE_PROPOSE,
            P.CREDIT_APPEAL_DECIDE,
            P.CREDIT_ENTRY_MAKE,
            P.CREDIT_PENALTY_DECIDE,
            P.ORDERS_CLOCK_RULE,
            P.ORDERS_ORDER_READ,
            P.ORDERS_RESULT_RULE,
            P.PROJECTS_ANY_READ,
        }
    ),
    Role.DEPT: frozenset(
        {
            P.ACCOUNTS_PROGRAM_CREATE,
            P.APPROVALS_CASE_HANDLE,
            P.APPROVALS_CASE_READ,
            P.APPROVALS_ITEM_EDIT,
            P.ORDERS_ORDER_READ,
        }
    ),
    Role.DEPT_HEAD: frozenset(
        {
            P.APPROVALS_CASE_READ,
            P.APPROVALS_EXTENSION_DECIDE,
            P.APPROVALS_ITEM_APPROVE,
            P.APPROVALS_ITEM_EDIT,
            P.ORDERS_ORDER_READ,
        }
    ),
    Role.REG: frozenset(
        {
            P.ACCOUNTS_ORGANISATION_READ,
            P.ACCOUNTS_ORGANISATION_SUSPEND,
            P.AGENCIES_AGENCY_SUSPEND,
            P.BONDS_BOND_FORFEIT,
            P.COMPLAINTS_COMPLAINT_DECIDE,
            P.CREDIT_APPEAL_DECIDE,
            P.ORDERS_ORDER_READ,
            P.PROJECTS_ANY_READ,
            P.PROJECTS_EARLY_ALLOW,
            P.SUPERVISION_RECORD_READ,
        }
    ),
    Role.SUPV: frozenset(
        {
            P.ACCOUNTS_ORGANISATION_READ,
            P.ACCOUNTS_PROGRAM_CREATE,
            P.DRAWS_NONCE_GIVE,
            P.DRAWS_POOL_AUDIT,
            P.EXPERTS_DELIVERY_CONFIRM,
            P.OFFICERS_KEY_GIVE,
            P.OFFICERS_SHARE_POST,
            P.ORDERS_ORDER_READ,
            P.PROJECTS_ANY_READ,
            P.SUPERVISION_RECORD_READ,
        }
    ),
    Role.NOTARY: frozenset(
        {
            P.ACCOUNTS_PROGRAM_CREATE,
            P.DRAWS_NONCE_GIVE,
            P.DRAWS_POOL_AUDIT,
            P.OFFICERS_KEY_GIVE,
            P.OFFICERS_SHARE_POST,
        }
    ),
    Role.BANK: frozenset({P.ACCOUNTS_ORGANISATION_CONFIRM, P.ACCOUNTS_PROGRAM_CREATE}),
    Role.AUDITOR: frozenset(
        {
            P.ACCOUNTS_ORGANISATION_READ,
            P.ORDERS_ORDER_READ,
            P.PROJECTS_ANY_READ,
            P.SUPERVISION_RECORD_READ,
        }
    ),
    Role.SYSADMIN: frozenset({P.ACCOUNTS_PERSON_BLOCK}),
    Role.REPRESENTATIVE: frozenset(
        {
            P.ACCOUNTS_KEY_REGISTER,
            P.ACCOUNTS_ORGANISATION_CONFIRM,
            P.ACCOUNTS_ORGANISATION_EDIT,
            P.ACCOUNTS_PROGRAM_CREATE,
            P.ACCOUNTS_ROLE_APPOINT,
            P.ACCOUNTS_ROLE_APPROVE,
        }
    ),
}

SELF_CHOSEN: Final = frozenset({Role.BIDDER, Role.AGENCY, Role.REPRESENTATIVE})
"""Roles that an organisation may give its people without being admitted to them first."""

WITHOUT_SECOND_FACTOR: Final = frozenset({Role.BIDDER, Role.AGENCY})
"""Roles that a password alone opens; every other role asks for a second factor."""

WITH_SECOND_PERSON: Final = frozenset(
    {
        Role.CENTER,
        Role.CMO,
        Role.DEPT_HEAD,
        Role.REG,
        Role.SUPV,
        Role.NOTARY,
        Role.BANK,
        Role.AUDITOR,
        Role.SYSADMIN,
    }
)
"""Roles that one person proposes and another approves."""

NOT_FOR_PROGRAMS: Final = frozenset(
    {
        P.ACCOUNTS_AUTHORITY_ADMIT,
        P.ACCOUNTS_CAPACITY_GRANT,
        P.ACCOUNTS_KEY_REGISTER,
        P.ACCOUNTS_ORGANISATION_EDIT,
        P.ACCOUNTS_ORGANISATION_REGISTER,
        P.ACCOUNTS_ORGANISATION_SUSPEND,
        P.ACCOUNTS_ORGANISATION_WITHDRAW,
        P.ACCOUNTS_OWN_EDIT,
        P.ACCOUNTS_PERSON_BLOCK,
        P.ACCOUNTS_PROGRAM_CREATE,
        P.ACCOUNTS_ROLE_APPOINT,
        P.ACCOUNTS_ROLE_APPROVE,
        P.AGENCIES_AGENCY_SUSPEND,
        P.BONDS_BOND_FORFEIT,
        P.CREDIT_APPEAL_DECIDE,
        P.CREDIT_PENALTY_DECIDE,
        P.EVALUATION_SCORE_GIVE,
        P.EVALUATION_WINNER_DETERMINE,
    }
)
"""What no program does in anybody's name: who may what, and judgements that are personal."""

OFFICER_CAPACITIES: Final = frozenset(
    {
        Role.OWNER,
        Role.AGENT,
        Role.CENTER,
        Role.SUPV,
        Role.NOTARY,
    }
)
"""Capacities whose people may hold a share of an opening; each of these roles may post one."""

SHOWN_CAPACITIES: Final = OFFICER_CAPACITIES | {Role.REG, Role.BANK}
"""Capacities whose keys stand in the public journal in clear.

Everybody must see who holds k, whose decision a regulator's signature stands under, and which bank
signs. The keys of all other organisations stand there as commitments only.
"""


def permissions(roles: Iterable[Role]) -> frozenset[P]:
    """Everything that somebody who holds these roles together may do."""
    held: frozenset[P] = EVERYBODY
    for role in roles:
        held |= PERMISSIONS[role]
    return held


def needs_second_factor(roles: Iterable[Role]) -> bool:
    """Whether a password alone is too little for somebody who holds these roles."""
    return any(role not in WITHOUT_SECOND_FACTOR for role in roles)
