"""What the people and organisations of the demonstration are: kinds, duties, frozen records."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from market.experts.rules.eligibility import Candidate
from market.experts.rules.findings import Rule
from market.experts.rules.relations import RecusalFacts


class OrganisationKind(StrEnum):
    """What an organisation is in the demonstration."""

    PURCHASER = "purchaser"
    AGENT = "agent"
    TRADING_CENTRE = "trading-centre"
    SUPERVISOR = "supervisor"
    COMPETENT_DEPARTMENT = "competent-department"
    APPROVING_DEPARTMENT = "approving-department"
    NOTARY = "notary"
    WITNESS = "witness"
    BANK = "bank"
    DESIGNER = "designer"
    BIDDER = "bidder"
    AGENCY = "agency"
    HOLDING = "holding"
    EMPLOYER = "employer"


class Size(StrEnum):
    """The class of an enterprise (大/中/小/微)."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


class Duty(StrEnum):
    """What somebody does in the demonstration; the loader turns it into roles."""

    LEGAL_REPRESENTATIVE = "legal-representative"
    PERSON_IN_CHARGE = "person-in-charge"
    PROJECT_OFFICER = "project-officer"
    OWNER_REPRESENTATIVE = "owner-representative"
    AGENT_MANAGER = "agent-manager"
    BID_CLERK = "bid-clerk"
    AGENCY_CLERK = "agency-clerk"
    OPENING_OFFICER = "opening-officer"
    DRAW_OPERATOR = "draw-operator"
    DRAW_PARTY = "draw-party"
    REGISTER_KEEPER = "register-keeper"
    ENTRY_CHECKER = "entry-checker"
    SYSTEM_ADMINISTRATOR = "system-administrator"
    SUPERVISION_OFFICER = "supervision-officer"
    COMPLAINT_OFFICER = "complaint-officer"
    CASE_OFFICER = "case-officer"
    NOTARY = "notary"
    WITNESS_KEEPER = "witness-keeper"
    CUSTODIAN_CLERK = "custodian-clerk"
    EXPERT = "expert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person who does not exist; `organisation` is the credit code of the employer."""

    id: str
    name_zh: str
    name_en: str
    citizen_id: str
    mobile: str
    email: str
    born_on: date
    organisation: str
    duties: tuple[Duty, ...]
    position_zh: str
    position_en: str


@dataclass(frozen=True, slots=True)
class Controller:
    """Who holds a bidder: a person's id or an organisation's credit code, and per cent of it."""

    holder: str
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation that does not exist, named by its credit code.

    `size` is None for what is no enterprise; `fields` are the codes of specialties it works in.
    """

    uscc: str
    kind: OrganisationKind
    name_zh: str
    name_en: str
    region: str
    address_zh: str
    address_en: str
    size: Size | None
    fields: tuple[str, ...]
    legal_representative: str
    persons_in_charge: tuple[str, ...]
    controllers: tuple[Controller, ...]
    basic_account: str
    registered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """An expert of the library: the person, what the register knows, what was declared."""

    person: Person
    candidate: Candidate
    declared: RecusalFacts
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CastMember:
    """One expert with a story, and the rule it should lead to on each track (None: kept)."""

    story: str
    expert: str
    government: Rule | None
    engineering: Rule | None
