"""What the room of accounts hands to the factory: its pages, what waits for whom, the relay."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from market.accounts.address_book import VaultAddressBook
from market.accounts.queries.organisations import organisation
from market.accounts.queries.people import memberships
from market.accounts.queries.register import waiting_capacities, waiting_roles
from market.accounts.rules import AppointmentState, OrganisationState
from market.accounts.vault import vault_of
from market.accounts.web import (
    administration,
    api,
    organisations,
    own,
    people,
    programs,
    register,
    renewal,
    signin,
)
from market.command import Actor, Office
from market.feature import DeskItem, Feature, Job
from market.kernel.permissions import Permission
from market.messages.relay import relay
from market.messages.settings import carriers
from market.settings import Settings


def send_letters(office: Office, settings: Settings) -> int:
    """Carry every letter that is due; the number carried.

    The relay itself knows no addresses: this room opens the handles for it.
    """
    book = VaultAddressBook(vault_of(settings))
    return relay(office, carriers(settings.mode, office), book)


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """Roles to accept, an account to confirm, what waits for a second person."""
    del now
    return [*_own(session, actor), *_of_organisation(session, actor), *_of_centre(session, actor)]


def _own(session: Session, actor: Actor) -> Iterator[DeskItem]:
    if actor.person is None:
        return
    for one in memberships(session, actor.person):
        if one.state is AppointmentState.APPROVED:
            yield DeskItem(
                f"接受或谢绝角色：{one.role.zh}",
                f"Accept or decline a role: {one.role.en}",
                url_for("own.account"),
                None,
                one.name_zh,
            )


def _of_organisation(session: Session, actor: Actor) -> Iterator[DeskItem]:
    if actor.organisation is None or not actor.may(Permission.ACCOUNTS_ORGANISATION_EDIT):
        return
    facts = organisation(session, actor.organisation)
    if facts.state is OrganisationState.REGISTERED and not facts.capacities:
        yield DeskItem(
            "以一分钱转账确认基本账户",
            "Confirm the basic account by one fen",
            url_for("organisations.own"),
            None,
            facts.uscc,
        )
    for one in waiting_roles(session, actor.organisation):
        if one.proposed_by != actor.person:
            yield DeskItem(
                f"批准角色：{one.account}，{one.role.zh}",
                f"Approve a role: {one.account}, {one.role.en}",
                url_for("people.listed"),
                None,
                facts.uscc,
            )


def _of_centre(session: Session, actor: Actor) -> Iterator[DeskItem]:
    if not actor.may(Permission.ACCOUNTS_CAPACITY_GRANT):
        return
    for uscc, role, proposed_by in waiting_capacities(session):
        if proposed_by != actor.person:
            yield DeskItem(
                f"核准单位资格：{role.zh}",
                f"Admit an organisation to a role: {role.en}",
                url_for("register.shown", uscc=uscc),
                None,
                uscc,
            )


FEATURE: Final = Feature(
    "accounts",
    pages=(
        signin.pages,
        renewal.pages,
        own.pages,
        programs.pages,
        organisations.pages,
        people.pages,
        register.pages,
        administration.pages,
        api.pages,
    ),
    jobs=(Job("letters", send_letters),),
    desk=desk,
)
