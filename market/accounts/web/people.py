"""The people of one's own organisation: roles offered, approved, taken back."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from market.accounts.codes import account_name
from market.accounts.commands.appointments import (
    NameAppointment,
    ProposeRole,
    approve_role,
    propose_role,
    revoke_role,
)
from market.accounts.queries import entrances, organisations
from market.accounts.roles import SELF_CHOSEN, Role
from market.accounts.signin.entrance import door
from market.accounts.web.organisations import own_id
from market.kernel.permissions import Permission
from market.web import access
from market.web.access import current_actor
from market.web.fields import Option, ReadField
from market.web.forms import Form, submit
from market.web.language import language, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.typed_fields import PickField

pages = Pages("people", "market.accounts", url_prefix="/organisation/people")


class NewRole(Form):
    """A role for somebody who has an account."""

    account = ReadField(
        lazy_gettext("Sign-in name"),
        account_name,
        hint=lazy_gettext("The person makes an account first, then tells you the name."),
    )
    role = PickField(lazy_gettext("Role"))


@pages.route("", methods=["GET", "POST"])
@access.needs(Permission.ACCOUNTS_ROLE_APPOINT)
def listed() -> ResponseReturnValue:
    """Who does what here; the form offers a role."""
    key = own_id()
    possible = SELF_CHOSEN | site().office.read(lambda session: entrances.capacities(session, key))
    options = [
        Option(role.value, role.zh if language() == "zh" else role.en)
        for role in Role
        if role in possible
    ]
    form = NewRole(options={"role": options})
    if not form.is_sent:
        return _listed(form, key)
    return submit(
        form,
        site().office,
        propose_role,
        lambda: ProposeRole(key, form.account, Role(form.role)),
        again=lambda: _listed(form, key),
        to=lambda _: url_for("people.listed"),
    )


def _listed(form: NewRole, key: UUID) -> str:
    now = door().machine.now()
    return render_template(
        "accounts/people.html",
        form=form,
        renewals=site().office.read(lambda s: entrances.renewals_waiting(s, key, now)),
        members=site().office.read(lambda session: organisations.members(session, key)),
        me=current_actor().person,
    )


@pages.post("/<uuid:key>/revoke")
@access.needs(Permission.ACCOUNTS_ROLE_APPOINT)
def revoke(key: UUID) -> ResponseReturnValue:
    """Take a role back."""
    return press(revoke_role, NameAppointment(key), lambda: url_for("people.listed"))


@pages.post("/<uuid:key>/approve")
@access.needs(Permission.ACCOUNTS_ROLE_APPROVE)
def approve(key: UUID) -> ResponseReturnValue:
    """Approve what another representative proposed."""
    return press(approve_role, NameAppointment(key), lambda: url_for("people.listed"))
