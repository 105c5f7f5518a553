"""Signing keys of organisations: registered with proof of possession, journaled, revoked."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select

from market.accounts.commands import rows
from market.accounts.model.organisations import CertificateAuthority, Organisation, OrganisationKey
from market.accounts.proofs import Certificate, check_possession, read_certificate
from market.accounts.roles import SHOWN_CAPACITIES
from market.accounts.rules import (
    KEY_TABLE,
    ORDERLY_REGISTER,
    TWO_PERSONS,
    KeyAction,
    KeyState,
    OrganisationState,
    refuse_unless_second_person,
)
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import (
    JsonObject,
    Malformed,
    b64u,
    canonical,
    digest,
    stamp,
)
from market.protocol.entries import SALT_LENGTH, commitment
from market.protocol.signing import check_signature, key_id, load_public

ACT: Final = "organisation-key"


@dataclass(frozen=True, slots=True)
class RegisterKey:
    """A proof that the organisation holds the key, and a certificate that the key is its own."""

    organisation: UUID
    possession: JsonObject
    certificate: JsonObject


def register_key(work: Work, cmd: RegisterKey) -> Mapping[str, Any]:
    """Register a key and journal it; a key already registered by this organisation is answered.

    The journal holds the key in clear for organisations that hold shares or witness, and for all
    others only a commitment to (code, key), which `salt` opens.
    `Malformed`: see `check_possession`; "wrong-certificate", "bad-signature".
    `Refusal`s: "organisation-unconfirmed", "authority-unknown", "certificate-lapsed", "key-known",
    "key-revoked".
    """
    row = rows.own_organisation(work, cmd.organisation, Permission.ACCOUNTS_KEY_REGISTER)
    public = check_possession(cmd.possession, row.uscc)
    in_clear = bool(rows.capacities(work, row.id) & SHOWN_CAPACITIES)
    if row.state is not OrganisationState.CONFIRMED and not in_clear:
        raise Refusal(
            "organisation-unconfirmed",
            zh="请先以基本账户转账一分钱确认单位，再登记签名钥",
            en="Confirm the organisation by one fen from its basic account first, then register"
            " a key",
            article=ORDERLY_REGISTER,
        )
    certificate = _checked_certificate(work, cmd.certificate, row, public)
    work.hold(f"organisation-key:{key_id(public)}")
    known = work.session.scalar(select(OrganisationKey).where(OrganisationKey.public == public))
    if known is None:
        known = _registered(work, row, public, cmd.certificate, certificate, in_clear=in_clear)
    elif known.organisation != row.id:
        raise Refusal(
            "key-known",
            zh="该密钥已由另一单位登记：请重新生成密钥",
            en="Another organisation has registered this key: make a new one",
        )
    elif known.state is KeyState.REVOKED:
        raise Refusal(
            "key-revoked",
            zh="该密钥已作废，不能再次登记：请重新生成密钥",
            en="This key was revoked and is not registered again: make a new one",
        )
    return {"key": str(known.id), "key_id": known.key_id}


@dataclass(frozen=True, slots=True)
class NameKey:
    """A registered key of one's own organisation."""

    key: UUID


def show_key(work: Work, cmd: NameKey) -> None:
    """Journal in clear a key that so far stands there as a commitment; a second time is nothing.

    For an organisation that becomes an officer after it registered. `Refusal` "not-an-officer".
    """
    row, organisation = _own_key(work, cmd.key)
    if row.in_clear:
        return
    if not rows.capacities(work, organisation.id) & SHOWN_CAPACITIES:
        raise Refusal(
            "not-an-officer",
            zh="只有持钥或监督单位的签名钥才公开",
            en="Only keys of organisations that hold shares or supervise are shown",
        )
    row.in_clear = True
    _journal(work, "shown", row, organisation)


def revoke_key(work: Work, cmd: NameKey) -> None:
    """Let a key's signatures count no longer, from now on; `IllegalMove` the second time."""
    row, organisation = _own_key(work, cmd.key)
    work.move(row, KEY_TABLE, KeyAction.REVOKE)
    row.revoked_at = work.now
    _journal(work, "revoked", row, organisation)


@dataclass(frozen=True, slots=True)
class ProposeAuthority:
    """A certificate authority whose certificates shall count."""

    name: str
    public: bytes
    trial: bool = False


def propose_authority(work: Work, cmd: ProposeAuthority) -> Mapping[str, Any]:
    """Put an authority forward; it counts when another person approves.

    `Malformed` "bad-key"; `Refusal` "authority-known" if one of this name is open.
    """
    work.need(Permission.ACCOUNTS_AUTHORITY_ADMIT)
    person = rows.acting_person(work)
    load_public(cmd.public)
    work.hold(f"authority:{cmd.name}")
    if _open_authority(work, cmd.name) is not None:
        raise Refusal(
            "authority-known",
            zh="同名认证机构已登记：请先终止原登记",
            en="An authority of this name is entered: end that entry first",
        )
    row = CertificateAuthority(
        id=uuid4(),
        name=cmd.name,
        public=cmd.public,
        trial=cmd.trial,
        proposed_by=person,
        proposed_at=work.now,
    )
    work.session.add(row)
    work.note(f"authority/{row.id}", "authority.proposed")
    return {"authority": str(row.id)}


@dataclass(frozen=True, slots=True)
class NameAuthority:
    """An authority that was put forward or admitted."""

    authority: UUID


def approve_authority(work: Work, cmd: NameAuthority) -> None:
    """Let an authority's certificates count; `Refusal`s "same-person", "already-approved"."""
    work.need(Permission.ACCOUNTS_AUTHORITY_ADMIT)
    row = _authority(work, cmd.authority)
    if row.approved_at is not None:
        raise Refusal(
            "already-approved",
            zh="已批准",
            en="This was approved before",
            article=TWO_PERSONS,
        )
    refuse_unless_second_person(row.proposed_by, work.actor.person)
    row.approved_by, row.approved_at = work.actor.person, work.now
    work.note(f"authority/{row.id}", "authority.approved")


def end_authority(work: Work, cmd: NameAuthority) -> None:
    """Take no new certificate of an authority; keys registered before stay. Twice is nothing."""
    work.need(Permission.ACCOUNTS_AUTHORITY_ADMIT)
    row = _authority(work, cmd.authority)
    if row.ended_at is None:
        row.ended_at = work.now
        work.note(f"authority/{row.id}", "authority.ended")


def _checked_certificate(
    work: Work, value: JsonObject, row: Organisation, public: bytes
) -> Certificate:
    certificate = read_certificate(value)
    authority = _open_authority(work, certificate.authority)
    if authority is None or authority.approved_at is None:
        raise Refusal(
            "authority-unknown",
            zh="该认证机构未在本平台登记",
            en="This certificate authority is not admitted here",
        )
    check_signature(value, authority.public)
    if certificate.key != public or certificate.uscc != row.uscc:
        raise Malformed(
            "wrong-certificate",
            zh="证书写明的单位或密钥与所登记的不一致",
            en="The certificate is for another organisation or another key",
        )
    if not certificate.since <= work.now < certificate.until:
        raise Refusal(
            "certificate-lapsed",
            zh="证书不在有效期内",
            en="The certificate is not valid at this moment",
        )
    return certificate


def _registered(
    work: Work,
    row: Organisation,
    public: bytes,
    structure: JsonObject,
    certificate: Certificate,
    *,
    in_clear: bool,
) -> OrganisationKey:
    salt = secrets.token_bytes(SALT_LENGTH)
    key = OrganisationKey(
        id=uuid4(),
        organisation=row.id,
        public=public,
        key_id=key_id(public),
        salt=salt,
        commitment=commitment(salt, {"uscc": row.uscc, "key": b64u(public)}),
        in_clear=in_clear,
        certificate=dict(structure),
        valid_until=certificate.until,
        state=KeyState.ACTIVE,
        registered_at=work.now,
    )
    work.session.add(key)
    _journal(work, "registered", key, row)
    return key


def _journal(work: Work, act: str, key: OrganisationKey, row: Organisation) -> None:
    """One entry per act: hidden keys are told apart only by their commitments."""
    data: JsonObject = {"act": act, "commitment": b64u(key.commitment)}
    name = b64u(key.commitment)
    if key.in_clear:
        name = key.key_id
        data |= {
            "uscc": row.uscc,
            "name": row.name_zh,
            "key": b64u(key.public),
            "salt": b64u(key.salt),
            "valid_until": stamp(key.valid_until),
            "certificate_hash": b64u(digest(canonical(_json(key.certificate)))),
        }
    work.publish(ACT, f"{ACT}/{name}", data)
    work.note(key.subject, f"organisation-key.{act}")


def _json(stored: dict[str, object]) -> JsonObject:
    """A structure as it was kept: it came in as JSON and nothing else was ever written there."""
    return stored  # type: ignore[return-value]


def _own_key(work: Work, key: UUID) -> tuple[OrganisationKey, Organisation]:
    row = work.session.get(OrganisationKey, key, with_for_update=True)
    if row is None:
        raise NotFound("no-key", zh="没有此密钥", en="There is no such key")
    organisation = rows.own_organisation(work, row.organisation, Permission.ACCOUNTS_KEY_REGISTER)
    return row, organisation


def _open_authority(work: Work, name: str) -> CertificateAuthority | None:
    return work.session.scalar(
        select(CertificateAuthority).where(
            CertificateAuthority.name == name, CertificateAuthority.ended_at.is_(None)
        )
    )


def _authority(work: Work, key: UUID) -> CertificateAuthority:
    row = work.session.get(CertificateAuthority, key, with_for_update=True)
    if row is None or (row.ended_at is not None and row.approved_at is None):
        raise NotFound("no-authority", zh="没有此认证机构", en="There is no such authority")
    return row
