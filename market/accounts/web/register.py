"""The register: for the trading centre, regulators, supervisors, auditors."""

from typing import Final
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from market.accounts.codes import account_name
from market.accounts.commands.appointments import (
    NameAppointment,
    NameCapacity,
    ProposeCapacity,
    ProposeRole,
    approve_capacity,
    approve_role,
    end_capacity,
    propose_capacity,
    propose_role,
)
from market.accounts.commands.organisations import (
    DecideOnOrganisation,
    restore_organisation,
    suspend_organisation,
    withdraw_organisation,
)
from market.accounts.queries.register import (
    RegisterEntry,
    entry,
    register,
    waiting_roles,
)
from market.accounts.roles import SELF_CHOSEN, Role
from market.kernel.permissions import Permission
from market.web import access
from market.web.access import current_actor
from market.web.cursor import page_of, read_cursor
from market.web.fields import Option, ReadField, TextField
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.typed_fields import PickField

SHOWN: Final = 50

pages = Pages("register", "market.accounts", url_prefix="/register")


class Decision(Form):
    """The number of a decision about an organisation."""

    decision = TextField(lazy_gettext("Number of the decision"), longest=100)


class NewCapacity(Form):
    """A role an organisation shall be able to give."""

    role = PickField(lazy_gettext("Role"))


class FirstRepresentative(Form):
    """The first representative of an organisation that the centre entered."""

    account = ReadField(lazy_gettext("Sign-in name"), account_name)


@pages.get("")
@access.needs(Permission.ACCOUNTS_ORGANISATION_READ)
def listed() -> str:
    """All organisations, found by a part of code or name."""
    wanted = request.args.get("q", "").strip()[:100]
    after = read_cursor(request.args.get("cursor"), [str])
    rows = site().office.read(
        lambda session: register(
            session,
            SHOWN + 1,
            wanted=wanted,
            after=None if after is None else str(after[0]),
        )
    )
    page = page_of(rows, SHOWN, lambda line: (line.uscc,))
    return render_template("accounts/register.html", page=page, wanted=wanted)


@pages.get("/<uscc>")
@access.needs(Permission.ACCOUNTS_ORGANISATION_READ)
def shown(uscc: str) -> str:
    """One organisation as the register has it."""
    return _shown(uscc, Decision(), _capacity_form(), FirstRepresentative())


@pages.post("/<uscc>/capacities")
@access.needs(Permission.ACCOUNTS_CAPACITY_GRANT)
def propose(uscc: str) -> ResponseReturnValue:
    """Put a capacity forward."""
    form, found = _capacity_form(), _entry(uscc)
    return submit(
        form,
        site().office,
        propose_capacity,
        lambda: ProposeCapacity(found.id, Role(form.role)),
        again=lambda: _shown(uscc, Decision(), form, FirstRepresentative()),
        to=lambda _: url_for("register.shown", uscc=uscc),
    )


@pages.post("/<uscc>/capacities/<uuid:key>/approve")
@access.needs(Permission.ACCOUNTS_CAPACITY_GRANT)
def approve(uscc: str, key: UUID) -> ResponseReturnValue:
    """Approve a capacity another person put forward."""
    return press(approve_capacity, NameCapacity(key), lambda: url_for("register.shown", uscc=uscc))


@pages.post("/<uscc>/capacities/<uuid:key>/end")
@access.needs(Permission.ACCOUNTS_CAPACITY_GRANT)
def end(uscc: str, key: UUID) -> ResponseReturnValue:
    """End a capacity."""
    return press(end_capacity, NameCapacity(key), lambda: url_for("register.shown", uscc=uscc))


@pages.post("/<uscc>/representative")
@access.needs(Permission.ACCOUNTS_CAPACITY_GRANT)
def name_representative(uscc: str) -> ResponseReturnValue:
    """Name the first representative of an organisation the centre entered."""
    form, found = FirstRepresentative(), _entry(uscc)
    return submit(
        form,
        site().office,
        propose_role,
        lambda: ProposeRole(found.id, form.account, Role.REPRESENTATIVE),
        again=lambda: _shown(uscc, Decision(), _capacity_form(), form),
        to=lambda _: url_for("register.shown", uscc=uscc),
    )


@pages.post("/<uscc>/roles/<uuid:key>/approve")
@access.needs(Permission.ACCOUNTS_CAPACITY_GRANT, Permission.ACCOUNTS_ROLE_APPROVE)
def second(uscc: str, key: UUID) -> ResponseReturnValue:
    """Approve, as the second person, a role of weight."""
    return press(approve_role, NameAppointment(key), lambda: url_for("register.shown", uscc=uscc))


@pages.post("/<uscc>/suspend")
@access.needs(Permission.ACCOUNTS_ORGANISATION_SUSPEND)
def suspend(uscc: str) -> ResponseReturnValue:
    """Suspend an organisation by a decision."""
    form, found = Decision(), _entry(uscc)
    return submit(
        form,
        site().office,
        suspend_organisation,
        lambda: DecideOnOrganisation(found.id, form.decision),
        again=lambda: _shown(uscc, form, _capacity_form(), FirstRepresentative()),
        to=lambda _: url_for("register.shown", uscc=uscc),
    )


@pages.post("/<uscc>/restore")
@access.needs(Permission.ACCOUNTS_ORGANISATION_SUSPEND)
def restore(uscc: str) -> ResponseReturnValue:
    """Restore a suspended organisation by a decision."""
    form, found = Decision(), _entry(uscc)
    return submit(
        form,
        site().office,
        restore_organisation,
        lambda: DecideOnOrganisation(found.id, form.decision),
        again=lambda: _shown(uscc, form, _capacity_form(), FirstRepresentative()),
        to=lambda _: url_for("register.shown", uscc=uscc),
    )


@pages.post("/<uscc>/withdraw")
@access.needs(Permission.ACCOUNTS_ORGANISATION_WITHDRAW)
def withdraw(uscc: str) -> ResponseReturnValue:
    """Withdraw a registration that somebody else made."""
    form, found = Decision(), _entry(uscc)
    return submit(
        form,
        site().office,
        withdraw_organisation,
        lambda: DecideOnOrganisation(found.id, form.decision),
        again=lambda: _shown(uscc, form, _capacity_form(), FirstRepresentative()),
        to=lambda _: url_for("register.listed"),
    )


def _entry(uscc: str) -> RegisterEntry:
    return site().office.read(lambda session: entry(session, uscc))


def _capacity_form() -> NewCapacity:
    options = [
        Option(role.value, role.zh if language() == "zh" else role.en)
        for role in Role
        if role not in SELF_CHOSEN
    ]
    return NewCapacity(options={"role": options})


def _shown(
    uscc: str, decision: Decision, capacity: NewCapacity, representative: FirstRepresentative
) -> str:
    may = current_actor().may

    def ask(session: Session) -> dict[str, object]:
        found = entry(session, uscc)
        return {"entry": found, "waiting": waiting_roles(session, found.id)}

    return render_template(
        "accounts/entry.html",
        decision=decision,
        capacity=capacity,
        representative=representative,
        may_grant=may(Permission.ACCOUNTS_CAPACITY_GRANT),
        may_suspend=may(Permission.ACCOUNTS_ORGANISATION_SUSPEND),
        may_withdraw=may(Permission.ACCOUNTS_ORGANISATION_WITHDRAW),
        me=current_actor().person,
        **site().office.read(ask),
    )
