"""The register of organisations: enter, correct, suspend, restore, withdraw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from market.accounts.commands import rows
from market.accounts.model.organisations import Controller, Organisation
from market.accounts.model.people import Appointment
from market.accounts.roles import Role
from market.accounts.rules import (
    ORGANISATION_TABLE,
    AppointmentState,
    ControllerKind,
    OrganisationAction,
    OrganisationKind,
    OrganisationState,
    SmeClass,
)
from market.command import Work
from market.kernel.errors import BadInput, Refusal
from market.kernel.ids import is_uscc
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u

WHOLE = 10_000  # hundredths of a percent


@dataclass(frozen=True, slots=True)
class Share:
    """A holder of the organisation: `uscc` for an organisation, `mark` for a person.

    `share` in hundredths of a percent; `controls` if it decides without holding so much.
    """

    kind: ControllerKind
    name: str
    share: int
    controls: bool = False
    uscc: str | None = None
    mark: bytes | None = None

    @property
    def compared(self) -> str:
        """The name by which equal holders are found; `BadInput` "holder-unnamed" without one."""
        if self.kind is ControllerKind.ORGANISATION and self.uscc is not None:
            return f"uscc:{self.uscc}"
        if self.kind is ControllerKind.PERSON and self.mark is not None:
            return f"person:{b64u(self.mark)}"
        raise BadInput(
            "holder-unnamed",
            zh="股东为单位的须填统一社会信用代码，为个人的须填身份证号码",
            en="An organisation as holder needs its credit code, a person the citizen id number",
        )


@dataclass(frozen=True, slots=True)
class RegisterOrganisation:
    """A new entry; with `represented` its first representative is whoever enters it."""

    uscc: str
    name_zh: str
    name_en: str
    kind: OrganisationKind
    sme_class: SmeClass
    legal_representative: str
    head_mark: bytes | None = None
    department: str | None = None
    shares: tuple[Share, ...] = ()
    represented: bool = True


def register_organisation(work: Work, cmd: RegisterOrganisation) -> Mapping[str, Any]:
    """Enter an organisation; it is confirmed only when it has shown its basic account.

    Refusals: "organisation-known" if the code is entered, `BadInput` "shares-above-whole",
    "holder-unnamed", "head-unnamed" (an enterprise without its representative's id mark).
    """
    work.need(Permission.ACCOUNTS_ORGANISATION_REGISTER)
    person = rows.acting_person(work)
    _check_entry(cmd)
    work.hold(f"organisation:{cmd.uscc}")
    known = work.session.scalar(
        select(Organisation.id).where(
            Organisation.uscc == cmd.uscc, Organisation.state != OrganisationState.WITHDRAWN
        )
    )
    if known is not None:
        raise Refusal(
            "organisation-known",
            zh="该统一社会信用代码已登记；若非本单位所为，请联系交易中心撤回该登记",
            en="This credit code is registered; if your organisation did not do it, ask the"
            " trading centre to withdraw that registration",
        )
    organisation = _entered(work, cmd, person)
    if cmd.represented:
        work.session.add(
            Appointment(
                person=person,
                organisation=organisation.id,
                role=Role.REPRESENTATIVE,
                state=AppointmentState.ACTIVE,
                proposed_by=person,
                proposed_at=work.now,
                accepted_at=work.now,
            )
        )
    work.note(organisation.subject, "organisation.registered")
    return {"organisation": str(organisation.id)}


@dataclass(frozen=True, slots=True)
class CorrectOrganisation:
    """What an organisation may change about itself; the Chinese name only before confirmation."""

    organisation: UUID
    name_zh: str
    name_en: str
    sme_class: SmeClass
    legal_representative: str
    head_mark: bytes | None
    shares: tuple[Share, ...]


def correct_organisation(work: Work, cmd: CorrectOrganisation) -> None:
    """Write down what the organisation declares of itself now.

    Refusals: "name-confirmed" (the bank confirmed the account under the old name; a new name is
    entered after the registration was suspended and restored), and those of registering.
    """
    row = rows.own_organisation(work, cmd.organisation, Permission.ACCOUNTS_ORGANISATION_EDIT)
    if row.name_zh != cmd.name_zh and row.state is not OrganisationState.REGISTERED:
        raise Refusal(
            "name-confirmed",
            zh="基本账户已按原名称确认，名称变更须由监督部门恢复登记后重新确认账户",
            en="The basic account was confirmed under the present name; a new name needs the"
            " registration restored by the regulator and the account confirmed again",
        )
    _check_shares(cmd.shares)
    _check_head(row.kind, cmd.head_mark)
    row.name_zh, row.name_en = cmd.name_zh, cmd.name_en
    row.sme_class = cmd.sme_class
    row.legal_representative, row.head_mark = cmd.legal_representative, cmd.head_mark
    work.session.execute(delete(Controller).where(Controller.organisation == row.id))
    _add_shares(work, row.id, cmd.shares)
    work.note(row.subject, "organisation.corrected")


@dataclass(frozen=True, slots=True)
class DecideOnOrganisation:
    """A decision of the regulator or the centre about an entry; `decision` is its number."""

    organisation: UUID
    decision: str


def suspend_organisation(work: Work, cmd: DecideOnOrganisation) -> None:
    """Take away, until restored, what its people and programs may do in its name."""
    row = rows.organisation(work, cmd.organisation)
    work.move(row, ORGANISATION_TABLE, OrganisationAction.SUSPEND)
    _note_decision(work, row, cmd.decision)


def restore_organisation(work: Work, cmd: DecideOnOrganisation) -> None:
    """Put a suspended organisation back to registered: it shows its basic account again."""
    row = rows.organisation(work, cmd.organisation)
    work.move(row, ORGANISATION_TABLE, OrganisationAction.RESTORE)
    row.account_hash = row.account_bank = row.account_tail = None
    row.account_custodian = row.account_confirmed_at = None
    _note_decision(work, row, cmd.decision)


def withdraw_organisation(work: Work, cmd: DecideOnOrganisation) -> None:
    """Withdraw an unconfirmed entry that somebody else made; the code is free again."""
    row = rows.organisation(work, cmd.organisation)
    work.move(row, ORGANISATION_TABLE, OrganisationAction.WITHDRAW)
    _note_decision(work, row, cmd.decision)


def _entered(work: Work, cmd: RegisterOrganisation, person: UUID) -> Organisation:
    organisation = Organisation(
        id=uuid4(),
        uscc=cmd.uscc,
        name_zh=cmd.name_zh,
        name_en=cmd.name_en,
        kind=cmd.kind,
        sme_class=cmd.sme_class,
        legal_representative=cmd.legal_representative,
        head_mark=cmd.head_mark,
        department=cmd.department,
        state=OrganisationState.REGISTERED,
        registered_at=work.now,
        registered_by=person,
    )
    work.session.add(organisation)
    work.session.flush()
    _add_shares(work, organisation.id, cmd.shares)
    return organisation


def _add_shares(work: Work, organisation: UUID, shares: tuple[Share, ...]) -> None:
    work.session.add_all(
        Controller(
            organisation=organisation,
            kind=share.kind,
            name=share.name,
            compared=share.compared,
            share=share.share,
            controls=share.controls,
        )
        for share in shares
    )


def _check_entry(cmd: RegisterOrganisation) -> None:
    for code in (cmd.uscc, *filter(None, [cmd.department])):
        if not is_uscc(code):
            raise BadInput(
                "bad-uscc",
                zh="统一社会信用代码不正确",
                en="This is not a unified social credit code",
            )
    _check_shares(cmd.shares)
    _check_head(cmd.kind, cmd.head_mark)


def _check_head(kind: OrganisationKind, mark: bytes | None) -> None:
    if kind in (OrganisationKind.ENTERPRISE, OrganisationKind.SOLE_TRADER) and mark is None:
        raise BadInput(
            "head-unnamed",
            zh="企业须填写法定代表人的身份证号码，用于核对是否与其他投标人为同一负责人",
            en="An enterprise gives the id number of its legal representative, so that one person"
            " in charge of two bidders is found",
        )


def _check_shares(shares: tuple[Share, ...]) -> None:
    if any(not 0 <= share.share <= WHOLE for share in shares) or (
        sum(share.share for share in shares) > WHOLE
    ):
        raise BadInput(
            "shares-above-whole",
            zh="股权比例合计不得超过100%",
            en="The shares together are more than 100 %",
        )
    names = [share.compared for share in shares]
    if len(set(names)) != len(names):
        raise BadInput("holder-twice", zh="同一股东填写了两次", en="The same holder is named twice")


def _note_decision(work: Work, row: Organisation, decision: str) -> None:
    if not decision.strip():
        raise BadInput(
            "decision-unnamed", zh="须填写决定文号", en="The number of the decision is needed"
        )
    work.note(row.subject, "organisation.decision", number=decision.strip())
