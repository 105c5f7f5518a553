"""Tokens for programs: made, shown once, listed, ended."""

from datetime import timedelta
from uuid import UUID

from flask import make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from market.accounts.commands.entrances import (
    MakeProgramToken,
    NameProgram,
    end_program_token,
    make_program_token,
)
from market.accounts.queries.entrances import programs
from market.accounts.roles import NOT_FOR_PROGRAMS
from market.accounts.signin.door import hash_of, new_program_token
from market.accounts.signin.entrance import door
from market.command import Once
from market.kernel.errors import MarketError, NotFound
from market.kernel.permissions import Permission
from market.web import access
from market.web.access import current_actor
from market.web.fields import Option, TextField
from market.web.forms import Form
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.typed_fields import IntegerField, PicksField

pages = Pages("programs", "market.accounts", url_prefix="/account/programs")


class NewProgram(Form):
    """A program to be let in."""

    name = TextField(
        lazy_gettext("Name of the program"),
        hint=lazy_gettext("By which you will know it in the list."),
        longest=100,
    )
    days = IntegerField(lazy_gettext("Valid for so many days"), least=1, most=366)
    scopes = PicksField(lazy_gettext("What it may do"), least=1)


@pages.route("", methods=["GET", "POST"])
@access.needs(Permission.ACCOUNTS_PROGRAM_CREATE)
def listed() -> ResponseReturnValue:
    """The programs of the organisation one acts for; the form lets another one in."""
    offered = sorted(current_actor().permissions - NOT_FOR_PROGRAMS)
    options = [Option(one.value, one.value) for one in offered]
    form = NewProgram(options={"scopes": options}, initial={"days": 90})
    if not form.is_sent:
        return _page(form)
    token = None
    if form.is_valid():
        try:
            token = _make(form)
        except NotFound:
            raise
        except MarketError as refusal:
            form.refuse(refusal)
    response = make_response(_page(form, token))
    response.status_code = form.status
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.post("/<uuid:key>/end")
@access.signed_in
def end(key: UUID) -> ResponseReturnValue:
    """Shut a program out."""
    named = NameProgram(key, door().machine.now())
    return press(end_program_token, named, lambda: url_for("programs.listed"))


def _make(form: NewProgram) -> str:
    """The token, shown on the answer to this request alone; empty if it was made before."""
    token = new_program_token()
    command = MakeProgramToken(
        form.name,
        frozenset(Permission(scope) for scope in form.scopes),
        hash_of(token),
        door().machine.now(),
        timedelta(days=form.days),
    )
    once = Once(form.once, form.fingerprint())
    outcome = site().office.run_once(make_program_token, command, current_actor(), once)
    return token if outcome["token_hash"] == hash_of(token).hex() else ""


def _page(form: NewProgram, token: str | None = None) -> str:
    actor, now = current_actor(), door().machine.now()
    organisation = actor.organisation
    found = []
    if organisation is not None:
        found = site().office.read(lambda session: programs(session, organisation, now))
    return render_template("accounts/programs.html", form=form, programs=found, token=token)
