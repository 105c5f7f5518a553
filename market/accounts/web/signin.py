"""Signing in and out, and making an account."""

from typing import Final
from uuid import uuid4

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from market.accounts.codes import account_name
from market.accounts.commands.entrances import NameSession, end_session
from market.accounts.commands.people import EnrolPerson, enrol_person
from market.accounts.rules import (
    AppointmentState,
    KeyState,
    OrganisationKind,
    OrganisationState,
    SmeClass,
)
from market.accounts.signin.attempts import Limit, place_of
from market.accounts.signin.door import ENROLLER, Typed
from market.accounts.signin.entrance import door, let_in, let_out, set_up, signed_in
from market.accounts.signin.passwords import refuse_weak
from market.accounts.vault import (
    AddressKind,
    Purpose,
    SealedAddress,
    citizen_mark,
    seal_address,
)
from market.accounts.web import words
from market.command import Once
from market.kernel.errors import BadInput, MarketError
from market.kernel.ids import citizen_id, mobile
from market.web import access
from market.web.fields import ReadField, SecretField, TextField, maybe
from market.web.forms import Form
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import Pages
from market.web.site import site
from market.web.words import words_of

ENROLMENTS: Final = Limit("place", 20)
"""New accounts from one network in a quarter of an hour."""

pages = Pages(
    "accounts",
    "market.accounts",
    words=(
        words_of(OrganisationState, words.ORGANISATION_STATES),
        words_of(OrganisationKind, words.ORGANISATION_KINDS),
        words_of(SmeClass, words.SME_CLASSES),
        words_of(AppointmentState, words.APPOINTMENT_STATES),
        words_of(KeyState, words.KEY_STATES),
        words_of(AddressKind, words.ADDRESS_KINDS),
        words.ROLES,
    ),
)
pages.record(set_up)


class SignIn(Form):
    """Name, password, and the code where one was set up."""

    account = TextField(lazy_gettext("Sign-in name"), autocomplete="username")
    password = SecretField(lazy_gettext("Password"))
    code = maybe(
        SecretField(
            lazy_gettext("Code from your authenticator"),
            hint=lazy_gettext("Six digits, if you have set up an authenticator."),
            autocomplete="one-time-code",
        )
    )


class Enrolment(Form):
    """A new account."""

    account = ReadField(
        lazy_gettext("Sign-in name"),
        account_name,
        hint=lazy_gettext("3 to 32 letters, digits, dots, hyphens or underscores."),
        autocomplete="username",
    )
    name = TextField(lazy_gettext("Your name"), longest=100, autocomplete="name")
    citizen = maybe(
        ReadField(
            lazy_gettext("Citizen id number"),
            citizen_id,
            hint=lazy_gettext("Needed for experts. Only a keyed mark of it is kept."),
        )
    )
    mobile = maybe(ReadField(lazy_gettext("Mobile number"), mobile, autocomplete="tel"))
    password = SecretField(
        lazy_gettext("Password"),
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


@pages.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> ResponseReturnValue:
    """Come in; afterwards on to where one wanted to go."""
    form = SignIn()
    target = access.local_path(request.args.get("next"), url_for("front.desk"))
    if form.is_sent and form.is_valid():
        typed = Typed(form.account, form.password, form.code or "", request.remote_addr)
        try:
            found = let_in(door().sign_in(typed))
        except MarketError as refusal:
            form.refuse(refusal)
        else:
            if found is not None and found.lacks_second_factor:
                target = url_for("own.second_factor", next=target)
            return redirect(target, 303)
    return _shown("accounts/sign_in.html", form)


@pages.post("/sign-out")
@access.signed_in
def sign_out() -> ResponseReturnValue:
    """Leave; the session ends on the server too."""
    found = signed_in()
    if found is not None:
        named = NameSession(found.session, door().machine.now())
        site().office.run(end_session, named, found.actor)
    let_out()
    return redirect("/", 303)


@pages.route("/accounts/new", methods=["GET", "POST"])
@access.public
def enrol() -> ResponseReturnValue:
    """Make an account; what it may do is decided by organisations afterwards."""
    form = Enrolment()
    if form.is_sent and form.is_valid():
        try:
            door().attempts.count("enrol", [(ENROLMENTS, place_of(request.remote_addr))])
            once = Once(form.once, form.fingerprint())
            site().office.run_once(enrol_person, _enrolment(form), ENROLLER, once)
        except MarketError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("accounts.sign_in", enrolled="yes"), 303)
    return _shown("accounts/enrol.html", form)


def _enrolment(form: Enrolment) -> EnrolPerson:
    vault, person = door().vault, uuid4()
    addresses: tuple[SealedAddress, ...] = ()
    if form.mobile is not None:
        addresses = (seal_address(vault, AddressKind.MOBILE, form.mobile),)
    return EnrolPerson(
        person=person,
        account=form.account,
        name=vault.seal(Purpose.NAME, person, form.name),
        password_hash=door().passwords.hash(form.password),
        language=language(),
        citizen_mark=None if form.citizen is None else citizen_mark(vault, form.citizen),
        addresses=addresses,
    )


def _shown(template: str, form: Form) -> Response:
    page = render_template(template, form=form, enrolled=request.args.get("enrolled") == "yes")
    response = make_response(page)
    response.status_code = form.status
    return response
