"""Tables of organisations: who they are, who holds them, their basic account, their keys."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from market.accounts.proofs import REMARK_DIGITS
from market.accounts.roles import Role
from market.accounts.rules import (
    ControllerKind,
    KeyState,
    OrganisationKind,
    OrganisationState,
    SmeClass,
)
from market.db.base import Base
from market.db.types import Hash, Moment, StateColumn, Structure, one_of, version


class Organisation(Base):
    """One organisation by its unified social credit code; a withdrawn registration frees the code.

    The number of its basic account is not here: the custodian bank knows it and gives its own
    keyed hash, under a key this platform does not have, with four digits to recognise it by.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        one_of("kind", OrganisationKind),
        one_of("sme_class", SmeClass),
        one_of("state", OrganisationState),
        CheckConstraint(
            "(account_hash IS NULL) = (account_bank IS NULL)"
            " AND (account_hash IS NULL) = (account_tail IS NULL)"
            " AND (account_hash IS NULL) = (account_custodian IS NULL)"
            " AND (account_hash IS NULL) = (account_confirmed_at IS NULL)",
            name="account_whole",
        ),
        CheckConstraint(
            "(state = 'confirmed' AND account_hash IS NOT NULL)"
            " OR (state IN ('registered', 'withdrawn') AND account_hash IS NULL)"
            " OR state = 'suspended'",
            name="state_account",
        ),
        Index(
            "uq_organisation_uscc",
            "uscc",
            unique=True,
            postgresql_where="state <> 'withdrawn'",
        ),
        Index(
            "uq_organisation_account",
            "account_hash",
            unique=True,
            postgresql_where="account_hash IS NOT NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    uscc: Mapped[str] = mapped_column(String(18))
    name_zh: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrganisationKind] = mapped_column(StateColumn(OrganisationKind))
    sme_class: Mapped[SmeClass] = mapped_column(StateColumn(SmeClass))
    legal_representative: Mapped[str] = mapped_column(String(100))
    head_mark: Mapped[bytes | None] = mapped_column(Hash)
    """The mark of the legal representative's id number, to find one person in charge of two."""
    department: Mapped[str | None] = mapped_column(String(18))
    """The code of the administrative organ that the organisation belongs to, if any."""
    state: Mapped[OrganisationState] = mapped_column(
        StateColumn(OrganisationState), default=OrganisationState.REGISTERED
    )
    account_hash: Mapped[bytes | None] = mapped_column(Hash)
    account_bank: Mapped[str | None] = mapped_column(String(200))
    account_tail: Mapped[str | None] = mapped_column(String(4))
    account_custodian: Mapped[str | None] = mapped_column(String(18))
    account_confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    registered_at: Mapped[datetime] = mapped_column(Moment)
    registered_by: Mapped[UUID | None]
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail: the code everybody knows it by."""
        return self.uscc


class Controller(Base):
    """Who holds a share of an organisation, or controls it otherwise, as it declares."""

    __tablename__ = "organisation_controller"
    __table_args__ = (
        one_of("kind", ControllerKind),
        CheckConstraint("share BETWEEN 0 AND 10000", name="share_of_whole"),
        Index("ix_organisation_controller_organisation", "organisation"),
        Index("ix_organisation_controller_name", "compared"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[ControllerKind] = mapped_column(StateColumn(ControllerKind))
    name: Mapped[str] = mapped_column(String(200))
    compared: Mapped[str] = mapped_column(String(64))
    """ "uscc:…" or "person:…" with a mark: equal for the same holder, unreadable for people."""
    share: Mapped[int] = mapped_column(Integer)
    """Hundredths of a percent."""
    controls: Mapped[bool] = mapped_column(Boolean)


class Capacity(Base):
    """That an organisation may give its people a role; proposed by one, approved by another."""

    __tablename__ = "organisation_capacity"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_whole"),
        CheckConstraint("approved_by <> proposed_by", name="two_persons"),
        Index(
            "uq_organisation_capacity_open",
            "organisation",
            "role",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Role] = mapped_column(StateColumn(Role))
    proposed_by: Mapped[UUID | None]
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class AccountProofOrder(Base):
    """One fen asked for: the transfer with this remark shows which account is the basic one."""

    __tablename__ = "account_proof_order"
    __table_args__ = (
        CheckConstraint(f"remark ~ '^[0-9]{{{REMARK_DIGITS}}}$'", name="remark_digits"),
        CheckConstraint("lapses_at > ordered_at", name="lapses_later"),
        Index("ix_account_proof_order_open", "organisation", postgresql_where="used_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    remark: Mapped[str] = mapped_column(String(REMARK_DIGITS))
    ordered_at: Mapped[datetime] = mapped_column(Moment)
    lapses_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class CertificateAuthority(Base):
    """Whose certificates over organisation keys count; `trial` ones issue in the demonstration."""

    __tablename__ = "certificate_authority"
    __table_args__ = (
        CheckConstraint("octet_length(public) = 32", name="public_whole"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_whole"),
        CheckConstraint("approved_by <> proposed_by", name="two_persons"),
        Index(
            "uq_certificate_authority_name",
            "name",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(200))
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    trial: Mapped[bool] = mapped_column(Boolean)
    proposed_by: Mapped[UUID | None]
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class OrganisationKey(Base):
    """An Ed25519 key with which an organisation signs; `salt` opens its entry in the journal."""

    __tablename__ = "organisation_key"
    __table_args__ = (
        one_of("state", KeyState),
        CheckConstraint("octet_length(public) = 32", name="public_whole"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="state_revoked"),
        Index("ix_organisation_key_organisation", "organisation", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    public: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    key_id: Mapped[str] = mapped_column(String(43), unique=True)
    salt: Mapped[bytes] = mapped_column(Hash)
    commitment: Mapped[bytes] = mapped_column(Hash)
    in_clear: Mapped[bool] = mapped_column(Boolean)
    certificate: Mapped[dict[str, object]] = mapped_column(Structure)
    valid_until: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[KeyState] = mapped_column(StateColumn(KeyState), default=KeyState.ACTIVE)
    registered_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its name in the trail."""
        return f"organisation-key/{self.key_id}"
