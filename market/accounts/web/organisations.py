"""One's own organisation: entered, its account shown, its details, its keys."""

from collections.abc import Callable
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from market.accounts.authority import trial_authority
from market.accounts.commands.accounts import (
    ConfirmAccount,
    OrderAccountProof,
    confirm_account,
    order_account_proof,
)
from market.accounts.commands.keys import NameKey, RegisterKey, register_key, revoke_key, show_key
from market.accounts.commands.organisations import (
    CorrectOrganisation,
    RegisterOrganisation,
    correct_organisation,
    register_organisation,
)
from market.accounts.proofs import check_possession
from market.accounts.queries import organisations
from market.accounts.rules import OrganisationKind, SmeClass
from market.accounts.signin.entrance import door, signed_in
from market.accounts.vault import citizen_mark
from market.accounts.web.shares import read_shares
from market.kernel.errors import BadInput, NotFound
from market.kernel.ids import citizen_id, uscc
from market.kernel.permissions import Permission
from market.protocol.encoding import JsonObject, parse
from market.web import access
from market.web.access import current_actor
from market.web.fields import LinesField, ReadField, TextField, TickField, maybe
from market.web.forms import Form, submit
from market.web.language import lazy_gettext
from market.web.pages import Pages
from market.web.press import press
from market.web.site import moment, site
from market.web.typed_fields import ChoiceField

pages = Pages("organisations", "market.accounts")

_HOLDERS = lazy_gettext(
    "One line for each: name; credit code or citizen id number; percent. "
    "Add “; controls” for whoever decides without holding half."
)


class Details(Form):
    """What an organisation declares about itself."""

    name_zh = TextField(lazy_gettext("Name in Chinese"))
    name_en = TextField(lazy_gettext("Name in English"))
    sme_class = ChoiceField(lazy_gettext("Size of the enterprise"), SmeClass)
    head = TextField(lazy_gettext("Legal representative"), longest=100)
    head_id = maybe(
        ReadField(
            lazy_gettext("Citizen id number of the legal representative"),
            citizen_id,
            hint=lazy_gettext("Only a keyed mark of it is kept, to compare."),
        )
    )
    shares = maybe(LinesField(lazy_gettext("Who holds the organisation"), hint=_HOLDERS))


class Entry(Details):
    """A new organisation."""

    code = ReadField(lazy_gettext("Unified social credit code"), uscc)
    kind = ChoiceField(lazy_gettext("Kind of organisation"), OrganisationKind)
    department = maybe(
        ReadField(lazy_gettext("Credit code of the government body it belongs to"), uscc)
    )
    represented = TickField(lazy_gettext("I represent this organisation"))


class Statement(Form):
    """The bank's signed statement."""

    statement = LinesField(lazy_gettext("Statement of the custodian bank"), longest=4000)


class NewKey(Form):
    """A signing key, with what proves it."""

    possession = LinesField(
        lazy_gettext("Proof of possession"),
        hint=lazy_gettext("What the client program wrote when it made the key."),
    )
    certificate = maybe(
        LinesField(
            lazy_gettext("Certificate"),
            hint=lazy_gettext(
                "From an admitted certificate authority; the trial authority issues one at once."
            ),
        )
    )


def own_id() -> UUID:
    """The organisation one acts for; `NotFound` if one acts for none."""
    key = current_actor().organisation
    if key is None:
        raise NotFound("no-organisation", zh="您目前不代表任何单位", en="You act for nobody now")
    return key


@pages.route("/organisations/new", methods=["GET", "POST"])
@access.needs(Permission.ACCOUNTS_ORGANISATION_REGISTER)
def register() -> ResponseReturnValue:
    """Enter an organisation."""
    form = Entry(initial={"represented": True})
    again = _again("accounts/organisation_new.html", form)
    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        register_organisation,
        lambda: RegisterOrganisation(
            uscc=form.code,
            name_zh=form.name_zh,
            name_en=form.name_en,
            kind=form.kind,
            sme_class=form.sme_class,
            legal_representative=form.head,
            head_mark=_mark(form.head_id),
            department=form.department,
            shares=read_shares(door().vault, form.shares or ""),
            represented=form.represented,
        ),
        again=again,
        to=lambda _: url_for("own.account"),
    )


@pages.route("/organisation", methods=["GET", "POST"])
@access.signed_in
def own() -> ResponseReturnValue:
    """The organisation one acts for; the form takes the bank's statement."""
    form = Statement()
    if not form.is_sent:
        return _own(form)
    return submit(
        form,
        site().office,
        confirm_account,
        lambda: ConfirmAccount(read_structure(form.statement, "statement")),
        again=lambda: _own(form),
        to=lambda _: url_for("organisations.own"),
    )


def _own(form: Statement) -> str:
    key, now = own_id(), moment()
    may = current_actor().may

    def ask(session: Session) -> dict[str, object]:
        return {
            "facts": organisations.organisation(session, key),
            "account": organisations.basic_account(session, key),
            "order": organisations.open_account_order(session, key, now),
            "keys": organisations.keys(session, key),
        }

    return render_template(
        "accounts/organisation.html",
        form=form,
        may_edit=may(Permission.ACCOUNTS_ORGANISATION_EDIT),
        may_confirm=may(Permission.ACCOUNTS_ORGANISATION_CONFIRM),
        may_sign=may(Permission.ACCOUNTS_KEY_REGISTER),
        may_appoint=may(Permission.ACCOUNTS_ROLE_APPOINT),
        here=signed_in(),
        **site().office.read(ask),
    )


@pages.post("/organisation/account-order")
@access.needs(Permission.ACCOUNTS_ORGANISATION_EDIT)
def order() -> ResponseReturnValue:
    """Ask for a remark to send one fen with."""
    return press(
        order_account_proof, OrderAccountProof(own_id()), lambda: url_for("organisations.own")
    )


@pages.route("/organisation/details", methods=["GET", "POST"])
@access.needs(Permission.ACCOUNTS_ORGANISATION_EDIT)
def details() -> ResponseReturnValue:
    """Correct what the organisation declares; id numbers are typed again, for none is kept."""
    key = own_id()
    facts = site().office.read(lambda session: organisations.organisation(session, key))
    form = Details(
        initial={
            "name_zh": facts.name_zh,
            "name_en": facts.name_en,
            "sme_class": facts.sme_class,
        }
    )
    again = _again("accounts/organisation_details.html", form)
    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        correct_organisation,
        lambda: CorrectOrganisation(
            key,
            form.name_zh,
            form.name_en,
            form.sme_class,
            form.head,
            _mark(form.head_id),
            read_shares(door().vault, form.shares or ""),
        ),
        again=again,
        to=lambda _: url_for("organisations.own"),
    )


@pages.route("/organisation/keys/new", methods=["GET", "POST"])
@access.needs(Permission.ACCOUNTS_KEY_REGISTER)
def new_key() -> ResponseReturnValue:
    """Register a signing key."""
    form = NewKey()
    again = _again("accounts/key_new.html", form)
    if not form.is_sent:
        return again()
    return submit(
        form,
        site().office,
        register_key,
        lambda: _key_command(form),
        again=again,
        to=lambda _: url_for("organisations.own"),
    )


@pages.post("/organisation/keys/<uuid:key>/revoke")
@access.needs(Permission.ACCOUNTS_KEY_REGISTER)
def revoke(key: UUID) -> ResponseReturnValue:
    """Let a key count no longer."""
    return press(revoke_key, NameKey(key), lambda: url_for("organisations.own"))


@pages.post("/organisation/keys/<uuid:key>/show")
@access.needs(Permission.ACCOUNTS_KEY_REGISTER)
def show(key: UUID) -> ResponseReturnValue:
    """Put a key into the journal in clear."""
    return press(show_key, NameKey(key), lambda: url_for("organisations.own"))


def _key_command(form: NewKey) -> RegisterKey:
    key = own_id()
    possession = read_structure(form.possession, "possession")
    if form.certificate is not None:
        return RegisterKey(key, possession, read_structure(form.certificate, "certificate"))
    if not site().settings.is_demo:
        zh, en = "须提供证书", "A certificate is needed"
        raise BadInput("certificate-missing", zh=zh, en=en, fields={"certificate": (zh, en)})
    facts = site().office.read(lambda session: organisations.organisation(session, key))
    certificate = trial_authority(site().settings).issue(
        facts.uscc,
        facts.name_zh,
        check_possession(possession, facts.uscc),
        site().office.clock.now(),
    )
    return RegisterKey(key, possession, certificate)


def read_structure(typed: str, field: str) -> JsonObject:
    """The structure in a pasted text; a refusal points at the field."""
    try:
        return parse(typed.strip().encode())
    except BadInput as refusal:
        words = (refusal.zh, refusal.en)
        raise BadInput(refusal.code, zh=words[0], en=words[1], fields={field: words}) from None


def _mark(number: str | None) -> bytes | None:
    return None if number is None else citizen_mark(door().vault, number)


def _again(template: str, form: Form) -> Callable[[], ResponseReturnValue]:
    return lambda: render_template(template, form=form)
