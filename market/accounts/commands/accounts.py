"""Showing the basic account: one fen with a remark that only the organisation was told."""

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from market.accounts.commands import rows
from market.accounts.model.organisations import (
    AccountProofOrder,
    Capacity,
    Organisation,
    OrganisationKey,
)
from market.accounts.proofs import REMARK_DIGITS, AccountProof, read_account_proof
from market.accounts.roles import Role
from market.accounts.rules import (
    BASIC_ACCOUNT,
    ONE_FEN,
    ORGANISATION_TABLE,
    PROOF_DAYS,
    KeyState,
    OrganisationAction,
    OrganisationState,
)
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import JsonObject, Malformed, stamp
from market.protocol.signing import check_signature

CLOCK_LEEWAY: Final = timedelta(minutes=5)
"""How much earlier than the order a bank's clock may say that the transfer came."""


@dataclass(frozen=True, slots=True)
class OrderAccountProof:
    """The organisation asks for a remark to send its one fen with."""

    organisation: UUID


def order_account_proof(work: Work, cmd: OrderAccountProof) -> Mapping[str, Any]:
    """The open order of the organisation, or a new one with six random digits, for three days.

    `Refusal` "organisation-suspended".
    """
    row = rows.own_organisation(work, cmd.organisation, Permission.ACCOUNTS_ORGANISATION_EDIT)
    if row.state is OrganisationState.SUSPENDED:
        raise Refusal(
            "organisation-suspended",
            zh="单位登记已暂停，恢复后才能确认账户",
            en="The registration is suspended; the account is confirmed after it is restored",
        )
    order = work.session.scalar(
        select(AccountProofOrder).where(
            AccountProofOrder.organisation == row.id,
            AccountProofOrder.used_at.is_(None),
            AccountProofOrder.lapses_at > work.now,
        )
    )
    if order is None:
        order = AccountProofOrder(
            organisation=row.id,
            remark=_fresh_remark(work, row.id),
            ordered_at=work.now,
            lapses_at=work.now + PROOF_DAYS,
        )
        work.session.add(order)
        work.note(row.subject, "account-proof.ordered")
    return {"remark": order.remark, "lapses_at": stamp(order.lapses_at)}


@dataclass(frozen=True, slots=True)
class ConfirmAccount:
    """The custodian bank's signed statement of the transfer that came in."""

    statement: JsonObject


def confirm_account(work: Work, cmd: ConfirmAccount) -> Mapping[str, Any]:
    """Confirm the organisation named in the statement; the same statement again changes nothing.

    `Malformed`: form, "bad-signature" (no active key of an admitted custodian signed it).
    `Refusal`s: "proof-unordered", "proof-lapsed", "proof-amount", "proof-not-basic",
    "proof-holder", "account-known", with the platform's rule.
    """
    work.need(Permission.ACCOUNTS_ORGANISATION_CONFIRM)
    proof = read_account_proof(cmd.statement)
    _check_custodian(work, proof, cmd.statement)
    row = _organisation_of(work, proof)
    order = work.session.scalar(
        select(AccountProofOrder)
        .where(AccountProofOrder.organisation == row.id, AccountProofOrder.remark == proof.remark)
        .order_by(AccountProofOrder.ordered_at.desc())
        .with_for_update()
    )
    _check_transfer(proof, row, order)
    if order is None:
        raise AssertionError("a transfer without its order was let through")
    outcome = {"organisation": str(row.id), "state": OrganisationState.CONFIRMED.value}
    if order.used_at is not None:
        if row.account_hash != proof.account_hash:
            raise _refusal(
                "proof-unordered", "该附言已使用", "The remark of this transfer was used before"
            )
        return outcome
    _refuse_known_account(work, row, proof.account_hash)
    row.account_hash, row.account_bank = proof.account_hash, proof.bank
    row.account_tail, row.account_custodian = proof.tail, proof.custodian
    row.account_confirmed_at = work.now
    work.move(row, ORGANISATION_TABLE, OrganisationAction.CONFIRM)
    order.used_at = work.now
    work.state_fact("organisation-confirmed", row.id)
    return outcome


def _check_custodian(work: Work, proof: AccountProof, statement: JsonObject) -> None:
    keys: Sequence[bytes] = work.session.scalars(
        select(OrganisationKey.public)
        .join(Organisation, Organisation.id == OrganisationKey.organisation)
        .join(Capacity, Capacity.organisation == Organisation.id)
        .where(
            Organisation.uscc == proof.custodian,
            Organisation.state.not_in([OrganisationState.SUSPENDED, OrganisationState.WITHDRAWN]),
            Capacity.role == Role.BANK,
            Capacity.approved_at.is_not(None),
            Capacity.ended_at.is_(None),
            OrganisationKey.state == KeyState.ACTIVE,
            OrganisationKey.valid_until > work.now,
        )
    ).all()
    for key in keys:
        try:
            check_signature(statement, key)
        except Malformed:
            continue
        return
    raise Malformed(
        "bad-signature",
        zh="此证明不是由登记的托管银行签名的",
        en="No registered custodian bank has signed this statement",
    )


def _organisation_of(work: Work, proof: AccountProof) -> Organisation:
    row = work.session.scalar(
        select(Organisation)
        .where(Organisation.uscc == proof.uscc, Organisation.state != OrganisationState.WITHDRAWN)
        .with_for_update()
    )
    if row is None:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    return row


def _check_transfer(
    proof: AccountProof, row: Organisation, order: AccountProofOrder | None
) -> None:
    if order is None or proof.booked_at < order.ordered_at - CLOCK_LEEWAY:
        raise _refusal(
            "proof-unordered",
            "附言与任何核验单不符：请用核验单上的6位数字重新转账一分钱",
            "The remark is not that of an order: send one fen again with the six digits ordered",
        )
    if proof.booked_at >= order.lapses_at:
        raise _refusal(
            "proof-lapsed",
            "核验单已过期：请重新申请并转账",
            "The order had lapsed when the transfer came: order again and send it again",
        )
    if proof.amount != ONE_FEN:
        raise _refusal(
            "proof-amount", "转账金额须为0.01元", "The transfer has to be of exactly 0.01 yuan"
        )
    if not proof.basic:
        raise _refusal(
            "proof-not-basic",
            "付款账户不是基本存款账户",
            "The paying account is not the basic account",
        )
    if _plain(proof.holder) != _plain(row.name_zh):
        raise _refusal(
            "proof-holder",
            "付款户名与登记的单位名称不一致",
            "The account is held under another name than the one registered",
        )


def _refuse_known_account(work: Work, row: Organisation, account: bytes) -> None:
    other = work.session.scalar(
        select(Organisation.id).where(
            Organisation.account_hash == account, Organisation.id != row.id
        )
    )
    if other is not None:
        raise _refusal(
            "account-known",
            "该账户已是另一单位的基本账户：请联系开户银行核对",
            "This account is another organisation's basic account: ask your bank to check it",
        )


def _fresh_remark(work: Work, organisation: UUID) -> str:
    """Six random digits that no earlier order of this organisation had."""
    used = set(
        work.session.scalars(
            select(AccountProofOrder.remark).where(AccountProofOrder.organisation == organisation)
        )
    )
    while True:
        remark = f"{secrets.randbelow(10**REMARK_DIGITS):0{REMARK_DIGITS}d}"
        if remark not in used:
            return remark


def _plain(name: str) -> str:
    """A name without the differences banks make: full-width signs, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _refusal(code: str, zh: str, en: str) -> Refusal:
    return Refusal(code, zh=zh, en=en, article=BASIC_ACCOUNT)
