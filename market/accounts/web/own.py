"""One's own account: for whom one acts, roles offered, sessions, addresses, password, programs."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

import segno
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from market.accounts.commands.appointments import (
    NameAppointment,
    accept_role,
    decline_role,
    resign_role,
)
from market.accounts.commands.entrances import (
    ChooseOrganisation,
    NameSession,
    choose_organisation,
    end_all_sessions,
    end_session,
)
from market.accounts.commands.people import (
    AcceptSecondFactor,
    AddAddress,
    ChangePassword,
    EndAddress,
    OfferSecondFactor,
    accept_second_factor,
    add_address,
    change_password,
    end_address,
    offer_second_factor,
)
from market.accounts.queries.entrances import SignedIn, open_sessions
from market.accounts.queries.people import OwnFacts, memberships, own
from market.accounts.rules import AppointmentState
from market.accounts.signin.entrance import door, let_out, signed_in
from market.accounts.signin.passwords import refuse_weak
from market.accounts.signin.second_factor import accepted_step, enrolment_address, new_secret
from market.accounts.vault import AddressKind, Purpose, seal_address
from market.command import Handler
from market.kernel.errors import BadInput, NotSignedIn
from market.messages.rules import masked
from market.web import access
from market.web.fields import SecretField, TextField
from market.web.forms import Form, submit
from market.web.language import gettext, language, lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import site
from market.web.typed_fields import ChoiceField

pages = Pages("own", "market.accounts", url_prefix="/account")

_ROLE_ACTS: Final[Mapping[str, Handler[NameAppointment, Mapping[str, Any] | None]]] = {
    "accept": accept_role,
    "decline": decline_role,
    "resign": resign_role,
}


class NewAddress(Form):
    """Where letters shall go."""

    kind = ChoiceField(lazy_gettext("Kind"), AddressKind)
    address = TextField(lazy_gettext("Number or address"))


class NewPassword(Form):
    """Another password."""

    old = SecretField(lazy_gettext("Present password"))
    password = SecretField(lazy_gettext("New password"), autocomplete="new-password")
    again = SecretField(lazy_gettext("The new password again"), autocomplete="new-password")

    def check(self) -> None:
        """The two new passwords are one."""
        if self.password != self.again:
            self.wrong("again", gettext("This differs from the password above."))


class FirstCode(Form):
    """The first code of a new authenticator."""

    code = SecretField(lazy_gettext("Code from your authenticator"), autocomplete="one-time-code")


def here() -> SignedIn:
    """The session of whoever opens these pages; programs have no account page."""
    found = signed_in()
    if found is None:
        raise NotSignedIn
    return found


def person() -> UUID:
    """The person who opens these pages."""
    key = here().actor.person
    if key is None:
        raise NotSignedIn
    return key


@pages.route("", methods=["GET", "POST"])
@access.signed_in
def account() -> ResponseReturnValue:
    """Everything about oneself on one page; the form adds an address."""
    form = NewAddress()
    if not form.is_sent:
        return _account(form)
    return submit(
        form,
        site().office,
        add_address,
        lambda: AddAddress(seal_address(door().vault, form.kind, form.address)),
        again=lambda: _account(form),
        to=lambda _: url_for("own.account"),
    )


def _account(form: NewAddress) -> str:
    now, key = door().machine.now(), person()
    facts = site().office.read(lambda session: own(session, key))
    held = site().office.read(lambda session: memberships(session, key))
    vault = door().vault
    return render_template(
        "accounts/own.html",
        form=form,
        facts=facts,
        here=here(),
        held=held,
        organisations={
            one.organisation: one.name_zh if language() == "zh" else one.name_en
            for one in held
            if one.state is AppointmentState.ACTIVE
        },
        sessions=site().office.read(lambda session: open_sessions(session, key, now)),
        addresses=[
            (one, masked(vault.open(Purpose.ADDRESS, one.handle, one.ciphertext)))
            for one in facts.addresses
        ],
    )


@pages.post("/organisation")
@access.signed_in
def choose() -> ResponseReturnValue:
    """Act for one of one's organisations, or for nobody."""
    chosen = request.form.get("organisation", "")
    try:
        organisation = UUID(chosen) if chosen else None
    except ValueError:
        organisation = None
    return press(
        choose_organisation,
        ChooseOrganisation(here().session, organisation),
        lambda: url_for("own.account"),
    )


@pages.post("/roles/<uuid:key>/<any(accept, decline, resign):act>")
@access.signed_in
def role(key: UUID, act: str) -> ResponseReturnValue:
    """Accept, decline or give up a role."""
    return press(_ROLE_ACTS[act], NameAppointment(key), lambda: url_for("own.account"))


@pages.post("/sessions/<uuid:key>/end")
@access.signed_in
def end(key: UUID) -> ResponseReturnValue:
    """End one session, wherever it is."""
    named = NameSession(key, door().machine.now())
    return press(end_session, named, lambda: url_for("own.account"))


@pages.post("/sessions/end")
@access.signed_in
def end_everywhere() -> ResponseReturnValue:
    """Sign out everywhere, here too."""
    response = press(end_all_sessions, door().machine.now(), lambda: "/")
    let_out()
    return response


@pages.post("/addresses/<uuid:key>/end")
@access.signed_in
def forget_address(key: UUID) -> ResponseReturnValue:
    """Send nothing more to an address."""
    return press(end_address, EndAddress(key), lambda: url_for("own.account"))


@pages.route("/password", methods=["GET", "POST"])
@access.signed_in
def password() -> ResponseReturnValue:
    """Change the password; every other session ends."""
    form = NewPassword()
    again = _again("accounts/password.html", form)
    if not form.is_sent:
        return again()
    facts = _own()

    def command() -> ChangePassword:
        guarded = door()
        guarded.check_password(facts.account, facts.password_hash, form.old, request.remote_addr)
        refuse_weak(form.password, facts.account)
        return ChangePassword(
            facts.password_hash,
            guarded.passwords.hash(form.password),
            guarded.machine.now(),
            keep=here().session,
        )

    return submit(
        form,
        site().office,
        change_password,
        command,
        again=again,
        to=lambda _: url_for("own.account"),
    )


@pages.route("/second-factor", methods=["GET", "POST"])
@access.signed_in
def second_factor() -> ResponseReturnValue:
    """Set up an authenticator: scan, then type its first code."""
    facts, form = _own(), FirstCode()
    target = access.local_path(request.args.get("next"), url_for("front.desk"))
    if form.is_sent:
        return submit(
            form,
            site().office,
            accept_second_factor,
            lambda: _first_code(form, facts.offered_factor or _offer(facts), facts.person),
            again=lambda: _second_factor(form),
            to=lambda _: target,
        )
    if facts.has_second_factor:
        return redirect(url_for("own.account"), 303)
    return _second_factor(form)


def _second_factor(form: FirstCode) -> ResponseReturnValue:
    facts = _own()
    if facts.has_second_factor:  # set in another window meanwhile
        return redirect(url_for("own.account"), 303)
    sealed = facts.offered_factor or _offer(facts)
    secret = door().vault.open(Purpose.SECOND_FACTOR, facts.person, sealed)
    address = enrolment_address(secret, facts.account)
    code = segno.make(address, error="m").svg_inline(scale=4, dark="#000", light="#fff")
    return render_template(
        "accounts/second_factor.html",
        form=form,
        code=Markup(code),  # noqa: S704  drawn by us from our own address
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    )


def _first_code(form: FirstCode, sealed: bytes, whose: UUID) -> AcceptSecondFactor:
    now = door().machine.now()
    secret = door().vault.open(Purpose.SECOND_FACTOR, whose, sealed)
    step = accepted_step(secret, form.code, now, None)
    if step is None:
        zh, en = (
            "动态口令不正确：核对手机时间后再试",
            "This code is not right: check the time of the device",
        )
        raise BadInput("wrong-code", zh=zh, en=en, fields={"code": (zh, en)})
    return AcceptSecondFactor(sealed, step, now, here().session, tell=True)


def _offer(facts: OwnFacts) -> bytes:
    sealed = door().vault.seal(Purpose.SECOND_FACTOR, facts.person, new_secret())
    site().office.run(offer_second_factor, OfferSecondFactor(sealed), here().actor)
    return sealed


def _own() -> OwnFacts:
    key = person()
    return site().office.read(lambda session: own(session, key))


def _again(template: str, form: Form) -> Callable[[], ResponseReturnValue]:
    return lambda: render_template(template, form=form)
