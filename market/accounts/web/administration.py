"""Certificate authorities for the centre, blocked people for the system administrator."""

from typing import Final
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from market.accounts.codes import account_name
from market.accounts.commands.keys import (
    NameAuthority,
    ProposeAuthority,
    approve_authority,
    end_authority,
    propose_authority,
)
from market.accounts.commands.people import (
    NamePerson,
    block_person,
    clear_second_factor,
    unblock_person,
)
from market.accounts.queries.register import authorities, person_line
from market.accounts.rules import PersonState
from market.accounts.signin.entrance import door
from market.kernel.permissions import Permission
from market.protocol.encoding import unb64u
from market.protocol.signing import PUBLIC_LENGTH
from market.web import access
from market.web.access import current_actor
from market.web.fields import ReadField, TextField
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.words import words_of

pages = Pages(
    "administration",
    "market.accounts",
    url_prefix="/administration",
    words=(
        words_of(
            PersonState,
            {
                PersonState.ACTIVE: ("可登录", "may sign in"),
                PersonState.BLOCKED: ("已停用", "blocked"),
            },
        ),
    ),
)
_ACTS: Final = {
    "block": block_person,
    "unblock": unblock_person,
    "clear-second-factor": clear_second_factor,
}


class NewAuthority(Form):
    """A certificate authority."""

    name = TextField(lazy_gettext("Name of the authority"))
    public = ReadField(
        lazy_gettext("Public key"),
        lambda typed: unb64u(typed, PUBLIC_LENGTH),
        hint=lazy_gettext("Ed25519, 32 bytes in base64url: 43 characters."),
    )


class FindPerson(Form):
    """Somebody's sign-in name."""

    account = ReadField(lazy_gettext("Sign-in name"), account_name)


@pages.route("/authorities", methods=["GET", "POST"])
@access.needs(Permission.ACCOUNTS_AUTHORITY_ADMIT)
def authorities_page() -> ResponseReturnValue:
    """Whose certificates count; the form puts one forward."""
    form = NewAuthority()
    if not form.is_sent:
        return _authorities(form)
    return submit(
        form,
        site().office,
        propose_authority,
        lambda: ProposeAuthority(form.name, form.public),
        again=lambda: _authorities(form),
        to=lambda _: url_for("administration.authorities_page"),
    )


def _authorities(form: NewAuthority) -> str:
    return render_template(
        "accounts/authorities.html",
        form=form,
        authorities=site().office.read(authorities),
        me=current_actor().person,
    )


@pages.post("/authorities/<uuid:key>/approve")
@access.needs(Permission.ACCOUNTS_AUTHORITY_ADMIT)
def approve(key: UUID) -> ResponseReturnValue:
    """Let an authority's certificates count."""
    return press(
        approve_authority,
        NameAuthority(key),
        lambda: url_for("administration.authorities_page"),
    )


@pages.post("/authorities/<uuid:key>/end")
@access.needs(Permission.ACCOUNTS_AUTHORITY_ADMIT)
def end(key: UUID) -> ResponseReturnValue:
    """Take no new certificates of an authority."""
    return press(
        end_authority, NameAuthority(key), lambda: url_for("administration.authorities_page")
    )


@pages.route("/people", methods=["GET", "POST"])
@access.needs(Permission.ACCOUNTS_PERSON_BLOCK)
def people() -> ResponseReturnValue:
    """Find an account, to block it or to clear a lost second factor."""
    form = FindPerson()
    if form.is_sent and form.is_valid():
        return redirect(url_for("administration.people", account=form.account), 303)
    account = request.args.get("account")
    found = None
    if account is not None:
        found = site().office.read(lambda session: person_line(session, account))
    return render_template("accounts/people_blocked.html", form=form, found=found)


@pages.post("/people/<uuid:key>/<any(block, unblock, 'clear-second-factor'):act>")
@access.needs(Permission.ACCOUNTS_PERSON_BLOCK)
def act_on(key: UUID, act: str) -> ResponseReturnValue:
    """Block, unblock, or clear the second factor of an account."""
    named = NamePerson(key, door().machine.now())
    return press(_ACTS[act], named, lambda: url_for("administration.people"))
