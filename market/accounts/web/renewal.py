"""Pages of a lost password: asking, releasing in person, setting it anew."""

import secrets
from typing import Final
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from market.accounts.codes import account_name
from market.accounts.commands.renewal import (
    AskRenewal,
    ReleaseRenewal,
    RenewPassword,
    ask_renewal,
    refused,
    release_renewal,
    renew_password,
)
from market.accounts.queries.entrances import password_on_file, waiting_renewal
from market.accounts.signin.attempts import BY_ACCOUNT, BY_PLACE, place_of
from market.accounts.signin.door import DOOR, ENROLLER, hash_of
from market.accounts.signin.entrance import door
from market.accounts.signin.passwords import refuse_weak
from market.accounts.signin.second_factor import accepted_step
from market.accounts.vault import Purpose
from market.command import Once
from market.kernel.errors import BadInput, MarketError
from market.kernel.permissions import Permission
from market.web import access
from market.web.access import current_actor
from market.web.fields import ReadField, SecretField, maybe
from market.web.forms import Form
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import Pages
from market.web.site import site

GROUPS: Final = 4
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without signs that look alike when they are read aloud: 4 times 4 of them are 80 bits."""

pages = Pages("renewal", "market.accounts")


class Lost(Form):
    """Whose password is lost."""

    account = ReadField(lazy_gettext("Sign-in name"), account_name, autocomplete="username")


class Release(Form):
    """The representative's own code, so that a desk left alone releases nothing."""

    code = SecretField(
        lazy_gettext("Code from your own authenticator"), autocomplete="one-time-code"
    )


class Renewal(Form):
    """The code that was handed over, and the new password."""

    account = ReadField(lazy_gettext("Sign-in name"), account_name, autocomplete="username")
    release = SecretField(
        lazy_gettext("Release code"),
        hint=lazy_gettext("Four groups of four signs, as your representative gave them to you."),
    )
    code = maybe(
        SecretField(
            lazy_gettext("Code from your authenticator"),
            hint=lazy_gettext("Six digits, if you have set up an authenticator."),
            autocomplete="one-time-code",
        )
    )
    password = SecretField(
        lazy_gettext("New password"),
        hint=lazy_gettext("At least 12 characters; several unrelated words do well."),
        autocomplete="new-password",
    )
    again = SecretField(lazy_gettext("The same password again"), autocomplete="new-password")

    def check(self) -> None:
        """The two passwords are one, and worth keeping."""
        if self.password != self.again:
            self.wrong("again", gettext("This differs from the password above."))
            return
        try:
            refuse_weak(self.password, self.account)
        except BadInput as refusal:
            self.wrong("password", refusal.words(language()))


@pages.route("/sign-in/lost", methods=["GET", "POST"])
@access.public
def lost() -> ResponseReturnValue:
    """Say that a password is lost; the answer is the same for every name."""
    form = Lost()
    if form.is_sent and form.is_valid():
        try:
            _count("lost", form.account)
            command = AskRenewal(form.account, door().machine.now())
            site().office.run(ask_renewal, command, ENROLLER)
        except MarketError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("renewal.renew", asked="yes"), 303)
    return _shown("accounts/lost.html", form)


@pages.route("/sign-in/renewal", methods=["GET", "POST"])
@access.public
def renew() -> ResponseReturnValue:
    """Set the password anew with the code that was handed over."""
    form = Renewal()
    if form.is_sent and form.is_valid():
        try:
            _count("renew", form.account)
            _renew(form)
        except MarketError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("accounts.sign_in"), 303)
    return _shown("accounts/renewal.html", form, asked=request.args.get("asked") == "yes")


@pages.route("/organisation/people/<uuid:key>/release", methods=["GET", "POST"])
@access.needs(Permission.ACCOUNTS_ROLE_APPOINT)
def release(key: UUID) -> ResponseReturnValue:
    """Release a code for somebody who stands before the representative; shown this once."""
    organisation = current_actor().organisation
    account = site().office.read(
        lambda session: waiting_renewal(session, key, organisation, door().machine.now())
    )
    form, shown = Release(), None
    if form.is_sent and form.is_valid():
        made = _new_code()
        try:
            site().office.run(release_renewal, _release(form, key, made), current_actor())
        except MarketError as refusal:
            form.refuse(refusal)
        else:
            shown = made
    return _shown("accounts/release.html", form, account=account, made=shown)


def _release(form: Release, key: UUID, made: str) -> ReleaseRenewal:
    own = current_actor().person
    now = door().machine.now()
    step = None if own is None else _own_step(own, form.code)
    if step is None:
        zh, en = "动态口令不正确", "This code is not right"
        raise BadInput("wrong-code", zh=zh, en=en, fields={"code": (zh, en)})
    return ReleaseRenewal(key, hash_of(plain(made)), step, now)


def _own_step(person: UUID, code: str) -> int | None:
    _count("release", str(person))
    known = site().office.read(lambda session: password_on_file(session, person=person))
    if known is None or known.second_factor is None:
        return None
    secret = door().vault.open(Purpose.SECOND_FACTOR, person, known.second_factor)
    return accepted_step(secret, code, door().machine.now(), known.last_step)


def _renew(form: Renewal) -> None:
    known = site().office.read(lambda session: password_on_file(session, form.account))
    hashed = door().passwords.hash(form.password)  # the same work for a name nobody has
    if known is None:
        raise refused()
    step = None
    if known.second_factor is not None:
        secret = door().vault.open(Purpose.SECOND_FACTOR, known.person, known.second_factor)
        step = accepted_step(secret, form.code or "", door().machine.now(), known.last_step)
    code = hash_of(plain(form.release))
    command = RenewPassword(known.person, code, step, hashed, door().machine.now())
    # The same form again, its answer lost: the password is set and the code is used up by then.
    site().office.run_once(renew_password, command, DOOR, Once(form.once, form.fingerprint()))


def plain(code: str) -> str:
    """A release code without the differences people make when they type it."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def _new_code() -> str:
    signs = [secrets.choice(ALPHABET) for _ in range(GROUPS * 4)]
    return "-".join("".join(signs[at : at + 4]) for at in range(0, len(signs), 4))


def _count(what: str, account: str) -> None:
    place = place_of(request.remote_addr)
    door().attempts.count(what, ((BY_PLACE, place), (BY_ACCOUNT, account)))


def _shown(template: str, form: Form, **values: object) -> Response:
    response = make_response(render_template(template, form=form, **values))
    response.status_code = form.status
    response.headers["Cache-Control"] = "no-store"
    return response
