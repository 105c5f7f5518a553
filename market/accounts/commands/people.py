"""People: enrol, change the password, addresses for letters, the second factor, blocking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from market.accounts.codes import account_name
from market.accounts.commands import rows
from market.accounts.model.entrances import ProgramToken, SignInSession
from market.accounts.model.people import Person, PersonAddress
from market.accounts.queries.people import addresses_of_person
from market.accounts.rules import PERSON_TABLE, PersonAction, PersonState
from market.accounts.vault import SealedAddress
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.messages.letters import compose


@dataclass(frozen=True, slots=True)
class EnrolPerson:
    """A new account. Everything personal comes sealed; the password comes as its hash."""

    person: UUID
    account: str
    name: bytes
    password_hash: str
    language: str = "zh"
    citizen_mark: bytes | None = None
    addresses: tuple[SealedAddress, ...] = ()


def enrol_person(work: Work, cmd: EnrolPerson) -> Mapping[str, Any]:
    """Make an account that may do nothing yet but keep its own affairs.

    `Refusal`s: "account-taken"; "person-known" if the id number has an account: one person has one,
    or separation of duties could be walked around.
    """
    work.need(Permission.ACCOUNTS_PERSON_ENROL)
    account = account_name(cmd.account)
    work.hold(f"account:{account}")
    if work.session.scalar(select(Person.id).where(Person.account == account)) is not None:
        raise Refusal(
            "account-taken",
            zh="该登录名已被使用，请换一个",
            en="This sign-in name is taken; choose another",
        )
    if cmd.citizen_mark is not None:
        work.hold(f"citizen:{cmd.citizen_mark.hex()}")
        known = select(Person.id).where(Person.citizen_mark == cmd.citizen_mark)
        if work.session.scalar(known) is not None:
            raise Refusal(
                "person-known",
                zh="该身份证号码已有账号：请用原账号登录",
                en="This id number has an account: sign in with it",
            )
    work.session.add(
        Person(
            id=cmd.person,
            account=account,
            name=cmd.name,
            citizen_mark=cmd.citizen_mark,
            language=cmd.language,
            password_hash=cmd.password_hash,
            state=PersonState.ACTIVE,
            enrolled_at=work.now,
        )
    )
    work.session.flush()
    for address in cmd.addresses:
        _write_address(work, cmd.person, address)
    work.note(f"person/{cmd.person}", "person.enrolled")
    return {"person": str(cmd.person)}


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """One's own new password, as its hash; `keep` is the session that goes on.

    `machine_now` is the machine's moment: sessions do not follow the law's clock.
    """

    old_hash: str
    new_hash: str
    machine_now: datetime
    keep: UUID | None = None


def change_password(work: Work, cmd: ChangePassword) -> None:
    """Replace the password that had this hash, and end every other session.

    `Refusal` "password-changed" if it was changed meanwhile. Tokens of programs stay: they are
    ended one by one, where they are listed.
    """
    row = _self(work)
    if row.password_hash != cmd.old_hash:
        raise Refusal(
            "password-changed",
            zh="密码刚刚已被修改，请用新密码重新登录",
            en="The password was changed a moment ago; sign in with the new one",
        )
    row.password_hash = cmd.new_hash
    end_sessions(work, row.id, cmd.machine_now, keep=cmd.keep)
    work.note(row.subject, "person.password-changed")


@dataclass(frozen=True, slots=True)
class AddAddress:
    """An address of one's own for letters."""

    address: SealedAddress


def add_address(work: Work, cmd: AddAddress) -> Mapping[str, Any]:
    """Write an address down under its handle; the same address again is the handle it has."""
    row = _self(work)
    handle = _write_address(work, row.id, cmd.address)
    work.note(row.subject, "person.address-added")
    return {"address": str(handle)}


@dataclass(frozen=True, slots=True)
class EndAddress:
    """An address of one's own that letters shall no longer go to."""

    address: UUID


def end_address(work: Work, cmd: EndAddress) -> None:
    """Send nothing more to this address; a second time is nothing. `NotFound` for another's."""
    row = _self(work)
    address = work.session.get(PersonAddress, cmd.address, with_for_update=True)
    if address is None or address.person != row.id:
        raise NotFound("no-address", zh="没有此地址", en="There is no such address")
    if address.ended_at is None:
        address.ended_at = work.now
        work.note(row.subject, "person.address-ended")


@dataclass(frozen=True, slots=True)
class OfferSecondFactor:
    """A fresh secret, sealed, that one's authenticator has been shown."""

    secret: bytes


def offer_second_factor(work: Work, cmd: OfferSecondFactor) -> None:
    """Keep a secret until its first code comes; `Refusal` "second-factor-set" if one is in use."""
    row = _self(work)
    if row.second_factor_since is not None:
        raise Refusal(
            "second-factor-set",
            zh="已设置动态口令；更换前须由系统管理员清除",
            en="A second factor is in use; it is cleared by the system administrator before another"
            " is set",
        )
    row.second_factor = cmd.secret
    work.note(row.subject, "person.second-factor-offered")


@dataclass(frozen=True, slots=True)
class AcceptSecondFactor:
    """A code of the secret on offer was right: its step, the secret it was for, the session."""

    secret: bytes
    step: int
    machine_now: datetime
    session: UUID
    tell: bool = False
    """Whether the person is written to: whoever stole a password sets this up unseen otherwise."""


def accept_second_factor(work: Work, cmd: AcceptSecondFactor) -> None:
    """Take the secret on offer into use, and raise the session that showed its first code.

    `Refusal` "second-factor-stale" if another secret is on offer by now.
    """
    row = _self(work)
    if row.second_factor != cmd.secret or row.second_factor_since is not None:
        raise Refusal(
            "second-factor-stale",
            zh="此二维码已失效：请重新扫描",
            en="This code belongs to an earlier QR code: scan the present one",
        )
    row.second_factor_since, row.second_factor_step = cmd.machine_now, cmd.step
    work.session.execute(
        update(SignInSession)
        .where(
            SignInSession.id == cmd.session,
            SignInSession.person == row.id,
            SignInSession.ended_at.is_(None),
        )
        .values(second_factor=True)
    )
    work.note(row.subject, "person.second-factor-set")
    if cmd.tell:
        tell(work, row.id, "AC04", f"AC04:{row.id}:{cmd.step}")


@dataclass(frozen=True, slots=True)
class NamePerson:
    """Somebody's account, and the machine's moment at which open sessions end."""

    person: UUID
    machine_now: datetime


def block_person(work: Work, cmd: NamePerson) -> None:
    """Let a person sign in no more; sessions and program tokens end at once."""
    row = rows.person(work, cmd.person)
    work.move(row, PERSON_TABLE, PersonAction.BLOCK)
    end_sessions(work, row.id, cmd.machine_now)
    end_programs(work, row.id, cmd.machine_now)


def unblock_person(work: Work, cmd: NamePerson) -> None:
    """Let a blocked person sign in again."""
    work.move(rows.person(work, cmd.person), PERSON_TABLE, PersonAction.UNBLOCK)


def clear_second_factor(work: Work, cmd: NamePerson) -> None:
    """Forget a lost authenticator: sessions end, the next sign-in sets another one.

    Who clears it cannot sign in as that person, for the password stays unknown to him.
    """
    work.need(Permission.ACCOUNTS_PERSON_BLOCK)
    row = rows.person(work, cmd.person)
    row.second_factor = row.second_factor_since = row.second_factor_step = None
    end_sessions(work, row.id, cmd.machine_now)
    work.note(row.subject, "person.second-factor-cleared")


def tell(work: Work, person: UUID, template: str, key: str) -> None:
    """Write to every address of a person that something was changed about the own account."""
    words = compose(template)
    for place, address in enumerate(addresses_of_person(work.session, person)):
        work.letter(address, template, key=f"{key}:{place}", zh=words.zh, en=words.en)


def end_programs(work: Work, person: UUID, machine_now: datetime) -> None:
    """Shut out every program that somebody let in."""
    work.session.execute(
        update(ProgramToken)
        .where(ProgramToken.person == person, ProgramToken.ended_at.is_(None))
        .values(ended_at=machine_now)
    )


def _self(work: Work) -> Person:
    work.need(Permission.ACCOUNTS_OWN_EDIT)
    return rows.person(work, rows.acting_person(work))


def _write_address(work: Work, person: UUID, address: SealedAddress) -> UUID:
    known = work.session.scalar(
        select(PersonAddress.id).where(
            PersonAddress.person == person,
            PersonAddress.kind == address.kind,
            PersonAddress.mark == address.mark,
            PersonAddress.ended_at.is_(None),
        )
    )
    if known is not None:
        return known
    work.session.add(
        PersonAddress(
            id=address.handle,
            person=person,
            kind=address.kind,
            ciphertext=address.ciphertext,
            mark=address.mark,
            added_at=work.now,
        )
    )
    return address.handle


def end_sessions(
    work: Work, person: UUID, machine_now: datetime, *, keep: UUID | None = None
) -> None:
    """Sign a person out everywhere, but for the session `keep`."""
    ending = update(SignInSession).where(
        SignInSession.person == person, SignInSession.ended_at.is_(None)
    )
    if keep is not None:
        ending = ending.where(SignInSession.id != keep)
    work.session.execute(ending.values(ended_at=machine_now))
