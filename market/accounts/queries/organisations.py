"""Organisations as other rooms know them: facts, keys, who is related to whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.accounts.model.organisations import (
    AccountProofOrder,
    Capacity,
    Controller,
    Organisation,
    OrganisationKey,
)
from market.accounts.model.people import Appointment, Person
from market.accounts.queries.entrances import capacities
from market.accounts.roles import Role
from market.accounts.rules import (
    BASIC_ACCOUNT,
    AppointmentState,
    Interests,
    KeyState,
    OrganisationKind,
    OrganisationState,
    SmeClass,
    is_control,
)
from market.kernel.errors import NotFound, Refusal
from market.protocol.encoding import b64u

DEPTH = 16  # holdings followed upwards; a chain of law's making is not longer


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """What every room may know of an organisation. `capacities` are the roles it may give."""

    id: UUID
    uscc: str
    name_zh: str
    name_en: str
    kind: OrganisationKind
    sme_class: SmeClass
    state: OrganisationState
    capacities: frozenset[Role]

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True, slots=True)
class BasicAccount:
    """The confirmed account as its owner and the custodian's books see it."""

    bank: str
    tail: str
    account_hash: bytes
    custodian: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A registered key: `salt` opens the commitment that stands in the journal."""

    id: UUID
    organisation: UUID
    uscc: str
    public: bytes
    key_id: str
    commitment: bytes
    salt: bytes
    in_clear: bool
    state: KeyState
    registered_at: datetime
    revoked_at: datetime | None
    valid_until: datetime

    def counts_at(self, moment: datetime) -> bool:
        """Whether a signature made at this moment counts: registered by then, not yet revoked.

        At the moment of revocation, and at the end of the certificate, it counts no longer.
        """
        return self.registered_at <= moment < self.valid_until and (
            self.revoked_at is None or moment < self.revoked_at
        )


def organisation(session: Session, key: UUID) -> OrganisationFacts:
    """The facts of an organisation; `NotFound`, also for a withdrawn one."""
    row = session.get(Organisation, key)
    if row is None or row.state is OrganisationState.WITHDRAWN:
        raise _no_organisation()
    return _facts(session, row)


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """What an organisation is called; also one that is suspended or withdrawn by now."""

    id: UUID
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        """Its name in "zh" or "en"."""
        return self.name_zh if language == "zh" else self.name_en


def names(session: Session, keys: Collection[UUID]) -> dict[UUID, OrganisationName]:
    """What these organisations are called, in one question; for lists."""
    rows = session.execute(
        select(Organisation.id, Organisation.name_zh, Organisation.name_en).where(
            Organisation.id.in_(keys)
        )
    )
    return {row.id: OrganisationName(row.id, row.name_zh, row.name_en) for row in rows}


def organisation_by_uscc(session: Session, uscc: str) -> OrganisationFacts:
    """The facts of the organisation with this code; `NotFound`."""
    row = session.scalar(
        select(Organisation).where(
            Organisation.uscc == uscc, Organisation.state != OrganisationState.WITHDRAWN
        )
    )
    if row is None:
        raise _no_organisation()
    return _facts(session, row)


def ids_by_uscc(session: Session, codes: Collection[str]) -> dict[str, UUID]:
    """The ids of those of these codes that are registered here."""
    rows = session.execute(
        select(Organisation.uscc, Organisation.id).where(
            Organisation.uscc.in_(codes), Organisation.state != OrganisationState.WITHDRAWN
        )
    )
    return {row.uscc: row.id for row in rows}


def organisations_with(session: Session, role: Role) -> list[OrganisationFacts]:
    """The organisations admitted to a role, not suspended, by their code."""
    rows = session.scalars(
        select(Organisation)
        .join(Capacity, Capacity.organisation == Organisation.id)
        .where(
            Capacity.role == role,
            Capacity.approved_at.is_not(None),
            Capacity.ended_at.is_(None),
            Organisation.state.in_([OrganisationState.REGISTERED, OrganisationState.CONFIRMED]),
        )
        .order_by(Organisation.uscc)
    )
    return [_facts(session, row) for row in rows]


def refuse_unless_confirmed(session: Session, key: UUID) -> OrganisationFacts:
    """Go on only for an organisation whose basic account is confirmed.

    `Refusal`s "organisation-unconfirmed", "organisation-suspended"; `NotFound`.
    """
    facts = organisation(session, key)
    if facts.state is OrganisationState.SUSPENDED:
        raise Refusal(
            "organisation-suspended",
            zh="单位登记已暂停，恢复前不能办理",
            en="The registration of the organisation is suspended; nothing is done until it is"
            " restored",
            status=403,
        )
    if facts.state is not OrganisationState.CONFIRMED:
        raise Refusal(
            "organisation-unconfirmed",
            zh="单位尚未确认：请先从基本账户转账一分钱",
            en="The organisation is not confirmed: send one fen from its basic account first",
            article=BASIC_ACCOUNT,
            status=403,
        )
    return facts


def basic_account(session: Session, key: UUID) -> BasicAccount | None:
    """The confirmed basic account, for its owner and for the custodian's books only."""
    row = session.get(Organisation, key)
    if row is None or row.account_hash is None:
        return None
    if not (row.account_bank and row.account_tail and row.account_custodian):
        raise AssertionError("a confirmed account with half its facts")
    if row.account_confirmed_at is None:
        raise AssertionError("a confirmed account without its moment")
    return BasicAccount(
        row.account_bank,
        row.account_tail,
        row.account_hash,
        row.account_custodian,
        row.account_confirmed_at,
    )


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """A remark to send one fen with, until when."""

    remark: str
    ordered_at: datetime
    lapses_at: datetime


def open_account_order(session: Session, key: UUID, now: datetime) -> OpenOrder | None:
    """The order an organisation has open, for itself only."""
    row = session.scalar(
        select(AccountProofOrder).where(
            AccountProofOrder.organisation == key,
            AccountProofOrder.used_at.is_(None),
            AccountProofOrder.lapses_at > now,
        )
    )
    return None if row is None else OpenOrder(row.remark, row.ordered_at, row.lapses_at)


def keys(session: Session, key: UUID) -> list[KeyFacts]:
    """All keys an organisation ever registered, newest first."""
    rows = session.execute(
        select(OrganisationKey, Organisation.uscc)
        .join(Organisation, Organisation.id == OrganisationKey.organisation)
        .where(OrganisationKey.organisation == key)
        .order_by(OrganisationKey.registered_at.desc(), OrganisationKey.id)
    )
    return [_key_facts(row, uscc) for row, uscc in rows]


def key_by_id(session: Session, key_id: str) -> KeyFacts:
    """The registered key of this name (b64u of its SHA-256); `NotFound`."""
    found = session.execute(
        select(OrganisationKey, Organisation.uscc)
        .join(Organisation, Organisation.id == OrganisationKey.organisation)
        .where(OrganisationKey.key_id == key_id)
    ).one_or_none()
    if found is None:
        raise NotFound("no-key", zh="没有此密钥", en="There is no such key")
    return _key_facts(*found)


def interests(session: Session, key: UUID, on: date) -> Interests:
    """What ties an organisation to others, its holders followed upwards; `NotFound`."""
    row = session.get(Organisation, key)
    if row is None:
        raise _no_organisation()
    return Interests(
        organisation=row.id,
        own=f"uscc:{row.uscc}",
        head=None if row.head_mark is None else f"person:{b64u(row.head_mark)}",
        controllers=_holders(session, row.id, on),
        department=None if row.department is None else f"uscc:{row.department}",
    )


def staff(session: Session, key: UUID) -> frozenset[UUID]:
    """The people with an active role in an organisation."""
    return frozenset(
        session.scalars(
            select(Appointment.person).where(
                Appointment.organisation == key, Appointment.state == AppointmentState.ACTIVE
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A person's role in an organisation, as its representatives see it."""

    appointment: UUID
    person: UUID
    account: str
    role: Role
    state: AppointmentState
    proposed_by: UUID | None


def members(session: Session, key: UUID) -> list[Member]:
    """Roles offered and held in an organisation, by sign-in name and role."""
    rows = session.execute(
        select(Appointment, Person.account)
        .join(Person, Person.id == Appointment.person)
        .where(Appointment.organisation == key, Appointment.ended_at.is_(None))
        .order_by(Person.account, Appointment.role)
    )
    return [
        Member(row.id, row.person, account, row.role, row.state, row.proposed_by)
        for row, account in rows
    ]


def _facts(session: Session, row: Organisation) -> OrganisationFacts:
    return OrganisationFacts(
        row.id,
        row.uscc,
        row.name_zh,
        row.name_en,
        row.kind,
        row.sme_class,
        row.state,
        capacities(session, row.id),
    )


def _key_facts(row: OrganisationKey, uscc: str) -> KeyFacts:
    return KeyFacts(
        row.id,
        row.organisation,
        uscc,
        row.public,
        row.key_id,
        row.commitment,
        row.salt,
        row.in_clear,
        row.state,
        row.registered_at,
        row.revoked_at,
        row.valid_until,
    )


def _holders(session: Session, start: UUID, on: date) -> frozenset[str]:
    """All who hold an organisation, through organisations registered here; rings end the walk."""
    found: set[str] = set()
    level = {start}
    for _ in range(DEPTH):
        rows = session.scalars(select(Controller).where(Controller.organisation.in_(level)))
        names = {
            row.compared for row in rows if is_control(row.share, controls=row.controls, on=on)
        }
        codes = [name.removeprefix("uscc:") for name in names - found if name.startswith("uscc:")]
        found |= names
        level = set(
            session.scalars(
                select(Organisation.id).where(
                    Organisation.uscc.in_(codes),
                    Organisation.state != OrganisationState.WITHDRAWN,
                )
            )
        )
        if not level:
            break
    return frozenset(found)


def _no_organisation() -> NotFound:
    return NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
